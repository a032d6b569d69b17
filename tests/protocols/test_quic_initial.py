"""Initial packets against the RFCs' examples and those that aioquic makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import quic_client as quic

from byway_core.protocols.quic_initial import InitialKeys
from byway_core.protocols.quic_packet import Initial, initials, resembles_quic, varint

# RFC 9001 A.2 and RFC 9369 A.2: the payload is the same, but for 917 bytes of PADDING behind it.
PAYLOAD = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
    "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
    "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
    "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
    "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
    "75300901100f088394c8f03e51570806048000ffff"
) + bytes(917)
# The packets as they are published: their first 32 bytes and the last 16, the AEAD's tag, which
# vouches for all between.
PUBLISHED = {
    quic.V1: (
        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
        "e221af44860018ab0856972e194cd934",
    ),
    quic.V2: (
        "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
        "a18b2faa745b6fe189cf772a9f84cbfc",
    ),
}


def published(version: int) -> bytes:
    packet = quic.initial(PAYLOAD, number=2, size=4, version=version, source=b"")
    first, last = PUBLISHED[version]
    assert packet[:32].hex() == first
    assert packet[-16:].hex() == last
    assert len(packet) == 1200
    return packet


def opened(datagram: bytes) -> list[bytes | None]:
    return [
        InitialKeys(packet.version, packet.connection).payload(datagram, packet)
        for packet in initials(datagram)
    ]


@pytest.mark.parametrize("version", [quic.V1, quic.V2], ids=["v1", "v2"])
class TestBothVersions:
    def test_the_published_example(self, version: int) -> None:
        packet = published(version)
        assert list(initials(packet)) == [Initial(version, quic.CONNECTION, 0, 18, 1200)]
        assert opened(packet) == [PAYLOAD]

    @pytest.mark.parametrize("size", [1, 2, 3, 4])
    @pytest.mark.parametrize("connection", [b"", b"\1" * 8, b"\2" * 20], ids=len)
    def test_headers(self, version: int, size: int, connection: bytes) -> None:
        for token in (b"", b"t" * 70):
            packet = quic.initial(
                b"\1" * 9,
                number=0xA5,
                size=size,
                version=version,
                connection=connection,
                token=token,
            )
            assert opened(packet) == [b"\1" * 9]
            assert opened(packet + b"\0" * 50) == [b"\1" * 9]

    def test_the_fixed_bit_may_be_greased(self, version: int) -> None:
        packet = quic.initial(b"\1" * 9, version=version, fixed=0)
        assert not packet[0] & 0x40
        assert opened(packet) == [b"\1" * 9]

    def test_coalesced_packets(self, version: int) -> None:
        one, two = quic.packets(b"\1" * 9, b"\1" * 10, version=version)
        others = quic.zero_rtt(version=version), quic.handshake(version=version)
        assert opened(one + others[0] + two + others[1] + quic.short()) == [b"\1" * 9, b"\1" * 10]
        assert opened(others[0] + one) == [b"\1" * 9]
        # What is behind a packet without a length, or one of another connection, is not looked at.
        for last in (quic.retry(version), quic.short(), b"\xc0\0\0\0\0", bytes(9)):
            assert opened(one + last + two) == [b"\1" * 9]
        stranger = quic.initial(b"\1" * 9, version=version, connection=b"other one")
        assert opened(one + stranger + two) == [b"\1" * 9]

    def test_what_is_damaged_does_not_open(self, version: int) -> None:
        packet = published(version)
        for at in (0, 20, 600, 1199):
            damaged = bytearray(packet)
            damaged[at] ^= 1
            assert opened(bytes(damaged)) == [None]
        for end in range(0, 1200, 7):
            assert opened(packet[:end]) == []

    def test_a_packet_too_short_for_a_sample(self, version: int) -> None:
        header = quic.initial(bytes(9), version=version, source=b"")[:15]
        assert opened(header + b"\0" + b"\x13" + bytes(19)) == [None]


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\xc0",
        b"\xc0\0\0\0\1\x08",
        b"\xc0\0\0\0\0\x08" + bytes(30),
        b"\xc0\xba\xba\xba\xba\x08" + bytes(30),
        b"\xc0\0\0\0\1\x15" + bytes(60),
        b"\xc0\0\0\0\1\0\0" + b"\xff" * 20,
        b"\xc0\0\0\0\1\0\0\0\x40",
    ],
    ids=["empty", "byte", "cut", "negotiation", "unknown", "long-id", "endless", "cut-length"],
)
def test_what_has_no_initial_packets(datagram: bytes) -> None:
    assert list(initials(datagram)) == []


def test_what_resembles_quic() -> None:
    assert resembles_quic(quic.short())
    assert resembles_quic(b"\xc0\xba\xba\xba\xba")
    for other in (b"", b"\x01\0\0\0" + bytes(144), b"\x16\xfe\xfd", b"\0\1\0\0", b"\x80\x60"):
        assert not resembles_quic(other)


@given(st.integers(0, 2**62 - 1), st.binary(max_size=3))
def test_varints(value: int, rest: bytes) -> None:
    data = quic.varint(value)
    assert varint(data + rest, 0) == (value, len(data))
    with pytest.raises(IndexError):
        varint(data[:-1], 0)


@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from(
            [b"\xc0\0\0\0\1", b"\xd0\x6b\x33\x43\xcf", b"\0\0", b"\x40\x20", b"\xff"]
        ),
        max_size=12,
    ).map(b"".join)
)
def test_arbitrary_bytes_never_raise(datagram: bytes) -> None:
    for packet in initials(datagram):
        assert packet.start < packet.number <= packet.end <= len(datagram)
    opened(datagram)
    resembles_quic(datagram)
