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
from byway_core.dns.cache import AnswerCache, Kept
from byway_core.dns.choice import Choice
from byway_core.dns.exchange import Exchange, Key
from byway_core.dns.health import Health
from byway_core.dns.hosts import Addresses, known
from byway_core.dns.known_names import KnownNames
from byway_core.dns.link import Surroundings
from byway_core.dns.links import Links
from byway_core.dns.local_answers import HOSTS_TTL, LocalAnswers
from byway_core.dns.poller import Poller
from byway_core.dns.servers import AnyServer, AsAsked, ServerSource, StreamServer, server_at
from byway_core.dns.session import Reply, TcpSession
from byway_core.dns.stack import Tunnel
from byway_core.model.errors import ProtocolError
from byway_core.ports import Resolved
from byway_core.protocols.dns_message import (
    IN,
    UDP_MINIMUM,
    Answer,
    Edns,
    Question,
    Rcode,
    edns,
    fitted,
    parse_query,
    reply,
    with_id,
)
from byway_core.protocols.dns_stored import StoredAnswer, asked_of, failure, stored

Endpoint = tuple[str, int]

# Questions under way at once, each with a socket; dnsmasq allows 150, unbound some thousands. More
# than this means that servers do not answer. The surplus gets SERVFAIL at once: a program that is
# told may try again or say so, one that is left to wait adds its retries to the flood.
IN_FLIGHT = 1024
# Sockets to servers; a question whose first server is silent holds a second. Half of what systemd
# gives a user's processes (1,024 soft) would be gone with more, were the limit not raised.
SOCKETS = 1024
# Intercepted TCP connections at once. TCP is for the rare answer that is too long for UDP.
SESSIONS = 128
# How long a failure is given again without asking, in seconds (RFC 9520 3.2: at least 1, and 5 to
# begin with). What took all of an exchange's time has kept the servers in peace by that.
_REFUSED_TTL = 5
_SILENCE_TTL = 2
# A name that is given from the cache is taught to the memory again as often as this, in seconds: a
# worker's replica forgets by its own use.
_TEACH_AGAIN = 60.0
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
        self._cache = AnswerCache()
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
        self._cache.clear()

    def use_lookup(self, lookup: Callable[[str, Resolved], None]) -> None:
        """How the addresses of servers and upstreams are found; until then, only literals are."""
        self._links.around.lookup = lookup

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

    def _take(self, query: bytes, answer: Reply, asked: Endpoint | None, *, over_tcp: bool) -> None:
        try:
            question = parse_query(query)
        except ProtocolError:
            answer(_refusal(query))
            return
        self.questions += 1
        if self._clock() >= self._look_at:
            self._look()
        source = self._choice.source(question.name)
        local = self._local.find(query, question, of_system=source is self._choice.system)
        if local is not None:
            if local.addresses:
                self._memory.learn([(each, question.name, HOSTS_TTL) for each in local.addresses])
            answer(local.message if over_tcp else fitted(local.message, query, question))
            return
        if not isinstance(source, AsAsked):
            asked = None
        option = edns(query, question)
        message = self._known(query, question, option, asked)
        if message is None:
            self._ask(query, question, answer, source, asked, over_tcp=over_tcp)
            return
        self.from_cache += 1
        limit = UDP_MINIMUM if option is None else max(UDP_MINIMUM, option.udp_size)
        fits = over_tcp or len(message) <= limit
        answer(message if fits else fitted(message, query, question))

    def _look(self) -> None:
        """At what may have changed under us: another network, or a VPN, gives other answers."""
        self._look_at = self._clock() + _LOOK_AGAIN
        self._local.look()
        if self._choice.has_changed():
            self._cache.clear()

    def _known(
        self, query: bytes, question: Question, option: Edns | None, asked: Endpoint | None
    ) -> bytes | None:
        """The answer, if it has been given before; the memory learns it as if it were new."""
        key = asked_of(query, question, option)
        if key is None:
            return None
        now = self._clock()
        kept = self._cache.find((key, asked), now)
        if kept is None:
            return None
        addresses, left = kept.addresses, int(kept.dies - now)
        if addresses:
            hearsay = self._is_hearsay(asked)
            leads = self._memory.leads(question.name, addresses, hearsay=hearsay)
            if not leads or now >= kept.taught + _TEACH_AGAIN:
                kept.taught = now
                batch = [(address, question.name, left) for address in addresses]
                self._memory.learn(batch, hearsay=hearsay)
        return kept.answer.given(query, question, option, left)

    def _ask(
        self,
        query: bytes,
        question: Question,
        answer: Reply,
        source: ServerSource,
        asked: Endpoint | None,
        *,
        over_tcp: bool,
    ) -> None:
        key = (over_tcp, query[2:], asked)
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
        servers = self._health.ordered(plan) if asked is None else _only(asked)
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
        question = exchange.question
        addresses = answer.addresses if question.qclass == IN else ()
        if addresses:
            # Before anybody is answered: the client connects as soon as it knows.
            batch = [(address, question.name, answer.ttl) for address in addresses]
            self._memory.learn(batch, hearsay=self._is_hearsay(exchange.key[2]))
        self._keep(exchange, stored(message, question), addresses)
        self._end(exchange, message)

    def gave_up(self, exchange: Exchange, refusal: bytes | None) -> None:
        self.failures += 1
        lifetime = _SILENCE_TTL if refusal is None else _REFUSED_TTL
        self._keep(exchange, failure(exchange.query, lifetime), ())
        self._end(exchange, refusal or reply(exchange.query, exchange.question, Rcode.SERVFAIL))

    def _is_hearsay(self, asked: Endpoint | None) -> bool:
        """Whether the server is one that only its program has chosen."""
        system = self._choice.system
        return asked is not None and isinstance(system, AsAsked) and not system.knows(asked)

    def _keep(
        self, exchange: Exchange, answer: StoredAnswer | None, addresses: tuple[str, ...]
    ) -> None:
        query, question = exchange.query, exchange.question
        key = asked_of(query, question, edns(query, question))
        if answer is not None and key is not None:
            now = self._clock()
            kept = Kept(answer, addresses, now, taught=now)
            self._cache.keep((key, exchange.key[2]), kept)

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
