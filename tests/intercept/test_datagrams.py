"""Checksums of answers, against RFC 1071's definition and against the kernel's own verdict."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.intercept import datagrams
from byway_core.intercept.datagrams import Gate


def defined(data: bytes) -> int:
    """RFC 1071, section 1, word by word; 0 is sent as all ones (RFC 768)."""
    total = 0
    for high, low in zip(data[::2], (data + b"\0")[1::2], strict=True):
        total += high << 8 | low
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF) or 0xFFFF


class Recorder(socket.socket):
    """A raw sender that keeps what it is to send."""

    def sendmsg(self, parts, *_):
        self.sent = b"".join(parts)


def udp_over_ipv4(payload: bytes) -> tuple[bytes, bytes]:
    """The datagram without its checksum, with the pseudo header of RFC 768 before it; and the
    checksum that it was sent with."""
    with Recorder(socket.AF_INET, socket.SOCK_DGRAM) as recorder:
        Gate(recorder, recorder).way(source=("192.0.2.1", 53), to=("198.51.100.7", 40000))(payload)
    sent = recorder.sent
    pseudo = bytes((192, 0, 2, 1, 198, 51, 100, 7, 0, 17)) + len(sent).to_bytes(2, "big")
    return pseudo + sent[:6] + b"\0\0" + sent[8:], sent[6:8]


@given(st.binary(max_size=200))
def test_checksum_is_the_defined_one(payload):
    summed, checksum = udp_over_ipv4(payload)
    assert checksum == defined(summed).to_bytes(2, "big")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"\xff\xff", id="sum of all ones"),
        pytest.param(b"\xff\xfe\x00\x01", id="sum folds to all ones"),
        pytest.param(b"\x01", id="odd"),
        pytest.param((bytes(range(256)) * 256)[:65_507], id="64 KiB"),
        pytest.param(b"\xff" * 65_507, id="64 KiB of ones, odd"),
    ],
)
def test_checksum_at_the_corners(payload):
    summed, checksum = udp_over_ipv4(payload)
    assert checksum == defined(summed).to_bytes(2, "big")


def test_a_checksum_is_never_none():
    """Two bytes that make the sum all ones, whose complement, 0, would mean "no checksum"."""
    summed, _ = udp_over_ipv4(b"\0\0")
    rest = defined(summed)
    summed, checksum = udp_over_ipv4(rest.to_bytes(2, "big"))
    assert checksum == b"\xff\xff"
    assert checksum == defined(summed).to_bytes(2, "big")


@pytest.mark.parametrize(
    ("family", "size"),
    [
        pytest.param(socket.AF_INET, datagrams.MOST_PAYLOAD_IPV4 + 1, id="ipv4"),
        pytest.param(socket.AF_INET6, datagrams.MOST_PAYLOAD_IPV6 + 1, id="ipv6"),
    ],
)
def test_what_fits_no_datagram_is_refused(family, size):
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family, socket.SOCK_DGRAM) as any_socket:
        way = Gate(any_socket, any_socket).way(source=(address, 53), to=(address, 9))
        with pytest.raises(ValueError, match="fit no"):
            way(bytes(size))


@pytest.mark.parametrize(
    ("family", "address", "level", "option"),
    [
        pytest.param(socket.AF_INET, "127.0.0.1", socket.IPPROTO_IP, 20, id="ipv4"),
        pytest.param(socket.AF_INET6, "::1", socket.IPPROTO_IPV6, 74, id="ipv6"),
    ],
)
def test_original_destination_is_read(family, address, level, option):
    """Not intercepted, a datagram's original destination is where it arrived."""
    with (
        socket.socket(family, socket.SOCK_DGRAM) as receiver,
        socket.socket(family, socket.SOCK_DGRAM) as sender,
    ):
        gate = Gate(receiver, sender)
        receiver.setsockopt(level, option, 1)
        receiver.bind((address, 0))
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            gate.receive()
        sender.bind((address, 0))
        for sent in (b"", b"x", bytes(60_000)):
            sender.sendto(sent, receiver.getsockname())
            payload, source, packed = gate.receive()
            assert payload == sent
            assert datagrams.plain(source) == sender.getsockname()[:2]
            assert datagrams.endpoint(packed) == receiver.getsockname()[:2]


def test_without_original_destination_it_is_an_error():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.sendto(b"x", receiver.getsockname())
        with pytest.raises(OSError, match="without its original destination"):
            Gate(receiver, receiver).receive()
