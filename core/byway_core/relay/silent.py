"""Destinations whose clients once stayed silent for the whole sniffing wait."""

from __future__ import annotations

# Far more server-first servers than a desktop talks to; some 200 bytes each.
MOST_REMEMBERED = 4096


class SilentDestinations:
    """A bounded set of (address, port); the oldest is forgotten first."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], None] = {}

    def add(self, destination: tuple[str, int]) -> None:
        self._known[destination] = None
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]

    def __contains__(self, destination: tuple[str, int]) -> bool:
        return destination in self._known
