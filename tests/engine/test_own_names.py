from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address

import pytest
from tests.support.dns_server import DnsServer, dns_server, fixed
from tests.support.loops import plain_loop, until

from byway_core.dns.choice import Choice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.servers import SystemServers
from byway_core.engine.own_names import OwnNames
from byway_core.model.profile import Dns, DnsResolver, Nameserver, Profile, Transport
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay.routing import Routing
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Standing

__all__ = ["plain_loop"]

Pair = tuple[socket.AddressFamily, str]
Answer = tuple[list[Pair], str]
FROM_LIBC: Answer = ([(socket.AF_INET, "127.0.0.9")], "")
FROM_SERVER: Answer = ([(socket.AF_INET, "192.0.2.1")], "")


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with dns_server(fixed("192.0.2.1")) as server:
        yield server


@pytest.fixture
def libc(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the system is asked; it knows everything as 127.0.0.9."""
    asked: list[bytes] = []

    def getaddrinfo(host: bytes, port: None, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


NOWHERE = Routing(compile_rules(()), {})


class Names:
    def __init__(self, loop: asyncio.AbstractEventLoop, dns: Dns) -> None:
        self.loop = loop
        self.forwarder = DnsForwarder(loop, Choice(SystemServers()), LocalAnswers({}), KnownNames())
        self.own = OwnNames(loop, self.forwarder, Profile((), dns=dns), NOWHERE, Standing())

    def ask(self, host: str) -> Answer:
        answers: list[Answer] = []

        def done(found: Sequence[Pair], error: str) -> None:
            answers.append((list(found), error))

        self.own.lookup(host, done)
        until(self.loop, lambda: answers)
        return answers[0]

    def use(self, dns: Dns, tunnels: Mapping[str, Gateway] = NOWHERE.gateways) -> None:
        self.own.configure(Profile((), dns=dns), replace(NOWHERE, gateways=tunnels))

    def close(self) -> None:
        self.own.close()
        self.forwarder.close()


def of(server: DnsServer) -> Dns:
    return Dns((Nameserver(ip_address(server.host), server.port),))


def test_the_profiles_servers_and_nobody_else(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    names = Names(plain_loop, of(server))
    assert names.ask("proxy.example.net") == FROM_SERVER
    server.script = fixed(rcode=2)
    found, error = names.ask("other.example.net")
    assert found == []
    assert error.endswith("no DNS server gave an answer")
    assert libc == [], "the system is not told what the user keeps from it"
    names.close()


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "printer.local", "nas"])
def test_names_of_the_neighbourhood_are_the_systems(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer, host: str
) -> None:
    names = Names(plain_loop, of(server))
    assert names.ask(host) == FROM_LIBC
    assert server.asked == []
    names.close()


def test_a_new_profile(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    names = Names(plain_loop, Dns())
    assert names.ask("a.example") == FROM_LIBC
    names.use(of(server))
    assert names.ask("a.example") == FROM_SERVER
    names.use(Dns(hosts=(("a.example", (ip_address("192.0.2.7"),)),)))
    assert names.ask("a.example") == ([(socket.AF_INET, "192.0.2.7")], "")
    assert names.ask("b.example") == FROM_LIBC
    names.close()


def test_what_a_server_needs_is_never_asked_of_it(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    """The name of a server, and of the upstream that one is asked through: the system's, or the
    plain servers', where the profile has some."""
    tls = Nameserver(None, 853, Transport.TLS, "dns.example")
    by_office = Nameserver(None, 853, Transport.TLS, "far.example", via="office")
    proxy = Upstream("office", UpstreamKind.SOCKS5, "proxy.example.net", 1080)
    tunnels = {"office": Gateway.of(proxy, None)}
    names = Names(plain_loop, Dns())
    names.use(Dns((tls, by_office)), tunnels)
    assert names.ask("dns.example") == names.ask("proxy.example.net") == FROM_LIBC
    assert libc == [b"dns.example", b"proxy.example.net"]
    names.use(Dns((tls, *of(server).servers)), tunnels)
    assert names.ask("dns.example") == FROM_SERVER
    assert server.names() == ["dns.example"] * 2
    names.close()


def test_a_rule_sends_own_names_to_its_resolver(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    rules = (parse_rule("DOMAIN-SUFFIX,corp.example,corp"),)
    dns = Dns(resolvers=(DnsResolver("corp", of(server).servers),), rules=rules)
    names = Names(plain_loop, dns)
    assert names.ask("proxy.corp.example") == FROM_SERVER
    assert names.ask("proxy.example") == FROM_LIBC
    names.close()


def with_fakes(loop: asyncio.AbstractEventLoop, dns: Dns, *, as_asked: bool) -> Names:
    """Under rules by which all is proxied."""
    names = Names(loop, Dns())
    rules = (parse_rule("MATCH,office"),)
    profile = Profile(rules, dns=replace(dns, fake_addresses=True))
    routing = replace(NOWHERE, rules=compile_rules(rules))
    names.own = OwnNames(loop, names.forwarder, profile, routing, Standing(), as_asked=as_asked)
    return names


def test_libc_is_not_asked_for_what_would_come_back_as_a_fake(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    names = with_fakes(plain_loop, of(server), as_asked=True)
    assert names.ask("far.example") == FROM_SERVER
    assert names.ask("nas.local") == FROM_LIBC, "never faked"
    names.close()


def test_where_nobody_intercepts_libc_it_is_asked(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes]
) -> None:
    names = with_fakes(plain_loop, Dns(), as_asked=False)
    assert names.ask("far.example") == FROM_LIBC
    names.close()


def test_a_name_that_leads_back_to_us(plain_loop: asyncio.AbstractEventLoop) -> None:
    """A resolver on this machine has asked us in its turn."""
    with dns_server(fixed("198.18.0.7", "fd87:dfc7:76a7::7")) as circle:
        names = with_fakes(plain_loop, of(circle), as_asked=True)
        found, error = names.ask("far.example")
        assert found == []
        assert error.startswith("the name far.example leads back to Byway")
        names.close()
