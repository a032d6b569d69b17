"""Messages between the main process and a worker: whole, in order, with their descriptors."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from byway_core.engine.channel import LARGEST_PACKET, Channel

pytestmark = pytest.mark.asyncio


@dataclass
class End:
    """One end, and what came out of it."""

    channel: Channel
    messages: list[object] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    lost: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def attach(self) -> None:
        self.channel.attach(asyncio.get_running_loop(), self.receive, self.end)

    def receive(self, message: object, descriptors: list[int]) -> None:
        self.messages.append(message)
        self.descriptors += descriptors
        self.changed.set()

    def end(self) -> None:
        self.lost += 1
        self.changed.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.messages) < count and not self.lost:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    made = End(Channel(pair[0])), End(Channel(pair[1]))
    yield made
    for end in made:
        end.channel.close()
        for descriptor in end.descriptors:
            os.close(descriptor)


async def test_messages_of_all_sizes_arrive_in_order(ends: tuple[End, End]) -> None:
    ours, theirs = ends
    ours.attach()
    theirs.attach()
    sent = [b"x" * size for size in (0, 1, LARGEST_PACKET - 100, LARGEST_PACKET, 5_000_000, 7)]
    for message in sent:
        ours.channel.send(message)
    await theirs.until(len(sent))
    assert theirs.messages == sent


async def test_a_reader_that_is_late_loses_nothing(ends: tuple[End, End]) -> None:
    ours, theirs = ends
    ours.attach()
    for number in range(5000):  # far more than the socket's buffer takes
        ours.channel.send(number)
    theirs.attach()
    await theirs.until(5000)
    assert theirs.messages == list(range(5000))


@pytest.mark.parametrize("padding", [0, 1_000_000], ids=["in a packet", "in a memfd"])
async def test_descriptors_travel_and_the_senders_stay(ends: tuple[End, End], padding: int) -> None:
    ours, theirs = ends
    theirs.attach()
    reader, writer = os.pipe()
    ours.channel.send(b"x" * padding, [writer])
    await theirs.until(1)
    os.write(writer, b"kept")
    os.write(theirs.descriptors[0], b" and sent")
    assert os.read(reader, 100) == b"kept and sent"
    os.close(reader)
    os.close(writer)


async def test_draining_takes_what_was_sent_before(ends: tuple[End, End]) -> None:
    """What the order of names and connections rests on: no turn of the loop is needed."""
    ours, theirs = ends
    theirs.attach()
    ours.channel.send("a name")
    theirs.channel.drain()
    assert theirs.messages == ["a name"]


async def test_the_end_is_told_once(ends: tuple[End, End]) -> None:
    ours, theirs = ends
    theirs.attach()
    ours.channel.send("last words")
    ours.channel.close()
    async with asyncio.timeout(10):
        while not theirs.lost:
            theirs.changed.clear()
            await theirs.changed.wait()
    theirs.channel.drain()
    assert (theirs.messages, theirs.lost) == (["last words"], 1)
