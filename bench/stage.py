"""The network with the origin running in it: drives one load at a time against a running peer.

Knows the two ends and /proc; knows nothing of which peers there are or what the figures mean.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.footprint import kernel_threads, machine_seconds, processor_seconds
from bench.peers import Peer
from bench.topology import (
    ROOT,
    SOCKS_PORT,
    TARGETS,
    WEB_PORT,
    Topology,
    direct_target,
    echo_port,
    upstream_target,
)

# What a load may take beyond its own warm-up and window before it is ended as stuck.
GRACE = 30.0

# Whoever else keeps the machine busy, in the shares of an outcome.
OTHERS = "others"


class MeasureError(Exception):
    """The load could not be run against the peer; the text has its own last words."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One load's own words, and what the processes used within its window, in seconds."""

    done: float
    seconds: float
    words: Mapping[str, Any]
    errors: Mapping[str, int]
    proxy: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)


class Stage:
    """The network with the origin running in it; drives loads against whoever is running."""

    def __init__(self, topology: Topology, origin: subprocess.Popen[str], *, mixed: bool) -> None:
        self.topology = topology
        self.origin = origin
        self.mixed = mixed

    def command(
        self, peer: Peer, run: str, target: str, options: Mapping[str, object], port: int
    ) -> list[str]:
        """Through the local port, the client runs where that port is: beside the peer."""
        command = [sys.executable, "-m", "bench.load", run, "--target", f"{target}:{port}"]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        if self.mixed:
            command += ["--via", f"127.0.0.1:{peer.mixed_port}"]
        namespace = self.topology.proxy if self.mixed else self.topology.client
        return self.topology.inside(namespace, command)

    def drive(
        self,
        peer: Peer,
        run: str,
        target: str,
        options: Mapping[str, object],
        between: Callable[[], None] | None = None,
        port: int = WEB_PORT,
    ) -> Outcome:
        """Runs one load to its end. `between` is called when it holds its connections open."""
        limit = GRACE + float(str(options.get("seconds", 0))) + float(str(options.get("warm", 0)))
        with (
            tempfile.TemporaryFile("w+") as words,
            self._load(
                self.command(peer, run, target, options, port), words.fileno(), limit
            ) as load,
        ):
            watch = _Watch(peer, load.pid, self.origin.pid)
            marks = self._follow(load, watch, between)
            if load.wait() or "end" not in marks:
                words.seek(0)
                raise MeasureError(f"{run}: {words.read().strip()[-300:] or 'stuck'}")
        end = marks["end"]
        window = float(end.get("seconds", 0.0))
        return Outcome(float(end["done"]), window, end, end["errors"], watch.proxy, watch.shares)

    def _follow(
        self, load: subprocess.Popen[str], watch: _Watch, between: Callable[[], None] | None
    ) -> dict[str, dict[str, Any]]:
        assert load.stdout is not None
        assert load.stdin is not None
        marks = {}
        for line in load.stdout:
            words = json.loads(line)
            marks[words["mark"]] = words
            if words["mark"] == "begin":
                watch.begin()
                if between is not None:
                    between()
                    load.stdin.write("\n")
                    load.stdin.flush()
            elif words["mark"] == "stop":
                watch.stop()
        return marks

    @contextlib.contextmanager
    def _load(
        self, command: list[str], errors: int, limit: float
    ) -> Iterator[subprocess.Popen[str]]:
        load = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        alarm = threading.Timer(limit, load.kill)
        alarm.start()
        try:
            yield load
        finally:
            alarm.cancel()
            load.kill()
            with load:  # closes the pipes and waits
                pass


class _Watch:
    """Processor time of everybody between two marks."""

    def __init__(self, peer: Peer, load: int, origin: int) -> None:
        self._pids = {
            "proxy": peer.pids(),
            "load": [load],
            "origin": [origin],
            "kernel threads": kernel_threads(),
        }
        self._before: dict[str, float] = {}
        self._machine = (0.0, 0.0)
        self.proxy = 0.0
        self.shares: dict[str, float] = {}

    def _used(self) -> dict[str, float]:
        return {who: processor_seconds(pids) for who, pids in self._pids.items()}

    def begin(self) -> None:
        self._machine = machine_seconds()
        self._before = self._used()

    def stop(self) -> None:
        after = self._used()
        before = self._machine
        busy, total = (now - then for now, then in zip(machine_seconds(), before, strict=True))
        used = {who: after[who] - self._before[who] for who in after}
        self.proxy = used["proxy"]
        if total:
            self.shares = {who: seconds / total for who, seconds in used.items()}
            self.shares[OTHERS] = max(0.0, (busy - sum(used.values())) / total)
            self.shares["idle"] = max(0.0, 1.0 - busy / total)


@contextlib.contextmanager
def staged(topology: Topology, *, mixed: bool) -> Iterator[Stage]:
    ports = [str(SOCKS_PORT), str(WEB_PORT)]
    # Upstream ones too: where nobody intercepts, they are reached.
    targets = (direct_target, upstream_target)
    echoes = [f"{target(n)}:{echo_port(n)}" for n in range(1, TARGETS + 1) for target in targets]
    command = [sys.executable, "-m", "bench.origin", *ports, "--echo", *echoes]
    origin = subprocess.Popen(
        topology.inside(topology.server, command),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert origin.stdout is not None
        if not origin.stdout.readline().startswith("ready"):
            raise MeasureError("the origin did not start")
        yield Stage(topology, origin, mixed=mixed)
    finally:
        origin.kill()
        origin.wait()
        assert origin.stdout is not None
        origin.stdout.close()
