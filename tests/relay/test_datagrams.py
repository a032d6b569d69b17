"""Flows of datagrams: between a fake gate and real servers on loopback."""

from __future__ import annotations

import asyncio
import errno
import socket
from dataclasses import replace

import pytest
from tests.support.datagrams import echo, place, until
from tests.support.gates import Program, packed
from tests.support.relaying import DEADLINE

from byway_core.model.flow import FlowState, HostSource
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay import datagrams
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule


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
        assert len(here.datagrams.outside) == 0
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
    monkeypatch.setattr(datagrams, "SHORT_SECONDS", 0.05)
    async with place() as here, echo() as (server, _), echo() as (clock, _):
        await here.ask(b"x", clock)
        flow = await here.record.wait_closed()
        assert (flow.port, flow.reason) == (clock[1], "")  # a question and its answer
        monkeypatch.setattr(datagrams, "STREAM_AFTER_SECONDS", 0.01)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            await here.ask(b"x", server)
            here.program.send(b"x", silent.getsockname())
            here.datagrams.flows[here.program.name, packed(server)].begun -= 1
            flow = await here.record.wait_closed(2)
            assert flow.port == silent.getsockname()[1]
            assert flow.reason == ""
            assert await here.ask(b"x", server) == b"x"
            monkeypatch.setattr(datagrams, "STREAM_SECONDS", 0.05)
            await here.record.wait_closed(3)
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

        exchange.way = stumble
        here.program.send(b"y", server)
        flow = await here.record.wait_closed()
        assert "error in Byway itself" in flow.reason
        assert await here.ask(b"y", other) == b"y"
        assert "ZeroDivisionError" in caplog.text
