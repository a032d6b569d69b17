"""`byway run` as a user starts it, while it runs: its processes, its ledger, and what it leaves."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.byway import DEADLINE, ROOT, Byway, children, until

# In the environment of a run, which everything that comes of it inherits: what is left behind is
# found by it, wherever it went.
MARK = "BYWAY_TEST_RUN"
INSIDE = ROOT / "tests/support/inside.py"

Flow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """A program that has ended."""

    status: int
    out: str
    err: str
    seconds: float


class Running:
    """A running `byway run`."""

    def __init__(self, byway: Byway, process: subprocess.Popen[str], mark: str, log: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._byway = byway
        self._mark = mark
        self._log = log
        self._output = b""

    # -- its processes ------------------------------------------------------------------------

    def launcher(self) -> int:
        """The process id; waits until there is one."""
        return self._child("byway-launcher")

    def program(self) -> int:
        """The process id of what was started in the namespace; waits until it executes."""
        launcher = self.launcher()

        def executing() -> int:
            found = [pid for pid in children(launcher) if not name_of(pid).startswith("byway-")]
            return found[0] if found else 0

        pid = until(executing, "the program executes")
        assert isinstance(pid, int)
        return pid

    def workers(self) -> list[int]:
        """The process ids of the forked workers."""
        return [pid for pid in children(self.pid) if name_of(pid) != "byway-launcher"]

    def left(self) -> list[int]:
        """Every process that came of this run and is still there."""
        wanted = f"{MARK}={self._mark}".encode()
        return [pid for pid in processes() if wanted in environment_of(pid)]

    def nothing_is_left(self) -> None:
        """The kernel takes a moment to end processes."""
        until(lambda: not self.left(), f"processes are left of the run: {self.left()}")

    def _child(self, name: str) -> int:
        def named() -> int:
            found = [pid for pid in children(self.pid) if name_of(pid) == name]
            return found[0] if found else 0

        pid = until(named, f"{name} runs")
        assert isinstance(pid, int)
        return pid

    # -- what it says -------------------------------------------------------------------------

    def line(self, within: float = DEADLINE) -> str:
        """The next line of the program's standard output."""
        assert self.process.stdout is not None
        end = time.monotonic() + within
        while b"\n" not in self._output:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            assert ready, f"the program says nothing; {self.said()}"
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            assert more, f"the program has ended; {self.said()}"
            self._output += more
        text, _, self._output = self._output.partition(b"\n")
        return text.decode("utf-8", "surrogateescape")

    def said(self) -> str:
        """Byway's and the program's standard error."""
        return self._log.read_text()

    def connections(self, *options: str) -> list[Flow]:
        return self._byway.connections(self.pid, *options)

    def flows(self, is_meant: Callable[[Flow], bool]) -> list[Flow]:
        """Those of the ledger, waited for until there is one and all have ended."""

        def ended() -> list[Flow]:
            found = [flow for flow in self.connections("--all") if is_meant(flow)]
            return found if all(flow["state"] == "closed" for flow in found) else []

        found: list[Flow] = until(ended, "flows that have ended")
        return found

    def flow(self, **wanted: object) -> Flow:
        """The last flow with these fields that has ended."""
        return self.flows(lambda flow: wanted.items() <= flow.items())[-1]

    # -- its end ------------------------------------------------------------------------------

    def wait(self) -> int:
        return self.process.wait(DEADLINE)

    def kill_all(self) -> None:
        """For the end of a test, however that went."""
        for pid in self.left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(DEADLINE)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


class Inside(Running):
    """One whose program runs other programs on order."""

    def __call__(
        self,
        *argv: str | Path,
        input: str = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = DEADLINE,
    ) -> Done:
        """Run to the end, within the namespace."""
        order = {
            "argv": [str(each) for each in argv],
            "input": input,
            "env": dict(env or {}),
            "cwd": str(cwd) if cwd else None,
            "timeout": timeout,
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Done(**json.loads(self.line(timeout + DEADLINE)))

    def python(self, code: str, *arguments: str, **how: Any) -> Done:
        """Run Python code."""
        return self(sys.executable, "-c", code, *arguments, **how)


def _start(
    byway: Byway, profile: Path, argv: Sequence[str], options: Mapping[str, Any]
) -> tuple[subprocess.Popen[str], str, Path]:
    mark = uuid.uuid4().hex
    log = byway.folder / f"run-{mark}.log"
    how: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **options}
    environment = {**byway.environment, MARK: mark, **how.pop("env", {})}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*byway.command, "run", "--profile", str(profile), "--", *argv],
            env=environment,
            stderr=output,
            text=True,
            errors="surrogateescape",
            **how,
        )
    return process, mark, log


@contextlib.contextmanager
def running(byway: Byway, profile: Path, *argv: str, **options: Any) -> Iterator[Running]:
    """`byway run -- argv`. Whatever the test did to it, nothing of it may be left once its main
    process has ended."""
    run = Running(byway, *_start(byway, profile, argv, options))
    try:
        yield run
        if run.process.poll() is not None:
            run.nothing_is_left()
    finally:
        run.kill_all()


@contextlib.contextmanager
def inside(byway: Byway, profile: Path, **options: Any) -> Iterator[Inside]:
    """A run that takes orders, expected to end well with them."""
    argv = [sys.executable, "-u", str(INSIDE)]
    run = Inside(byway, *_start(byway, profile, argv, {"stdin": subprocess.PIPE, **options}))
    try:
        yield run
        assert run.process.stdin is not None
        run.process.stdin.close()
        assert run.wait() == 0, run.said()
        run.nothing_is_left()
        assert "Traceback" not in run.said()
    finally:
        run.kill_all()


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def name_of(pid: int) -> str:
    """What the kernel calls it, "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def environment_of(pid: int) -> list[bytes]:
    """A process's environment; nothing where it is gone or is not ours to look at."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
