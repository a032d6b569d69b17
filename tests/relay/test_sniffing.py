"""Learning the name of an intercepted connection, and what it may cost."""

from __future__ import annotations

import asyncio
import ssl
import time

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, echo, is_reset, rig, served, socks5

from byway_core.model.flow import HostSource
from byway_core.relay.intercepted import SNIFF_SECONDS

pytestmark = pytest.mark.asyncio
RULES = ("DOMAIN-SUFFIX,known.example,up", "DOMAIN-SUFFIX,other.example,REJECT", "MATCH,up")


def client_hello(name: str) -> bytes:
    """What OpenSSL sends first."""
    context = ssl.create_default_context()
    outgoing = ssl.MemoryBIO()
    tls = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("pieces", ["whole", "byte by byte"])
@pytest.mark.parametrize(
    ("first", "name", "source"),
    [
        (client_hello("www.known.example"), "www.known.example", HostSource.SNI),
        (
            b"GET / HTTP/1.1\r\nHost: A.known.example:8080\r\n\r\n",
            "a.known.example",
            HostSource.HTTP,
        ),
        (b"\x00\x01\x02 no protocol of ours", "127.0.0.1", HostSource.NONE),
    ],
    ids=["tls", "http", "neither"],
)
async def test_the_first_bytes_name_the_host(first: bytes, name: str, source, pieces: str) -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        for piece in [first] if pieces == "whole" else [bytes([byte]) for byte in first]:
            writer.write(piece)
            await asyncio.sleep(0)
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(len(first)) == first
        assert server.asked == [(name, relay.caught)]
        flow = relay.record.flows[0]
        assert flow.host_source is source
        assert flow.up == len(first)
        writer.close()


async def test_a_sniffed_name_can_be_refused() -> None:
    async with rig(*RULES, upstreams=[socks5(1)]) as relay:
        assert await is_reset(relay.caught, client_hello("other.example"))
        flow = await relay.record.wait_closed()
        assert flow.decision is not None
        assert flow.decision.rule_index == 1


async def test_a_silent_client_waits_once_for_its_destination() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        waits = []
        for count in range(3):
            started = time.monotonic()
            _reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
            await server.wait_asked(count + 1)
            waits.append(time.monotonic() - started)
            writer.close()
        assert waits[0] >= SNIFF_SECONDS * 0.9
        # Not a speed: it did not wait again.
        assert min(waits[1:]) < SNIFF_SECONDS


async def test_a_connection_made_in_advance_blinds_no_later_one() -> None:
    """Browsers connect before they have anything to say. Once such a client has spoken first after
    all, its destination's clients are listened to again."""
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        await server.wait_asked()
        writer.write(b"hello")
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(5) == b"hello"
        assert await is_reset(relay.caught, client_hello("other.example"))
        writer.close()


async def test_nor_does_one_that_was_never_used() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        _reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        await server.wait_asked()
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        writer.write(b"hello")  # before there is a way to the server
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(5) == b"hello"
        assert await is_reset(relay.caught, client_hello("other.example"))
        writer.close()


async def test_a_server_that_speaks_first_stays_known_as_one() -> None:
    async def greet(reader, writer) -> None:
        writer.write(b"220 ready")
        await echo(reader, writer)

    server = FakeSocks5(then=greet)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        for count in range(1, 4):
            started = time.monotonic()
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
            async with asyncio.timeout(DEADLINE):
                assert await reader.readexactly(9) == b"220 ready"
            wait = time.monotonic() - started
            assert (wait >= SNIFF_SECONDS * 0.9) is (count == 1)
            writer.write(b"EHLO")
            async with asyncio.timeout(DEADLINE):
                assert await reader.readexactly(4) == b"EHLO"
            writer.close()


async def test_a_known_name_is_never_waited_for() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        relay.memory.remember("127.0.0.1", "ssh.known.example", 60)
        _reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        await server.wait_asked()
        assert server.asked == [("ssh.known.example", relay.caught)]
        flow = relay.record.flows[0]
        assert flow.host_source is HostSource.DNS
        writer.close()


async def test_rules_that_no_name_can_change_are_not_waited_for() -> None:
    async with rig("DST-PORT,1-65535,REJECT", "DOMAIN,known.example,DIRECT") as relay:
        assert await is_reset(relay.caught)
        assert (await relay.record.wait_closed()).host == ""


@pytest.mark.parametrize(
    ("said", "taken", "source"),
    [
        ("b.known.example", "b.known.example", HostSource.SNI),
        ("a.known.example", "a.known.example", HostSource.SNI),
        # Neither of the names that were given out for this address: the front name of an
        # encrypted ClientHello, say. What was asked last is the better guess.
        ("cdn.invalid", "a.known.example", HostSource.DNS),
    ],
)
async def test_the_sni_chooses_among_names_that_share_an_address(said, taken, source) -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        relay.memory.remember("127.0.0.1", "b.known.example", 60)
        relay.memory.remember("127.0.0.1", "a.known.example", 60)
        hello = client_hello(said)
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        writer.write(hello)
        async with asyncio.timeout(DEADLINE):
            await reader.readexactly(len(hello))
        assert server.asked == [(taken, relay.caught)]
        assert relay.record.flows[0].host_source is source
        writer.close()


@pytest.mark.parametrize(
    ("said", "taken", "source"),
    [
        ("b.known.example", "b.known.example", HostSource.SNI),
        (None, "a.known.example", HostSource.DNS),
    ],
    ids=["says another", "says nothing"],
)
@pytest.mark.parametrize("rules", [RULES, ["MATCH,up"]], ids=["by rules", "whatever the name"])
async def test_hearsay_stands_back_behind_what_a_connection_says(
    rules, said, taken, source
) -> None:
    """The name comes from a server that some program has chosen: its own, or an enemy's."""
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig(*rules, upstreams=[socks5(port)]) as relay:
        relay.known_names.learn([("127.0.0.1", "a.known.example", 60)], hearsay=True)
        _reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        if said is not None:
            writer.write(client_hello(said))
        await server.wait_asked()
        assert server.asked == [(taken, relay.caught)]
        assert relay.record.flows[0].host_source is source
        writer.close()


async def test_a_client_that_closes_its_half_in_silence_is_served() -> None:
    async def answer(reader, writer) -> None:
        assert await reader.read() == b""
        writer.write(b"daytime")

    server = FakeSocks5(then=answer)
    async with served(server) as port, rig(*RULES, upstreams=[socks5(port)]) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        writer.write_eof()
        async with asyncio.timeout(DEADLINE):
            assert await reader.read() == b"daytime"
        writer.close()
