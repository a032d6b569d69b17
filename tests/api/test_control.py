"""The control socket as any program may use it: raw bytes in, raw lines out."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.support.engines import LedgerDoor
from tests.support.loops import until

from byway_core.api import control as module
from byway_core.api import conversation as conversation_module
from byway_core.api.control import ControlServer
from byway_core.api.rendezvous import socket_paths
from byway_core.model.errors import ProfileError


class Room:
    """A control server with a ledger behind it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.loop = loop
        self.engine = LedgerDoor(loop)
        self.later: list[asyncio.Future[str]] = []
        methods = {"echo": dict, "reload": self._reload, "later": self._later}
        self.server = ControlServer(loop, self.engine, folder, kind="run", methods=methods)
        self.lines: list[Line] = []

    @staticmethod
    def _reload(params: Mapping[str, Any]) -> None:
        raise ProfileError("profile.toml", ())

    def _later(self, params: Mapping[str, Any]) -> asyncio.Future[str]:
        self.later.append(self.loop.create_future())
        return self.later[-1]

    def line(self) -> Line:
        self.lines.append(Line(self.loop, self.server.path))
        return self.lines[-1]

    def close(self) -> None:
        for line in self.lines:
            line.sock.close()
        self.server.close()
        self.engine.ledger.close()


class Line:
    """A client made of nothing but a socket."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path, buffer: int = 0) -> None:
        self.loop = loop
        self.sock = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(path.parent)  # a path may be longer than an address
        try:
            self.sock.connect(path.name)
        finally:
            os.chdir(here)
        self.sock.setblocking(False)
        self.got = bytearray()
        self.longest = 0
        self.messages: list[dict[str, Any]] = []
        self.ended = False

    def send(self, *messages: dict[str, Any]) -> None:
        self.sock.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def read(self) -> list[dict[str, Any]]:
        """All messages so far."""
        try:
            while not self.ended:
                data = self.sock.recv(1 << 20)
                self.ended = not data
                self.got += data
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.ended = True
        *complete, self.got = self.got.split(b"\n")
        self.longest = max([self.longest, *map(len, complete)])
        self.messages += map(json.loads, complete)
        return self.messages

    def expect(self, count: int) -> list[dict[str, Any]]:
        """The messages, once there are so many (or no more will come)."""
        until(self.loop, lambda: len(self.read()) >= count or self.ended)
        return self.read()

    def expect_end(self) -> list[dict[str, Any]]:
        until(self.loop, lambda: self.read() is not None and self.ended)
        return self.read()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The last message of the answer."""
        self.send({"id": "q", "method": method, "params": params})

        def answer() -> list[dict[str, Any]]:
            return [
                message
                for message in self.read()
                if message.get("id") == "q" and ("result" in message or "error" in message)
            ]

        before = len(answer())
        until(self.loop, lambda: len(answer()) > before or self.ended)
        return answer()[-1]


@pytest.fixture
def room(plain_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Room]:
    room = Room(plain_loop, tmp_path)
    yield room
    room.close()


def test_on_either_loop(any_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    room = Room(any_loop, tmp_path)
    line = room.line()
    (hello,) = line.expect(1)
    assert (hello["byway"], hello["pid"], hello["kind"]) == (1, os.getpid(), "run")
    it = room.engine.happen()
    status = line.ask("status")["result"]
    assert (status["live"], status["program"]) == (1, "curl https://www.example.com")
    assert line.ask("follow") == {"id": "q", "result": {}}
    room.engine.finish(it)
    until(any_loop, lambda: line.read()[-1].get("event") == "closed")
    assert line.read()[-1]["flow"]["id"] == f"{os.getpid()}.1"
    room.server.close()
    assert line.expect_end()[-1] == {"event": "end"}
    room.close()


def test_only_the_user_can_get_at_it(room: Room) -> None:
    found = room.server.path.stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_uid == os.getuid()


def test_a_stranger_gets_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "peer_uid", lambda sock: os.getuid() + 1)
    assert room.line().expect_end() == []


def test_root_may_look(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "peer_uid", lambda sock: 0)
    assert room.line().expect(1)[0]["byway"] == 1


STATUS = json.dumps({"id": 1, "method": "status"}).encode() + b"\n"
CLOSE = json.dumps({"id": 2, "method": "close", "params": {"id": "1.1"}}).encode() + b"\n"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([STATUS + CLOSE], id="whole"),
        pytest.param([bytes([byte]) for byte in STATUS + CLOSE], id="byte by byte"),
        pytest.param([STATUS + CLOSE + b'{"id": 3, "meth'], id="trailing data"),
        pytest.param([b"\n \r\n" + STATUS, b"\n", CLOSE], id="blank lines"),
    ],
)
def test_requests_in_any_pieces(room: Room, pieces: list[bytes]) -> None:
    line = room.line()
    for piece in pieces:
        line.sock.sendall(piece)
        room.loop.run_until_complete(asyncio.sleep(0))
    _, status, close = line.expect(3)
    assert status["id"] == 1
    assert status["result"]["pid"] == os.getpid()
    assert close == {"id": 2, "result": {"closed": False}}


def test_a_client_that_has_said_all_gets_its_answers(room: Room) -> None:
    line = room.line()
    line.sock.sendall(STATUS * 50)
    line.sock.shutdown(socket.SHUT_WR)
    messages = line.expect_end()
    assert len(messages) == 51


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="HTTP"),
        pytest.param(b"[1, 2]\n", id="no object"),
        pytest.param(b'{"id": 1}\n', id="no method"),
        pytest.param(b"x" * 65_536 + b"y" * 10, id="a line without end"),
        pytest.param(b"[" * 60_000 + b"\n", id="deep"),
        pytest.param(b"\xff\x00\n", id="no UTF-8"),
    ],
)
def test_noise_is_answered_once_and_ends_it(room: Room, noise: bytes) -> None:
    line = room.line()
    unsent = noise

    def send() -> bool:
        nonlocal unsent
        try:
            unsent = unsent[line.sock.send(unsent) :] if unsent else b""
        except BlockingIOError:
            pass
        except OSError:
            unsent = b""
        return not unsent

    until(room.loop, send)
    _, error = line.expect_end()
    assert error["id"] is None
    assert error["error"]["code"] == "bad-request"
    assert room.line().expect(1), "others are served on"


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("explode", {}, "unknown-method"),
        ("connections", {"live": 1}, "bad-params"),
        ("connections", {"limit": -1}, "bad-params"),
        ("connections", {"limit": True}, "bad-params"),
        ("connections", {"limit": "3"}, "bad-params"),
        ("follow", {"live": "yes"}, "bad-params"),
        ("close", {}, "bad-params"),
        ("close", {"id": 12}, "bad-params"),
        ("reload", {}, "failed"),
    ],
)
def test_what_cannot_be_done_is_said(
    room: Room, method: str, params: dict[str, Any], code: str
) -> None:
    line = room.line()
    error = line.ask(method, **params)["error"]
    assert error["code"] == code
    assert error["message"]
    assert "result" in line.ask("status"), "and the conversation goes on"


def test_the_host_may_add_methods(room: Room) -> None:
    assert room.line().ask("echo", a=1)["result"] == {"a": 1}


def test_an_answer_that_takes_its_time(room: Room) -> None:
    line, other = room.line(), room.line()
    line.ask("follow")
    line.send(*({"id": number, "method": "later"} for number in (1, 2)))
    line.send({"id": 3, "method": "echo"})
    until(room.loop, lambda: len(room.later) == 1)
    room.engine.happen("meanwhile.example")
    until(room.loop, lambda: events(line) == [("opened", "meanwhile.example")])
    assert other.ask("echo")["result"] == {}, "others are served"
    assert len(line.read()) == 3
    room.later[0].set_result("first")
    until(room.loop, lambda: len(room.later) == 2)
    room.later[1].set_exception(ProfileError("profile.toml", ()))
    until(room.loop, lambda: line.read()[-1].get("id") == 3)
    first, second, third = line.read()[3:]
    assert first == {"id": 1, "result": "first"}
    assert second["error"]["code"] == "failed"
    assert third == {"id": 3, "result": {}}


def test_the_loop_rests_while_an_answer_takes_its_time(room: Room) -> None:
    """The client's socket is writable all the time."""
    line = room.line()
    line.send({"id": 1, "method": "later"})
    until(room.loop, lambda: room.later)
    (client,) = room.server._clients
    assert not client._writing


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_whoever_does_not_wait_for_it_is_forgotten(room: Room, end: str) -> None:
    line = room.line()
    line.send({"id": 1, "method": "later"})
    until(room.loop, lambda: room.later)
    line.sock.close()
    match end:
        case "done":
            room.later[0].set_result("x" * 500_000)
        case "failed":
            room.later[0].set_exception(ProfileError("profile.toml", ()))
        case "cancelled":
            room.later[0].cancel()
    until(room.loop, lambda: not room.server._clients)
    assert room.line().ask("echo")["result"] == {}


@pytest.mark.parametrize("cancelled", [False, True])
def test_the_end_comes_before_the_answer(room: Room, cancelled: bool) -> None:
    line = room.line()
    line.send({"id": 1, "method": "later"}, {"id": 2, "method": "echo"})
    until(room.loop, lambda: room.later)
    if cancelled:
        room.later[0].cancel()
    room.server.close()
    _, first, second = line.expect_end()
    error = {"code": "failed", "message": "the engine ends"}
    assert first == {"id": 1, "error": error | {"parts": {"message": [error["message"], {}]}}}
    assert second == {"id": 2, "result": {}}


def test_rules_with_their_hits(room: Room) -> None:
    room.engine.happen()
    line = room.line()
    assert line.ask("rules")["result"] == {"count": 2}
    (part,) = [message["part"] for message in line.read() if "part" in message]
    assert part[0] == {"index": 0, "rule": "DOMAIN-SUFFIX,example.com,office", "hits": 1}


def test_hits_are_counted_anew(room: Room) -> None:
    room.engine.happen()
    line = room.line()
    assert line.ask("reset-hits")["result"] == {}
    line.ask("rules")
    (part,) = [message["part"] for message in line.read() if "part" in message]
    assert [rule["hits"] for rule in part] == [0, 0]


def test_connections(room: Room) -> None:
    flows = [room.engine.happen() for _ in range(5)]
    room.engine.finish(flows[1])
    line = room.line()

    def ids(**params: Any) -> list[int]:
        before = len(line.read())
        count = line.ask("connections", **params)["result"]["count"]
        found = [
            int(flow["id"].partition(".")[2])
            for message in line.read()[before:]
            for flow in message.get("part", [])
        ]
        assert len(found) == count
        return found

    assert ids() == [2, 1, 3, 4, 5]
    assert ids(live=False) == [2]
    assert ids(closed=False, limit=2) == [4, 5]
    assert ids(live=False, closed=False) == []


def test_ten_thousand_connections_in_bounded_lines(room: Room) -> None:
    for number in range(10_000):
        room.engine.happen(f"host-{number}.example.com")
    line = room.line()
    assert line.ask("connections")["result"] == {"count": 10_000}
    assert line.longest < 64 * 1024


def test_the_loop_goes_on_while_a_long_answer_is_made(room: Room) -> None:
    for _ in range(3000):
        room.engine.happen()
    line, other = room.line(), room.line()
    line.send({"id": 1, "method": "connections"})
    line.expect(2)
    assert other.ask("status")["result"]["live"] == 3000
    assert not any("result" in message for message in line.read()), "still under way"
    until(room.loop, lambda: "result" in line.read()[-1])


def test_an_unread_answer_waits(room: Room) -> None:
    """A client that asks and asks but never reads costs a bounded amount."""
    for _ in range(500):
        room.engine.happen()
    line = room.line()
    text = json.dumps({"id": 1, "method": "connections"}).encode() + b"\n"
    unsent = text * 20_000

    def stuck() -> bool:
        nonlocal unsent
        try:
            unsent = unsent[line.sock.send(unsent) :]
        except BlockingIOError:
            return True
        return False

    while not stuck():
        for _ in range(20):
            room.loop.run_until_complete(asyncio.sleep(0))
    assert unsent, "its requests are left in the kernel's buffer"
    assert room.line().ask("status")


def test_close_a_flow(room: Room) -> None:
    it = room.engine.happen()
    line = room.line()
    flow_id = f"{os.getpid()}.{it.id}"
    assert line.ask("close", id=flow_id)["result"] == {"closed": True}
    assert line.ask("close", id=flow_id)["result"] == {"closed": False}
    assert next(room.engine.ledger.snapshots()).reason == "closed by the user"


def events(line: Line) -> list[tuple[str, str]]:
    return [
        (message["event"], message["flow"]["host"]) for message in line.read() if "flow" in message
    ]


def test_follow_begins_with_what_is(room: Room) -> None:
    before = room.engine.happen("before.example")
    gone = room.engine.happen("gone.example")
    room.engine.finish(gone)
    all_, new = room.line(), room.line()
    assert all_.ask("follow", live=True)["result"] == {}
    assert new.ask("follow")["result"] == {}
    room.engine.happen("after.example")
    room.engine.finish(before)
    until(room.loop, lambda: len(events(all_)) == 3 and len(events(new)) == 2)
    assert events(new) == [("opened", "after.example"), ("closed", "before.example")]
    assert events(all_) == [("opened", "before.example"), *events(new)]


def test_a_follower_may_still_ask(room: Room) -> None:
    line = room.line()
    line.ask("follow")
    line.ask("follow")
    room.engine.happen("one.example")
    assert line.ask("status")["result"]["live"] == 1
    until(room.loop, lambda: events(line))
    assert events(line) == [("opened", "one.example")], "told once"


def test_a_slow_follower_is_told_what_it_has_missed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_module, "EVENTS", 100)
    line = room.line()
    line.ask("follow")
    happened = 0
    for _ in range(100):
        for _ in range(50):
            room.engine.finish(room.engine.happen())
            happened += 2
        room.loop.run_until_complete(asyncio.sleep(0))

    def accounted() -> int:
        messages = line.read()
        told = sum(1 for message in messages if "flow" in message)
        return told + sum(int(m["count"]) for m in messages if m.get("event") == "lost")

    until(room.loop, lambda: accounted() == happened)
    assert any(message.get("event") == "lost" for message in line.read())
    room.engine.happen("after.example")
    until(room.loop, lambda: events(line)[-1] == ("opened", "after.example"))


def test_a_follower_that_leaves_is_forgotten(room: Room) -> None:
    line = room.line()
    line.ask("follow")
    line.sock.close()
    room.engine.happen()
    until(room.loop, lambda: not room.server._clients)
    assert not room.engine.ledger._followers


def test_clients_are_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLIENTS", 2)
    first, second = room.line(), room.line()
    first.expect(1)
    second.expect(1)
    _, error = room.line().expect_end()
    assert error["error"]["code"] == "busy"
    first.sock.close()
    until(room.loop, lambda: len(room.server._clients) == 1)
    assert room.line().ask("status")["result"]


def test_the_end_is_told_after_everything_else(room: Room) -> None:
    line, quiet = room.line(), room.line()
    line.ask("follow")
    quiet.expect(1)
    for _ in range(200):
        room.engine.finish(room.engine.happen())
    room.server.close()
    room.server.close()
    messages = line.expect_end()
    assert sum(1 for message in messages if "flow" in message) == 400
    assert messages[-1] == {"event": "end"}
    assert len(quiet.expect_end()) == 1
    assert socket_paths(room.server.path.parent) == []


def test_the_end_is_the_answer_to_what_still_waits(room: Room) -> None:
    """One is being worked on, others are behind it."""
    line = room.line()
    line.expect(1)
    line.send(*({"id": n, "method": "later"} for n in range(3)), {"id": 3, "method": "status"})
    until(room.loop, lambda: room.later)
    room.server.close()
    messages = line.expect_end()
    assert [message["error"]["message"] for message in messages[1:4]] == ["the engine ends"] * 3
    assert "result" in messages[4]
    assert all(future.cancelled() for future in room.later[1:])


def test_the_end_waits_for_who_listens(room: Room) -> None:
    """Also where more waits for a follower than its socket holds."""
    line = room.line()
    line.ask("follow")
    for _ in range(1500):
        room.engine.finish(room.engine.happen())
    line.sock.setblocking(True)
    reading = threading.Thread(target=line.read)
    reading.start()
    room.server.close()
    reading.join()
    messages = line.read()
    assert sum(1 for message in messages if "flow" in message) == 3000
    assert messages[-1] == {"event": "end"}


def test_the_end_waits_no_longer_for_others(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FAREWELL_SECONDS", 0.1)
    line = room.line()
    line.ask("follow")
    for _ in range(1500):
        room.engine.finish(room.engine.happen())
    room.server.close()
    messages = line.expect_end()
    assert sum(1 for message in messages if "flow" in message) < 3000
    assert messages[-1]["event"] != "end"
