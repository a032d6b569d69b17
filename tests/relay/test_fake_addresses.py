"""Connections and datagrams to addresses that only stand for names: they go on by the name."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.support.datagrams import Place, place, until
from tests.support.datagrams import echo as udp_echo
from tests.support.relaying import (
    DEADLINE,
    FakeSocks5,
    Rig,
    echo,
    is_reset,
    rig,
    served,
    socks5,
)
from tests.support.udp_socks5 import UdpSocks5

from byway_core.model.fake_addresses import FAKES, fake_pair
from byway_core.model.flow import HostSource
from byway_core.model.upstream import UdpWay, Upstream, UpstreamKind
from byway_core.relay.intercepted import SNIFF_SECONDS

NUMBER = 77
FOUR, SIX = map(str, fake_pair(NUMBER))
NAME = "far.test"


@asynccontextmanager
async def standing_for(name: str, *rules: str, **more) -> AsyncIterator[Rig]:
    """A rig whose intercepted connections are to the fake address of that name."""
    async with rig(*rules, **more) as made:
        # The address of the socket that stands for a transparent one.
        made.known_names.fake = {"127.0.0.1": name}.get
        yield made


async def said_back(port: int, what: bytes = b"hello") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(what)
    async with asyncio.timeout(DEADLINE):
        answer = await reader.readexactly(len(what))
    writer.close()
    return answer


async def test_an_upstream_is_told_the_name() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port:
        rules = ("IP-CIDR,127.0.0.0/8,REJECT", "DOMAIN,far.test,up")
        async with standing_for(NAME, *rules, upstreams=[socks5(port)]) as relay:
            assert await said_back(relay.caught) == b"hello"
            assert server.asked == [(NAME, relay.caught)]
            flow = await relay.record.wait_closed()
            assert (flow.host, flow.host_source) == (NAME, HostSource.FAKE)
            assert flow.asked_address == "127.0.0.1"


async def test_whoever_speaks_first_is_not_waited_for() -> None:
    """Two names would have to be told apart by their first bytes, were the address real."""

    async def greet(reader, writer) -> None:
        writer.write(b"SSH-2.0-x")
        await reader.read()

    server = FakeSocks5(then=greet)
    rules = ("DOMAIN,far.test,up", "DOMAIN,near.test,REJECT", "MATCH,up")
    async with (
        served(server) as port,
        standing_for(NAME, *rules, upstreams=[socks5(port)]) as relay,
    ):
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(9) == b"SSH-2.0-x"
        assert time.monotonic() - started < SNIFF_SECONDS
        writer.close()


async def test_directly_by_the_addresses_of_the_name() -> None:
    """One after the other: nobody listens at the first."""
    async with served(echo) as port, rig(**{NAME: "127.0.0.2 127.0.0.1"}) as relay:
        relay.known_names.fakes.refused = range(FAKES)
        relay.known_names.fakes.learn([(NUMBER, NAME)])
        for address in FOUR, SIX:
            reader, writer = await asked_of_socks(relay, address, port)
            writer.write(b"hello")
            async with asyncio.timeout(DEADLINE):
                assert await reader.readexactly(5) == b"hello"
            writer.close()
        flow = await relay.record.wait_closed()
        assert (flow.host, flow.host_source) == (NAME, HostSource.FAKE)
        assert flow.asked_address == FOUR


async def asked_of_socks(
    relay: Rig, address: str, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A program that has looked the name up by itself asks the local port for an address."""
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = b"\4" if family == socket.AF_INET6 else b"\1"
    writer.write(b"\5\1\0\5\1\0" + kind + socket.inet_pton(family, address) + port.to_bytes(2))
    async with asyncio.timeout(DEADLINE):
        assert await reader.readexactly(2) == b"\5\0"
        reply = await reader.readexactly(4)
        await reader.readexactly({1: 6, 4: 18}[reply[3]])
    if reply[1]:
        writer.close()
        raise ConnectionError(reply[1])
    return reader, writer


async def test_an_address_that_stands_for_nothing_is_never_dialed() -> None:
    async with standing_for("") as relay:
        assert await is_reset(relay.caught)
        flow = await relay.record.wait_closed()
        assert flow.reason.startswith("127.0.0.1 is an address that Byway gives in a name's place")
        assert flow.decision is None
        relay.known_names.fake = relay.known_names.fakes.name
        relay.known_names.fakes.refused = range(FAKES)
        with pytest.raises(ConnectionError):
            await asked_of_socks(relay, FOUR, 80)
        assert (await relay.record.wait_closed(2)).asked_address == FOUR


async def test_a_name_that_has_no_address() -> None:
    async with standing_for(NAME, **{NAME: "nowhere"}) as relay:
        assert await is_reset(relay.caught)
        flow = await relay.record.wait_closed()
        assert flow.reason == f"the name {NAME} does not exist"


@pytest.mark.parametrize(("address", "way"), [("192.0.2.1", "up"), ("198.51.100.1", "REJECT")])
async def test_a_rule_that_resolves(address: str, way: str) -> None:
    server = FakeSocks5(then=echo)
    rules = ("IP-CIDR,192.0.2.0/24,up,resolve", "MATCH,REJECT")
    async with (
        served(server) as port,
        standing_for(NAME, *rules, upstreams=[socks5(port)], **{NAME: address}) as relay,
    ):
        if way == "REJECT":
            assert await is_reset(relay.caught)
        else:
            assert await said_back(relay.caught) == b"hello"
            assert server.asked == [(NAME, relay.caught)], (
                "an upstream is told the name all the same"
            )
        flow = await relay.record.wait_closed()
        assert str(flow.decision.action) == way


async def test_socks4_cannot_be_told_names() -> None:
    asked: list[bytes] = []

    async def socks4(reader, writer) -> None:
        asked.append(await reader.readexactly(9))
        writer.write(b"\0\x5a" + bytes(6))
        await echo(reader, writer)

    async with served(socks4) as port:
        old = Upstream("up", UpstreamKind.SOCKS4, "127.0.0.1", port)
        rules, known = ("MATCH,up",), {NAME: "192.0.2.9"}
        async with standing_for(NAME, *rules, upstreams=[old], **known) as relay:
            assert await said_back(relay.caught) == b"hello"
            assert asked == [b"\4\1" + relay.caught.to_bytes(2) + b"\xc0\0\2\x09\0"]


# -- datagrams


@asynccontextmanager
async def with_fakes(*rules: str, **more) -> AsyncIterator[Place]:
    async with place(*rules, **more) as here:
        here.rig.known_names.fakes.refused = range(FAKES + 1)
        here.rig.known_names.fakes.learn([(NUMBER, NAME)])
        yield here


@pytest.mark.parametrize(("to", "family"), [(FOUR, socket.AF_INET), (SIX, socket.AF_INET6)])
async def test_datagrams_go_directly_by_the_name(to: str, family: socket.AddressFamily) -> None:
    async with (
        udp_echo() as (server, seen),
        with_fakes(family=family, **{NAME: server[0]}) as here,
    ):
        for payload in (b"one", b"two"):
            assert await here.ask(payload, (to, server[1])) == payload
        assert len(set(seen.seen)) == 1
        here.datagrams.close()
        (flow,) = here.record.ended
        assert (flow.host, flow.host_source) == (NAME, HostSource.FAKE)
        assert (flow.asked_address, flow.up) == (to, 6)


async def test_datagrams_go_by_the_family_that_the_program_has_chosen() -> None:
    known = {NAME: "2001:db8::1 127.0.0.1"}
    async with udp_echo() as (server, _), with_fakes(**known) as here:
        assert await here.ask(b"x", (FOUR, server[1])) == b"x"


async def test_datagrams_wait_for_the_names_address() -> None:
    async with udp_echo() as (server, _), with_fakes() as here:
        waiting = []
        here.rig.relay.edges.resolver.lookup = lambda host, done: waiting.append((host, done))
        for payload in (b"one", b"two"):
            here.program.send(payload, (FOUR, server[1]))
        await until(lambda: waiting)
        ((host, done),) = waiting
        assert host == NAME
        done([(socket.AF_INET, server[0])], "")
        assert {(await until(here.program.got))[0] for _ in range(2)} == {b"one", b"two"}
        assert len(here.record.flows) == 1


async def test_datagrams_to_a_name_without_address() -> None:
    async with with_fakes(**{NAME: "nowhere"}) as here:
        here.program.send(b"x", (FOUR, 9))
        flow = await here.record.wait_closed()
        assert flow.reason == f"no address of {NAME} was found"
        assert here.gate.refused == [(here.program.name, (FOUR, 9))]


async def test_datagrams_to_an_address_that_stands_for_nothing() -> None:
    async with with_fakes() as here:
        for _ in range(2):
            here.program.send(b"x", ("198.18.0.1", 9))
        await until(lambda: len(here.gate.refused) == 2)
        (flow,) = here.record.ended
        assert flow.reason.startswith("198.18.0.1 is an address that Byway gives in a name's place")


async def test_an_upstream_is_told_the_name_with_each_datagram() -> None:
    """And what comes back is from an address that nobody here knows."""
    head = b"\0\0\0\3\x08far.test\0\x09"

    def answers(datagram: bytes) -> list[bytes]:
        if not datagram.startswith(head):
            return []
        payload = datagram[len(head) :]
        real, other = b"\0\0\0\1\xc0\0\2\7", b"\0\0\0\1\xc0\0\2\x08"
        return [
            real + b"\0\x0a" + b"another port",
            real + b"\0\x09" + payload,
            other + b"\0\x09" + b"somebody else",
        ]

    async with (
        UdpSocks5(answers=answers).running() as server,
        with_fakes("MATCH,up", upstreams=[server.upstream]) as here,
    ):
        assert await here.ask(b"one", (FOUR, 9)) == b"one"
        assert await here.ask(b"two", (FOUR, 9)) == b"two"
        # By another association, in which who answers is known.
        here.program.send(b"x", ("192.0.2.1", 9))
        await server.until(lambda: len(server.asked) == 2)


async def test_an_upstream_that_answers_by_the_name() -> None:
    """As one that sends back what it got."""
    async with (
        UdpSocks5().running() as server,
        with_fakes("MATCH,up", upstreams=[server.upstream]) as here,
    ):
        assert await here.ask(b"one", (FOUR, 9)) == b"one"


async def test_past_an_upstream() -> None:
    async with udp_echo() as (server, _):
        past = Upstream("up", UpstreamKind.HTTP, "192.0.2.1", 3128, udp=UdpWay.DIRECT)
        async with with_fakes("MATCH,up", upstreams=[past], **{NAME: server[0]}) as here:
            assert await here.ask(b"x", (FOUR, server[1])) == b"x"


async def test_by_the_rules() -> None:
    async with with_fakes("DOMAIN,far.test,REJECT", "MATCH,DIRECT") as here:
        here.program.send(b"x", (FOUR, 443))
        flow = await here.record.wait_closed()
        assert flow.reason == "refused by the rules"
