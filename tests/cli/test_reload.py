"""`byway reload`, against control sockets that answer what a test wants."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.support.engines import LedgerDoor

from byway_core.api.control import ControlServer
from byway_core.api.wire import Reloaded, reloaded_to_json
from byway_core.cli import main
from byway_core.model.errors import BywayError, Problem

FILE = "/home/me/profile.toml"  # as LedgerDoor says
TAKEN = Reloaded(True, FILE, 3, 1)
HERE = os.getpid()


class Running:
    """An engine's control socket, served by a thread of this process."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = LedgerDoor(self.loop)
        self._folder = folder
        self._server: ControlServer | None = None
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def serve(self, kind: str, says: Reloaded | BywayError | None) -> None:
        """None: it knows no `reload`."""

        def reload(_: Mapping[str, Any]) -> object:
            if isinstance(says, Reloaded):
                return reloaded_to_json(says)
            assert says is not None
            raise says

        methods = {} if says is None else {"reload": reload}

        async def start() -> None:
            self._server = ControlServer(
                self.loop, self.engine, self._folder, kind=kind, methods=methods
            )

        asyncio.run_coroutine_threadsafe(start(), self.loop).result(20)

    def stop(self) -> None:
        async def end() -> None:
            if self._server is not None:
                self._server.close()
            self.engine.ledger.close()

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(20)
        self.loop.close()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "byway"
    folder.mkdir(mode=0o700)
    running = Running(folder)
    yield running
    running.stop()


@pytest.fixture
def byway(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(argv)
        out, err = capsys.readouterr()
        return status, out, err

    return run


Byway = Callable[..., tuple[int, str, str]]
WARNING = Problem(7, 4, "unwise", warning=True)
ERROR = Problem(3, 5, "no such \x1b upstream", "one of a, b", "b")


@pytest.mark.parametrize(
    ("kind", "says", "status", "out", "err"),
    [
        pytest.param("serve", TAKEN, 0, "3 rules, 1 upstream", "", id="taken"),
        pytest.param(
            "machine",
            Reloaded(True, FILE, 1, 0, 2, problems=(WARNING,)),
            0,
            "1 rule, 0 upstreams; 2 networks direct in the kernel",
            f"{FILE}:7:4: warning: unwise\n",
            id="with a warning",
        ),
        pytest.param(
            "machine",
            Reloaded(True, FILE, 3, 2, 1, ("machine.lan", "general.workers")),
            0,
            "3 rules, 2 upstreams; 1 network direct in the kernel; machine.lan, general.workers "
            "need `byway down` and `byway up`",
            "",
            id="partly",
        ),
        pytest.param(
            "serve",
            Reloaded(True, FILE, 3, 2, None, ("general.mixed_port",)),
            0,
            "3 rules, 2 upstreams; general.mixed_port needs a new `byway serve`",
            "",
            id="partly, a port",
        ),
        pytest.param(
            "run",
            Reloaded(False, FILE, 3, 2, None, (), (ERROR,)),
            1,
            "not taken; as before: 3 rules, 2 upstreams",
            f"{FILE}:3:5: error: no such \\x1b upstream\n"
            "    expected: one of a, b\n    nearest:  b\n",
            id="not taken",
        ),
    ],
)
def test_what_is_printed(
    running: Running, byway: Byway, kind: str, says: Reloaded, status: int, out: str, err: str
) -> None:
    running.serve(kind, says)
    expected = status, f"byway {kind}, process {HERE}: {out}\n", err
    assert byway("reload") == expected
    assert byway("reload", FILE) == expected
    assert byway("reload", "/home/me/../me/profile.toml") == expected


def test_only_those_with_that_profile(running: Running, byway: Byway) -> None:
    running.serve("run", TAKEN)
    status, out, err = byway("reload", "other.toml")
    assert (status, out) == (3, "")
    assert err == "byway reload: no engine of yours runs with other.toml\n"


def test_nothing_runs(running: Running, byway: Byway) -> None:
    status, out, err = byway("reload")
    assert (status, out) == (3, "")
    assert err.startswith("byway does not run")


def test_an_engine_that_cannot(running: Running, byway: Byway) -> None:
    running.serve("desktop", None)
    status, out, err = byway("reload")
    assert (status, out) == (1, "")
    assert err.startswith(f"byway reload: process {HERE}: it cannot be told to")


def test_what_an_engine_says_cannot_play_tricks_on_the_terminal(
    running: Running, byway: Byway
) -> None:
    """It may be another user's, and root asks it."""
    running.serve("machine", BywayError("\x1b]0;owned\x07"))
    assert byway("reload") == (1, "", f"byway reload: process {HERE}: \\x1b]0;owned\\x07\n")
