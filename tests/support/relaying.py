"""A real relay on the test's own loop, between real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from ipaddress import ip_address

from byway_core.dns.known_names import KnownNames
from byway_core.intercept.desk import Desk
from byway_core.model.flow import Flow
from byway_core.model.group import Group
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay.listener import Entrance
from byway_core.relay.machine import Relay
from byway_core.relay.routing import Edges, Routing
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule
from byway_core.upstreams.direct import PlainSockets
from byway_core.upstreams.gateway import Gateway

DEADLINE = 10.0
Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Record:
    """A sink that keeps what it is told; tests wait on it."""

    def __init__(self) -> None:
        self.flows: list[Flow] = []
        self.ended: list[Flow] = []
        self._changed = asyncio.Event()

    def decided(self, flow: Flow) -> None:
        self.flows.append(flow)
        self._changed.set()

    def closed(self, flow: Flow) -> None:
        self.ended.append(flow)
        self._changed.set()

    async def wait_decided(self) -> Flow:
        """The first flow that the rules have spoken about."""
        async with asyncio.timeout(DEADLINE):
            while not self.flows:
                self._changed.clear()
                await self._changed.wait()
        return self.flows[0]

    async def wait_closed(self, count: int = 1) -> Flow:
        """The last of `count` ended flows."""
        async with asyncio.timeout(DEADLINE):
            while len(self.ended) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.ended[count - 1]


class Names:
    """A resolver that knows what the test told it: name -> addresses, with blanks between."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.late: list[Callable[[], None]] = []  # tells the second part

    def lookup(self, host: str, done) -> None:
        texts = self.known.get(host, host).split()
        try:
            found = [(_FAMILIES[ip_address(text).version], text) for text in texts]
        except ValueError:
            done([], f"the name {host} does not exist")
            return
        done(found, "")

    def lookup_in_parts(self, host: str, arrived) -> None:
        """In two parts where there is a "|" between."""
        first, bar, rest = self.known.get(host, "").partition("|")
        if not bar:
            self.lookup(host, lambda found, error: arrived(found, error, True))
            return
        self.late.append(
            lambda: Names({host: rest}).lookup(host, lambda found, _: arrived(found, "", True))
        )
        Names({host: first}).lookup(host, lambda found, error: arrived(found, error, False))


_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


class Rig:
    """A relay with one transparent and one mixed entrance.

    An ordinary socket stands for a transparent one: the original destination of a connection to it
    is its own address, 127.0.0.1 and `caught`. So rules send such connections to an upstream.
    """

    def __init__(
        self,
        rules: list[str],
        upstreams: list[Upstream],
        passwords=None,
        desk: Desk | None = None,
        groups: Sequence[Group] = (),
        **names: str,
    ):
        loop = asyncio.get_running_loop()
        self.loop = loop
        self.record = Record()
        self.names = Names(names)
        self.known_names = KnownNames()
        self.memory = self.known_names.known
        self.relay = Relay(
            routing=Routing(
                compile_rules([parse_rule(rule) for rule in rules]),
                {u.name: Gateway.of(u, (passwords or {}).get(u.name)) for u in upstreams},
                groups={group.name: group for group in groups},
            ),
            edges=Edges(self.known_names, self.names, PlainSockets(), desk=desk),
            sink=self.record,
            call_later=loop.call_later,
        )
        if desk is not None:
            self.relay.watch(desk)
        self.port = self.caught = 0

    def open(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.relay.listen(listening, Entrance.MIXED)
        caught = socket.create_server(("127.0.0.1", 0))
        self.caught = caught.getsockname()[1]
        self.relay.listen(caught, Entrance.TRANSPARENT, "a program")
        self.loop.add_reader(self.relay.fileno(), self.relay.turn)

    def close(self) -> None:
        self.loop.remove_reader(self.relay.fileno())
        self.relay.close()

    async def tunnel(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Through the mixed port by SOCKS5; raises ConnectionError when the answer is no."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        name = host.encode()
        writer.write(b"\5\1\0\5\1\0\3" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(2) == b"\5\0"
            reply = await reader.readexactly(4)
            await reader.readexactly({1: 6, 4: 18}[reply[3]])
        if reply[1]:
            writer.close()
            raise ConnectionError(reply[1])
        return reader, writer


@contextlib.asynccontextmanager
async def rig(
    *rules: str,
    upstreams: list[Upstream] | None = None,
    passwords=None,
    desk: Desk | None = None,
    groups: Sequence[Group] = (),
    **names: str,
) -> AsyncIterator[Rig]:
    """A running rig; ended with all its connections. `desk` stays the caller's."""
    made = Rig(list(rules) or ["MATCH,DIRECT"], upstreams or [], passwords, desk, groups, **names)
    made.open()
    try:
        yield made
    finally:
        made.close()


@contextlib.asynccontextmanager
async def served(conversation: Conversation) -> AsyncIterator[int]:
    """A server on loopback that holds this conversation with each client; its port. A failed
    assertion in a conversation fails the test."""
    failures: list[BaseException] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await conversation(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception as error:
            failures.append(error)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
    if failures:
        raise failures[0]


def set_reset(writer: asyncio.StreamWriter) -> None:
    """Make the next close a reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def dead_port() -> Iterator[int]:
    """A port of loopback on which nobody listens, and nobody else will."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@contextlib.contextmanager
def silent_listener(address: str, port: int) -> Iterator[None]:
    """A server that answers no SYN: its queue is full (listen(2))."""
    with socket.create_server((address, port), backlog=0), contextlib.ExitStack() as stack:
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


class FakeSocks5:
    """A SOCKS5 server that says what the test wants, and keeps what it was asked."""

    def __init__(self, reply: bytes = b"\5\0\0\1\0\0\0\0\0\0", then: Conversation | None = None):
        self.reply = reply
        self.then = then
        self.asked: list[tuple[str, int]] = []
        self._was_asked = asyncio.Event()

    async def wait_asked(self, count: int = 1) -> None:
        """Until it was asked for so many destinations."""
        async with asyncio.timeout(DEADLINE):
            while len(self.asked) < count:
                self._was_asked.clear()
                await self._was_asked.wait()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, count = await reader.readexactly(2)
        await reader.readexactly(count)
        writer.write(b"\5\0")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ip_address(await reader.readexactly({1: 4, 4: 16}[kind])))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append((host, port))
        self._was_asked.set()
        writer.write(self.reply)
        if self.then is not None:
            await self.then(reader, writer)


def socks5(port: int, name: str = "up", server: str = "127.0.0.1", **more: str) -> Upstream:
    """An upstream on loopback."""
    return Upstream(name, UpstreamKind.SOCKS5, server, port, **more)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say back what is said, to the end."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def is_reset(port: int, say: bytes = b"") -> bool:
    """Whether a connection to a local port ends in a reset, as soon as when it is opened."""
    try:
        async with asyncio.timeout(DEADLINE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(say)
                return await reader.read() is None
            finally:
                writer.close()
    except ConnectionResetError:
        return True
