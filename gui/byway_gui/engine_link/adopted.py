"""An engine that was there before this window: started by hand, or by a window that has died."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from byway_core.api.caller import Caller
from byway_core.api.follower import engine_folder, engine_sockets
from byway_core.api.wire import EngineStatus, status_from_json
from byway_core.flatpak import number_of, own_number, pid_of
from byway_core.model.errors import BywayError

_log = logging.getLogger(__name__)

# Seconds between questions to a `byway up` whose user is still asked for a password.
_AGAIN_SECONDS = 1.0


class Adopted:
    """As `child.Child`, of somebody else's child: `ended(status)` gets 0 where it has tidied up
    behind itself, else 1. Nothing more is known of who is no child of ours."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pid: int,
        socket: Path,
        ended: Callable[[int], None],
    ) -> None:
        """ProcessLookupError where it has ended."""
        self.pid = number_of(pid)
        self._loop = loop
        self._socket = socket
        self._ended = ended
        self._death = os.pidfd_open(pid)
        loop.add_reader(self._death, self._bury)

    def end(self, signum: int = signal.SIGINT) -> None:
        """PermissionError where it is not ours to end."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._death, signum)

    def forget(self) -> None:
        """It goes on, and nothing is told of it any more."""
        self._loop.remove_reader(self._death)
        os.close(self._death)

    def _bury(self) -> None:
        self.forget()
        # An engine that ends removes its control socket. Whoever finds one of the dead does it
        # too, but nobody can have been so quick.
        self._ended(int(self._socket.exists()))


class AdoptedElsewhere:
    """As `Adopted`, of an engine in another sandbox (byway_core.flatpak): what is known of it goes
    over its control socket, and signals too."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pid: int,
        socket: Path,
        ended: Callable[[int], None],
    ) -> None:
        """ProcessLookupError where it has ended."""
        self.pid = pid
        self._loop = loop
        self._socket = socket
        self._ended = ended
        self._asking: set[asyncio.Task[None]] = set()
        try:
            self._caller = Caller(loop, socket)
        except OSError as error:
            raise ProcessLookupError(str(error)) from error
        self._caller.told_of_end = self._bury

    def end(self, signum: int = signal.SIGINT) -> None:
        asking = self._loop.create_task(self._ask(signal.Signals(signum).name))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    def forget(self) -> None:
        self._caller.close()

    async def _ask(self, name: str) -> None:
        with suppress(OSError, BywayError):  # it is ending, or hangs: nobody else can end it
            await self._caller.request("signal", name=name)

    def _bury(self) -> None:
        self._ended(int(self._socket.exists()))


def adopted(
    loop: asyncio.AbstractEventLoop, number: int, socket: Path, ended: Callable[[int], None]
) -> Adopted | AdoptedElsewhere:
    """By its number, which its socket has. ProcessLookupError where it has ended."""
    pid = pid_of(number)
    if pid is None:
        return AdoptedElsewhere(loop, number, socket, ended)
    return Adopted(loop, pid, socket, ended)


class Search:
    """For an engine that has the whole machine, or the local port of the profile; `found(pid,
    path, status)`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        do: Callable[[Coroutine[Any, Any, None]], None],
        found: Callable[[int, Path, EngineStatus], None],
    ) -> None:
        self._loop = loop
        self._profile = str(profile)
        self._do = do
        self._found = found
        # Process ids of those that are being asked, or are nothing for us whatever comes.
        self._known: set[int] = set()

    def seek(self, profile: Path) -> None:
        """Another profile's, from here on."""
        self._profile = str(profile)
        self._known.clear()

    def look(self) -> None:
        """At all that are not known yet; whenever their folder has changed."""
        try:
            sockets = engine_sockets(engine_folder())
        except BywayError as error:
            _log.warning("no engines can be found: %s", error)
            return
        self._known &= sockets.keys()
        for pid, path in sockets.items():
            if pid not in self._known and pid != own_number():
                self._known.add(pid)
                self._do(self._consider(pid, path))

    async def _consider(self, pid: int, path: Path) -> None:
        try:
            status = await self._status(path)
        except (OSError, BywayError) as error:
            _log.debug("not asked: %s: %s", path, error)
            self._known.discard(pid)
            return
        if status.has_machine or (status.kind == "serve" and status.profile == self._profile):
            self._known.discard(pid)
            self._found(pid, path, status)

    async def _status(self, path: Path) -> EngineStatus:
        caller = Caller(self._loop, path)
        try:
            while True:
                status = status_from_json(await caller.request("status"))
                if status.kind != "machine" or status.has_machine:
                    return status
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            caller.close()
