"""Flows of datagrams: between a fake gate and real servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from tests.support.gates import FakeGate, Program
from tests.support.relaying import DEADLINE, Rig, rig

from byway_core.model.flow import FlowState, HostSource
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay import datagrams
from byway_core.relay.datagrams import Datagrams
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule


class Echo(asyncio.DatagramProtocol):
    """Sends back what it gets, and keeps whom it came from."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, addr) -> None:
        self.seen.append(addr)
        self.transport.sendto(data, addr)


@contextlib.asynccontextmanager
async def echo() -> AsyncIterator[tuple[tuple[str, int], Echo]]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname"), protocol
    finally:
        transport.close()


class Place:
    def __init__(self, made: Rig) -> None:
        self.rig = made
        self.record = made.record
        self.gate = FakeGate()
        self.questions: list[tuple[bytes, tuple[str, int]]] = []
        self.datagrams = Datagrams(made.relay, made.loop.call_later, self._answer)
        self.datagrams.serve(self.gate, "a program")
        self.program = Program(self.gate)

    def _answer(self, message, answer, server) -> None:
        self.questions.append((message, server))
        answer(message.upper())

    async def ask(self, payload: bytes, to, program: Program | None = None) -> bytes:
        program = program or self.program
        program.send(payload, to)
        answer = await until(program.got)
        assert answer[1] == to
        return answer[0]


async def until(true: Callable[[], object]):
    async with asyncio.timeout(DEADLINE):
        while not (found := true()):  # noqa: ASYNC110 - of sockets and lists, which tell nobody
            await asyncio.sleep(0.001)
    return found


@contextlib.asynccontextmanager
async def place(*rules: str, upstreams=None) -> AsyncIterator[Place]:
    async with rig(*rules, upstreams=upstreams) as made:
        here = Place(made)
        try:
            yield here
        finally:
            here.datagrams.close()
            here.program.sock.close()


async def test_there_and_back() -> None:
    async with place() as here, echo() as (server, _):
        for payload in (b"x", bytes(60_000)):
            assert await here.ask(payload, server) == payload
        here.datagrams.close()
        flow = here.record.ended[0]
        assert (flow.up, flow.down, flow.program) == (60_001, 60_001, "a program")
        assert (flow.asked_address, flow.port) == server
        assert (flow.source, flow.source_port) == here.program.name
        assert (flow.reason, flow.state) == ("Byway was stopped", FlowState.CLOSED)
        assert len(here.record.flows) == len(here.record.ended) == 1


async def test_the_name_is_the_one_that_dns_told() -> None:
    async with place("DOMAIN,far.test,REJECT", "MATCH,DIRECT") as here, echo() as (server, _):
        here.rig.memory.remember("127.0.0.1", "far.test", 60)
        here.program.send(b"x", server)
        flow = await here.record.wait_closed()
        assert (flow.host, flow.host_source) == ("far.test", HostSource.DNS)
        assert flow.reason == "refused by the rules"
        assert here.gate.refused == [(here.program.name, server)]


async def test_a_refusal_is_one_flow_until_the_rules_change() -> None:
    async with place("NETWORK,UDP,REJECT") as here, echo() as (server, _):
        for _ in range(3):
            here.program.send(b"x", server)
        await until(lambda: len(here.gate.refused) == 3)
        assert len(here.record.ended) == 1
        routing = here.rig.relay.routing
        here.rig.relay.routing = replace(routing, rules=compile_rules([parse_rule("MATCH,DIRECT")]))
        assert await here.ask(b"x", server) == b"x"


async def test_quic_with_a_doubtful_name_is_sent_to_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    async with place("DOMAIN,far.test,REJECT", "MATCH,DIRECT") as here, echo() as (server, _):
        monkeypatch.setattr(datagrams, "_QUIC_PORT", server[1])
        here.program.send(b"x", server)
        assert "name is not known" in (await here.record.wait_closed()).reason
        here.rig.memory.remember("127.0.0.1", "far.test", 60)
        here.rig.memory.remember("127.0.0.1", "near.test", 60)
        other = Program(here.gate)
        other.send(b"x", server)
        assert "several names" in (await here.record.wait_closed(2)).reason
        other.sock.close()


async def test_hearsay_names_a_flow_but_not_quic(monkeypatch: pytest.MonkeyPatch) -> None:
    async with place("DOMAIN,far.test,DIRECT", "MATCH,REJECT") as here, echo() as (server, _):
        here.rig.known_names.learn([("127.0.0.1", "far.test", 60)], hearsay=True)
        assert await here.ask(b"x", server) == b"x"
        monkeypatch.setattr(datagrams, "_QUIC_PORT", server[1])
        other = Program(here.gate)
        other.send(b"x", server)
        assert "name is not known" in (await here.record.wait_closed()).reason
        other.sock.close()


async def test_questions_for_names_are_not_flows() -> None:
    async with place() as here:
        assert await here.ask(b"who", ("192.0.2.1", 53)) == b"WHO"
        here.program.send(b"", ("192.0.2.1", 53))  # no question: no answer
        assert await here.ask(b"what", ("192.0.2.1", 53)) == b"WHAT"
        assert [server for _, server in here.questions] == [("192.0.2.1", 53)] * 3
        assert here.record.flows == []


async def test_one_port_for_a_programs_socket() -> None:
    async with place() as here, echo() as (one, seen), echo() as (other, seen_too):
        stranger = Program(here.gate)
        await here.ask(b"x", one)
        await here.ask(b"x", other)
        await here.ask(b"x", one, stranger)
        assert seen.seen[0] == seen_too.seen[0]
        assert seen.seen[0] != seen.seen[1]
        # And it is given up with the last of its flows.
        here.datagrams.close()
        assert here.datagrams._outside == {}
        stranger.sock.close()


async def test_no_two_programs_share_a_port() -> None:
    async with place() as here, echo() as (server, seen):
        programs = [Program(here.gate) for _ in range(600)]
        for program in programs:
            assert await here.ask(b"x", server, program) == b"x"
        assert len(set(seen.seen)) == len(programs)
        for number, program in enumerate(programs):  # and each still has what is its own
            assert await here.ask(b"%d" % number, server, program) == b"%d" % number
        for program in programs:
            program.sock.close()


async def test_two_destinations_that_are_one_service() -> None:
    async with echo() as (server, _):
        service = Upstream("echo", UpstreamKind.SERVICE, *server)
        async with place("MATCH,echo", upstreams=[service]) as here:
            for _ in range(2):
                for last in range(1, 5):
                    assert await here.ask(b"%d" % last, (f"192.0.2.{last}", 9)) == b"%d" % last


async def test_what_came_before_it_was_connected_is_nobodys() -> None:
    """A port that others know already is open to them between bind() and connect()."""
    async with place() as here, echo() as (one, seen), echo() as (other, _):
        await here.ask(b"x", one)
        known = seen.seen[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as evil:
            edges = here.rig.relay.edges

            class Late:
                def udp(self, family):
                    return Slow(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

            class Slow(socket.socket):
                def connect(self, to):
                    evil.sendto(b"forged", known)
                    super().connect(to)

            here.rig.relay.edges = replace(edges, sockets=Late())
            assert await here.ask(b"y", other) == b"y"
            assert here.program.got() is None


async def test_a_server_that_is_not_there() -> None:
    async with place() as here:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            server = taken.getsockname()
        here.program.send(b"x", server)
        await until(lambda: here.gate.refused)
        (flow,) = here.record.flows
        assert "refused the connection" in flow.reason
        assert flow.state is FlowState.OPEN
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
            late.bind(server)
            here.program.send(b"y", server)
            late.settimeout(DEADLINE)
            said, who = await asyncio.to_thread(late.recvfrom, 100)
            late.sendto(said, who)
            assert (await until(here.program.got))[0] == b"y"
        assert flow.reason == ""


async def test_silence_ends_a_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datagrams, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(datagrams, "UNANSWERED_SECONDS", 0.05)
    async with place() as here, echo() as (server, _):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            await here.ask(b"x", server)
            here.program.send(b"x", silent.getsockname())
            flow = await here.record.wait_closed()
            assert flow.port == silent.getsockname()[1]
            assert flow.reason == ""
            monkeypatch.setattr(datagrams, "ANSWERED_SECONDS", 0.05)
            await here.record.wait_closed(2)
            assert here.datagrams._timer is None or not here.datagrams.flows
            assert await here.ask(b"again", server) == b"again"


async def test_the_longest_unused_make_room() -> None:
    async with place() as here, echo() as (server, _):
        here.datagrams._most = 32
        programs = [Program(here.gate) for _ in range(40)]
        for program in programs:
            assert await here.ask(b"x", server, program) == b"x"
            assert await here.ask(b"x", server, programs[0]) == b"x"  # always in use
        assert len(here.datagrams.flows) <= 32
        ended = {flow.source_port for flow in here.record.ended}
        assert programs[0].name[1] not in ended
        assert programs[1].name[1] in ended
        assert "its place" in here.record.ended[0].reason
        for program in programs:
            program.sock.close()


async def test_no_descriptor_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async with place() as here, echo() as (server, _):

        class NoSockets:
            def udp(self, family):
                raise OSError(errno.EMFILE, "Too many open files")

        relay = here.rig.relay
        relay.edges = replace(relay.edges, sockets=NoSockets())
        here.program.send(b"x", server)
        flow = await here.record.wait_closed()
        assert flow.reason == "Byway has no file descriptor left"
        assert here.gate.refused


async def test_the_user_closes_one() -> None:
    async with place() as here, echo() as (server, _):
        await here.ask(b"x", server)
        number = here.record.flows[0].id
        assert not here.datagrams.close_flow(number + 1)
        assert here.datagrams.close_flow(number)
        assert here.record.ended[0].reason == "closed by the user"
        assert await here.ask(b"y", server) == b"y"  # the program goes on: a flow of its own


async def test_an_error_of_ours_costs_one_flow(caplog: pytest.LogCaptureFixture) -> None:
    async with place() as here, echo() as (server, _), echo() as (other, _):
        await here.ask(b"x", server)
        await here.ask(b"x", other)
        exchange = next(iter(here.datagrams.flows.values()))

        def stumble(payload: object) -> None:
            raise ZeroDivisionError

        exchange._way = stumble
        here.program.send(b"y", server)
        flow = await here.record.wait_closed()
        assert "error in Byway itself" in flow.reason
        assert await here.ask(b"y", other) == b"y"
        assert "ZeroDivisionError" in caplog.text
