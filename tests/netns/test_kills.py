"""SIGKILL to each process at each point of a start: nothing is left, and nobody hangs."""

from __future__ import annotations

import os
import signal

import pytest
from tests.netns.conftest import leftover

from byway_core.intercept.checkpoints import Point

ENGINES = {Point.FORKED, Point.MAPPED, Point.RECEIVED, Point.RELEASED}
LAUNCHERS = {Point.UNSHARED, Point.NESTING, Point.WAITING, Point.SUPERVISING}
# From here on the engine has a run and hears of the end by an event.
LATE = {Point.RELEASED, Point.EXECUTING, Point.SUPERVISING}
# At these the engine may have its run already, or not yet.
EITHER = {Point.WAITING, Point.READY, Point.RECEIVED}


def cases():
    for point in Point:
        roles = ["self", "engine", "launcher"]
        if point in ENGINES:
            roles.remove("engine")
        if point in LAUNCHERS:
            roles.remove("launcher")
        for role in roles:
            yield pytest.param(point, role, id=f"{role} at {point.name}")


PROGRAM = ("/bin/sh", "-c", "sleep 1000 & sleep 1000")


@pytest.mark.parametrize(("point", "victim"), list(cases()))
def test_killed(run, point, victim):
    started = run(*PROGRAM, options=("--kill", f"{point.name}:{victim}"))
    status, _ = started.result()
    assert leftover(started) == []
    names = [event["event"] for event in started.seen]
    if victim == "engine" or (victim == "self" and point in ENGINES):
        assert status == -signal.SIGKILL
    elif status == 69:
        assert point not in LATE
        assert "ended" in started.seen[-1]["text"]
    else:
        assert point in LATE | EITHER
        assert status == 128 + signal.SIGKILL
        assert "Finished" in names


RUNNING = "sleep 1000 & setsid sleep 1000 & echo $$; wait"


@pytest.mark.parametrize("victim", ["engine", "launcher", "program"])
def test_killed_while_the_program_runs(run, victim):
    """… with children in its own and another session."""
    started = run("/bin/sh", "-c", RUNNING)
    ready = started.event("ready")
    pid = started.event("Started")["pid"]
    assert started.process.stdout.readline() == f"{pid}\n"
    victims = {"engine": started.process.pid, "launcher": ready["launcher"], "program": pid}
    os.kill(victims[victim], signal.SIGKILL)
    if victim == "program":
        assert started.event("ProgramExited")["remaining"] == 2
        started.command(f"signal {int(signal.SIGTERM)}")
    status, _ = started.result()
    assert status == (-signal.SIGKILL if victim == "engine" else 128 + signal.SIGKILL)
    assert leftover(started) == []
    if victim == "launcher":
        assert {"event": "Finished", "status": 137, "lost": True} in started.seen


def test_engine_and_launcher_killed_at_once(run):
    """Then nobody is left to look after the children; the program itself goes all the same, and
    there is no network for the rest."""
    started = run("/bin/sh", "-c", "echo $$; exec sleep 1000")
    ready = started.event("ready")
    started.event("Started")
    for pid in (started.process.pid, ready["launcher"]):
        os.kill(pid, signal.SIGKILL)
    started.result()
    assert leftover(started) == []


def test_close_leaves_no_descriptor(run):
    """The network namespace goes with the last socket, which the engine holds."""
    started = run("true")
    started.result()
    before, after = started.seen[0]["descriptors"], started.seen[-1]["descriptors"]
    assert started.seen[-1]["event"] == "closed"
    assert after == before
