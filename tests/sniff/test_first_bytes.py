from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import client_hello as hello
from tests.support.feeding import cuts

from byway_core.model.flow import HostSource
from byway_core.sniff.first_bytes import Sniffer, Verdict
from byway_core.sniff.http_host import HEAD_LIMIT


def sniffed(data: bytes) -> tuple[Verdict, str, HostSource]:
    """The outcome, which is the same however the bytes come, unless all came too late."""
    outcomes = set()
    for pieces in cuts(data):
        sniffer = Sniffer()
        buffer = b""
        assert sniffer.look(buffer) is Verdict.MORE
        for piece in pieces:
            buffer += piece
            verdict = sniffer.look(buffer)
            if verdict is not Verdict.MORE:
                break
        outcomes.add((verdict, sniffer.host, sniffer.source))
    assert len(outcomes) == 1, outcomes
    return outcomes.pop()


NOTHING = (Verdict.NOTHING, "", HostSource.NONE)
MORE = (Verdict.MORE, "", HostSource.NONE)


def tls(name: bytes) -> bytes:
    return hello.records(hello.chrome(name))


@pytest.mark.parametrize(
    ("data", "host", "source"),
    [
        (tls(b"www.example.com"), "www.example.com", HostSource.SNI),
        (tls(b"WWW.Example.COM."), "www.example.com", HostSource.SNI),
        (b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "example.com", HostSource.HTTP),
        (b"GET / HTTP/1.1\r\nHost: Example.COM.:8080\r\n", "example.com", HostSource.HTTP),
        (b"POST /x?y HTTP/1.0\r\nA: b\r\nhOsT:example.com \t\r\n", "example.com", HostSource.HTTP),
        (b"GET / HTTP/1.1\nHost: example.com\n", "example.com", HostSource.HTTP),
        (b"OPTIONS * HTTP/1.1\r\nHost: example.com\r\n", "example.com", HostSource.HTTP),
        (b"M-SEARCH /x HTTP/1.1\r\nHost: example.com\r\n", "example.com", HostSource.HTTP),
        (b"PROPFIND /x HTTP/1.1\r\nHost: _a-b\r\n", "_a-b", HostSource.HTTP),
        (b"GET /\xff HTTP/1.1\r\nX: \xfe\r\nHost: a.example\r\n", "a.example", HostSource.HTTP),
        (b"GET / HTTP/1.1\r\nX-Host: b\r\nHost: a.example\r\n", "a.example", HostSource.HTTP),
        (b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n", "a.example", HostSource.HTTP),
        (
            b"GET / HTTP/1.1\r\nHost: m\xc3\xbcnchen.example\r\n",
            "xn--mnchen-3ya.example",
            HostSource.HTTP,
        ),
    ],
)
def test_found(data: bytes, host: str, source: HostSource) -> None:
    assert sniffed(data) == (Verdict.FOUND, host, source)


@pytest.mark.parametrize(
    "data",
    [
        tls(b""),
        tls(b"192.0.2.7"),
        tls(b"::1"),
        tls(b"a b"),
        tls(b"\xff\xfe"),
        tls(b"x" * 300),
        b"GET / HTTP/1.1\r\nA: b\r\n\r\nHost: a.example\r\n",
        b"GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n",
        b"GET / HTTP/1.1\r\nHost: 192.0.2.7:80\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n",
        b"GET / HTTP/1.1\r\nHost: a@b\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example, b.example\r\n",
        b"GET / HTTP/1.1\r\nHost: a.example\r b\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a.example\r\n",
        b"GET /\r\nHost: a.example\r\n",
        b"GET / / HTTP/1.1\r\nHost: a.example\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"USER anonymous\r\n",
        b"EHLO example.com\r\n",
        b"CAP LS 302\r\nNICK me\r\n",
        b"HELLO\r\n",
        b"get / http/1.1\r\nhost: a.example\r\n",
        b"\x15\x03\x01\x00\x02\x01\x00",
        b"\x05\x01\x00",
        b"\x00",
        b"\x80\x2e\x01\x00\x02",
        b"{}",
        b"\r\n",
    ],
)
def test_nothing(data: bytes) -> None:
    assert sniffed(data) == NOTHING


@pytest.mark.parametrize(
    "data",
    [
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
        b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ],
    ids=["connect", "absolute-form"],
)
def test_a_request_to_a_proxy_does_not_name_where_it_goes_itself(data: bytes) -> None:
    assert sniffed(data) == NOTHING


@pytest.mark.parametrize(
    "data",
    [
        *(b"G", b"GET", b"GET ", b"GET /x", b"RTSP", b"GET / HTTP/1.1\r\n"),
        *(b"GET / HTTP/1.1\r\nHost: a.exam", b"\x16", b"\x16\x03\x01\x02\x00\x01"),
        tls(b"a.example")[:-1],
    ],
)
def test_more(data: bytes) -> None:
    assert sniffed(data) == MORE


@pytest.mark.parametrize(
    "start",
    [b"GET /", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\nHost: "],
    ids=["line", "field", "host"],
)
def test_an_endless_head_is_given_up(start: bytes) -> None:
    sniffer = Sniffer()
    buffer = bytearray(start)
    while sniffer.look(buffer) is Verdict.MORE:
        buffer += b"x" * 100
        assert len(buffer) <= HEAD_LIMIT + 200
    assert not sniffer.host


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"x" * 15_000 + b" HTTP/1.1\r\nHost: a.example\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 15_000 + b"\r\nHost: a.example\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2_500 + b"Host: a.example\r\n",
        hello.records(hello.message([(0x15, bytes(15_000)), hello.sni(b"a.example")])),
        hello.records(hello.message([(0x15, bytes(4_000)), hello.sni(b"a.example")]), 1),
    ],
    ids=["long-line", "long-field", "many-fields", "long-hello", "many-records"],
)
def test_byte_by_byte_costs_no_more_than_its_bytes(data: bytes) -> None:
    """Quadratic readers need seconds for these; a linear one some 10 ms."""
    sniffer = Sniffer()
    buffer = bytearray()
    start = time.process_time()
    for at in range(len(data)):
        buffer += data[at : at + 1]
        verdict = sniffer.look(buffer)
    assert time.process_time() - start < 1.0
    assert verdict is Verdict.FOUND
    assert sniffer.host == "a.example"


@given(
    st.lists(st.binary(max_size=60), max_size=8),
    st.sampled_from([b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost:"]),
)
def test_garbage_never_raises(pieces: list[bytes], start: bytes) -> None:
    sniffer = Sniffer()
    buffer = start
    for piece in pieces:
        buffer += piece
        if sniffer.look(buffer) is not Verdict.MORE:
            break
    assert bool(sniffer.host) == (sniffer.source is not HostSource.NONE)


@given(st.integers(0, 1900), st.binary(min_size=1, max_size=4))
def test_a_damaged_hello_never_raises(at: int, damage: bytes) -> None:
    data = bytearray(tls(b"www.example.com"))
    data[at : at + len(damage)] = damage
    for pieces in cuts(bytes(data)):
        sniffer = Sniffer()
        buffer = b""
        for piece in pieces:
            buffer += piece
            if sniffer.look(buffer) is not Verdict.MORE:
                break
