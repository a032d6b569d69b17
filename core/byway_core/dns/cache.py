"""Answers that were given and may be given again, for as long as their servers said.

Pure bookkeeping: it knows no socket and no loop. What an answer looks like is `dns_stored`'s.
"""

from __future__ import annotations

from collections.abc import Hashable

from byway_core.protocols.dns_stored import StoredAnswer

# A desktop asks for some thousands of names a day. dnsmasq keeps 150 (1,000 where distributions
# configure it), mihomo 4,096, a browser 1,000 of its own.
ENTRIES = 8_192
# Of records: 8,192 usual answers have a megabyte, but one alone may have 64 kB. With what Python
# needs for each entry a full cache takes about 10 MB.
OCTETS = 4 * 1024 * 1024

# One by one, finding the oldest would be a scan each time.
_EVICT_AT_ONCE = 16


class Kept:
    """One answer. `dies` is a time on the owner's clock; `addresses` are those that it gives to
    the name that was asked, which was `taught` to the memory at such a time, perhaps as hearsay."""

    __slots__ = ("addresses", "answer", "dies", "hearsay", "taught")

    def __init__(
        self,
        answer: StoredAnswer,
        addresses: tuple[str, ...],
        now: float,
        *,
        hearsay: bool = False,
    ) -> None:
        self.answer = answer
        self.addresses = addresses
        self.dies = now + answer.ttl
        self.taught = now
        self.hearsay = hearsay


class AnswerCache:
    """A bounded table, oldest use forgotten first; belongs to one loop."""

    def __init__(self, *, entries: int = ENTRIES, octets: int = OCTETS) -> None:
        self._entries = entries
        self._octets = octets
        self._held = 0
        self._table: dict[Hashable, Kept] = {}

    def __len__(self) -> int:
        return len(self._table)

    def find(self, key: Hashable, now: float) -> Kept | None:
        """What is still to be given; a use keeps it from being evicted."""
        kept = self._table.pop(key, None)
        if kept is None:
            return None
        # A whole second must be left: with less, its TTL would be 0, which nobody may keep.
        if kept.dies - now < 1:
            self._held -= len(kept.answer)
            return None
        self._table[key] = kept
        return kept

    def keep(self, key: Hashable, kept: Kept) -> None:
        """In the place of what was there under this key."""
        former = self._table.pop(key, None)
        if former is not None:
            self._held -= len(former.answer)
        self._table[key] = kept
        self._held += len(kept.answer)
        if len(self._table) > self._entries:
            self._forget(self._entries - self._entries // _EVICT_AT_ONCE, self._octets)
        if self._held > self._octets:
            self._forget(self._entries, self._octets - self._octets // _EVICT_AT_ONCE)

    def clear(self) -> None:
        """The servers are others now."""
        self._table.clear()
        self._held = 0

    def _forget(self, entries: int, octets: int) -> None:
        """The oldest, until no more than so many are left, with no more bytes than that."""
        for key in list(self._table):
            if len(self._table) <= entries and self._held <= octets:
                return
            self._held -= len(self._table.pop(key).answer)
