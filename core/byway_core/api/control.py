"""The control socket: how an engine is watched and steered from other processes of its user.

Only that user (and root) gets in: the folder is 0700, the socket 0600, and the kernel is asked who
is at the other end. It must not know what can be asked for: that is the conversation's.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from byway_core.api.conversation import Conversation, Method
from byway_core.api.door import EngineDoor, EnginePort
from byway_core.api.grouping import Grouping
from byway_core.api.rendezvous import listen, peer_uid, socket_path, sweep
from byway_core.api.wire import PROTOCOL, ErrorCode, error_to_json
from byway_core.config.paths import runtime_dir
from byway_core.flatpak import own_number
from byway_core.model.sentence import say
from byway_core.version import __version__

if TYPE_CHECKING:
    from byway_core.engine.engine import Engine

_log = logging.getLogger(__name__)

# Clients at once. A desktop app holds one or two, each terminal one; a runaway script must not eat
# the engine's descriptors.
CLIENTS = 32
# At the end, for followers to take what waits for them: one that reads needs a tenth of this for
# all that can wait (EVENTS), and a stopped terminal must not hold the end for longer.
FAREWELL_SECONDS = 2.0
# Clients accepted before the loop has its turn again.
_AT_ONCE = 8


class ControlServer:
    """Runs on one loop, without tasks."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        engine: EnginePort,
        folder: Path,
        *,
        kind: str,
        methods: Mapping[str, Method] | None = None,
    ) -> None:
        """Listens in `folder`, which must be the user's own; OSError where it cannot. `kind` is
        what the engine was started for; `methods` adds to what can be asked of it."""
        self._loop = loop
        self._engine = engine
        self._methods = methods or {}
        self._hello = {
            "byway": PROTOCOL,
            "version": __version__,
            "pid": own_number(),
            "kind": kind,
        }
        self._clients: set[Conversation] = set()
        sweep(folder)
        self._listener = listen(folder, own_number())
        self.path = socket_path(folder, own_number())
        loop.add_reader(self._listener.fileno(), self._accept)

    @classmethod
    def open(
        cls,
        loop: asyncio.AbstractEventLoop,
        engine: Engine,
        methods: Mapping[str, Method] | None = None,
    ) -> ControlServer:
        """For an engine, in the user's runtime folder. RuntimeFolderError or OSError where that
        cannot be."""
        kind = engine.identity.kind.value
        methods = {**Grouping(engine).methods, **(methods or {})}
        return cls(loop, EngineDoor(engine), runtime_dir(), kind=kind, methods=methods)

    def close(self) -> None:
        """The socket's name is removed. Clients are told what they wait for and that it ends, for
        which this waits as long as they listen, at most FAREWELL_SECONDS."""
        if self._listener.fileno() < 0:
            return
        self._loop.remove_reader(self._listener.fileno())
        self.path.unlink(missing_ok=True)
        self._listener.close()
        for client in list(self._clients):
            client.farewell()
        self._hear_out()
        for client in list(self._clients):
            client.close()

    def _hear_out(self) -> None:
        listening = {client.fileno(): client for client in self._clients}
        poller = select.poll()
        for descriptor in listening:
            poller.register(descriptor, select.POLLOUT)
        deadline = time.monotonic() + FAREWELL_SECONDS
        while listening and (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poller.poll(left * 1000):
                if not listening[descriptor].say_on():
                    poller.unregister(descriptor)
                    del listening[descriptor]

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                sock, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # gone again, or no descriptor left: others are served
                _log.debug("a client of the control socket was lost: %s", error)
                return
            self._welcome(sock)

    def _welcome(self, sock: socket.socket) -> None:
        if peer_uid(sock) not in (os.getuid(), 0):
            sock.close()
            return
        sock.setblocking(False)
        crowded = len(self._clients) >= CLIENTS
        client = Conversation(self._loop, sock, self._engine, self._methods, self._clients.discard)
        self._clients.add(client)
        client.say(self._hello, last=False)
        if crowded:
            why = say("{n} clients are connected already", n=CLIENTS)
            error = error_to_json(ErrorCode.BUSY.value, why)
            client.say({"id": None, "error": error}, last=True)
