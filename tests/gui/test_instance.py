"""One app for each user."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support.byway import DEADLINE, free_port, until
from tests.support.loops import aside

from byway_gui import instance
from byway_gui.instance import OnlyOne, Wish, ask

APP = [sys.executable, "-m", "byway_gui"]

# Says when its window is brought to the user, and how it then is.
SEEN = """
import sys
from byway_gui import app, session
class Desktop(app.Desktop):
    def show(self):
        super().show()
        print("shown", self.window.isVisible(), self.window.isMinimized(), flush=True)
    def _show(self, standing):
        super()._show(standing)
        if standing.phase.name in ("ON", "OFF", "FAILED"):
            print(standing.phase.name, bool(standing.port), flush=True)
session.Desktop = Desktop
minimized, toggle = "--minimized" in sys.argv, "--toggle" in sys.argv
sys.exit(session.run(None, minimized=minimized, toggle=toggle, in_process=False, only_one=True))
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """An app that tells of its window."""
    started: list[subprocess.Popen[str]] = []

    def seen(*arguments: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", SEEN, *arguments]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield seen
    for process in started:
        with suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=DEADLINE)


def line(app: subprocess.Popen[str], of: str = "shown") -> str:
    """The next of its lines that begins so."""
    assert app.stdout is not None
    return next(line.strip() for line in app.stdout if line.startswith(of))


def second(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A start, to its end."""
    return subprocess.run(
        [*APP, *arguments], capture_output=True, text=True, timeout=DEADLINE, check=False
    )


def test_a_second_start_raises_the_window(start: Start, own_folders: Path) -> None:
    app = start("--minimized")
    until((own_folders / "runtime" / "byway" / "desktop").exists, "the first is there")
    for _ in range(2):
        done = second()
        assert (done.returncode, done.stdout) == (0, "")
        assert line(app) == "shown True False"
    assert app.poll() is None


def test_a_second_start_waits_for_the_first(start: Start, own_folders: Path) -> None:
    """Which has its lock, and is still loading."""
    app = start("--minimized")
    lock = own_folders / "runtime" / "byway" / "desktop.lock"
    until(lock.exists, "the first has begun")
    assert second().returncode == 0
    assert line(app) == "shown True False"


def test_one_that_was_killed_is_no_obstacle(start: Start) -> None:
    first = start()
    assert line(first) == "shown True False"
    first.kill()
    first.wait()
    app = start()
    assert line(app) == "shown True False"
    assert second().returncode == 0
    assert line(app) == "shown True False"


@pytest.fixture
def profile(own_folders: Path) -> Path:
    """The user's own: a valid one."""
    file = own_folders / "config" / "byway" / "profile.toml"
    file.parent.mkdir(parents=True)
    port = free_port()
    file.write_text(f'version = 1\nrules = ["MATCH,DIRECT"]\n[general]\nmixed_port = {port}\n')
    return file


@pytest.mark.usefixtures("profile")
def test_turned_on_and_off_by_a_command(start: Start) -> None:
    """As the actions of the desktop file do."""
    app = start("--toggle", "--minimized")
    assert line(app, "O") == "OFF False"  # how it begins
    assert line(app, "ON") == "ON True"
    assert second("--toggle").returncode == 0
    assert line(app, "OFF")
    assert second("--toggle").returncode == 0
    assert line(app, "ON") == "ON True"


def test_what_is_on_already_is_turned_off(start: Start, profile: Path) -> None:
    """By an engine that was there before the app."""
    serve = [sys.executable, "-m", "byway_core", "serve", "--profile", str(profile)]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as engine:
        assert engine.stderr is not None
        assert "serving" in engine.stderr.readline()
        app = start("--toggle", "--minimized")
        assert line(app, "ON") == "ON True"
        assert line(app, "OFF")
        assert engine.wait(DEADLINE) == 0


def test_without_a_profile_the_window_says_why(start: Start) -> None:
    app = start("--toggle", "--minimized")
    assert line(app) == "shown True False"


def test_one_to_try_it_out_is_beside_it(start: Start, own_folders: Path) -> None:
    app = start()
    assert line(app) == "shown True False"
    beside = subprocess.Popen([*APP, "--temp-dirs"], stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: catches_sigterm(beside.pid) or beside.poll() is not None, "it is there")
        assert beside.poll() is None
        assert second().returncode == 0
        assert line(app) == "shown True False"  # and not that of the other
    finally:
        beside.send_signal(signal.SIGTERM)
        beside.communicate(timeout=DEADLINE)
    assert beside.returncode == 0


def catches_sigterm(pid: int) -> bool:
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/status").read_text().splitlines():
            if each.startswith("SigCgt:"):
                return bool(int(each.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


def test_a_folder_that_cannot_be_used_is_said(own_folders: Path) -> None:
    """In words, not by a traceback."""
    (own_folders / "runtime" / "byway").touch()
    done = second()
    assert done.returncode == 1
    assert done.stderr.startswith("byway-desktop: ")
    assert "Traceback" not in done.stderr


# -- the lock and its socket -------------------------------------------------------------------


@pytest.fixture(params=["short", "x" * 150])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A name may be longer than an address of a socket can be."""
    folder = tmp_path / request.param
    folder.mkdir(mode=0o700)
    return folder


def test_whoever_asks_is_heard(folder: Path, qt_loop: asyncio.AbstractEventLoop) -> None:
    heard: list[object] = []
    one = OnlyOne(folder)
    one.listen(qt_loop, heard.append)
    assert aside(qt_loop, lambda: ask(folder, Wish.SHOW))
    assert heard == [Wish.SHOW]
    with pytest.raises(BlockingIOError):
        OnlyOne(folder)
    one.close()
    assert not (folder / "desktop").exists()
    other = OnlyOne(folder)
    other.listen(qt_loop, lambda wish: heard.append((other, wish)))
    assert aside(qt_loop, lambda: ask(folder, Wish.TOGGLE))
    assert heard == [Wish.SHOW, (other, Wish.TOGGLE)]
    other.close()


@pytest.mark.parametrize("said", [b"", b"dance", b"show" * 100])
def test_what_is_no_wish_is_passed_over(
    folder: Path, qt_loop: asyncio.AbstractEventLoop, said: bytes
) -> None:
    heard: list[Wish] = []
    one = OnlyOne(folder)
    one.listen(qt_loop, heard.append)

    def say() -> bytes:
        with socket.socket(socket.AF_UNIX) as asking, instance._reachable(folder) as address:
            asking.connect(address)
            asking.sendall(said)
            asking.shutdown(socket.SHUT_WR)
            try:
                return asking.recv(1)
            except ConnectionResetError:
                return b""  # it has not read everything

    assert aside(qt_loop, say) == b""
    assert aside(qt_loop, lambda: ask(folder, Wish.SHOW))
    assert heard == [Wish.SHOW]
    with socket.socket(socket.AF_UNIX) as silent, instance._reachable(folder) as address:
        silent.connect(address)  # and says nothing: it keeps nobody
        assert aside(qt_loop, lambda: ask(folder, Wish.TOGGLE))
        one.close()
    assert heard == [Wish.SHOW, Wish.TOGGLE]


def test_one_that_hangs_is_not_waited_for_for_ever(
    folder: Path, qt_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_SECONDS", 0.2)
    assert not ask(folder, Wish.SHOW)  # nobody is there
    one = OnlyOne(folder)
    assert not ask(folder, Wish.SHOW)
    one.listen(qt_loop, lambda wish: None)
    one.close()


def test_children_do_not_keep_the_lock(folder: Path, qt_loop: asyncio.AbstractEventLoop) -> None:
    """The engine that it starts outlives it."""
    one = OnlyOne(folder)
    child = subprocess.Popen(["sleep", "1000"], close_fds=False)
    one.listen(qt_loop, lambda wish: None)
    one.close()
    try:
        other = OnlyOne(folder)
        other.listen(qt_loop, lambda wish: None)
        other.close()
    finally:
        child.kill()
        child.wait()


def test_others_files_there_are_left(folder: Path, qt_loop: asyncio.AbstractEventLoop) -> None:
    (folder / "4711.sock").touch()
    one = OnlyOne(folder)
    one.listen(qt_loop, lambda wish: None)
    one.close()
    assert sorted(os.listdir(folder)) == ["4711.sock", "desktop.lock"]
