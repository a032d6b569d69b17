"""Which names an address was given out for: the way from a connection back to its name.

Pure bookkeeping: it knows no socket, no loop and no DNS message. A worker process holds a replica:
give the original an `on_learn` that forwards, and the replica the forwarded batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import islice

# One address of one answer: the address as inet_ntop() writes it, the normalised name, the TTL in
# seconds. A plain tuple, so that a batch can be marshalled as it is.
Learned = tuple[str, str, int]

# Addresses remembered at once. A desktop sees some thousands a day; a machine that serves many
# programs some ten thousands. Full, the table takes about 20 MB.
CAPACITY = 65_536

# Names kept for one address. A front end of a content network serves thousands of names; what
# counts is the newest that was asked for, the others are for display.
NAMES_PER_ADDRESS = 8

# Programs hold on to addresses longer than they may: glibc's callers resolve once and retry with
# that for minutes, browsers keep a cache of their own, a pool reconnects to what it knows. Ten
# minutes after the TTL covers these; much more, and an address that a provider has handed to
# someone else would still be shown under its old name.
GRACE = 600

# A TTL above a day is a server's mistake (or malice: 2^31 is 68 years). Resolvers cap likewise.
LONGEST_TTL = 86_400

# Evicting one by one from the front of a dict scans the holes of earlier evictions each time;
# in batches of a sixteenth it is a constant cost for each address.
_EVICT_AT_ONCE = 16


class NameMemory:
    """A bounded table, oldest use forgotten first.

    Not thread-safe: it belongs to the loop that answers questions.
    """

    def __init__(
        self,
        *,
        capacity: int = CAPACITY,
        on_learn: Callable[[Sequence[Learned]], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_learn` is called with what `learn` was given, after it is in the table and before
        `learn` returns: whoever forwards it has done so before the client has its answer.
        `clock` counts seconds and need not agree with a replica's."""
        self._capacity = capacity
        self._on_learn = on_learn
        self._clock = clock
        # address -> (when the first of the names dies, names newest first, when each dies).
        # Tuples: half the memory of objects, and names() hands the inner one out as it is.
        self._table: dict[str, tuple[float, tuple[str, ...], tuple[float, ...]]] = {}

    def __len__(self) -> int:
        return len(self._table)

    def remember(self, address: str, name: str, ttl: int, now: float | None = None) -> None:
        """`learn` for one address."""
        self.learn(((address, name, ttl),), now)

    def learn(self, batch: Sequence[Learned], now: float | None = None) -> None:
        """Take in the addresses of an answer. `now` is the clock's time, read where not given."""
        if now is None:
            now = self._clock()
        for address, name, ttl in batch:
            self._enter(_unmapped(address), name, now + GRACE + min(max(ttl, 0), LONGEST_TTL))
        if len(self._table) > self._capacity:
            self._evict()
        if self._on_learn is not None:
            self._on_learn(batch)

    def names(self, address: str) -> Sequence[str]:
        """Names still live for this address, newest first; a use keeps it from being evicted."""
        entry = self._table.pop(address, None)
        if entry is None:
            return ()
        now = self._clock()
        if entry[0] <= now:
            kept = _without_dead(entry, now)
            if kept is None:
                return ()
            entry = kept
        self._table[address] = entry  # to the end: the youngest use
        return entry[1]

    def leads(self, name: str, addresses: Sequence[str]) -> bool:
        """Whether each of these addresses was given out for this name last."""
        table = self._table
        for address in addresses:  # a loop: this is asked for each cached answer
            entry = table.get(_unmapped(address))
            if entry is None or entry[1][0] != name:
                return False
        return True

    def _enter(self, address: str, name: str, death: float) -> None:
        old = self._table.pop(address, None)
        if old is None:
            self._table[address] = (death, (name,), (death,))
            return
        names, deaths = [name], [death]
        for other, dies in zip(old[1], old[2], strict=True):
            if other == name:
                names[0] = other  # the old object: one string for all of a name's addresses
                deaths[0] = max(death, dies)
            elif len(names) < NAMES_PER_ADDRESS:
                names.append(other)
                deaths.append(dies)
        self._table[address] = (min(deaths), tuple(names), tuple(deaths))

    def _evict(self) -> None:
        surplus = len(self._table) - self._capacity + self._capacity // _EVICT_AT_ONCE
        for address in list(islice(self._table, surplus)):
            del self._table[address]


def _without_dead(
    entry: tuple[float, tuple[str, ...], tuple[float, ...]], now: float
) -> tuple[float, tuple[str, ...], tuple[float, ...]] | None:
    live = [(name, dies) for name, dies in zip(entry[1], entry[2], strict=True) if dies > now]
    if not live:
        return None
    names, deaths = zip(*live, strict=True)
    return min(deaths), names, deaths


def _unmapped(address: str) -> str:
    """An IPv4 address in IPv6 clothes is reached as IPv4, and asked for as such."""
    if address.startswith("::ffff:") and "." in address:
        return address[7:]
    return address
