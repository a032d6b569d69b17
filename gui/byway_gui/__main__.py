"""`byway-desktop`, also `python -m byway_gui`: the desktop app's command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app; its exit status."""
    parser = argparse.ArgumentParser(
        prog="byway-desktop", description="Shows what goes where, and turns Byway on and off."
    )
    parser.add_argument("--profile", metavar="FILE", help="the profile (default: your own)")
    parser.add_argument(
        "--temp-dirs",
        action="store_true",
        help="try it out: with a profile in a temporary folder, removed at the end",
    )
    parser.add_argument(
        "--minimized",
        action="store_true",
        help="start in the tray, without a window; without a tray, with a minimised one",
    )
    options = parser.parse_args(argv)
    try:
        from byway_gui.app import run
    except ImportError as error:
        print(
            f"The desktop app needs PySide6 and qasync, as in byway[gui]: {error}", file=sys.stderr
        )
        return 1
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        print("There is no display here. `byway run` and `byway serve` need none.", file=sys.stderr)
        return 1
    from byway_gui.engine_link.own import default_profile

    if options.temp_dirs:
        with tempfile.TemporaryDirectory(prefix="byway-") as folder:
            file = Path(folder) / "byway" / "profile.toml"
            return run(file, minimized=options.minimized, state=Path(folder) / "state")
    file = Path(options.profile).absolute() if options.profile else default_profile()
    return run(file, minimized=options.minimized)


if __name__ == "__main__":
    sys.exit(main())
