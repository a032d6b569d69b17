"""Every client handshake against every real server, over plain blocking sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.support.origins import Origin, closed_port, echo, greeter, resetting, silent
from tests.support.servers import (
    ABSENT,
    CREDENTIALS,
    PROXIES,
    SERVERS,
    WRONG,
    Credentials,
    ProxyServer,
)

from byway_core.model.errors import BywayError, ProtocolError, Refusal, RefusedError
from byway_core.model.upstream import UpstreamKind
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.http_connect import http_connect_client
from byway_core.protocols.socks import socks5_client
from byway_core.protocols.socks4 import socks4_client, socks4a_client

DEADLINE = 20.0
SOCKS4, SOCKS4A, SOCKS5, HTTP = PROXIES
Case = tuple[str, UpstreamKind, bool]
MIHOMO: Case = ("mihomo", SOCKS5, False)
# server, protocol, whether the server is one that wants credentials
ALL: list[Case] = [
    *(("dante", kind, False) for kind in (SOCKS4, SOCKS5)),
    *(("ssh-D", kind, False) for kind in (SOCKS4, SOCKS4A, SOCKS5)),
    *(("sing-box", kind, False) for kind in PROXIES),
    *(("mihomo", kind, False) for kind in PROXIES),
    ("microsocks", SOCKS5, False),
    ("squid", HTTP, False),
    ("tinyproxy", HTTP, False),
]
WITH_CREDENTIALS: list[Case] = [
    *((name, SOCKS5, True) for name in ("dante", "microsocks", "mihomo", "sing-box")),
    *((name, HTTP, True) for name in ("mihomo", "sing-box", "squid", "tinyproxy")),
]
# These say yes before they have connected, and hang up if they cannot: the refusal shows only in
# the tunnel.
SAYS_YES_FIRST = {("sing-box", HTTP), *(("mihomo", kind) for kind in PROXIES)}
# mihomo tries for 3 s before it gives up, whatever it was asked with: once is enough.
UNREACHABLE = [case for case in ALL + WITH_CREDENTIALS if case[0] != "mihomo" or case == MIHOMO]


def _ids(case: Case) -> str:
    return f"{case[0]}-{case[1].value}" + ("-account" if case[2] else "")


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[tuple[str, bool], ProxyServer]]:
    """All of them at once: starting one takes up to 0.3 s."""
    with ExitStack() as stack:
        running: dict[tuple[str, bool], ProxyServer] = {}
        for name, kind, account in ALL + WITH_CREDENTIALS:
            if name not in ABSENT and (name, account) not in running:
                context = SERVERS[name](CREDENTIALS if account else None)
                running[name, account] = stack.enter_context(context)
            assert name in ABSENT or kind in running[name, account].kinds
        yield running


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with echo() as server:
        yield server


def handshake(
    kind: UpstreamKind, host: str, port: int, account: Credentials | None
) -> ClientHandshake:
    username, password = (account.username, account.password) if account else (None, None)
    match kind:
        case UpstreamKind.SOCKS4:
            return socks4_client(host, port, username)
        case UpstreamKind.SOCKS4A:
            return socks4a_client(host, port, username)
        case UpstreamKind.SOCKS5:
            return socks5_client(host, port, username, password)
        case UpstreamKind.HTTP:
            return http_connect_client(host, port, username, password)


def open_tunnel(
    server: ProxyServer,
    kind: UpstreamKind,
    host: str,
    port: int,
    account: Credentials | None = None,
) -> tuple[socket.socket, bytes]:
    """A tunnel, and the bytes that came with the answer. Raises what the handshake raises."""
    connection = socket.create_connection((server.host, server.port), DEADLINE)
    try:
        shake = handshake(kind, host, port, account)
        connection.sendall(shake.start())
        while not shake.done:
            data = connection.recv(65536)
            if not data:
                shake.feed_eof()
            answer = shake.feed(data)
            if answer:
                connection.sendall(answer)
    except BaseException:
        connection.close()
        raise
    return connection, shake.leftover


def read_until(connection: socket.socket, wanted: bytes, got: bytes = b"") -> None:
    while len(got) < len(wanted):
        data = connection.recv(65536)
        assert data, f"closed after {got!r}"
        got += data
    assert got == wanted


@pytest.mark.parametrize("case", ALL + WITH_CREDENTIALS, ids=_ids)
def test_tunnel(case: Case, servers: dict[tuple[str, bool], ProxyServer], origin: Origin) -> None:
    name, kind, account = case
    credentials = CREDENTIALS if account else None
    server = servers[name, account]
    connection, early = open_tunnel(server, kind, origin.host, origin.port, credentials)
    with connection:
        connection.sendall(b"through the tunnel")
        read_until(connection, b"through the tunnel", early)


@pytest.mark.parametrize(
    "case", [case for case in ALL + WITH_CREDENTIALS if case[1] is not SOCKS4], ids=_ids
)
def test_by_name(case: Case, servers: dict[tuple[str, bool], ProxyServer]) -> None:
    name, kind, account = case
    credentials = CREDENTIALS if account else None
    with echo("127.0.0.1") as here:
        connection, early = open_tunnel(
            servers[name, account], kind, "localhost", here.port, credentials
        )
        with connection:
            connection.sendall(b"by name")
            read_until(connection, b"by name", early)


@pytest.mark.parametrize("case", [case for case in ALL if case[1] in (SOCKS5, HTTP)], ids=_ids)
def test_ipv6_destination(case: Case, servers: dict[tuple[str, bool], ProxyServer]) -> None:
    name, kind, account = case
    with echo("::1") as here:
        connection, early = open_tunnel(servers[name, account], kind, "::1", here.port)
        with connection:
            connection.sendall(b"six")
            read_until(connection, b"six", early)


@pytest.mark.parametrize("case", ALL + WITH_CREDENTIALS, ids=_ids)
def test_bytes_that_come_with_the_answer_are_kept(
    case: Case, servers: dict[tuple[str, bool], ProxyServer]
) -> None:
    name, kind, account = case
    credentials = CREDENTIALS if account else None
    greeting = b"220 speaks first\r\n" * 100
    with greeter(greeting) as here:
        connection, early = open_tunnel(
            servers[name, account], kind, here.host, here.port, credentials
        )
        with connection:
            read_until(connection, greeting, early)


@pytest.mark.parametrize("case", WITH_CREDENTIALS, ids=_ids)
@pytest.mark.parametrize("given", [WRONG, None], ids=["wrong", "none"])
def test_without_the_right_credentials(
    case: Case,
    given: Credentials | None,
    servers: dict[tuple[str, bool], ProxyServer],
    origin: Origin,
) -> None:
    name, kind, account = case
    with pytest.raises(RefusedError) as caught:
        open_tunnel(servers[name, account], kind, origin.host, origin.port, given)
    if given and name == "mihomo" and kind is HTTP:
        assert caught.value.kind is Refusal.FORBIDDEN  # it says 403 for a wrong password
        assert "password is wrong" in str(caught.value)
        return
    assert caught.value.kind is Refusal.AUTHENTICATION
    wanted = "authentication refused" if given else "wants a username and password"
    assert wanted in str(caught.value)


@pytest.mark.parametrize("case", UNREACHABLE, ids=_ids)
def test_unreachable_destination(case: Case, servers: dict[tuple[str, bool], ProxyServer]) -> None:
    name, kind, account = case
    credentials = CREDENTIALS if account else None
    with closed_port() as nobody:
        if (name, kind) in SAYS_YES_FIRST:
            connection, early = open_tunnel(
                servers[name, account], kind, nobody.host, nobody.port, credentials
            )
            with connection:
                assert early == b""
                assert _is_closed(connection)
            return
        with pytest.raises(RefusedError) as caught:
            open_tunnel(servers[name, account], kind, nobody.host, nobody.port, credentials)
    assert caught.value.kind in (Refusal.UNREACHABLE, Refusal.FAILED), str(caught.value)


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("kind", PROXIES, ids=lambda kind: kind.value)
def test_server_that_hangs_up_without_a_word(kind: UpstreamKind) -> None:
    with silent() as here:
        server = ProxyServer("silent", (kind,), here.host, here.port, 0)
        connection = socket.create_connection((server.host, server.port), DEADLINE)
        with connection:
            shake = handshake(kind, "127.0.0.1", 80, None)
            connection.sendall(shake.start())
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""
            with pytest.raises(RefusedError, match="without an answer"):
                shake.feed_eof()


# What the profile says, what the server is, and what the user reads then. (squid and tinyproxy say
# nothing to SOCKS: they wait for the rest of a request, until the relay's patience ends.)
MIXED_UP = [
    (SOCKS4A, "microsocks", "answered like a SOCKS5 server"),
    (SOCKS4A, "dante", "understands SOCKS4 but not 4a"),
    (HTTP, "microsocks", "answered like a SOCKS5 server"),
    (HTTP, "dante", "without an answer: is it an HTTP proxy"),
    (HTTP, "ssh-D", "without an answer: is it an HTTP proxy"),
]


@pytest.mark.parametrize(
    ("kind", "name", "words"), MIXED_UP, ids=[f"{case[0].value}-to-{case[1]}" for case in MIXED_UP]
)
def test_wrong_kind_of_server(
    kind: UpstreamKind,
    name: str,
    words: str,
    servers: dict[tuple[str, bool], ProxyServer],
    origin: Origin,
) -> None:
    with pytest.raises(BywayError, match=words):
        open_tunnel(servers[name, False], kind, "localhost", origin.port)


@pytest.mark.parametrize("kind", [SOCKS4A, SOCKS5, HTTP], ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("greeting", "what"),
    [(b"SSH-2.0-OpenSSH_9.2p1\r\n", "an SSH server"), (b"220 mx ESMTP\r\n", "a mail or FTP")],
    ids=["ssh", "smtp"],
)
def test_port_of_another_trade(kind: UpstreamKind, greeting: bytes, what: str) -> None:
    with greeter(greeting) as here:
        server = ProxyServer("other", (kind,), here.host, here.port, 0)
        with pytest.raises(ProtocolError, match=what):
            open_tunnel(server, kind, "example.com", 443)


@pytest.mark.parametrize("kind", PROXIES, ids=lambda kind: kind.value)
def test_dead_server(kind: UpstreamKind) -> None:
    with closed_port() as nobody:
        server = ProxyServer("dead", (kind,), nobody.host, nobody.port, 0)
        with pytest.raises(ConnectionRefusedError):
            open_tunnel(server, kind, "127.0.0.1", 80)


@pytest.mark.parametrize("kind", PROXIES, ids=lambda kind: kind.value)
def test_server_that_resets(kind: UpstreamKind) -> None:
    with resetting() as here:
        server = ProxyServer("resetting", (kind,), here.host, here.port, 0)
        with pytest.raises(ConnectionResetError):
            open_tunnel(server, kind, "127.0.0.1", 80)
