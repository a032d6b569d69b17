"""The ways to an engine, each by itself: a child, one in this process, those of others."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.byway import Byway, Serving, free_port
from tests.support.loops import until
from tests.support.origins import Origin, echo

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui import installed
from byway_gui.engine_link import child as module
from byway_gui.engine_link.child import Child, arguments
from byway_gui.engine_link.hosts import start_give_back
from byway_gui.engine_link.in_process import InProcess
from byway_gui.engine_link.inbox import Batch, Inbox
from byway_gui.engine_link.others import OtherEngines

Loop = asyncio.AbstractEventLoop


class Heard:
    """What a host tells."""

    def __init__(self, loop: Loop, folder: Path) -> None:
        self.loop = loop
        self.folder = folder
        self.events: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.status: list[int] = []

    def child(self, monkeypatch: pytest.MonkeyPatch, code: str) -> Child:
        """A program in the engine's place."""
        program = self.folder / "engine"
        program.write_text(f"#!{sys.executable}\n{code}\n")
        program.chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", str(program))
            return Child(self.loop, [], self.events.append, self.lines.append, self.status.append)

    def end(self) -> int:
        until(self.loop, lambda: self.status)
        (status,) = self.status
        return status


@pytest.fixture
def heard(qt_loop: Loop, tmp_path: Path) -> Heard:
    return Heard(qt_loop, tmp_path)


# -- a child -----------------------------------------------------------------------------------


def test_lines_are_told_apart(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events from a library's own words, halves from wholes, and all of it before the end."""
    heard.child(
        monkeypatch,
        "import sys, time\n"
        "print('a library speaks', flush=True)\n"
        "print('[1]\\n{\"event\": \"in-', end='', flush=True)\n"
        "time.sleep(0.05)\n"
        'print(\'force"}\\n{"event": "last"}\', flush=True)\n'
        "print('caf\\xe9 one\\ntwo', file=sys.stderr)\n"
        "sys.exit(3)",
    )
    assert heard.end() == 3
    assert heard.events == [{"event": "in-force"}, {"event": "last"}]
    assert heard.lines == ["café one", "two"]


def test_last_words_are_heard_however_long(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    heard.child(monkeypatch, "import sys\nfor n in range(3000): print('x' * 99, file=sys.stderr)")
    assert heard.end() == 0
    assert len(heard.lines) == 3000


def test_a_line_without_an_end_is_bounded(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    heard.child(monkeypatch, "import sys\nsys.stderr.write('x' * 10_000_000 + '\\nend\\n')")
    assert heard.end() == 0
    assert heard.lines[-1] == "end"
    assert len(heard.lines[0]) <= 2 * module._LONGEST


def test_who_closes_its_output_has_not_ended(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    child = heard.child(
        monkeypatch,
        "import os, sys, time\nprint('x', file=sys.stderr)\nos.close(1)\nos.close(2)\n"
        "time.sleep(1000)",
    )
    until(heard.loop, lambda: heard.lines == ["x"])
    assert heard.status == []
    child.end(signal.SIGKILL)
    assert heard.end() == -signal.SIGKILL
    child.end()  # too late


def test_its_children_do_not_keep_it_alive(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have its pipes: a worker that is still ending."""
    heard.child(
        monkeypatch,
        "import subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "print(child.pid, file=sys.stderr, flush=True)\n"
        "child.returncode = 0",
    )
    assert heard.end() == 0
    os.kill(int(heard.lines[0]), signal.SIGKILL)


def test_nothing_of_it_is_left_open(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        heard.status.clear()
        heard.child(monkeypatch, "print()")
        heard.end()
    assert len(os.listdir("/proc/self/fd")) == before


def test_ctrl_c_is_not_its(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the terminal that the window was started from; the window ends it then."""
    child = heard.child(monkeypatch, "import time\ntime.sleep(1000)")
    assert os.getsid(child.pid) == child.pid
    child.end(signal.SIGKILL)
    heard.end()


@pytest.mark.parametrize(
    ("reach", "command"), [("machine", "up"), ("port", "serve")], ids=["machine", "port"]
)
def test_its_command_line(reach: str, command: str) -> None:
    line = [command, "--events", "--profile", "/my profile.toml", "--everything=the office"]
    assert arguments(reach, Path("/my profile.toml"), "the office") == line


def test_where_no_kill_switch_is_none_is_ended(heard: Heard) -> None:
    """The real command, where no helper is."""
    start_give_back(heard.loop)(heard.events.append, heard.lines.append, heard.status.append)
    assert heard.end() == 3
    assert "does not run" in heard.lines[-1]


def test_the_helper_is_there_where_the_bus_can_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_FOLDERS", (str(tmp_path / "none"), str(tmp_path)))
    assert not installed.helper_is_there()
    (tmp_path / "io.github.byway.Helper1.service").touch()
    assert installed.helper_is_there()


# -- one in this process -----------------------------------------------------------------------


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    file = tmp_path / "profile.toml"
    file.write_text(
        f'version = 1\nrules = ["MATCH,DIRECT"]\n[general]\nmixed_port = {free_port()}\n'
    )
    return file


def start(heard: Heard, profile: Path) -> InProcess:
    return InProcess(heard.loop, profile, "", heard.events.append, heard.status.append)


def test_it_ends_once_however_often_it_is_told(heard: Heard, profile: Path) -> None:
    it = start(heard, profile)
    until(heard.loop, lambda: heard.events == [{"event": "in-force"}])
    it.end()
    it.end()
    assert heard.end() == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "problem"),
        ('version = 1\nrules = ["MATCH,DIRECT"]\n', "opens no local port"),
    ],
)
def test_what_it_cannot_use_is_said(heard: Heard, profile: Path, text: str, why: str) -> None:
    profile.write_text(text)
    start(heard, profile)
    assert heard.end() == 1
    assert why in heard.events[0]["text"]


@pytest.mark.parametrize("text", ["nonsense", None])
def test_it_is_ended_before_it_has_begun(heard: Heard, profile: Path, text: str | None) -> None:
    """Whatever it was to find in its profile: it ends once."""
    if text is not None:
        profile.write_text(text)
    it = start(heard, profile)
    it.end()
    assert heard.end() == 0
    turned: list[bool] = []
    heard.loop.call_later(0.2, turned.append, True)
    until(heard.loop, lambda: turned)
    assert (heard.status, heard.events) == ([0], [])


# -- all engines -------------------------------------------------------------------------------


class Table:
    """What the window would know of flows."""

    def __init__(self, loop: Loop) -> None:
        self.flows: dict[object, FlowSnapshot] = {}
        self.ended: set[int] = set()
        self.inbox = Inbox(loop, self._take)

    def _take(self, batch: Batch) -> None:
        for key in [key for key in self.flows if key[0] in batch.voided]:  # type: ignore[index]
            del self.flows[key]
        self.flows.update(batch.flows)
        self.ended |= batch.ended

    @property
    def live(self) -> list[FlowSnapshot]:
        return [flow for flow in self.flows.values() if flow.state is FlowState.OPEN]


@pytest.fixture
def table(qt_loop: Loop) -> Iterator[Table]:
    table = Table(qt_loop)
    yield table
    table.inbox.close()


@pytest.fixture
def serving(own_folders: Path) -> Iterator[Serving]:
    with Byway(own_folders).serving("MATCH,DIRECT") as serving:
        yield serving


@pytest.fixture
def origin() -> Iterator[Origin]:
    with echo() as origin:
        yield origin


Hold = Callable[[], socket.socket]


def test_one_connection_of_many_is_ended(
    qt_loop: Loop, table: Table, serving: Serving, origin: Origin
) -> None:
    others = OtherEngines(qt_loop, table.inbox)
    others.look()
    first = serving.connect(origin.host, origin.port)
    second = serving.connect(origin.host, origin.port)
    until(qt_loop, lambda: len(table.live) == 2)
    flow = min(table.live, key=lambda flow: flow.opened)
    assert qt_loop.run_until_complete(others.end_flow(flow.id))
    until(qt_loop, lambda: len(table.live) == 1)
    second.sendall(b"x")
    assert second.recv(1) == b"x"
    with pytest.raises(ConnectionResetError):
        first.recv(1)
    first.close()
    second.close()
    # It is gone already; no such number; no such engine.
    for id_ in (flow.id, f"{serving.pid}.999999", "1.1"):
        assert not qt_loop.run_until_complete(others.end_flow(id_))
    others.close()


def test_engines_come_and_go(
    qt_loop: Loop, table: Table, own_folders: Path, origin: Origin
) -> None:
    others = OtherEngines(qt_loop, table.inbox)
    with Byway(own_folders).serving("MATCH,DIRECT") as serving:
        held = serving.connect(origin.host, origin.port)
        for _ in range(3):
            others.look()  # one follower, however often
        assert len(others._followers) == 1
        until(qt_loop, lambda: len(table.live) == 1)
    until(qt_loop, lambda: table.ended)
    assert others._followers == {}
    held.close()
    with Byway(own_folders).serving("MATCH,DIRECT"):
        others.look()
        assert len(others._followers) == 1
        others.close()


def test_one_that_hangs_hinders_nobody(
    qt_loop: Loop, table: Table, serving: Serving, origin: Origin
) -> None:
    others = OtherEngines(qt_loop, table.inbox)
    os.kill(serving.pid, signal.SIGSTOP)
    try:
        others.look()
        asked = qt_loop.create_task(others.end_flow(f"{serving.pid}.1"))
        turned: list[bool] = []
        qt_loop.call_later(0.1, turned.append, True)
        until(qt_loop, lambda: turned)
        assert not asked.done()
    finally:
        os.kill(serving.pid, signal.SIGCONT)
    until(qt_loop, asked.done)
    assert not asked.result()
    others.close()
