"""The header of datagrams: what goes out is as the RFC draws it, and nothing that comes in is
believed further than it reaches."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.model.errors import ProtocolError
from byway_core.protocols.socks_datagram import FragmentError, header, read_header

V4 = b"\x01\xbb\xc0\0\2\7"
V6 = b"\x01\xbb\x20\x01\x0d\xb8" + bytes(11) + b"\1"
MAPPED = bytes(10) + b"\xff\xff\xc0\0\2\7"

endpoints = st.builds(
    bytes.__add__,
    st.binary(min_size=2, max_size=2),
    st.binary(min_size=4, max_size=4)
    | st.binary(min_size=16, max_size=16).filter(lambda a: a[:12] != MAPPED[:12]),
)


def test_as_the_rfc_draws_it() -> None:
    assert header(V4) == b"\0\0\0\1\xc0\0\2\7\x01\xbb"
    assert header(V6) == b"\0\0\0\4" + V6[2:] + b"\x01\xbb"


@pytest.mark.parametrize(
    ("datagram", "origin", "start"),
    [
        (b"\0\0\0\1\xc0\0\2\7\x01\xbbdata", V4, 10),
        (b"\0\0\0\1\xc0\0\2\7\x01\xbb", V4, 10),
        (b"\xff\xff\0\1\xc0\0\2\7\x01\xbbdata", V4, 10),
        (b"\0\0\0\4" + V6[2:] + b"\x01\xbbdata", V6, 22),
        (b"\0\0\0\4" + MAPPED + b"\x01\xbbdata", V4, 22),
        (b"\0\0\0\3\x09192.0.2.7\x01\xbbdata", V4, 16),
        (b"\0\0\0\3\x0b2001:db8::1\x01\xbbdata", V6, 18),
        (b"\0\0\0\3\x10::ffff:192.0.2.7\x01\xbbdata", V4, 23),
        (b"\0\0\0\3\x0bexample.com\x01\xbbdata", b"", 18),
        (b"\0\0\0\3\x00\x01\xbbdata", b"", 7),
        (b"\0\0\0\3\x02\xff\xfe\x01\xbb", b"", 9),
    ],
    ids=[
        *("ipv4", "no-data", "reserved", "ipv6", "mapped", "literal", "literal-6"),
        *("literal-mapped", "name", "no-name", "no-text"),
    ],
)
def test_what_is_read(datagram: bytes, origin: bytes, start: int) -> None:
    assert read_header(memoryview(datagram)) == (origin, start)


@pytest.mark.parametrize("part", [1, 127, 128, 255])
def test_fragments(part: int) -> None:
    with pytest.raises(FragmentError):
        read_header(memoryview(b"\0\0%c" % part + header(V4)[3:]))


@pytest.mark.parametrize("kind", [0, 2, 5, 255])
def test_an_unknown_type_of_address(kind: int) -> None:
    with pytest.raises(ProtocolError, match=f"unknown type of address .{kind}."):
        read_header(memoryview(b"\0\0\0%c" % kind + bytes(300)))


@pytest.mark.parametrize(
    "whole",
    [header(V4), header(V6), b"\0\0\0\3\x0bexample.com\x01\xbb"],
    ids=["ipv4", "ipv6", "name"],
)
def test_cut_short_anywhere(whole: bytes) -> None:
    for size in range(len(whole)):
        with pytest.raises(ProtocolError):
            read_header(memoryview(whole[:size]))


@given(endpoint=endpoints, data=st.binary(max_size=40))
def test_there_and_back(endpoint: bytes, data: bytes) -> None:
    datagram = header(endpoint) + data
    origin, start = read_header(memoryview(datagram))
    assert (origin, datagram[start:]) == (endpoint, data)


@given(
    datagram=st.binary(max_size=300)
    | st.builds(lambda kind, rest: b"\0\0\0%c" % kind + rest, st.integers(0, 5), st.binary())
)
def test_raises_nothing_but_ours(datagram: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        origin, start = read_header(memoryview(datagram))
        assert len(origin) in (0, 6, 18)
        assert 7 <= start <= len(datagram)
