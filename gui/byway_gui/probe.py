"""One test of an upstream: how long it takes to it and through it, or why it cannot be used.

A client of its own, PySocks for SOCKS and a few lines for HTTP, and not the engine's: a second
reading of the protocols tells a wrong server from a fault of ours. No Qt, and it blocks: for a
thread.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache

import socks  # type: ignore[import-untyped]

from byway_core.api import client_context
from byway_core.model.upstream import Upstream, UpstreamKind

_tls_context = cache(client_context)  # reading them takes 20 ms

# Seconds for all of it; who waits longer for a page has gone elsewhere.
LIMIT = 5.0
_HTTPS = 443
# Of an HTTP proxy's answer. http.client takes as much of each further line.
_MAX_LINE = 65_536
# PySocks writes the lengths of longer ones in two bytes, where RFC 1929 has one.
_MAX_FIELD = 127


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for through the upstream. `host` is a name or an address without brackets."""

    host: str
    port: int


class Failure(Enum):
    """Why the upstream cannot be used, by how far it came."""

    UNKNOWN_NAME = "unknown name"  # nobody knows the upstream's name
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FOREIGN = "foreign"  # what answers there is no such server
    HUNG_UP = "hung up"  # some servers do where they cannot reach the target
    MUTE = "mute"  # it takes the connection and says nothing
    PASSWORD = "password"  # noqa: S105 - it is wrong, or one is wanted
    LONG_PASSWORD = "long password"  # noqa: S105 - longer than this test can send
    FORBIDDEN = "forbidden"  # the upstream does not let one to the target
    TARGET = "target"  # the upstream cannot reach the target
    TARGET_NAME = "target name"  # SOCKS4 carries no names, and this machine does not know it
    TARGET_CLOSED = "target closed"  # it said yes, and hung up
    TARGET_MUTE = "target mute"  # it said yes, and nothing came
    SECRET = "secret"  # noqa: S105 - the password cannot be had


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds to the upstream (a TCP connection) and through it (till the target's first answer),
    None where it did not come that far; `detail` is the server's own word on a failure. `way` is
    where an engine sent it that has this computer's traffic, a target's name, else ""."""

    failure: Failure | None = None
    connected: float | None = None
    answered: float | None = None
    detail: str = ""
    way: str = ""


class _Failed(Exception):
    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(failure)
        self.failure = failure
        self.detail = detail


def probe(upstream: Upstream, password: str | None, target: Target) -> Outcome:
    """Connect to the upstream, then through it to the target. A service is only connected to: it
    is told no target."""
    end = time.monotonic() + LIMIT
    connected = None
    try:
        address, connected = _connect(upstream, end)
        if upstream.kind is UpstreamKind.SERVICE:
            return Outcome(connected=connected)
        context = _tls_context()  # reads the machine's certificates: not the upstream's time
        begun = time.monotonic()
        with _tunnel(upstream, password, address, target, end) as tunnel:
            _first_answer(tunnel, target, context, end)
        return Outcome(connected=connected, answered=time.monotonic() - begun)
    except _Failed as failed:
        return Outcome(failed.failure, connected, detail=failed.detail)


def _connect(upstream: Upstream, end: float) -> tuple[tuple[str, int], float]:
    """Where the upstream is, and how long a connection to it takes. It is closed again: PySocks
    makes its own, and does not tell how long the first step took."""
    try:
        found = socket.getaddrinfo(upstream.server, upstream.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Failed(Failure.UNKNOWN_NAME) from error
    failed = _Failed(Failure.UNREACHABLE)
    for each in found:
        address, begun = (str(each[4][0]), upstream.port), time.monotonic()
        try:
            with socket.create_connection(address, timeout=_left(end, Failure.TIMEOUT)):
                return address, time.monotonic() - begun
        except TimeoutError:
            failed = _Failed(Failure.TIMEOUT)
        except ConnectionRefusedError:
            failed = _Failed(Failure.REFUSED)
        except OSError as error:
            failed = _Failed(Failure.UNREACHABLE, error.strerror or "")
    raise failed


def _left(end: float, failure: Failure) -> float:
    """Seconds until `end`; _Failed where there are none."""
    left = end - time.monotonic()
    if left <= 0:
        raise _Failed(failure)
    return left


@contextmanager
def _tunnel(
    upstream: Upstream, password: str | None, address: tuple[str, int], target: Target, end: float
) -> Iterator[socket.socket]:
    """A connection through the upstream to the target."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    sock = socks.socksocket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(_left(end, Failure.MUTE))
        if upstream.kind is UpstreamKind.HTTP:
            sock.connect(address)  # without a proxy set it is a plain socket
            _ask_http(sock, upstream, password, target)
        else:
            _ask_socks(sock, upstream, password, address, target)
        yield sock
    except TimeoutError as error:
        raise _Failed(Failure.MUTE) from error
    except OSError as error:
        raise _Failed(Failure.HUNG_UP, error.strerror or "") from error
    finally:
        sock.close()


def _ask_http(
    sock: socket.socket, upstream: Upstream, password: str | None, target: Target
) -> None:
    """RFC 9110, 9.3.6. PySocks reads the first line only, through a buffer: what is left of the
    head would be taken for the target's answer."""
    host = f"[{target.host}]" if ":" in target.host else target.host.encode("idna").decode()
    head = [f"CONNECT {host}:{target.port} HTTP/1.1", f"Host: {host}:{target.port}"]
    if upstream.username is not None:
        account = b64encode(f"{upstream.username}:{password or ''}".encode()).decode()
        head.append(f"Proxy-Authorization: Basic {account}")
    sock.sendall("\r\n".join([*head, "", ""]).encode())
    with sock.makefile("rb", buffering=0) as answer:
        line = answer.readline(_MAX_LINE)
        if not line:
            raise _Failed(Failure.HUNG_UP)
        version, _, status = line.partition(b" ")
        if not version.startswith(b"HTTP/") or not status[:3].isdigit():
            raise _Failed(Failure.FOREIGN)
        try:
            http.client.parse_headers(answer)
        except http.client.HTTPException as error:
            raise _Failed(Failure.FOREIGN) from error
    code = int(status[:3])
    if not 200 <= code < 300:
        raise _Failed(_HTTP_FAILURES.get(code, Failure.TARGET), status.decode("latin-1").strip())


_HTTP_FAILURES = {
    407: Failure.PASSWORD,
    401: Failure.PASSWORD,
    403: Failure.FORBIDDEN,
    # A web server that knows no CONNECT.
    400: Failure.FOREIGN,
    404: Failure.FOREIGN,
    405: Failure.FOREIGN,
    501: Failure.FOREIGN,
}
_SOCKS_KINDS = {
    UpstreamKind.SOCKS4: socks.SOCKS4,
    UpstreamKind.SOCKS4A: socks.SOCKS4,
    UpstreamKind.SOCKS5: socks.SOCKS5,
}


def _ask_socks(
    sock: socks.socksocket,
    upstream: Upstream,
    password: str | None,
    address: tuple[str, int],
    target: Target,
) -> None:
    host = target.host
    if upstream.kind is UpstreamKind.SOCKS4:
        host = _ipv4(host, target.port)
    if any(len((field or "").encode()) > _MAX_FIELD for field in (upstream.username, password)):
        raise _Failed(Failure.LONG_PASSWORD)
    sock.set_proxy(
        _SOCKS_KINDS[upstream.kind], *address, username=upstream.username, password=password
    )
    try:
        sock.connect((host, target.port))
    except OSError as error:
        raise _socks_failure(error) from error


def _ipv4(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Failed(Failure.TARGET_NAME) from error
    return str(found[0][4][0])


def _socks_failure(error: OSError) -> Exception:
    """PySocks wraps what it raises once more in a GeneralProxyError."""
    while isinstance(error, socks.ProxyError) and isinstance(error.socket_err, OSError):
        error = error.socket_err
    text = str(error)
    if isinstance(error, socks.SOCKS5AuthError):
        return _Failed(Failure.PASSWORD)
    if isinstance(error, socks.SOCKS5Error | socks.SOCKS4Error):
        code, _, words = text.partition(": ")  # "0x02: Connection not allowed by ruleset"
        return _Failed(_SOCKS_FAILURES.get(code, Failure.TARGET), words)
    if isinstance(error, socks.ProxyError):
        return _Failed(Failure.HUNG_UP if text == _HANG_UP else Failure.FOREIGN)
    return error


# PySocks has no type for it.
_HANG_UP = "Connection closed unexpectedly"
# RFC 1928, 6; the others are SOCKS4's. Whatever else they say, the target is out of reach.
_SOCKS_FAILURES = {
    "0x02": Failure.FORBIDDEN,
    "0x5c": Failure.PASSWORD,
    "0x5d": Failure.PASSWORD,
}


def _first_answer(
    tunnel: socket.socket, target: Target, context: ssl.SSLContext, end: float
) -> None:
    """Until the target says something: some proxies say yes before they know. To a TLS server its
    own greeting, and an answer of any kind is one."""
    tunnel.settimeout(_left(end, Failure.TARGET_MUTE))
    try:
        if target.port == _HTTPS:
            context.wrap_socket(tunnel, server_hostname=target.host).close()
            return
        head = f"HEAD / HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n"
        tunnel.sendall(head.encode())
        if tunnel.recv(1):
            return
    except TimeoutError as error:
        raise _Failed(Failure.TARGET_MUTE) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise _Failed(Failure.TARGET_CLOSED) from error
    except ssl.SSLError:
        return  # such as a certificate that nobody trusts: it has answered
    except OSError as error:
        raise _Failed(Failure.TARGET_CLOSED) from error
    raise _Failed(Failure.TARGET_CLOSED)
