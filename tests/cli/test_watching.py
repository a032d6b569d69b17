"""`byway status`, `connections` and `close`, against control sockets with real ledgers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeVar

import pytest
from tests.support.engines import LedgerDoor
from tests.support.flows import DIRECT, REJECT

from byway_core.api import client
from byway_core.api.control import ControlServer
from byway_core.api.rendezvous import listen
from byway_core.cli import main
from byway_core.model.decision import Decision
from byway_core.model.flow import FlowSnapshot

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


class Running:
    """An engine's control socket, served by a thread of this process."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = LedgerDoor(self.loop)
        self.server = ControlServer(self.loop, self.engine, folder, kind="run")
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def do(self, work: Callable[[], T]) -> T:
        """Something that happens in the engine."""

        async def on_loop() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(on_loop(), self.loop).result(20)

    def happen(self, *hosts: str, decision: Decision | None = None) -> None:
        self.do(lambda: [self.engine.happen(host, decision) for host in hosts])

    def finish(self, number: int, reason: str = "") -> None:
        flow = self.engine.live[f"{os.getpid()}.{number}"]
        self.do(lambda: self.engine.finish(flow, reason))

    def stop(self) -> None:
        if self.loop.is_running():
            self.do(self.server.close)
            self.do(self.engine.ledger.close)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(20)
            self.loop.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "byway"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    yield running
    running.stop()


@contextlib.contextmanager
def another(folder: Path) -> Iterator[int]:
    """A second engine, in a process of its own, with one flow to other.example."""
    script = f"""
import asyncio, sys
from pathlib import Path
from byway_core.api.control import ControlServer
from tests.support.engines import LedgerDoor
loop = asyncio.new_event_loop()
engine = LedgerDoor(loop)
server = ControlServer(loop, engine, Path({str(folder)!r}), kind="serve")
engine.happen("other.example")
loop.add_reader(sys.stdin.fileno(), loop.stop)
print("ready", flush=True)
loop.run_forever()
server.close()
engine.ledger.close()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'core'}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process.pid
    finally:
        process.stdin.close()
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.fixture
def byway(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(argv)
        out, err = capsys.readouterr()
        return status, out, err

    return run


Byway = Callable[..., tuple[int, str, str]]
NOTHING = "byway does not run; `byway run -- PROGRAM` starts a program under the rules\n"


@pytest.mark.parametrize(
    ("argv", "out"),
    [
        (["status"], ""),
        (["status", "--json"], "[]\n"),
        (["connections"], ""),
        (["connections", "--json"], ""),
        (["connections", "--follow"], ""),
    ],
    ids=" ".join,
)
def test_nothing_runs(folder: Path, byway: Byway, argv: list[str], out: str) -> None:
    assert byway(*argv) == (3, out, NOTHING)


def test_what_is_left_of_dead_engines_counts_for_nothing(folder: Path, byway: Byway) -> None:
    listen(folder, 4711).close()
    assert byway("status") == (3, "", NOTHING)
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, byway: Byway
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "byway").symlink_to(tmp_path)
    status, out, err = byway("status")
    assert (status, out) == (3, "")
    assert "belongs to somebody else" in err


def test_an_engine_that_does_not_answer(
    folder: Path, byway: Byway, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = {**(client.find_engines.__kwdefaults__ or {}), "timeout": 0.1}
    monkeypatch.setattr(client.find_engines, "__kwdefaults__", defaults)
    with listen(folder, 4711):
        status, out, err = byway("status")
    assert (status, out) == (3, "")
    assert err == "byway: process 4711 is left out: it does not answer\n"


def test_status(running: Running, byway: Byway) -> None:
    running.happen("a.example.com", "b.example.com")
    running.happen("c.test", decision=Decision(DIRECT, 1))
    running.finish(1)
    status, out, err = byway("status")
    assert (status, err) == (0, "")
    first, *rest = out.splitlines()
    assert first.startswith(f"byway run, process {os.getpid()}, since 2023-11-1")
    assert rest == [
        "  program     curl https://www.example.com",
        "  profile     /home/me/profile.toml",
        "  connections  live  all      up    down",
        "  office          1    2  1.5 kB  2.5 MB",
        "  DIRECT          1    1     0 B     0 B",
        "  all             2    3  1.5 kB  2.5 MB",
    ]


def test_status_as_json(running: Running, folder: Path, byway: Byway) -> None:
    running.happen("a.example.com")
    with another(folder) as pid:
        status, out, _ = byway("status", "--json")
        engines = json.loads(out)
    assert status == 0
    assert {engine["pid"] for engine in engines} == {os.getpid(), pid}
    assert {engine["live"] for engine in engines} == {1}
    assert engines[0]["actions"]["office"] == {"flows": 1, "live": 1, "up": 0, "down": 0}


def test_a_table_of_connections(running: Running, byway: Byway) -> None:
    running.happen("a.example.com", "a-much-longer-name.example.com")
    running.happen("", decision=Decision(REJECT, None))
    running.finish(1, "via upstream office: refused")
    here = os.getpid()
    _, out, _ = byway("connections")
    head, *lines = out.splitlines()
    assert head.split() == [
        *("TIME", "ID", "APPLICATION", "FROM", "TO", "BY", "RULE", "STATE", "UP", "DOWN"),
        *("WHY", "IT", "ENDED"),
    ]
    assert [line.split()[1] for line in lines] == [f"{here}.2", f"{here}.3"]
    assert "a-much-longer-name.example.com:443 (dns)  office  #1    connecting" in lines[0]
    assert "curl  192.0.2.1:443 " in lines[1]
    assert "REJECT  -     connecting" in lines[1]
    assert head.index("BY") == lines[0].index("office") == lines[1].index("REJECT")

    _, out, _ = byway("connections", "--closed")
    _, line = out.splitlines()
    assert line.endswith("#1    closed  1.5 kB  2.5 MB  via upstream office: refused")

    _, out, _ = byway("connections", "--all")
    assert [line.split()[1] for line in out.splitlines()[1:]] == [f"{here}.{n}" for n in (1, 2, 3)]
    _, out, _ = byway("connections", "--all", "--limit", "2")
    assert [line.split()[1] for line in out.splitlines()[1:]] == [f"{here}.{n}" for n in (2, 3)]
    _, out, _ = byway("connections", "--limit", "0")
    assert len(out.splitlines()) == 1


def test_connections_as_json(running: Running, folder: Path, byway: Byway) -> None:
    running.happen("a.example.com")
    with another(folder) as pid:
        status, out, _ = byway("connections", "--json")
    assert status == 0
    flows = [json.loads(line) for line in out.splitlines()]
    assert [set(flow) for flow in flows] == [set(FlowSnapshot.__slots__)] * 2
    assert [(flow["id"], flow["host"]) for flow in flows] == [
        (f"{os.getpid()}.1", "a.example.com"),
        (f"{pid}.1", "other.example"),
    ]


def test_names_cannot_play_tricks_on_the_terminal(running: Running, byway: Byway) -> None:
    running.happen("evil\x1b]0;owned\x07.example\n")
    running.do(lambda: setattr(next(iter(running.engine.live.values())), "program", "a\x1b[2Jb"))
    _, out, _ = byway("connections")
    assert "\x1b" not in out
    assert "\x07" not in out
    assert len(out.splitlines()) == 2
    assert "evil\\x1b]0;owned\\x07.example\\n:443" in out
    assert "a\\x1b[2Jb" in out


def test_a_long_command_line_is_cut(running: Running, byway: Byway) -> None:
    running.happen("a.example.com")
    program = "sh -c 'while true; do curl https://a.example.com; done'"
    running.do(lambda: setattr(next(iter(running.engine.live.values())), "program", program))
    _, out, _ = byway("connections")
    assert "  sh -c 'while true; do c…  a.example.com:443" in out
    _, out, _ = byway("connections", "--json")
    assert json.loads(out)["program"] == program


@pytest.mark.parametrize(
    "argv",
    [
        ["connections", "--limit", "-1"],
        ["connections", "--limit", "many"],
        ["connections", "--closed", "--all"],
        ["connections", "--follow", "--limit", "3"],
        ["close"],
    ],
    ids=" ".join,
)
def test_wrong_usage(folder: Path, byway: Byway, argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        byway(*argv)
    assert caught.value.code == 2


def test_close(running: Running, folder: Path, byway: Byway) -> None:
    running.happen("a.example.com", "b.example.com")
    here = os.getpid()
    with another(folder) as pid:
        assert byway("close", f"{here}.1", f"{pid}.1") == (0, "", "")
        _, out, _ = byway("connections", "--json")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [f"{here}.2"]


@pytest.mark.parametrize(
    ("flow_id", "problem"),
    [
        ("{here}.9", "{here}.9 is not there (any more)"),
        ("1.1", "1.1: no engine of yours has the process id 1"),
        ("12", "12 is no connection's id; `byway connections` shows them (4711.12)"),
        ("a.b", "a.b is no connection's id; `byway connections` shows them (4711.12)"),
        ("1.\x1b", "1.\\x1b is no connection's id; `byway connections` shows them (4711.12)"),
    ],
)
def test_close_what_is_not_there(
    running: Running, byway: Byway, flow_id: str, problem: str
) -> None:
    running.happen("a.example.com")
    here = str(os.getpid())
    asked = flow_id.replace("{here}", here)
    expected = f"byway close: {problem.replace('{here}', here)}\n"
    assert byway("close", asked, f"{here}.1") == (1, "", expected)
    assert running.do(lambda: dict(running.engine.live)) == {}, "the other one was closed"


class Following:
    """`byway connections --follow` in a process of its own."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "byway_core", "connections", "--follow", *options],
            env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """The next line; a hang is pytest's to end."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def test_follow_from_what_is_to_the_engines_end(running: Running) -> None:
    running.happen("before.example.com")
    following = Following()
    assert following.line().split()[:2] == ["TIME", "ID"]
    assert "before.example.com:443 (dns)" in following.line()
    running.happen("now.example.com")
    opened = following.line()
    assert opened.startswith("+")
    assert "now.example.com:443 (dns)" in opened
    running.finish(2, "the server reset the connection")
    closed = following.line()
    assert closed.startswith("-")
    assert closed.endswith("closed       1.5 kB   2.5 MB  the server reset the connection")
    assert opened.index("office") == closed.index("office")
    running.stop()
    status, out, err = following.end()
    assert (status, out) == (0, "")
    assert err == f"byway: process {os.getpid()} has ended\n"


def test_follow_for_programs(running: Running) -> None:
    running.happen("before.example.com")
    following = Following("--json")
    first = json.loads(following.line())
    assert (first["event"], first["host"]) == ("opened", "before.example.com")
    assert set(first) == {"event", *FlowSnapshot.__slots__}
    running.finish(1)
    events = [json.loads(following.line())]
    while events[-1]["event"] == "updated":
        events.append(json.loads(following.line()))
    assert (events[-1]["event"], events[-1]["down"]) == ("closed", 2_500_000)
    running.stop()
    assert following.end()[0] == 0


def test_follow_the_ended_alone(running: Running) -> None:
    running.happen("before.example.com")
    following = Following("--closed", "--json")
    time_limit = time.monotonic() + 20
    while not running.do(lambda: running.engine.ledger._followers):
        assert time.monotonic() < time_limit
    running.happen("now.example.com")
    running.finish(2)
    assert json.loads(following.line())["id"] == f"{os.getpid()}.2"
    running.stop()
    assert following.end()[0] == 0


def test_follow_goes_on_with_the_engines_that_are_left(running: Running, folder: Path) -> None:
    with another(folder):
        following = Following("--json")
        assert json.loads(following.line())["host"] == "other.example"
    running.happen("still.example.com")
    assert json.loads(following.line())["host"] == "still.example.com"
    running.stop()
    status, _, err = following.end()
    assert status == 0
    assert len(err.splitlines()) == 2


def test_follow_takes_in_engines_that_start_later(running: Running, folder: Path) -> None:
    running.happen("first.example.com")
    following = Following("--json")
    assert json.loads(following.line())["host"] == "first.example.com"
    for _again in range(2):  # the same process id twice
        with another(folder):
            assert json.loads(following.line())["host"] == "other.example"
    running.stop()
    status, _, err = following.end()
    assert status == 0
    assert len(err.splitlines()) == 3


def test_a_reader_that_has_enough(running: Running) -> None:
    following = Following()
    following.line()
    output: IO[str] | None = following.process.stdout
    assert output is not None
    output.close()
    following.process.stdout = None
    running.happen("now.example.com")
    status, _, err = following.end()
    assert (status, err) == (0, "")


@pytest.mark.parametrize(
    ("command", "status"), [("--version", 0), ("--help", 0), ("check", 1), ("connections", 3)]
)
def test_nobody_reads(folder: Path, command: str, status: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "byway_core", command],
            env={**os.environ, "PYTHONPATH": str(ROOT / "core"), "XDG_CONFIG_HOME": str(folder)},
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=20,
        )
    finally:
        os.close(writer)
    assert done.returncode == status
    assert "Broken pipe" not in done.stderr


def test_ctrl_c_ends_it_quietly(running: Running) -> None:
    following = Following()
    following.line()
    following.process.send_signal(2)
    status, out, err = following.end()
    assert (status, out, err) == (130, "", "")
