"""An engine in this process, for who looks into Byway itself: the local port only, one worker."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from byway_core.api import ControlServer, Engine, Identity, Kind
from byway_core.api.profiles import ReadProfile, read_profile, reveal_passwords
from byway_core.api.reloading import Reloading, all_through
from byway_core.flatpak import own_number
from byway_core.model.errors import BywayError
from byway_core.model.profile import Passwords
from byway_gui.words import tr

_log = logging.getLogger(__name__)

Told = Callable[[Mapping[str, Any]], None]
Ended = Callable[[int], None]


class InProcess:
    """As `child.Child`: `told(event)`, then `ended(status)`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        everything: str,
        told: Told,
        ended: Ended,
    ) -> None:
        self.pid = own_number()
        self._loop = loop
        self._profile = profile
        self._everything = everything
        self._told = told
        self._ended = ended
        self._engine: Engine | None = None
        self._control: ControlServer | None = None
        self._reloading: Reloading | None = None
        self._closing: asyncio.Task[None] | None = None
        # A keyring may ask its user for as long as it likes.
        threading.Thread(target=self._read, name="byway-profile", daemon=True).start()

    def end(self, signum: int = signal.SIGINT) -> None:
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())

    def _read(self) -> None:
        """In a thread."""
        try:
            read = read_profile(self._profile)
            value = all_through(read.value, self._everything)
            settle = partial(self._start, replace(read, value=value), reveal_passwords(read))
        except Exception as error:  # a keyring's backend can be anything
            settle = partial(self._fail, str(error))
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(settle)

    def _start(self, read: ReadProfile, passwords: Passwords) -> None:
        if self._closing is not None:
            return
        port = read.value.general.mixed_port
        if port is None:
            self._fail(tr("The profile opens no local port."))
            return
        # More workers would be forked, and this process has threads.
        engine = Engine(read.value, passwords, Identity(Kind.SERVE, str(read.path)), workers=1)
        engine.everything = self._everything
        engine.start(self._loop)
        self._reloading = Reloading(engine)
        try:
            engine.open_mixed_port(port)
            methods = {"reload": self._reloading.asked}
            self._control = ControlServer.open(self._loop, engine, methods)
        except (BywayError, OSError) as error:
            engine.close()
            self._fail(getattr(error, "strerror", None) or str(error))
            return
        self._engine = engine
        self._told({"event": "in-force"})

    def _fail(self, text: str) -> None:
        if self._closing is not None:
            return
        self._told({"event": "failed", "text": text})
        self._ended(1)

    async def _close(self) -> None:
        if self._reloading is not None:
            await self._reloading.close()
        if self._engine is not None:
            self._engine.close()
        if self._control is not None:
            self._control.close()  # after it: whoever follows is told what the end ends
        self._ended(0)
