"""What of Byway's has the machine's network, whoever it belongs to; and root's own hands on it,
where no helper can be reached."""

from __future__ import annotations

import contextlib
import os
import pwd
import select
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from byway_core.model.errors import HelperError

# By which the bus starts the helper, where it is installed.
HELPERS_SERVICE = "/usr/share/dbus-1/system-services/io.github.byway.Helper1.service"
# Of a `byway up --user`; see keeper.
KEEPER = Path("/run/byway-keeper.pid")
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Standing:
    """`pid` of who has the machine's traffic, 0 where nobody has; `kill_switch`: one is there;
    `helper` is the version of its contract, and `other_version` what is wrong with that."""

    pid: int
    kill_switch: bool
    helper: object
    other_version: HelperError | None

    def in_words(self) -> str:
        """A sentence for who asks about Byway and has no engine of his own, or ""."""
        if self.pid:
            user = _user_of(self.pid)
            return (
                f"process {self.pid} of {user} sends the whole machine's traffic by its rules; "
                "`byway repair` takes it back"
            )
        if self.kill_switch:
            return (
                "the kill switch is on, and no `byway up` runs: what it would take is refused; "
                "`byway down` ends that"
            )
        return ""


async def standing() -> Standing | None:
    """As the helper says; None where it cannot be asked."""
    from byway_core.coexistence.bus import owner
    from byway_core.helper_client.lease import Helper, other_version

    try:
        helper = await Helper.reached()
    except HelperError:
        return None
    try:
        said = await helper.status()
    except HelperError:
        return None
    finally:
        helper.close()
    name = said.get("owner")
    pid = await owner(name, 1.0) if isinstance(name, str) and name else None
    version = said.get("version")
    return Standing(pid or 0, said.get("kill-switch") is True, version, other_version(version))


def cleaned_by_root() -> bool:
    """Remove everything without a helper, as root; False, and why on stderr, where that is not
    possible. A keeper that lives is ended."""
    from byway_helper.apply import clean_up
    from byway_helper.contract import Mode, Plan

    end_keeper()
    try:
        clean_up(Plan(Mode.GLOBAL))
    except OSError as error:
        print(f"byway: {error}", file=sys.stderr)
        return False
    return True


async def end_helper() -> None:
    """One that hangs, as root."""
    from byway_core.coexistence.bus import owner
    from byway_helper.protocol import BUS_NAME

    pid = await owner(BUS_NAME, 1.0)
    if pid:
        with contextlib.suppress(OSError):
            process = os.pidfd_open(pid)
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], _PATIENCE)
            os.close(process)


def end_keeper() -> bool:
    """End root's part of a `byway up --user`, by an explicit act; whether there was one."""
    with contextlib.suppress(OSError, ValueError):
        process = os.pidfd_open(int(KEEPER.read_text()))
        try:
            signal.pidfd_send_signal(process, signal.SIGUSR1)
            poller = select.poll()
            poller.register(process, select.POLLIN)
            return bool(poller.poll(_PATIENCE * 1000))
        finally:
            os.close(process)
    return False


def _user_of(pid: int) -> str:
    try:
        return pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name
    except (OSError, KeyError):
        return "another user"
