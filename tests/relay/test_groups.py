"""Connections by a group: its members are tried until one opens the way, and nobody notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.support.datagrams import echo as udp_echo
from tests.support.datagrams import place
from tests.support.relaying import (
    DEADLINE,
    FakeSocks5,
    Rig,
    dead_port,
    echo,
    is_reset,
    rig,
    served,
    silent_listener,
    socks5,
)
from tests.support.udp_socks5 import UdpSocks5

from byway_core.model.group import Group, GroupKind
from byway_core.model.upstream import UdpWay, Upstream, UpstreamKind
from byway_core.relay import attempts
from byway_core.upstreams.standing import Doubt, Known, Standing

pytestmark = pytest.mark.asyncio
HOST = "some.example"


def group(kind: str, *members: str, name: str = "auto") -> Group:
    return Group(name, GroupKind(kind), members)


class Told:
    """What a relay tells the main process of groups."""

    def __init__(self, made: Rig) -> None:
        self.standing: Standing = made.relay.edges.standing
        self.uses: list[str] = []
        self.failures: list[tuple[str, Doubt]] = []
        self.standing.on_use = self.uses.append
        self.standing.on_failure = lambda member, words, doubt: self.failures.append(
            (member, doubt)
        )


@contextlib.asynccontextmanager
async def by(
    *groups: Group, upstreams: list[Upstream], rule: str = "MATCH,auto", **names: str
) -> AsyncIterator[tuple[Rig, Told]]:
    async with rig(rule, upstreams=upstreams, groups=groups, **names) as made:
        yield made, Told(made)


async def says(made: Rig, payload: bytes, host: str = HOST, port: int = 443) -> bytes:
    reader, writer = await made.tunnel(host, port)
    writer.write(payload)
    async with asyncio.timeout(DEADLINE):
        answer = await reader.readexactly(len(payload))
    writer.close()
    return answer


async def test_a_member_that_is_not_there_is_passed_over() -> None:
    server = FakeSocks5(then=echo)
    with dead_port() as dead:
        async with served(server) as port:
            upstreams = [socks5(dead, "a"), socks5(port, "b")]
            async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
                assert await says(made, b"ping") == b"ping"
                flow = made.record.flows[0]
                assert (flow.member, str(flow.decision.action)) == ("b", "auto")
                assert flow.because == (
                    "b is the first of auto that is alive; before it others have failed: "
                    f"upstream a (127.0.0.1:{dead}) refused the connection"
                )
                assert told.uses == ["auto"]
                assert told.failures == [("a", Doubt.DEAD)]
                # The next connection does not try it.
                assert await says(made, b"pong") == b"pong"
                assert made.record.flows[1].because == "b is the first of auto that is alive"
                assert server.asked == [(HOST, 443)] * 2


@pytest.mark.parametrize("ends", ["hangs up", "resets", "no method", "failure", "forbidden"])
async def test_a_member_that_fails_in_its_handshake_is_passed_over(ends: str) -> None:
    async def fails(reader, writer) -> None:
        await reader.readexactly(3)
        if ends == "hangs up":
            return
        if ends == "resets":
            writer.transport.abort()
            return
        if ends == "no method":
            writer.write(b"\5\xff")
            await reader.read()
            return
        writer.write(b"\5\0")
        await reader.readexactly(4 + 1 + len(HOST) + 2)
        code = {"failure": 1, "forbidden": 2}[ends]
        writer.write(bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))
        await reader.read()

    server = FakeSocks5(then=echo)
    doubts = {"no method": [("a", Doubt.DEAD)], "forbidden": []}.get(ends, [("a", Doubt.UNSURE)])
    async with served(fails) as first, served(server) as port:
        upstreams = [socks5(first, "a"), socks5(port, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
            assert await says(made, b"ping") == b"ping"
            assert made.record.flows[0].member == "b"
            assert told.failures == doubts


async def test_what_the_program_said_early_is_not_lost() -> None:
    """Its first bytes were read to learn the name."""
    request = b"GET / HTTP/1.1\r\nHost: some.example\r\n\r\n"
    server = FakeSocks5(then=echo)
    with dead_port() as dead:
        async with served(server) as port:
            upstreams = [socks5(dead, "a"), socks5(port, "b")]
            auto = group("fallback", "a", "b")
            async with rig(
                f"DOMAIN,{HOST},auto", "MATCH,REJECT", upstreams=upstreams, groups=[auto]
            ) as made:
                reader, writer = await asyncio.open_connection("127.0.0.1", made.caught)
                writer.write(request)
                async with asyncio.timeout(DEADLINE):
                    assert await reader.readexactly(len(request)) == request
                assert made.record.flows[0].up == len(request)
                writer.close()


async def test_an_unreachable_destination_is_no_members_fault() -> None:
    refusing, other = FakeSocks5(reply=b"\5\4\0\1" + bytes(6)), FakeSocks5(then=echo)
    async with served(refusing) as first, served(other) as second:
        upstreams = [socks5(first, "a"), socks5(second, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
            with pytest.raises(ConnectionError):
                await says(made, b"ping")
            assert (other.asked, told.failures) == ([], [])
            assert "destination is unreachable" in (await made.record.wait_closed()).reason


async def test_a_member_that_is_silent_is_given_up_early(monkeypatch) -> None:
    monkeypatch.setattr(attempts, "ATTEMPT_SECONDS", 0.05)
    server = FakeSocks5(then=echo)
    with dead_port() as port_of_silence, silent_listener("127.0.0.2", port_of_silence):
        async with served(server) as port:
            upstreams = [socks5(port_of_silence, "a", "127.0.0.2"), socks5(port, "b")]
            async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
                assert await says(made, b"ping") == b"ping"
                assert told.failures == [("a", Doubt.DEAD)]


async def test_a_member_that_hangs_is_told_of_and_then_given_up(monkeypatch) -> None:
    """Its kernel accepts, and nobody answers."""
    monkeypatch.setattr(attempts, "ATTEMPT_SECONDS", 0.05)
    monkeypatch.setattr(attempts, "LATE_SECONDS", 0.05)

    async def hangs(reader, writer) -> None:
        await reader.read()

    server = FakeSocks5(then=echo)
    async with served(hangs) as first, served(server) as port:
        upstreams = [socks5(first, "a"), socks5(port, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
            assert await says(made, b"ping") == b"ping"
            assert set(told.failures) == {("a", Doubt.UNSURE)}


async def test_a_profile_without_the_members_comes_while_they_are_tried() -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hangs_up(reader, writer) -> None:
        reached.set()
        await go_on.wait()

    server = FakeSocks5(then=echo)
    async with served(hangs_up) as first, served(server) as port:
        upstreams = [socks5(first, "a"), socks5(port, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, _):
            async with asyncio.TaskGroup() as tasks:
                saying = tasks.create_task(says(made, b"ping"))
                async with asyncio.timeout(DEADLINE):
                    await reached.wait()
                made.relay.routing = replace(made.relay.routing, gateways={}, groups={})
                go_on.set()
            assert saying.result() == b"ping"


async def test_where_all_fail_it_is_said_of_each_and_then_refused_at_once() -> None:
    with dead_port() as one, dead_port() as two:
        upstreams = [socks5(one, "a"), socks5(two, "b")]
        async with by(group("load-balance", "a", "b"), upstreams=upstreams) as (made, told):
            with pytest.raises(ConnectionError):
                await says(made, b"ping")
            reason = (await made.record.wait_closed()).reason
            for name, port in (("a", one), ("b", two)):
                assert f"upstream {name} (127.0.0.1:{port}) refused the connection" in reason
            assert await is_reset(made.caught)
            flow = await made.record.wait_closed(2)
            assert flow.reason.startswith("no member of auto is alive: a: upstream a")
            assert flow.member == ""
            assert sorted(told.failures) == sorted([("a", Doubt.DEAD), ("b", Doubt.DEAD)])


async def test_never_directly_unless_that_is_a_member() -> None:
    async with served(echo) as origin:
        with dead_port() as dead:
            upstreams = [socks5(dead, "a")]
            there = ("127.0.0.1", origin)
            auto = group("fallback", "a")
            async with by(auto, upstreams=upstreams) as (made, _):
                with pytest.raises(ConnectionError):
                    await made.tunnel(*there)
            auto = group("fallback", "a", "DIRECT")
            async with by(auto, upstreams=upstreams) as (made, _):
                assert await says(made, b"ping", *there) == b"ping"
                assert made.record.flows[0].member == "DIRECT"


async def test_a_direct_way_that_fails_leads_to_the_next_and_is_not_dead() -> None:
    server = FakeSocks5(then=echo)
    with dead_port() as nobody:
        async with served(server) as port:
            auto = group("fallback", "DIRECT", "a")
            async with by(auto, upstreams=[socks5(port, "a")]) as (made, told):
                _, writer = await made.tunnel("127.0.0.1", nobody)
                assert (made.record.flows[0].member, told.failures) == ("a", [])
                writer.close()


async def test_select_takes_the_chosen_and_no_other() -> None:
    server = FakeSocks5(then=echo)
    with dead_port() as dead:
        async with served(server) as port:
            upstreams = [socks5(dead, "a"), socks5(port, "b")]
            choice = group("select", "a", "b", "REJECT")
            async with by(choice, upstreams=upstreams) as (made, told):
                with pytest.raises(ConnectionError):
                    await says(made, b"ping")
                told.standing.known = Known(chosen={"auto": "b"})
                reader, writer = await made.tunnel(HOST, 443)
                told.standing.known = Known(chosen={"auto": "REJECT"})
                with pytest.raises(ConnectionError):
                    await says(made, b"ping")
                assert (await made.record.wait_closed(2)).reason == "REJECT is chosen in auto"
                writer.write(b"still there")  # live connections keep their way
                async with asyncio.timeout(DEADLINE):
                    assert await reader.readexactly(11) == b"still there"
                writer.close()
                await writer.wait_closed()


async def test_a_member_that_cannot_be_told_the_destination_is_passed_over() -> None:
    """SOCKS4 has no names."""
    server = FakeSocks5(then=echo)
    async with served(server) as port:
        upstreams = [Upstream("a", UpstreamKind.SOCKS4, "127.0.0.1", port), socks5(port, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
            assert await says(made, b"ping") == b"ping"
            assert (made.record.flows[0].member, told.failures) == ("b", [])


async def test_a_server_whose_name_is_not_known_is_passed_over() -> None:
    server = FakeSocks5(then=echo)
    async with served(server) as port:
        upstreams = [socks5(1, "a", "no such server"), socks5(port, "b")]
        async with by(group("fallback", "a", "b"), upstreams=upstreams) as (made, told):
            assert await says(made, b"ping") == b"ping"
            assert told.failures == [("a", Doubt.DEAD)]


async def test_no_more_than_eight_are_tried() -> None:
    with contextlib.ExitStack() as stack:
        names = [f"m{number}" for number in range(100)]
        upstreams = [socks5(stack.enter_context(dead_port()), name) for name in names]
        async with by(group("fallback", *names), upstreams=upstreams) as (made, told):
            with pytest.raises(ConnectionError):
                await says(made, b"ping")
            assert [name for name, _ in told.failures] == names[: attempts.MOST_ATTEMPTS]


# -- datagrams

ONE = ("192.0.2.1", 9)


async def test_datagrams_go_by_the_first_member_that_takes_them() -> None:
    async with UdpSocks5().running() as server:
        refusing = socks5(1, "b", udp=UdpWay.REFUSE)
        http = Upstream("c", UpstreamKind.HTTP, "127.0.0.1", 1)
        auto = group("fallback", "b", "c", "up")
        upstreams = [refusing, http, server.upstream]
        async with place("MATCH,auto", upstreams=upstreams, groups=[auto]) as here:
            assert await here.ask(b"x", ONE) == b"x"
            flow = here.record.flows[0]
            assert (flow.member, flow.because) == ("up", "up is the first of auto that is alive")


async def test_datagrams_that_a_member_turns_away_go_by_the_next() -> None:
    """What was held while it was asked goes along."""
    with dead_port() as dead:
        async with UdpSocks5().running() as server:
            auto = group("fallback", "a", "up")
            upstreams = [socks5(dead, "a"), server.upstream]
            async with place("MATCH,auto", upstreams=upstreams, groups=[auto]) as here:
                assert await here.ask(b"first", ONE) == b"first"
                assert await here.ask(b"second", ONE) == b"second"
                (flow,) = here.record.flows
                assert (flow.member, flow.up) == ("up", 11)
                assert here.gate.refused == []


async def test_datagrams_of_a_chosen_member_that_takes_none_are_refused() -> None:
    choice = group("select", "a", "DIRECT")
    async with udp_echo() as (where, _):
        upstreams = [socks5(1, "a", udp=UdpWay.REFUSE)]
        async with place("MATCH,auto", upstreams=upstreams, groups=[choice]) as here:
            here.program.send(b"x", where)
            flow = await here.record.wait_closed()
            assert flow.reason.endswith('is to carry no datagrams: udp = "refuse"')
            here.rig.relay.edges.standing.known = Known(chosen={"auto": "DIRECT"})
            assert await here.ask(b"y", where) == b"y"
            assert here.record.flows[-1].member == "DIRECT"
