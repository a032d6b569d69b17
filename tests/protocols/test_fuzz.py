"""Whatever a peer sends, a handshake raises nothing but ours, and keeps no more than its limit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.model.errors import BywayError, ProtocolError, RefusedError
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.http_connect import http_connect_client
from byway_core.protocols.mixed_server import ServerHandshake
from byway_core.protocols.proxy_request import Account, Failure
from byway_core.protocols.socks import socks5_associate, socks5_client
from byway_core.protocols.socks4 import socks4_client, socks4a_client

CLIENTS: dict[str, Callable[[], ClientHandshake]] = {
    "socks5": lambda: socks5_client("example.com", 443),
    "socks5-datagrams": socks5_associate,
    "socks5-account": lambda: socks5_client("example.com", 443, "me", "x"),
    "socks4": lambda: socks4_client("192.0.2.7", 443),
    "socks4a": lambda: socks4a_client("example.com", 443),
    "http": lambda: http_connect_client("example.com", 443),
    "http-account": lambda: http_connect_client("example.com", 443, "me", "x"),
}
# Bytes that these protocols are made of, so that fuzzing gets behind the first check.
WORDS = st.sampled_from(
    [
        *(b"\0", b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\xff", b"\x5a", b"\x5b", b"\x0b"),
        *(b"\x05\x00", b"\x05\x02", b"\x01\x00", b"\x00\x01\x7f\0\0\x01\0\x50", b"example.com"),
        *(b"HTTP/1.1 ", b"200 OK", b"100 C", b"407 A", b"\r\n", b"\n", b"\r\n\r\n", b"\r", b" "),
        *(b"CONNECT ", b"GET ", b"http://", b"a.example", b"[::1]", b":80", b"/", b"HTTP/1.0"),
        *(b"Content-Length: ", b"Transfer-Encoding: chunked", b"Host: a", b"Connection: ", b":"),
        *(b"Proxy-Authorization: Basic bWU6eA==", b"Proxy-Authenticate: NTLM", b"\xc3\xbc", b"@"),
    ]
)
PIECES = st.lists(
    st.binary(min_size=1, max_size=20)
    | WORDS
    | st.lists(WORDS, min_size=1, max_size=12).map(b"".join),
    max_size=12,
)


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
@given(pieces=PIECES)
def test_clients(make: Callable[[], ClientHandshake], pieces: list[bytes]) -> None:
    shake = make()
    assert shake.start()
    error = _fed(shake, pieces)
    if shake.done:
        assert shake.leftover in b"".join(pieces)
        return
    assert shake.leftover == b""
    if error is None:
        with pytest.raises(RefusedError):
            shake.feed_eof()
    else:
        assert str(error)
        assert str(error).isprintable()


def _fed(shake: ClientHandshake, pieces: list[bytes]) -> BywayError | None:
    try:
        for piece in pieces:
            shake.feed(piece)
            if shake.done:
                break
    except (ProtocolError, RefusedError) as error:
        return error
    return None


@pytest.mark.parametrize("account", [None, Account("me", "x")], ids=["open", "guarded"])
@given(pieces=PIECES)
def test_server(account: Account | None, pieces: list[bytes]) -> None:
    shake = ServerHandshake(account)
    for piece in pieces:
        shake.feed(piece)
        if shake.failed or shake.request:
            break
    assert not (shake.failed and shake.request)
    if shake.request:
        assert bool(shake.request.host) != bool(shake.request.address)
        assert 0 < shake.request.port <= 0xFFFF
    for kind in Failure:
        shake.failure(kind)
    shake.success()


@given(pieces=PIECES)
def test_cutting_differently_changes_nothing(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    outcomes: list[tuple[object, ...]] = []
    for cut in (pieces, [whole], [whole[at : at + 1] for at in range(len(whole))]):
        shake = ServerHandshake()
        at = 0
        for piece in cut:
            if not piece:
                continue
            shake.feed(piece)
            at += len(piece)
            if shake.failed or shake.request:
                break
        request = shake.request
        if request:  # what came early, and what has not been fed yet, is one stream
            outcomes.append(
                (request.host, request.address, request.port, request.first + whole[at:])
            )
        else:
            outcomes.append((bool(shake.failed),))
    assert outcomes[0] == outcomes[1] == outcomes[2]


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("byte", [b"\x05", b"\0", b"H", b"HTTP/1.1 200 OK\r\nX: y"])
def test_no_peer_fills_the_memory(make: Callable[[], ClientHandshake], byte: bytes) -> None:
    shake = make()
    with suppress(BywayError):
        shake.feed(byte)
        for _ in range(2000):
            shake.feed(b"y" * 100)
            if shake.done:
                return
        pytest.fail("200 kB and no verdict")
    assert _kept(shake) < 80_000  # the limit, and what a bytearray has in reserve


@pytest.mark.parametrize("start", [b"\x05\xff", b"\x04\x01\0\x50\0\0\0\x01", b"GET /", b"\xff"])
def test_no_client_fills_the_memory(start: bytes) -> None:
    shake = ServerHandshake()
    shake.feed(start)
    for _ in range(700):
        if shake.failed:
            return
        shake.feed(b"y" * 100)
    pytest.fail("70 kB and no verdict")


def _kept(shake: ClientHandshake) -> int:
    slots: tuple[str, ...] = type(shake).__slots__  # type: ignore[attr-defined]  # ours all have
    return sum(sys.getsizeof(getattr(shake, slot)) for slot in slots)
