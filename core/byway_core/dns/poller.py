"""Many sockets behind one descriptor: an epoll that hangs on the host loop as a whole.

A question to a server is a socket that lives for some milliseconds. Watched by the loop itself it
would cost, on Qt, a notifier object for each; nested, the loop sees one descriptor whatever
happens behind it. Knows nothing of DNS.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable

READ = select.EPOLLIN
WRITE = select.EPOLLOUT

# Descriptors served before the loop has its turn again: under a millisecond of work.
_AT_ONCE = 64


class Poller:
    """Level-triggered. A callback may find nothing to do (its descriptor's number was used by
    another socket a moment ago): it must take BlockingIOError for an answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._ready: dict[int, Callable[[], None]] = {}
        self._closed = False
        loop.add_reader(self._epoll.fileno(), self._turn)

    def __len__(self) -> int:
        return len(self._ready)

    def watch(self, fd: int, events: int, ready: Callable[[], None]) -> None:
        """Call `ready` whenever one of `events` (or an error, a hang-up) is there."""
        self._epoll.register(fd, events)
        self._ready[fd] = ready

    def change(self, fd: int, events: int) -> None:
        self._epoll.modify(fd, events)

    def forget(self, fd: int) -> None:
        """Before the descriptor is closed; one that is not watched (any more) is no error."""
        if self._ready.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def close(self) -> None:
        """Watches nothing any more; the sockets are their owners' to close."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._ready.clear()

    def _turn(self) -> None:
        for fd, _ in self._epoll.poll(0, _AT_ONCE):
            ready = self._ready.get(fd)  # gone: an earlier callback of this turn closed it
            if ready is not None:
                ready()
