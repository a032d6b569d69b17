"""ClientHellos as browsers send them, built by hand so that a test can bend every part."""

from __future__ import annotations

from collections.abc import Sequence

GREASE = 0x0A0A
SERVER_NAME = 0x0000
ALPN = 0x0010
PADDING = 0x0015
KEY_SHARE = 0x0033
ECH = 0xFE0D

Extension = tuple[int, bytes]


def _sized(data: bytes, width: int = 2) -> bytes:
    return len(data).to_bytes(width) + data


def sni(name: bytes, kind: int = 0) -> Extension:
    return SERVER_NAME, _sized(bytes([kind]) + _sized(name))


def post_quantum() -> Extension:
    """GREASE, X25519MLKEM768 (1216 bytes), X25519: what Chrome sends since 2024."""
    shares = b"\x0a\x0a" + _sized(b"\0")
    shares += b"\x11\xec" + _sized(bytes(1216)) + b"\x00\x1d" + _sized(bytes(32))
    return KEY_SHARE, _sized(shares)


def encrypted_hello() -> Extension:
    """The outer form: type 0, a suite, a configuration's id, an encapsulated key, a payload."""
    return ECH, b"\0" + b"\0\x01\0\x01" + b"\x2a" + _sized(bytes(32)) + _sized(b"\xec" * 239)


def message(extensions: Sequence[Extension] | None, session_id: bytes = bytes(32)) -> bytes:
    """The handshake message; `extensions` None leaves out even their length."""
    body = b"\x03\x03" + b"\x11" * 32 + _sized(session_id, 1)
    body += _sized(b"\x0a\x0a\x13\x01\x13\x02\x13\x03" * 4) + _sized(b"\0", 1)
    if extensions is not None:
        body += _sized(b"".join(kind.to_bytes(2) + _sized(data) for kind, data in extensions))
    return b"\x01" + _sized(body, 3)


def records(handshake: bytes, size: int = 16384) -> bytes:
    """The message in records of at most `size` bytes."""
    return b"".join(
        b"\x16\x03\x01" + _sized(handshake[at : at + size]) for at in range(0, len(handshake), size)
    )


def chrome(name: bytes) -> bytes:
    """In an order that Chrome, which shuffles, may choose: the name late."""
    return message(
        [
            (GREASE, b""),
            post_quantum(),
            (ALPN, _sized(_sized(b"h2", 1) + _sized(b"http/1.1", 1))),
            encrypted_hello(),
            (0xFF01, b"\0"),
            sni(name),
            (0x1A1A, b"\0"),
        ]
    )
