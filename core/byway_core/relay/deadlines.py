"""Time limits of connections: one queue for each duration, so that setting and lifting a limit is
a dict operation and the earliest is always at the front."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Timed(Protocol):
    """What can run out of time. `queue` belongs to Deadlines."""

    queue: dict[Timed, float] | None

    def expired(self) -> None: ...


class TimerHandle(Protocol):
    def cancel(self) -> None: ...


class Deadlines:
    """`call_later(seconds, callback)` is the host loop's."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], TimerHandle]) -> None:
        self._call_later = call_later
        self._queues: dict[float, dict[Timed, float]] = {}
        self._timer: TimerHandle | None = None
        self._due = 0.0

    def set(self, timed: Timed, seconds: float) -> None:
        """Call `timed.expired()` in so many seconds; replaces the limit it had."""
        if timed.queue is not None:
            del timed.queue[timed]
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = {}
        due = time.monotonic() + seconds
        queue[timed] = due
        timed.queue = queue
        if self._timer is None or due < self._due:
            self._arm(due, seconds)

    def lift(self, timed: Timed) -> None:
        """Forget its limit, if it has one."""
        if timed.queue is not None:
            del timed.queue[timed]
            timed.queue = None

    def close(self) -> None:
        """Drop all limits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for queue in self._queues.values():
            for timed in queue:
                timed.queue = None
            queue.clear()

    def _arm(self, due: float, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = self._call_later(seconds, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = time.monotonic()
        for queue in list(self._queues.values()):  # `expired` may set a limit of a new duration
            late = []
            for timed, due in queue.items():
                if due > now:
                    break
                late.append(timed)
            for timed in late:
                # An earlier one's end may have ended or renewed this one.
                if timed.queue is queue and queue.get(timed, now + 1) <= now:
                    del queue[timed]
                    timed.queue = None
                    timed.expired()
        fronts = [next(iter(queue.values())) for queue in self._queues.values() if queue]
        if fronts:
            due = min(fronts)
            if self._timer is None or due < self._due:
                self._arm(due, max(0.0, due - time.monotonic()))
