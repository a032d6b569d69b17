"""Datagrams through a SOCKS5 upstream: between a fake gate and a server that does as it is told."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.support.datagrams import Place, echo, place, until
from tests.support.gates import Program
from tests.support.relaying import dead_port, served, silent_listener, socks5
from tests.support.udp_socks5 import UdpSocks5, at

from byway_core.model.flow import FlowState
from byway_core.model.upstream import UdpWay, Upstream, UpstreamKind
from byway_core.relay import associating, association, datagrams

ONE, OTHER = ("192.0.2.1", 9), ("192.0.2.2", 9)


@asynccontextmanager
async def through(server: UdpSocks5, **names: str) -> AsyncIterator[Place]:
    upstream = server.upstream
    if names:
        upstream = replace(upstream, server=next(iter(names)))
    async with place("MATCH,up", upstreams=[upstream], **names) as here:
        yield here


async def test_there_and_back() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        for payload in (b"x", b"", bytes(60_000)):
            assert await here.ask(payload, ONE) == payload
        assert server.asked == [b"\5\3\0\1" + bytes(6)]
        assert server.sent[0][0] == b"\0\0\0\1\xc0\0\2\1\0\x09x"
        here.datagrams.close()
        (flow,) = here.record.ended
        assert (flow.up, flow.down, flow.reason) == (60_001, 60_001, "Byway was stopped")
        assert str(flow.decision.action) == "up"
        assert len(here.datagrams.associations) == 0
        await server.until(lambda: not server.controls)


async def test_ipv6() -> None:
    """Of the program, the destination and the server."""
    async with UdpSocks5(address="::1").running() as server:
        upstreams = [server.upstream]
        async with place("MATCH,up", upstreams=upstreams, family=socket.AF_INET6) as here:
            assert await here.ask(b"x", ("2001:db8::1", 9)) == b"x"
            assert server.sent[0][0][3:22] == b"\4\x20\1\x0d\xb8" + bytes(11) + b"\1\0\x09"


async def test_a_programs_socket_has_one_association() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        stranger = Program(here.gate)
        for where in (ONE, OTHER, ("192.0.2.1", 10)):
            await here.ask(b"x", where)
        await here.ask(b"x", ONE, stranger)
        ports = [who for _, who in server.sent]
        assert len(server.asked) == 2
        assert ports[0] == ports[1] == ports[2] != ports[3]
        assert len(here.record.flows) == 4
        stranger.sock.close()


async def test_it_ends_with_its_last_flow() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        await here.ask(b"x", ONE)
        await here.ask(b"x", OTHER)
        first, second = (flow.id for flow in here.record.flows)
        here.datagrams.close_flow(first)
        assert len(server.controls) == 1
        here.datagrams.close_flow(second)
        await server.until(lambda: not server.controls)
        assert await here.ask(b"x", ONE) == b"x"
        assert len(server.asked) == 2


async def test_datagrams_wait_for_the_association(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "HELD_DATAGRAMS", 3)
    server = UdpSocks5()
    server.opens.clear()
    async with server.running(), through(server) as here:
        for number in range(5):
            here.program.send(b"%d" % number, (ONE, OTHER)[number % 2])
        await server.until(lambda: server.asked)
        assert await here.record.wait_decided()
        assert here.record.flows[0].state is FlowState.CONNECTING
        server.opens.set()
        got = [await until(here.program.got) for _ in range(3)]
        assert got == [(b"0", ONE), (b"1", OTHER), (b"2", ONE)]
        assert here.datagrams.associations.held == 0
        assert here.record.flows[0].state is FlowState.OPEN
        assert await here.ask(b"5", ONE) == b"5"  # the others are lost


async def test_bytes_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "HELD_BYTES", 1500)
    server = UdpSocks5()
    server.opens.clear()
    async with server.running(), through(server) as here:
        other = Program(here.gate)
        here.program.send(bytes(1000), ONE)
        other.send(bytes(1000), ONE)  # for all programs together
        other.send(b"small", ONE)
        await server.until(lambda: len(server.asked) == 2)
        server.opens.set()
        assert (await until(here.program.got))[0] == bytes(1000)
        assert (await until(other.got))[0] == b"small"
        here.datagrams.close()
        assert here.datagrams.associations.held == 0
        other.sock.close()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"\5\7\0\1" + bytes(6), "does not carry datagrams: command not supported"),
        (b"\5\2\0\1" + bytes(6), "does not carry datagrams: its rules forbid it"),
        (b"", "does not carry datagrams: the server closed the connection when it was asked to"),
        (b"\5\1\0\1" + bytes(6), "it gave no reason"),
        (b"\4\0\0\1" + bytes(6), "not a SOCKS5 server"),
        (b"\5\0\0\1\x7f\0\0\1\0\0", "names no port"),
        (b"\5\0\0\5" + bytes(6), "unknown type of address"),
        (b"\5\0\0\3\x0cno-such.test\0\x09", "the name no-such.test does not exist"),
    ],
)
async def test_a_refusal_is_told_at_once(reply: bytes, words: str) -> None:
    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readexactly(3))
        writer.write(b"\5\0")
        await reader.readexactly(10)
        writer.write(reply)

    asked: list[bytes] = []
    async with (
        served(refusing) as port,
        place("MATCH,up", upstreams=[socks5(port)]) as here,
    ):
        here.program.send(b"x", ONE)
        flow = await here.record.wait_closed()
        assert words in flow.reason
        assert f"upstream up (127.0.0.1:{port})" in flow.reason
        assert here.gate.refused == [(here.program.name, ONE)]
        # Everybody's, from now on: without another question.
        other = Program(here.gate)
        for _ in range(3):
            other.send(b"x", OTHER)
        await until(lambda: len(here.gate.refused) == 4)
        assert (await here.record.wait_closed(2)).reason == flow.reason
        assert len(here.record.ended) == 2
        assert len(asked) == 1
        assert len(here.datagrams.associations) == 0
        other.sock.close()


async def test_it_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "NOT_CARRYING_SECONDS", 0.0)
    server = UdpSocks5(reply=lambda port: b"\5\7\0\1" + bytes(6))
    async with server.running(), through(server) as here:
        here.program.send(b"x", ONE)
        await here.record.wait_closed()
        server.reply = at("127.0.0.1")
        assert await here.ask(b"x", ONE) == b"x"


async def test_a_server_that_is_not_there() -> None:
    with dead_port() as port:
        async with place("MATCH,up", upstreams=[socks5(port)]) as here:
            here.program.send(b"x", ONE)
            flow = await here.record.wait_closed()
            assert (
                flow.reason
                == f"via upstream up (127.0.0.1:{port}): the server refused the connection"
            )
            assert here.gate.refused


async def test_a_server_whose_name_is_none() -> None:
    async with place(
        "MATCH,up", upstreams=[Upstream("up", UpstreamKind.SOCKS5, "no.test", 1)]
    ) as here:
        here.program.send(b"x", ONE)
        assert "the name no.test does not exist" in (await here.record.wait_closed()).reason


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(associating, "ASSOCIATE_SECONDS", 0.05)
    server = UdpSocks5()
    server.opens.clear()
    async with server.running(), through(server) as here:
        here.program.send(b"x", ONE)
        assert "did not answer in time" in (await here.record.wait_closed()).reason
        assert here.gate.refused
        server.opens.set()
        await server.until(lambda: not server.controls)


async def test_the_next_address_of_the_server() -> None:
    """Nobody listens at the first, and the second answers to nobody."""
    names = {"proxy": "127.0.0.2 127.0.0.3 127.0.0.1"}
    async with UdpSocks5().running() as server, through(server, **names) as here:
        with silent_listener("127.0.0.3", server.port):
            assert await here.ask(b"x", ONE) == b"x"


async def test_an_account() -> None:
    async def asks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer)
        assert await reader.readexactly(4) == b"\5\2\2\0"
        writer.write(b"\5\2")
        heard.append(await reader.readexactly(9))
        writer.write(b"\1\1")

    heard: list[bytes] = []
    callers: list[asyncio.StreamWriter] = []
    async with served(asks) as port:
        upstream = socks5(port, username="me")
        for password, words in (("pass", "authentication refused"), ("x" * 256, "longer than 255")):
            async with place("MATCH,up", upstreams=[upstream], passwords={"up": password}) as here:
                here.program.send(b"x", ONE)
                assert words in (await here.record.wait_closed()).reason
        await until(lambda: len(callers) == 2 and all(each.is_closing() for each in callers))
    assert heard == [b"\1\2me\4pass"]


@pytest.mark.parametrize(
    "bound",
    [
        lambda port: b"\5\0\0\1" + bytes(4) + port.to_bytes(2),
        lambda port: b"\5\0\0\4" + bytes(16) + port.to_bytes(2),
        lambda port: b"\5\0\0\3\0" + port.to_bytes(2),
        lambda port: b"\5\0\0\3\x09127.0.0.1" + port.to_bytes(2),
        lambda port: b"\5\0\0\3\x0arelay.test" + port.to_bytes(2),
        at("::ffff:127.0.0.1"),
    ],
    ids=["zeros", "ipv6-zeros", "empty", "literal", "name", "mapped"],
)
async def test_where_the_server_takes_them(bound) -> None:
    async with UdpSocks5(reply=bound).running() as server, through(server) as here:
        here.rig.relay.edges.resolver.known["relay.test"] = "127.0.0.1"
        assert await here.ask(b"x", ONE) == b"x"


async def test_a_server_elsewhere_does_not_send_us_to_our_own_services() -> None:
    """It says 127.0.0.1, as those do that do not know better; its own address is meant."""
    table = associating.Control.__new__(associating.Control)
    for said, address, meant in (
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("::1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "127.0.0.9", "127.0.0.1"),
        ("192.0.2.5", "192.0.2.1", "192.0.2.5"),
        ("fe80::1", "fe80::1%lo", "fe80::1%lo"),
        ("0.0.0.0", "2001:db8::1", "2001:db8::1"),
    ):
        table.address = address
        assert table.meant(said) == meant


HEAD = b"\0\0\0\1\xc0\0\2\1\0\x09"


async def test_what_is_no_answer_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bad = [
        b"\0",
        b"\0\0\0\1\xc0",
        b"\0\0\0\4" + bytes(17),
        b"\0\0\0\x09" + HEAD[4:],
        b"\0\0\1" + HEAD[3:] + b"part",
        b"\0\0\x81" + HEAD[3:] + b"part",
        b"\0\0\0\1\xc0\0\2\x63\0\x09from somebody else",
        b"\0\0\0\3\x09some.test\0\x09a name",
    ]
    server = UdpSocks5(answers=lambda asked: [*bad, asked])
    async with server.running(), through(server) as here:
        assert await here.ask(b"x", ONE) == b"x"
        assert here.program.got() is None
        assert here.record.flows[0].down == 1
    assert "2 fragments" in caplog.text
    assert "4 malformed" in caplog.text
    assert "2 from others" in caplog.text


@pytest.mark.parametrize(
    "head",
    [
        b"\xab\xcd" + HEAD[2:],
        b"\0\0\0\4" + bytes(10) + b"\xff\xff" + HEAD[4:],
        b"\0\0\0\3\x09192.0.2.1\0\x09",
    ],
    ids=["reserved", "mapped", "literal"],
)
async def test_answers_that_are_told_otherwise(head: bytes) -> None:
    server = UdpSocks5(answers=lambda asked: [head + asked[10:]])
    async with server.running(), through(server) as here:
        assert await here.ask(b"x", ONE) == b"x"


async def test_the_server_ends_it() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        await here.ask(b"x", ONE)
        await here.ask(b"x", OTHER)
        server.hang_up()
        flow = await here.record.wait_closed(2)
        assert "has ended" in flow.reason
        assert not here.gate.refused
        assert await here.ask(b"x", ONE) == b"x"
        assert len(server.asked) == 2


async def test_a_server_that_ends_it_always() -> None:
    """It is not asked again for each datagram."""
    server = UdpSocks5(answers=lambda asked: [])
    async with server.running(), through(server) as here:
        here.program.send(b"x", ONE)
        await server.until(lambda: server.sent)
        server.hang_up()
        assert "closed the connection" in (await here.record.wait_closed()).reason
        here.program.send(b"x", ONE)
        await until(lambda: len(here.gate.refused) == 2)
        assert len(server.asked) == 1


async def test_nobody_takes_them_any_more() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        await here.ask(b"x", ONE)
        server.transport.close()
        await asyncio.sleep(0)  # it closes in a callback
        here.program.send(b"x", ONE)
        flow = await here.record.wait_closed()
        assert "has ended the association: its port for datagrams refused" in flow.reason
        assert not here.gate.refused
        # The next is no better, and that is enough for a while.
        here.program.send(b"x", ONE)
        await server.until(lambda: len(server.asked) == 2)
        flow = await here.record.wait_closed(2)
        assert flow.reason.endswith("its port for datagrams refused the connection")
        here.program.send(b"x", ONE)
        await until(lambda: here.gate.refused == [(here.program.name, ONE)] * 2)
        assert len(server.asked) == 2


async def test_two_hundred_programs() -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        programs = [Program(here.gate) for _ in range(200)]
        for number, program in enumerate(programs):
            program.send(b"%d" % number, ONE)
        for number, program in enumerate(programs):
            assert (await until(program.got))[0] == b"%d" % number
        assert len({who for _, who in server.sent}) == 200
        for program in programs:
            program.sock.close()


async def test_an_error_of_ours_costs_one_program(caplog: pytest.LogCaptureFixture) -> None:
    async with UdpSocks5().running() as server, through(server) as here:
        other = Program(here.gate)
        await here.ask(b"x", ONE)
        await here.ask(b"x", ONE, other)
        exchange = next(iter(here.datagrams.flows.values()))

        def stumble(payload: object) -> None:
            raise ZeroDivisionError

        exchange.way = stumble
        here.program.send(b"y", ONE)
        assert "error in Byway itself" in (await here.record.wait_closed()).reason
        assert await here.ask(b"y", ONE, other) == b"y"
        assert "ZeroDivisionError" in caplog.text
        other.sock.close()


async def test_silence_ends_the_association(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datagrams, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(datagrams, "SHORT_SECONDS", 0.05)
    async with UdpSocks5().running() as server, through(server) as here:
        await here.ask(b"x", ONE)
        assert (await here.record.wait_closed()).reason == ""
        await server.until(lambda: not server.controls)


@pytest.mark.parametrize("kind", [UpstreamKind.HTTP, UpstreamKind.SOCKS4, UpstreamKind.SOCKS4A])
async def test_proxies_that_cannot(kind: UpstreamKind) -> None:
    async with place("MATCH,up", upstreams=[Upstream("up", kind, "127.0.0.1", 1)]) as here:
        here.program.send(b"x", ONE)
        assert "does not carry datagrams" in (await here.record.wait_closed()).reason
        assert here.gate.refused


async def test_what_the_profile_says_instead() -> None:
    async with UdpSocks5().running() as server, echo() as (there, _):
        refusing = replace(server.upstream, udp=UdpWay.REFUSE)
        async with place("MATCH,up", upstreams=[refusing]) as here:
            here.program.send(b"x", there)
            assert 'udp = "refuse"' in (await here.record.wait_closed()).reason
            assert here.gate.refused
        past = replace(server.upstream, udp=UdpWay.DIRECT)
        async with place("MATCH,up", upstreams=[past]) as here:
            assert await here.ask(b"x", there) == b"x"
            (flow,) = here.record.flows
            assert (str(flow.decision.action), flow.decision.rule_index) == ("DIRECT", 0)
            assert (
                flow.reason
                == f'directly, past upstream up (127.0.0.1:{server.port}): udp = "direct"'
            )
        assert not server.asked
