"""Intercepted questions: asked of real servers, remembered, answered.

It must not know how questions are intercepted: over UDP it is given messages, over TCP accepted
sockets. No silent fallback: where the profile names servers, nobody else is asked, and a question
that they leave unanswered fails.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from byway_core.dns.asking import Ask, MakeSocket, TcpAsk, UdpAsk, plain_tcp, plain_udp
from byway_core.dns.choice import Choice
from byway_core.dns.exchange import Exchange, Key
from byway_core.dns.health import Health
from byway_core.dns.hosts import Addresses, known
from byway_core.dns.known_names import KnownNames
from byway_core.dns.link import Surroundings
from byway_core.dns.links import Links
from byway_core.dns.local_answers import HOSTS_TTL, LocalAnswers
from byway_core.dns.poller import Poller
from byway_core.dns.recall import Recall, Whose
from byway_core.dns.servers import AnyServer, AsAsked, ServerSource, StreamServer, server_at
from byway_core.dns.session import Reply, TcpSession
from byway_core.dns.stack import Tunnel
from byway_core.model.errors import ProtocolError
from byway_core.ports import Resolved
from byway_core.protocols.dns_message import (
    Answer,
    Question,
    Rcode,
    fitted,
    parse_query,
    reply,
    with_id,
)

Endpoint = tuple[str, int]
_OWN: Endpoint = ("", 0)  # no server that a program could ask

# Questions under way at once, each with a socket; dnsmasq allows 150, unbound some thousands. More
# than this means that servers do not answer. The surplus gets SERVFAIL at once: a program that is
# told may try again or say so, one that is left to wait adds its retries to the flood.
IN_FLIGHT = 1024
# Sockets to servers; a question whose first server is silent holds a second. Half of what systemd
# gives a user's processes (1,024 soft) would be gone with more, were the limit not raised.
SOCKETS = 1024
# Intercepted TCP connections at once. TCP is for the rare answer that is too long for UDP.
SESSIONS = 128
# How often it is looked at whether the system's servers have changed while answers are cached ones.
_LOOK_AGAIN = 1.0
# How often time-outs are looked at while there is anything under way; nothing ticks when idle.
_TICK = 0.25


class DnsForwarder:
    """Runs on one loop, without tasks: sockets hang on a `Poller`, time-outs on one timer."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        choice: Choice,
        local: LocalAnswers,
        memory: KnownNames,
        *,
        udp: MakeSocket = plain_udp,
        tcp: MakeSocket = plain_tcp,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`choice` says who is asked, `local` what is not asked at all. `udp` and `tcp` make the
        sockets to the servers: non-blocking, not connected (marked ones where Byway's own traffic
        would be intercepted). `clock` counts the seconds that answers live."""
        self.poller = Poller(loop)
        self.questions = 0
        self.failures = 0
        self.from_cache = 0
        self._loop = loop
        self._choice = choice
        self._local = local
        self._memory = memory
        self._recall = Recall(memory)
        self._look_at = 0.0
        self._udp = udp
        self._tcp = tcp
        self._clock = clock
        self._links = Links(Surroundings(self.poller, loop.call_later, tcp, _only_addresses, {}))
        self._health = Health()
        # key -> the exchange and who waits for it. The same
        # question is sent once, however often it is asked: also because many copies in flight
        # make a forger's guess more likely to hit (RFC 5452 5).
        self._under_way: dict[Key, tuple[Exchange, list[tuple[int, Reply]]]] = {}
        self._waiting = 0
        self._sockets = 0
        self._sessions: set[TcpSession] = set()
        self._timer: asyncio.TimerHandle | None = None

    def configure(
        self,
        choice: Choice,
        hosts: Mapping[str, Addresses],
        tunnels: Mapping[str, Tunnel] | None = None,
    ) -> None:
        """A new profile, with the upstreams that servers are asked through. What is under way goes
        on as it began."""
        self._choice = choice
        self._local.use_hosts(hosts)
        self._links.use_tunnels(tunnels or {})
        self._health.forget()
        self._recall.forget()

    def use_lookup(self, lookup: Callable[[str, Resolved], None]) -> None:
        """How the addresses of servers and upstreams are found; until then, only literals are."""
        self._links.around.lookup = lookup

    def use_lost(self, lost: Callable[[Tunnel, str], None]) -> None:
        """Who is told of a tunnel that could not be connected to, and why."""
        self._links.around.lost = lost

    def use_sockets(self, *, udp: MakeSocket, tcp: MakeSocket) -> None:
        """Ask with other sockets from here on."""
        self._udp, self._tcp = udp, tcp
        self._links.around.make_socket = tcp

    def problems(self) -> tuple[str, ...]:
        """A sentence for each server that does not answer at present."""
        return self._health.problems()

    def answer(self, query: bytes, answer: Reply, asked: Endpoint | None = None) -> None:
        """A question that came over UDP, for the server `asked`. `answer` is called exactly once,
        now or later, with a message that fits what the client takes, or with b"" for bytes that
        deserve none."""
        self._take(query, answer, asked, over_tcp=False)

    def answer_tcp(self, query: bytes, answer: Reply, asked: Endpoint | None = None) -> None:
        """A question that came over TCP: asked over TCP, answered at any length."""
        self._take(query, answer, asked, over_tcp=True)

    def answer_own(self, query: bytes, answer: Reply, *, over_tcp: bool = False) -> None:
        """A question of Byway's own, answered with addresses that can be connected to."""
        self._take(query, answer, None, over_tcp=over_tcp, own=True)

    def serve_tcp(self, sock: socket.socket) -> None:
        """Take over an accepted, non-blocking connection to port 53 until it ends."""
        if len(self._sessions) >= SESSIONS:
            sock.close()
            return
        asked: Endpoint = sock.getsockname()[:2]
        answer = partial(self.answer_tcp, asked=asked)
        session = TcpSession(self.poller, sock, answer, self._sessions.discard, time.monotonic())
        self._sessions.add(session)
        self._tick_on()

    def close(self) -> None:
        """Ends everything under way, with b"" for an answer; the clients' connections are
        closed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ended = list(self._under_way.values())
        self._under_way.clear()
        for session in list(self._sessions):
            session.close()
        for exchange, waiting in ended:
            exchange.close()
            for _, answer in waiting:
                answer(b"")
        self._links.close()
        self.poller.close()

    # -- what is asked

    def _take(
        self,
        query: bytes,
        answer: Reply,
        asked: Endpoint | None,
        *,
        over_tcp: bool,
        own: bool = False,
    ) -> None:
        now = self._clock()
        if now >= self._look_at:
            self._look(now)
        # A program's question may be of the same bytes as one of our own, and get another answer.
        whom = _OWN if own else asked
        message = self._recall.quick(query, whom, now)
        if message is not None:
            self.questions += 1
            self.from_cache += 1
            answer(message)
            return
        try:
            question = parse_query(query)
        except ProtocolError:
            answer(_refusal(query))
            return
        self.questions += 1
        source = self._choice.source(question.name)
        of_system = source is self._choice.system
        local = self._local.find(query, question, of_system=of_system, own=own)
        if local is not None:
            if local.addresses:
                self._memory.learn([(each, question.name, HOSTS_TTL) for each in local.addresses])
            answer(local.message if over_tcp else fitted(local.message, query, question))
            return
        whose: Whose = (None, False)
        # A server that its program knows by a fake address is nowhere: the system's are asked.
        if asked and self._memory.fake(asked[0]) is None and isinstance(source, AsAsked):
            whose = (asked, not source.knows(asked))
        message = self._recall.find(query, question, whose, whom, now, over_tcp=over_tcp)
        if message is None:
            self._ask(query, question, answer, source, whose, over_tcp=over_tcp)
        else:
            self.from_cache += 1
            answer(message)

    def _look(self, now: float) -> None:
        """At what may have changed under us: another network, or a VPN, gives other answers."""
        self._look_at = now + _LOOK_AGAIN
        hosts_have, servers_have = self._local.look(), self._choice.has_changed()
        if hosts_have or servers_have:
            self._recall.forget()

    def _ask(
        self,
        query: bytes,
        question: Question,
        answer: Reply,
        source: ServerSource,
        whose: Whose,
        *,
        over_tcp: bool,
    ) -> None:
        key = (over_tcp, query[2:], whose, self._recall.epoch)
        if self._waiting >= IN_FLIGHT:
            self.failures += 1
            answer(reply(query, question, Rcode.SERVFAIL))
            return
        self._waiting += 1
        under_way = self._under_way.get(key)
        if under_way is not None:
            under_way[1].append((question.id, answer))
            return
        plan = source.current()
        servers = self._health.ordered(plan) if whose[0] is None else _only(whose[0])
        plan = replace(plan, servers=servers)
        exchange = Exchange(self, query, question, plan, key, over_tcp=over_tcp)
        self._under_way[key] = (exchange, [(question.id, answer)])
        self._tick_on()
        exchange.start(time.monotonic())

    # -- what an exchange asks for and tells (exchange.Desk)

    def open(self, exchange: Exchange, server: AnyServer) -> Ask:
        if isinstance(server, StreamServer):
            return self._links.ask(exchange, server)
        if self._sockets >= SOCKETS:
            raise OSError(errno.EMFILE, "too many questions are under way")
        make, kind = (self._tcp, TcpAsk) if exchange.over_tcp else (self._udp, UdpAsk)
        ask = kind(self.poller, exchange, server, make(server.family), self._socket_gone)
        self._sockets += 1
        return ask

    def silent(self, server: AnyServer, why: str) -> None:
        # Any other one its program has chosen, and will choose again.
        if any(server in source.current().servers for source in self._choice.sources()):
            self._health.silent(server, why)

    def answered(
        self, exchange: Exchange, server: AnyServer, message: bytes, answer: Answer
    ) -> None:
        self._health.answered(server)
        query, question = exchange.query, exchange.question
        _, _, whose, epoch = exchange.key
        # Before anybody is answered: the client connects as soon as it knows.
        self._recall.keep(query, question, whose, epoch, message, answer, self._clock())
        self._end(exchange, message)

    def gave_up(self, exchange: Exchange, refusal: bytes | None) -> None:
        self.failures += 1
        query, question = exchange.query, exchange.question
        _, _, whose, epoch = exchange.key
        self._recall.keep_failure(
            query, question, whose, epoch, refused=refusal is not None, now=self._clock()
        )
        self._end(exchange, refusal or reply(query, question, Rcode.SERVFAIL))

    def _end(self, exchange: Exchange, message: bytes) -> None:
        exchange.close()
        query, over_tcp = exchange.query, exchange.over_tcp
        _, waiting = self._under_way.pop(exchange.key)
        self._waiting -= len(waiting)
        if not over_tcp:
            message = fitted(message, query, exchange.question)
        for id_, answer in waiting:
            answer(with_id(message, id_))

    def _socket_gone(self) -> None:
        self._sockets -= 1

    # -- time

    def _tick_on(self) -> None:
        if self._timer is None:
            often = min(_TICK, self._choice.default.current().timeout / 4)
            self._timer = self._loop.call_later(often, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = time.monotonic()
        for key, (exchange, _) in list(self._under_way.items()):
            if key in self._under_way:  # else: an answer to another one has ended it
                exchange.look(now)
        for session in list(self._sessions):
            session.look(now)
        if self._under_way or self._sessions:
            self._tick_on()


def _only(asked: Endpoint) -> tuple[AnyServer, ...]:
    server = server_at(*asked)
    return (server,) if server else ()


def _only_addresses(host: str, done: Resolved) -> None:
    done(known(host, {}), f"nobody is there to look up {host}")


def _refusal(query: bytes) -> bytes:
    """What is due to bytes that are no standard query: an error without a question, or nothing
    where it is an answer itself (two programs could keep each other busy) or no DNS at all."""
    if len(query) < 12 or query[2] & 0x80:
        return b""
    rcode = Rcode.NOTIMP if query[2] & 0x78 else Rcode.FORMERR
    return query[:2] + bytes((query[2] & 0x79 | 0x80, rcode)) + bytes(8)
