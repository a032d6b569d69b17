"""Where a user's profiles and sockets live: the XDG base directories.

https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from byway_core.model.errors import BywayError
from byway_core.model.sentence import say

_NAME = "byway"


class RuntimeFolderError(BywayError, PermissionError):
    """The folder for sockets is not ours alone, so nothing may be put there."""


def config_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the user's profiles; it need not exist."""
    given = _absolute(environment.get("XDG_CONFIG_HOME"))
    return (given or Path.home() / ".config") / _NAME


def default_profile(environment: Mapping[str, str] = os.environ) -> Path:
    """The profile that is meant where none is named; it need not exist."""
    return config_dir(environment) / "profile.toml"


def runtime_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder for sockets, made where it is missing: the user's own, mode 0700.

    Without XDG_RUNTIME_DIR (su, cron, a container) it lies in /tmp, where anybody may have been
    before us: a link, a stranger's folder or an open one raises RuntimeFolderError.
    """
    given = _absolute(environment.get("XDG_RUNTIME_DIR"))
    if given is not None and given.is_dir():
        folder = given / _NAME
    else:
        folder = Path(_TEMPORARY) / f"{_NAME}-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise RuntimeFolderError(f"{folder}: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise RuntimeFolderError(
            say(
                "{folder} belongs to somebody else; remove it, or set XDG_RUNTIME_DIR to a "
                "folder of your own",
                folder=folder,
            )
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


def runtime_dirs_of(uid: int) -> tuple[Path, Path]:
    """Where another user's may be, for root who looks for it."""
    return Path(f"/run/user/{uid}", _NAME), Path(_TEMPORARY, f"{_NAME}-{uid}")


_TEMPORARY = "/tmp"  # noqa: S108  its dangers are what runtime_dir checks


def _absolute(text: str | None) -> Path | None:
    """The specification: relative paths are invalid and to be ignored."""
    return Path(text) if text and text.startswith("/") else None
