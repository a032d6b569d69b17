"""The wait for an engine that has ended by itself, longer each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# Seconds until a crashed engine is tried again; the last for all further times.
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
# One that has lived so long starts at the first of them again.
HEALTHY = 60.0


class BackOff:
    """Of one engine's lives, one after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._crashes = 0
        self._since: float | None = None  # on the loop's clock; None where it was not in force yet
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        return self._timer is not None

    def forget(self) -> None:
        """The user wants it, or does not: nothing is waited for, and no crash counts any more."""
        self.cancel()
        self._crashes, self._since = 0, None

    def cancel(self) -> None:
        """Nothing is waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def in_force(self) -> None:
        """It serves, from now on."""
        self._since = self._loop.time()

    def wait(self, again: Callable[[], None]) -> float:
        """It has ended: call `again` once it is time, which is in so many seconds."""
        if self._since is not None and self._loop.time() - self._since > HEALTHY:
            self._crashes = 0
        seconds = WAITS[min(self._crashes, len(WAITS) - 1)]
        self._crashes += 1
        self._since = None

        def due() -> None:
            self._timer = None
            again()

        self.cancel()
        self._timer = self._loop.call_later(seconds, due)
        return seconds
