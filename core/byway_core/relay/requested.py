"""A connection on the local proxy port: the program obeys a proxy setting and says where to."""

from __future__ import annotations

from collections.abc import Sequence
from socket import SHUT_WR, AddressFamily
from typing import TYPE_CHECKING

from byway_core.model.decision import Query
from byway_core.model.flow import Flow, HostSource
from byway_core.model.sentence import say
from byway_core.protocols.mixed_server import ServerHandshake
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest
from byway_core.relay.connection import Connection, address_of
from byway_core.relay.inquiry import with_process
from byway_core.relay.reasons import why
from byway_core.relay.stream import READ_BYTES, SHARE_BYTES

if TYPE_CHECKING:
    import socket

    from byway_core.relay.machine import Relay
    from byway_core.relay.stream import Side

# A person may be typing this handshake by hand; a program takes milliseconds.
REQUEST_SECONDS = 30.0
# A program that was told "no" reads that and closes; one that does not is cut off.
FAREWELL_SECONDS = 3.0


class Requested(Connection):
    """Made by a listener on the proxy port. `account`: what a client must name, if anything."""

    __slots__ = ("_taking_leave", "proxy")

    def __init__(
        self, relay: Relay, sock: socket.SocketType, flow: Flow, account: Account | None
    ) -> None:
        super().__init__(relay, sock, flow)
        self.proxy = ServerHandshake(account)
        self._taking_leave = False

    def begin(self) -> None:
        self.client.step = _requesting
        self.relay.deadlines.set(self, REQUEST_SECONDS)

    def opened(self) -> None:
        self.client.pending = self.proxy.success()

    def refuse(self, kind: Failure) -> None:
        self.take_leave(self.proxy.failure(kind, self.flow.reason))

    def expired(self) -> None:
        if self._taking_leave:
            self.end(reset=True)
        elif self.proxy.request is None:
            self.flow.reason = say("the program did not say in time where to connect")
            self.end(reset=True)
        else:
            super().expired()

    def requested(self, request: ProxyRequest) -> None:
        """The client has said where to."""
        flow = self.flow
        flow.port = request.port
        flow.asked_address = request.address
        self.early = request.first
        self.relay.deadlines.lift(self)
        if request.host:
            flow.host, flow.host_source = request.host, HostSource.REQUEST
        else:
            memory = self.relay.edges.names
            names = memory.names(request.address) or memory.hearsay(request.address)
            if names:
                flow.host, flow.host_source = names[0], HostSource.DNS
        self.client.step = _waiting
        with_process(self.inquiry, self.relay.routing, self.ask(request.address), self._reach)

    def _reach(self, query: Query) -> None:
        """The process is known, if it matters: where would this go?"""
        if self.ended:
            return
        if self.relay.routing.rules.wants_address(query):
            self.relay.edges.resolver.lookup(query.host, self._resolved)
        else:
            self.decide(query)

    def _resolved(self, addresses: Sequence[tuple[AddressFamily, str]], error: str) -> None:
        """A rule wanted the name's address; without one it cannot match. The first address counts;
        of the others those are tried, should it be dead, for which the rules say the same."""
        if self.ended:
            return
        query = self.ask(addresses[0][1] if addresses else "")
        if len(addresses) > 1:
            decide = self.relay.routing.rules.decide
            action = decide(query).action
            self.targets = [
                pair
                for pair in addresses
                if decide(query._replace(address=address_of(pair[1]))).action == action
            ]
        self.decide(query)

    def take_leave(self, answer: bytes) -> None:
        """Send a last answer, and let it be read: close() with unread input sends RST, which
        would destroy the answer on its way (RFC 1122 section 4.2.2.13)."""
        client = self.client
        self._taking_leave = True
        try:
            client.sock.send(bytes(client.pending) + answer)
            client.sock.shutdown(SHUT_WR)
        except OSError:
            self.end(reset=True)
            return
        client.step = _leaving
        self.relay.deadlines.set(self, FAREWELL_SECONDS)
        _leaving(client, 0)


def _requesting(side: Side, mask: int) -> None:
    """The client's handshake."""
    connection: Requested = side.owner
    buffer = connection.relay.buffer
    side.arrived(mask)
    while side.readable and side.step is _requesting and not connection.ended:
        try:
            count = side.read(buffer)
            if count < 0:
                return
            if count == 0:
                connection.flow.reason = say("the program closed before it said where to connect")
                connection.end(reset=False)
                return
            answer = connection.proxy.feed(bytes(buffer[:count]))
            if connection.proxy.failed:
                connection.flow.reason = say(
                    "on the proxy port: {why}", why=connection.proxy.failed
                )
                connection.take_leave(answer)
                return
            if answer and side.sock.send(answer) < len(answer):
                raise BlockingIOError  # a client that reads none of a few bytes is not one
        except OSError as error:
            connection.flow.reason = why(say("the program"), error.errno or 0)
            connection.end(reset=True)
            return
        if connection.proxy.request is not None:
            connection.requested(connection.proxy.request)


def _waiting(side: Side, mask: int) -> None:
    side.arrived(mask)


def _leaving(side: Side, mask: int) -> None:
    """The client is read, and ignored, until it closes."""
    connection: Requested = side.owner
    buffer = connection.relay.buffer
    try:
        for _ in range(SHARE_BYTES // READ_BYTES):
            count = side.read(buffer)
            if count <= 0:
                break
        else:
            connection.relay.announce_again(side)
    except OSError:
        count = 0
    if count == 0:
        connection.end(reset=False)
