"""Work that waits for something else than the loop: a keyring that asks its user, a server.

No Qt. The threads are daemons: nobody who quits waits for an answer that may never come.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def aside(
    loop: asyncio.AbstractEventLoop, work: Callable[[], T], then: Callable[[T], None], name: str
) -> None:
    """Do `work`, which raises nothing, in a thread called `name`, and on the loop `then` with what
    it gave."""

    def run() -> None:
        answer = work()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(then, answer)

    threading.Thread(target=run, name=name, daemon=True).start()
