"""Both loops that host the core: the standard library's and Qt's. And waiting, with a deadline."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

# Qt aborts the process where there is no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Generous: only a test that fails waits this long.
DEADLINE = 20.0

# Closed Qt loops are kept: they are cyclic garbage made of QObjects, and where the collector
# happens to run in another thread (a test's server has some) deleting those crashes Qt.
_kept: list[asyncio.AbstractEventLoop] = []


def make_loop(kind: str, request: pytest.FixtureRequest) -> asyncio.AbstractEventLoop:
    if kind == "asyncio":
        return asyncio.new_event_loop()
    import qasync  # type: ignore[import-untyped]

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(request.getfixturevalue("qapp"))
    _kept.append(loop)
    return loop


@pytest.fixture(params=["asyncio", "qasync"])
def any_loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    loop = make_loop(request.param, request)
    yield loop
    loop.close()


@pytest.fixture
def plain_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def until(
    loop: asyncio.AbstractEventLoop, happened: Callable[[], object], deadline: float = DEADLINE
) -> None:
    """Run the loop until `happened()` is true; fail after `deadline` seconds."""
    ready = loop.create_future()
    end = loop.time() + deadline

    def look() -> None:
        if happened():
            ready.set_result(None)
        elif loop.time() > end:
            ready.set_exception(AssertionError(f"not within {deadline} s"))
        else:
            loop.call_later(0.002, look)

    look()
    loop.run_until_complete(ready)


T = TypeVar("T")


def aside(loop: asyncio.AbstractEventLoop, work: Callable[[], T]) -> T:
    """What blocking code gives, run in a thread while the loop runs here."""
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(work)
        until(loop, result.done, deadline=2 * DEADLINE)
        return result.result()
