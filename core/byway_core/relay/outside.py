"""The port that a program's socket has out there: one for all it talks to.

Everybody sees the program under one address and port (RFC 4787, REQ-1), which calls and games
depend on, although each of its flows has a connected socket of its own. Knows neither flows nor
rules.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass

from byway_core.intercept.datagrams import Endpoint, Source
from byway_core.ports import SocketSource


@dataclass(slots=True)
class Outside:
    """A port, whose it is, and whom it talks to from there."""

    source: Source
    port: int
    used: set[Endpoint]


class OutsidePorts:
    """Of all programs' sockets that have flows."""

    def __init__(self) -> None:
        self._of: dict[Source, Outside] = {}

    def connected(
        self, sockets: SocketSource, source: Source, to: Endpoint
    ) -> tuple[socket.socket, Outside | None]:
        """A socket connected to `to`, from the program's port; that is None where this one has a
        port of its own. OSError as the system raises it."""
        sock = sockets.udp(socket.AF_INET6 if ":" in to[0] else socket.AF_INET)
        try:
            outside = self._bind(sock, source, to)
            sock.connect(to)
            with contextlib.suppress(OSError):  # what anybody has sent to a port that was not
                while True:  # connected yet; after that, nothing comes but from there
                    sock.recv(1)
        except OSError:
            sock.close()
            raise
        if outside is None and source not in self._of:
            outside = self._of[source] = Outside(source, sock.getsockname()[1], set())
        if outside is not None:
            outside.used.add(to)
        return sock, outside

    def give_up(self, outside: Outside, to: Endpoint) -> None:
        """The flow to there has ended; with the last one the port is nobody's."""
        outside.used.discard(to)
        if not outside.used:
            del self._of[outside.source]

    def __len__(self) -> int:
        return len(self._of)

    def _bind(self, sock: socket.socket, source: Source, to: Endpoint) -> Outside | None:
        """To the port that this program's socket has out there, where it has one and nobody talks
        to the same from there: connected sockets that share a port are told apart by whom they talk
        to (SO_REUSEPORT). Else to one that is nobody's: chosen before it may be shared, for later
        the kernel would take another program's."""
        outside = self._of.get(source)
        if outside is not None and to not in outside.used:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with contextlib.suppress(OSError):  # taken in the other family
                sock.bind(("", outside.port))
                return outside
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 0)
        sock.bind(("", 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return None
