"""The desktop app on a machine of its own: a helper's stage, servers beyond a link, a desktop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import textwrap
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.support.desktop_app import Place, cleared
from tests.support.helper_stage import Stage, sh
from tests.support.keyring_session import session_bus
from tests.support.own_network import ROOT, inside
from tests.support.screen import desktop
from tests.support.whole_machine import IMPORTS, profile_text

# Seconds for such code: an X server, a desktop and several programs on a machine that is busy.
_PATIENCE = 200.0
# An account that every Debian has, for whom no rule of polkit speaks.
USER = 5  # games

_SURROUNDINGS = """
{first}
async def main(place, at):
{code}
async def run():
    {prepare}
    async with stage({options}) as place, beyond(), desk(place, {desk}) as at:
        await main(place, at)
asyncio.run(run())
"""
_IMPORTS = (
    "from pathlib import Path\n"
    + IMPORTS
    + """
from tests.support.desktop_app import App
from tests.support.desktop_stage import *
from tests.support.leftovers import everything
from tests.support.processes import lives
"""
)


def on_desk(code: str, pictures: Path) -> str:
    """What `code` prints; it has `place` (a Stage, whose polkit is a stand-in) and `at` (a Place)
    for apps. Where it fails, what was seen is in `pictures`."""
    return _run(code, f"Path({str(pictures)!r})", "", "", real_root=False)


def on_users_desk(code: str, pictures: Path, rules: str) -> str:
    """As `on_desk`, for root only: the app is an ordinary user's, polkit the real one, with these
    rules, and the helper's file for the bus is where the app looks for it."""
    desk = f"Path({str(pictures)!r}), USER"
    return _run(code, desk, f"rules={rules!r}", "as_installed()", real_root=True)


def _run(code: str, desk: str, options: str, prepare: str, *, real_root: bool) -> str:
    whole = _SURROUNDINGS.format(
        first=_IMPORTS,
        code=textwrap.indent(textwrap.dedent(code), "    "),
        options=options,
        desk=desk,
        prepare=prepare or "pass",
    )
    return inside(whole, real_root=real_root, patience=_PATIENCE)


def as_installed() -> None:
    """The file by which the bus knows the helper, as its installer puts it."""
    service = ROOT / "polkit/data/io.github.byway.Helper1.service"
    folder = "/usr/share/dbus-1/system-services"
    sh(f"mount -t tmpfs -o mode=755 tmpfs {folder}", f"cp {service} {folder}/")


@contextlib.asynccontextmanager
async def desk(place: Stage, pictures: Path, user: int | None = None) -> AsyncIterator[Place]:
    """A session on this stage, with the profile of `whole_machine`."""
    for name in ("session", "screen", "home"):
        (place.folder / name).mkdir()
    before: list[str] = []
    if user is not None:
        before = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        # The checkout may lie where only root can read.
        sh(f"mount --bind {ROOT} /mnt", f"chown -R {user}:{user} {place.folder}/[hs][oec]*")
    with (
        session_bus(place.folder / "session", before) as bus,
        desktop(place.folder / "screen", before) as screen,
    ):
        at = Place(place.folder / "home", screen, bus, before)
        if user is not None:
            at.root = Path("/mnt")
            at.python = str(at.root / Path(at.python).relative_to(ROOT))
        at.profile.write_text(profile_text())
        _give(at.folder, user)
        with cleared(at, pictures):
            yield at
            await asyncio.to_thread(at.nothing_is_left)


def _give(folder: Path, user: int | None) -> None:
    if user is not None:
        sh(f"chown -R {user}:{user} {folder}")


def rewrite(at: Place, **changes: str | Sequence[str]) -> None:
    """The profile; its owner stays who it is."""
    at.profile.write_text(profile_text(**changes))  # type: ignore[arg-type]


def gate(at: Place) -> Path:
    """Every `byway up` waits here before it begins: its process id is in the FIFO `here`, and it
    goes on with the first line in `go`. polkit wants to know whose agent one is beforehand."""
    folder = at.folder / "gate"
    folder.mkdir()
    for name in ("here", "go"):
        os.mkfifo(folder / name)
    (folder / "sitecustomize.py").write_text(_GATE.format(folder=folder))
    _give(folder, USER)
    at.more = {"PYTHONPATH": f"{folder}:{at.environment['PYTHONPATH']}"}
    return folder


_GATE = """
import os, sys
if {{"byway_core", "up"}} <= set(sys.orig_argv):
    with open("{folder}/here", "w") as here:
        here.write(str(os.getpid()))
    with open("{folder}/go") as go:
        go.read()
"""
