from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dns_server import query, record, response, wire_name

from byway_core.protocols.dns_message import edns, parse_answer, parse_query
from byway_core.protocols.dns_stored import asked_of, failure, stored

WEB = query("web.example")
OPT = struct.pack(">BHHIH", 0, 41, 1232, 0, 0)


def soa(ttl: int, minimum: int) -> bytes:
    data = (
        wire_name("ns.example")
        + wire_name("root.example")
        + struct.pack(">IIIII", 1, 2, 3, 4, minimum)
    )
    return wire_name("example") + struct.pack(">HHIH", 6, 1, ttl, len(data)) + data


def message(
    *answers: bytes,
    rcode: int = 0,
    authorities: tuple[bytes, ...] = (),
    more: tuple[bytes, ...] = (),
) -> bytes:
    head = struct.pack(
        ">HHHHHH", 0x1234, 0x8180 | rcode, 1, len(answers), len(authorities), len(more)
    )
    return head + WEB[12:] + b"".join((*answers, *authorities, *more))


def a(text: str, ttl: int, owner: bytes = b"\xc0\x0c") -> bytes:
    return record(owner, text, ttl)


ALIAS = record(b"\xc0\x0c", "edge.example", 300)
EDGE = wire_name("edge.example")


@pytest.mark.parametrize(
    ("answer", "ttl"),
    [
        pytest.param(message(a("192.0.2.1", 60)), 60, id="one address"),
        pytest.param(message(a("192.0.2.1", 60), a("192.0.2.2", 20)), 20, id="the least of a set"),
        pytest.param(message(ALIAS, a("192.0.2.1", 600, EDGE)), 300, id="the alias's"),
        pytest.param(message(a("192.0.2.1", 999_999)), 86_400, id="a day at most"),
        pytest.param(message(a("192.0.2.1", 0)), None, id="for now only"),
        pytest.param(message(a("192.0.2.1", 1 << 31)), None, id="negative, so 0"),
        pytest.param(message(a("192.0.2.1", 60), more=(OPT,)), 60, id="OPT is no record"),
        pytest.param(
            message(rcode=3, authorities=(soa(500, 300),)), 300, id="NXDOMAIN, SOA's minimum"
        ),
        pytest.param(
            message(rcode=3, authorities=(soa(200, 300),)), 200, id="NXDOMAIN, SOA's own TTL"
        ),
        pytest.param(message(authorities=(soa(90_000, 90_000),)), 3_600, id="nothing of the type"),
        pytest.param(
            message(ALIAS, authorities=(soa(900, 900),)), 300, id="an alias of what is not there"
        ),
        pytest.param(message(rcode=3), None, id="NXDOMAIN without SOA"),
        pytest.param(message(), None, id="nothing of the type, without SOA"),
        pytest.param(message(ALIAS), None, id="an alias alone"),
        pytest.param(message(rcode=2, authorities=(soa(9, 9),)), None, id="SERVFAIL"),
        pytest.param(response(WEB, "192.0.2.1", truncated=True), None, id="truncated"),
        pytest.param(message(more=(OPT, a("192.0.2.1", 60))), None, id="OPT in the middle"),
        pytest.param(
            message(a("192.0.2.1", 60), more=(OPT[:5] + b"\1" + OPT[6:],)), None, id="BADVERS"
        ),
        pytest.param(message(a("192.0.2.1", 60))[:-1], None, id="cut short"),
    ],
)
def test_how_long_it_may_be_given(answer: bytes, ttl: int | None) -> None:
    found = stored(answer, parse_query(WEB))
    assert (None if found is None else found.ttl) == ttl


def test_it_is_given_with_the_other_querys_id_case_and_edns_and_what_is_left() -> None:
    found = stored(message(ALIAS, a("192.0.2.1", 600, EDGE), more=(OPT,)), parse_query(WEB))
    assert found is not None
    other = query("WEB.example", id_=0xBEEF)
    for left in (300, 7, 6):
        given_ = found.given(other, parse_query(other), None, left)
        assert given_[:12] == b"\xbe\xef\x81\x80\0\1\0\2\0\0\0\0"
        assert given_[12 : len(other)] == other[12:]
        answer = parse_answer(given_)
        assert (answer.name, answer.addresses, answer.ttl) == ("web.example", ("192.0.2.1",), left)
    other = query("web.example", edns=4096)
    question = parse_query(other)
    given_ = found.given(other, question, edns(other, question), 5)
    assert given_[:12] == b"\x12\x34\x81\x80\0\1\0\2\0\0\0\1"
    assert given_.endswith(OPT)


def test_a_failure() -> None:
    asked = query("web.example", edns=1232)
    question = parse_query(asked)
    given_ = failure(asked, 5).given(asked, question, edns(asked, question), 4)
    assert given_ == b"\x12\x34\x81\x82\0\1\0\0\0\0\0\1" + asked[12 : question.end] + OPT


def with_options(options: bytes, flags: int = 0x0100) -> bytes:
    tail = struct.pack(">BHHIH", 0, 41, 1232, 0, len(options)) + options
    return struct.pack(">HHHHHH", 1, flags, 1, 0, 0, 1) + WEB[12:] + tail


def key(asked: bytes) -> object:
    question = parse_query(asked)
    return asked_of(asked, question, edns(asked, question))


def test_what_makes_two_queries_the_same() -> None:
    plain = key(WEB)
    assert plain == key(query("WEB.example", id_=9)) == key(query("web.example", edns=4096))
    cookie = b"\0\x0a\0\x08abcdefgh"
    assert plain == key(with_options(cookie)) == key(with_options(cookie + b"\0\x0c\0\1\0"))
    checking_disabled, authentic = with_options(b"", 0x0110), with_options(b"", 0x0120)
    dnssec_ok = bytearray(with_options(b""))
    dnssec_ok[-4] = 0x80
    no_recursion = with_options(b"", 0)
    others = [
        query("web.example", 28),
        checking_disabled,
        authentic,
        bytes(dnssec_ok),
        no_recursion,
    ]
    assert len({plain, *map(key, others)}) == 6


@pytest.mark.parametrize("options", [b"\0\x08\0\4\0\1\0\0", b"\0\x0a\0\x09x", b"\0"])
def test_an_answer_for_one_alone(options: bytes) -> None:
    """A client's subnet, and what cannot be read."""
    assert key(with_options(options)) is None


@given(st.binary(max_size=80), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
def test_any_bytes(tail: bytes, answers: int, authorities: int, more: int) -> None:
    head = struct.pack(">HHHHHH", 1, 0x8180, 1, answers, authorities, more)
    found = stored(head + WEB[12:] + tail, parse_query(WEB))
    if found is not None:
        assert 0 < found.ttl <= 86_400
        assert parse_answer(found.given(WEB, parse_query(WEB), None, 1)).ttl <= 1
