from __future__ import annotations

import pytest
from tests.support.feeding import Heard, Said, failing, fed

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.protocols.socks import Socks5Client, socks5_associate, socks5_client

PLAIN = Said(b"\x05\x01\x00")
ACCOUNT = Said(b"\x05\x02\x02\x00")
NAMED = b"\x05\x01\x00\x03\x0bexample.com\x01\xbb"
OPEN = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x30\x39"


def plain() -> Socks5Client:
    return socks5_client("example.com", 443)


def account() -> Socks5Client:
    return socks5_client("example.com", 443, "me", "pässword")


CREDENTIALS = b"\x01\x02me\x09p\xc3\xa4ssword"


@pytest.mark.parametrize(
    ("host", "encoded"),
    [
        ("example.com", b"\x03\x0bexample.com"),
        ("xn--mnchen-3ya.test", b"\x03\x13xn--mnchen-3ya.test"),
        ("a" * 255, b"\x03\xff" + b"a" * 255),
        ("192.0.2.7", b"\x01\xc0\x00\x02\x07"),
        ("2001:db8::1", b"\x04\x20\x01\x0d\xb8" + bytes(11) + b"\x01"),
        ("::ffff:192.0.2.7", b"\x04" + bytes(10) + b"\xff\xff\xc0\x00\x02\x07"),
        ("127.1", b"\x03\x05127.1"),
        ("999.1.1.1", b"\x03\x09999.1.1.1"),
    ],
    ids=["name", "a-label", "longest", "ipv4", "ipv6", "mapped", "short-ipv4", "not-ipv4"],
)
def test_destination(host: str, encoded: bytes) -> None:
    fed(
        lambda: socks5_client(host, 443),
        PLAIN,
        Heard(b"\x05\x00"),
        Said(b"\x05\x01\x00" + encoded + b"\x01\xbb"),
        Heard(OPEN),
    )


@pytest.mark.parametrize(
    "bound",
    [
        b"\x01\x7f\x00\x00\x01\x30\x39",
        b"\x01" + bytes(6),
        b"\x04" + bytes(18),
        b"\x03\x00\x00\x00",
        b"\x03\x0bexample.com\x30\x39",
        b"\x03\xff" + b"x" * 255 + b"\x30\x39",
    ],
    ids=["ipv4", "zeros", "ipv6", "empty-name", "name", "longest-name"],
)
def test_bound_address(bound: bytes) -> None:
    fed(plain, PLAIN, Heard(b"\x05\x00"), Said(NAMED), Heard(b"\x05\x00\x00" + bound))


@pytest.mark.parametrize("status", [b"\x01\x00", b"\x05\x00"], ids=["rfc", "version-5"])
def test_account(status: bytes) -> None:
    fed(
        account,
        ACCOUNT,
        Heard(b"\x05\x02"),
        Said(CREDENTIALS),
        Heard(status),
        Said(NAMED),
        Heard(OPEN),
    )


def test_account_that_the_server_does_not_ask_for() -> None:
    fed(account, ACCOUNT, Heard(b"\x05\x00"), Said(NAMED), Heard(OPEN))


@pytest.mark.parametrize(
    ("username", "password", "encoded"),
    [
        ("me", None, b"\x01\x02me\x00"),
        (None, "x", b"\x01\x00\x01x"),
        ("", "", b"\x01\x00\x00"),
        ("me", "\udcff", b"\x01\x02me\x01\xff"),  # as os.environ has what is no UTF-8
    ],
    ids=["username-only", "password-only", "both-empty", "not-utf-8"],
)
def test_odd_accounts(username: str | None, password: str | None, encoded: bytes) -> None:
    fed(
        lambda: socks5_client("example.com", 443, username, password),
        ACCOUNT,
        Heard(b"\x05\x02"),
        Said(encoded),
        Heard(b"\x01\x00"),
        Said(NAMED),
        Heard(OPEN),
    )


def test_answers_that_the_server_sends_ahead() -> None:
    shake = account()
    shake.start()
    assert shake.feed(b"\x05\x02\x01\x00" + OPEN + b"early") == CREDENTIALS + NAMED
    assert shake.done
    assert shake.leftover == b"early"


@pytest.mark.parametrize("code", range(1, 256))
def test_every_reply_code_has_words(code: int) -> None:
    error = failing(plain, PLAIN, Heard(b"\x05\x00"), Said(NAMED), Heard(b"\x05%c" % code))
    assert isinstance(error, RefusedError)
    assert "server" in str(error)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (1, Refusal.FAILED, "general failure"),
        (2, Refusal.FORBIDDEN, "rules forbid"),
        (3, Refusal.UNREACHABLE, "network is unreachable"),
        (4, Refusal.UNREACHABLE, "destination is unreachable"),
        (5, Refusal.UNREACHABLE, "destination refused"),
        (6, Refusal.UNREACHABLE, "in time"),
        (7, Refusal.UNSUITABLE, "command"),
        (8, Refusal.UNSUITABLE, "type of address"),
        (77, Refusal.FAILED, "unknown failure code .77."),
    ],
)
def test_reply_codes(code: int, kind: Refusal, words: str) -> None:
    shake = plain()
    shake.feed(b"\x05\x00")
    with pytest.raises(RefusedError, match=words) as caught:
        shake.feed(b"\x05%c\x00\x01" % code + bytes(6))
    assert caught.value.kind is kind
    assert not shake.done


@pytest.mark.parametrize(
    ("given", "answer", "words"),
    [
        (False, b"\x05\xff", "wants a username and password"),
        (False, b"\x05\x02", "wants a username and password"),
        (True, b"\x05\xff", "neither a username and password nor their absence"),
    ],
    ids=["no-method", "password-not-offered", "nothing-acceptable"],
)
def test_methods_refused(given: bool, answer: bytes, words: str) -> None:
    error = failing(account if given else plain, Heard(answer))
    assert isinstance(error, RefusedError)
    assert error.kind is Refusal.AUTHENTICATION
    assert words in str(error)


@pytest.mark.parametrize("status", [1, 2, 255])
def test_wrong_password(status: int) -> None:
    error = failing(
        account, ACCOUNT, Heard(b"\x05\x02"), Said(CREDENTIALS), Heard(b"\x01%c" % status)
    )
    assert isinstance(error, RefusedError)
    assert error.kind is Refusal.AUTHENTICATION
    assert "authentication refused" in str(error)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server"),
        (b"220 mail.example.com ESMTP\r\n", "a mail or FTP server"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "a TLS server"),
        (b"\x00\x5b" + bytes(6), "a SOCKS4 server"),
        (b"<html>", "a web page"),
        (b"\xde\xad\xbe\xef", "makes no sense (it began with de ad be ef)"),
    ],
    ids=["http", "ssh", "smtp", "tls", "socks4", "html", "garbage"],
)
def test_other_trades(answer: bytes, words: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        plain().feed(answer)
    assert words in str(caught.value)
    assert "this is not a SOCKS5 server" in str(caught.value)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ([Heard(b"\x05\x01")], "not offered"),
        ([Heard(b"\x05\x00"), Heard(b"\x04\x00")], "this is not a SOCKS5 server"),
        ([Heard(b"\x05\x00"), Heard(b"\x05\x00\x00\x02\x00")], "unknown type of address"),
    ],
    ids=["gssapi-not-offered", "reply-version", "reply-atyp"],
)
def test_nonsense(heard: list[Said | Heard], words: str) -> None:
    error = failing(plain, *heard)
    assert isinstance(error, ProtocolError)
    assert words in str(error)


@pytest.mark.parametrize(
    ("heard", "words", "kind"),
    [
        (b"", "without an answer: is it a SOCKS5 server", Refusal.FAILED),
        (b"\x05", "in the middle", Refusal.FAILED),
        (b"\x05\x02", "on being given the username", Refusal.AUTHENTICATION),
        (b"\x05\x02\x01", "in the middle", Refusal.FAILED),
        (b"\x05\x02\x01\x00", "instead of opening one", Refusal.FAILED),
        (b"\x05\x00\x05\x00\x00\x01", "in the middle", Refusal.FAILED),
    ],
)
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_the_server_hangs_up(heard: bytes, words: str, kind: Refusal, reset: bool) -> None:
    shake = account()
    if heard:
        shake.feed(heard)
    did = "reset" if reset else "closed"
    with pytest.raises(RefusedError, match=f"the server {did} the connection {words}") as caught:
        shake.feed_eof(reset=reset)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("host", "username", "password"),
    [
        ("a" * 256, None, None),
        ("", None, None),
        ("münchen.test", None, None),
        ("nul\0.test", None, None),
        ("example.com", "u" * 256, "x"),
        ("example.com", "x", "ü" * 128),
    ],
    ids=["long", "empty", "not-ascii", "nul", "username", "password"],
)
def test_what_cannot_be_sent(host: str, username: str | None, password: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        socks5_client(host, 80, username, password)
    assert caught.value.kind is Refusal.UNSUITABLE


ASSOCIATE = Said(b"\x05\x03\x00\x01" + bytes(6))


@pytest.mark.parametrize(
    ("reply", "bound"),
    [
        (b"\x01\x7f\x00\x00\x01\x30\x39", ("127.0.0.1", 12345)),
        (b"\x01" + bytes(6), ("0.0.0.0", 0)),
        (b"\x04\x20\x01\x0d\xb8" + bytes(11) + b"\x01\x30\x39", ("2001:db8::1", 12345)),
        (b"\x04" + bytes(10) + b"\xff\xff\x7f\x00\x00\x01\x30\x39", ("127.0.0.1", 12345)),
        (b"\x03\x0bExample.COM\x30\x39", ("example.com", 12345)),
        (b"\x03\x09127.0.0.1\x30\x39", ("127.0.0.1", 12345)),
        (b"\x03\x00\x30\x39", ("", 12345)),
        (b"\x03\x03\xff\x00 \x30\x39", ("", 12345)),
    ],
    ids=["ipv4", "zeros", "ipv6", "mapped", "name", "literal", "no-name", "no-text"],
)
def test_association(reply: bytes, bound: tuple[str, int]) -> None:
    made: list[Socks5Client] = []

    def make() -> Socks5Client:
        made.append(socks5_associate("me", "pässword"))
        return made[-1]

    fed(
        make,
        ACCOUNT,
        Heard(b"\x05\x02"),
        Said(CREDENTIALS),
        Heard(b"\x01\x00"),
        ASSOCIATE,
        Heard(b"\x05\x00\x00" + reply),
    )
    assert {shake.bound for shake in made} == {bound}


def test_association_without_an_account() -> None:
    fed(socks5_associate, PLAIN, Heard(b"\x05\x00"), ASSOCIATE, Heard(OPEN))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (1, Refusal.FAILED, "no reason"),
        (2, Refusal.FORBIDDEN, "rules forbid it"),
        (7, Refusal.UNSUITABLE, "command not supported"),
        (8, Refusal.UNSUITABLE, "type of address"),
        (99, Refusal.FAILED, "unknown failure code"),
    ],
)
def test_no_association(code: int, kind: Refusal, words: str) -> None:
    said = Heard(b"\x05%c\x00\x01" % code + bytes(6))
    error = failing(socks5_associate, PLAIN, Heard(b"\x05\x00"), ASSOCIATE, said)
    assert isinstance(error, RefusedError)
    assert error.kind is kind
    assert words in str(error)


def test_a_server_that_hangs_up_instead_of_an_association() -> None:
    shake = socks5_associate()
    shake.feed(b"\x05\x00")
    with pytest.raises(RefusedError, match="when it was asked to") as caught:
        shake.feed_eof()
    assert caught.value.kind is Refusal.UNSUITABLE
