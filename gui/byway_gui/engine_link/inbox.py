"""What happens to flows, gathered from all engines and handed on a few times a second.

However busy the engines are, the window has one batch to take in, and each flow is in it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from byway_core.model.flow import FlowSnapshot

# Seconds between batches. Nobody reads faster, and a quicker table costs the traffic's time.
BATCH_SECONDS = 0.1

# A source is one engine's life; flow ids alone may come again, as process ids do.
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """To be taken in in this order: forget all flows of the `voided` sources; `flows` as they are
    now; what still lives of the `ended` sources has ended with them."""

    voided: frozenset[int]
    flows: Mapping[Key, FlowSnapshot]
    ended: frozenset[int]


class Inbox:
    def __init__(self, loop: asyncio.AbstractEventLoop, deliver: Callable[[Batch], None]) -> None:
        self._loop = loop
        self._deliver = deliver
        self._numbers = count(1)
        self._fillers: list[Callable[[], None]] = []
        self._voided: set[int] = set()
        self._flows: dict[Key, FlowSnapshot] = {}
        self._ended: set[int] = set()
        self._timer: asyncio.Handle | None = None

    def new_source(self) -> int:
        return next(self._numbers)

    def filled_by(self, fill: Callable[[], None]) -> None:
        """`fill` is called before each batch, to put in what was not worth doing earlier."""
        self._fillers.append(fill)

    def put(self, source: int, flow: FlowSnapshot) -> None:
        self._flows[source, flow.id] = flow
        self.wake()

    def void(self, source: int) -> None:
        """What was told of this source is not to be relied on; all of it will be put anew."""
        for key in [key for key in self._flows if key[0] == source]:
            del self._flows[key]
        self._voided.add(source)
        self.wake()

    def end(self, source: int) -> None:
        self._ended.add(source)
        self.wake()

    def wake(self) -> None:
        """See to it that a batch is delivered soon."""
        if self._timer is None:
            self._timer = self._loop.call_later(BATCH_SECONDS, self._flush)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._deliver = lambda batch: None

    def _flush(self) -> None:
        for fill in self._fillers:
            fill()
        self._timer = None
        batch = Batch(frozenset(self._voided), self._flows, frozenset(self._ended))
        self._voided.clear()
        self._ended.clear()
        self._flows = {}
        self._deliver(batch)
