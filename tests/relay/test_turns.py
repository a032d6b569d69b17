"""A turn is bounded, and survives what goes wrong in it."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.support.relaying import rig

from byway_core.relay.stream import TURN_BYTES

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
                for _ in range(300):
                    program.sendall(piece)
                    said += len(piece)

        thread = threading.Thread(target=upload)
        thread.start()
        await relay.record.wait_closed()
        thread.join()
        assert said == 300_000_000
        assert turns >= said / TURN_BYTES
