"""Datagrams through a SOCKS5 upstream: UDP ASSOCIATE, RFC 1928 section 7.

    Associations   which there are, and which upstreams have refused
    Association    one: a socket to the upstream, the flows that share it, the call that keeps it
    Control        that call: an association lives as long as its TCP connection
    Relayed        one flow that goes by an association

A program's socket has an association of its own with each upstream: it is one port out there,
whoever the program talks to (RFC 4787, REQ-1), and two programs' answers are never mixed up. It is
made for the socket's first datagram and ends with its last flow.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

from byway_core.intercept.datagrams import Gate, Source
from byway_core.model.errors import BywayError, ProtocolError, Refusal, RefusedError
from byway_core.model.flow import Flow, FlowState
from byway_core.protocols.host_name import packed_address
from byway_core.protocols.socks_datagram import FragmentError, header, read_header
from byway_core.relay.call import Call
from byway_core.relay.exchange import AT_ONCE, LONE_TURNS, UNREACHABLE, Exchange, Key, say
from byway_core.relay.reasons import why
from byway_core.upstreams.gateway import Gateway

if TYPE_CHECKING:
    from byway_core.relay.datagrams import Datagrams
    from byway_core.relay.machine import Relay

log = logging.getLogger(__name__)

# How long an upstream may take, from the first packet to its answer. A program that has had none by
# then has asked again or goes by TCP.
ASSOCIATE_SECONDS = 10.0
# How long an upstream is not asked again that does not carry datagrams, or was not there. Meanwhile
# programs hear so at once, and browsers go by TCP.
NOT_CARRYING_SECONDS = 60.0
NOT_THERE_SECONDS = 10.0
# Datagrams kept until an association stands: a browser's first flight is three, a game's a dozen.
# And their bytes in all associations together; what is more than that is lost, as in any network.
HELD_DATAGRAMS = 16
HELD_BYTES = 4 << 20
# A router between forgets a connection that says nothing, and with it our association, after some
# minutes (RFC 5382 asks for two hours; those at home have two minutes to an hour).
ASK_AFTER_SECONDS, ASK_EVERY_SECONDS, ASK_TIMES = 60, 10, 3

_NOT_CARRYING = frozenset({Refusal.UNSUITABLE, Refusal.FORBIDDEN})


class Associations:
    """Of one relay. `held`: bytes that wait for associations to be made."""

    def __init__(self, relay: Relay, buffer: memoryview) -> None:
        """`buffer`: larger than any datagram; shared."""
        self.relay = relay
        self.buffer = buffer
        self.held = 0
        self._live: dict[tuple[Source, Gateway], Association] = {}
        self._refusals: dict[Gateway, tuple[str, float]] = {}

    def refusal(self, gateway: Gateway) -> str:
        """Why this upstream is not asked now, "" where it may be."""
        words, until = self._refusals.get(gateway, ("", 0.0))
        return words if time.monotonic() < until else ""

    def of(self, source: Source, gateway: Gateway) -> Association:
        """That of a program's socket with an upstream; a new one where there is none, which asks
        the upstream when there is something to send."""
        association = self._live.get((source, gateway))
        if association is None:
            association = self._live[source, gateway] = Association(self, source, gateway)
        return association

    def refused(self, gateway: Gateway, words: str, seconds: float) -> None:
        """Do not ask this upstream for so long."""
        now = time.monotonic()
        self._refusals = {g: entry for g, entry in self._refusals.items() if entry[1] > now}
        self._refusals[gateway] = words, now + seconds

    def forget(self, association: Association) -> None:
        del self._live[association.source, association.gateway]

    def __len__(self) -> int:
        return len(self._live)


class Association:
    """`flows` are found by their destinations as the gate gives them."""

    __slots__ = (
        "_asked",
        "_control",
        "_dropped",
        "_held",
        "_lone",
        "_sock",
        "_table",
        "fd",
        "flows",
        "gateway",
        "source",
    )

    def __init__(self, table: Associations, source: Source, gateway: Gateway) -> None:
        self._table = table
        self.source = source
        self.gateway = gateway
        self._control = Control(table.relay, self)
        self._asked = False
        self.flows: dict[bytes, Relayed] = {}
        self.fd = -1
        self._lone = 0
        self._sock: socket.socket | None = None
        self._held: list[tuple[Relayed, bytes]] = []
        self._dropped: Counter[str] = Counter()

    @property
    def owner(self) -> Association:
        """Whom an error of ours ends."""
        return self

    # -- for its flows

    def send(self, flow: Relayed, payload: bytes) -> None:
        """Send a flow's datagram, or keep it until the upstream takes some."""
        sock = self._sock
        if sock is None:
            self._hold(flow, payload)
            if not self._asked:
                self._asked = True
                self._control.begin()
            return
        try:
            sock.send(flow.header + payload)
        except BlockingIOError:
            return
        except OSError as error:
            self._came_back(error)
            return
        flow.flow.up += len(payload)

    def leave(self, flow: Relayed) -> None:
        """A flow has ended; with the last one the association does."""
        del self.flows[flow.key[1]]
        if not self.flows:
            self._end()

    # -- for its control connection

    def open(self, address: str, port: int) -> None:
        """The upstream takes datagrams at this endpoint."""
        relay = self._table.relay
        try:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = relay.edges.sockets.udp(family)
            try:
                sock.connect((address, port))
            except OSError:
                sock.close()
                raise
        except OSError as error:
            self.fail(RefusedError(why("its port for datagrams", error.errno or 0)))
            return
        self._sock, self.fd = sock, sock.fileno()
        relay.watch(self)
        for flow in self.flows.values():
            flow.flow.state = FlowState.OPEN
        for flow, payload in self._release():
            if self.flows.get(flow.key[1]) is flow:
                self.send(flow, payload)

    def fail(self, error: BywayError) -> None:
        """There is no association, or not any more: its flows end, and their programs hear it."""
        described = self.gateway.described
        kind = error.kind if isinstance(error, RefusedError) else Refusal.FAILED
        if kind in _NOT_CARRYING:
            words, seconds = f"{described} does not carry datagrams: {error}", NOT_CARRYING_SECONDS
        else:
            words, seconds = f"via {described}: {error}", NOT_THERE_SECONDS
        self._table.refused(self.gateway, words, seconds)
        for flow in list(self.flows.values()):
            flow.table.refuse(flow, words, seconds)

    def ended(self, error: BywayError) -> None:
        """The upstream has ended what stood. Who goes on gets a new one; not where nothing ever
        came by this one, for the next may be no better."""
        if not any(flow.answered for flow in self.flows.values()):
            self.fail(error)
        for flow in list(self.flows.values()):
            flow.end(f"{self.gateway.described} has ended what carried datagrams")

    # -- for the relay

    def step(self, _: object, mask: int) -> None:
        """Answers."""
        sock, buffer, flows = self._sock, self._table.buffer, self.flows
        assert sock is not None  # noqa: S101 - it is what has events
        for taken in range(1 if self._lone else AT_ONCE):
            try:
                count = sock.recv_into(buffer)
            except BlockingIOError:
                self._lone = LONE_TURNS if taken == 1 else 0
                return
            except OSError as error:
                self._came_back(error)
                return
            try:
                origin, start = read_header(buffer[:count])
            except FragmentError:
                self._dropped["fragments"] += 1
                continue
            except ProtocolError:
                self._dropped["malformed"] += 1
                continue
            flow = flows.get(origin)
            if flow is None:  # whom the program has not written to cannot answer
                self._dropped["from others"] += 1
            else:
                flow.came(buffer[start:count])
        if self._lone:
            self._lone -= 1

    def failed(self) -> None:
        for flow in list(self.flows.values()):
            flow.end("an error in Byway itself, which its log describes")

    # -- own

    def _hold(self, flow: Relayed, payload: bytes) -> None:
        table = self._table
        if len(self._held) < HELD_DATAGRAMS and table.held + len(payload) <= HELD_BYTES:
            self._held.append((flow, payload))
            table.held += len(payload)

    def _release(self) -> list[tuple[Relayed, bytes]]:
        held, self._held = self._held, []
        self._table.held -= sum(len(payload) for _, payload in held)
        return held

    def _came_back(self, error: OSError) -> None:
        """An earlier datagram has come back: nobody takes them there any more."""
        if error.errno in UNREACHABLE:
            self.fail(RefusedError(why("its port for datagrams", error.errno or 0)))

    def _end(self) -> None:
        self._release()
        self._control.hang_up()
        if self._sock is not None:
            self._table.relay.unwatch(self, self._sock)
            self._sock = None
        self._table.forget(self)
        if self._dropped:
            counts = ", ".join(f"{count} {what}" for what, count in self._dropped.items())
            log.info("%s: answers that were dropped: %s", self.gateway.described, counts)


class Control(Call):
    """Asks for an association and keeps it."""

    def __init__(self, relay: Relay, association: Association) -> None:
        super().__init__(relay, association.gateway.server, ASSOCIATE_SECONDS)
        self._association = association
        self._stands = False

    def opening(self) -> bytes:
        self._handshake = self._association.gateway.association()
        return self._handshake.start()

    def hear(self, data: bytes) -> None:
        if self._stands or self._handshake.done:
            return  # nothing more is to be said here
        words = self._handshake.feed(data)
        if words:
            self.say(words)
        elif self._handshake.done:
            self._found_where(*self._handshake.bound)

    def hear_end(self) -> NoReturn:
        if not self._handshake.done:
            self._handshake.feed_eof()
        raise RefusedError("the server closed the connection")

    def lost(self, error: BywayError) -> None:
        if self._stands:
            self._association.ended(error)
        else:
            self._association.fail(error)

    def _found_where(self, host: str, port: int) -> None:
        if not port:
            raise ProtocolError("the server names no port for them")
        if not host or packed_address(host):
            self._open(host or self.address, port)
        else:
            self.relay.edges.resolver.lookup(host, partial(self._named, port))

    def _named(
        self, port: int, addresses: Sequence[tuple[socket.AddressFamily, str]], error: str
    ) -> None:
        if self.over:
            return
        if addresses:
            self._open(addresses[0][1], port)
        else:
            self._end(RefusedError(error))

    def meant(self, said: str) -> str:
        """The address that the server means. Some do not know under which they are reached, and say
        zeros or their loopback; nor is anybody to make us write to services of this machine."""
        bound, here = ip_address(said), ip_address(self.address)
        if bound.is_unspecified or (bound.is_loopback and not here.is_loopback):
            return self.address
        return self.address if said == self.address.partition("%")[0] else said  # with its scope

    def _open(self, host: str, port: int) -> None:
        self.answered()
        self._stands = True
        with contextlib.suppress(OSError):  # it has gone by now, and that event comes next
            self._keep_alive()
        self._association.open(self.meant(host), port)

    def _keep_alive(self) -> None:
        assert self.side is not None  # noqa: S101 - an answer came by it
        sock = self.side.sock
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (
            (socket.TCP_KEEPIDLE, ASK_AFTER_SECONDS),
            (socket.TCP_KEEPINTVL, ASK_EVERY_SECONDS),
            (socket.TCP_KEEPCNT, ASK_TIMES),
        ):
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


class Relayed(Exchange):
    """By an association. The destination goes along as an address: it is what the program has
    asked for and what answers come from, and a server that looks a name up for each datagram may
    send the next one elsewhere."""

    __slots__ = ("_association", "header")

    def __init__(
        self, table: Datagrams, gate: Gate, flow: Flow, key: Key, gateway: Gateway
    ) -> None:
        super().__init__(table, gate, flow, key)
        self.header = header(key[1])
        flow.state = FlowState.CONNECTING
        self._association = association = table.associations.of(key[0], gateway)
        association.flows[key[1]] = self
        if association.fd >= 0:
            flow.state = FlowState.OPEN

    def forward(self, payload: bytes) -> None:
        self.used = time.monotonic()
        self._association.send(self, payload)

    def came(self, payload: memoryview) -> None:
        """An answer."""
        self.used = time.monotonic()
        self.answered = True
        flow = self.flow
        flow.down += len(payload)
        flow.reason = self.note
        say(self.way, payload)

    def leave(self) -> None:
        self._association.leave(self)
