"""What commands that talk to running engines share: finding them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from byway_core.flatpak import is_here

if TYPE_CHECKING:
    from byway_core.api.client import ControlClient

# As systemctl says "not running" (LSB): neither a success nor a failure of ours.
NOTHING_RUNS = 3

_NOTHING = "byway does not run; `byway run -- PROGRAM` starts a program under the rules"
_NOTHING_IN_FLATPAK = "byway does not run; `byway up` sends every program's traffic by the rules"


@contextlib.contextmanager
def running_engines(
    *, quiet: bool = False, kept: bool = False
) -> Iterator[tuple[ControlClient, ...]]:
    """Connections to the user's engines, oldest process id first; with `kept`, for root, that of a
    `byway up --user` too. What does not answer, and that nothing runs (unless `quiet`), is said on
    stderr."""
    from byway_core.api.client import find_engines
    from byway_core.config.paths import RuntimeFolderError, runtime_dir

    try:
        folder = runtime_dir()
    except RuntimeFolderError as error:
        print(f"byway: {error}", file=sys.stderr)
        yield ()
        return
    found = find_engines(folder)
    theirs = _kept() if kept and os.geteuid() == 0 else ()
    try:
        for pid, why in found.silent.items():
            print(f"byway: process {pid} is left out: {why}", file=sys.stderr)
        if not (found.engines or theirs or found.silent or quiet):
            print(_NOTHING_IN_FLATPAK if is_here() else _NOTHING, file=sys.stderr)
        yield (*found.engines, *theirs)
    finally:
        found.close()
        for engine in theirs:
            engine.close()


@contextlib.contextmanager
def engines_of_caller() -> Iterator[tuple[ControlClient, ...]]:
    """The same, and nothing is said; for root by sudo(8) also those of the user who calls."""
    from byway_core.api.client import find_engines
    from byway_core.config.paths import runtime_dirs_of

    with running_engines(quiet=True, kept=True) as engines:
        uid = os.environ.get("SUDO_UID", "") if os.geteuid() == 0 else ""
        folders = runtime_dirs_of(int(uid)) if uid.isdecimal() else ()
        theirs = [find_engines(folder, uid=int(uid)) for folder in folders if folder.is_dir()]
        try:
            yield (*engines, *(each for found in theirs for each in found.engines))
        finally:
            for found in theirs:
                found.close()


def _kept() -> tuple[ControlClient, ...]:
    """The engine that root's keeper has started, in its user's folder; none where it is not there
    or is not what it should be."""
    from byway_core.api.client import PATIENCE, ControlClient
    from byway_core.api.rendezvous import connect, peer_uid, socket_path
    from byway_core.cli.standing import KEEPER
    from byway_core.config.paths import runtime_dirs_of

    with contextlib.suppress(OSError, ValueError):  # ProtocolError is a ValueError
        keeper = int(KEEPER.read_text())
        for pid in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split():
            uid = Path(f"/proc/{pid}").stat().st_uid
            for folder in runtime_dirs_of(uid):
                sock = connect(socket_path(folder, int(pid)), PATIENCE)
                if sock is None:
                    continue
                if peer_uid(sock) == uid:
                    return (ControlClient(sock),)
                sock.close()
    return ()
