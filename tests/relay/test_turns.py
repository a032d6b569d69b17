"""A turn is bounded, and survives what goes wrong in it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import pytest
from tests.support.relaying import DEADLINE, echo, rig, served

from byway_core.model.flow import Flow
from byway_core.relay.stream import SHARE_BYTES

pytestmark = pytest.mark.asyncio


async def test_a_refused_program_that_goes_on_talking_is_heard_in_portions() -> None:
    async with rig("MATCH,REJECT") as relay:
        said = turns = 0

        def turn() -> None:
            nonlocal turns
            turns += 1
            relay.relay.turn()

        relay.loop.remove_reader(relay.relay.fileno())
        relay.loop.add_reader(relay.relay.fileno(), turn)

        def upload() -> None:
            nonlocal said
            piece = b"x" * 1_000_000
            with socket.create_connection(("127.0.0.1", relay.port)) as program:
                program.sendall(b"POST http://no.example/ HTTP/1.1\r\n\r\n")
                with contextlib.suppress(OSError):  # its time for reading the answer is over
                    for _ in range(100):
                        program.sendall(piece)
                        said += len(piece)

        thread = threading.Thread(target=upload)
        thread.start()
        await relay.record.wait_closed()
        thread.join()
        assert turns >= (said - 20_000_000) / SHARE_BYTES  # that much may have stayed in buffers


async def test_an_error_of_ours_costs_one_connection(caplog: pytest.LogCaptureFixture) -> None:
    async with served(echo) as port, rig() as relay:
        decided = relay.record.decided

        def fail_once(flow: Flow) -> None:
            relay.record.decided = decided
            raise RuntimeError("on purpose")

        relay.record.decided = fail_once
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await relay.tunnel("127.0.0.1", port)
        reader, writer = await relay.tunnel("127.0.0.1", port)
        writer.write(b"ping")
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(4) == b"ping"
        assert "on purpose" in caplog.text
        assert relay.record.ended[0].reason == "an error in Byway itself, which its log describes"
        assert relay.relay.live == 1
        writer.close()
