"""Checksums of answers, against RFC 1071's definition and against the kernel's own verdict."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.intercept import datagrams


def defined(data: bytes) -> int:
    """RFC 1071, section 1, word by word; 0 is sent as all ones (RFC 768)."""
    total = 0
    for high, low in zip(data[::2], (data + b"\0")[1::2], strict=True):
        total += high << 8 | low
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF) or 0xFFFF


@given(st.binary(min_size=1, max_size=200).filter(any))
def test_checksum_is_the_defined_one(data):
    assert datagrams._checksum(data) == defined(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xff", id="sum of all ones"),
        pytest.param(b"\xff\xfe\x00\x01", id="sum folds to all ones"),
        pytest.param(b"\x01", id="odd"),
        pytest.param(bytes(range(256)) * 256, id="64 KiB"),
        pytest.param(b"\xff" * 65_535, id="64 KiB of ones, odd"),
    ],
)
def test_checksum_at_the_corners(data):
    assert datagrams._checksum(data) == defined(data)


@pytest.mark.parametrize(
    ("family", "size"),
    [
        pytest.param(socket.AF_INET, datagrams.MOST_PAYLOAD_IPV4 + 1, id="ipv4"),
        pytest.param(socket.AF_INET6, datagrams.MOST_PAYLOAD_IPV6 + 1, id="ipv6"),
    ],
)
def test_what_fits_no_datagram_is_refused(family, size):
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with (
        socket.socket(family, socket.SOCK_DGRAM) as any_socket,
        pytest.raises(ValueError, match="fit no"),
    ):
        datagrams.answer(any_socket, bytes(size), source=(address, 53), to=(address, 9))


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
        receiver.setsockopt(level, option, 1)
        receiver.bind((address, 0))
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            datagrams.receive(receiver)
        sender.bind((address, 0))
        for payload in (b"", b"x", bytes(60_000)):
            sender.sendto(payload, receiver.getsockname())
            got = datagrams.receive(receiver)
            assert got.payload == payload
            assert got.source == sender.getsockname()[:2]
            assert got.destination == receiver.getsockname()[:2]


def test_without_original_destination_it_is_an_error():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.sendto(b"x", receiver.getsockname())
        with pytest.raises(OSError, match="without its original destination"):
            datagrams.receive(receiver)
