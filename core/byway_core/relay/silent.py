"""Destinations whose clients once stayed silent for the whole sniffing wait."""

from __future__ import annotations

from collections.abc import Callable

# Far more server-first servers than a desktop talks to; some 200 bytes each.
MOST_REMEMBERED = 4096

# (address, port)
Destination = tuple[str, int]


class SilentDestinations:
    """A bounded set; the oldest is forgotten first. `on_change(destination, is_silent)` hears what
    is found out here, for the other relays to `learn`: whichever gets a connection, the wait is
    once."""

    __slots__ = ("_known", "on_change")

    def __init__(self) -> None:
        self._known: dict[Destination, None] = {}
        self.on_change: Callable[[Destination, bool], None] | None = None

    def __contains__(self, destination: Destination) -> bool:
        return destination in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, destination: Destination) -> None:
        self._found(destination, is_silent=True)

    def discard(self, destination: Destination) -> None:
        self._found(destination, is_silent=False)

    def learn(self, destination: Destination, is_silent: bool) -> None:
        """What another relay has found out."""
        self._known.pop(destination, None)
        if is_silent:
            self._known[destination] = None
            if len(self._known) > MOST_REMEMBERED:
                del self._known[next(iter(self._known))]

    def _found(self, destination: Destination, *, is_silent: bool) -> None:
        if (destination in self._known) is is_silent:
            return
        self.learn(destination, is_silent)
        if self.on_change is not None:
            self.on_change(destination, is_silent)
