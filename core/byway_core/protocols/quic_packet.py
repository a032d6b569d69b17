"""Where the Initial packets of a client's datagram are (RFC 9000 17.2, RFC 9369 3.1, 3.2).

Reads headers only, which are open but for the packet number's length. A datagram may hold several
packets one behind the other (12.2); those of other kinds are stepped over by their length. The
fixed bit is not asked for: a client may clear it (RFC 9287), and the version tells more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

V1 = 0x00000001
V2 = 0x6B3343CF

_LONG = 0x80
_FIXED = 0x40
# RFC 9000 17.2: what is longer is no packet of these versions.
_LONGEST_ID = 20
# Version 2 counts its types from another start, so that nobody takes version 1 for granted.
_INITIAL = {V1: 0, V2: 1}
_RETRY = {V1: 3, V2: 0}
_VALUE_BITS = {1: 0x3F, 2: 0x3FFF, 4: 0x3FFF_FFFF, 8: 0x3FFF_FFFF_FFFF_FFFF}


class Initial(NamedTuple):
    """One Initial packet in a datagram: `start` to `end`, and the protected packet number at
    `number`. `connection` is the destination connection id, from which a client's first keys
    follow; after a Retry it is the one that the server chose."""

    version: int
    connection: bytes
    start: int
    number: int
    end: int


def resembles_quic(datagram: bytes) -> bool:
    """Whether it may be QUIC of any version and kind. By first bytes, of the protocols that share
    ports with QUIC only TURN's channels are taken for it (RFC 9443 3)."""
    return bool(datagram) and bool(datagram[0] & _FIXED)


def initials(datagram: bytes) -> Iterator[Initial]:
    """The Initial packets, up to the first thing that is no packet or not for the same connection
    (RFC 9000 12.2)."""
    start = 0
    connection: bytes | None = None
    try:
        while (kind := _kind(datagram, start)) is not None:
            version = _version(datagram, start)
            if kind == _RETRY[version]:
                return  # no length: it fills the datagram
            at = start + 6 + datagram[start + 5]
            if connection is None:
                connection = datagram[start + 6 : at]
            if len(connection) > _LONGEST_ID or connection != datagram[start + 6 : at]:
                return
            at += 1 + datagram[at]  # the source's connection id
            if kind == _INITIAL[version]:
                length, at = varint(datagram, at)
                at += length  # the token
            length, at = varint(datagram, at)
            end = at + length
            if end > len(datagram):
                return
            if kind == _INITIAL[version]:
                yield Initial(version, connection, start, at, end)
            start = end
    except IndexError:
        return


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer (RFC 9000 16), and where it ends; IndexError where data does so
    before."""
    size = 1 << (data[at] >> 6)
    end = at + size
    if end > len(data):
        raise IndexError
    return int.from_bytes(data[at:end]) & _VALUE_BITS[size], end


def _kind(datagram: bytes, start: int) -> int | None:
    """The type of the long header there; None where there is none of a known version."""
    if len(datagram) < start + 7 or not datagram[start] & _LONG:
        return None
    return datagram[start] >> 4 & 3 if _version(datagram, start) in _INITIAL else None


def _version(datagram: bytes, start: int) -> int:
    return int.from_bytes(datagram[start + 1 : start + 5])
