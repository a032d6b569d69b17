from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import pytest
from tests.support.dns_server import DnsServer, dns_server, fixed
from tests.support.loops import until

from byway_core.dns.profile_resolver import ProfileResolver
from byway_core.model.profile import Dns, Nameserver

Answer = tuple[list[tuple[socket.AddressFamily, str]], str]
Pair = tuple[socket.AddressFamily, str]


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


def ask(loop: asyncio.AbstractEventLoop, resolver: ProfileResolver, host: str) -> Answer:
    answers: list[Answer] = []

    def done(found: Sequence[Pair], error: str) -> None:
        answers.append((list(found), error))

    resolver.lookup(host, done)
    until(loop, lambda: answers)
    return answers[0]


def of(server: DnsServer) -> Dns:
    return Dns((Nameserver(ip_address(server.host), server.port),))


FROM_LIBC: Answer = ([(socket.AF_INET, "127.0.0.9")], "")
FROM_SERVER: Answer = ([(socket.AF_INET, "192.0.2.1")], "")


def test_without_servers_the_system_is_asked(
    any_loop: asyncio.AbstractEventLoop, libc: list[bytes]
) -> None:
    resolver = ProfileResolver(any_loop, Dns())
    assert ask(any_loop, resolver, "proxy.example.net") == FROM_LIBC
    resolver.close()


def test_the_profiles_servers_and_nobody_else(
    any_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    resolver = ProfileResolver(any_loop, of(server))
    assert ask(any_loop, resolver, "proxy.example.net") == FROM_SERVER
    server.script = fixed(rcode=2)
    found, error = ask(any_loop, resolver, "other.example.net")
    assert found == []
    assert error.endswith("no DNS server gave an answer")
    assert libc == []
    resolver.close()


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "printer.local", "nas", "nas.lan"])
def test_names_of_the_neighbourhood_are_the_systems(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer, host: str
) -> None:
    resolver = ProfileResolver(plain_loop, of(server))
    assert ask(plain_loop, resolver, host) == FROM_LIBC
    assert server.asked == []
    resolver.close()


def test_a_new_profile(
    plain_loop: asyncio.AbstractEventLoop, libc: list[bytes], server: DnsServer
) -> None:
    resolver = ProfileResolver(plain_loop, Dns())
    assert ask(plain_loop, resolver, "a.example") == FROM_LIBC
    resolver.use(of(server))
    assert ask(plain_loop, resolver, "a.example") == FROM_SERVER
    resolver.use(Dns(hosts=(("a.example", (ip_address("192.0.2.7"),)),)))
    assert ask(plain_loop, resolver, "a.example") == ([(socket.AF_INET, "192.0.2.7")], "")
    with dns_server(fixed("192.0.2.2")) as other:
        resolver.use(of(other))
        assert ask(plain_loop, resolver, "a.example") == ([(socket.AF_INET, "192.0.2.2")], "")
        resolver.close()


def test_closing_leaves_nobody_waiting(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    server.script = lambda asked, over_tcp: []
    resolver = ProfileResolver(plain_loop, of(server))
    answers: list[str] = []
    resolver.lookup("a.example", lambda found, error: answers.append(error))
    resolver.close()
    assert answers == ["the name a.example could not be looked up: no DNS server gave an answer"]
