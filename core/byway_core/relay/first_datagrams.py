"""A flow's first datagrams, held back while they may tell the name that decides about it.

    Unnamed         the flows of one relay that are in that state
    FirstDatagrams  one of them

Only QUIC tells a name, and only a genuine Initial packet whose hello has not come as a whole is
held; all else is decided upon at once. For flows of which a name could change the outcome.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from byway_core.model.decision import Query
from byway_core.model.flow import Flow
from byway_core.relay.deadlines import Timed
from byway_core.relay.exchange import Key
from byway_core.relay.held import Held
from byway_core.relay.intercepted import SNIFF_SECONDS
from byway_core.relay.naming import Names, named
from byway_core.sniff.first_bytes import Verdict
from byway_core.sniff.quic_hello import QuicSniffer

if TYPE_CHECKING:
    from byway_core.relay.datagrams import Datagrams

# Flows held at a time. A browser that restores its windows begins some tens at once; each keeps
# the sniffer's 16 KiB at most.
MOST_HELD = 256
# How long a destination is not waited for whose client has not told its name within the wait: as
# long as a refusal lasts. Its first datagram is looked at all the same.
SLOW_SECONDS = 30.0
_MOST_SLOW = 4096


class Unnamed:
    """`held`: by a program's socket and the destination."""

    def __init__(self, table: Datagrams) -> None:
        self._table = table
        self.held: dict[Key, FirstDatagrams] = {}
        self._slow: dict[tuple[str, int], float] = {}

    def may_wait(self, flow: Flow) -> bool:
        """Whether one more flow may be held, and this one's destination is worth it."""
        slow = self._slow.get((flow.asked_address, flow.port), 0.0)
        return len(self.held) < MOST_HELD and time.monotonic() >= slow

    def was_slow(self, flow: Flow) -> None:
        """It has told no name within the wait."""
        if len(self._slow) >= _MOST_SLOW:
            self._slow.clear()
        self._slow[flow.asked_address, flow.port] = time.monotonic() + SLOW_SECONDS

    def close(self) -> None:
        """What is held is lost, as in a network that has gone."""
        for first in self.held.values():
            self._table.relay.deadlines.lift(first)
        self.held.clear()


class FirstDatagrams:
    """`query` and `names` as `naming` has them; `held` is empty yet."""

    __slots__ = ("_held", "_key", "_names", "_query", "_sniffer", "_table", "queue")

    def __init__(self, table: Datagrams, held: Held, key: Key, query: Query, names: Names) -> None:
        self._table = table
        self._held = held
        self._key = key
        self._query = query
        self._names = names
        self._sniffer = QuicSniffer()
        self.queue: dict[Timed, float] | None = None

    def look(self, payload: bytes) -> None:
        """Take a datagram: hold it, or let all that is held go on."""
        unnamed, held = self._table.unnamed, self._held
        waits = bool(held.payloads)
        wants_more = self._sniffer.look(payload) is Verdict.MORE
        held.keep(payload)
        if wants_more and (waits or unnamed.may_wait(held.flow)):
            if not waits:
                unnamed.held[self._key] = self
                self._table.relay.deadlines.set(self, SNIFF_SECONDS)
            return
        if waits:
            del unnamed.held[self._key]
            self._table.relay.deadlines.lift(self)
        self._settle()

    def expired(self) -> None:
        """The rest of its hello does not come."""
        unnamed = self._table.unnamed
        del unnamed.held[self._key]
        unnamed.was_slow(self._held.flow)
        self._settle()

    def _settle(self) -> None:
        """Decide by what is known now."""
        held, sniffer = self._held, self._sniffer
        query = named(held.flow, self._query, self._names, sniffer.host, sniffer.source)
        held.unread = sniffer.unread
        self._table.settle(held, self._key, query)
