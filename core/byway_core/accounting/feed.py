"""A worker's side of the ledger: what happened, in batches.

It must not know how a batch travels; only that batches arrive in the order in which they were sent.
"""

from __future__ import annotations

import asyncio
import marshal
from collections.abc import Callable

from byway_core.accounting.record import Record, pack, packed_process
from byway_core.model.decision import Process
from byway_core.model.flow import Flow, FlowState
from byway_core.model.sentence import Parts, taken_apart

# Records in a batch before it is sent: one system call for some tens of connections, and with
# about 150 bytes each far below what a packet holds.
BATCH = 64
# Seconds until a smaller batch is sent: nobody sees a twentieth of a second, and under load a
# connection that opened and closed within it travels as one record.
DELAY = 0.05
# Seconds between reports of byte counts, while there is anything to report about.
PROGRESS = 1.0

# (id, up, down, state, process, member of a group, why that)
Progress = tuple[int, int, int, str, tuple[str, str, int] | None, str, Parts]
# (generation of the rules, opened, progress, closed). A flow is never in both of the last parts
# and the first: one that closes before its opening was sent is only in `closed`.
Batch = tuple[int, list[Record], list[Progress], list[Record]]


class LedgerFeed:
    """Implements `ports.FlowSink`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[bytes], None]) -> None:
        """`send` gets one batch at a time, for `Ledger.merge`; it must not call back."""
        self._loop = loop
        self._send = send
        self._generation = 0
        self._live: dict[int, Flow] = {}
        self._opened: dict[int, Flow] = {}
        self._closed: list[Record] = []
        # What the ledger knows of live flows: id -> (up, down, state, process, member).
        self._told: dict[int, tuple[int, int, FlowState, Process | None, str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._ticker: asyncio.TimerHandle | None = None

    def decided(self, flow: Flow) -> None:
        self._live[flow.id] = flow
        self._opened[flow.id] = flow
        if self._ticker is None:
            self._ticker = self._loop.call_later(PROGRESS, self._tick)
        self._pending()

    def closed(self, flow: Flow) -> None:
        number = flow.id
        self._live.pop(number, None)
        self._told.pop(number, None)
        self._opened.pop(number, None)
        self._closed.append(pack(flow))
        self._pending()

    def use_rules(self) -> None:
        """From here on, rule numbers are those of the next profile. The ledger counts profiles
        as well; both begin with 0."""
        self.flush()
        self._generation += 1

    def flush(self) -> None:
        """Send what there is, now."""
        self._flush([])

    def close(self) -> None:
        """Send what there is, and tick no more."""
        self.flush()
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None

    def _pending(self) -> None:
        if len(self._opened) + len(self._closed) >= BATCH:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._late)

    def _late(self) -> None:
        self._timer = None
        self.flush()

    def _tick(self) -> None:
        self._ticker = None
        if self._live:
            self._ticker = self._loop.call_later(PROGRESS, self._tick)
        self._flush(self._progress())

    def _progress(self) -> list[Progress]:
        """What has changed since it was last told. Flows whose opening is not sent yet go with
        that."""
        told, found = self._told, []
        for number, flow in self._live.items():
            now = (flow.up, flow.down, flow.state, flow.process, flow.member)
            if told.get(number) != now and number not in self._opened:
                told[number] = now
                process = packed_process(flow.process)
                because = taken_apart(flow.because)
                found.append(
                    (number, flow.up, flow.down, flow.state.value, process, flow.member, because)
                )
        return found

    def _flush(self, progress: list[Progress]) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not (self._opened or self._closed or progress):
            return
        opened = [pack(flow) for flow in self._opened.values()]
        batch: Batch = (self._generation, opened, progress, self._closed)
        self._opened.clear()
        self._closed = []
        self._send(marshal.dumps(batch))
