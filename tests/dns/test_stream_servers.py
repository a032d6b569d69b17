"""Questions over TCP, TLS and HTTPS, to unbound and to servers that do not behave."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address

import pytest
from tests.support.dns_server import query, response
from tests.support.loops import until
from tests.support.origins import certificate_authority
from tests.support.processes import free_port, loopback_address
from tests.support.servers import CREDENTIALS, WRONG, ProxyServer, dante, squid
from tests.support.unbound import NAME, Unbound, trusted, unbound

from byway_core.dns import link
from byway_core.dns.choice import Choice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.servers import FixedServers
from byway_core.dns.stack import Tunnel
from byway_core.model.profile import Nameserver, Transport
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.ports import Resolved
from byway_core.protocols.dns_message import (
    Deframer,
    Rcode,
    edns,
    framed,
    parse_answer,
    parse_query,
)
from byway_core.upstreams.gateway import Gateway

WAYS = [Transport.TCP, Transport.TLS, Transport.HTTPS]
each_way = pytest.mark.parametrize("way", WAYS, ids=[way.value for way in WAYS])


@pytest.fixture(scope="module")
def server() -> Iterator[Unbound]:
    with unbound() as found, trusted(found.authority):
        yield found


class Room:
    """A forwarder that knows where `dns.byway.test` is."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *nameservers: Nameserver,
        address: str = "",
        tunnels: Mapping[str, Tunnel] | None = None,
    ) -> None:
        self.loop = loop
        self.looked_up: list[str] = []
        self.memory = KnownNames()
        choice = Choice(FixedServers(nameservers))
        self.forwarder = DnsForwarder(loop, choice, LocalAnswers({}), self.memory)
        self.forwarder.configure(choice, {}, tunnels)
        self.address = address
        self.forwarder.use_lookup(self._lookup)

    def _lookup(self, host: str, done: Resolved) -> None:
        self.looked_up.append(host)
        found: Sequence[tuple[socket.AddressFamily, str]] = ()
        if host == NAME and self.address:
            found = [(socket.AF_INET, self.address)]
        elif host[0].isdigit():
            found = [(socket.AF_INET, host)]
        done(found, "" if found else f"the name {host} does not exist")

    def ask(self, *names: str, over_tcp: bool = False) -> list[bytes]:
        answers: dict[str, bytes] = {}
        take = self.forwarder.answer_tcp if over_tcp else self.forwarder.answer
        for name in names:
            take(query(name, edns=4096), lambda message, name=name: answers.update({name: message}))
        until(self.loop, lambda: len(answers) == len(names))
        return [answers[name] for name in names]

    def addresses(self, name: str) -> tuple[str, ...]:
        return parse_answer(self.ask(name)[0]).addresses

    def rcode(self, name: str) -> int:
        return parse_answer(self.ask(name)[0]).rcode


@pytest.fixture
def room(plain_loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []

    def make(*nameservers: Nameserver, **how: object) -> Room:
        made.append(Room(plain_loop, *nameservers, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.forwarder.close()


def at(server: Unbound, way: Transport, *, host: str = "", via: str = "") -> Nameserver:
    """By its address, or by a name."""
    port = {Transport.TCP: server.plain, Transport.TLS: server.tls, Transport.HTTPS: server.https}
    path = "/dns-query" if way is Transport.HTTPS else ""
    address = None if host else ip_address(server.host)
    return Nameserver(address, port[way], way, host, path, via)


@each_way
@pytest.mark.parametrize("by_name", [False, True], ids=["address", "name"])
def test_questions_are_answered_over_one_connection(
    any_loop: asyncio.AbstractEventLoop, server: Unbound, way: Transport, by_name: bool
) -> None:
    host = NAME if by_name else ""
    room = Room(any_loop, at(server, way, host=host), address=server.host)
    assert room.addresses("web.byway.test") == ("192.0.2.1",)
    assert list(room.memory.names("192.0.2.1")) == ["web.byway.test"]
    names = [f"n{number}.byway.test" for number in range(300)]
    answers = room.ask(*names)
    assert {parse_answer(answer).rcode for answer in answers} == {Rcode.NXDOMAIN}
    assert len(parse_answer(room.ask("many.byway.test", over_tcp=True)[0]).addresses) == server.many
    assert room.looked_up == [host or server.host], "one connection for all"
    assert len(room.forwarder.poller) == 1
    room.forwarder.close()
    assert len(room.forwarder.poller) == 0


def test_what_is_cached_needs_no_connection(room: Callable[..., Room], server: Unbound) -> None:
    here = room(at(server, Transport.TLS))
    for _ in range(3):
        assert here.addresses("web.byway.test") == ("192.0.2.1",)
    assert here.forwarder.from_cache == 2


@pytest.mark.parametrize(
    ("way", "nameserver", "says"),
    [
        (Transport.TLS, "other.byway.test", "its certificate is not accepted: Hostname mismatch"),
        (Transport.HTTPS, "other.byway.test", "its certificate is not accepted: Hostname mismatch"),
    ],
)
def test_another_name_is_another_server(
    room: Callable[..., Room],
    server: Unbound,
    caplog: pytest.LogCaptureFixture,
    way: Transport,
    nameserver: str,
    says: str,
) -> None:
    wrong = Nameserver(ip_address(server.host), at(server, way).port, way, nameserver, "/dns-query")
    here = room(wrong)
    with caplog.at_level(logging.WARNING):
        assert here.rcode("web.byway.test") == Rcode.SERVFAIL
        assert here.rcode("other.byway.test") == Rcode.SERVFAIL
    (said,) = [record.getMessage() for record in caplog.records]
    assert f"the DNS server {wrong} does not answer: {says}" in said
    (problem,) = here.forwarder.problems()
    assert problem == said


def test_an_unknown_authority_is_not_believed(
    room: Callable[..., Room], server: Unbound, caplog: pytest.LogCaptureFixture
) -> None:
    room(at(server, Transport.TCP)).ask("web.byway.test")
    before = server.questions()
    assert "web.byway.test" in before
    with certificate_authority() as stranger, trusted(stranger.certificate):
        here = room(at(server, Transport.TLS))
        with caplog.at_level(logging.WARNING):
            assert here.rcode("web.byway.test") == Rcode.SERVFAIL
    assert "certificate is not accepted: unable to get local issuer" in caplog.text
    assert server.questions() == before, "nor is it asked in clear instead"


def test_a_wrong_path_is_said(
    room: Callable[..., Room], server: Unbound, caplog: pytest.LogCaptureFixture
) -> None:
    right = at(server, Transport.HTTPS)
    here = room(Nameserver(right.address, right.port, Transport.HTTPS, "", "/other"))
    with caplog.at_level(logging.WARNING):
        assert here.rcode("web.byway.test") == Rcode.SERVFAIL
    assert "/other does not answer: HTTP status 404" in caplog.text


@each_way
def test_nobody_is_there(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture, way: Transport
) -> None:
    host = loopback_address()
    here = room(Nameserver(ip_address(host), free_port(host), way, "", ""))
    with caplog.at_level(logging.WARNING):
        assert here.rcode("web.byway.test") == Rcode.SERVFAIL
    assert "does not answer: Connection refused" in caplog.text


def test_a_name_that_nobody_knows(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    here = room(Nameserver(None, 853, Transport.TLS, "no.byway.test"))
    with caplog.at_level(logging.WARNING):
        assert here.rcode("web.byway.test") == Rcode.SERVFAIL
    assert "tls://no.byway.test does not answer: the name no.byway.test does not exist" in (
        caplog.text
    )


def test_the_next_server_takes_its_place(room: Callable[..., Room], server: Unbound) -> None:
    host = loopback_address()
    dead = Nameserver(ip_address(host), free_port(host), Transport.TLS)
    here = room(dead, at(server, Transport.TLS))
    assert here.addresses("web.byway.test") == ("192.0.2.1",)


@each_way
def test_a_connection_that_its_server_has_closed(room: Callable[..., Room], way: Transport) -> None:
    with unbound(idle_ms=200) as server, trusted(server.authority):
        here = room(at(server, way))
        assert here.addresses("web.byway.test") == ("192.0.2.1",)
        until(here.loop, lambda: len(here.forwarder.poller) == 0)
        assert here.rcode("n1.byway.test") == Rcode.NXDOMAIN
        assert here.forwarder.problems() == ()


def test_an_idle_connection_is_given_up(
    room: Callable[..., Room], server: Unbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_IDLE", 0.05)
    here = room(at(server, Transport.TLS))
    here.ask("web.byway.test")
    until(here.loop, lambda: len(here.forwarder.poller) == 0)


def test_a_new_profile_ends_what_is_idle(room: Callable[..., Room], server: Unbound) -> None:
    here = room(at(server, Transport.TLS))
    here.ask("web.byway.test")
    assert len(here.forwarder.poller) == 1
    here.forwarder.configure(Choice(FixedServers([at(server, Transport.TCP)])), {})
    assert len(here.forwarder.poller) == 0
    assert here.addresses("web.byway.test") == ("192.0.2.1",)


# -- by an upstream


def tunnel(proxy: ProxyServer, kind: UpstreamKind, password: str | None = None) -> Gateway:
    account = CREDENTIALS.username if password else None
    return Gateway.of(Upstream("office", kind, proxy.host, proxy.port, account), password)


@each_way
@pytest.mark.parametrize("kind", [UpstreamKind.SOCKS5, UpstreamKind.HTTP], ids=lambda k: k.value)
def test_by_an_upstream_that_gets_the_name(
    room: Callable[..., Room], server: Unbound, way: Transport, kind: UpstreamKind
) -> None:
    start = dante if kind is UpstreamKind.SOCKS5 else squid
    with start(CREDENTIALS, hosts={NAME: server.host}) as proxy:
        tunnels = {"office": tunnel(proxy, kind, CREDENTIALS.password)}
        here = room(at(server, way, host=NAME, via="office"), tunnels=tunnels)
        assert here.addresses("web.byway.test") == ("192.0.2.1",)
        assert here.looked_up == [proxy.host], "the server's name goes to the upstream"


def test_an_upstream_that_says_no(
    room: Callable[..., Room], server: Unbound, caplog: pytest.LogCaptureFixture
) -> None:
    with dante(CREDENTIALS) as proxy:
        tunnels = {"office": tunnel(proxy, UpstreamKind.SOCKS5, WRONG.password)}
        here = room(at(server, Transport.TLS, via="office"), tunnels=tunnels)
        room(at(server, Transport.TCP)).ask("web.byway.test")
        before = server.questions()
        with caplog.at_level(logging.WARNING):
            assert here.rcode("web.byway.test") == Rcode.SERVFAIL
    assert f"via office does not answer: upstream office ({proxy.host}:{proxy.port}):" in (
        caplog.text
    )
    assert server.questions() == before != []


# -- servers that do not behave


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[Nameserver]:
    """A TCP server, one connection at a time."""
    with socket.create_server((loopback_address(), 0)) as listener:
        host, port = listener.getsockname()[:2]

        def accept() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    serve(peer)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield Nameserver(ip_address(host), port, Transport.TCP)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            assert not thread.is_alive()


def test_a_server_that_hangs_up_unheard(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    with listening(lambda peer: None) as nameserver:
        here = room(nameserver)
        with caplog.at_level(logging.WARNING):
            assert here.rcode("web.byway.test") == Rcode.SERVFAIL
        here.forwarder.close()
    assert "closed without an answer" in caplog.text or "reset by peer" in caplog.text


def test_a_server_that_talks_no_tls(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    def serve(peer: socket.socket) -> None:
        peer.recv(4096)
        peer.sendall(b"220 mail.example ESMTP\r\n")
        peer.recv(4096)

    with listening(serve) as plain:
        here = room(Nameserver(plain.address, plain.port, Transport.TLS))
        with caplog.at_level(logging.WARNING):
            assert here.rcode("web.byway.test") == Rcode.SERVFAIL
        here.forwarder.close()
    assert "no TLS with it: wrong version number" in caplog.text


def answered(room: Room, message: bytes) -> bytes:
    answers: list[bytes] = []
    room.forwarder.answer(message, answers.append)
    until(room.loop, lambda: answers)
    return answers[0]


@pytest.mark.parametrize("way", [Transport.TLS, Transport.HTTPS], ids=lambda way: way.value)
def test_what_is_added_for_its_length_reaches_no_program(
    room: Callable[..., Room], server: Unbound, way: Transport
) -> None:
    """unbound pads its answers to who has padded (RFC 8467)."""
    here = room(at(server, way))
    plain = answered(here, query("web.byway.test"))
    assert parse_answer(plain).addresses == ("192.0.2.1",)
    assert plain[10:12] == b"\0\0", "no record that was not asked for"
    question = parse_query(query("n8.byway.test", edns=4096))
    option = edns(answered(here, query("n8.byway.test", edns=4096)), question)
    assert option is not None
    assert option.options == b""


def test_all_questions_over_tls_are_of_one_length(
    room: Callable[..., Room],
) -> None:
    lengths: set[int] = set()
    with certificate_authority() as authority, trusted(authority.certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(NAME))

        def serve(peer: socket.socket) -> None:
            with suppress(OSError), context.wrap_socket(peer, server_side=True) as stream:
                deframer = Deframer()
                while data := stream.recv(4096):
                    for asked in deframer.feed(data):
                        lengths.add(len(asked))
                        stream.sendall(framed(response(asked)))

        with listening(serve) as plain:
            here = room(Nameserver(plain.address, plain.port, Transport.TLS, NAME))
            here.ask("a.test", "much-longer-names.are-not.told-apart.byway.test", "www.b.test")
            answered(here, query("without.edns.test"))
            here.forwarder.close()
    assert lengths == {128}


def test_a_dead_connection_is_made_anew(
    room: Callable[..., Room], server: Unbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after another network: nothing comes back, and nobody says why. Between us and the server
    stands a relay that forgets its first connection in the middle."""
    monkeypatch.setattr("byway_core.dns.servers.STREAM_TIMEOUT", 0.4)
    connections: list[int] = []

    def serve(peer: socket.socket) -> None:
        connections.append(0)
        with socket.create_connection((server.host, server.plain)) as far:
            while data := peer.recv(4096):
                connections[-1] += 1
                if len(connections) == 1 and connections[0] > 1:
                    continue
                far.sendall(data)
                peer.sendall(far.recv(4096))

    with listening(serve) as nameserver:
        here = room(nameserver)
        assert here.addresses("web.byway.test") == ("192.0.2.1",)
        assert here.rcode("n7.byway.test") == Rcode.NXDOMAIN
        assert len(connections) == 2
        here.forwarder.close()


def test_a_first_address_that_is_dead(
    room: Callable[..., Room], server: Unbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = room(at(server, Transport.TLS, host=NAME))
    dead = loopback_address()

    def lookup(host: str, done: Resolved) -> None:
        done([(socket.AF_INET, dead), (socket.AF_INET, server.host)], "")

    here.forwarder.use_lookup(lookup)
    assert here.addresses("web.byway.test") == ("192.0.2.1",)


def test_the_certificate_is_asked_for_by_name_and_h2_is_needed(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    with certificate_authority() as authority, trusted(authority.certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(NAME))
        context.sni_callback = lambda _, name, __: seen.append(name or "")

        def serve(peer: socket.socket) -> None:
            # The client hangs up as soon as it has seen what it is not offered.
            with suppress(OSError), context.wrap_socket(peer, server_side=True) as stream:
                stream.recv(4096)

        with listening(serve) as plain:
            here = room(Nameserver(plain.address, plain.port, Transport.HTTPS, NAME, "/dns-query"))
            with caplog.at_level(logging.WARNING):
                assert here.rcode("web.byway.test") == Rcode.SERVFAIL
            here.forwarder.close()
    assert seen == [NAME]
    assert "does not answer: it does not speak h2, which is needed" in caplog.text
