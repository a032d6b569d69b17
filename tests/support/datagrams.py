"""The data plane of UDP between a fake gate and real servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

from tests.support.gates import FakeGate, Program
from tests.support.relaying import DEADLINE, Rig, rig

from byway_core.relay.datagrams import Datagrams


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
async def echo(address: str = "127.0.0.1") -> AsyncIterator[tuple[tuple[str, int], Echo]]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Echo, local_addr=(address, 0))
    try:
        yield transport.get_extra_info("sockname")[:2], protocol
    finally:
        transport.close()


class Place:
    def __init__(self, made: Rig, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.rig = made
        self.record = made.record
        self.gate = FakeGate(family)
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
async def place(
    *rules: str, upstreams=None, passwords=None, family=socket.AF_INET, groups=(), **names: str
) -> AsyncIterator[Place]:
    async with rig(
        *rules, upstreams=upstreams, passwords=passwords, groups=groups, **names
    ) as made:
        here = Place(made, family)
        try:
            yield here
        finally:
            here.datagrams.close()
            here.program.sock.close()
