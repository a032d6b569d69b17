from __future__ import annotations

import pytest
from tests.support.feeding import Heard, Said, served

from byway_core.protocols.mixed_server import ServerHandshake
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest


def plain() -> ServerHandshake:
    return ServerHandshake()


def guarded() -> ServerHandshake:
    return ServerHandshake(Account("me", "pässword"))


# me:pässword
BASIC = b"Proxy-Authorization: Basic bWU6cMOkc3N3b3Jk\r\n"


def asked(head: bytes) -> ProxyRequest:
    shake = served(plain, Heard(head.replace(b"\n", b"\r\n")), Said(b""))
    assert shake.request is not None
    return shake.request


@pytest.mark.parametrize(
    ("target", "request_"),
    [
        (b"example.com:443", ProxyRequest("example.com", "", 443)),
        (b"EXAMPLE.com.:22", ProxyRequest("example.com", "", 22)),
        (b"192.0.2.7:80", ProxyRequest("", "192.0.2.7", 80)),
        (b"[2001:DB8::1]:80", ProxyRequest("", "2001:db8::1", 80)),
        (b"[::ffff:192.0.2.7]:80", ProxyRequest("", "192.0.2.7", 80)),
    ],
    ids=["name", "normalised", "ipv4", "ipv6", "mapped"],
)
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_connect(target: bytes, request_: ProxyRequest, version: bytes) -> None:
    head = b"CONNECT %b HTTP/%b\r\nHost: other.example\r\nProxy-Connection: x\r\n\r\n"
    shake = served(plain, Heard(head % (target, version)), Said(b""))
    assert shake.request == request_
    assert shake.success() == b"HTTP/1.1 200 Connection established\r\n\r\n"


def test_connect_with_the_first_data() -> None:
    shake = plain()
    shake.feed(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n\x16\x03\x01\r\n\r\n")
    assert shake.request == ProxyRequest("example.com", "", 443, b"\x16\x03\x01\r\n\r\n")


@pytest.mark.parametrize(
    ("target", "host", "address", "port", "path", "field"),
    [
        (b"http://example.com/a?b=c", "example.com", "", 80, b"/a?b=c", b"example.com"),
        (b"http://example.com", "example.com", "", 80, b"/", b"example.com"),
        (b"http://example.com?q", "example.com", "", 80, b"/?q", b"example.com"),
        (b"HTTP://EXAMPLE.com.:80/", "example.com", "", 80, b"/", b"example.com"),
        (b"http://example.com:/", "example.com", "", 80, b"/", b"example.com"),
        (b"http://example.com:8080/", "example.com", "", 8080, b"/", b"example.com:8080"),
        (b"http://192.0.2.7:81/", "", "192.0.2.7", 81, b"/", b"192.0.2.7:81"),
        (b"http://[::1]/x", "", "::1", 80, b"/x", b"[::1]"),
        (b"http://[::1]:800/x", "", "::1", 800, b"/x", b"[::1]:800"),
        (
            b"http://a.example/http://b.example/",
            "a.example",
            "",
            80,
            b"/http://b.example/",
            b"a.example",
        ),
        (b"http://a.example/\xc3\xbc", "a.example", "", 80, b"/\xc3\xbc", b"a.example"),
        (
            b"http://m\xc3\xbcnchen.example/",
            "xn--mnchen-3ya.example",
            "",
            80,
            b"/",
            b"xn--mnchen-3ya.example",
        ),
    ],
)
def test_absolute_form(
    target: bytes, host: str, address: str, port: int, path: bytes, field: bytes
) -> None:
    got = asked(b"GET %b HTTP/1.1\nHost: lie.example\n\n" % target)
    first = b"GET %b HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n" % (path, field)
    assert got == ProxyRequest(host, address, port, first)


def test_fields_of_this_hop_are_dropped_and_the_others_kept_as_they_are() -> None:
    got = asked(
        b"POST http://example.com/ HTTP/1.1\n"
        b"Host: example.com\n"
        b"user-agent: me\n"
        b"Proxy-Connection: keep-alive\n"
        b"Proxy-Authorization: Basic c2VjcmV0\n"
        b"proxy-whatever: x\n"
        b"Connection: keep-alive, X-Mine , TE\n"
        b"Keep-Alive: timeout=5\n"
        b"X-Mine: dropped\n"
        b"TE: trailers\n"
        b"Upgrade: h2c\n"
        b"HTTP2-Settings: AAMAAABkAAQ\n"
        b"Accept:  */* \n"
        b"Empty:\n"
        b"Cookie: a=b; c\xe4=\xff\n"
        b"Transfer-Encoding: chunked\n"
        b"Trailer: Expires\n"
        b"Expect: 100-continue\n\n"
    )
    assert got.first == (
        b"POST / HTTP/1.1\r\nHost: example.com\r\nuser-agent: me\r\nAccept: */*\r\nEmpty: \r\n"
        b"Cookie: a=b; c\xe4=\xff\r\nTransfer-Encoding: chunked\r\nTrailer: Expires\r\n"
        b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )


def test_connection_cannot_name_away_what_frames_the_body() -> None:
    got = asked(
        b"POST http://example.com/ HTTP/1.1\nConnection: Content-Length\nContent-Length: 3\n\n"
    )
    assert b"\r\nContent-Length: 3\r\n" in got.first


def test_the_body_goes_through_as_it_is() -> None:
    body = b"GET http://other.example/ HTTP/1.1\r\n\r\n\0\xff"
    shake = plain()
    shake.feed(b"POST http://example.com/ HTTP/1.1\r\nContent-Length: 40\r\n\r\n" + body)
    assert shake.request
    assert shake.request.first.endswith(b"Content-Length: 40\r\nConnection: close\r\n\r\n" + body)
    assert shake.success() == b""


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (b"OPTIONS http://example.com HTTP/1.1", b"OPTIONS * HTTP/1.1"),
        (b"OPTIONS http://example.com/ HTTP/1.1", b"OPTIONS / HTTP/1.1"),
        (b"GET http://example.com/ HTTP/1.0", b"GET / HTTP/1.0"),
        (b"M-SEARCH http://example.com/ HTTP/1.1", b"M-SEARCH / HTTP/1.1"),
    ],
)
def test_request_line(line: bytes, first: bytes) -> None:
    assert asked(line + b"\n\n").first.split(b"\r\n")[0] == first


def test_an_empty_line_before_the_request_is_allowed() -> None:
    """RFC 9112 2.2."""
    assert asked(b"\nGET http://example.com/ HTTP/1.1\n\n").host == "example.com"


def refused(head: bytes) -> tuple[bytes, str]:
    """The status line, and the reason."""
    for make in (plain, guarded):
        line = head.partition(b"\r\n")
        first = b"".join((line[0], line[1], BASIC if make is guarded else b"", line[2]))
        shake = make()
        answer = shake.feed(first)
        assert shake.request is None
        assert shake.failed
        assert b"\r\nConnection: close\r\n" in answer
    again = served(plain, Heard(head), Said(plain().feed(head)))
    return answer.split(b"\r\n")[0], again.failed


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET example.com HTTP/1.1",
        b"GET https://example.com/ HTTP/1.1",
        b"GET ftp://example.com/ HTTP/1.1",
        b"GET http:///path HTTP/1.1",
        b"GET http://user:password@example.com/ HTTP/1.1",
        b"GET http://example.com:0/ HTTP/1.1",
        b"GET http://example.com:65536/ HTTP/1.1",
        b"GET http://example.com:-1/ HTTP/1.1",
        b"GET http://example.com:80:80/ HTTP/1.1",
        b"GET http://[::1/ HTTP/1.1",
        b"GET http://[127.0.0.1]/ HTTP/1.1",
        b"GET http://[fe80::1%25eth0]/ HTTP/1.1",
        b"GET http://::1/ HTTP/1.1",
        b"GET http://127.1/ HTTP/1.1",
        b"GET http://0x7f000001/ HTTP/1.1",
        b"GET http://ex%61mple.com/ HTTP/1.1",
        b"GET http://example.com\\@other.example/ HTTP/1.1",
        b"GET http://example.com/#fragment HTTP/1.1",
        b"GET http://example.com/ HTTP/1.1 ",
        b"GET  http://example.com/ HTTP/1.1",
        b"GET http://example.com/a b HTTP/1.1",
        b"GET http://example.com/\x00 HTTP/1.1",
        b"GET\thttp://example.com/ HTTP/1.1",
        b"GET http://example.com/",
        b"GET http://example.com/ http/1.1",
        b"GET http://example.com/ HTTP/1.10",
        b"CONNECT example.com HTTP/1.1",
        b"CONNECT example.com: HTTP/1.1",
        b"CONNECT example.com:0 HTTP/1.1",
        b"CONNECT :443 HTTP/1.1",
        b"CONNECT /path HTTP/1.1",
        b"CONNECT http://example.com:443/ HTTP/1.1",
        b"CONNECT 127.1:443 HTTP/1.1",
        b"\x01\x02\x03",
        b"{}",
        b"",
    ],
)
def test_bad_requests(line: bytes) -> None:
    status, _ = refused(line + b"\r\n\r\n")
    assert status == b"HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 1\r\nContent-Length: 1\r\n",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 1, 1\r\n",
        b"Content-Length: +1\r\n",
        b"Content-Length: \r\n",
        b"Content-Length: 1_0\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Content-Length : 1\r\n",
        b" Content-Length: 1\r\n",
        b"X: y\r\n folded\r\n",
        b"X\r\n",
        b": x\r\n",
        b"X: a\rb\r\n",
        b"X: a\nContent-Length: 1\r\n",
        b"X: a\0b\r\n",
        b"X y: z\r\n",
        b"X: y\n",
    ],
)
def test_heads_that_two_readers_may_read_differently(fields: bytes) -> None:
    status, _ = refused(b"POST http://example.com/ HTTP/1.1\r\n" + fields + b"\r\n")
    assert status == b"HTTP/1.1 400 Bad Request"


def test_chunks_are_unknown_to_http_1_0() -> None:
    status, _ = refused(b"POST http://example.com/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert status == b"HTTP/1.1 400 Bad Request"


def test_http_2_is_not_spoken() -> None:
    status, words = refused(b"PRI * HTTP/2.0\r\n\r\n")
    assert status == b"HTTP/1.1 505 HTTP Version Not Supported"
    assert "HTTP/1" in words


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://example.com/ HTTP/1.1\r\nX: " + b"y" * 70_000,
        b"GET http://example.com/ HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"G" * 70_000,
    ],
    ids=["endless", "long", "line"],
)
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_long_heads(head: bytes, size: int) -> None:
    shake = plain()
    answer = b""
    for at in range(0, len(head), size):
        answer = shake.feed(head[at : at + size])
        if shake.failed:
            break
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert "too long" in shake.failed


def test_a_long_head_is_not_read_again_for_every_byte() -> None:
    shake = plain()
    shake.feed(b"GET http://example.com/ HTTP/1.1\r\nX: ")
    for _ in range(60_000):  # takes minutes if each byte costs all before it
        shake.feed(b"y")
    shake.feed(b"\r\n\r\n")
    assert shake.request


@pytest.mark.parametrize(
    "head",
    [b"CONNECT example.com:80 HTTP/1.1\r\n", b"GET http://example.com/ HTTP/1.1\r\n"],
    ids=["connect", "absolute"],
)
class TestAccount:
    def test_right(self, head: bytes) -> None:
        shake = served(guarded, Heard(head + BASIC.replace(b"Basic", b"basic  ") + b"\r\n"))
        assert shake.request
        assert b"bWU6" not in shake.request.first

    @pytest.mark.parametrize(
        ("field", "words"),
        [
            (b"", "needed here"),
            (b"Authorization: Basic bWU6cMOkc3N3b3Jk\r\n", "needed here"),
            (b"Proxy-Authorization: Basic bWU6cGFzc3dvcmQ=\r\n", "wrong username or password"),
            (b"Proxy-Authorization: Basic bWU6cMOkc3N3b3Jk!\r\n", "wrong username or password"),
            (b"Proxy-Authorization: Basic \r\n", "wrong username or password"),
            (b"Proxy-Authorization: Basic\r\n", "wrong username or password"),
            (b"Proxy-Authorization: Bearer bWU6cMOkc3N3b3Jk\r\n", "wrong username or password"),
            (b"Proxy-Authorization: Basic bWU=\r\n", "wrong username or password"),
            (b"Proxy-Authorization: Basic x\r\n" + BASIC, "wrong username or password"),
        ],
        ids=["none", "origin's", "wrong", "junk", "empty", "bare", "scheme", "no-colon", "second"],
    )
    def test_wrong(self, head: bytes, field: bytes, words: str) -> None:
        message = head + field + b"\r\n"
        answer = guarded().feed(message)
        assert served(guarded, Heard(message), Said(answer)).failed.endswith(words)
        assert answer.startswith(b"HTTP/1.1 407 Proxy Authentication Required\r\n")
        assert b'\r\nProxy-Authenticate: Basic realm="Byway", charset="UTF-8"\r\n' in answer


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Failure.REJECTED, b"403 Forbidden"),
        (Failure.UNREACHABLE, b"502 Bad Gateway"),
        (Failure.REFUSED, b"502 Bad Gateway"),
        (Failure.UPSTREAM, b"502 Bad Gateway"),
        (Failure.TIMEOUT, b"504 Gateway Timeout"),
    ],
    ids=lambda value: value.name if isinstance(value, Failure) else None,
)
def test_failure(kind: Failure, status: bytes) -> None:
    shake = plain()
    shake.feed(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
    head, _, body = shake.failure(kind, "office: é").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert b"Content-Length: %d" % len(body) in head
    assert body.decode() == "Byway: office: é\n"
    assert kind.value.encode() in shake.failure(kind)


def test_a_failed_head_request_has_no_body() -> None:
    shake = plain()
    shake.feed(b"HEAD http://example.com/ HTTP/1.1\r\n\r\n")
    assert shake.failure(Failure.TIMEOUT).endswith(b"\r\n\r\n")
