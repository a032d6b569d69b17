"""Workers, as `byway serve` forks them: they share the work, and one's death is survived."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.byway import Byway, Serving, children, exactly, until
from tests.support.origins import echo
from tests.support.processes import lives


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with Byway(tmp_path).serving("MATCH,DIRECT", general="workers = 3") as serving:
        yield serving


def says(sock: socket.socket, data: bytes) -> bool:
    sock.sendall(data)
    return exactly(sock, len(data)) == data


def test_connections_are_spread_and_counted_together(serving: Serving) -> None:
    with echo() as origin:
        socks = [serving.connect(origin.host, origin.port) for _ in range(40)]
        assert all(says(sock, b"hello") for sock in socks)
        flows = until(lambda: len(f := serving.connections()) == 40 and f, "all are in the ledger")
        # The relay that carries a flow shows in its number: three of them took part.
        assert {int(flow["id"].partition(".")[2]) % 3 for flow in flows} == {0, 1, 2}
        for sock in socks:
            sock.close()
        until(lambda: serving.status()["live"] == 0, "all have ended")
        totals = serving.status()
        assert (totals["flows"], totals["up"], totals["down"]) == (40, 200, 200)


def test_a_workers_death_costs_its_connections_only(serving: Serving) -> None:
    with echo() as origin:
        socks = [serving.connect(origin.host, origin.port) for _ in range(40)]
        assert all(says(sock, b"hello") for sock in socks)
        until(lambda: len(serving.connections()) == 40, "all are in the ledger")
        victim = children(serving.pid)[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in children(serving.pid), "the worker is gone")
        alive = 0
        for sock in socks:
            with contextlib.suppress(OSError):
                alive += says(sock, b"still there")
            sock.close()
        assert 0 < alive < 40
        # Nobody is left in a dead worker's queue.
        later = [serving.connect(origin.host, origin.port) for _ in range(40)]
        assert all(says(sock, b"new") for sock in later)
        for sock in later:
            sock.close()
        until(lambda: serving.status()["live"] == 0, "all have ended")
        lost = [flow for flow in serving.connections("--closed") if "died" in flow["reason"]]
        assert len(lost) == 40 - alive
        assert "has died" in serving.log()


def test_ending_takes_the_workers_along(serving: Serving) -> None:
    workers = children(serving.pid)
    assert len(workers) == 2
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(20) == 0
    assert not any(map(lives, workers))


def test_the_main_process_killed_takes_the_workers_along(tmp_path: Path) -> None:
    with Byway(tmp_path).serving("MATCH,DIRECT", general="workers = 3", ends_with=-9) as serving:
        workers = children(serving.pid)
        serving.process.kill()
        until(lambda: not any(map(lives, workers)), "the workers have ended")
