"""What an upstream may do to a handshake, and what the program and the ledger then see."""

from __future__ import annotations

import asyncio
import socket

import pytest
from tests.support.relaying import (
    DEADLINE,
    FakeSocks5,
    dead_port,
    echo,
    is_reset,
    rig,
    served,
    set_reset,
    socks5,
)

from byway_core.model.upstream import Upstream, UpstreamKind

pytestmark = pytest.mark.asyncio
OK = b"\5\0\0\1\0\0\0\0\0\0"


async def test_a_name_goes_as_a_name() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        reader, writer = await relay.tunnel("Some.Where.Example.", 443)
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
        assert server.asked == [("some.where.example", 443)]
        writer.close()


async def test_data_in_one_piece_with_the_reply_is_the_tunnels() -> None:
    server = FakeSocks5(reply=OK + b"220 ready\r\n", then=echo)
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        reader, writer = await relay.tunnel("mail.example", 25)
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(11) == b"220 ready\r\n"
        assert relay.record.flows[0].down == 11
        writer.close()


async def test_a_reply_byte_by_byte() -> None:
    async def slowly(reader, writer) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await reader.readexactly(3)
        for byte in b"\5\0":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        await reader.readexactly(4 + 1 + len("slow.example") + 2)
        for byte in OK + b"first":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    async with served(slowly) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        reader, writer = await relay.tunnel("slow.example", 80)
        async with asyncio.timeout(DEADLINE):
            assert await reader.read() == b"first"
        writer.close()


async def closes(reader, writer) -> None:
    pass


async def resets(reader, writer) -> None:
    set_reset(writer)


async def closes_after_greeting(reader, writer) -> None:
    await reader.readexactly(3)


async def resets_after_greeting(reader, writer) -> None:
    await reader.readexactly(3)
    set_reset(writer)


async def closes_after_method(reader, writer) -> None:
    await reader.readexactly(3)
    writer.write(b"\5\0")
    await reader.readexactly(8)


async def closes_within_reply(reader, writer) -> None:
    await reader.readexactly(3)
    writer.write(b"\5\0")
    await reader.readexactly(8)
    writer.write(OK[:6])


async def answers_ahead_and_resets(reader, writer) -> None:
    await reader.readexactly(3)
    set_reset(writer)
    writer.write(b"\5\0" + OK)  # the answer to a request that cannot be sent any more


async def talks_http(reader, writer) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await reader.read()


async def wants_a_password(reader, writer) -> None:
    await reader.readexactly(3)
    writer.write(b"\5\xff")
    await reader.read()


@pytest.mark.parametrize(
    ("server", "words"),
    [
        # It closes with the greeting unread, which TCP turns into a reset.
        (closes, "the server"),
        (resets, "reset"),
        (closes_after_greeting, "closed"),
        (resets_after_greeting, "reset"),
        (closes_after_method, "closed"),
        (closes_within_reply, "closed"),
        (answers_ahead_and_resets, "reset"),
        (talks_http, "not a SOCKS5 server"),
        (wants_a_password, "password"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("entrance", ["caught", "asked"])
async def test_an_upstream_that_fails(server, words: str, entrance: str) -> None:
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        async with asyncio.timeout(DEADLINE):
            if entrance == "asked":
                with pytest.raises(ConnectionError):
                    await relay.tunnel("some.example", 80)
            else:
                assert await is_reset(relay.caught)
        flow = await relay.record.wait_closed()
        assert flow.reason.startswith(f"via upstream up (127.0.0.1:{port}): ")
        assert words in flow.reason


async def test_a_refusal_whose_end_a_reset_has_cut_off() -> None:
    async def refuses_and_resets(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        set_reset(writer)
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n")

    async with served(refuses_and_resets) as port:
        up = Upstream("up", UpstreamKind.HTTP, "127.0.0.1", port)
        async with rig("MATCH,up", upstreams=[up]) as relay:
            assert await is_reset(relay.caught)
            flow = await relay.record.wait_closed()
            assert flow.reason.endswith("the proxy wants a username and password")


async def test_a_dead_upstream_is_told_at_once() -> None:
    with dead_port() as port:
        async with rig("MATCH,up", upstreams=[socks5(port)]) as relay:
            with pytest.raises(ConnectionError):
                await relay.tunnel("some.example", 80)
            flow = await relay.record.wait_closed()
            assert flow.reason == f"upstream up (127.0.0.1:{port}) refused the connection"


async def test_an_upstream_whose_name_does_not_exist() -> None:
    upstream = Upstream("up", UpstreamKind.HTTP, "proxy.invalid", 3128)
    async with rig("MATCH,up", upstreams=[upstream]) as relay:
        with pytest.raises(ConnectionError):
            await relay.tunnel("some.example", 80)
        assert "proxy.invalid does not exist" in (await relay.record.wait_closed()).reason


async def test_an_upstream_on_an_interface_that_is_not_there() -> None:
    upstream = Upstream("up", UpstreamKind.SOCKS5, "fe80::1%no-such", 1080)
    async with rig("MATCH,up", upstreams=[upstream]) as relay:
        with pytest.raises(ConnectionError):
            await relay.tunnel("some.example", 80)
        assert (await relay.record.wait_closed()).reason == (
            "upstream up ([fe80::1%no-such]:1080) is not an address that can be contacted"
        )


async def test_a_silent_upstream_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byway_core.relay.dialing.DIAL_SECONDS", 0.05)
    monkeypatch.setattr("byway_core.relay.connection.HANDSHAKE_SECONDS", 0.05)

    async def silent(reader, writer) -> None:
        await reader.read()

    async with served(silent) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        with pytest.raises(ConnectionError):
            await relay.tunnel("some.example", 80)
        assert "in time" in (await relay.record.wait_closed()).reason


async def test_the_program_leaves_during_the_handshake() -> None:
    async def silent(reader, writer) -> None:
        await reader.read()

    async with served(silent) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        _reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        await relay.record.wait_decided()
        set_reset(writer)
        writer.close()
        assert "gave up" in (await relay.record.wait_closed()).reason
        assert relay.relay.live == 0


async def test_a_refused_connection_is_reset_for_a_program_without_settings() -> None:
    async with rig("MATCH,REJECT") as relay:
        assert await is_reset(relay.caught)
        flow = await relay.record.wait_closed()
        assert flow.decision is not None
        assert (flow.reason, flow.decision.rule_index) == ("refused by the rules", 0)
        assert flow.program == "a program"


async def test_an_unknown_name_is_told_in_words() -> None:
    async with rig("MATCH,DIRECT") as relay:
        with pytest.raises(ConnectionError):
            await relay.tunnel("no.such.name.invalid", 80)
        assert "does not exist" in (await relay.record.wait_closed()).reason
