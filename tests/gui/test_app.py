"""The app as a process of its own: started, told to end, and gone without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.byway import DEADLINE, Byway, until
from tests.support.processes import program

APP = [sys.executable, "-m", "byway_gui"]
# What the offscreen platform says of itself, and what Qt says where nobody has set a locale.
NOISE = ("This plugin does not support", "No such signal QPlatformNativeInterface", "locale")


def catches(pid: int, signum: int) -> bool:
    """Whether the process has a handler for it (proc(5), SigCgt)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signum - 1) & 1)
    return False


def ends_well(app: subprocess.Popen[str], signum: int) -> None:
    until(lambda: app.poll() is not None or catches(app.pid, signal.SIGTERM), "it serves signals")
    app.send_signal(signum)
    _, words = app.communicate(timeout=DEADLINE)
    said = [line for line in words.splitlines() if not any(noise in line for noise in NOISE)]
    assert (app.returncode, said) == (0, [])


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_when_told_and_leaves_nothing(own_folders: Path, signum: int) -> None:
    temporary = own_folders / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    app = subprocess.Popen(
        [*APP, "--temp-dirs"], env=environment, stderr=subprocess.PIPE, text=True
    )
    until(lambda: list(temporary.iterdir()), "it has a folder")
    ends_well(app, signum)
    assert list(temporary.iterdir()) == []
    assert not (own_folders / "config").exists()
    assert list((own_folders / "runtime").rglob("*.sock")) == []


def test_it_starts_at_login(own_folders: Path) -> None:
    """As the file in the autostart folder says."""
    app = subprocess.Popen(
        [*APP, "--temp-dirs", "--minimized"], stderr=subprocess.PIPE, text=True, cwd=own_folders
    )
    ends_well(app, signal.SIGTERM)


@contextmanager
def x_server() -> Iterator[str]:
    """A display of its own, without a screen."""
    read, write = os.pipe()
    argv = [program("Xvfb"), "-displayfd", str(write), "-nolisten", "tcp"]
    server = subprocess.Popen(
        argv, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        with open(read) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait(DEADLINE)


def test_it_starts_on_a_desktop(own_folders: Path) -> None:
    """With X11 and its libraries, as `./dev run` installs them."""
    with x_server() as display:
        environment = {**os.environ, "DISPLAY": display}
        del environment["QT_QPA_PLATFORM"]
        app = subprocess.Popen(
            [*APP, "--temp-dirs"], env=environment, stderr=subprocess.PIPE, text=True
        )
        ends_well(app, signal.SIGTERM)


def test_without_a_display_it_says_so() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(APP, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no display" in done.stderr


def test_a_named_profile_is_taken(own_folders: Path) -> None:
    """… and the tests' own command still works beside the app."""
    profile = Byway(own_folders).profile("MATCH,nowhere")
    app = subprocess.Popen(
        [*APP, "--profile", str(profile)], stderr=subprocess.PIPE, text=True, cwd=own_folders
    )
    ends_well(app, signal.SIGTERM)


EMIT = """
from PySide6.QtCore import QObject, Signal
class Source(QObject):
    changed = Signal(bool)
source, heard = Source(), []
source.changed.connect(heard.append)
for _ in range(2000):
    source.changed.emit(True)
assert heard == [True] * 2000
"""


def test_qt_does_not_run_out_of_truth() -> None:
    """PySide6 6.12.0 gives a reference to True away with every emission, and Python 3.11 aborts
    when none is left, after some 570."""
    done = subprocess.run([sys.executable, "-c", EMIT], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


COLLECT = """
import gc, threading
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from byway_gui.garbage import collect_here

class Cycle:
    died = set()
    def __init__(self): self.me = self
    def __del__(self): self.died.add(threading.current_thread())

application = QCoreApplication([])
collect_here(application)
def allocate():
    kept = [[Cycle()] for _ in range(50_000)]
for turn in range(3):
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert turn or not Cycle.died
    QTimer.singleShot(300, application.quit)
    application.exec()
assert Cycle.died == {threading.main_thread()}, Cycle.died
"""


def test_garbage_is_collected_on_qts_thread_only() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECT], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


LATE_TRAY = """
from PySide6.QtCore import QTimer
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication, QMenu
from pathlib import Path
from byway_gui.actions import Actions
from byway_gui.presenters.standing import Phase, Standing
from byway_gui.profiles_menu import ProfilesMenu
from byway_gui.tray import Tray

application = QApplication([])
tray = Tray(Actions(), QMenu(), ProfilesMenu(Path("profile.toml")))
tray.show_standing(Standing(Phase.OFF))
first = tray.icon
def look():
    if tray.icon is not first:
        application.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "a panel")
assert other.registerService("org.kde.StatusNotifierWatcher")
QTimer.singleShot(20_000, lambda: application.exit(1))
raise SystemExit(application.exec())
"""


def test_a_tray_that_comes_late_gets_a_new_icon() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DBUS_SESSION_BUS_ADDRESS"}
    argv = [program("dbus-run-session"), "--", sys.executable, "-c", LATE_TRAY]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
