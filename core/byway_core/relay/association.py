"""Datagrams through a SOCKS5 upstream: UDP ASSOCIATE, RFC 1928 section 7.

    Associations   which there are, and which upstreams have refused
    Association    one: a socket to the upstream, the flows that share it, `associating.Control`
    Relayed        one flow that goes by an association

A program's socket has an association of its own with each upstream: it is one port out there,
whoever the program talks to (RFC 4787, REQ-1), and two programs' answers are never mixed up. It is
made for the socket's first datagram and ends with its last flow.
"""

from __future__ import annotations

import logging
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from byway_core.intercept.datagrams import Endpoint, Gate, Source
from byway_core.model.errors import BywayError, ProtocolError, Refusal, RefusedError
from byway_core.model.flow import Flow, FlowState
from byway_core.model.sentence import say
from byway_core.protocols.host_name import packed_address
from byway_core.protocols.socks_datagram import FragmentError, header, header_to_name, read_header
from byway_core.relay.associating import Control
from byway_core.relay.exchange import AT_ONCE, LONE_TURNS, UNREACHABLE, Exchange, Key, deliver
from byway_core.relay.reasons import why
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Doubt

if TYPE_CHECKING:
    from byway_core.relay.course import Course
    from byway_core.relay.datagrams import Datagrams
    from byway_core.relay.machine import Relay

log = logging.getLogger(__name__)

# How long an upstream is not asked again that does not carry datagrams, or was not there. Meanwhile
# programs hear so at once, and browsers go by TCP.
NOT_CARRYING_SECONDS = 60.0
NOT_THERE_SECONDS = 10.0
# Datagrams kept until an association stands: a browser's first flight is three, a game's a dozen.
# And their bytes in all associations together; what is more than that is lost, as in any network.
HELD_DATAGRAMS = 16
HELD_BYTES = 4 << 20

_NOT_CARRYING = frozenset({Refusal.UNSUITABLE, Refusal.FORBIDDEN})


class Associations:
    """Of one relay. `held`: bytes that wait for associations to be made."""

    def __init__(self, relay: Relay, buffer: memoryview) -> None:
        """`buffer`: larger than any datagram; shared."""
        self.relay = relay
        self.buffer = buffer
        self.held = 0
        self._live: dict[tuple[Source, Gateway, bytes], Association] = {}
        self._refusals: dict[Gateway, tuple[str, float]] = {}

    def refusal(self, gateway: Gateway) -> str:
        """Why this upstream is not asked now, "" where it may be."""
        words, until = self._refusals.get(gateway, ("", 0.0))
        return words if time.monotonic() < until else ""

    def of(self, source: Source, gateway: Gateway, named: bytes = b"") -> Association:
        """That of a program's socket with an upstream; a new one where there is none, which asks
        the upstream when there is something to send. A destination that goes along as a name has
        one for itself, by its fake endpoint `named`: its answers come from nobody knows where."""
        key = source, gateway, named
        association = self._live.get(key)
        if association is None:
            association = self._live[key] = Association(self, *key)
        return association

    def refused(self, gateway: Gateway, words: str, seconds: float) -> None:
        """Do not ask this upstream for so long."""
        now = time.monotonic()
        self._refusals = {g: entry for g, entry in self._refusals.items() if entry[1] > now}
        self._refusals[gateway] = words, now + seconds

    def forget(self, association: Association) -> None:
        del self._live[association.source, association.gateway, association.named]

    def __len__(self) -> int:
        return len(self._live)


class Association:
    """`flows` are found by their destinations as the gate gives them. `named`: the only one of
    them, where that goes along as a name."""

    __slots__ = (
        "_answered",
        "_asked",
        "_control",
        "_dropped",
        "_held",
        "_lone",
        "_origin",
        "_sock",
        "_table",
        "fd",
        "flows",
        "gateway",
        "named",
        "source",
    )

    def __init__(self, table: Associations, source: Source, gateway: Gateway, named: bytes) -> None:
        self._table = table
        self.source = source
        self.gateway = gateway
        self.named = named
        self._origin: bytes | None = None  # of the answers to that one
        self._control = Control(table.relay, self)
        self._asked = self._answered = False
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
            self.fail(RefusedError(why(say("its port for datagrams"), error.errno or 0)))
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
        upstream = self.gateway.described
        kind = error.kind if isinstance(error, RefusedError) else Refusal.FAILED
        if kind in _NOT_CARRYING:
            words = say("{upstream} does not carry datagrams: {why}", upstream=upstream, why=error)
            seconds = NOT_CARRYING_SECONDS
        else:
            words = say("via {upstream}: {words}", upstream=upstream, words=error)
            seconds = NOT_THERE_SECONDS
        self._table.refused(self.gateway, words, seconds)
        if kind not in _NOT_CARRYING:  # else it may be well for all but datagrams
            doubt = Doubt.DEAD if kind is Refusal.AUTHENTICATION else Doubt.UNSURE
            self._table.relay.edges.standing.fail(self.gateway.upstream.name, words, doubt)
        held = self._release()
        for flow in list(self.flows.values()):
            unsent = [payload for each, payload in held if each is flow]
            flow.table.refuse(flow, words, seconds, unsent)

    def ended(self, error: BywayError) -> None:
        """What stood does not any more. Who goes on gets a new one; not where nothing ever came by
        this one, for the next may be no better."""
        upstream = self.gateway.described
        if not self._answered:
            self.fail(error)
        for flow in list(self.flows.values()):
            flow.end(
                say("{upstream} has ended the association: {error}", upstream=upstream, error=error)
            )

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
            self._answered = True
            flow = self._flow_to_name(origin) if self.named else flows.get(origin)
            if flow is None:  # whom the program has not written to cannot answer
                self._dropped["from others"] += 1
            else:
                flow.came(buffer[start:count])
        if self._lone:
            self._lone -= 1

    def failed(self) -> None:
        for flow in list(self.flows.values()):
            flow.end(say("an error in Byway itself, which its log describes"))

    # -- own

    def _flow_to_name(self, origin: bytes) -> Relayed | None:
        """The flow to a name, for what comes from whom the upstream takes for that: the first who
        answers from its port (or by a name), and nobody else from then on."""
        if self._origin is None and origin[:2] in (b"", self.named[:2]):
            self._origin = origin
        return self.flows.get(self.named) if origin == self._origin else None

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
            self.ended(RefusedError(why(say("its port for datagrams"), error.errno or 0)))

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


class Relayed(Exchange):
    """By an association. The destination goes along as an address where it has one: it is what the
    program has asked for and what answers come from, and a server that looks a name up for each
    datagram may send the next one elsewhere."""

    __slots__ = ("_association", "again", "header")

    def __init__(
        self,
        table: Datagrams,
        gate: Gate,
        flow: Flow,
        key: Key,
        gateway: Gateway,
        to: Endpoint,
        again: Callable[[], Course] | None = None,
    ) -> None:
        super().__init__(table, gate, flow, key)
        self.again = again
        is_name = not packed_address(to[0])
        self.header = header_to_name(*to) if is_name else header(key[1])
        flow.state = FlowState.CONNECTING
        named = key[1] if is_name else b""
        self._association = association = table.associations.of(key[0], gateway, named)
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
        deliver(self.way, payload)

    def leave(self) -> None:
        self._association.leave(self)
