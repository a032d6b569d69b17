"""DNS messages, read and written by hand (RFC 1035, RFC 6891): what Byway needs of them, no more.

Queries are read for their question, answers for the addresses they give to the name that was
asked; replies are built from the query they answer. Knows no sockets and keeps no names.

Names are text in lower case without the final dot, the root "". Bytes that a host name cannot
have, and dots within a label, are written as \\DDD (RFC 4343 2.1), so that no two names look alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from struct import Struct, error
from typing import NamedTuple

from byway_core.model.errors import ProtocolError
from byway_core.protocols.host_name import address_text

A = 1
CNAME = 5
SOA = 6
PTR = 12
AAAA = 28
OPT = 41
HTTPS = 65
ANY = 255
IN = 1

# RFC 1035 4.2.1: what every client takes over UDP that says nothing of EDNS.
UDP_MINIMUM = 512
# What we say we take, and send: the size that no path fragments (DNS flag day 2020).
EDNS_SIZE = 1232

_HEADER = 12  # its length; no name can begin within it
# A name has at most 127 labels in its 255 bytes, so no honest one needs more jumps.
_JUMPS = 127
_NAME_LENGTH = 255

_RESPONSE = 0x8000
_OPCODE = 0x7800
_TRUNCATED = 0x0200
_RECURSION_DESIRED = 0x0100
_RECURSION_AVAILABLE = 0x0080
_CHECKING_DISABLED = 0x0010
_RCODE = 0x000F
_DNSSEC_OK = 0x8000
_POINTER_TO_QUESTION = b"\xc0\x0c"

_header = Struct(">HHHHHH")
_pair = Struct(">HH").unpack_from
_record = Struct(">HHIH").unpack_from
_pack_record = Struct(">HHIH").pack


class Rcode(IntEnum):
    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5


class Question(NamedTuple):
    """What a query asks. `end` is the offset behind the question in its message."""

    id: int
    name: str
    qtype: int
    qclass: int
    end: int


class Answer(NamedTuple):
    """What a response says of the name that was asked, its aliases followed.

    `addresses` are texts as inet_ntop(3) writes them, in the order given; `ttl` is the least of
    the records that led to them, in seconds, 0 where there are none. `truncated`: ask over TCP.
    """

    id: int
    rcode: int
    truncated: bool
    name: str
    qtype: int
    addresses: tuple[str, ...]
    ttl: int


class Edns(NamedTuple):
    """A query's OPT record: the UDP payload its sender takes, whether it wants DNSSEC, and its
    options as they stand."""

    udp_size: int
    dnssec_ok: bool
    options: bytes = b""


def parse_query(message: bytes) -> Question:
    """The question of a standard query. ProtocolError for anything else."""
    try:
        id_, flags, questions, *_ = _header.unpack_from(message)
        if flags & (_RESPONSE | _OPCODE) or questions != 1:
            raise ProtocolError("not a standard DNS query")
        name, at = _name(message, _HEADER)
        qtype, qclass = _pair(message, at)
    except (IndexError, error):
        raise ProtocolError("the DNS query is cut short") from None
    return Question(id_, name, qtype, qclass, at + 4)


def parse_answer(message: bytes) -> Answer:
    """The addresses that a response gives. ProtocolError where it is no well-formed response."""
    try:
        return _parse_answer(message)
    except (IndexError, error):
        raise ProtocolError("the DNS answer is cut short") from None


def _parse_answer(message: bytes) -> Answer:
    id_, flags, questions, count, *_ = _header.unpack_from(message)
    if not flags & _RESPONSE or questions > 1:
        raise ProtocolError("not a DNS response")
    name, qtype, at = "", 0, _HEADER
    if questions:
        name, at = _name(message, _HEADER)
        qtype, _ = _pair(message, at)
        at += 4
    truncated = bool(flags & _TRUNCATED)
    aliases: dict[str, tuple[str, int]] = {}
    found: list[tuple[str, str, int]] = []
    for _ in range(count):
        if truncated and at == len(message):
            break  # the counts of a truncated message are not always those of what is left
        if message[at : at + 2] == _POINTER_TO_QUESTION:
            owner, at = name, at + 2
        else:
            owner, at = _name(message, at)
        kind, class_, ttl, length = _record(message, at)
        at += 10
        data = message[at : at + length]
        if len(data) != length:
            raise ProtocolError("a DNS record is cut short")
        ttl = 0 if ttl & 0x80000000 else ttl  # RFC 2181 8
        if class_ == IN:
            if (kind == A and length == 4) or (kind == AAAA and length == 16):
                found.append((owner, address_text(data), ttl))
            elif kind == CNAME:
                aliases[owner] = _name(message, at)[0], ttl
        at += length
    addresses, ttl = _follow(name, aliases, found)
    return Answer(id_, flags & _RCODE, truncated, name, qtype, addresses, ttl)


def _follow(
    name: str, aliases: dict[str, tuple[str, int]], found: list[tuple[str, str, int]]
) -> tuple[tuple[str, ...], int]:
    """The addresses among `found` that belong to `name` or its aliases, and their least TTL."""
    owners = {name: 0x7FFFFFFF}
    ttl = 0x7FFFFFFF
    while name in aliases:
        name, lifetime = aliases[name]
        if name in owners:
            raise ProtocolError("the aliases of a DNS answer run in a circle")
        ttl = min(ttl, lifetime)
        owners[name] = ttl
    mine = [(text, min(life, owners[owner])) for owner, text, life in found if owner in owners]
    if not mine:
        return (), 0
    return tuple(text for text, _ in mine), min(life for _, life in mine)


def _name(message: bytes, at: int) -> tuple[str, int]:
    """The name at an offset, and the offset behind it. IndexError where the message ends."""
    labels: list[bytes] = []
    behind = 0
    limit = at  # pointers must go back, and ever further: RFC 1035 4.1.4, "a prior occurrence"
    jumps = 0
    length = 1
    while size := message[at]:
        if size < 0x40:
            at += 1 + size
            length += 1 + size
            if length > _NAME_LENGTH:
                raise ProtocolError("a DNS name is too long")
            labels.append(message[at - size : at])
            continue
        target = (size & 0x3F) << 8 | message[at + 1]
        jumps += 1
        if size < 0xC0 or not _HEADER <= target < limit or jumps > _JUMPS:
            raise ProtocolError("a DNS name is malformed")
        behind = behind or at + 2
        at = limit = target
    behind = behind or at + 1
    raw = b".".join(labels).lower()
    if raw.isascii() and raw.count(b".") < max(1, len(labels)) and b"\\" not in raw:
        text = raw.decode("ascii")
        if text.isprintable():
            return text, behind
    return _escaped(labels), behind


def _escaped(labels: list[bytes]) -> str:
    return ".".join(
        "".join(
            chr(byte) if 0x20 <= byte < 0x7F and byte not in b".\\" else f"\\{byte:03}"
            for byte in label.lower()
        )
        for label in labels
    )


def edns(query: bytes, question: Question) -> Edns | None:
    """The query's OPT record (RFC 6891 6.1), None where it has none or what follows is garbage."""
    at = question.end
    try:
        counts = _header.unpack_from(query)[3:]
        for _ in range(sum(counts)):
            name, at = _name(query, at)
            kind, size, ttl, length = _record(query, at)
            at += 10
            if kind == OPT and not name:
                return Edns(size, bool(ttl & _DNSSEC_OK), query[at : at + length])
            at += length
    except (IndexError, error, ProtocolError):
        pass
    return None


def udp_limit(query: bytes, question: Question) -> int:
    """The longest reply that the query's sender takes over UDP, in bytes."""
    option = edns(query, question)
    return max(UDP_MINIMUM, option.udp_size) if option else UDP_MINIMUM


def reply(
    query: bytes,
    question: Question,
    rcode: Rcode = Rcode.NOERROR,
    addresses: Iterable[bytes] = (),
    ttl: int = 0,
) -> bytes:
    """An answer to `query` of our own making.

    `addresses` are 4 or 16 bytes each; those that the question did not ask for are left out, so an
    AAAA question gets an empty answer from IPv4 addresses alone. `ttl` in seconds.
    """
    records = [
        _POINTER_TO_QUESTION + _pack_record(kind, IN, ttl, len(packed)) + packed
        for packed in addresses
        if question.qtype in ((kind := A if len(packed) == 4 else AAAA), ANY)
    ]
    flags = int.from_bytes(query[2:4]) & (_OPCODE | _RECURSION_DESIRED | _CHECKING_DISABLED)
    flags |= _RESPONSE | _RECURSION_AVAILABLE | rcode
    option = _option(query, question)
    head = _header.pack(question.id, flags, 1, len(records), 0, 1 if option else 0)
    return b"".join((head, query[_HEADER : question.end], *records, option))


def _option(query: bytes, question: Question) -> bytes:
    """The OPT record that a reply to `query` must have, b"" where it must have none.

    RFC 6891 6.1.1: one for one; RFC 3225 3: with the query's DO bit.
    """
    option = edns(query, question)
    if option is None:
        return b""
    flags = _DNSSEC_OK if option.dnssec_ok else 0
    return b"\0" + _pack_record(OPT, EDNS_SIZE, flags, 0)


def fitted(response: bytes, query: bytes, question: Question) -> bytes:
    """`response` as it may go over UDP: whole, or cut down to the question and marked truncated,
    which makes the client ask over TCP (RFC 2181 9)."""
    if len(response) <= udp_limit(query, question):
        return response
    flags = int.from_bytes(response[2:4]) | _TRUNCATED
    option = _option(query, question)
    head = _header.pack(question.id, flags, 1, 0, 0, 1 if option else 0)
    return head + query[_HEADER : question.end] + option


def build_query(id_: int, name: str, qtype: int) -> bytes:
    """A query with recursion desired and EDNS for a normalised name. ProtocolError where the name
    cannot be asked for."""
    labels = name.encode("ascii", "replace").split(b".") if name else []
    wire = b"".join(b"%c%b" % (len(label), label) for label in labels if len(label) < 64) + b"\0"
    if len(wire) != len(name) + 2 - (not name) or len(wire) > _NAME_LENGTH or b"" in labels:
        raise ProtocolError(f"{name!r} cannot be asked for in DNS")
    head = _header.pack(id_, _RECURSION_DESIRED, 1, 0, 0, 1)
    tail = qtype.to_bytes(2) + b"\0\x01" + b"\0" + _pack_record(OPT, EDNS_SIZE, 0, 0)
    return head + wire + tail


def with_id(message: bytes, id_: int) -> bytes:
    """The same message under another id, as forwarding needs it."""
    return id_.to_bytes(2) + message[2:]


def framed(message: bytes) -> bytes:
    """A message as it goes over TCP: its length first (RFC 1035 4.2.2)."""
    return len(message).to_bytes(2) + message


class Deframer:
    """Messages out of a TCP stream. Holds one message, 64 KiB, at most."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete with this. ProtocolError for one too short to be any."""
        buffer = self._buffer
        buffer += data
        messages: list[bytes] = []
        at = 0
        while len(buffer) >= at + 2:
            length = buffer[at] << 8 | buffer[at + 1]
            if length < _HEADER:
                raise ProtocolError("a DNS message is too short to be one")
            if len(buffer) < at + 2 + length:
                break
            messages.append(bytes(buffer[at + 2 : at + 2 + length]))
            at += 2 + length
        del buffer[:at]
        return messages
