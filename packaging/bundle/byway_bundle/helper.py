"""The privileged helper from an AppImage: installed once, removed again.

Root cannot use an AppImage's files where they are: they are its user's, who may change them, and
mounted by its user, so that root may not even look. So this side reads the archive that was packed
with it (packaging/helper/install.py) and root's side is the system's own interpreter, which is told
ten lines and the archive's sum in its arguments and reads the archive from a pipe, once, to its
end. From then on it has everything in its memory; no path of the user's is opened, searched or
executed. docs/internals/packaging.md says what that promises, and what it does not.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# By their paths: what PATH says is not asked. -I: no variable, no folder of a user's. -S: nor what
# lies in /usr/local, which on Debian a group may write to.
_PYTHON = ("/usr/bin/python3", "-IS", "-c")
_PKEXEC = "/usr/bin/pkexec"
# pkexec(1): the user has dismissed the question; not authorised, or nobody there to ask.
_DISMISSED, _NOT_AUTHORISED = 126, 127

_MOST = 64 * 1024 * 1024  # bytes of an archive; it has 3 million
RECEIVE = f"""
import hashlib, io, sys, tarfile
if sys.version_info < (3, 11):
    sys.exit("byway: the helper needs a /usr/bin/python3 of 3.11 or newer: nothing was changed")
stream = sys.stdin.buffer.read({_MOST})
if hashlib.sha256(stream).hexdigest() != sys.argv[1]:
    sys.exit("byway: what has arrived is not what was packed: nothing was changed")
with tarfile.open(fileobj=io.BytesIO(stream)) as archive:
    parts = {{each.name: archive.extractfile(each).read() for each in archive if each.isfile()}}
install = {{"__name__": "install", "__file__": "/nowhere/install.py"}}
exec(compile(parts["install.py"], "install.py", "exec"), install)
sys.exit(install["main"](sys.argv[2:], parts))
"""


class PlaceError(Exception):
    """Somebody else could change this AppImage; a sentence with the place and the cure."""


def run(image: str, *, wanted: bool) -> int:
    """Install the helper, or remove it; the exit status. Says what it does."""
    me = _authoriser(os.environ, os.getuid())
    folder = Path(sys._MEIPASS)  # type: ignore[attr-defined] # PyInstaller's
    archive = (folder / "helper.tar").read_bytes()
    receive = [*_PYTHON, RECEIVE, (folder / "helper.tar.sha256").read_text().strip()]
    try:
        check_place(Path(image), me)
        if wanted:  # the interpreter, the archive and its sum too, before anybody is asked
            print(
                "The privileged helper is copied to these places, and root will own it:", flush=True
            )
            status = _fed([*receive, "--list"], archive)
            if status:
                return status
    except (PlaceError, OSError) as error:
        print(f"byway: {error}", file=sys.stderr)
        return 1
    command = receive if wanted else [*receive, "--uninstall"]
    if os.geteuid() == 0:
        return _fed(command, archive)
    if not os.access(_PKEXEC, os.X_OK):
        print(f"byway: there is no {_PKEXEC} here to ask for a password.", file=sys.stderr)
        return _say_sudo(image, wanted=wanted)
    print("pkexec asks for a password, to run /usr/bin/python3 as root with what is in this file.")
    sys.stdout.flush()
    status = _fed([_PKEXEC, *command], archive)
    if status == _DISMISSED:
        print("byway: nobody has allowed it: nothing was changed", file=sys.stderr)
    elif status == _NOT_AUTHORISED:
        return _say_sudo(image, wanted=wanted)
    return status


def _say_sudo(image: str, *, wanted: bool) -> int:
    option = "--install-helper" if wanted else "--uninstall-helper"
    print(f"byway: nothing was changed. In a terminal: sudo {image} {option}", file=sys.stderr)
    return 1


def _fed(command: list[str], archive: bytes) -> int:
    """Run it with nothing of this environment, and the archive at its standard input."""
    return subprocess.run(command, input=archive, env={"PATH": "/usr/bin:/bin"}).returncode


def _authoriser(environment: Mapping[str, str], me: int) -> int:
    """Whose word it is: with sudo, that of who has called it."""
    called = environment.get("SUDO_UID", "")
    return int(called) if me == 0 and called.isdecimal() else me


def check_place(image: Path, me: int) -> None:
    """PlaceError where another user than `me` and root could have changed the file, or put another
    in its place: what `me` allows shall be what `me` has started."""
    place = image.resolve(strict=True)
    for each in (place, *place.parents):
        found = each.stat()
        cure = "move the AppImage to a folder of your own"
        if found.st_uid not in (0, me):
            raise PlaceError(f"{each} belongs to another user ({found.st_uid}): {cure}")
        # In a sticky folder, as /tmp, one may only move what is one's own.
        sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
        if found.st_mode & 0o022 and not sticky:
            raise PlaceError(
                f"{each} can be written to by other users: {cure}, or: chmod go-w {each}"
            )
