"""The real command, as a user starts it, in folders of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Generous: only a test that fails waits this long.
DEADLINE = 30.0


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(happened: Callable[[], Any], what: str, deadline: float = DEADLINE) -> Any:
    """The first true value of `happened()`, for what no event can be waited for: the state of
    other processes."""
    end = time.monotonic() + deadline
    while True:
        value = happened()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s: {what}")
        time.sleep(0.01)


def process_status(pid: int, field: str) -> int:
    """A number of /proc/PID/status, memory in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise KeyError(field)


def children(pid: int) -> list[int]:
    """Its child processes."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Serving:
    """A running `byway serve`."""

    def __init__(self, byway: Byway, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.pid = process.pid
        self.ends_with = 0  # the exit status that is right at the end
        self._byway = byway
        self._log = log

    @property
    def pids(self) -> list[int]:
        """The main process and its workers."""
        return [self.pid, *children(self.pid)]

    def log(self) -> str:
        return self._log.read_text()

    def connect(self, host: str, port: int, timeout: float = DEADLINE) -> socket.socket:
        """Through the port by SOCKS5; ConnectionError with the reply's code."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        try:
            name = host.encode()
            sock.sendall(b"\5\1\0")
            assert exactly(sock, 2) == b"\5\0"
            sock.sendall(b"\5\1\0\3" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
            reply = exactly(sock, 4)
            exactly(sock, {1: 6, 4: 18}[reply[3]])
            if reply[1]:
                raise ConnectionError(reply[1])
        except BaseException:
            sock.close()
            raise
        return sock

    def connections(self, *options: str) -> list[dict[str, Any]]:
        """The ledger's flows of this engine."""
        return self._byway.connections(self.pid, *options)

    def status(self) -> dict[str, Any]:
        return self._byway.status(self.pid)


def exactly(sock: socket.socket, count: int) -> bytes:
    """So many bytes; ConnectionError at an earlier end."""
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise ConnectionError(f"ended after {len(data)} of {count} bytes")
        data += more
    return data


class Byway:
    """The command with its own home, configuration, state and runtime folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.command = [sys.executable, "-m", "byway_core"]
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": os.pathsep.join(str(ROOT / room) for room in ("core", "polkit")),
        }

    def profile(self, *rules: str, more: str = "", name: str = "profile") -> Path:
        """A profile file with these rules."""
        file = self.folder / f"{name}.toml"
        lines = "".join(f"  {json.dumps(rule)},\n" for rule in rules)
        file.write_text(f"version = 1\nrules = [\n{lines}]\n{more}")
        return file

    def __call__(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        return subprocess.run(
            [*self.command, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=options.pop("timeout", 60),
            check=False,
            **options,
        )

    def connections(self, pid: int, *options: str) -> list[dict[str, Any]]:
        """The ledger's flows of the engine with that process id."""
        printed = self("connections", "--json", *options)
        assert printed.returncode == 0, printed.stderr
        flows = [json.loads(line) for line in printed.stdout.splitlines()]
        return [flow for flow in flows if flow["id"].startswith(f"{pid}.")]

    def status(self, pid: int) -> dict[str, Any]:
        """What `byway status` says of that engine."""
        engines = json.loads(self("status", "--json").stdout)
        return next(engine for engine in engines if engine["pid"] == pid)

    def run(self, profile: Path, *argv: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """`byway run` to the end."""
        return self("run", "--profile", str(profile), "--", *argv, **options)

    @contextlib.contextmanager
    def serving(
        self,
        *rules: str,
        more: str = "",
        general: str = "workers = 1",
        most_descriptors: int | None = None,
        new_session: bool = False,
        ends_with: int = 0,
    ) -> Iterator[Serving]:
        """`byway serve` with these rules, ended by SIGTERM unless it has ended; with that
        status (-9: the test has killed it)."""
        port = free_port()
        file = self.profile(*rules, more=f"[general]\nmixed_port = {port}\n{general}\n{more}")
        log = self.folder / "serve.log"

        # Not by preexec_fn: tests have threads.
        limit = ["prlimit", f"--nofile={most_descriptors}"] if most_descriptors else []
        with log.open("w") as output:
            process = subprocess.Popen(
                [*limit, *self.command, "serve", "--profile", str(file)],
                env=self.environment,
                stdout=output,
                stderr=output,
                text=True,
                start_new_session=new_session,
            )
        try:
            # It says so once it listens. A trial connection would stand in the ledger.
            until(lambda: process.poll() is not None or "serving" in log.read_text(), "it serves")
            assert process.poll() is None, log.read_text()
            yield Serving(self, process, port, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE) == ends_with, log.read_text()


def upstream(name: str, kind: str, host: str, port: int, account: tuple[str, str] | None) -> str:
    """An [[upstream]] table of a profile."""
    lines = f'[[upstream]]\nname = "{name}"\ntype = "{kind}"\nserver = "{host}"\nport = {port}\n'
    if account is not None:
        lines += f'username = "{account[0]}"\n'
        lines += f'password = "{account[1]}"\n' if not kind.startswith("socks4") else ""
    return lines


def hosts(table: Mapping[str, str]) -> str:
    """A [dns.hosts] table of a profile."""
    return "[dns.hosts]\n" + "".join(f'"{name}" = "{at}"\n' for name, at in table.items())
