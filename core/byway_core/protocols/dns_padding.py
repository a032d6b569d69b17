"""The lengths of encrypted questions tell much of the names in them: so all get one of few lengths
(RFC 7830; RFC 8467 4.1 has 128 bytes for a block).

Where a program's query has no OPT record it gets one for the way, and its answer none.
"""

from __future__ import annotations

from struct import Struct, error

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import EDNS_SIZE, OPT, Question, edns
from byway_core.protocols.dns_stored import Record, records_of

_BLOCK = 128
_PADDING = 12
_HEADER = 12
_OPTION_HEAD = 4
# RFC 1035 4.2.2: what a length of two bytes can say.
_LONGEST = 65_535

_pair = Struct(">HH")
_pack_record = Struct(">BHHIH").pack


def padded(query: bytes, question: Question) -> bytes:
    """The query in whole blocks; as it is where it has been padded, or is built so that nothing can
    be put at its end."""
    counts = [int.from_bytes(query[at : at + 2]) for at in (6, 8, 10)]
    if not any(counts) and len(query) == question.end:
        whole = query + _pack_record(0, OPT, EDNS_SIZE, 0, 0)
        return _with_options(whole[:10] + b"\0\1" + whole[12:], len(whole), b"")
    option = _last_option(query, question)
    if option is None:
        return query
    options = query[option.end - option.length : option.end]
    if any(kind == _PADDING for kind, _ in _options(options)):
        return query
    return _with_options(query, option.end - option.length, options)


def unpadded(message: bytes, query: bytes, question: Question) -> bytes:
    """The response to `padded(query)` as it answers `query`."""
    option = _last_option(message, question)
    if option is None:
        return message
    if edns(query, question) is None:
        additional = int.from_bytes(message[10:12]) - 1
        return message[:10] + additional.to_bytes(2) + message[12 : option.start]
    begin = option.end - option.length
    kept = b"".join(
        data for kind, data in _options(message[begin : option.end]) if kind != _PADDING
    )
    return message[: begin - 2] + len(kept).to_bytes(2) + kept


def _with_options(query: bytes, begin: int, options: bytes) -> bytes:
    """The query, whose OPT record ends it with its options from `begin` on: with these, padded."""
    bare = begin + len(options) + _OPTION_HEAD
    size = -bare % _BLOCK
    if bare + size > _LONGEST:
        return query
    padding = _pair.pack(_PADDING, size) + bytes(size)
    length = len(options) + len(padding)
    return query[: begin - 2] + length.to_bytes(2) + options + padding


def _last_option(message: bytes, question: Question) -> Record | None:
    """The OPT record that ends the message; None where there is none, or what ends it is another
    (a signature, that covers all before it)."""
    count = sum(int.from_bytes(message[at : at + 2]) for at in (6, 8, 10))
    try:
        records = records_of(message, question.end, count)
    except (IndexError, error, ProtocolError):
        return None
    if not records or records[-1].kind != OPT or records[-1].end != len(message):
        return None
    return records[-1] if message[10:12] != b"\0\0" else None


def _options(data: bytes) -> list[tuple[int, bytes]]:
    """(code, the option with its head); what is cut short is one of no code."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        if at + _OPTION_HEAD > len(data):
            return [*found, (-1, data[at:])]
        kind, length = _pair.unpack_from(data, at)
        end = at + _OPTION_HEAD + length
        found.append((kind if end <= len(data) else -1, data[at:end]))
        at = end
    return found
