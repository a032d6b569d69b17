from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dns_server import query, record, response, wire_name
from tests.support.feeding import cuts

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import (
    AAAA,
    ANY,
    EDNS_SIZE,
    HTTPS,
    A,
    Answer,
    Deframer,
    Edns,
    Question,
    Rcode,
    build_query,
    edns,
    fitted,
    framed,
    parse_answer,
    parse_query,
    reply,
    udp_limit,
    with_id,
)

V4 = ip_address("192.0.2.7").packed
V6 = ip_address("2001:db8::7").packed
HERE = b"\xc0\x0c"


def message(flags: int, asked: bytes, answers: Sequence[bytes] = (), *, count: int = -1) -> bytes:
    number = len(answers) if count < 0 else count
    return struct.pack(">6H", 7, flags, 1, number, 0, 0) + asked + b"".join(answers)


def answered(*answers: bytes, name: str = "a.example", count: int = -1) -> Answer:
    asked = wire_name(name) + b"\0\x01\0\x01"
    return parse_answer(message(0x8180, asked, answers, count=count))


# -- questions


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        (b"\x07Example\x03COM\0", "example.com"),
        (b"\0", ""),
        (b"\x05_dmap\x04_tcp\0", "_dmap._tcp"),
        (b"\x03a.b\x01c\0", "a\\046b.c"),
        (b"\x03A.\\\x01c\0", "a\\046\\092.c"),
        (b"\x04\x00\xff\x7f \0", "\\000\\255\\127 "),
        (b"\x06K\xc3\x96LN-\0", "k\\195\\150ln-"),
        (b"\x3f" + b"x" * 63 + b"\0", "x" * 63),
        ((b"\x3f" + b"x" * 63) * 3 + b"\x3d" + b"x" * 61 + b"\0", ("x" * 63 + ".") * 3 + "x" * 61),
        (b"\x01x" * 127 + b"\0", "x." * 126 + "x"),
    ],
    ids=["usual", "root", "odd", "dot", "escape", "bytes", "utf-8", "label", "longest", "labels"],
)
def test_question(wire: bytes, name: str) -> None:
    head = b"\x12\x34\x01\x00\x00\x01" + bytes(6)
    data = head + wire + b"\x00\x1c\x00\x01"
    assert parse_query(data) == Question(0x1234, name, AAAA, 1, len(data))
    with_more = data + b"\0" * 40
    assert parse_query(with_more).end == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(11),
        query("a.example")[:-1],
        query("a.example")[:-5],
        b"\x12\x34\x81\x00\x00\x01" + query("a.example")[6:],
        b"\x12\x34\x28\x00\x00\x01" + query("a.example")[6:],
        b"\x12\x34\x01\x00\x00\x00" + query("a.example")[6:],
        b"\x12\x34\x01\x00\x00\x02" + query("a.example")[6:],
        query("")[:12] + b"\x40" + b"x" * 64 + b"\0\0\x01\0\x01",
        query("")[:12] + b"\x80\x0c\0\x01\0\x01",
        query("")[:12] + b"\xc0\x0c\0\x01\0\x01",
        query("")[:12] + b"\x01a\xc0\x0c\0\x01\0\x01",
        query("")[:12] + b"\x01a\xc0\x02\0\x01\0\x01",
        query("")[:12] + b"\xc0\x20\0\x01\0\x01" + bytes(30),
        query("")[:12] + b"\x01x" * 128 + b"\0\0\x01\0\x01",
    ],
    ids=[
        "empty",
        "short",
        "no-class",
        "no-end",
        "response",
        "update",
        "no-question",
        "two",
        "label-type-1",
        "label-type-2",
        "to-itself",
        "circle",
        "into-the-header",
        "forward",
        "long",
    ],
)
def test_what_is_no_query(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_query(data)


# -- answers


def test_addresses() -> None:
    got = answered(record(HERE, "192.0.2.7", 60), record(HERE, "192.0.2.8", 30))
    assert got == Answer(7, 0, False, "a.example", A, ("192.0.2.7", "192.0.2.8"), 30)


def test_ipv6_addresses_are_written_as_the_system_does() -> None:
    texts = ("2001:db8::7", "::ffff:192.0.2.7", "::")
    assert answered(*(record(HERE, text) for text in texts)).addresses == texts


def test_names_are_compared_without_case() -> None:
    assert answered(record(wire_name("A.EXAMPLE"), "192.0.2.7")).addresses == ("192.0.2.7",)


@pytest.mark.parametrize("backwards", [False, True])
def test_aliases_are_followed_in_any_order(backwards: bool) -> None:
    records = [
        record(HERE, "b.example", 300),
        record(wire_name("b.example"), "C.example", 20),
        record(wire_name("c.example"), "192.0.2.7", 60),
        record(wire_name("c.example"), "2001:db8::7", 90),
        record(wire_name("other.example"), "192.0.2.9", 1),
    ]
    got = answered(*(reversed(records) if backwards else records))
    assert set(got.addresses) == {"192.0.2.7", "2001:db8::7"}
    assert (got.name, got.ttl) == ("a.example", 20)


def test_compressed_aliases() -> None:
    # at 29: owner 2, then 10, and so the alias's name at 41: "b" and the tail of "a.example" at 14
    alias = HERE + struct.pack(">HHIH", 5, 1, 60, 4) + b"\x01b\xc0\x0e"
    address = b"\xc0\x27" + struct.pack(">HHIH", 1, 1, 60, 4) + V4
    assert answered(alias, address).addresses == ("192.0.2.7",)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [record(wire_name("b.example"), "192.0.2.7")],
        [HERE + struct.pack(">HHIH", 1, 3, 60, 4) + V4],
        [HERE + struct.pack(">HHIH", 1, 1, 60, 5) + V4 + b"x"],
        [HERE + struct.pack(">HHIH", 28, 1, 60, 4) + V4],
        [HERE + struct.pack(">HHIH", 65, 1, 60, 3) + b"\0\x01\0"],
        [record(HERE, "b.example")],
    ],
    ids=["none", "other-name", "chaos", "a-of-5", "aaaa-of-4", "https", "alias-only"],
)
def test_no_addresses(records: list[bytes]) -> None:
    got = answered(*records)
    assert (got.addresses, got.ttl) == ((), 0)


@pytest.mark.parametrize("rcode", [0, 2, 3, 5, 15])
def test_rcodes(rcode: int) -> None:
    assert parse_answer(response(query("a.example"), rcode=rcode)).rcode == rcode


def test_a_negative_ttl_is_zero() -> None:
    """RFC 2181 8."""
    assert answered(record(HERE, "192.0.2.7", 0x80000000)).ttl == 0
    assert answered(record(HERE, "192.0.2.7", 0x7FFFFFFF)).ttl == 0x7FFFFFFF


def test_a_response_without_a_question() -> None:
    got = parse_answer(struct.pack(">6H", 7, 0x8185, 0, 0, 0, 0))
    assert got == Answer(7, Rcode.REFUSED, False, "", 0, (), 0)


def test_truncated() -> None:
    """What is there counts, even where the header counts records that were cut away."""
    asked = wire_name("a.example") + b"\0\x01\0\x01"
    data = message(0x8380, asked, [record(HERE, "192.0.2.7")], count=9)
    got = parse_answer(data)
    assert got.truncated
    assert got.addresses == ("192.0.2.7",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(12),
        query("a.example"),
        struct.pack(">6H", 7, 0x8180, 2, 0, 0, 0) + query("a.example")[12:] * 2,
        message(0x8180, query("a.example")[12:], [record(HERE, "192.0.2.7")])[:-1],
        message(0x8180, query("a.example")[12:], [record(HERE, "192.0.2.7")], count=2),
        message(0x8180, query("a.example")[12:], [HERE + struct.pack(">HHIH", 1, 1, 0, 9) + V4]),
        message(0x8180, query("a.example")[12:], [record(HERE, "a.example")]),
        message(
            0x8180,
            query("a.example")[12:],
            [record(HERE, "b.example"), record(wire_name("b.example"), "a.example")],
        ),
        message(0x8180, query("a.example")[12:], [b"\xc0\x1b" + record(b"", "192.0.2.7")]),
        message(0x8180, query("a.example")[12:], [b"\xff\xff" + record(b"", "192.0.2.7")]),
    ],
    ids=[
        "empty",
        "header",
        "query",
        "two-questions",
        "cut",
        "record-missing",
        "data-missing",
        "alias-of-itself",
        "aliases-in-a-circle",
        "pointer-to-itself",
        "pointer-beyond",
    ],
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_answer(data)


def test_a_chain_of_pointers_is_given_up() -> None:
    """Each points to the one before: legal one by one, but no honest name needs so many."""
    chain = b"\x01a\0" + b"".join(
        (0xC000 | (12 + (0 if at == 0 else 3 + 2 * (at - 1)))).to_bytes(2) for at in range(500)
    )
    head = struct.pack(">6H", 7, 0x8180, 0, 1, 0, 0)
    start = (0xC000 | (12 + 3 + 2 * 499)).to_bytes(2)
    # The chain stands where the first record's owner is read, so read it from its end.
    data = head + chain + start
    with pytest.raises(ProtocolError):
        parse_answer(data)
    question = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + chain
    with pytest.raises(ProtocolError):
        parse_query(question[:12] + start + b"\0\x01\0\x01" + question[12:])


# -- replies


@pytest.mark.parametrize(
    ("qtype", "addresses", "texts"),
    [
        (A, [V4, V6], ("192.0.2.7",)),
        (AAAA, [V4, V6], ("2001:db8::7",)),
        (AAAA, [V4], ()),
        (ANY, [V4, V6], ("192.0.2.7", "2001:db8::7")),
        (HTTPS, [V4, V6], ()),
        (A, [], ()),
    ],
)
def test_reply_with_addresses(qtype: int, addresses: list[bytes], texts: tuple[str, ...]) -> None:
    asked = query("a.example", qtype)
    data = reply(asked, parse_query(asked), addresses=addresses, ttl=5)
    got = parse_answer(data)
    assert got == Answer(0x1234, 0, False, "a.example", qtype, texts, 5 if texts else 0)
    assert data[2:4] == b"\x81\x80"  # QR RD RA


@pytest.mark.parametrize("rcode", list(Rcode))
@pytest.mark.parametrize("with_edns", [0, 1232])
def test_reply_with_a_code(rcode: Rcode, with_edns: int) -> None:
    asked = query("A.Example", edns=with_edns)
    question = parse_query(asked)
    data = reply(asked, question, rcode)
    assert parse_answer(data).rcode == rcode
    assert data[12 : question.end] == asked[12 : question.end]  # with the asker's letters
    option = b"\0\0\x29\x04\xd0\0\0\0\0\0\0" if with_edns else b""
    assert data[question.end :] == option
    assert data[10:12] == (b"\0\x01" if with_edns else b"\0\0")


@pytest.mark.parametrize(
    ("flags", "replied"),
    [(0x0000, 0x8080), (0x0100, 0x8180), (0x0110, 0x8190), (0x0120, 0x8180), (0x0040, 0x8080)],
    ids=["none", "rd", "rd-cd", "rd-ad", "z"],
)
def test_reply_keeps_of_the_flags_what_it_must(flags: int, replied: int) -> None:
    asked = query("a.example")
    asked = asked[:2] + flags.to_bytes(2) + asked[4:]
    assert reply(asked, parse_query(asked))[2:4] == replied.to_bytes(2)


def test_edns() -> None:
    plain = query("a.example")
    assert edns(plain, parse_query(plain)) is None
    asked = query("a.example", edns=4096)
    assert edns(asked, parse_query(asked)) == Edns(4096, False)
    wants_dnssec = asked[:-4] + b"\x80\0\0\0"
    assert edns(wants_dnssec, parse_query(wants_dnssec)) == Edns(4096, True)
    assert reply(wants_dnssec, parse_query(wants_dnssec))[-4:] == b"\x80\0\0\0"
    # behind another record, and with an option (a cookie) in it
    more = plain[:10] + b"\0\x02" + plain[12:] + record(b"\x01x\0", "192.0.2.7")
    more += b"\0" + struct.pack(">HHIH", 41, 1400, 0, 12) + b"\0\x0a\0\x08" + bytes(8)
    assert edns(more, parse_query(more)) == Edns(1400, False, b"\0\x0a\0\x08" + bytes(8))


@pytest.mark.parametrize(
    "tail", [b"", b"\0", b"\0\0\x29\x04", b"\xc0", b"\xc0\xff", b"\x01"], ids=len
)
def test_garbage_behind_a_question_is_no_edns(tail: bytes) -> None:
    asked = query("a.example")[:11] + b"\x01" + query("a.example")[12:] + tail
    assert edns(asked, parse_query(asked)) is None
    assert parse_answer(reply(asked, parse_query(asked))).name == "a.example"


@pytest.mark.parametrize(
    ("size", "limit"), [(0, 512), (511, 512), (1232, 1232), (65535, 65535)], ids=str
)
def test_udp_limit_and_truncation(size: int, limit: int) -> None:
    asked = query("a.example", edns=size)
    question = parse_query(asked)
    assert udp_limit(asked, question) == limit
    for count in ((limit - 40) // 16, limit // 16 + 1):
        whole = reply(asked, question, addresses=[V4] * count, ttl=1)
        fits = fitted(whole, asked, question)
        got = parse_answer(fits)
        assert len(fits) <= limit
        assert (got.id, got.name, got.rcode) == (0x1234, "a.example", 0)
        if len(whole) <= limit:
            assert fits == whole
        else:
            assert got.truncated
            assert got.addresses == ()
            assert fits[10:12] == (b"\0\x01" if size else b"\0\0")


# -- queries of our own


@pytest.mark.parametrize("name", ["a.example", "localhost", "", "_x.example", "x" * 63])
def test_build_query(name: str) -> None:
    data = build_query(0xBEEF, name, AAAA)
    question = parse_query(data)
    assert question[:4] == (0xBEEF, name, AAAA, 1)
    assert edns(data, question) == Edns(EDNS_SIZE, False)
    assert data[2:4] == b"\x01\x00"
    assert with_id(data, 7) == b"\0\x07" + data[2:]


@pytest.mark.parametrize(
    "name", ["a..b", ".", ".a", "a.", "x" * 64, "a." * 127 + "b", ".".join(["x" * 63] * 4)]
)
def test_names_that_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(ProtocolError):
        build_query(1, name, A)


# -- over TCP


def test_framing() -> None:
    messages = [query("a.example"), query("b.example", edns=4096), bytes(65535)]
    stream = b"".join(map(framed, messages))
    for pieces in cuts(stream):
        deframer = Deframer()
        assert [got for piece in pieces for got in deframer.feed(piece)] == messages
        assert deframer.feed(framed(messages[0])[:-1]) == []


@pytest.mark.parametrize("data", [b"\0\0", b"\0\x0b" + bytes(11)])
def test_a_frame_too_short_to_be_a_message(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        Deframer().feed(data)


# -- fuzz


@given(st.binary(max_size=80), st.binary(min_size=12, max_size=12))
def test_garbage_raises_nothing_but_ours(tail: bytes, head: bytes) -> None:
    data = head + tail
    for parse in (parse_query, parse_answer):
        try:
            parsed = parse(data)
        except ProtocolError:
            continue
        if isinstance(parsed, Question):
            again = parse_answer(reply(data, parsed, Rcode.SERVFAIL))
            assert (again.id, again.qtype, again.rcode) == (parsed.id, parsed.qtype, 2)
            fitted(bytes(600), data, parsed)


@given(st.data())
def test_damaged_answers_raise_nothing_but_ours(data: st.DataObject) -> None:
    asked = wire_name("www.a.example") + b"\0\x01\0\x01"
    whole = bytearray(
        message(
            0x8180,
            asked,
            [
                record(HERE, "b.example"),
                record(wire_name("b.example"), "192.0.2.7"),
                record(b"\x01x\xc0\x10", "2001:db8::1"),
            ],
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.sampled_from([0, 1, 4, 0x0C, 0x3F, 0x40, 0xC0, 0xFF]))
    with suppress(ProtocolError):
        parse_answer(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


_LABEL = st.binary(min_size=1, max_size=20)


@given(st.lists(_LABEL, max_size=8), st.lists(_LABEL, max_size=8))
def test_no_two_names_look_alike(one: list[bytes], two: list[bytes]) -> None:
    def text(labels: list[bytes]) -> str:
        wire = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
        return parse_query(query("")[:12] + wire + b"\0\x01\0\x01").name

    same = [label.lower() for label in one] == [label.lower() for label in two]
    assert (text(one) == text(two)) is same
