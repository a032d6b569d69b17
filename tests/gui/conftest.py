from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Before Qt is loaded: no display is needed, and a developer's own desktop is left alone.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"

import pytest
from PySide6.QtWidgets import QApplication
from tests.support.loops import make_loop
from tests.support.own_namespace import ROOT

from byway_gui import installed
from byway_gui.app import Desktop
from byway_gui.engine_link.hosts import start_child, start_in_process
from byway_gui.settings import SettingsFile, settings_path
from byway_gui.theme import Look

MakeDesktop = Callable[..., Desktop]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runtime folder is the test's own, for the app and for the programs that it starts; these
    find the packages where the test has them from."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    rooms = (str(ROOT / room) for room in ("core", "gui", "polkit", "resources"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*rooms, os.environ.get("PYTHONPATH", "")]))
    return tmp_path


@pytest.fixture(autouse=True)
def garbage_is_collected_here() -> Iterator[None]:
    """As in the app (`byway_gui.garbage`): never in another thread, where QObjects would die."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def qt_loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    loop = make_loop("qasync", request)
    yield loop
    loop.close()


@pytest.fixture
def make_desktop(
    qt_loop: asyncio.AbstractEventLoop, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeDesktop]:
    """Make the app with a profile path and show its window; in the end it ends everything.
    `in_process`: with its engine here, else with one of its own."""
    made: list[Desktop] = []
    monkeypatch.setattr(installed, "helper_is_there", lambda: False)

    def make(profile: Path, *, in_process: bool = False) -> Desktop:
        start = start_in_process(qt_loop) if in_process else start_child(qt_loop)
        settings = SettingsFile(settings_path())
        desktop = Desktop(qt_loop, profile, start, Look(qapp, settings.value.theme), settings)
        desktop.show()
        made.append(desktop)
        return desktop

    yield make
    for desktop in made:
        qt_loop.run_until_complete(desktop.close())
        assert len(desktop.running.programs) == 0
