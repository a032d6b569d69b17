from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

import pytest
from tests.support.dns_server import DnsServer, dns_server, fixed, question_of, response, silent
from tests.support.loops import until

from byway_core.dns.choice import Choice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.server_resolver import ServerResolver
from byway_core.dns.servers import FixedServers
from byway_core.model.profile import Nameserver
from byway_core.ports import Resolver

Answer = tuple[list[tuple[socket.AddressFamily, str]], str]


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with dns_server(silent) as server:
        yield server


def ask(loop: asyncio.AbstractEventLoop, server: DnsServer, host: str) -> Answer:
    forwarder = DnsForwarder(
        loop,
        Choice(FixedServers([Nameserver(ip_address(server.host), server.port)], timeout=0.05)),
        LocalAnswers({}),
        KnownNames(),
    )
    resolver: Resolver = ServerResolver(forwarder, {"nas.lan": (ip_address("10.0.0.5"),)})
    answers: list[Answer] = []

    def done(found: Sequence[tuple[socket.AddressFamily, str]], error: str) -> None:
        answers.append((list(found), error))

    resolver.lookup(host, done)
    until(loop, lambda: answers)
    forwarder.close()
    assert len(answers) == 1
    return answers[0]


def test_both_families_and_those_without_a_route_last(
    any_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    # 240/4 never has a route; loopback always.
    server.script = fixed("127.0.0.9", "::1", "240.0.0.1")
    found, error = ask(any_loop, server, "web.example")
    assert error == ""
    assert set(found) == {
        (socket.AF_INET, "127.0.0.9"),
        (socket.AF_INET, "240.0.0.1"),
        (socket.AF_INET6, "::1"),
    }
    assert found.index((socket.AF_INET6, "::1")) < found.index((socket.AF_INET, "127.0.0.9"))


def test_only_one_family(plain_loop: asyncio.AbstractEventLoop, server: DnsServer) -> None:
    server.script = fixed("192.0.2.1")
    assert ask(plain_loop, server, "web.example") == ([(socket.AF_INET, "192.0.2.1")], "")


def test_a_long_answer_is_fetched_over_tcp(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    addresses = [f"192.0.2.{n}" for n in range(200)]

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        if question_of(asked)[1] == 28:
            return [response(asked)]
        return [response(asked, *addresses) if over_tcp else response(asked, truncated=True)]

    server.script = script
    found, _ = ask(plain_loop, server, "big.example")
    assert len(found) == 200


def test_literals_and_hosts_need_no_server(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    assert ask(plain_loop, server, "2001:db8::1") == ([(socket.AF_INET6, "2001:db8::1")], "")
    assert ask(plain_loop, server, "nas.lan") == ([(socket.AF_INET, "10.0.0.5")], "")
    assert server.asked == []


@pytest.mark.parametrize(
    ("rcode", "words"),
    [
        (0, "has no address"),
        (3, "does not exist"),
        (2, "could not be looked up: no DNS server gave an answer"),
    ],
)
def test_errors_are_sentences(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, rcode: int, words: str
) -> None:
    server.script = fixed(rcode=rcode)
    assert ask(plain_loop, server, "web.example") == ([], f"the name web.example {words}")


def test_silence_is_an_error(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byway_core.dns.exchange.LONGEST", 0.1)
    found, error = ask(plain_loop, server, "web.example")
    assert found == []
    assert error == "the name web.example could not be looked up: no DNS server gave an answer"


def test_names_that_cannot_be_asked_for(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    host = "x" * 64 + ".example"
    assert ask(plain_loop, server, host) == ([], f"the name {host} is not a valid host name")
