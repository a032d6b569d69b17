"""Programs in their own namespace, started by an engine of the test's, as root and as a user.

The engine is a process of its own (`namespace_engine`): starting a namespace forks, and pytest has
threads. Each run carries a mark in its environment, which everything that comes of it inherits, so
that what is left behind is found wherever it went.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.support.own_network import SEARCH

ROOT = Path(__file__).parents[2]
DEADLINE = 30.0  # generous: only a test that fails waits this long
MARK = "BYWAY_TEST_RUN"

# An id that no account has. Root tests as this user too; a user tests as itself.
USER = 61_234
EXTRA_GROUP = 61_235
PEOPLE = ("root", "user") if os.geteuid() == 0 else ("user",)

# All that an engine of namespaces imports; compiling the rest would take longer than a test.
_NEEDED = (
    "core/byway_core/intercept",
    "core/byway_core/model",
    "core/byway_core/plan",
    "polkit/byway_helper",
)


class Stage:
    """What runs need on disk, where any user can read it: the packages and the engine. A checkout
    in root's home is no place for that."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="byway-test-"))
        self.folder.chmod(0o755)
        for package in ("core/byway_core", "polkit/byway_helper"):
            target = self.folder / Path(package).name
            target.mkdir()
            for module in (ROOT / package).glob("*.py"):
                shutil.copy(module, target)
        for package in _NEEDED:
            folder = Path(package)
            shutil.copytree(
                ROOT / folder, self.folder.joinpath(*folder.parts[1:]), dirs_exist_ok=True
            )
        shutil.copy(ROOT / "tests/support/namespace_engine.py", self.folder)
        # Pure Python: it serves whichever interpreter that is.
        library = importlib.util.find_spec("pyroute2")
        assert library is not None
        assert library.origin is not None
        shutil.copytree(Path(library.origin).parent, self.folder / "pyroute2")
        self.home = self.folder / "home"
        self.home.mkdir()
        if os.geteuid() == 0:
            os.chown(self.home, USER, USER)
        for interpreter in {python(person) for person in PEOPLE}:
            command = [interpreter, "-m", "compileall", "-q", self.folder]
            subprocess.run(command, check=True, timeout=60)

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def become(person: str) -> list[str]:
    """What to put before a command so that this person runs it."""
    if person == "root" or os.geteuid() != 0:
        return []
    groups = f"{USER},{EXTRA_GROUP}"
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", f"--groups={groups}"]


def python(person: str) -> str:
    """An interpreter that this person may execute: ours, or the system's where ours lies in
    root's home."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        # Through a shell: setpriv still has root's powers when it executes its own command.
        code = "import sys; sys.exit(sys.version_info < (3, 11))"
        asked = [*become(person), "/bin/sh", "-c", 'exec "$0" -c "$1"', candidate, code]
        if subprocess.run(asked, check=False, capture_output=True).returncode == 0:
            return candidate
    raise RuntimeError(f"no Python 3.11 or newer that {person} may execute")


class Run:
    """One run. Standard input and output are the program's; the engine's events come apart."""

    def __init__(
        self,
        stage: Stage,
        person: str,
        program: Sequence[str],
        *options: str,
        prefix: Sequence[str] = (),
        env: dict[str, str] | None = None,
        **popen: Any,
    ) -> None:
        self.mark = uuid.uuid4().hex
        events, theirs = os.pipe()
        commands, self._control = os.pipe()
        environment = {
            **os.environ,
            "PATH": SEARCH,
            "PYTHONPATH": str(stage.folder),
            "HOME": str(stage.home),
            "PYTHON": python(person),
            MARK: self.mark,
            **(env or {}),
        }
        engine = [environment["PYTHON"], str(stage.folder / "namespace_engine.py")]
        fixed = ["--events", str(theirs), "--control", str(commands)]
        popen = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True, **popen}
        self.process = subprocess.Popen(
            [*become(person), *prefix, *engine, *fixed, *options, "--", *program],
            env=environment,
            pass_fds=(theirs, commands),
            **popen,
        )
        os.close(theirs)
        os.close(commands)
        self._events = events
        self._buffer = b""
        self.seen: list[dict[str, Any]] = []

    def event(self, *kinds: str) -> dict[str, Any]:
        """The next event of one of these kinds; the others are passed over and kept in `seen`."""
        for event in self._all_events():
            if event["event"] in kinds:
                return event
        raise AssertionError(f"the engine ended without {kinds}; it said {self.seen}")

    def _all_events(self) -> Iterator[dict[str, Any]]:
        deadline = time.monotonic() + DEADLINE
        while True:
            line, newline, rest = self._buffer.partition(b"\n")
            if newline:
                self._buffer = rest
                self.seen.append(json.loads(line))
                yield self.seen[-1]
                continue
            left = deadline - time.monotonic()
            if not select.select([self._events], [], [], max(left, 0))[0]:
                raise AssertionError(f"nothing more within {DEADLINE} s after {self.seen}")
            more = os.read(self._events, 65536)
            if not more:
                return
            self._buffer += more

    def command(self, text: str) -> None:
        os.write(self._control, f"{text}\n".encode())

    def result(self) -> tuple[int, str]:
        """The engine's exit status and the program's output, at the end."""
        output, _ = self.process.communicate(timeout=DEADLINE)
        for _ in self._all_events():
            pass
        return self.process.returncode, output or ""

    def inhabitants(self) -> list[int]:
        """Every process that carries our mark."""
        wanted = f"{MARK}={self.mark}".encode()
        return [pid for pid in all_processes() if wanted in environment_of(pid)]

    def close(self) -> None:
        """Kill what is left of it. May be called again."""
        if self._events < 0:
            return
        for pid in self.inhabitants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(DEADLINE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self._events)
        os.close(self._control)
        self._events = -1


def all_processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def environment_of(pid: int) -> list[bytes]:
    """A process's environment; nothing where it is gone or is not ours to look at."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
