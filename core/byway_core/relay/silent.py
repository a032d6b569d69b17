"""Destinations whose clients once stayed silent for the whole sniffing wait."""

from __future__ import annotations

# Far more server-first servers than a desktop talks to; some 200 bytes each.
MOST_REMEMBERED = 4096


class SilentDestinations(dict[tuple[str, int], None]):
    """A bounded set of (address, port); the oldest is forgotten first."""

    def add(self, destination: tuple[str, int]) -> None:
        self[destination] = None
        if len(self) > MOST_REMEMBERED:
            del self[next(iter(self))]
