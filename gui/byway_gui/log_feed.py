"""What this process logs, for the window: from any thread, in batches, on the loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from byway_gui.models.log_table import KEEP
from byway_gui.presenters.log_lines import Record, level_of, records

# Seconds between batches; as for connections, nobody reads faster.
BATCH_SECONDS = 0.1


class LogFeed(logging.Handler):
    """`deliver` is called on the loop, at most ten times a second."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, deliver: Callable[[list[Record]], None]
    ) -> None:
        super().__init__()
        self._loop = loop
        self._deliver = deliver
        # What the table would drop again need not wait for it. All under the handler's own lock.
        self._waiting: deque[Record] = deque(maxlen=KEEP)
        self._awake = False
        self._timer: asyncio.Handle | None = None
        self.setFormatter(logging.Formatter("%(message)s"))
        self.addFilter(_not_of_the_loop)

    def emit(self, record: logging.LogRecord) -> None:
        """Called under the lock."""
        try:
            text = self.format(record)
        except Exception:  # wrong arguments of a log call: logging's own way is to say so
            self.handleError(record)
            return
        flow = str(getattr(record, "flow", ""))
        self._waiting += records(record.created, level_of(record.levelno), text, flow)
        if not self._awake:
            self._awake = True
            with suppress(RuntimeError):  # the loop is closed: nobody reads any more
                self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Nothing is delivered from here on; called on the loop."""
        self._deliver = lambda batch: None
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _wake(self) -> None:
        self._timer = self._loop.call_later(BATCH_SECONDS, self._flush)

    def _flush(self) -> None:
        self.acquire()
        try:
            batch = list(self._waiting)
            self._waiting.clear()
            self._awake = False
        finally:
            self.release()
        self._deliver(batch)


def _not_of_the_loop(record: logging.LogRecord) -> bool:
    """At level DEBUG, Qt's loop logs each of its turns: feeding that would make more turns."""
    return record.levelno >= logging.INFO or not record.name.startswith(("qasync", "asyncio"))
