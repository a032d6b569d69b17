"""Encrypted questions have one of few lengths, and answers come as without that."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dns_server import query, record, response, wire_name

from byway_core.protocols.dns_message import edns, parse_answer, parse_query
from byway_core.protocols.dns_padding import padded, unpadded

COOKIE = struct.pack(">HH", 10, 8) + b"8 bytes!"
PADDING = struct.pack(">HH", 12, 3) + bytes(3)


def with_option(message: bytes, options: bytes, flags: int = 0) -> bytes:
    """An OPT record behind it."""
    more = int.from_bytes(message[10:12]) + 1
    opt = struct.pack(">BHHIH", 0, 41, 1400, flags, len(options)) + options
    return message[:10] + more.to_bytes(2) + message[12:] + opt


def pad(message: bytes) -> bytes:
    return padded(message, parse_query(message))


@pytest.mark.parametrize("edns_size", [0, 1232])
def test_every_question_fills_whole_blocks(edns_size: int) -> None:
    lengths = {len(pad(query("x" * size + ".example", edns=edns_size))) for size in range(1, 64)}
    assert lengths == {128}
    assert len(pad(query(".".join(["x" * 60] * 3), edns=edns_size))) == 256


@pytest.mark.parametrize("flags", [0, 0x8000])
def test_the_question_is_the_same(flags: int) -> None:
    asked = with_option(query("www.a.example"), COOKIE, flags)
    sent = pad(asked)
    question = parse_query(sent)
    assert question == parse_query(asked)
    option = edns(sent, question)
    assert option is not None
    assert (option.udp_size, option.dnssec_ok) == (1400, bool(flags))
    assert option.options.startswith(COOKIE + b"\0\x0c")
    assert not option.options[len(COOKIE) + 4 :].strip(b"\0")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(with_option(query("a.example"), PADDING), id="padded by its program"),
        pytest.param(query("a.example") + b"garbage", id="garbage behind"),
        pytest.param(
            query("a.example", edns=1232)[:10]
            + b"\0\2"
            + query("a.example", edns=1232)[12:]
            + struct.pack(">BHHIH", 0, 250, 255, 0, 0),
            id="signed: nothing goes behind that",
        ),
        pytest.param(with_option(query("a.example"), b"\0")[:-3], id="cut short"),
    ],
)
def test_what_stays_as_it_is(asked: bytes) -> None:
    assert pad(asked) == asked


def test_an_answer_has_no_option_that_nobody_asked_for() -> None:
    asked = query("www.a.example")
    plain = response(asked, "192.0.2.1")
    got = unpadded(with_option(plain, PADDING), asked, parse_query(asked))
    assert got == plain


def test_an_answer_keeps_its_other_options() -> None:
    asked = query("www.a.example", edns=1232)
    plain = response(asked, "192.0.2.1")
    for options in (COOKIE + PADDING, PADDING + COOKIE):
        got = unpadded(with_option(plain, options), asked, parse_query(asked))
        assert got == with_option(plain, COOKIE)


def test_an_answer_without_any_is_left_alone() -> None:
    for asked in query("www.a.example"), query("www.a.example", edns=1232):
        plain = response(asked, "192.0.2.1")
        assert unpadded(plain, asked, parse_query(asked)) == plain


@given(
    st.lists(st.tuples(st.integers(0, 20), st.binary(max_size=40)), max_size=4),
    st.booleans(),
    st.binary(max_size=60),
)
def test_there_and_back(options: list[tuple[int, bytes]], has_edns: bool, tail: bytes) -> None:
    data = b"".join(struct.pack(">HH", kind, len(each)) + each for kind, each in options)
    asked = query("www.a.example")
    asked = with_option(asked, data) if has_edns else asked
    sent = pad(asked)
    padded_by_program = has_edns and any(kind == 12 for kind, _ in options)
    assert len(sent) % 128 == 0 or padded_by_program
    assert unpadded(sent, asked, parse_query(asked)) == asked or padded_by_program
    # And whatever else comes raises nothing.
    unpadded(response(asked, "192.0.2.1") + tail, asked, parse_query(asked))
    broken = response(asked, "192.0.2.1")[:10] + b"\0\1" + response(asked, "192.0.2.1")[12:] + tail
    unpadded(broken, asked, parse_query(asked))


def test_the_addresses_are_the_same() -> None:
    asked = query("www.a.example", edns=1232)
    alias = record(b"\xc0\x0c", "b.example") + record(wire_name("b.example"), "192.0.2.7")
    said = response(asked)
    said = said[:6] + b"\0\2" + said[8:] + alias
    got = unpadded(with_option(said, PADDING), asked, parse_query(asked))
    assert parse_answer(got).addresses == ("192.0.2.7",)
