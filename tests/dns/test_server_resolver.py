from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from byway_core.protocols.dns_message import AAAA, A

Answer = tuple[list[tuple[socket.AddressFamily, str]], str]


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with dns_server(silent) as server:
        yield server


def resolving(
    loop: asyncio.AbstractEventLoop, server: DnsServer, *, timeout: float = 0.05
) -> tuple[ServerResolver, DnsForwarder]:
    forwarder = DnsForwarder(
        loop,
        Choice(FixedServers([Nameserver(ip_address(server.host), server.port)], timeout=timeout)),
        LocalAnswers({}),
        KnownNames(),
    )
    hosts = {"nas.lan": (ip_address("10.0.0.5"),)}
    return ServerResolver(forwarder, hosts, loop.call_later), forwarder


def ask(loop: asyncio.AbstractEventLoop, server: DnsServer, host: str) -> Answer:
    resolver, forwarder = resolving(loop, server)
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


# -- in parts, for connecting (RFC 8305 3)

V4, V6 = (socket.AF_INET, "127.0.0.9"), (socket.AF_INET6, "::1")
NO_WAY = (socket.AF_INET6, "fe80::9")  # link-local, of no link: nobody can connect to that


Parts = list[tuple[list[tuple[socket.AddressFamily, str]], str, bool]]


@contextlib.contextmanager
def parts_of(
    loop: asyncio.AbstractEventLoop, server: DnsServer, host: str = "web.example"
) -> Iterator[Parts]:
    """What arrives, as it does."""
    resolver, forwarder = resolving(loop, server, timeout=30.0)
    told: Parts = []
    resolver.lookup_in_parts(host, lambda found, *rest: told.append((list(found), *rest)))
    try:
        yield told
    finally:
        forwarder.close()


def held_back(server: DnsServer, kind: int, *addresses: str) -> Callable[[], None]:
    """The server answers all but questions of that kind; call to have it answer these as well."""
    answers, waiting = fixed(*addresses), []

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        if question_of(asked)[1] != kind:
            return answers(asked, over_tcp)
        waiting.append((asked, server.sources[-1]))
        return []

    def answer() -> None:
        ((asked, source),) = waiting
        (message,) = answers(asked, False)
        server.send(message, source)

    server.script = script
    return answer


def test_what_both_say_is_one_part(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    server.script = fixed("127.0.0.9", "fe80::9")
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: told)
    # Whichever has come first: what nobody can connect to is no reason to begin.
    found = [pair for addresses, _, _ in told for pair in addresses]
    assert sorted(found) == sorted([V4, NO_WAY])
    assert [last for _, _, last in told][-1] is True


def test_ipv6_does_not_wait_for_ipv4(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    answer = held_back(server, A, "127.0.0.9", "::1")
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: told)
        assert told == [([V6], "", False)]
        answer()
        until(plain_loop, lambda: len(told) == 2)
    assert told[1] == ([V4], "", True)


def test_nor_does_ipv4_for_ipv6(plain_loop: asyncio.AbstractEventLoop, server: DnsServer) -> None:
    """But for a twentieth of a second, where there is a way to such addresses."""
    answer = held_back(server, AAAA, "127.0.0.9", "::1")
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: told)
        assert told == [([V4], "", False)]
        answer()
        until(plain_loop, lambda: len(told) == 2)
    assert told[1] == ([V6], "", True)


def test_what_leads_nowhere_is_not_told_early(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    answer = held_back(server, A, "127.0.0.9", "fe80::9")
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: len(server.asked) == 2)
        answer()
        until(plain_loop, lambda: told)
    assert told == [([V4, NO_WAY], "", True)]


def test_the_rest_may_be_nothing(plain_loop: asyncio.AbstractEventLoop, server: DnsServer) -> None:
    answer = held_back(server, A, "::1")
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: told)
        answer()
        until(plain_loop, lambda: len(told) == 2)
    assert told == [([V6], "", False), ([], "", True)]


def test_nothing_at_all_is_one_error(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    server.script = fixed(rcode=3)
    with parts_of(plain_loop, server) as told:
        until(plain_loop, lambda: told)
    assert told == [([], "the name web.example does not exist", True)]


def test_of_what_is_cached_all_is_told_at_once(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    server.script = fixed("127.0.0.9", "::1", ttl=60)
    resolver, forwarder = resolving(plain_loop, server)
    told: Parts = []
    for count in 1, 2:
        resolver.lookup_in_parts("web.example", lambda f, *rest: told.append((list(f), *rest)))
        if count == 1:
            until(plain_loop, lambda: told and told[-1][2])
            told.clear()
    assert told == [([V6, V4], "", True)]
    forwarder.close()
