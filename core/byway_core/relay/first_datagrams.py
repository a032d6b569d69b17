"""A flow's first datagrams, held back while they may tell the name that decides about it.

    Unnamed         the flows of one relay that are in that state
    FirstDatagrams  one of them

Only QUIC tells a name, and only a genuine Initial packet whose hello has not come as a whole is
held; all else is decided upon at once. For flows of which a name could change the outcome.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from byway_core.intercept.datagrams import Gate
from byway_core.model.decision import Query
from byway_core.model.flow import Flow
from byway_core.relay.deadlines import Timed
from byway_core.relay.exchange import Exchange, Key
from byway_core.relay.intercepted import SNIFF_SECONDS
from byway_core.relay.naming import named
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
    """`query` and `names` as `naming` has them."""

    __slots__ = (
        "_flow",
        "_gate",
        "_held",
        "_key",
        "_names",
        "_query",
        "_sniffer",
        "_table",
        "queue",
    )

    def __init__(
        self, table: Datagrams, gate: Gate, flow: Flow, key: Key, query: Query, names: Sequence[str]
    ) -> None:
        self._table = table
        self._gate = gate
        self._flow = flow
        self._key = key
        self._query = query
        self._names = names
        self._sniffer = QuicSniffer()
        self._held: list[bytes] = []
        self.queue: dict[Timed, float] | None = None

    def look(self, payload: bytes) -> Exchange | None:
        """What takes this datagram and those after it; None where it is held, or the flow refused
        and its program told."""
        unnamed, held = self._table.unnamed, self._held
        if self._sniffer.look(payload) is Verdict.MORE and (held or unnamed.may_wait(self._flow)):
            if not held:
                unnamed.held[self._key] = self
                self._table.relay.deadlines.set(self, SNIFF_SECONDS)
            held.append(payload)
            return None
        if held:
            del unnamed.held[self._key]
            self._table.relay.deadlines.lift(self)
        return self._settle()

    def expired(self) -> None:
        """The rest of its hello does not come."""
        unnamed = self._table.unnamed
        del unnamed.held[self._key]
        unnamed.was_slow(self._flow)
        self._settle()

    def _settle(self) -> Exchange | None:
        """Decide by what is known now; what was held goes on in order."""
        table, key, sniffer = self._table, self._key, self._sniffer
        query = named(self._flow, self._query, self._names, sniffer.host, sniffer.source)
        exchange = table.settle(self._gate, self._flow, key, query, sniffer.unread)
        for payload in self._held:
            if exchange is None:
                break
            exchange.forward(payload)
            exchange = table.flows.get(key)  # None where this one has shown that it leads nowhere
        return exchange
