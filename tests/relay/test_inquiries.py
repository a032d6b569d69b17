"""Connections and flows that are decided by the process they come from: real programs, other than
this one, whose own sockets nobody looks for."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.relay.test_sniffing import client_hello
from tests.support import client_hello as client_hello_bytes
from tests.support import quic_client as quic
from tests.support.connectors import Connector, connector, copied_python
from tests.support.datagrams import Place, echo, until
from tests.support.gates import Program
from tests.support.relaying import DEADLINE, FakeSocks5, rig, served, socks5

from byway_core.intercept.desk import Desk
from byway_core.model.decision import Process
from byway_core.model.flow import HostSource
from byway_core.relay import inquiry
from byway_core.relay.connection import GAVE_UP
from byway_core.relay.held import MOST_DATAGRAMS

pytestmark = pytest.mark.asyncio
RULES = ("PROCESS-NAME,sonderling,up", "MATCH,REJECT")
MINE = f"UID,{os.geteuid()},DIRECT"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with closing(Desk()) as made:
        yield made


@pytest.fixture
def tool(tmp_path) -> Iterator[Connector]:
    with connector(copied_python(tmp_path, "sonderling")) as made:
        yield made


@pytest.fixture
def other(tmp_path) -> Iterator[Connector]:
    with connector(copied_python(tmp_path, "another")) as made:
        yield made


class Blocked:
    """A desk that has been asked and does not answer, until it is let go."""

    def __init__(self, desk: Desk, monkeypatch) -> None:
        self.go = threading.Event()
        find = desk._finder.find

        def later(inodes):
            self.go.wait(DEADLINE)
            return find(inodes)

        monkeypatch.setattr(desk._finder, "find", later)


@pytest.fixture
def blocked(desk, monkeypatch) -> Iterator[Blocked]:
    made = Blocked(desk, monkeypatch)
    yield made
    made.go.set()


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(inquiry, "PATIENCE_SECONDS", 0.25)


async def test_a_rule_decides_by_the_program(desk, tool, other) -> None:
    server = FakeSocks5()
    async with (
        served(server) as port,
        rig(*RULES, upstreams=[socks5(port)], desk=desk) as relay,
    ):
        tool.opens(("127.0.0.1", relay.caught))
        await server.wait_asked()
        other.opens(("127.0.0.1", relay.caught))
        flow = await relay.record.wait_closed()
        assert flow.reason == "refused by the rules"
        assert flow.process == Process(str(other.path), "another", os.geteuid())
        assert relay.record.flows[0].process == Process(str(tool.path), "sonderling", os.geteuid())


async def test_the_name_is_learned_meanwhile(desk, tool, other) -> None:
    """A rule that asks for both: neither alone is enough, whichever is known first."""
    rules = ("AND,((PROCESS-NAME,sonderling),(DOMAIN,far.example)),up", "MATCH,REJECT")
    server = FakeSocks5()
    async with (
        served(server) as port,
        rig(*rules, upstreams=[socks5(port)], desk=desk) as relay,
    ):
        hello = client_hello("far.example").hex()
        tool.opens(("127.0.0.1", relay.caught), how=f"say:{hello}")
        await server.wait_asked()
        assert server.asked == [("far.example", relay.caught)]
        assert relay.record.flows[0].host_source is HostSource.SNI
        other.opens(("127.0.0.1", relay.caught), how=f"say:{hello}")
        near = client_hello("near.example").hex()
        tool.opens(("127.0.0.1", relay.caught), how=f"say:{near}")
        await relay.record.wait_closed(2)
        assert {flow.host for flow in relay.record.ended} == {"far.example", "near.example"}


async def test_where_no_rule_asks_it_is_shown_all_the_same(desk, tool) -> None:
    async with (
        served(FakeSocks5()) as port,
        rig("MATCH,up", upstreams=[socks5(port)], desk=desk) as relay,
    ):
        tool.opens(("127.0.0.1", relay.caught))
        flow = await relay.record.wait_decided()
        process = await until(lambda: flow.process)
        assert process.name == "sonderling"


async def test_a_thousand_connections_at_once(desk, tool, other) -> None:
    rules = ("PROCESS-NAME,sonderling,REJECT", "PROCESS-NAME,another,REJECT", "MATCH,DIRECT")
    async with rig(*rules, desk=desk) as relay:

        def open_all() -> None:
            for _ in range(500):
                tool.opens(("127.0.0.1", relay.caught))
                other.opens(("127.0.0.1", relay.caught))

        await asyncio.to_thread(open_all)
        await relay.record.wait_closed(1000)
        decided = [flow.decision.rule_index for flow in relay.record.ended]
        assert (decided.count(0), decided.count(1)) == (500, 500)


async def test_a_desk_that_does_not_answer_is_not_waited_for(
    desk, tool, blocked, impatient, caplog
) -> None:
    server = FakeSocks5()
    rules = ("PROCESS-NAME,sonderling,REJECT", "MATCH,up")
    async with served(server) as port, rig(*rules, upstreams=[socks5(port)], desk=desk) as relay:
        began = relay.loop.time()
        for _ in range(2):
            tool.opens(("127.0.0.1", relay.caught))
        await server.wait_asked(2)
        assert relay.loop.time() - began >= inquiry.PATIENCE_SECONDS * 0.9
        flow = relay.record.flows[0]
        assert flow.process is None
        said = [each for each in caplog.records if each.levelno == logging.WARNING]
        assert len(said) == 1
        assert "It takes too long" in said[0].message
        blocked.go.set()  # late, and still worth showing
        assert (await until(lambda: flow.process)).name == "sonderling"


async def test_a_program_that_gives_up_while_it_is_looked_for(desk, tool, blocked) -> None:
    async with rig(*RULES, upstreams=[socks5(1)], desk=desk) as relay:
        tool.opens(("127.0.0.1", relay.caught))
        await until(lambda: relay.relay.live)
        tool.resets()
        flow = await relay.record.wait_closed()
        assert flow.reason == GAVE_UP
        blocked.go.set()
        await until(lambda: not desk._answers)
        assert not relay.record.flows


async def test_a_desk_that_cannot_know_is_not_waited_for(desk, tool) -> None:
    desk.obstacle = "for a reason"
    async with rig(*RULES, upstreams=[socks5(1)], desk=desk) as relay:
        tool.opens(("127.0.0.1", relay.caught))
        flow = await relay.record.wait_closed()
        assert flow.decision is not None
        assert flow.decision.rule_index == 1
        assert desk._thread is None


async def test_datagrams_are_held_until_it_is_known(desk, blocked) -> None:
    async with rig(MINE, "MATCH,REJECT", desk=desk) as made, echo() as (server, seen):
        here = Place(made)
        with closing(here.datagrams), closing(here.program.sock):
            for number in range(3):
                here.program.send(b"%d" % number, server)
            await until(lambda: here.datagrams._held)
            assert not seen.seen
            assert not made.record.flows
            blocked.go.set()
            got = [(await until(here.program.got))[0] for _ in range(3)]
            assert got == [b"0", b"1", b"2"]
            assert made.record.flows[0].process == Process("", "", os.geteuid())
            assert len(made.record.flows) == 1


async def test_datagrams_are_not_held_for_ever_nor_without_bound(desk, blocked, impatient) -> None:
    async with rig(MINE, "MATCH,REJECT", desk=desk) as made, echo() as (server, _):
        here = Place(made)
        with closing(here.datagrams), closing(here.program.sock):
            for _ in range(MOST_DATAGRAMS + 5):
                here.program.send(b"x", server)
            held = await until(lambda: next(iter(here.datagrams._held.values()), None))
            flow = await made.record.wait_closed()
            assert len(held.payloads) == MOST_DATAGRAMS
            assert flow.reason == "refused by the rules"
            assert here.gate.refused == [(here.program.name, server)]


async def test_flows_that_find_no_room_are_decided_at_once(desk, blocked, monkeypatch) -> None:
    monkeypatch.setattr("byway_core.relay.datagrams.MOST_WAITING", 1)
    async with rig(MINE, "MATCH,REJECT", desk=desk) as made, echo() as (server, _):
        here = Place(made)
        second = Program(here.gate)
        with closing(here.datagrams), closing(here.program.sock), closing(second.sock):
            here.program.send(b"x", server)
            await until(lambda: here.datagrams._held)
            second.send(b"x", server)
            flow = await made.record.wait_closed()
            assert (flow.source, flow.source_port) == second.name
            assert len(here.datagrams._held) == 1


async def test_what_is_held_at_the_end_goes_nowhere(desk, blocked) -> None:
    async with rig(MINE, "MATCH,REJECT", desk=desk) as made, echo() as (server, seen):
        here = Place(made)
        with closing(here.program.sock):
            here.program.send(b"x", server)
            await until(lambda: here.datagrams._held)
            here.datagrams.close()
            blocked.go.set()
            await asyncio.sleep(0)
            assert not seen.seen
            assert not made.record.flows


@pytest.mark.parametrize("process_first", [True, False])
async def test_a_flow_waits_for_its_name_and_its_process(desk, blocked, process_first) -> None:
    """A rule wants both, and its QUIC name comes in two datagrams."""
    message = client_hello_bytes.chrome(b"near.test")
    one, two = quic.packets(quic.crypto(0, message[:1100]), quic.crypto(1100, message[1100:]))
    both = f"AND,((DOMAIN,near.test),(UID,{os.geteuid()})),DIRECT"
    async with rig(both, "MATCH,REJECT", desk=desk) as made, echo() as (server, seen):
        here = Place(made)
        with closing(here.datagrams), closing(here.program.sock):
            here.program.send(one, server)
            await until(lambda: here.datagrams.unnamed.held)
            if process_first:
                (first,) = here.datagrams.unnamed.held.values()
                blocked.go.set()
                await until(lambda: first._held.inquiry.over)
                assert not made.record.flows
                here.program.send(two, server)
            else:
                here.program.send(two, server)
                await until(lambda: here.datagrams._held)
                assert not seen.seen
                blocked.go.set()
            assert [(await until(here.program.got))[0] for _ in range(2)] == [one, two]
            (flow,) = made.record.flows
            assert (flow.host, flow.host_source) == ("near.test", HostSource.QUIC)
            assert flow.process == Process("", "", os.geteuid())
