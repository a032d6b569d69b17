"""`byway run` itself: how it ends, what it does with what a program leaves behind, runs in runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.byway import Byway, hosts, until
from tests.support.origins import Origin, Visited, http_origin, visited
from tests.support.runs import inside, running

GENERAL = "[general]\nworkers = 1\n"
CURL = ("curl", "--silent", "--show-error", "--max-time", "20")
# What curl says to a connection that is refused, to one that ends before an answer, and to a reset
# that it meets while it sends or while it receives.
REFUSED = (7, 52, 55, 56)


@dataclass
class Place:
    plain: Origin
    refused: Visited


@pytest.fixture
def place() -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(stack.enter_context(http_origin()), stack.enter_context(visited()))


@pytest.fixture
def byway(tmp_path: Path) -> Byway:
    return Byway(tmp_path)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("no-such-program", 127),
    ],
)
def test_exit_status(byway: Byway, command: str, status: int) -> None:
    profile = byway.profile("MATCH,REJECT", more=GENERAL)
    assert byway.run(profile, "sh", "-c", command).returncode == status


@pytest.mark.parametrize(
    ("program", "status", "words"),
    [
        ("no-such-program", 127, "byway run: no-such-program: no such program in PATH\n"),
        ("/etc/passwd", 126, "not executable"),
        ("/no/such/file", 127, "/no/such/file: no such file"),
    ],
)
def test_program_that_cannot_start(byway: Byway, program: str, status: int, words: str) -> None:
    profile = byway.profile("MATCH,REJECT", more=GENERAL)
    done = byway.run(profile, program)
    assert (done.returncode, words in done.stderr) == (status, True), done


def test_what_a_daemon_does_is_ruled_too(place: Place, byway: Byway) -> None:
    """The run lasts as long as what the program left behind, and says so."""
    go, out = byway.folder / "go", byway.folder / "out"
    os.mkfifo(go)
    url = f"http://127.0.0.1:{place.plain.port}/"
    with visited("127.0.0.1", place.plain.port) as nobody:
        daemon = f"read _ <{go}; curl -s --max-time 20 {url}; echo $? >{out}"
        script = f"setsid sh -c '{daemon}' >/dev/null 2>&1 & exit 3"
        profile = byway.profile("MATCH,REJECT", more=GENERAL)
        with running(byway, profile, "sh", "-c", script) as run:
            until(lambda: "still use" in run.said(), "Byway says that a process remains")
            go.write_text("\n")
            assert run.wait() == 3
        assert out.read_text().strip() in map(str, REFUSED)
        assert nobody.visits == 0


def test_a_run_within_a_run(place: Place, byway: Byway) -> None:
    """The inner rules decide first; what they let go directly meets the outer ones."""
    told = {
        "outer.test": place.refused.host,
        "inner.test": place.refused.host,
        "both.test": place.plain.host,
    }
    outer = byway.profile(
        "DOMAIN,outer.test,REJECT", "MATCH,DIRECT", more=GENERAL + hosts(told), name="outer"
    )
    inner = byway.profile("DOMAIN,inner.test,REJECT", "MATCH,DIRECT", more=GENERAL, name="inner")
    curls = "; ".join(
        f"curl -s -o /dev/null --max-time 20 http://{name}:{port}/; echo $?"
        for name, port in (
            ("outer.test", place.refused.port),
            ("inner.test", place.refused.port),
            ("both.test", place.plain.port),
        )
    )
    within = [sys.executable, "-m", "byway_core", "run", "--profile", str(inner), "--"]
    done = byway.run(outer, *within, "sh", "-c", curls)
    assert done.returncode == 0, done.stderr
    refused, also_refused, fetched = done.stdout.split()
    assert {refused, also_refused} <= set(map(str, REFUSED))
    assert fetched == "0"
    assert place.refused.visits == 0


def test_two_runs_at_once(place: Place, byway: Byway) -> None:
    """Each has its own rules and its own ledger."""
    told = GENERAL + hosts({"x.test": place.plain.host})
    one = byway.profile("DOMAIN,x.test,REJECT", "MATCH,DIRECT", more=told, name="one")
    two = byway.profile("MATCH,DIRECT", more=told, name="two")
    url = f"http://x.test:{place.plain.port}/"
    with inside(byway, one) as first, inside(byway, two) as second:
        assert first(*CURL, url).status in REFUSED
        assert second(*CURL, url).status == 0
        assert [flow["action"] for flow in first.connections("--all")] == ["REJECT"]
        assert [flow["action"] for flow in second.connections("--all")] == ["DIRECT"]
        listed = byway("status").stdout
        assert "one.toml" in listed
        assert "two.toml" in listed
