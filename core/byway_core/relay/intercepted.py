"""A connection that TPROXY brought: its address is known, its name must be learned.

A fake address stands for its name. Elsewhere sniffing happens only where it can change the
outcome, and a destination whose client once stayed silent for the whole wait (a server-first
protocol) is not waited for again - until one of its clients does speak first: the silent one was
made in advance.
"""

from __future__ import annotations

import select

from byway_core.model.decision import Query
from byway_core.model.flow import HostSource
from byway_core.model.sentence import say
from byway_core.protocols.proxy_request import Failure
from byway_core.relay.connection import Connection
from byway_core.relay.naming import Names, named, sniffing_helps
from byway_core.relay.reasons import why
from byway_core.relay.stream import READING, Side
from byway_core.sniff.first_bytes import Sniffer
from byway_core.sniff.first_bytes import Verdict as Sniffed

# A client that speaks first does so within one round trip of its own; 300 ms is the most that a
# server-first protocol may be delayed, once for an address and port.
SNIFF_SECONDS = 0.3
# The longest first flight that is waited for: a ClientHello's limit. Beyond it, no name.
MOST_SNIFFED = 64 * 1024


class Intercepted(Connection):
    """Made by a listener on a transparent socket."""

    __slots__ = ("names", "sniffer", "taken_for_silent")

    def begin(self) -> None:
        flow = self.flow
        self.sniffer: Sniffer | None = None
        self.taken_for_silent = False
        self.client.events = READING
        if self.take_fake(flow.asked_address):
            return
        self.names = names = Names.of(self.relay.edges.names, flow.asked_address)
        query = self.ask(flow.asked_address)
        if self.inquiry is not None and self.relay.routing.rules.process_matters(query):
            self.inquiry.press()  # while its name is learned
        if self._waiting_helps(query):
            self.query = query
            self.sniffer = Sniffer()
            self.client.step = _sniffed
            # Most programs have spoken by the time they are accepted.
            self.client.readable = True
            _sniffed(self.client, 0)
            if self.sniffer is not None and not self.ended:
                self.relay.deadlines.set(self, SNIFF_SECONDS)
        else:
            self.decide(named(self.flow, query, names))

    def refuse(self, kind: Failure) -> None:
        """A program without a proxy setting knows one refusal: a reset, at once."""
        self.end(reset=True)

    def opened(self) -> None:
        if self.taken_for_silent:
            if self.client.readable and not self.client.hung:
                self.speaks_first()
            else:
                self.client.step = _first_word

    def expired(self) -> None:
        if self.sniffer is None:
            super().expired()
        elif not self.early:
            self.relay.silent.add((self.flow.asked_address, self.flow.port))
            self.taken_for_silent = True
            self.learned("", HostSource.NONE)
        else:
            self.learned("", HostSource.NONE)

    def learned(self, host: str, source: HostSource) -> None:
        """Sniffing is over; `host` "" where it found none."""
        self.sniffer = None
        self.relay.deadlines.lift(self)
        assert self.query is not None  # noqa: S101 - set by begin
        self.decide(named(self.flow, self.query, self.names, host, source))

    def speaks_first(self) -> None:
        """Its destination's clients are not silent after all."""
        self.relay.silent.discard((self.flow.asked_address, self.flow.port))

    def _waiting_helps(self, query: Query) -> bool:
        """Whether to wait for the first bytes."""
        if not sniffing_helps(self.relay.routing.rules, query, self.names):
            return False
        silent = (self.flow.asked_address, self.flow.port) in self.relay.silent
        self.taken_for_silent = silent
        return not silent


def _sniffed(side: Side, mask: int) -> None:
    """The client's first bytes, while its destination's name is not known."""
    connection: Intercepted = side.owner
    side.arrived(mask)
    buffer = connection.relay.buffer
    while side.readable and connection.sniffer is not None:
        try:
            count = side.read(buffer)
        except OSError as error:
            connection.flow.reason = why(say("the program"), error.errno or 0)
            connection.end(reset=True)
            return
        if count < 0:
            return
        if count == 0:  # it has nothing more to say, and may still want an answer
            connection.learned("", HostSource.NONE)
            return
        connection.early += buffer[:count].tobytes()
        sniffer = connection.sniffer
        verdict = sniffer.look(connection.early)
        if verdict is Sniffed.FOUND:
            connection.learned(sniffer.host, sniffer.source)
        elif verdict is Sniffed.NOTHING or len(connection.early) > MOST_SNIFFED:
            connection.learned("", HostSource.NONE)


def _first_word(side: Side, mask: int) -> None:
    """The client of a destination that counts as silent speaks: has its server done so before?"""
    connection: Intercepted = side.owner
    flow, streaming = connection.flow, connection.relay.streaming
    server_first = flow.down > 0
    if mask != select.EPOLLOUT:
        side.step = streaming
    streaming(side, mask)
    if flow.up and not server_first:
        connection.speaks_first()
