"""The data plane of UDP: a flow for each pair of a program's socket and a destination.

    Arrivals   a gate's datagrams: questions for names go to the forwarder, the others to their flow
    Datagrams  the table of flows: first datagram - name - decision - socket
    Exchange   one flow: a connected socket on one side, the raw sender's way back on the other

What does not go on is refused at once, the way the network would (ICMP port unreachable), so that
QUIC falls back to TCP without waiting. Each flow has a connected socket, because only that learns
of such refusals from the destination; those of one program's socket share a port, so that everybody
out there sees one and the same (RFC 4787, REQ-1), which calls and games depend on.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import resource
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from byway_core.intercept.datagrams import Endpoint, Gate, Source, Way, endpoint, plain
from byway_core.model.decision import Network, Query, Verdict
from byway_core.model.flow import Flow, FlowState, HostSource
from byway_core.model.sentence import say
from byway_core.model.upstream import UpstreamKind
from byway_core.protocols.host_name import packed_address
from byway_core.relay.connection import address_of
from byway_core.relay.deadlines import TimerHandle
from byway_core.relay.reasons import shown, why
from byway_core.relay.routing import Routing
from byway_core.upstreams.gateway import Gateway

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

log = logging.getLogger(__name__)

# How long a flow is kept when nothing comes: the kernel's connection tracking keeps it no longer
# (nf_conntrack_udp_timeout, …_stream), and without its entry no answer passes.
UNANSWERED_SECONDS = 30.0
ANSWERED_SECONDS = 120.0
# How often it is looked at what has been kept long enough.
LOOK_SECONDS = 5.0
# A browser has some tens of flows, a file sharer some thousands; and never more than this part of
# the descriptors that the process may have.
MOST_FLOWS = 4096
_PART = 8
# Flows that make room at once, the longest unused first: looking for them is a walk over all.
_ROOM = 16
# Datagrams taken from one socket before others have their turn.
AT_ONCE = 32

_NAMES_PORT = 53
_QUIC_PORT = 443
_UNREACHABLE = frozenset(
    {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPERM, errno.EACCES}
)

Key = tuple[Source, bytes]
CallLater = Callable[[float, Callable[[], None]], TimerHandle]
# What answers a question for names: the message, what takes the answer, the server it was for.
AnswerQuestion = Callable[[bytes, Callable[[bytes], None], Endpoint | None], None]


@dataclass(slots=True)
class Outside:
    """The port that a program's socket has out there, and whom it talks to from that."""

    port: int
    used: set[Endpoint]


class Datagrams:
    """The flows of one relay."""

    def __init__(
        self, relay: Relay, call_later: CallLater, answer_question: AnswerQuestion
    ) -> None:
        """`call_later(seconds, callback)` is the host loop's."""
        self.relay = relay
        self._call_later = call_later
        self.answer_question = answer_question
        self.flows: dict[Key, Exchange] = {}
        self.buffer = memoryview(bytearray(65_536))  # more than any datagram has
        self._refused: dict[Key, tuple[Routing, float]] = {}
        self._outside: dict[Source, Outside] = {}
        self._arrivals: list[Arrivals] = []
        self._timer: TimerHandle | None = None
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most = max(1, min(MOST_FLOWS, limit // _PART))

    def serve(self, gate: Gate, program: str = "") -> None:
        """Take in a gate's datagrams; it is the relay's from now on. `program` labels the flows."""
        arrivals = Arrivals(self, gate, program)
        self._arrivals.append(arrivals)
        self.relay.watch(arrivals)

    def close_flow(self, number: int) -> bool:
        """End a live flow on the user's wish; False where there is none of that number."""
        for exchange in self.flows.values():
            if exchange.flow.id == number:
                exchange.end(say("closed by the user"))
                return True
        return False

    def close(self) -> None:
        for exchange in list(self.flows.values()):
            exchange.end(say("Byway was stopped"))
        for arrivals in self._arrivals:
            self.relay.unwatch(arrivals)
            arrivals.gate.close()
        self._arrivals.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- for arrivals

    def open(self, gate: Gate, program: str, key: Key) -> Exchange | None:
        """A flow for a first datagram; None where it is refused, and its program told."""
        source, packed = key
        routing = self.relay.routing
        refused = self._refused.get(key)
        if refused is not None and refused[0] is routing and time.monotonic() < refused[1]:
            refuse(gate, *key)
            return None
        flow = Flow(self.relay.next_id(), *plain(source), *endpoint(packed))
        flow.network, flow.program = Network.UDP, program
        reason = self._decide(flow)
        self.relay.sink.decided(flow)
        if not reason:
            try:
                return self._begin(gate, flow, key)
            except OSError as error:
                reason = why(shown(flow.host or flow.asked_address, flow.port), error.errno or 0)
        self._refuse(gate, flow, key, reason)
        return None

    def forget(self, exchange: Exchange) -> None:
        """A flow has ended."""
        del self.flows[exchange.key]
        if exchange.outside is not None:
            exchange.outside.used.discard(exchange.to)
            if not exchange.outside.used:
                del self._outside[exchange.key[0]]

    # -- own

    def _decide(self, flow: Flow) -> str:
        """Let the rules speak; why the flow does not go on, or ""."""
        routing = self.relay.routing
        memory = self.relay.edges.names
        names = memory.names(flow.asked_address)
        if known := names or memory.hearsay(flow.asked_address):
            flow.host, flow.host_source = known[0], HostSource.DNS
        query = Query(
            flow.host,
            address_of(flow.asked_address),
            flow.port,
            Network.UDP,
            address_of(flow.source),
            flow.source_port,
        )
        flow.decision = decision = routing.rules.decide(query)
        action = decision.action
        if action.verdict is Verdict.REJECT:
            return say("refused by the rules")
        if action.verdict is Verdict.UPSTREAM:
            gateway = routing.gateways[action.upstream]
            if _service(gateway) is None:
                return say("{upstream} does not carry datagrams", upstream=gateway.described)
            return ""
        if flow.port == _QUIC_PORT:
            # Over TCP the first bytes tell the name. Refused, QUIC comes back that way.
            if not names and routing.rules.host_matters(query._replace(host="")):
                return say("its name is not known, and a rule asks for it: over TCP it is told")
            others = (routing.rules.decide(query._replace(host=name)) for name in names[1:])
            if any(other.action != action for other in others):
                return say(
                    "several names have this address, and go different ways: over TCP it is told"
                )
        return ""

    def _begin(self, gate: Gate, flow: Flow, key: Key) -> Exchange:
        if len(self.flows) >= self._most:
            self._make_room()
        assert flow.decision is not None  # noqa: S101 - see open
        gateway = self.relay.routing.gateways.get(flow.decision.action.upstream)
        to = (gateway and _service(gateway)) or (flow.asked_address, flow.port)
        sock = self.relay.edges.sockets.udp(socket.AF_INET6 if ":" in to[0] else socket.AF_INET)
        try:
            outside = self._bind(sock, key[0], to)
            sock.connect(to)
            with contextlib.suppress(OSError):  # what anybody has sent to a port that was not
                while True:  # connected yet; after that, nothing comes but from there
                    sock.recv_into(self.buffer, 1)
        except OSError:
            sock.close()
            raise
        if outside is None and key[0] not in self._outside:
            outside = self._outside[key[0]] = Outside(sock.getsockname()[1], set())
        if outside is not None:
            outside.used.add(to)
        way = gate.way(source=endpoint(key[1]), to=plain(key[0]))
        exchange = self.flows[key] = Exchange(self, gate, flow, key, sock, way)
        exchange.outside, exchange.to = outside, to
        self.relay.watch(exchange)
        if self._timer is None:
            self._timer = self._call_later(LOOK_SECONDS, self._look)
        return exchange

    def _bind(self, sock: socket.socket, source: Source, to: Endpoint) -> Outside | None:
        """To the port that this program's socket has out there, where it has one and nobody talks
        to the same from there: connected sockets that share a port are told apart by whom they talk
        to (SO_REUSEPORT). Else to one that is nobody's: chosen before it may be shared, for later
        the kernel would take another program's."""
        outside = self._outside.get(source)
        if outside is not None and to not in outside.used:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with contextlib.suppress(OSError):  # taken in the other family
                sock.bind(("", outside.port))
                return outside
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 0)
        sock.bind(("", 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return None

    def _refuse(self, gate: Gate, flow: Flow, key: Key, reason: str) -> None:
        if len(self._refused) >= MOST_FLOWS:
            self._refused.clear()
        until = time.monotonic() + UNANSWERED_SECONDS
        self._refused[key] = self.relay.routing, until
        refuse(gate, *key)
        flow.state, flow.closed, flow.reason = FlowState.CLOSED, time.time(), reason
        self.relay.sink.closed(flow)

    def _make_room(self) -> None:
        oldest = sorted(self.flows.values(), key=lambda exchange: exchange.used)
        for exchange in oldest[: max(1, self._most // _ROOM)]:
            exchange.end(say("other programs' datagrams needed its place"))

    def _look(self) -> None:
        now = time.monotonic()
        for exchange in list(self.flows.values()):
            patience = ANSWERED_SECONDS if exchange.answered else UNANSWERED_SECONDS
            if now - exchange.used > patience:
                exchange.end(exchange.flow.reason)
        again = bool(self.flows)
        self._timer = self._call_later(LOOK_SECONDS, self._look) if again else None


class Arrivals:
    """What programs send, by one gate."""

    __slots__ = ("_program", "_table", "fd", "gate")

    def __init__(self, table: Datagrams, gate: Gate, program: str) -> None:
        self._table = table
        self._program = program
        self.gate = gate
        self.fd = gate.fileno()

    def step(self, _: object, mask: int) -> None:
        """Take what waits, up to a turn's share."""
        flows, gate = self._table.flows, self.gate
        for _count in range(AT_ONCE):
            try:
                payload, source, packed = gate.receive()
            except BlockingIOError:
                return
            except OSError as error:
                log.debug("intercepted UDP: %s", error)
                continue
            exchange = flows.get((source, packed))
            if exchange is None:
                if packed[0] == 0 and packed[1] == _NAMES_PORT:
                    self._question(payload, source, packed)
                    continue
                exchange = self._table.open(gate, self._program, (source, packed))
            if exchange is not None:
                exchange.forward(payload)

    def _question(self, payload: bytes, source: Source, packed: bytes) -> None:
        server = endpoint(packed)
        way = self.gate.way(source=server, to=plain(source))
        self._table.answer_question(payload, partial(_say_answer, way), server)


class Exchange:
    """One flow."""

    __slots__ = (
        "_gate",
        "_sock",
        "_table",
        "_way",
        "answered",
        "fd",
        "flow",
        "key",
        "outside",
        "to",
        "used",
    )

    def __init__(
        self, table: Datagrams, gate: Gate, flow: Flow, key: Key, sock: socket.socket, way: Way
    ) -> None:
        self._table = table
        self._gate = gate
        self._sock = sock
        self._way = way
        self.flow = flow
        self.key = key
        self.fd = sock.fileno()
        self.used = time.monotonic()
        self.answered = False
        self.outside: Outside | None = None
        self.to: Endpoint = ("", 0)
        flow.state = FlowState.OPEN

    @property
    def owner(self) -> Exchange:
        """Whom an error of ours ends."""
        return self

    def forward(self, payload: bytes) -> None:
        """A datagram of the program's. One that the network does not take is lost, as there."""
        self.used = time.monotonic()
        try:
            self.flow.up += self._sock.send(payload)
        except BlockingIOError:
            pass
        except OSError as error:
            self._failed(error)

    def step(self, _: object, mask: int) -> None:
        """Answers."""
        sock, buffer, flow = self._sock, self._table.buffer, self.flow
        for _count in range(AT_ONCE):
            try:
                count = sock.recv_into(buffer)
            except BlockingIOError:
                return
            except OSError as error:
                self._failed(error)
                return
            self.used = time.monotonic()
            self.answered = True
            flow.down += count
            flow.reason = ""
            _say(self._way, buffer[:count])

    def failed(self) -> None:
        self.end(say("an error in Byway itself, which its log describes"))

    def end(self, reason: str) -> None:
        """The program may go on: its next datagram is a new flow."""
        flow = self.flow
        self._table.forget(self)
        self._table.relay.unwatch(self, self._sock)
        flow.state, flow.closed, flow.reason = FlowState.CLOSED, time.time(), reason
        self._table.relay.sink.closed(flow)

    def _failed(self, error: OSError) -> None:
        """An earlier datagram has come back (ip(7)). The flow stays: a server may come up yet."""
        number = error.errno or 0
        if number in _UNREACHABLE:
            flow = self.flow
            flow.reason = why(shown(flow.host or flow.asked_address, flow.port), number)
            refuse(self._gate, *self.key)


def _service(gateway: Gateway) -> Endpoint | None:
    """Where datagrams for that upstream go: services by address take them as they are."""
    upstream = gateway.upstream
    is_one = upstream.kind is UpstreamKind.SERVICE and packed_address(upstream.server)
    return gateway.server if is_one else None


def refuse(gate: Gate, source: Source, packed: bytes) -> None:
    """Tell a program that its datagram goes nowhere. Only the kernel can: it is shown the header
    once more, as the program sent it, and the rules make an ICMP message of that."""
    _say(gate.way(source=plain(source), to=endpoint(packed)), b"")


def _say(way: Way, payload: bytes | memoryview) -> None:
    try:  # noqa: SIM105 - suppress takes 0.4 us more, of the 10 that a cached name costs
        way(payload)
    except OSError:  # the program is gone, a buffer is full, or it is a refusal
        pass


def _say_answer(way: Way, message: bytes) -> None:
    if message:  # what is no question deserves none
        _say(way, message)
