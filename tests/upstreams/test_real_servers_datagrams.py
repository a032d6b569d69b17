"""Datagrams through real SOCKS5 servers, and refusals of those that carry none."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial

import pytest
from tests.support.datagrams import echo, place, until
from tests.support.gates import Program
from tests.support.servers import ABSENT, CREDENTIALS, SERVERS, WRONG, Credentials, ProxyServer

from byway_core.model.fake_addresses import fake_pair
from byway_core.model.upstream import Upstream, UpstreamKind

CARRYING = ("dante", "mihomo", "sing-box")
FAMILIES = (socket.AF_INET, socket.AF_INET6)
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[tuple[str, bool], ProxyServer]]:
    with ExitStack() as stack:
        yield {
            (name, account): stack.enter_context(SERVERS[name](CREDENTIALS if account else None))
            for name in CARRYING
            for account in (False, True)
            if name not in ABSENT
        }


def by(server: ProxyServer, credentials: Credentials | None = None) -> dict:
    """What `place` is told of the server."""
    user = credentials.username if credentials else None
    upstream = Upstream("up", UpstreamKind.SOCKS5, server.host, server.port, user)
    passwords = {"up": credentials.password} if credentials else {}
    return {"upstreams": [upstream], "passwords": passwords}


@pytest.mark.parametrize("family", FAMILIES, ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("account", [False, True], ids=["open", "account"])
@pytest.mark.parametrize("name", CARRYING)
async def test_there_and_back(name, account, family, servers) -> None:
    given = by(servers[name, account], CREDENTIALS if account else None)
    there = LOOPBACK[family]
    async with (
        place("MATCH,up", family=family, **given) as here,
        echo(there) as (one, seen),
        echo(there) as (other, seen_too),
    ):
        for payload in (b"x", bytes(1200), b"y" * 8000):
            assert await here.ask(payload, one) == payload
        assert await here.ask(b"z", other) == b"z"
        # One port for all that this socket talks to, and it is the server's.
        assert seen.seen[0][:2] == seen_too.seen[0][:2] != here.program.name
        assert {str(flow.decision.action) for flow in here.record.flows} == {"up"}


@pytest.mark.parametrize("name", CARRYING)
async def test_to_a_name_that_only_the_server_knows(name) -> None:
    """As of a fake address, here of IPv6 as well."""
    addresses = [str(address) for address in fake_pair(7)]
    with SERVERS[name](None, {"far.test": "127.0.0.1"}) as server:
        for family, fake in zip(FAMILIES, addresses, strict=True):
            async with (
                place("MATCH,up", family=family, **by(server)) as here,
                echo() as (one, _),
                echo() as (other, _),
            ):
                here.rig.known_names.fakes.learn([(7, "far.test")])
                first = Program(here.gate)
                await until(partial(sent_and_answered, first, (fake, one[1])))
                first.sock.close()
                for payload in (b"x", bytes(1200)):
                    for port in one[1], other[1]:
                        assert await here.ask(payload, (fake, port)) == payload


@pytest.mark.parametrize("name", CARRYING)
async def test_the_wrong_password(name, servers) -> None:
    async with place("MATCH,up", **by(servers[name, True], WRONG)) as here:
        here.program.send(b"x", ("127.0.0.1", 9))
        assert "authentication refused" in (await here.record.wait_closed()).reason
        assert here.gate.refused


@pytest.mark.parametrize("name", CARRYING)
async def test_two_hundred_programs(name, servers) -> None:
    async with place("MATCH,up", **by(servers[name, False])) as here, echo() as (there, seen):
        programs = [Program(here.gate) for _ in range(200)]
        for number, program in enumerate(programs):
            program.send(b"%d" % number, there)
        for number, program in enumerate(programs):
            assert (await until(program.got))[0] == b"%d" % number
        assert len(set(seen.seen)) == 200
        for program in programs:
            program.sock.close()


@pytest.mark.parametrize("name", CARRYING)
async def test_a_server_that_is_killed(name) -> None:
    async with echo() as (there, _):
        with SERVERS[name]() as server:
            async with place("MATCH,up", **by(server)) as here:
                await until(partial(sent_and_answered, here.program, there))
                for pid in family_of(server.pid):
                    with suppress(ProcessLookupError):  # some go with their parent
                        os.kill(pid, signal.SIGKILL)
                assert "has ended" in (await here.record.wait_closed()).reason
                here.program.send(b"x", there)
                reason = (await here.record.wait_closed(2)).reason
                assert "the server refused" in reason or "the server reset" in reason
                assert here.gate.refused


@pytest.mark.parametrize("name", ["microsocks", "ssh-D"])
async def test_servers_that_carry_none(name) -> None:
    with SERVERS[name]() as server:
        async with place("MATCH,up", **by(server)) as here:
            here.program.send(b"x", ("127.0.0.1", 9))
            assert "does not carry datagrams" in (await here.record.wait_closed()).reason
            assert here.gate.refused


def sent_and_answered(program: Program, to: tuple[str, int]) -> bool:
    """mihomo takes datagrams before it knows its own hosts, and loses them."""
    program.send(b"first", to)
    return bool(program.got())


def family_of(pid: int) -> list[int]:
    """A process and all below it."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [pid, *(each for child in file.read().split() for each in family_of(int(child)))]
