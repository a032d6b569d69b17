"""The data plane of UDP: a flow for each pair of a program's socket and a destination.

    Arrivals   a gate's datagrams: questions for names go to the forwarder, the others to their flow
    Datagrams  the table of flows: `first_datagrams` - name - process - address of a name -
               `course` - `exchange` or `association`

What does not go on is refused at once, the way the network would (ICMP port unreachable), so that
QUIC falls back to TCP without waiting.
"""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from byway_core.intercept.datagrams import Endpoint, Gate, Source, Way, endpoint, plain
from byway_core.model.decision import Network, Query
from byway_core.model.flow import Flow, FlowState, HostSource
from byway_core.model.sentence import say
from byway_core.relay.association import Associations, Relayed
from byway_core.relay.course import Course, Roads, course_of, question
from byway_core.relay.deadlines import TimerHandle
from byway_core.relay.dialing import Target
from byway_core.relay.exchange import AT_ONCE, LONE_TURNS, Exchange, Key, Straight, deliver, refuse
from byway_core.relay.first_datagrams import FirstDatagrams, Unnamed
from byway_core.relay.held import MOST_WAITING, Held
from byway_core.relay.inquiry import Inquiry, with_process
from byway_core.relay.locating import with_address
from byway_core.relay.naming import Names, named, sniffing_helps
from byway_core.relay.outside import OutsidePorts
from byway_core.relay.reasons import forgotten, shown, why
from byway_core.relay.routing import Routing
from byway_core.upstreams.standing import Known

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

log = logging.getLogger(__name__)

# How long a flow is kept when nothing comes. As long as the kernel's connection tracking keeps it
# (nf_conntrack_proto_udp.c), for without its entry no answer passes: nf_conntrack_udp_timeout, and
# nf_conntrack_udp_timeout_stream for what has gone on for more than two seconds and had answers.
# So a question and its answer (NTP, STUN, a look-up) are gone soon, whatever their port.
SHORT_SECONDS = 30.0
STREAM_SECONDS = 120.0
STREAM_AFTER_SECONDS = 2.0
# How often it is looked at what has been kept long enough.
LOOK_SECONDS = 5.0
# A browser has some tens of flows, a file sharer some thousands; and never more than this part of
# the descriptors that the process may have. Each takes one, or two where it goes by an upstream.
MOST_FLOWS = 4096
_PART = 8
# Flows that make room at once, the longest unused first: looking for them is a walk over all.
_ROOM = 16

_NAMES_PORT = 53

CallLater = Callable[[float, Callable[[], None]], TimerHandle]
# What answers a question for names: the message, what takes the answer, the server it was for.
AnswerQuestion = Callable[[bytes, Callable[[bytes], None], Endpoint | None], None]


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
        self.outside = OutsidePorts()
        self.associations = Associations(relay, self.buffer)
        self.unnamed = Unnamed(self)
        self._held: dict[Key, Held] = {}
        self._refused: dict[Key, tuple[Routing, Known, float]] = {}
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
        self.unnamed.close()
        self._held.clear()
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

    def open(self, gate: Gate, program: str, key: Key, payload: bytes) -> None:
        """Take a datagram that belongs to no flow yet. It is held back until its flow has a name
        and a process, where these matter; and then goes on, or is refused and its program told."""
        if key in self._held:
            self._held[key].keep(payload)
            return
        first = self.unnamed.held.get(key)
        if first is not None:
            first.look(payload)
            return
        if self._is_refused(key):
            refuse(gate, *key)
            return
        flow = Flow(self.relay.next_id(), *plain(key[0]), *endpoint(key[1]))
        flow.network, flow.program = Network.UDP, program
        fake = self.relay.edges.names.fake(flow.asked_address)
        if fake:
            flow.host, flow.host_source = fake, HostSource.FAKE
        query, rules = question(flow), self.relay.routing.rules
        inquiry = self._inquiry(flow, endpoint(key[1]))
        held = Held(gate, flow, inquiry)
        if fake is not None:
            held.keep(payload)
            self._take_fake(held, key, query)
            return
        names = Names.of(self.relay.edges.names, flow.asked_address)
        if sniffing_helps(rules, query, names):
            if inquiry is not None and rules.process_matters(query):
                inquiry.press()  # while its name is learned
            FirstDatagrams(self, held, key, query, names).look(payload)
        else:
            held.keep(payload)
            self.settle(held, key, named(flow, query, names))

    def settle(self, held: Held, key: Key, query: Query) -> None:
        """Decide about a flow that has its name, once its process is known if that matters."""
        self._held[key] = held
        with_process(held.inquiry, self.relay.routing, query, partial(self._locate, held, key))
        if held.inquiry is not None:
            held.inquiry.ask_idly()

    # -- for exchanges

    def forget(self, exchange: Exchange) -> None:
        """A flow has ended."""
        del self.flows[exchange.key]

    def refuse(
        self, exchange: Relayed, reason: str, seconds: float, unsent: Sequence[bytes] = ()
    ) -> None:
        """A flow's way out has proved to be none, and will for so long. Where it goes by a group,
        another member takes over, with what has not been sent."""
        course = None if exchange.again is None or exchange.answered else exchange.again()
        if course is None or course.refusal:
            exchange.end(reason)
            self._tell_refused(exchange.gate, exchange.key, seconds)
            return
        exchange.leave()
        del self.flows[exchange.key]
        held = Held(exchange.gate, exchange.flow, payloads=list(unsent))
        self._begin(held, exchange.key, course)
        self._send_on(held, exchange.key)

    # -- own

    def _inquiry(self, flow: Flow, to: Endpoint) -> Inquiry | None:
        desk = self.relay.edges.desk
        has_room = len(self._held) + len(self.unnamed.held) < MOST_WAITING
        return Inquiry(desk, self.relay.deadlines, flow, to) if desk and has_room else None

    def _take_fake(self, held: Held, key: Key, query: Query) -> None:
        if query.host:
            self.settle(held, key, query)
        else:
            self._refuse(held, key, forgotten(held.flow.asked_address))

    def _locate(self, held: Held, key: Key, query: Query) -> None:
        """Its process is known, if that matters."""
        relay, go_on = self.relay, partial(self._decide, held, key)
        with_address(held.flow, query, relay.routing, relay.edges, go_on)

    def _decide(self, held: Held, key: Key, query: Query, _: Sequence[Target]) -> None:
        """Nothing more is to be learned: let the rules speak, and what was held goes that way. A
        flow has one address, the first."""
        if self._held.pop(key, None) is None:
            return  # all has ended meanwhile
        relay = self.relay
        roads = Roads(relay.routing, relay.edges.standing, self.associations.refusal)
        course = course_of(held.flow, query, roads, unread=held.unread)
        self.relay.sink.decided(held.flow)
        self._begin(held, key, course)
        self._send_on(held, key)

    def _send_on(self, held: Held, key: Key) -> None:
        for payload in held.payloads:
            exchange = self.flows.get(key)  # None where it is refused, or proves to lead nowhere
            if exchange is not None:
                exchange.forward(payload)

    def _begin(self, held: Held, key: Key, course: Course) -> None:
        """Put a decided flow on its course, or refuse it."""
        flow, refusal = held.flow, course.refusal
        if not refusal:
            if len(self.flows) >= self._most:
                self._make_room()
            try:
                self.flows[key] = self._on(held.gate, flow, key, course)
            except OSError as error:
                refusal = why(shown(flow.host or flow.asked_address, flow.port), error.errno or 0)
            else:
                if self._timer is None:
                    self._timer = self._call_later(LOOK_SECONDS, self._look)
                return
        self._refuse(held, key, refusal)

    def _refuse(self, held: Held, key: Key, reason: str) -> None:
        flow = held.flow
        flow.state, flow.closed, flow.reason = FlowState.CLOSED, time.time(), reason
        self.relay.sink.closed(flow)
        self._tell_refused(held.gate, key, SHORT_SECONDS)

    def _on(self, gate: Gate, flow: Flow, key: Key, course: Course) -> Exchange:
        if course.gateway is None:
            return Straight(self, gate, flow, key, course.to)
        return Relayed(self, gate, flow, key, course.gateway, course.to, course.again)

    def _tell_refused(self, gate: Gate, key: Key, seconds: float) -> None:
        """The program now, and at each later datagram; the ledger is told once."""
        if len(self._refused) >= MOST_FLOWS:
            self._refused.clear()
        known = self.relay.edges.standing.known
        self._refused[key] = self.relay.routing, known, time.monotonic() + seconds
        refuse(gate, *key)

    def _is_refused(self, key: Key) -> bool:
        """Whether what was decided then would be decided now."""
        refused = self._refused.get(key)
        if refused is None:
            return False
        routing, known, until = refused
        relay = self.relay
        same = routing is relay.routing and known is relay.edges.standing.known
        return same and time.monotonic() < until

    def _make_room(self) -> None:
        oldest = sorted(self.flows.values(), key=lambda exchange: exchange.used)
        for exchange in oldest[: max(1, self._most // _ROOM)]:
            exchange.end(say("other programs' datagrams needed its place"))

    def _look(self) -> None:
        now = time.monotonic()
        for exchange in list(self.flows.values()):
            streams = exchange.answered and exchange.used - exchange.begun > STREAM_AFTER_SECONDS
            if now - exchange.used > (STREAM_SECONDS if streams else SHORT_SECONDS):
                exchange.end(exchange.flow.reason)
        again = bool(self.flows)
        self._timer = self._call_later(LOOK_SECONDS, self._look) if again else None


class Arrivals:
    """What programs send, by one gate."""

    __slots__ = ("_lone", "_program", "_table", "fd", "gate")

    def __init__(self, table: Datagrams, gate: Gate, program: str) -> None:
        self._table = table
        self._program = program
        self.gate = gate
        self.fd = gate.fileno()
        self._lone = 0

    def step(self, _: object, mask: int) -> None:
        """Take what waits, up to a turn's share."""
        flows, gate = self._table.flows, self.gate
        for taken in range(1 if self._lone else AT_ONCE):
            try:
                payload, source, packed = gate.receive()
            except BlockingIOError:
                self._lone = LONE_TURNS if taken == 1 else 0
                return
            except OSError as error:
                log.debug("intercepted UDP: %s", error)
                continue
            exchange = flows.get((source, packed))
            if exchange is None:
                if packed[0] == 0 and packed[1] == _NAMES_PORT:
                    self._question(payload, source, packed)
                    continue
                self._table.open(gate, self._program, (source, packed), payload)
            else:
                exchange.forward(payload)
        if self._lone:
            self._lone -= 1

    def _question(self, payload: bytes, source: Source, packed: bytes) -> None:
        server = endpoint(packed)
        way = self.gate.way(source=server, to=plain(source))
        self._table.answer_question(payload, partial(_say_answer, way), server)


def _say_answer(way: Way, message: bytes) -> None:
    if message:  # what is no question deserves none
        deliver(way, message)
