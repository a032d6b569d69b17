"""The end of an engine, and of a program: what was said last arrives.

Followers hear how every connection ended, also of those that end with the engine; servers get what
a program sent before it ended.
"""

from __future__ import annotations

import queue
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from tests.support.byway import DEADLINE, Byway, until, upstream
from tests.support.origins import echo, http_origin, serving, silent

from byway_core.api.client import ControlClient
from byway_core.api.rendezvous import connect
from byway_core.model.events import EventKind, FlowEvent
from byway_core.model.flow import FlowSnapshot


def follow(byway: Byway, pid: int) -> ControlClient:
    """A follower of that engine, as soon as it has a socket."""
    folder = Path(byway.environment["XDG_RUNTIME_DIR"]) / "byway"
    until(lambda: (folder / f"{pid}.sock").exists(), "there is a control socket")
    sock = connect(folder / f"{pid}.sock", DEADLINE)
    assert sock is not None
    client = ControlClient(sock, timeout=DEADLINE)
    client.follow(live=True)
    return client


def closed_until_the_end(client: ControlClient) -> list[FlowSnapshot]:
    """Flows in the order of their ends, once the engine has ended."""
    closed: list[FlowSnapshot] = []

    def ended() -> bool:
        try:
            for event in client.events():
                if isinstance(event, FlowEvent) and event.kind is EventKind.CLOSED:
                    closed.append(event.flow)
        except ConnectionError:
            return True
        return False

    with client:
        until(ended, "the engine ends")
    return closed


@pytest.mark.parametrize("workers", [1, 3])
def test_of_an_engine_that_is_told_to_end(tmp_path: Path, workers: int) -> None:
    byway = Byway(tmp_path)
    general = f"workers = {workers}"
    with echo() as origin, byway.serving("MATCH,DIRECT", general=general) as engine:
        client = follow(byway, engine.pid)
        socks = [engine.connect(origin.host, origin.port) for _ in range(300)]
        engine.process.send_signal(signal.SIGTERM)
        closed = closed_until_the_end(client)
        assert engine.process.wait(DEADLINE) == 0
        for sock in socks:
            sock.close()
    assert {flow.reason for flow in closed} == {"Byway was stopped"}
    assert len({flow.id for flow in closed}) == 300


@pytest.mark.parametrize("attempt", range(4))
def test_of_a_program_that_ends_at_once(tmp_path: Path, attempt: int) -> None:
    """Held until it is followed; its one connection may be any worker's."""
    byway = Byway(tmp_path)
    profile = byway.profile("MATCH,DIRECT", more="[general]\nworkers = 2\n")
    with http_origin() as origin:
        url = f"http://{origin.host}:{origin.port}/"
        process = subprocess.Popen(
            [
                *(*byway.command, "run", "--await-follower", "--profile", str(profile)),
                *("--", "curl", "-sS", "-o", "/dev/null", url),
            ],
            env=byway.environment,
        )
        (flow,) = closed_until_the_end(follow(byway, process.pid))
        assert process.wait(DEADLINE) == 0
    assert (flow.address, flow.port, flow.reason) == (origin.host, origin.port, "")
    assert flow.down > 0


def test_what_a_program_sent_before_it_ended_arrives(tmp_path: Path) -> None:
    """As it would without Byway: a program need not wait until its last bytes are delivered. Here
    the server reads late, and the connections are any worker's."""
    sizes: queue.SimpleQueue[int] = queue.SimpleQueue()
    ended = threading.Event()

    def count(connection: socket.socket) -> None:
        assert ended.wait(DEADLINE)
        size = 0
        while data := connection.recv(65536):
            size += len(data)
        sizes.put(size)

    byway = Byway(tmp_path)
    profile = byway.profile("MATCH,DIRECT", more="[general]\nworkers = 2\n")
    with serving(count) as origin:
        to = f"/dev/tcp/{origin.host}/{origin.port}"
        script = f"for i in 1 2 3 4; do head -c 300000 /dev/zero > {to}; done; echo ended >&2"
        process = subprocess.Popen(
            [*byway.command, "run", "--profile", str(profile), "--", "bash", "-c", script],
            env=byway.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert process.stderr.readline() == "ended\n"
        ended.set()
        with process:
            assert process.wait(DEADLINE) == 0
        assert [sizes.get(timeout=DEADLINE) for _ in range(4)] == [300_000] * 4


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_last_bytes_that_nobody_takes_can_be_given_up(tmp_path: Path, signum: int) -> None:
    byway = Byway(tmp_path)
    with silent() as mute:
        more = upstream("mute", "socks5", mute.host, mute.port, None)
        profile = byway.profile("MATCH,mute", more=more)
        process = subprocess.Popen(
            [
                *(*byway.command, "run", "--profile", str(profile), "--"),
                *("bash", "-c", "echo hello > /dev/tcp/198.51.100.7/80"),
            ],
            env=byway.environment,
            start_new_session=True,
        )
        # Ctrl-C is the program's own matter for as long as there is one.
        for field, what in (("SigIgn", "the program runs"), ("SigCgt", "the program has ended")):
            until(lambda field=field: has(process.pid, field, signal.SIGINT), what)
        process.send_signal(signum)
        assert process.wait(DEADLINE) == 0


def has(pid: int, field: str, signum: int) -> bool:
    """Whether the signal is in that set of the process's (proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return bool(int(line.split()[1], 16) >> (signum - 1) & 1)
    return False
