"""The two sockets of a connection: ends, halves, resets, and nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import socket
import struct

import pytest
from tests.support.relaying import DEADLINE, rig, served, set_reset

pytestmark = pytest.mark.asyncio


async def read_all(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(DEADLINE):
        return await reader.read()


@pytest.mark.parametrize("size", [0, 1, 100, 16383, 16384, 16385, 300_000])
async def test_last_data_arrives_with_the_fin(size: int) -> None:
    data = os.urandom(size)

    async def say_and_close(reader, writer) -> None:
        writer.write(data)
        writer.write_eof()
        await reader.read()

    async with served(say_and_close) as port, rig() as relay:
        for _ in range(20):
            reader, writer = await relay.tunnel("127.0.0.1", port)
            assert await read_all(reader) == data
            writer.close()
        flow = await relay.record.wait_closed(20)
        assert (flow.down, flow.reason) == (size, "")


@pytest.mark.parametrize("size", [0, 5, 16384, 200_000])
async def test_the_program_closes_its_half_first(size: int) -> None:
    data = os.urandom(size)

    async def answer_after_all(reader, writer) -> None:
        received = await reader.read()
        writer.write(hashlib.sha256(received).digest())

    async with served(answer_after_all) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        writer.write(data)
        writer.write_eof()
        assert await read_all(reader) == hashlib.sha256(data).digest()
        writer.close()
        assert (await relay.record.wait_closed()).up == size


async def test_the_server_closes_its_half_first() -> None:
    heard = asyncio.get_running_loop().create_future()

    async def hello_then_listen(reader, writer) -> None:
        writer.write(b"hello")
        writer.write_eof()
        heard.set_result(await reader.read())

    async with served(hello_then_listen) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        assert await read_all(reader) == b"hello"
        writer.write(b"still here")
        await writer.drain()
        writer.write(b", and done")
        writer.write_eof()
        async with asyncio.timeout(DEADLINE):
            assert await heard == b"still here, and done"
        writer.close()
        assert (await relay.record.wait_closed()).reason == ""


async def test_a_reset_by_the_server_stays_a_reset() -> None:
    async def reset(reader, writer) -> None:
        await reader.readexactly(1)
        set_reset(writer)

    async with served(reset) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        writer.write(b"x")
        with pytest.raises(ConnectionResetError):
            await read_all(reader)
        writer.close()
        flow = await relay.record.wait_closed()
        assert flow.reason == f"127.0.0.1:{port} reset the connection"


async def test_a_reset_by_the_program_stays_a_reset() -> None:
    seen = asyncio.get_running_loop().create_future()

    async def wait_for_reset(reader, writer) -> None:
        try:
            seen.set_result(await reader.read())
        except ConnectionResetError as error:
            seen.set_result(error)

    async with served(wait_for_reset) as port, rig() as relay:
        _reader, writer = await relay.tunnel("127.0.0.1", port)
        set_reset(writer)
        writer.close()
        async with asyncio.timeout(DEADLINE):
            assert isinstance(await seen, ConnectionResetError)
        assert (await relay.record.wait_closed()).reason == "the program reset the connection"


async def test_a_program_that_resets_after_its_fin_is_noticed() -> None:
    gone = asyncio.Event()

    async def wait(reader, writer) -> None:
        assert await reader.read() == b""
        # The half-closed connection stands; the reset must come through all the same.
        await gone.wait()

    async with served(wait) as port, rig() as relay:
        _reader, writer = await relay.tunnel("127.0.0.1", port)
        writer.write_eof()
        set_reset(writer)
        writer.close()
        assert (await relay.record.wait_closed()).reason == "the program reset the connection"
        gone.set()


async def test_a_reset_that_meets_the_other_sides_fin() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        async with rig() as relay:
            _reader, writer = await relay.tunnel("127.0.0.1", port)
            server, _ = listening.accept()
            writer.write_eof()  # shutdown() at once; then, before the relay has its turn,
            server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server.close()
            flow = await relay.record.wait_closed()
            assert flow.reason == f"127.0.0.1:{port} reset the connection"
            writer.close()


async def test_a_program_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It closed, and its server does not care: a half-closed connection, as long as nobody asks."""
    monkeypatch.setattr("byway_core.relay.listener.ASK_AFTER_SECONDS", 2)
    gone = asyncio.Event()

    async def wait(reader, writer) -> None:
        assert await reader.read() == b"bye"
        await gone.wait()

    async with served(wait) as port, rig() as relay:
        _reader, writer = await relay.tunnel("127.0.0.1", port)
        program = writer.get_extra_info("socket")
        program.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 1)  # seconds
        writer.write(b"bye")
        writer.close()
        assert (await relay.record.wait_closed()).up == 3
        gone.set()


async def test_an_early_answer_survives_the_servers_reset() -> None:
    """A server that refuses an upload says so, and closes with data unread: a reset follows."""

    async def too_large(reader, writer) -> None:
        await reader.readexactly(1000)
        writer.write(b"413")
        await writer.drain()
        set_reset(writer)

    async with served(too_large) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        writer.write(b"u" * 1000)
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(3) == b"413"
        writer.close()


def urgent(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send data of which the last byte is urgent."""
    os_socket = socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno()))
    with os_socket:
        os_socket.send(data, socket.MSG_OOB)


async def test_urgent_data_stays_in_its_place() -> None:
    """FTP's ABOR: Telnet's "interrupt" and an urgent "data mark", then the command."""

    async def echo_urgently(reader, writer) -> None:
        assert await reader.readexactly(11) == b"\xff\xf4\xff\xf2ABOR\r\nx"
        urgent(writer, b"\xff\xf2")
        writer.write(b"226 done\r\n")

    async with served(echo_urgently) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        urgent(writer, b"\xff\xf4\xff\xf2")
        writer.write(b"ABOR\r\nx")
        assert await read_all(reader) == b"\xff\xf2226 done\r\n"
        writer.close()


async def test_urgent_data_within_bulk() -> None:
    size = 3_000_000

    async def count(reader, writer) -> None:
        writer.write(b"%d" % len(await reader.read()))

    async with served(count) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        for _ in range(3):
            writer.write(b"x" * size)
            await writer.drain()
            while writer.transport.get_write_buffer_size():  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0)
            urgent(writer, b"!")
        writer.write_eof()
        assert await read_all(reader) == b"%d" % (3 * (size + 1))
        writer.close()


async def test_what_a_slow_program_waits_for_is_not_overtaken() -> None:
    """The server resets while the program speaks and, at the same moment, makes room: of what is
    in pipe and queue, whatever still arrives is the beginning, without a gap."""
    data = os.urandom(16_000_000)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with rig() as relay:
            _reader, writer = await relay.tunnel("127.0.0.1", listening.getsockname()[1])
            writer.transport.pause_reading()
            program = socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno()))
            server, _ = listening.accept()
            server.setblocking(False)
            sent = refused = 0
            while refused < 50 and sent < len(data):  # until all buffers are full
                try:
                    sent += server.send(data[sent : sent + 65536])
                    refused = 0
                except BlockingIOError:
                    refused += 1
                    await asyncio.sleep(0)
            program.send(b"and I?")
            received = available(program)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server.close()
            await relay.record.wait_closed()
            received += available(program)
            assert received == data[: len(received)]
            program.close()
            writer.close()


def available(sock: socket.socket) -> bytes:
    """What is in the receive queue of a socket that does not block."""
    pieces = []
    with contextlib.suppress(BlockingIOError, ConnectionResetError):
        while piece := sock.recv(1_000_000):
            pieces.append(piece)
    return b"".join(pieces)


async def test_bulk_both_ways_at_once_is_whole() -> None:
    size = 30_000_000
    upload, download = os.urandom(size), os.urandom(size)

    async def both(reader, writer) -> None:
        async def send() -> None:
            writer.write(download)
            await writer.drain()
            writer.write_eof()

        received, _ = await asyncio.gather(reader.read(), send())
        assert hashlib.sha256(received).digest() == hashlib.sha256(upload).digest()

    async with served(both) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)

        async def send() -> None:
            writer.write(upload)
            await writer.drain()
            writer.write_eof()

        async with asyncio.timeout(30):
            received, _ = await asyncio.gather(reader.read(), send())
        assert hashlib.sha256(received).digest() == hashlib.sha256(download).digest()
        writer.close()
        flow = await relay.record.wait_closed()
        assert (flow.up, flow.down) == (size, size)


async def test_bulk_without_any_pipe_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.urandom(5_000_000)

    async def send(reader, writer) -> None:
        writer.write(data)
        await writer.drain()

    async with served(send) as port, rig() as relay:
        monkeypatch.setattr("byway_core.relay.pipes.MOST_LARGE", 0)
        monkeypatch.setattr("byway_core.relay.pipes.MOST_SMALL", 0)
        reader, writer = await relay.tunnel("127.0.0.1", port)
        assert await read_all(reader) == data
        writer.close()


async def test_pipes_go_back_to_the_pool_when_a_transfer_is_cut() -> None:
    async def endless(reader, writer) -> None:
        while True:
            writer.write(b"x" * 1_000_000)
            await writer.drain()

    async with served(endless) as port, rig() as relay:
        before = len(os.listdir("/proc/self/fd"))
        for count in range(1, 31):
            reader, writer = await relay.tunnel("127.0.0.1", port)
            await reader.readexactly(200_000)
            set_reset(writer)
            writer.close()
            await relay.record.wait_closed(count)
        # Idle pipes stay open, eight at the most. The servers' ends close with the reset; the
        # last few of them may be about to.
        assert len(os.listdir("/proc/self/fd")) <= before + 2 * 8 + 6


async def test_closing_by_number_resets_both_ends() -> None:
    async def hold(reader, writer) -> None:
        await reader.read()

    async with served(hold) as port, rig() as relay:
        reader, writer = await relay.tunnel("127.0.0.1", port)
        flow = relay.record.flows[0]
        assert relay.relay.close_flow(flow.id)
        with pytest.raises(ConnectionResetError):
            await read_all(reader)
        writer.close()
        assert (await relay.record.wait_closed()).reason == "closed by the user"
        assert not relay.relay.close_flow(flow.id)
