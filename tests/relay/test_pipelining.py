"""Greeting, request and data in one piece: only for servers that have shown that they take it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from enum import Enum

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, Rig, echo, rig, served, socks5

from byway_core.relay.pipelining import WORTH_A_TRIAL, Ahead

pytestmark = pytest.mark.asyncio

GREETING = b"\5\1\0"
GET = b"GET / HTTP/1.1\r\nHost: some.example\r\n\r\n"
# Rules that make the relay look at a program's first bytes.
BY_NAME = ("DOMAIN,other.example,DIRECT", "MATCH,up")
OK = b"\5\0\0\1\0\0\0\0\0\0"
NO_SUCH_HOST = b"\5\4\0\1\0\0\0\0\0\0"
TRIAL = "pipelining-test.invalid"


class Keeps(Enum):
    """What of a client's first piece a server does not throw away."""

    GREETING = 1  # as microsocks
    REQUEST = 2
    ALL = 3


class Server:
    """A SOCKS5 server that remembers how each client's first bytes came. Asked for itself it greets
    as itself; every other destination is an echo, and those of `refused` names are refused."""

    def __init__(self, keeps: Keeps = Keeps.ALL, refused: tuple[bytes, ...] = ()) -> None:
        self.keeps = keeps
        self.refused = (TRIAL.encode(), *refused)
        self.port = 0
        self.firsts: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port = writer.get_extra_info("sockname")[1]
        first = await reader.read(4096)
        self.firsts.append(first)
        writer.write(b"\5\0")
        rest = b"" if self.keeps is Keeps.GREETING else first[3:]
        rest = rest or await reader.read(4096)
        if not rest:
            return
        end = 10 if rest[3] == 1 else 7 + rest[4]
        host, port = rest[4 : end - 2], rest[end - 2 : end]
        data = rest[end:] if self.keeps is Keeps.ALL else b""
        if host[1:] in self.refused:
            writer.write(NO_SUCH_HOST)
            return
        writer.write(OK)
        if int.from_bytes(port) != self.port:
            writer.write(data)
            await echo(reader, writer)
        elif data == GREETING:
            writer.write(b"\5\0")
        else:
            await reader.read()

    def of_programs(self) -> list[bytes]:
        """The first pieces of all connections that were no trial."""
        own = self.port.to_bytes(2)
        return [f for f in self.firsts if TRIAL.encode() not in f and own not in f[3:13]]


async def talk(relay: Rig, count: int) -> None:
    for _ in range(count):
        reader, writer = await relay.tunnel("some.example", 80)
        writer.write(b"ping")
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(4) == b"ping"
        writer.close()


def pipelined(server: Server) -> list[bool]:
    return [len(first) > 3 for first in server.of_programs()]


async def settled(relay: Rig) -> None:
    """Until the trials' verdicts are in."""
    async with asyncio.timeout(DEADLINE):
        while relay.relay.pipelining.under_trial:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)


async def test_a_server_that_takes_it_gets_it_after_the_trial() -> None:
    server = Server()
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await settled(relay)
        await talk(relay, 3)
    assert pipelined(server) == [False] * WORTH_A_TRIAL + [True] * 3


async def test_a_server_that_drops_it_never_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byway_core.relay.pipelining.TRIAL_SECONDS", 0.05)
    server = Server(Keeps.GREETING)
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await settled(relay)
        await talk(relay, 3)
    assert pipelined(server) == [False] * (WORTH_A_TRIAL + 3)


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
        await settled(relay)
        turn = refuse
        with pytest.raises(ConnectionError):
            await relay.tunnel("dead.example", 80)
        turn = server
        await talk(relay, 1)
        assert pipelined(server)[-1] is goes_on


async def test_a_server_that_takes_it_no_more_is_spared() -> None:
    server = Server()
    async with served(server) as port, rig("MATCH,up", upstreams=[socks5(port)]) as relay:
        await talk(relay, WORTH_A_TRIAL)
        await settled(relay)
        gateway = relay.relay.routing.gateways["up"]
        assert relay.relay.pipelining.known(gateway)
        relay.relay.pipelining.distrust(gateway)
        await talk(relay, 1)
        assert pipelined(server)[-1] is False


async def ask(relay: Rig, question: bytes) -> bytes:
    """What a program hears that is intercepted and speaks first; b"" where it is reset."""
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
    writer.write(question)
    try:
        async with asyncio.timeout(DEADLINE):
            return await reader.readexactly(len(question))
    except ConnectionError:
        return b""
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def tried(server: Server) -> AsyncIterator[Rig]:
    """A relay that has tried the server out."""
    async with served(server) as port, rig(*BY_NAME, upstreams=[socks5(port)]) as relay:
        for _ in range(WORTH_A_TRIAL):
            assert await ask(relay, GET) == GET
        await settled(relay)
        yield relay


async def heard(server: Server, count: int) -> None:
    """Until so many connections have come, trials included."""
    async with asyncio.timeout(DEADLINE):
        while len(server.firsts) < count:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)


async def test_first_bytes_go_with_the_request_to_a_server_that_keeps_them() -> None:
    server = Server()
    async with tried(server) as relay:
        assert await ask(relay, GET) == GET
        flow = await relay.record.wait_closed(WORTH_A_TRIAL + 1)
    assert (flow.up, flow.down, flow.reason) == (len(GET), len(GET), "")
    *before, last = server.of_programs()
    assert before == [GREETING] * WORTH_A_TRIAL
    assert last.startswith(b"\5\1\0\5\1\0\3")
    assert last.endswith(GET)


async def test_first_bytes_wait_for_a_server_that_loses_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("byway_core.relay.pipelining.TRIAL_SECONDS", 0.05)
    server = Server(Keeps.REQUEST)
    async with tried(server) as relay:
        assert await ask(relay, GET) == GET
        caught = relay.caught
    assert server.of_programs()[-1].endswith(b"some.example" + caught.to_bytes(2))


async def test_a_server_that_may_not_reach_itself_gets_the_request_only() -> None:
    """Many servers' rules forbid that."""
    server = Server(refused=(b"\0\0\1",))  # 127.0.0.1 behind what would be a name's length
    async with tried(server) as relay:
        assert await ask(relay, GET) == GET
        assert relay.relay.pipelining.known(relay.relay.routing.gateways["up"]) is Ahead.REQUEST
    assert not server.of_programs()[-1].endswith(GET)


async def test_a_refusal_is_told_although_data_went_ahead() -> None:
    server = Server(refused=(b"none.example",))
    refused = GET.replace(b"some", b"none")
    async with tried(server) as relay:
        assert await ask(relay, refused) == b""
        flow = await relay.record.wait_closed(WORTH_A_TRIAL + 1)
        assert "its name unknown" in flow.reason
        assert await ask(relay, GET) == GET
    assert server.of_programs()[-2].endswith(refused)
    assert server.of_programs()[-1].endswith(GET)  # a refusal is no reason to doubt


async def test_what_went_ahead_arrives_although_the_program_has_left() -> None:
    """Its last words and its FIN come together, before the server has said anything."""
    heard = asyncio.get_running_loop().create_future()
    server = Server()

    async def slow(reader, writer) -> None:
        if len(server.firsts) < WORTH_A_TRIAL + 2:
            await server(reader, writer)
            return
        data = await reader.read(4096)
        writer.write(b"\5\0")
        writer.write(OK)
        heard.set_result(data + await reader.read())

    async with served(slow) as port, rig(*BY_NAME, upstreams=[socks5(port)]) as relay:
        for _ in range(WORTH_A_TRIAL):
            assert await ask(relay, GET) == GET
        await settled(relay)
        _, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        writer.write(GET)
        writer.write_eof()
        async with asyncio.timeout(DEADLINE):
            assert (await heard).endswith(GET)
        writer.close()


async def test_a_server_whose_first_address_is_dead_still_hears_all() -> None:
    """Nothing of the opening is lost with an address that refuses."""
    server = Server()
    async with served(server) as port:
        upstream = replace(socks5(port), server="proxy.example")
        names = {"proxy.example": "127.0.0.2 127.0.0.1"}
        async with rig(*BY_NAME, upstreams=[upstream], **names) as relay:
            for _ in range(2 * WORTH_A_TRIAL):
                assert await ask(relay, GET) == GET


async def test_a_name_too_long_for_socks_is_no_fault_of_the_server() -> None:
    server = Server()
    async with tried(server) as relay:
        await ask(relay, GET.replace(b"some.example", b".".join([b"a" * 60] * 5)))
        gateway = relay.relay.routing.gateways["up"]
        assert relay.relay.pipelining.known(gateway) is Ahead.DATA


async def test_another_server_behind_the_same_name_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One program gets no answer and gives up; the next ones fare as if nothing had been known."""
    monkeypatch.setattr("byway_core.relay.pipelining.TRIAL_SECONDS", 0.05)
    server = Server()
    async with tried(server) as relay:
        server.keeps = Keeps.REQUEST
        _, writer = await asyncio.open_connection("127.0.0.1", relay.caught)
        writer.write(GET)
        await heard(server, WORTH_A_TRIAL + 3)
        writer.transport.abort()
        await relay.record.wait_closed(WORTH_A_TRIAL + 1)
        await settled(relay)
        assert await ask(relay, GET) == GET
