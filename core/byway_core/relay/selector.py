"""asyncio's loop upon the relay's epoll, instead of beside it.

Where the relay hangs into a loop by one descriptor, each of its events takes the way through that
loop: two epoll_wait calls, one of them on a nested epoll, and a callback. In processes whose loop
is the relay's alone this selector turns it round: it waits on the relay's epoll, in which the
loop's own descriptors are one entry, and the relay's events never reach asyncio. A loop that has
its own way of waiting (Qt's) keeps the other form.
"""

from __future__ import annotations

import selectors

from byway_core.relay.machine import Relay


class RelaySelector(selectors.EpollSelector):
    """For `asyncio.SelectorEventLoop(RelaySelector())`. Without a relay, an ordinary selector."""

    def __init__(self) -> None:
        super().__init__()
        self._relay: Relay | None = None

    def carry(self, relay: Relay) -> None:
        """From now on, waiting is done by the relay, which works meanwhile."""
        relay.adopt(self.fileno())
        self._relay = relay

    def drop(self) -> None:
        """Before the relay is closed: an ordinary selector again."""
        self._relay = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See selectors.BaseSelector.select."""
        relay = self._relay
        if relay is None:
            return super().select(timeout)
        # One turn, then back: what the relay did may have set a timer of the loop.
        if relay.turn(-1 if timeout is None else max(0.0, timeout)):
            return super().select(0)
        return []
