"""A QUIC client's first datagram, as whoever is on the way reads it: a genuine Initial packet (RFC
9000 17.2.2) with a ClientHello that names a host, or none.

There is no client behind it that could go on: what answers here is no QUIC server either.
"""

from __future__ import annotations

import os

from byway_core.protocols.quic_packet import V1

# RFC 9000 14.1: no client's first datagram is shorter.
_SIZE = 1200
_TAG = 16  # that AEAD adds
_INITIAL = 0xC3  # with a packet number of four bytes
_NUMBER = 4
_CRYPTO = 6

_SERVER_NAME, _GROUPS, _SIGNATURES, _ALPN = 0, 10, 13, 16
_VERSIONS, _KEY_SHARE, _TRANSPORT = 43, 51, 57
_X25519 = b"\0\x1d"


def first_datagram(name: str) -> bytes:
    """`name` is a normalised host name, or "" for a hello without one."""
    # Here, not above: see there.
    from byway_core.protocols.quic_initial import InitialKeys

    connection = os.urandom(8)
    header = bytes((_INITIAL,)) + V1.to_bytes(4) + _sized(connection, 1) + b"\0" + b"\0"
    room = _SIZE - len(header) - 2
    header += (0x4000 | room).to_bytes(2)  # its length, as a variable-length integer of two bytes
    hello = _hello(name)
    frame = bytes((_CRYPTO, 0)) + (0x4000 | len(hello)).to_bytes(2) + hello
    payload = frame.ljust(room - _NUMBER - _TAG, b"\0")  # PADDING
    return InitialKeys(V1, connection).sealed(header, payload)


def _hello(name: str) -> bytes:
    """RFC 8446 4.1.2, with what a server of HTTP/3 asks for."""
    extensions = [(_SERVER_NAME, _sized(b"\0" + _sized(name.encode())))] if name else []
    extensions += [
        (_VERSIONS, _sized(b"\3\4", 1)),
        (_GROUPS, _sized(_X25519)),
        (_SIGNATURES, _sized(b"\4\3\x08\4")),
        (_KEY_SHARE, _sized(_X25519 + _sized(os.urandom(32)))),
        (_ALPN, _sized(_sized(b"h3", 1))),
        (_TRANSPORT, b"\x0f\0"),  # initial_source_connection_id: none
    ]
    body = b"\3\3" + os.urandom(32) + b"\0" + _sized(b"\x13\1") + _sized(b"\0", 1)
    body += _sized(b"".join(kind.to_bytes(2) + _sized(data) for kind, data in extensions))
    return b"\1" + _sized(body, 3)


def _sized(data: bytes, width: int = 2) -> bytes:
    return len(data).to_bytes(width) + data
