"""What each target does with arbitrary bytes, and what must hold of it: nothing but our errors, and
no two readings of the same bytes that differ."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import (
    ANY,
    Deframer,
    Rcode,
    edns,
    fitted,
    framed,
    parse_answer,
    parse_query,
    reply,
    udp_limit,
)
from byway_core.protocols.dns_stored import asked_of, stored
from byway_core.protocols.socks_datagram import header, read_header
from byway_core.sniff.first_bytes import Sniffer, Verdict


def dns(data: bytes) -> None:
    """As a query, as an answer to itself that is stored and given again, and as a stream."""
    with contextlib.suppress(ProtocolError):
        question = parse_query(data)
        option = edns(data, question)
        asked_of(data, question, option)
        said = reply(data, question, Rcode.NOERROR, [bytes(4), bytes(16)], 60)
        again = parse_answer(said)
        assert (again.id, again.name, again.qtype) == (question.id, question.name, question.qtype)
        assert question.qtype != ANY or len(again.addresses) == 2
        long = said + bytes(70_000)
        cut = fitted(long, data, question)
        assert len(cut) <= max(512, udp_limit(data, question)), len(cut)
        _given_again(data)
    with contextlib.suppress(ProtocolError):
        answer = parse_answer(data)
        assert 0 <= answer.ttl <= 0x7FFFFFFF
        assert bool(answer.addresses) or not answer.ttl
    _stream(data)


def _given_again(data: bytes) -> None:
    """Read as a response to its own question: what is given again says the same as the first."""
    response = data[:2] + bytes((data[2] | 0x80,)) + data[3:]
    question = parse_query(data)
    kept = stored(response, question)
    if kept is None:
        return
    given = kept.given(data, question, edns(data, question), 7)
    with contextlib.suppress(ProtocolError):
        first = parse_answer(response)
        second = parse_answer(given)
        assert (second.name, second.rcode) == (first.name, first.rcode)
        assert second.addresses == first.addresses, (first, second)


def _stream(data: bytes) -> None:
    try:
        whole = Deframer().feed(data)
    except ProtocolError:
        return
    deframer = Deframer()
    pieces = [m for at in range(len(data)) for m in deframer.feed(data[at : at + 1])]
    assert pieces == whole
    assert data.startswith(b"".join(map(framed, whole)))


def hello(data: bytes) -> None:
    """First bytes of a connection, at once and byte by byte: the same verdict, and no other once
    it is reached. Half of the inputs are set out as a TLS record, so that most get further."""
    if data[:1] < b"\x80":
        length = max(0, len(data) - 5)
        message = b"\x01" + length.to_bytes(3) + data[5:]
        data = b"\x16\x03\x01" + min(len(message), 0xFFFF).to_bytes(2) + message
    at_once = Sniffer()
    verdict = at_once.look(data)
    slowly, said = Sniffer(), Verdict.MORE
    for end in range(1, len(data) + 1):
        said = slowly.look(data[:end])
        if said is not Verdict.MORE:
            break
    assert (said, slowly.host) == (verdict, at_once.host), (said, verdict)
    assert (verdict is Verdict.FOUND) is bool(at_once.host)


def socks(data: bytes) -> None:
    """The header of a datagram that a SOCKS5 server sends."""
    try:
        endpoint, start = read_header(memoryview(data))
    except ProtocolError:
        return
    assert len(endpoint) in (0, 6, 18)
    assert 7 <= start <= len(data)
    if endpoint:
        again = header(endpoint)
        assert read_header(memoryview(again + b"x")) == (endpoint, len(again))


TARGETS: dict[str, Callable[[bytes], None]] = {"dns": dns, "hello": hello, "socks": socks}
