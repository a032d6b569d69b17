"""Time limits: each in its time, and what one does leaves the others as they are."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.relaying import DEADLINE

from byway_core.relay.deadlines import Deadlines, Timed

pytestmark = pytest.mark.asyncio


class Limited:
    """Says when its time is over, and may then take more of it."""

    def __init__(self, deadlines: Deadlines, more: float = 0) -> None:
        self.queue: dict[Timed, float] | None = None
        self.over = asyncio.Event()
        self._deadlines = deadlines
        self._more = more

    def expired(self) -> None:
        self.over.set()
        if self._more:
            self._deadlines.set(self, self._more)


async def test_a_limit_that_sets_one_of_a_new_duration_holds_up_no_other() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().call_later)
    first, second = Limited(deadlines, more=1000 * DEADLINE), Limited(deadlines)
    deadlines.set(first, 0.01)
    deadlines.set(second, 0.02)
    async with asyncio.timeout(DEADLINE):
        await first.over.wait()
        await second.over.wait()
    assert first.queue is not None
    deadlines.close()
