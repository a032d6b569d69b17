from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.feeding import Heard, Said, served

from byway_core.protocols.mixed_server import ServerHandshake
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest

SOCKS5_OK = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
EXAMPLE = ProxyRequest("example.com", "", 443)
NAMED = b"\x05\x01\x00\x03\x0bexample.com\x01\xbb"
REJECTED4 = b"\x00\x5b\x00\x00\x00\x00\x00\x00"


def plain() -> ServerHandshake:
    return ServerHandshake()


def guarded() -> ServerHandshake:
    return ServerHandshake(Account("me", "pässword"))


def reply5(code: int) -> bytes:
    return b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00" % code


@pytest.mark.parametrize(
    ("address", "request_"),
    [
        (b"\x03\x0bexample.com\x01\xbb", EXAMPLE),
        (b"\x03\x0cEXAMPLE.com.\x01\xbb", EXAMPLE),
        (b"\x03\x10m\xc3\xbcnchen.example\x00\x50", ProxyRequest("xn--mnchen-3ya.example", "", 80)),
        (b"\x01\xc0\x00\x02\x07\x00\x50", ProxyRequest("", "192.0.2.7", 80)),
        (b"\x03\x09192.0.2.7\x00\x50", ProxyRequest("", "192.0.2.7", 80)),
        (b"\x04" + bytes(15) + b"\x01\x00\x16", ProxyRequest("", "::1", 22)),
        (b"\x03\x03::1\x00\x16", ProxyRequest("", "::1", 22)),
        (
            b"\x04" + bytes(10) + b"\xff\xff\xc0\x00\x02\x07\xff\xff",
            ProxyRequest("", "192.0.2.7", 65535),
        ),
        (b"\x03\x10::ffff:192.0.2.7\xff\xff", ProxyRequest("", "192.0.2.7", 65535)),
        (b"\x03\x05_a-b-\x00\x50", ProxyRequest("_a-b-", "", 80)),
    ],
    ids=[
        "name",
        "normalised",
        "international",
        "ipv4",
        "ipv4-as-name",
        "ipv6",
        "ipv6-as-name",
        "mapped",
        "mapped-as-name",
        "odd-letters",
    ],
)
def test_socks5_destination(address: bytes, request_: ProxyRequest) -> None:
    shake = served(
        plain,
        Heard(b"\x05\x01\x00"),
        Said(b"\x05\x00"),
        Heard(b"\x05\x01\x00" + address),
        Said(b""),
    )
    assert shake.request == request_
    assert shake.success() == SOCKS5_OK


@pytest.mark.parametrize(
    "host",
    [
        *(b"", b".", b"..", b"a..b", b"127.1", b"0x7f.1", b"2130706433", b"a.0x10", b"1.2.3.4.5"),
        *(b"fe80::1%eth0", b"a b", b"a/b", b"a\0", b"a" * 64, b"\xff\xfe", b"[::1]", b"a:80"),
    ],
)
def test_socks5_names_that_are_none(host: bytes) -> None:
    message = b"\x05\x01\x00\x03%c%b\x01\xbb" % (len(host), host)
    shake = served(
        plain, Heard(b"\x05\x01\x00"), Said(b"\x05\x00"), Heard(message), Said(reply5(1))
    )
    assert "not a host name" in shake.failed


@pytest.mark.parametrize(
    ("make", "methods", "answer"),
    [
        (plain, b"\x05\x01\x00", b"\x05\x00"),
        (plain, b"\x05\x02\x02\x00", b"\x05\x00"),
        (plain, b"\x05\x03\x00\x01\x02", b"\x05\x00"),
        (plain, b"\x05\x01\x02", b"\x05\x02"),
        (guarded, b"\x05\x02\x00\x02", b"\x05\x02"),
        (plain, b"\x05\xff" + bytes(range(255)), b"\x05\x00"),
    ],
    ids=["none", "either", "all", "password-unasked", "guarded", "many"],
)
def test_socks5_method(make: Callable[[], ServerHandshake], methods: bytes, answer: bytes) -> None:
    served(make, Heard(methods), Said(answer))


@pytest.mark.parametrize(
    ("make", "methods", "words"),
    [
        (plain, b"\x05\x00", "no authentication method"),
        (plain, b"\x05\x01\x01", "no authentication method"),
        (guarded, b"\x05\x01\x00", "gave no username and password"),
    ],
    ids=["no-methods", "gssapi", "guarded"],
)
def test_socks5_no_method(make: Callable[[], ServerHandshake], methods: bytes, words: str) -> None:
    assert words in served(make, Heard(methods), Said(b"\x05\xff")).failed


def test_socks5_account() -> None:
    shake = served(
        guarded,
        Heard(b"\x05\x01\x02"),
        Said(b"\x05\x02"),
        Heard(b"\x01\x02me\x09p\xc3\xa4ssword"),
        Said(b"\x01\x00"),
        Heard(NAMED),
        Said(b""),
    )
    assert shake.request == EXAMPLE


@pytest.mark.parametrize(
    "given",
    [
        b"\x01\x02me\x00",
        b"\x01\x00\x00",
        b"\x01\x02ME\x09p\xc3\xa4ssword",
        b"\x01\x02me\x08password",
    ],
    ids=["no-password", "nothing", "case", "password"],
)
def test_socks5_wrong_account(given: bytes) -> None:
    shake = served(
        guarded, Heard(b"\x05\x01\x02"), Said(b"\x05\x02"), Heard(given), Said(b"\x01\x01")
    )
    assert shake.failed == "wrong username or password"
    assert shake.request is None


def test_socks5_any_account_will_do_where_none_is_wanted() -> None:
    shake = served(
        plain,
        Heard(b"\x05\x01\x02"),
        Said(b"\x05\x02"),
        Heard(b"\x01\x01x\x01y"),
        Said(b"\x01\x00"),
        Heard(NAMED),
    )
    assert shake.request == EXAMPLE


def test_socks5_all_in_one_piece_with_the_first_data() -> None:
    shake = guarded()
    account = b"\x01\x02me\x09p\xc3\xa4ssword"
    assert shake.feed(b"\x05\x01\x02" + account + NAMED + b"\x16\x03early") == b"\x05\x02\x01\x00"
    assert shake.request == ProxyRequest("example.com", "", 443, b"\x16\x03early")


@pytest.mark.parametrize(
    ("message", "reply", "words"),
    [
        (b"\x05\x02\x00\x01" + bytes(6), reply5(7), "only CONNECT"),
        (b"\x05\x03\x00\x01" + bytes(6), reply5(7), "only CONNECT"),
        (b"\x05\xf0\x00\x03\x01x\x00\x00", reply5(7), "only CONNECT"),
        (b"\x05\x01\x00\x02\x00\x00\x00\x00", reply5(8), "unknown type of address"),
        (b"\x05\x01\x00\x03\x01x\x00\x00", reply5(1), "no port"),
        (b"\x04\x01\x00\x03\x01x\x00\x50", b"", "not a SOCKS5 request"),
    ],
    ids=["bind", "udp-associate", "tor-resolve", "atyp", "port-0", "version"],
)
def test_socks5_refused(message: bytes, reply: bytes, words: str) -> None:
    shake = served(plain, Heard(b"\x05\x01\x00"), Said(b"\x05\x00"), Heard(message), Said(reply))
    assert words in shake.failed
    assert shake.request is None


def test_socks5_password_of_another_version() -> None:
    shake = served(guarded, Heard(b"\x05\x01\x02"), Said(b"\x05\x02"), Heard(b"\x05\x01\x00"))
    assert "not a SOCKS5 authentication message" in shake.failed


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Failure.REJECTED, 2),
        (Failure.UNREACHABLE, 4),
        (Failure.REFUSED, 5),
        (Failure.TIMEOUT, 6),
        (Failure.UPSTREAM, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Failure) else None,
)
def test_failure(kind: Failure, code: int) -> None:
    five = plain()
    five.feed(b"\x05\x01\x00" + NAMED)
    assert five.failure(kind, "why") == reply5(code)
    four = plain()
    four.feed(b"\x04\x01\x00\x50\xc0\x00\x02\x07\x00")
    assert four.failure(kind, "why") == REJECTED4


@pytest.mark.parametrize(
    ("message", "request_"),
    [
        (b"\x04\x01\x00\x50\xc0\x00\x02\x07\x00", ProxyRequest("", "192.0.2.7", 80)),
        (b"\x04\x01\x00\x50\xc0\x00\x02\x07me\x00", ProxyRequest("", "192.0.2.7", 80)),
        (b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00example.com\x00", EXAMPLE),
        (b"\x04\x01\x01\xbb\x00\x00\x00\xffme\x00Example.COM.\x00", EXAMPLE),
        (b"\x04\x01\x00\x50\x00\x00\x00\x01\x00::1\x00", ProxyRequest("", "::1", 80)),
        (b"\x04\x01\x00\x50\x00\x00\x00\x00\x00", ProxyRequest("", "0.0.0.0", 80)),
        (
            b"\x04\x01\x00\x50\xc0\x00\x02\x07" + b"u" * 255 + b"\0",
            ProxyRequest("", "192.0.2.7", 80),
        ),
    ],
    ids=["address", "userid", "4a", "4a-userid", "4a-ipv6", "any-address", "longest-userid"],
)
def test_socks4(message: bytes, request_: ProxyRequest) -> None:
    shake = served(plain, Heard(message), Said(b""))
    assert shake.request == request_
    assert shake.success() == b"\x00\x5a" + bytes(6)


def test_socks4_with_the_first_data() -> None:
    shake = plain()
    shake.feed(b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00example.com\x00early\0")
    assert shake.request == ProxyRequest("example.com", "", 443, b"early\0")


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"\x04\x02\x00\x50\xc0\x00\x02\x07\x00", "only CONNECT"),
        (b"\x04\x01\x00\x00\xc0\x00\x02\x07\x00", "no port"),
        (b"\x04\x01\x00\x50\x00\x00\x00\x01\x00\x00", "not a host name"),
        (b"\x04\x01\x00\x50\x00\x00\x00\x01\x00a b\x00", "not a host name"),
        (b"\x04\x01\x00\x50\xc0\x00\x02\x07" + b"u" * 256, "too long"),
        (b"\x04\x01\x00\x50\x00\x00\x00\x01\x00" + b"n" * 256, "too long"),
    ],
    ids=["bind", "port-0", "empty-name", "bad-name", "long-userid", "long-name"],
)
def test_socks4_refused(message: bytes, words: str) -> None:
    shake = served(plain, Heard(message), Said(REJECTED4))
    assert words in shake.failed


def test_socks4_cannot_say_a_password() -> None:
    shake = served(guarded, Heard(b"\x04"), Said(REJECTED4))
    assert "password" in shake.failed


def test_tls_is_told_by_its_first_byte() -> None:
    shake = served(plain, Heard(b"\x16"), Said(b""))
    assert "TLS" in shake.failed


def test_nothing_to_say_before_the_first_byte() -> None:
    shake = plain()
    assert shake.success() == shake.failure(Failure.UPSTREAM) == b""
