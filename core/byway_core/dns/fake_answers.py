"""Answers with fake addresses, and the names that these stand for.

    A, AAAA       the name's pair: programs with one family only have theirs
    HTTPS, SVCB   nothing: their hints are real addresses
    PTR           of a fake address, its name
    all others    are asked: nobody connects to a mail domain, or to a text

It must not know which names are covered, nor how numbers are found and kept.
"""

from __future__ import annotations

from byway_core.dns.choice import reversed_address
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.fake_names import FakeNames
from byway_core.dns.fake_pool import FakePool
from byway_core.model.fake_addresses import fake_pair
from byway_core.protocols.dns_message import (
    AAAA,
    ANY,
    HTTPS,
    PTR,
    SVCB,
    A,
    Question,
    Rcode,
    reply,
    reply_name,
)

# Seconds: caches in between, which may have nothing to do with Byway when it ends, must not keep
# one; 0 some resolvers take for an error.
FAKE_TTL = 1
# Dots in the name that one address is asked by, of either family.
_WHOLE = (5, 33)


class FakeAnswers:
    """`choice` and `pool` are None while no fake addresses are given out; those that were go on
    being known."""

    def __init__(self, names: FakeNames) -> None:
        self._names = names
        self.choice: FakeChoice | None = None
        self.pool: FakePool | None = None

    def find(self, query: bytes, question: Question) -> bytes | None:
        """None where others are to be asked."""
        if question.qtype == PTR:
            return self._find_name(query, question)
        if self.choice is None or not self.choice.covers(question.name):
            return None
        if question.qtype in (HTTPS, SVCB):
            return reply(query, question)
        if question.qtype not in (A, AAAA, ANY):
            return None
        number = None if self.pool is None else self.pool.give(question.name)
        if number is None:  # no real address in its place: the question would be read on its way
            return reply(query, question, Rcode.SERVFAIL)
        packed = [address.packed for address in fake_pair(number)]
        return reply(query, question, Rcode.NOERROR, packed, FAKE_TTL)

    def _find_name(self, query: bytes, question: Question) -> bytes | None:
        if question.name.count(".") not in _WHOLE:
            return None
        address = reversed_address(question.name)
        name = None if address is None else self._names.name(str(address))
        if name is None:
            return None
        if not name:
            return reply(query, question, Rcode.NXDOMAIN)
        return reply_name(query, question, name, FAKE_TTL)
