from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engines import LedgerDoor
from tests.support.loops import DEADLINE, aside

from byway_core.api import conversation as conversation_module
from byway_core.api.client import ControlClient, Lost, find_engines
from byway_core.api.control import ControlServer
from byway_core.api.rendezvous import listen, socket_path
from byway_core.api.wire import ControlError
from byway_core.model.errors import ProtocolError
from byway_core.model.events import EventKind, FlowEvent


class Room:
    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.loop = loop
        self.folder = folder
        self.engine = LedgerDoor(loop)
        self.server = ControlServer(loop, self.engine, folder, kind="run")

    def close(self) -> None:
        self.server.close()
        self.engine.ledger.close()


@pytest.fixture
def room(plain_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Room]:
    room = Room(plain_loop, tmp_path)
    yield room
    room.close()


def the_engine(folder: Path, timeout: float = DEADLINE) -> ControlClient:
    found = find_engines(folder, timeout=timeout)
    assert found.silent == {}
    (client,) = found.engines
    return client


def test_a_whole_conversation(any_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    room = Room(any_loop, tmp_path)
    flows = [room.engine.happen(f"{number}.example.com") for number in range(100)]
    room.engine.finish(flows[0])

    def talk() -> None:
        with the_engine(tmp_path) as client:
            assert (client.hello.pid, client.hello.kind) == (os.getpid(), "run")
            status = client.status()
            assert (status.live, status.flows, status.actions["office"].live) == (99, 100, 99)
            assert list(client.connections()) == list(room.engine.ledger.snapshots())
            (closed,) = client.connections(live=False)
            assert closed.host == "0.example.com"
            assert [flow.host for flow in client.connections(limit=1)] == ["99.example.com"]
            assert client.close_flow(f"{os.getpid()}.{flows[5].id}") is True
            assert client.close_flow("1.1") is False
            assert room.engine.ledger.totals().hits[0] == 100
            client.reset_hits()
            assert room.engine.ledger.totals().hits[0] == 0
            with pytest.raises(ControlError, match="no method 'explode'") as caught:
                client.request("explode")
            assert caught.value.code == "unknown-method"

    aside(any_loop, talk)
    room.close()


def follow(client: ControlClient, count: int) -> list[FlowEvent | Lost]:
    """So many events, or all until the engine ends."""
    events: list[FlowEvent | Lost] = []
    try:
        events.extend(client.events())
        while len(events) < count:
            readable, _, _ = select.select([client], [], [], DEADLINE)
            assert readable
            events.extend(client.events())
    except ConnectionError:
        pass
    return events


def test_following_to_the_end(room: Room) -> None:
    room.engine.happen("before.example")
    following = threading.Event()

    def listen_in() -> list[FlowEvent | Lost]:
        with the_engine(room.folder) as client:
            client.follow(live=True)
            first = follow(client, 1)
            room.loop.call_soon_threadsafe(happen)
            second = follow(client, 2)
            assert client.status().live == 1, "it may ask in between"
            following.set()
            room.loop.call_soon_threadsafe(end)
            return [*first, *second, *follow(client, 1_000)]

    def happen() -> None:
        room.engine.finish(room.engine.happen("one.example"))

    def end() -> None:
        for _ in range(300):
            room.engine.finish(room.engine.happen("last.example"))
        room.server.close()

    events = aside(room.loop, listen_in)
    assert all(isinstance(event, FlowEvent) for event in events)
    told = [(e.kind.value, e.flow.host) for e in events if isinstance(e, FlowEvent)]
    assert told[:3] == [
        ("opened", "before.example"),
        ("opened", "one.example"),
        ("closed", "one.example"),
    ]
    assert told[3:] == [("opened", "last.example"), ("closed", "last.example")] * 300


def test_events_between_question_and_answer_are_kept(room: Room) -> None:
    def talk() -> list[FlowEvent | Lost]:
        with the_engine(room.folder) as client:
            client.follow()
            flow_id = f"{os.getpid()}.1"
            assert client.close_flow(flow_id)
            return follow(client, 1)

    room.engine.happen("mine.example")
    (event,) = aside(room.loop, talk)
    assert isinstance(event, FlowEvent)
    assert (event.kind, event.flow.reason) == (EventKind.CLOSED, "closed by the user")


def test_lost_events_are_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation_module, "EVENTS", 10)

    def talk() -> list[FlowEvent | Lost]:
        with the_engine(room.folder) as client:
            client.follow()
            room.loop.call_soon_threadsafe(burst)
            return follow(client, 11)

    def burst() -> None:
        for _ in range(50):
            room.engine.happen()

    events = aside(room.loop, talk)
    assert events[10:] == [Lost(40)]


def test_no_engines(tmp_path: Path) -> None:
    found = find_engines(tmp_path / "missing")
    assert (found.engines, found.silent) == ((), {})
    listen(tmp_path, 1).close()
    found = find_engines(tmp_path)
    assert (found.engines, found.silent) == ((), {})
    assert list(tmp_path.iterdir()) == [], "the dead are removed on the way"


def test_an_engine_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with listen(tmp_path, 4711):
        found = find_engines(tmp_path, timeout=0.1)
    assert (found.engines, found.silent) == ((), {4711: "it does not answer"})


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", ConnectionError),
        (b'{"byway": 2}\n', ProtocolError),
        (b"SSH-2.0-OpenSSH\n", ProtocolError),
        (b'{"byway": 1, "version"', ConnectionError),
    ],
)
def test_something_else_at_the_other_end(said: bytes, error: type[Exception]) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(said)
    theirs.close()
    with pytest.raises(error):
        ControlClient(ours)
    assert ours.fileno() < 0, "and nothing is left open"


def test_an_engine_that_ends_in_the_middle_of_an_answer() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"byway":1,"version":"0","pid":1,"kind":"run"}\n{"id":1,"part":[]}\n')
    with ControlClient(ours) as client:
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError):
            list(client.connections())
    theirs.close()


def test_a_stopped_engine_is_a_timeout() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"byway":1,"version":"0","pid":1,"kind":"run"}\n')
    with ControlClient(ours, timeout=0.05) as client, pytest.raises(TimeoutError):
        client.status()
    theirs.close()


def test_a_crowded_engine_says_so() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(
        b'{"byway":1,"version":"0","pid":1,"kind":"run"}\n'
        b'{"id":null,"error":{"code":"busy","message":"32 clients are connected already"}}\n'
    )
    with ControlClient(ours) as client, pytest.raises(ControlError, match="32 clients"):
        client.status()
    theirs.close()


def test_a_server_that_is_replaced_in_place(tmp_path: Path) -> None:
    with listen(tmp_path, 1):
        assert socket_path(tmp_path, 1).exists()
    with listen(tmp_path, 1):
        found = find_engines(tmp_path, timeout=0.05)
        assert found.silent == {1: "it does not answer"}
