from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.own_namespace import PEOPLE, Run, Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.remove()


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(stage: Stage, person: str) -> Iterator[Callable[..., Run]]:
    """Start a program as `person`; afterwards nothing of it may be left, whatever the test did."""
    runs: list[Run] = []

    def start(*program: str, options: tuple[str, ...] = (), **more: Any) -> Run:
        runs.append(Run(stage, person, program, *options, **more))
        return runs[-1]

    yield start
    left = [pid for each in runs if each.process.poll() is not None for pid in leftover(each)]
    for each in runs:
        each.close()
    assert not left


@pytest.fixture
def script(stage: Stage, run: Callable[..., Run]) -> Callable[..., Run]:
    """Start Python code as a program."""

    def start(code: str, **more: Any) -> Run:
        return run("/bin/sh", "-c", 'exec "$PYTHON" -c "$0"', code, **more)

    return start


def leftover(run: Run, seconds: float = 10.0) -> list[int]:
    """Who is still there of a run that has ended. The kernel takes a moment to kill."""
    end = time.monotonic() + seconds
    while (left := run.inhabitants()) and time.monotonic() < end:
        time.sleep(0.01)
    return left
