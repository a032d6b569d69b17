from __future__ import annotations

import pytest
from tests.support.feeding import Heard, Said, failing, fed

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.protocols.http_connect import HttpConnectClient, http_connect_client

ASKED = b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"


def plain() -> HttpConnectClient:
    return http_connect_client("example.com", 443)


def account() -> HttpConnectClient:
    return http_connect_client("example.com", 443, "me", "pässword")


@pytest.mark.parametrize(
    ("host", "port", "target"),
    [
        ("example.com", 443, b"example.com:443"),
        ("192.0.2.7", 22, b"192.0.2.7:22"),
        ("2001:db8::1", 80, b"[2001:db8::1]:80"),
    ],
    ids=["name", "ipv4", "ipv6"],
)
def test_destination(host: str, port: int, target: bytes) -> None:
    said = b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (target, target)
    fed(lambda: http_connect_client(host, port), Said(said), Heard(b"HTTP/1.1 200 OK\r\n\r\n"))


@pytest.mark.parametrize(
    ("username", "password", "encoded"),
    [
        ("Aladdin", "open sesame", b"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),  # RFC 7617 section 2
        ("test", "123£", b"dGVzdDoxMjPCow=="),  # section 2.1: UTF-8
        ("me", None, b"bWU6"),
        ("me", "\udcff", b"bWU6/w=="),  # as os.environ has what is no UTF-8
        ("me", "a:b" + "x" * 90, b"bWU6YTpi" + b"eHh4" * 30),  # no line breaks in it
    ],
    ids=["rfc", "utf-8", "no-password", "not-utf-8", "long"],
)
def test_basic(username: str, password: str | None, encoded: bytes) -> None:
    fed(
        lambda: http_connect_client("example.com", 443, username, password),
        Said(ASKED[:-2] + b"Proxy-Authorization: Basic " + encoded + b"\r\n\r\n"),
        Heard(b"HTTP/1.1 200 OK\r\n\r\n"),
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        b"HTTP/1.0 200\r\n\r\n",
        b"HTTP/1.1 200 \r\n\r\n",
        b"HTTP/1.1 201 Created\r\nX: y\r\n\r\n",
        b"HTTP/1.1 299 Whatever\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.0 200 OK\n\n",
        b"HTTP/1.0 200 OK\nVia: old\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 60_000 + b"\r\n\r\n",
    ],
    ids=[
        "usual",
        "bare",
        "empty-reason",
        "201",
        "299",
        "body-fields-are-ignored",
        "continue",
        "interim",
        "line-feeds",
        "mixed-line-ends",
        "long",
    ],
)
def test_open(answer: bytes) -> None:
    fed(plain, Said(ASKED), Heard(answer))


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (b"403 Forbidden", Refusal.FORBIDDEN, "forbids this destination (403 Forbidden)"),
        (b"500 Unable to connect", Refusal.UNREACHABLE, "could not open the connection"),
        (b"502 Bad Gateway", Refusal.UNREACHABLE, "could not reach the destination"),
        (b"503 Service Unavailable", Refusal.UNREACHABLE, "could not reach the destination, or"),
        (b"504 Gateway Timeout", Refusal.UNREACHABLE, "did not answer the proxy in time"),
        (b"400 Bad Request", Refusal.UNSUITABLE, "does not open tunnels"),
        (b"405 Method Not Allowed", Refusal.UNSUITABLE, "is it an HTTP proxy"),
        (b"401 Unauthorized", Refusal.AUTHENTICATION, "is it a web server"),
        (b"407 Proxy Authentication Required", Refusal.AUTHENTICATION, "wants a username and"),
        (b"302 Found", Refusal.FAILED, "login page"),
        (b"429 Too Many Requests", Refusal.FAILED, "429 Too Many Requests"),
        (b"101 Switching Protocols", Refusal.FAILED, "101"),
        (b"999", Refusal.FAILED, "(999)"),
    ],
    ids=lambda value: value[:3].decode() if isinstance(value, bytes) else None,
)
def test_refused(status: bytes, kind: Refusal, words: str) -> None:
    error = failing(plain, Said(ASKED), Heard(b"HTTP/1.1 " + status + b"\r\nA: b\r\n\r\n"))
    assert isinstance(error, RefusedError)
    assert error.kind is kind
    assert words in str(error)
    assert "443 only" not in str(error)


@pytest.mark.parametrize("status", [b"403 Forbidden", b"405 Not Allowed"])
def test_refused_for_another_port_than_443(status: bytes) -> None:
    with pytest.raises(RefusedError, match="port 443 only"):
        http_connect_client("example.com", 22).feed(b"HTTP/1.1 " + status + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("given", "challenge", "words"),
    [
        (False, b"", "the proxy wants a username and password"),
        (False, b"Proxy-Authenticate: Basic realm=x\r\n", "wants a username and password (Basic)"),
        (
            False,
            b"Proxy-Authenticate: NTLM\r\nproxy-authenticate: DIGEST realm=x\r\n",
            "wants a username and password (Digest, NTLM)",
        ),
        (True, b"Proxy-Authenticate: Basic\r\n", "authentication refused"),
        (True, b"Proxy-Authenticate: Digest x=y\r\n", "takes Digest only, not Basic"),
        (True, b"", "authentication refused"),
    ],
)
def test_407(given: bool, challenge: bytes, words: str) -> None:
    answer = b"HTTP/1.1 407 Authenticate\r\n" + challenge + b"\r\n"
    error = failing(account if given else plain, Heard(answer))
    assert isinstance(error, RefusedError)
    assert error.kind is Refusal.AUTHENTICATION
    assert words in str(error)


def test_a_reason_phrase_is_harmless() -> None:
    with pytest.raises(RefusedError) as caught:
        plain().feed(b"HTTP/1.1 418 \x1b[31mteapot\x07\xff\r\n\r\n")
    assert str(caught.value) == "the proxy refused (418 ?[31mteapot?ÿ)"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x05\xff", "answered like a SOCKS5 server"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "answered like a TLS server"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "answered like an SSH server"),
        (b"ICY 200 OK\r\n\r\n", "makes no sense"),
        (b"HTTP/1.1 OK\r\n\r\n", "its status line is 'HTTP/1.1 OK'"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "its status line is"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "its status line is"),
        (b"HTTP/1.1 100 Continue\r\n\r\n\x05\x00\r\n\r\n", "its status line is '??'"),
    ],
    ids=["socks5", "tls", "ssh", "icy", "no-status", "short", "long", "after-interim"],
)
def test_other_trades(answer: bytes, words: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        plain().feed(answer)
    assert "this is not an HTTP proxy" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 C\r\nX: y\r\n\r\n"])
def test_endless_heads_are_cut_off(answer: bytes) -> None:
    """Neither one long head nor many short interim ones can fill the memory."""
    shake = plain()
    fed_so_far = 0
    with pytest.raises(ProtocolError, match="more than 64 KiB"):  # noqa: PT012
        while fed_so_far < 200_000:
            shake.feed(answer if fed_so_far == 0 or b"100" in answer else b"y" * 1000)
            fed_so_far += 1000 if fed_so_far and b"100" not in answer else len(answer)
    assert fed_so_far <= 64 * 1024


def test_a_long_head_is_not_read_again_for_every_byte() -> None:
    shake = plain()
    shake.feed(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(60_000):  # takes minutes if each byte costs all before it
        shake.feed(b"y")
    shake.feed(b"\r\n\r\n")
    assert shake.done


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (b"", "the connection without an answer"),
        (b"HTTP/1.1 20", "the connection in the middle of its answer"),
        (b"HTTP/1.1 407 No", "the connection in the middle of its answer"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", "the connection in the middle of its answer"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "the connection in the middle of its answer"),
    ],
)
def test_the_server_hangs_up(heard: bytes, words: str, reset: bool) -> None:
    shake = plain()
    if heard:
        shake.feed(heard)
    did = "reset" if reset else "closed"
    with pytest.raises(RefusedError, match=f"{did} {words}"):
        shake.feed_eof(reset=reset)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (b"HTTP/1.1 407 Who\r\n", "wants a username and password$"),
        (b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n", "password .Basic.$"),
        (b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Bas", "wants a username and password$"),
        (b"HTTP/1.1 100 Yes\r\n\r\nHTTP/1.1 407 Who\r\n", "wants a username and password$"),
    ],
)
def test_a_refusal_that_is_cut_short_is_one(heard: bytes, words: str) -> None:
    shake = plain()
    shake.feed(heard)
    with pytest.raises(RefusedError, match=words) as caught:
        shake.feed_eof(reset=True)
    assert caught.value.kind is Refusal.AUTHENTICATION


@pytest.mark.parametrize(
    ("host", "username"),
    [("example.com", "a:b"), ("münchen.test", None), ("a b", None), ("a\r\nX: y", None)],
    ids=["colon", "not-ascii", "space", "injection"],
)
def test_what_cannot_be_sent(host: str, username: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        http_connect_client(host, 80, username, "x" if username else None)
    assert caught.value.kind is Refusal.UNSUITABLE
