from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.feeding import Heard, Said, failing, fed

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.protocols.socks4 import Socks4Client, socks4_client, socks4a_client

GRANTED = b"\x00\x5a\x30\x39\x7f\x00\x00\x01"


def plain() -> Socks4Client:
    return socks4_client("192.0.2.7", 80)


@pytest.mark.parametrize(
    ("shake", "message"),
    [
        (lambda: socks4_client("192.0.2.7", 80), b"\x04\x01\x00\x50\xc0\x00\x02\x07\x00"),
        (
            lambda: socks4_client("192.0.2.7", 80, "mé"),
            b"\x04\x01\x00\x50\xc0\x00\x02\x07m\xc3\xa9\0",
        ),
        (lambda: socks4a_client("192.0.2.7", 80), b"\x04\x01\x00\x50\xc0\x00\x02\x07\x00"),
        (
            lambda: socks4a_client("example.com", 443, "me"),
            b"\x04\x01\x01\xbb\x00\x00\x00\x01me\0example.com\0",
        ),
    ],
    ids=["address", "userid", "4a-address", "4a-name"],
)
@pytest.mark.parametrize("granted", [GRANTED, b"\x00\x5a" + bytes(6)], ids=["bound", "zeros"])
def test_open(shake: Callable[[], Socks4Client], message: bytes, granted: bytes) -> None:
    fed(shake, Said(message), Heard(granted))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (91, Refusal.UNREACHABLE, "unreachable, or its rules forbid it"),
        (92, Refusal.AUTHENTICATION, "identd"),
        (93, Refusal.AUTHENTICATION, "user id differ"),
    ],
)
def test_refused(code: int, kind: Refusal, words: str) -> None:
    error = failing(plain, Heard(b"\x00%c" % code))
    assert isinstance(error, RefusedError)
    assert error.kind is kind
    assert words in str(error)


def test_a_name_refused_may_be_a_name_not_understood() -> None:
    with pytest.raises(RefusedError, match="understands SOCKS4 but not 4a"):
        socks4a_client("example.com", 80).feed(b"\x00\x5b")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x05\xff", "a SOCKS5 server"),
        (b"HTTP/1.0 400 Bad Request\r\n\r\n", "an HTTP server"),
        (b"\x00\x00\x00\x00", "makes no sense"),
        (b"\x04\x5a" + bytes(6), "makes no sense"),
    ],
    ids=["socks5", "http", "code-0", "version-4"],
)
def test_other_trades(answer: bytes, words: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        plain().feed(answer)
    assert "this is not a SOCKS4 server" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(
    ("heard", "words"),
    [(b"", "without an answer"), (b"\x00", "in the middle"), (b"\x00\x5a", "in the middle")],
)
def test_the_server_hangs_up(heard: bytes, words: str, reset: bool) -> None:
    shake = plain()
    if heard:
        shake.feed(heard)
    did = "reset" if reset else "closed"
    with pytest.raises(RefusedError, match=f"the server {did} the connection {words}"):
        shake.feed_eof(reset=reset)


@pytest.mark.parametrize(
    ("make", "host", "userid", "words"),
    [
        (socks4_client, "example.com", None, 'set the upstream\'s type to "socks4a"'),
        (socks4_client, "2001:db8::1", None, "use a SOCKS5 or HTTP upstream"),
        (socks4a_client, "2001:db8::1", None, "use a SOCKS5 or HTTP upstream"),
        (socks4a_client, "münchen.test", None, "host name"),
        (socks4a_client, "a" * 256, None, "host name"),
        (socks4a_client, "", None, "host name"),
        (socks4a_client, "a\0b", None, "host name"),
        (socks4_client, "192.0.2.7", "a\0b", "user id"),
        (socks4_client, "192.0.2.7", "a" * 256, "user id"),
    ],
    ids=["name", "ipv6", "4a-ipv6", "not-ascii", "long", "empty", "nul", "nul-user", "long-user"],
)
def test_what_cannot_be_sent(
    make: Callable[[str, int, str | None], Socks4Client], host: str, userid: str | None, words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        make(host, 80, userid)
    assert caught.value.kind is Refusal.UNSUITABLE
