"""Which applications were run last."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from byway_gui.settings import write_whole

_log = logging.getLogger(__name__)

# More than these one would rather search for.
MOST = 8


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where such things are kept (XDG Base Directory Specification); it need not exist."""
    given = environment.get("XDG_STATE_HOME", "")
    home = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return home / "byway"


class Recent:
    """Ids of applications, the last first, and the file that has them, one a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        self.ids = tuple(dict.fromkeys(line for line in lines if line))[:MOST]

    def add(self, id_: str) -> None:
        """It has just been run. That this cannot be kept is no reason to trouble anybody."""
        self.ids = tuple(dict.fromkeys([id_, *self.ids]))[:MOST]
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, "".join(f"{each}\n" for each in self.ids))
        except OSError as error:
            _log.info("which applications were run last is not kept: %s", error)
