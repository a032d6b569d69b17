"""The way of one connection: learn where to - decide - dial - handshake - stream - end.

The state of a connection is what its two sides' `step` is:

    client side             server side             meaning
    (the subclass's)        -                       learning the destination
    _client_waits           -                       its process is looked for, or a name resolved
    _client_waits           (the Dial's)            connecting
    _client_waits           handshaking.answered    the upstream's handshake
    Pump.streaming          Pump.streaming          data both ways
    (the subclass's) or -   -                       a refusal is being delivered; ended

This file knows no listener and no first bytes: how the destination is learned, and how the client
is told of a failure, is the subclass's (`intercepted`, `requested`).
"""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from byway_core.model.decision import Query, Verdict
from byway_core.model.errors import ProtocolError, RefusedError
from byway_core.model.flow import Flow, FlowState, HostSource
from byway_core.model.sentence import say
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.proxy_request import Failure
from byway_core.relay.attempts import Attempts, go_by_member, try_next
from byway_core.relay.deadlines import Timed
from byway_core.relay.dialing import Dial, Lookup, Target, by_turns
from byway_core.relay.handshaking import begin, opening
from byway_core.relay.inquiry import Inquiry, with_process
from byway_core.relay.locating import address_of, with_address
from byway_core.relay.pipelining import Ahead
from byway_core.relay.reasons import forgotten, shown, why
from byway_core.relay.stream import Side
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Doubt

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# The upstream connects to the destination meanwhile: its own limit should come first.
HANDSHAKE_SECONDS = 20.0

GAVE_UP = say("the program gave up before the connection was made")

_GONE = select.EPOLLERR | select.EPOLLHUP


class Connection:
    """One connection; made by a listener, for `Relay.admit`."""

    __slots__ = (
        "ahead",
        "attempts",
        "client",
        "dial",
        "early",
        "ended",
        "flow",
        "gateway",
        "handshake",
        "inquiry",
        "opening",
        "patient",
        "query",
        "queue",
        "relay",
        "server",
        "targets",
        "to_port",
    )

    def __init__(self, relay: Relay, sock: socket.SocketType, flow: Flow) -> None:
        self.relay = relay
        self.flow = flow
        self.client = Side(sock, self, up=True)
        self.server: Side | None = None
        self.early = b""  # the client's bytes that were read before there was a server
        self.ended = False
        self.attempts: Attempts | None = None  # by the members of a group
        self.gateway: Gateway | None = None
        self.handshake: ClientHandshake | None = None
        self.targets: Sequence[Target] = ()  # the destination's, where it was looked up
        self.dial: Dial | None = None
        self.opening = b""  # the first words to the upstream
        self.ahead = Ahead.NOTHING  # what of them it has not asked for
        self.patient = False  # the handshake has been given its own time limit
        self.to_port = 0
        self.queue: dict[Timed, float] | None = None  # Deadlines' own
        self.query: Query | None = None
        self.inquiry: Inquiry | None = None

    # -- what the subclass says ---------------------------------------------------------------

    def begin(self) -> None:
        """Start learning the destination; the client's events are told of from then on."""
        raise NotImplementedError

    def opened(self) -> None:
        """The way to the destination is open: tell the client, if its protocol wants that."""

    def refuse(self, kind: Failure) -> None:
        """There will be no connection: tell the client and end. `flow.reason` says why."""
        raise NotImplementedError

    # -- decide -------------------------------------------------------------------------------

    def ask(self, address: str) -> Query:
        """The question for the rules; `address` is "" where only a name is known."""
        flow = self.flow
        return Query(
            flow.host,
            address_of(address) if address else None,
            flow.port,
            flow.network,
            address_of(flow.source),
            flow.source_port,
            flow.process,
        )

    def take_fake(self, address: str) -> bool:
        """Where the address only stands for a name, go on by that; False for all others."""
        name = self.relay.edges.names.fake(address)
        if name is None:
            return False
        flow = self.flow
        if name:
            flow.host, flow.host_source = name, HostSource.FAKE
            self.decide(self.ask(""))
        else:
            self.fail(Failure.UNREACHABLE, forgotten(address))
        return True

    def decide(self, query: Query) -> None:
        """Let the rules speak, if need be once the process and the name's address are known; then
        dial."""
        self.client.step = _client_waits
        with_process(self.inquiry, self.relay.routing, query, self._locate)

    def _locate(self, query: Query) -> None:
        if self.ended:  # while its process was looked for
            return
        relay = self.relay
        with_address(self.flow, query, relay.routing, relay.edges, self._decide)

    def _decide(self, query: Query, targets: Sequence[Target]) -> None:
        if self.ended:  # while its name was looked up
            return
        self.targets = targets
        relay, flow = self.relay, self.flow
        flow.decision = decision = relay.routing.rules.decide(query)
        flow.state = FlowState.CONNECTING
        self.query = query
        verdict, name = decision.action
        if verdict is Verdict.UPSTREAM and name not in relay.routing.gateways:
            self.attempts = Attempts(relay, flow, name, query)
        relay.sink.decided(flow)
        if verdict is Verdict.REJECT:
            flow.reason = say("refused by the rules")
            self.refuse(Failure.REJECTED)
        elif verdict is Verdict.DIRECT:
            self.go_direct(query)
        elif self.attempts is not None:
            go_by_member(self, self.attempts)
        else:
            self.go_by(relay.routing.gateways[name])

    def go_by(self, gateway: Gateway) -> None:
        """Through an upstream."""
        self.gateway = gateway
        try:
            self.opening = opening(self, gateway)
        except (ProtocolError, RefusedError) as error:
            self.handshake_failed(str(error), doubt=None)
            return
        server, self.to_port = gateway.server
        self._find(server)

    def go_direct(self, query: Query) -> None:
        """To the destination itself."""
        self.to_port = query.port
        if self.targets:
            self._dial(by_turns(self.targets))
        elif query.address is not None:
            family = socket.AF_INET if query.address.version == 4 else socket.AF_INET6
            self._dial([(family, self.flow.asked_address or str(query.address))])
        else:
            self._find(query.host)

    # -- dial ---------------------------------------------------------------------------------

    def _find(self, host: str) -> None:
        found = Lookup(self, self.to_port).arrived
        self.relay.edges.resolver.lookup_in_parts(host, found)

    def not_found(self, error: str) -> None:
        """See Dialer."""
        self._lost(self._failure(0), error, Doubt.DEAD)

    @property
    def dial_seconds(self) -> float | None:
        """See Dialer."""
        return None if self.attempts is None else self.attempts.dial_seconds

    def _dial(self, targets: Sequence[Target]) -> None:
        self.dial = Dial(self, targets, self.to_port)
        self.dial.go_on()

    def connected(self, server: Side, sent: int) -> None:
        """A TCP connection stands, and took so much of the opening already: shake hands with the
        upstream, or stream at once."""
        self.dial = None
        self.server = server
        server.peer, self.client.peer = self.client, server
        if self.handshake is None:
            self.stream(b"")
        else:
            begin(self, server, sent)

    def dial_failed(self, error: int) -> None:
        """No address answered; the errno of the last one."""
        self._lost(self._failure(error), why(self.whom(), error), Doubt.DEAD)

    def _lost(self, kind: Failure, reason: str, doubt: Doubt | None) -> None:
        """This way is none; `doubt` is what that says of the upstream."""
        if self.attempts is None:
            self.fail(kind, reason)
        else:
            try_next(self, self.attempts, kind, reason, doubt)

    def give_up(self) -> None:
        """This way is none, and nothing of it may be left."""
        self._stop_dialing()
        self._drop_server()
        self.relay.deadlines.lift(self)
        self.gateway = self.handshake = None
        self.opening, self.ahead, self.patient = b"", Ahead.NOTHING, False

    def _failure(self, error: int) -> Failure:
        if self.gateway is not None:
            return Failure.UPSTREAM
        if error == errno.ECONNREFUSED:
            return Failure.REFUSED
        return Failure.TIMEOUT if error == errno.ETIMEDOUT else Failure.UNREACHABLE

    def whom(self) -> str:
        """The one that is being contacted, for a sentence."""
        if self.gateway is not None:
            return self.gateway.described
        return shown(self.flow.host or self.flow.asked_address, self.flow.port)

    # -- the upstream's handshake -------------------------------------------------------------

    def handshake_failed(
        self,
        words: str,
        kind: Failure = Failure.UPSTREAM,
        doubt: Doubt | None = Doubt.UNSURE,
    ) -> None:
        """The upstream did not open the way; `words` say what it did, `doubt` what that says of
        it."""
        assert self.gateway is not None  # noqa: S101 - only upstreams have handshakes
        if self.ahead:
            self.relay.pipelining.distrust(self.gateway)
        reason = say("via {upstream}: {words}", upstream=self.gateway.described, words=words)
        if kind is Failure.UNREACHABLE:  # it is well, and so would another say
            self.fail(kind, reason)
        else:
            self._lost(kind, reason, doubt)

    def stream(self, leftover: bytes) -> None:
        """Both sides are open. `leftover` came from the server after its handshake."""
        relay, flow, client, server = self.relay, self.flow, self.client, self.server
        assert server is not None  # noqa: S101 - set by connected
        relay.deadlines.lift(self)
        self.handshake = None
        flow.state = FlowState.OPEN
        client.step = server.step = relay.streaming
        self.opened()
        if leftover:
            client.pending = bytes(client.pending) + leftover
            flow.down += len(leftover)
        if self.early:
            server.pending = self.early
            flow.up += len(self.early)
            self.early = b""
        pump = relay.pump
        if (client.readable or client.eof or server.pending) and not pump.move(client, server):
            return
        if client.pending or server.readable:
            pump.move(server, client)

    # -- the end ------------------------------------------------------------------------------

    def said_nothing(self) -> bool:
        """Whether the program has ended before there was a way to the destination, and without a
        byte that should still go there."""
        if self.flow.state is FlowState.OPEN or self.early or self.flow.up:
            return False
        try:
            return not self.client.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def expired(self) -> None:
        """A time limit has passed (Deadlines)."""
        if self.dial is not None:
            self.dial.expired()
        elif self.handshake is not None:
            if self.patient:
                self.handshake_failed(say("the server did not finish its handshake in time"))
            else:
                # The limit for connecting, which most handshakes are over before: this way they
                # need none of their own.
                self.patient = True
                shorter = None if self.attempts is None else self.attempts.late()
                self.relay.deadlines.set(self, shorter or HANDSHAKE_SECONDS)

    def fail(self, kind: Failure, reason: str) -> None:
        """End before data flowed, for a reason the user reads in the ledger."""
        self.flow.reason = reason
        self._stop_dialing()
        self._drop_server()
        self.relay.deadlines.lift(self)
        self.refuse(kind)

    def broken(self, side: Side, error: int) -> None:
        """A socket failed: RST stays RST, so the other side gets one too."""
        if side.up:
            self.flow.reason = why(say("the program"), error)
        else:
            who = shown(self.flow.host or self.flow.asked_address, self.flow.port)
            if self.gateway is not None:
                who = say("{who} (or {upstream})", who=who, upstream=self.gateway.described)
            self.flow.reason = why(who, error)
        self.end(reset=True)

    def finished(self) -> None:
        self.end(reset=False)

    def failed(self) -> None:
        self.flow.reason = say("an error in Byway itself, which its log describes")
        self.end(reset=True)

    def end(self, *, reset: bool) -> None:
        """Close both sockets, now; the ledger is told."""
        if self.ended:
            return
        self.ended = True
        relay, flow = self.relay, self.flow
        if self.queue is not None:
            relay.deadlines.lift(self)
        if self.ahead is Ahead.DATA and flow.up and not flow.down:
            assert self.gateway is not None  # noqa: S101 - nobody else is spoken to ahead
            relay.pipelining.doubt(self.gateway)
        relay.discard(self.client, reset)
        self._stop_dialing()
        if self.server is not None:
            relay.discard(self.server, reset)
            _part(self.client, self.server)
        del self.client.owner
        flow.state = FlowState.CLOSED
        flow.closed = time.time()
        relay.forget(self)

    def _stop_dialing(self) -> None:
        if self.dial is not None:
            self.dial.close()
            self.dial = None

    def _drop_server(self) -> None:
        if self.server is not None:
            self.relay.discard(self.server, False)
            _part(self.client, self.server)
            self.server = None


def _part(client: Side, server: Side) -> None:
    """Undo the ring of references: then the last one frees all at once, and the cycle collector
    has nothing to do however many connections come and go."""
    del client.peer, server.peer, server.owner


def _client_waits(side: Side, mask: int) -> None:
    """The client speaks, or leaves, while it has no server yet."""
    side.arrived(mask)
    if mask & _GONE:
        connection: Connection = side.owner
        connection.flow.reason = GAVE_UP
        connection.end(reset=True)
