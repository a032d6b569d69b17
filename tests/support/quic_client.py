"""What QUIC clients send first, made by aioquic: whole flights of a client, and packets around any
payload, so that a test can bend every part."""

from __future__ import annotations

from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.crypto import CryptoPair

V1 = 0x00000001
V2 = 0x6B3343CF
CONNECTION = bytes.fromhex("8394c8f03e515708")  # the one of the RFCs' examples
SOURCE = b"\x0c" * 5

_INITIAL = {V1: 0xC0, V2: 0xD0}
_ZERO_RTT = {V1: 0xD0, V2: 0xE0}
_HANDSHAKE = {V1: 0xE0, V2: 0xF0}
_RETRY = {V1: 0xF0, V2: 0xC0}


def varint(value: int) -> bytes:
    for width, size in ((6, 1), (14, 2), (30, 4), (62, 8)):
        if value < 1 << width:
            return (value | (size.bit_length() - 1) << (8 * size - 2)).to_bytes(size)
    raise ValueError(value)


def crypto(offset: int, data: bytes) -> bytes:
    return b"\x06" + varint(offset) + varint(len(data)) + data


def flight(name: str | None, version: int = V1, **more: object) -> list[bytes]:
    """A client's datagrams before its first answer."""
    configuration = QuicConfiguration(
        is_client=True,
        server_name=name,
        alpn_protocols=["h3"],
        original_version=version,
        supported_versions=[version],
        **more,
    )
    connection = QuicConnection(configuration=configuration)
    connection.connect(("192.0.2.1", 443), now=0.0)
    return [datagram for datagram, _ in connection.datagrams_to_send(now=0.0)]


def initial(
    payload: bytes,
    *,
    number: int = 0,
    size: int = 2,
    version: int = V1,
    connection: bytes = CONNECTION,
    source: bytes = SOURCE,
    token: bytes = b"",
    fixed: int = 0x40,
) -> bytes:
    """One Initial packet; `size` bytes of packet number; `fixed` 0 clears that bit (RFC 9287). A
    payload shorter than header protection's sample needs gets PADDING."""
    payload = payload.ljust(4, b"\0")
    first = (_INITIAL[version] & ~0x40) | fixed | (size - 1)
    length = 0x4000 | (size + len(payload) + 16)
    header = (
        _ids(first, version, connection, source)
        + varint(len(token))
        + token
        + length.to_bytes(2)
        + number.to_bytes(size)
    )
    pair = CryptoPair()
    pair.setup_initial(cid=connection, is_client=True, version=version)
    return pair.encrypt_packet(header, payload, number)


def packets(*payloads: bytes, **more: object) -> list[bytes]:
    """Initial packets with these payloads, numbered."""
    return [initial(payload, number=n, **more) for n, payload in enumerate(payloads)]


def zero_rtt(length: int = 100, version: int = V1, connection: bytes = CONNECTION) -> bytes:
    return _other(_ZERO_RTT[version], length, version, connection)


def handshake(length: int = 100, version: int = V1, connection: bytes = CONNECTION) -> bytes:
    return _other(_HANDSHAKE[version], length, version, connection)


def retry(version: int = V1) -> bytes:
    return _ids(_RETRY[version], version, CONNECTION, SOURCE) + b"a token" + bytes(16)


def short(connection: bytes = CONNECTION) -> bytes:
    """A packet of a connection that stands."""
    return b"\x41" + connection + bytes(40)


def _other(first: int, length: int, version: int, connection: bytes) -> bytes:
    return _ids(first, version, connection, SOURCE) + varint(length) + bytes(length)


def _ids(first: int, version: int, connection: bytes, source: bytes) -> bytes:
    sized = bytes([len(connection)]) + connection + bytes([len(source)]) + source
    return bytes([first]) + version.to_bytes(4) + sized
