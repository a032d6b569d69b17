"""A SOCKS5 server for datagrams that does what a test wants, and keeps what it was sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address

from tests.support.relaying import DEADLINE, socks5

from byway_core.model.upstream import Upstream

Bound = Callable[[int], bytes]
Answers = Callable[[bytes], list[bytes]]


def at(address: str) -> Bound:
    """The reply that names this address and the server's port."""
    host = ip_address(address)
    return lambda port: b"\5\0\0%c" % {4: 1, 6: 4}[host.version] + host.packed + port.to_bytes(2)


def echo(datagram: bytes) -> list[bytes]:
    """As if the destination had sent it back."""
    return [datagram]


class UdpSocks5:
    """`reply` makes the reply to an ASSOCIATE of the port for datagrams, `answers` what comes back
    for each of them. An association is answered once `opens` is set."""

    def __init__(
        self, *, address: str = "127.0.0.1", reply: Bound | None = None, answers: Answers = echo
    ) -> None:
        self.address = address
        self.reply = reply or at(address)
        self.answers = answers
        self.opens = asyncio.Event()
        self.opens.set()
        self.asked: list[bytes] = []
        self.sent: list[tuple[bytes, tuple[str, int]]] = []
        self.controls: list[asyncio.StreamWriter] = []
        self.port = 0
        self._conversations: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    @property
    def upstream(self) -> Upstream:
        return socks5(self.port, "up", server=self.address)

    async def until(self, true: Callable[[], object]) -> None:
        """Until that holds of what it was asked and sent."""
        async with asyncio.timeout(DEADLINE):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    def hang_up(self) -> None:
        for control in self.controls:
            control.close()
        self.controls.clear()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[UdpSocks5]:
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._converse, self.address, 0)
        self.port = server.sockets[0].getsockname()[1]
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self.address, 0)
        )
        self.udp_port = self.transport.get_extra_info("sockname")[1]
        try:
            yield self
        finally:
            server.close()
            self.opens.set()
            self.hang_up()
            self.transport.close()
            async with asyncio.timeout(DEADLINE):
                await asyncio.gather(*self._conversations)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.append(task)
        self.controls.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readexactly((await reader.readexactly(2))[1])
            writer.write(b"\5\0")
            self.asked.append(await reader.readexactly(10))
            self._changed.set()
            await self.opens.wait()
            for piece in self.reply(self.udp_port):  # byte by byte
                writer.write(bytes([piece]))
                await writer.drain()
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        if writer in self.controls:
            self.controls.remove(writer)
        self._changed.set()

    def took(self, data: bytes, who: tuple[str, int]) -> None:
        self.sent.append((data, who))
        self._changed.set()
        for answer in self.answers(data):
            self.transport.sendto(answer, who)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: UdpSocks5) -> None:
        self._server = server

    def datagram_received(self, data, addr) -> None:
        self._server.took(data, addr)
