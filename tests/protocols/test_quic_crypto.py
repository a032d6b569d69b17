"""CRYPTO frames: any order, any cut, some twice."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.quic_client import crypto, varint

from byway_core.protocols.quic_crypto import CryptoStream
from byway_core.protocols.tls_hello import HELLO_LIMIT

PADDING, PING = b"\0" * 7, b"\1"
# Largest, delay, two more ranges of two numbers each; then the three counts of ECN.
ACK = b"\x02\x40\x09\x00\x02\x01" + b"\x00\x01" * 2
ACK_ECN = b"\x03" + ACK[1:] + b"\x01\x02\x03"


def stream(*payloads: bytes) -> bytes:
    made = CryptoStream()
    for payload in payloads:
        assert made.feed(payload)
    return bytes(made.data)


def test_other_frames_are_stepped_over() -> None:
    assert stream(PADDING + PING + ACK + crypto(0, b"ab") + ACK_ECN + crypto(2, b"c")) == b"abc"
    assert stream(b"") == stream(PADDING) == b""


@pytest.mark.parametrize(
    "payload",
    [
        b"\x08\0\0",
        b"\x1e",
        crypto(0, b"abc")[:-1],
        b"\x06",
        b"\x06\x40",
        b"\x02\0\0",
        b"\x02\0\0" + varint(2**61) + b"\0",
        crypto(HELLO_LIMIT, b"x"),
        crypto(2**61, b"x"),
    ],
    ids=["stream", "done", "cut", "type", "offset", "ack", "endless-ack", "beyond", "far-beyond"],
)
def test_what_no_initial_packet_has(payload: bytes) -> None:
    made = CryptoStream()
    assert not made.feed(crypto(0, b"ab") + payload)
    assert made.data == b"ab"


def test_a_close_ends_it() -> None:
    assert stream(crypto(0, b"ab") + b"\x1c\0\0\0" + b"\xff" * 9) == b"ab"


@given(st.binary(max_size=300), st.randoms(use_true_random=False))
def test_any_order_and_overlap(data: bytes, random: Random) -> None:
    cuts = sorted(random.sample(range(len(data) + 1), min(len(data), random.randrange(9))))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        before, after = random.randrange(5), random.randrange(5)
        first = max(0, start - before)
        pieces.append(crypto(first, data[first : end + after]))
    again = random.sample(pieces, random.randrange(len(pieces) + 1))
    pieces += again
    random.shuffle(pieces)
    assert stream(*pieces) == data
    assert stream(b"".join(pieces)) == data


def test_a_gap_is_waited_for() -> None:
    made = CryptoStream()
    made.feed(crypto(3, b"d") + crypto(1, b"b"))
    assert made.data == b""
    made.feed(crypto(0, b"a"))
    assert made.data == b"ab"
    made.feed(crypto(2, b"c"))
    assert made.data == b"abcd"


def test_many_small_pieces_cost_no_more_than_their_bytes() -> None:
    """A quadratic reader needs seconds for these; this one some 10 ms."""
    payload = b"".join(crypto(at, b"x") for at in reversed(range(16_000)))
    start = time.process_time()
    assert len(stream(payload)) == 16_000
    assert time.process_time() - start < 1.0


@given(st.lists(st.binary(max_size=40) | st.sampled_from([ACK, PING, crypto(9, b"xyz")])))
def test_arbitrary_bytes_never_raise_and_stay_within_what_was_fed(payloads: list[bytes]) -> None:
    made = CryptoStream()
    for payload in payloads:
        made.feed(payload)
    held = len(made.data) + sum(len(piece) for _, piece in made._ahead)
    assert held <= sum(map(len, payloads))
