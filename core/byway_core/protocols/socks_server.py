"""SOCKS on Byway's own port: version 5 (RFC 1928, RFC 1929), 4 and 4a; CONNECT only.

Knows no sockets. What is kept of the client's bytes never exceeds one message (513 bytes) and what
came in one piece with it.
"""

from __future__ import annotations

from collections.abc import Callable

from byway_core.model.sentence import say
from byway_core.protocols.host_name import address_text, split_host, unmapped
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest

_CONNECT = 1
_NO_AUTHENTICATION = 0
_USERNAME_PASSWORD = 2

_GENERAL_FAILURE = 1
_COMMAND_NOT_SUPPORTED = 7
_ADDRESS_TYPE_NOT_SUPPORTED = 8
_FAILURES = {
    Failure.REJECTED: 2,
    Failure.UNREACHABLE: 4,
    Failure.REFUSED: 5,
    Failure.UPSTREAM: _GENERAL_FAILURE,
    Failure.TIMEOUT: 6,  # "TTL expired" is the nearest thing to a timeout that there is
}
_ADDRESS_LENGTH = {1: 4, 4: 16}
_NAME = 3


def _reply(code: int) -> bytes:
    # BND.ADDR 0.0.0.0 and port 0: which socket serves the tunnel is not the client's business.
    return b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00" % code


class Socks5Server:
    """Greeting, then perhaps the password, then the request."""

    __slots__ = ("_account", "_buffer", "_step", "failed", "request")

    def __init__(self, account: Account | None) -> None:
        self.request: ProxyRequest | None = None
        self.failed = ""
        self._account = account
        self._buffer = b""
        self._step: _Step = Socks5Server._greeting

    def feed(self, data: bytes) -> bytes:
        self._buffer = self._buffer + data if self._buffer else data
        replies = b""
        while not self.failed and self.request is None:
            step = self._step
            reply = step(self)
            if reply is None:
                break
            replies += reply
        return replies

    def success(self) -> bytes:
        return _reply(0)

    def failure(self, kind: Failure, reason: str) -> bytes:
        return _reply(_FAILURES[kind])

    # Each step takes its message off the buffer and returns the answer; None: not all is here.

    def _greeting(self) -> bytes | None:
        data = self._buffer
        if len(data) < 2 or len(data) < 2 + data[1]:
            return None
        methods = data[2 : 2 + data[1]]
        self._buffer = data[2 + data[1] :]
        if self._account is None and _NO_AUTHENTICATION in methods:
            self._step = Socks5Server._connect
            return b"\x05\x00"
        if _USERNAME_PASSWORD in methods:
            # Without an account too: a client that insists on its password may have its way.
            self._step = Socks5Server._password
            return b"\x05\x02"
        if self._account is not None:
            self.failed = say("the client gave no username and password")
        else:
            self.failed = say("the client offers no authentication method known here")
        return b"\x05\xff"

    def _password(self) -> bytes | None:
        data = self._buffer
        if data and data[0] != 1:
            return self._fail(say("not a SOCKS5 authentication message"), b"")
        if len(data) < 2 or len(data) < 3 + data[1]:
            return None
        middle = 2 + data[1]
        end = middle + 1 + data[middle]
        if len(data) < end:
            return None
        self._buffer = data[end:]
        if self._account and not self._account.admits(data[2:middle], data[middle + 1 : end]):
            return self._fail(say("wrong username or password"), b"\x01\x01")
        self._step = Socks5Server._connect
        return b"\x01\x00"

    def _connect(self) -> bytes | None:
        data = self._buffer
        if data and data[0] != 5:
            return self._fail(say("not a SOCKS5 request"), b"")
        if len(data) < 5:
            return None
        if data[1] != _CONNECT:
            return self._fail(say("only CONNECT is served here"), _reply(_COMMAND_NOT_SUPPORTED))
        if data[3] == _NAME:
            start, end = 5, 5 + data[4]
        elif data[3] in _ADDRESS_LENGTH:
            start, end = 4, 4 + _ADDRESS_LENGTH[data[3]]
        else:
            return self._fail(say("unknown type of address"), _reply(_ADDRESS_TYPE_NOT_SUPPORTED))
        if len(data) < end + 2:
            return None
        if data[3] == _NAME:
            host, address = split_host(data[start:end])
        else:
            host, address = "", address_text(unmapped(data[start:end]))
        port = data[end] << 8 | data[end + 1]
        if not port or not (host or address):
            return self._fail(say("not a host name, or no port"), _reply(_GENERAL_FAILURE))
        self._buffer = b""
        self.request = ProxyRequest(host, address, port, data[end + 2 :])
        return b""

    def _fail(self, why: str, reply: bytes) -> bytes:
        self.failed = why
        return reply


_Step = Callable[[Socks5Server], bytes | None]

# User id and name end with a NUL. Real user ids are logins; a name has 255 bytes at most.
_SOCKS4_TEXT_LIMIT = 255
_SOCKS4_GRANTED = b"\x00\x5a\x00\x00\x00\x00\x00\x00"
_SOCKS4_REJECTED = b"\x00\x5b\x00\x00\x00\x00\x00\x00"


class Socks4Server:
    """One message: 4, command, port, address, user id, and with 4a a name."""

    __slots__ = ("_account", "_buffer", "failed", "request")

    def __init__(self, account: Account | None) -> None:
        self.request: ProxyRequest | None = None
        self.failed = ""
        self._account = account
        self._buffer = b""

    def feed(self, data: bytes) -> bytes:
        data = self._buffer = self._buffer + data if self._buffer else data
        if self._account is not None:
            return self._fail(say("SOCKS4 cannot carry the password that is wanted here"))
        if len(data) < 8:
            return b""
        if data[1] != _CONNECT:
            return self._fail(say("only CONNECT is served here"))
        end = data.find(b"\0", 8, 8 + _SOCKS4_TEXT_LIMIT + 1)
        if end < 0:
            return self._wait(len(data) - 8)
        host, address = "", address_text(data[4:8])
        if data[4:7] == b"\0\0\0" and data[7]:  # SOCKS4a: 0.0.0.x with x not 0
            start, end = end + 1, data.find(b"\0", end + 1, end + 2 + _SOCKS4_TEXT_LIMIT)
            if end < 0:
                return self._wait(len(data) - start)
            host, address = split_host(data[start:end])
        port = data[2] << 8 | data[3]
        if not port or not (host or address):
            return self._fail(say("not a host name, or no port"))
        self._buffer = b""
        self.request = ProxyRequest(host, address, port, data[end + 1 :])
        return b""

    def success(self) -> bytes:
        return _SOCKS4_GRANTED

    def failure(self, kind: Failure, reason: str) -> bytes:
        return _SOCKS4_REJECTED

    def _wait(self, length: int) -> bytes:
        """More of a text is to come, unless what is here is too long already."""
        return self._fail(say("too long a text")) if length > _SOCKS4_TEXT_LIMIT else b""

    def _fail(self, why: str) -> bytes:
        self.failed = why
        return _SOCKS4_REJECTED
