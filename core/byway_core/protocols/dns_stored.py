"""A DNS answer that can be given again: to another query for the same, with what is left of its
lifetime, for as long as it may be given at all (RFC 1035 7.4, RFC 2181 5.2, RFC 2308).

Knows no clock and keeps nothing: that is the cache's.
"""

from __future__ import annotations

from struct import Struct, error, pack_into
from typing import NamedTuple

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import (
    ANY,
    EDNS_SIZE,
    OPT,
    SOA,
    Edns,
    Question,
    Rcode,
)

# A TTL above a day is a server's mistake, or its malice: resolvers cap likewise (RFC 8767 4 has
# seven days for the most).
LONGEST_TTL = 86_400
# RFC 2308 5: one to three hours are sensible for what does not exist, a day has been trouble.
LONGEST_NEGATIVE_TTL = 3_600

_HEADER = 12
_TRUNCATED = 0x02  # of the third byte
# What of a query's flags its answer may depend on: RD, and in the next byte AD and CD.
_ASKED = 0x0130
_RCODE = 0x0F
_DNSSEC_OK = 0x8000

# EDNS options that say nothing of what is asked: cookie (RFC 7873), keepalive (RFC 7828), padding
# (RFC 7830). With another, such as a client's subnet (RFC 7871), an answer is for that query alone.
_NEUTRAL_OPTIONS = frozenset((10, 11, 12))

_record = Struct(">HHIH").unpack_from
_pack_counts = Struct(">HHHH").pack
_pack_option = Struct(">BHHIH").pack
_OPTION = {
    False: _pack_option(0, OPT, EDNS_SIZE, 0, 0),
    True: _pack_option(0, OPT, EDNS_SIZE, _DNSSEC_OK, 0),
}

# name, type, class, flags that matter
Asked = tuple[str, int, int, int]


def asked_of(query: bytes, question: Question, option: Edns | None) -> Asked | None:
    """What makes two queries the same to whoever answers; None for one whose answer is for it
    alone. `option` is what `edns` found."""
    flags = int.from_bytes(query[2:4]) & _ASKED
    if option is not None:
        if option.options and not _is_neutral(option.options):
            return None
        flags |= option.dnssec_ok
    return question.name, question.qtype, question.qclass, flags


def _is_neutral(options: bytes) -> bool:
    at = 0
    while at + 4 <= len(options):
        if int.from_bytes(options[at : at + 2]) not in _NEUTRAL_OPTIONS:
            return False
        at += 4 + int.from_bytes(options[at + 2 : at + 4])
    return at == len(options)


class StoredAnswer:
    """The records behind a response's question, whose pointers stay right as long as it has the
    same length. Belongs to one loop: it remembers what it wrote last."""

    __slots__ = ("_body", "_heads", "_places", "_written", "ttl")

    def __init__(
        self, flags: bytes, counts: tuple[int, int, int], body: bytes, places: list[int], ttl: int
    ) -> None:
        """`places` are those of the TTLs in `body`, `ttl` is what they all become, in seconds."""
        answers, authorities, additional = counts
        self._heads = tuple(
            flags + _pack_counts(1, answers, authorities, additional + options)
            for options in (0, 1)
        )
        self._places = tuple(places)
        self._body = bytearray(body)
        self._written = -1
        self.ttl = ttl

    def __len__(self) -> int:
        """Bytes of its records."""
        return len(self._body)

    def given(self, query: bytes, question: Question, option: Edns | None, left: int) -> bytes:
        """The answer to this query, however long; `left` is how many seconds it lives on."""
        body = self._body
        if left != self._written:
            for place in self._places:
                pack_into(">I", body, place, left)
            self._written = left
        asks = query[_HEADER : question.end]
        if option is None:
            return b"".join((query[:2], self._heads[0], asks, body))
        return b"".join((query[:2], self._heads[1], asks, body, _OPTION[option.dnssec_ok]))


def failure(query: bytes, ttl: int) -> StoredAnswer:
    """That nobody can answer this, for so many seconds."""
    flags = int.from_bytes(query[2:4]) & 0x0110 | 0x8080 | Rcode.SERVFAIL
    return StoredAnswer(flags.to_bytes(2), (0, 0, 0), b"", [], ttl)


def stored(message: bytes, question: Question) -> StoredAnswer | None:
    """The response to `question`, ready to be given again; None for one that must not be, or is
    built so that it cannot."""
    try:
        return _stored(message, question)
    except (IndexError, error, ProtocolError):
        return None


class Record(NamedTuple):
    """Where a record is in its message: `length` of its data, which ends it."""

    start: int
    kind: int
    ttl_at: int
    ttl: int
    length: int
    end: int


def _stored(message: bytes, question: Question) -> StoredAnswer | None:
    rcode = message[3] & _RCODE
    if message[2] & _TRUNCATED or rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        return None
    if message[4:6] != b"\0\1":
        return None  # nothing that the records' pointers could point to
    counts = [int.from_bytes(message[at : at + 2]) for at in (6, 8, 10)]
    records = records_of(message, question.end, sum(counts))
    end = len(message)
    if records and records[-1].kind == OPT:
        option = records.pop()
        if option.ttl >> 24:
            return None  # the upper bits of another rcode (RFC 6891 6.1.3)
        end = option.start
        counts[2] -= 1
    if counts[2] < 0 or any(record.kind == OPT for record in records):
        return None  # cut out of the middle, it would move what stands behind it
    ttl = _ttl(message, question, records, counts)
    if not ttl:
        return None
    places = [record.ttl_at - question.end for record in records]
    body = message[question.end : end]
    return StoredAnswer(message[2:4], (counts[0], counts[1], counts[2]), body, places, ttl)


def _ttl(message: bytes, question: Question, records: list[Record], counts: list[int]) -> int:
    """Seconds; 0 for what must not be kept. The least of all: one for each would tell nobody more,
    and those of a set must not differ (RFC 2181 5.2)."""
    ttl = min((0 if record.ttl >> 31 else record.ttl for record in records), default=0)
    answers = records[: counts[0]]
    is_there = any(record.kind == question.qtype or question.qtype == ANY for record in answers)
    if is_there and not message[3] & _RCODE:
        return min(ttl, LONGEST_TTL)
    for record in records[counts[0] : counts[0] + counts[1]]:
        if record.kind == SOA:  # RFC 2308 5: its last field, or its own TTL
            minimum = int.from_bytes(message[record.end - 4 : record.end])
            return min(ttl, minimum, LONGEST_NEGATIVE_TTL)
    return 0


def records_of(message: bytes, at: int, count: int) -> list[Record]:
    """So many, from `at` on. IndexError, struct.error or ProtocolError where they are cut short."""
    records = []
    for _ in range(count):
        start = at
        while size := message[at]:
            if size >= 0xC0:
                at += 1
                break
            at += 1 + size
        at += 1
        kind, _class, ttl, length = _record(message, at)
        end = at + 10 + length
        if end > len(message):
            raise ProtocolError("a DNS record is cut short")
        records.append(Record(start, kind, at + 4, ttl, length, end))
        at = end
    return records
