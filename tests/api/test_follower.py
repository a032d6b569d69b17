"""An engine followed on a loop that never waits for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engines import LedgerDoor
from tests.support.loops import until

from byway_core.api import conversation, line_link
from byway_core.api.control import ControlServer
from byway_core.api.follower import Follower, engine_sockets
from byway_core.api.rendezvous import listen
from byway_core.model.flow import FlowSnapshot, FlowState


class Told:
    """What a follower said: flows as told last, and how often it said what else."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        self.flows: dict[str, FlowSnapshot] = {}
        self.missed = 0
        self.ended = 0
        self.follower = Follower(
            loop, path, tell=self._tell, missed=self._missed, ended=self._ended
        )

    def _tell(self, flow: FlowSnapshot) -> None:
        self.flows[flow.id] = flow

    def _missed(self) -> None:
        self.missed += 1
        self.flows.clear()

    def _ended(self) -> None:
        self.ended += 1

    def states(self) -> list[FlowState]:
        return [flow.state for flow in self.flows.values()]

    def close(self) -> None:
        self.follower.close()


class Room:
    """An engine with a control socket."""

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.engine = LedgerDoor(loop)
        self.server = ControlServer(loop, self.engine, folder, kind="run")
        self.loop = loop
        self.told: list[Told] = []

    def follow(self) -> Told:
        self.told.append(Told(self.loop, self.server.path))
        return self.told[-1]

    def close(self) -> None:
        for told in self.told:
            told.close()
        self.server.close()
        self.engine.ledger.close()


@pytest.fixture
def room(any_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Room]:
    room = Room(any_loop, tmp_path)
    yield room
    room.close()


def test_what_was_is_and_happens(any_loop: asyncio.AbstractEventLoop, room: Room) -> None:
    room.engine.finish(room.engine.happen("ended.example.com"), "refused")
    lives = room.engine.happen("lives.example.com")
    told = room.follow()
    until(any_loop, lambda: len(told.flows) == 2)
    room.engine.happen("new.example.com")
    until(any_loop, lambda: len(told.flows) == 3)
    assert sorted(flow.host for flow in told.flows.values()) == [
        "ended.example.com",
        "lives.example.com",
        "new.example.com",
    ]
    room.engine.finish(lives)
    until(any_loop, lambda: told.states().count(FlowState.CLOSED) == 2)
    room.server.close()
    until(any_loop, lambda: told.ended)
    assert (told.missed, told.ended) == (0, 1)


def test_after_close_nothing_is_told(any_loop: asyncio.AbstractEventLoop, room: Room) -> None:
    told = room.follow()
    witness = room.follow()
    told.follower.close()
    told.follower.close()
    room.engine.happen()
    until(any_loop, lambda: witness.flows)
    room.server.close()
    until(any_loop, lambda: witness.ended)
    assert (told.flows, told.ended) == ({}, 0)


def test_changes_that_were_lost_are_made_good(
    any_loop: asyncio.AbstractEventLoop, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "EVENTS", 4)
    told = room.follow()
    until(any_loop, lambda: room.engine.ledger._followers)
    flows = [room.engine.happen() for _ in range(50)]
    for it in flows[:25]:
        room.engine.finish(it)
    until(any_loop, lambda: told.missed and len(told.flows) == 50)
    assert told.states().count(FlowState.CLOSED) == 25


def test_an_engine_that_says_nothing_holds_nobody_up(
    any_loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    with listen(tmp_path, os.getpid()) as listener:
        (path,) = engine_sockets(tmp_path).values()
        told = Told(any_loop, path)  # connected, as the kernel takes it in; not greeted
        accepted, _ = listener.accept()
        accepted.close()
        until(any_loop, lambda: told.ended)


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="no JSON"),
        pytest.param(b'{"byway": 2}\n', id="another version"),
        pytest.param(b'{"byway":1,"version":"0","pid":1,"kind":"run"}\n{"flow":{}}\n', id="flow"),
        pytest.param(b"x" * 100_000, id="a line without an end"),
    ],
)
def test_what_is_no_engine_is_left(
    plain_loop: asyncio.AbstractEventLoop,
    tmp_path: Path,
    noise: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_link, "_LONGEST_LINE", 65_536)
    with listen(tmp_path, os.getpid()) as listener:
        told = Told(plain_loop, tmp_path / f"{os.getpid()}.sock")
        accepted, _ = listener.accept()
        with accepted:
            accepted.sendall(noise)
            until(plain_loop, lambda: told.ended)
    assert told.flows == {}


def test_a_dead_engines_socket_is_no_engine(
    plain_loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    listen(tmp_path, 4711).close()
    (path,) = engine_sockets(tmp_path).values()
    with pytest.raises(ConnectionRefusedError):
        Told(plain_loop, path)
    assert engine_sockets(tmp_path) == {}


def test_other_files_are_no_sockets(tmp_path: Path) -> None:
    for name in (".4711.new", "x.sock", "4711"):
        (tmp_path / name).touch()
    assert engine_sockets(tmp_path) == {}
    assert engine_sockets(tmp_path / "missing") == {}
