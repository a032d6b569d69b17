"""Greeting and request in one piece: only for servers that have shown that they take it."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, Rig, echo, rig, served, socks5

from byway_core.relay.pipelining import WORTH_A_TRIAL

pytestmark = pytest.mark.asyncio

OK = b"\5\0\0\1\0\0\0\0\0\0"
NO_SUCH_HOST = b"\5\4\0\1\0\0\0\0\0\0"
TRIAL = "pipelining-test.invalid"


class Server:
    """A SOCKS5 server that keeps how each client's first bytes came. `drops`: it throws away what
    comes with a greeting, as microsocks does."""

    def __init__(self, *, drops: bool = False) -> None:
        self.drops = drops
        self.firsts: list[bytes] = []
        self.trial_over = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(4096)
        self.firsts.append(first)
        writer.write(b"\5\0")
        trial = TRIAL.encode() in first
        try:
            if len(first) == 3 or self.drops:
                request = await reader.read(4096)
                if not request:
                    return
            writer.write(NO_SUCH_HOST if trial else OK)
            if not trial:
                await echo(reader, writer)
        finally:
            if trial:
                self.trial_over.set()


async def talk(relay: Rig, count: int) -> None:
    for _ in range(count):
        reader, writer = await relay.tunnel("some.example", 80)
        writer.write(b"ping")
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(4) == b"ping"
        writer.close()


def pipelined(firsts: list[bytes]) -> list[bool]:
    return [len(first) > 3 for first in firsts if TRIAL.encode() not in first]


async def settled(relay: Rig) -> None:
    """Until the trial's verdict is in: its connection's end is the last that the relay does."""
    async with asyncio.timeout(DEADLINE):
        while relay.relay.pipelining.under_trial:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)


async def test_a_server_that_takes_it_gets_it_after_the_trial() -> None:
    server = Server()
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await server.trial_over.wait()
        await settled(relay)
        await talk(relay, 3)
    assert pipelined(server.firsts) == [False] * WORTH_A_TRIAL + [True] * 3


async def test_a_server_that_drops_it_never_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byway_core.relay.pipelining.TRIAL_SECONDS", 0.05)
    server = Server(drops=True)
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await server.trial_over.wait()
        await settled(relay)
        await talk(relay, 3)
    assert pipelined(server.firsts) == [False] * (WORTH_A_TRIAL + 3)


async def test_a_few_connections_are_not_worth_a_trial() -> None:
    server = Server()
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL - 1)
        assert not relay.relay.pipelining.under_trial
    assert len(server.firsts) == WORTH_A_TRIAL - 1


async def test_with_a_password_nothing_changes() -> None:
    server = FakeSocks5(then=echo)
    upstream = socks5(1, username="me")
    async with served(server), rig("MATCH,up", upstreams=[upstream]) as relay:
        gateway = relay.relay.routing.gateways["up"]
        assert not any(relay.relay.pipelining.known(gateway) for _ in range(WORTH_A_TRIAL + 1))
        assert not relay.relay.pipelining.under_trial


@pytest.mark.parametrize(
    ("refusal", "goes_on"),
    [(b"\5\1\0\1\0\0\0\0\0\0", True), (b"\5\2\0\1\0\0\0\0\0\0", True), (b"", False)],
    ids=["general failure", "forbidden", "hangs up"],
)
async def test_only_a_server_that_gives_no_answer_is_doubted(refusal: bytes, goes_on: bool) -> None:
    server = Server()

    async def refuse(reader, writer) -> None:
        await reader.read(4096)
        writer.write(b"\5\0" + refusal)

    turn = server

    async def serve(reader, writer) -> None:
        await turn(reader, writer)

    async with served(serve) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await server.trial_over.wait()
        await settled(relay)
        turn = refuse
        with pytest.raises(ConnectionError):
            await relay.tunnel("dead.example", 80)
        turn = server
        await talk(relay, 1)
        assert pipelined(server.firsts)[-1] is goes_on


async def test_a_server_that_takes_it_no_more_is_spared() -> None:
    server = Server()
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await server.trial_over.wait()
        await settled(relay)
        gateway = relay.relay.routing.gateways["up"]
        assert relay.relay.pipelining.known(gateway)
        relay.relay.pipelining.distrust(gateway)
        await talk(relay, 1)
        assert pipelined(server.firsts)[-1] is False
