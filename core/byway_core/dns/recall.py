"""Answers that are given again, and what the memory must learn by that.

    quick   the very bytes of a query that came before: one look-up
    find    the same question in another query
    keep    what a server said, for as long as it said

A name that comes from here is taught to the memory like one that comes from a server: it is the
last that was asked of its addresses, and connections will follow.
It must not know who asks, nor whom else to ask.
"""

from __future__ import annotations

from typing import NamedTuple

from byway_core.dns.cache import AnswerCache, Kept
from byway_core.dns.known_names import KnownNames
from byway_core.protocols.dns_message import (
    IN,
    UDP_MINIMUM,
    Answer,
    Edns,
    Question,
    edns,
    fitted,
)
from byway_core.protocols.dns_stored import StoredAnswer, asked_of, failure, stored

# How long a failure is given again without asking, in seconds (RFC 9520 3.2: at least 1, and 5 to
# begin with). What took all of an exchange's time has kept the servers in peace by that.
_REFUSED_TTL = 5
_SILENCE_TTL = 2
# A name that is given from here is taught to the memory again as often as this, in seconds: a
# worker's replica forgets by its own use.
_TEACH_AGAIN = 60.0
# Queries by their bytes; when full, all are forgotten, and found once more by what they ask. Only
# for answers of the usual size, so that it stays below 4 MB whatever is asked.
_QUICK = 4096

# The server that was asked, where programs choose it; and whether what it says is hearsay.
Whose = tuple[tuple[str, int] | None, bool]


class _Quick(NamedTuple):
    kept: Kept
    question: Question
    option: Edns | None


class Recall:
    """Belongs to one forwarder."""

    def __init__(self, memory: KnownNames) -> None:
        self._memory = memory
        self._cache = AnswerCache()
        self._quick: dict[tuple[bytes, object], _Quick] = {}
        # Counts how often all was forgotten: what was asked before then is not to be kept.
        self.epoch = 0

    def forget(self) -> None:
        """The servers are others now, or a network is."""
        self.epoch += 1
        self._cache.clear()
        self._quick.clear()

    def quick(self, query: bytes, asked: tuple[str, int] | None, now: float) -> bytes | None:
        """The answer to the same bytes, their id aside, that were meant for the same server."""
        found = self._quick.get((query[2:], asked))
        if found is None:
            return None
        kept, question, option = found
        left = int(kept.dies - now)
        if left < 1:
            del self._quick[query[2:], asked]
            return None
        if kept.addresses:
            self._teach(kept, question.name, left, now)
        return kept.answer.given(query, question, option, left)

    def find(
        self,
        query: bytes,
        question: Question,
        whose: Whose,
        asked: tuple[str, int] | None,
        now: float,
        *,
        over_tcp: bool,
    ) -> bytes | None:
        """The answer as it may go to who asked. `asked` is as for `quick`, where this query is
        found from now on if that can be."""
        option = edns(query, question)
        key = asked_of(query, question, option)
        kept = None if key is None else self._cache.find((key, whose), now)
        if kept is None:
            return None
        left = int(kept.dies - now)
        if kept.addresses:
            self._teach(kept, question.name, left, now)
        message = kept.answer.given(query, question, option, left)
        if len(message) <= UDP_MINIMUM:
            if len(self._quick) >= _QUICK:
                self._quick.clear()
            self._quick[query[2:], asked] = _Quick(kept, question, option)
            return message
        limit = UDP_MINIMUM if option is None else option.udp_size
        fits = over_tcp or len(message) <= limit
        return message if fits else fitted(message, query, question)

    def keep(
        self,
        query: bytes,
        question: Question,
        whose: Whose,
        epoch: int,
        message: bytes,
        answer: Answer,
        now: float,
    ) -> None:
        """What a server said that was asked in that epoch; the memory learns it in any case."""
        addresses = answer.addresses if question.qclass == IN else ()
        if addresses:
            batch = [(address, question.name, answer.ttl) for address in addresses]
            self._memory.learn(batch, hearsay=whose[1])
        self._keep(query, question, whose, epoch, stored(message, question), addresses, now)

    def keep_failure(
        self,
        query: bytes,
        question: Question,
        whose: Whose,
        epoch: int,
        *,
        refused: bool,
        now: float,
    ) -> None:
        """That nobody could answer: `refused`, or silent."""
        answer = failure(query, _REFUSED_TTL if refused else _SILENCE_TTL)
        self._keep(query, question, whose, epoch, answer, (), now)

    def _keep(
        self,
        query: bytes,
        question: Question,
        whose: Whose,
        epoch: int,
        answer: StoredAnswer | None,
        addresses: tuple[str, ...],
        now: float,
    ) -> None:
        key = asked_of(query, question, edns(query, question))
        if answer is not None and key is not None and epoch == self.epoch:
            kept = Kept(answer, addresses, now, hearsay=whose[1])
            self._cache.keep((key, whose), kept)

    def _teach(self, kept: Kept, name: str, left: int, now: float) -> None:
        """Unless the memory knows it all already."""
        addresses, hearsay = kept.addresses, kept.hearsay
        leads = self._memory.leads(name, addresses, hearsay=hearsay)
        if not leads or now >= kept.taught + _TEACH_AGAIN:
            kept.taught = now
            batch = [(address, name, left) for address in addresses]
            self._memory.learn(batch, hearsay=hearsay)
