"""An AppImage in its user's menu of applications, and out of it again.

The files are those of every package, below usr/share of the image; in the desktop file the image
stands for the command. They carry the application's name, so taking them away needs no list.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from byway_core.api.own_program import DESKTOP
from byway_gui.presenters.desktop_entry import join_exec, split_exec

_FOLDERS = ("applications", "icons")
_EXEC = re.compile(r"(?m)^Exec=(.*)$")


def run(image: str, *, wanted: bool) -> int:
    """Write the files, or remove them, each of them said; the exit status."""
    home = data_home(os.environ)
    try:
        files = list(contents(Path(os.environ["APPDIR"], "usr/share"), image))
        for place, content in files:
            if wanted:
                (home / place).parent.mkdir(parents=True, exist_ok=True)
                (home / place).write_bytes(content)
                print(f"wrote    {home / place}")
            elif (home / place).exists():
                (home / place).unlink()
                print(f"removed  {home / place}")
    except (OSError, ValueError) as error:
        print(f"byway: {error}", file=sys.stderr)
        return 1
    return 0


def data_home(environment: Mapping[str, str]) -> Path:
    """XDG Base Directory Specification 0.8."""
    given = environment.get("XDG_DATA_HOME", "")
    return Path(given) if given.startswith("/") else Path.home() / ".local/share"


def contents(share: Path, image: str) -> Iterator[tuple[Path, bytes]]:
    """Place below the user's data folder, and content. ValueError for a strange desktop file."""
    for folder in _FOLDERS:
        for file in sorted(each for each in (share / folder).rglob("*") if each.is_file()):
            content = file.read_bytes()
            if file.suffix == ".desktop":
                entry = content.decode()
                started = _EXEC.sub(lambda line: f"Exec={_started_by(image, line[1])}", entry)
                content = os.fsencode(started)  # the image's name may be no UTF-8
            yield file.relative_to(share), content


def _started_by(image: str, line: str) -> str:
    command, *words = split_exec(line)
    if command != DESKTOP:
        raise ValueError(f"a desktop file with another command than {DESKTOP}: {line}")
    return join_exec([image, *words])
