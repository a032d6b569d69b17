"""Where connections are accepted, and what happens when descriptors run out.

Registered level-triggered: what one turn leaves in the backlog the next one finds.
"""

from __future__ import annotations

import errno
import os
import socket
from enum import Enum
from typing import TYPE_CHECKING

from byway_core.model.flow import Flow
from byway_core.relay.connection import Connection
from byway_core.relay.inquiry import Inquiry
from byway_core.relay.intercepted import Intercepted
from byway_core.relay.requested import Requested
from byway_core.relay.stream import reset_on_close

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# A turn must end: after so many new connections the live ones are served.
ACCEPTS_A_TURN = 64
# A program that has closed and a server that goes on listening look like a half-closed connection.
# The program's kernel knows better after a minute (tcp_fin_timeout), and says so when asked.
ASK_AFTER_SECONDS = 120
_DNS_PORT = 53
_STREAM = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Entrance(Enum):
    """What arrives at a listener."""

    TRANSPARENT = "transparent"  # intercepted: getsockname() is the original destination
    OWN_PORT = "own port"  # of this machine, for the LAN: getsockname() is where it came to
    MIXED = "mixed"  # programs that obey proxy settings: SOCKS and HTTP


class Listener:
    """A listening socket of the relay. `program` labels the flows that come through it."""

    __slots__ = ("_family", "_plain", "_relay", "entrance", "fd", "program", "sock")

    def __init__(self, relay: Relay, sock: socket.socket, entrance: Entrance, program: str) -> None:
        self._relay = relay
        self.sock = sock
        self.fd = sock.fileno()
        self._family = int(sock.family)  # a property that looks for the enum each time
        self._plain = plain if self._family == socket.AF_INET6 else str
        self.entrance = entrance
        self.program = program
        sock.setblocking(False)
        # Accepted sockets inherit them: no delay is added to small writes.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_AFTER_SECONDS)
        # And no byte that a program sends as urgent is lost: see Side.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)

    def step(self, _: Listener, mask: int) -> None:
        """Accept what waits, up to a turn's share."""
        relay, sock = self._relay, self.sock
        if relay.before_accept is not None:
            relay.before_accept()
        for _count in range(ACCEPTS_A_TURN):
            if relay.crowded():
                return
            try:
                # accept() would make a second object and cost a system call more.
                fd, peer = sock._accept()  # type: ignore[attr-defined]
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    relay.out_of_descriptors(error)
                    return
                continue  # ECONNABORTED and network errors of this one connection, accept(2)
            os.set_blocking(fd, False)
            accepted = socket.SocketType(self._family, _STREAM, 0, fd)
            self._welcome(accepted, peer)

    def _welcome(self, accepted: socket.SocketType, peer: tuple[str, int]) -> None:
        relay, source = self._relay, self._plain(peer[0])
        if self.entrance is Entrance.MIXED:
            flow = Flow(relay.next_id(), source, peer[1], "", 0)
            name = accepted.getsockname()
            connection = Requested(relay, accepted, flow, relay.routing.account)
            self._start(connection, (self._plain(name[0]), name[1]))
            return
        name = accepted.getsockname()
        port = name[1]
        if self.entrance is Entrance.OWN_PORT and name[0] == peer[0]:
            # From this machine: as often as not it is we, whom a rule has sent here (a circle).
            reset_on_close(accepted)
            accepted.close()
            return
        if port == _DNS_PORT and relay.edges.hand_dns is not None:
            relay.edges.hand_dns(socket.socket(fileno=accepted.detach()))
            return
        to = self._plain(name[0])
        flow = Flow(relay.next_id(), source, peer[1], to, port)
        self._start(Intercepted(relay, accepted, flow), (to, port))

    def _start(self, connection: Connection, far: tuple[str, int]) -> None:
        """`far` is where the program's socket is connected to."""
        relay, desk = self._relay, self._relay.edges.desk
        connection.flow.program = self.program
        if desk is None or self.entrance is Entrance.OWN_PORT:  # that one is another machine's
            relay.admit(connection)
            return
        inquiry = connection.inquiry = Inquiry(desk, relay.deadlines, connection.flow, far)
        relay.admit(connection)
        inquiry.ask_idly()


def plain(address: str) -> str:
    """An address as text without the v4-mapped form that a dual-stack socket writes."""
    return address[7:] if address.startswith("::ffff:") and "." in address else address
