"""`./dev screenshots [FOLDER]`: every page and every dialog as a picture, to be looked at.

Light and dark; empty and full; each language; at 100 % and 200 %. Each language and scale is a
process of its own, as Qt reads both once. A sheet with all pictures of one stands beside their
folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from byway_gui.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
# The screens that programs are told of: a common one, and a laptop's of fine grain.
SCREENS = {1: (1920, 1080), 2: (2880, 1800)}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    parser.add_argument("--scale", choices=SCREENS, type=int, action="append")
    parser.add_argument("--only", default="", metavar="WORD", help="names with this word")
    options = parser.parse_args(argv)
    status = 0
    for language in options.language or LANGUAGES:
        for scale in options.scale or SCREENS:
            folder = options.folder.absolute() / f"{language}-{scale}00"
            status |= _take(folder, language, scale, options.only)
    return status


def _take(folder: Path, language: str, scale: int, only: str) -> int:
    """In a process that has its own settings, and none of the desktop's."""
    with tempfile.TemporaryDirectory(prefix="byway-screenshots-") as own:
        screen = Path(own, "screen.json")
        width, height = SCREENS[scale]
        screen.write_text(
            f'{{"screens": [{{"name": "screen", "x": 0, "y": 0, "width": {width},'
            f' "height": {height}, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}}]}}'
        )
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
            "QT_SCALE_FACTOR": str(scale),
            "LANGUAGE": language,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            "PYTHONPATH": os.pathsep.join(
                str(ROOT / room) for room in ("core", "gui", "polkit", "resources", "")
            ),
        }
        for name in ("CONFIG_HOME", "DATA_HOME", "DATA_DIRS", "STATE_HOME", "RUNTIME_DIR"):
            environment[f"XDG_{name}"] = str(Path(own, name))
            Path(own, name).mkdir(mode=0o700)
        take = [sys.executable, "-m", "tests.gui.screenshots.take"]
        argv = [*take, str(folder), language, str(scale), only]
        return subprocess.run(argv, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
