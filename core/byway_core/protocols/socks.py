"""SOCKS toward an upstream: version 5 (RFC 1928, RFC 1929), 4, and 4a.

Names go to the server as names: nothing is ever resolved here. Knows no sockets; one object is
one handshake (see `handshake.ClientHandshake`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.model.sentence import say
from byway_core.protocols.foreign import not_a
from byway_core.protocols.handshake import ended
from byway_core.protocols.host_name import address_text, packed_address, split_host, unmapped

_NO_AUTHENTICATION = 0
_USERNAME_PASSWORD = 2
_NO_ACCEPTABLE_METHOD = 0xFF

_ATYP_IPV4 = 1
_ATYP_NAME = 3
_ATYP_IPV6 = 4

# RFC 1928 section 6. The numbers are the reply field; "general failure" is what many servers
# also say for a name that does not resolve.
_REPLIES: dict[int, tuple[str, Refusal]] = {
    1: (say("the server could not open the connection (general failure)"), Refusal.FAILED),
    2: (say("the server's rules forbid this destination"), Refusal.FORBIDDEN),
    3: (say("the destination's network is unreachable from the server"), Refusal.UNREACHABLE),
    4: (
        say("the destination is unreachable from the server, or its name unknown"),
        Refusal.UNREACHABLE,
    ),
    5: (say("the destination refused the server's connection"), Refusal.UNREACHABLE),
    6: (say("the destination did not answer the server in time"), Refusal.UNREACHABLE),
    7: (say("the server does not support this command"), Refusal.UNSUITABLE),
    8: (say("the server does not support this type of address"), Refusal.UNSUITABLE),
}

# The same of a request for datagrams, where there is no destination yet.
_REPLIES_TO_ASSOCIATE = _REPLIES | {
    1: (say("it gave no reason (general failure)"), Refusal.FAILED),
    2: (say("its rules forbid it"), Refusal.FORBIDDEN),
    7: (say("command not supported"), Refusal.UNSUITABLE),
}

_CONNECT = 1
# The address that our datagrams will come from, which nobody knows who has a NAT before him: RFC
# 1928 section 4 has zeros for that.
_ASSOCIATE_REQUEST = b"\x05\x03\x00\x01" + bytes(6)

_GREETING_PLAIN = b"\x05\x01\x00"
# The password is offered first: where a server takes either, the user's account is to be used.
_GREETING_PASSWORD = b"\x05\x02\x02\x00"


def socks5_client(
    host: str,
    port: int,
    username: str | None = None,
    password: str | None = None,
    *,
    pipelined: bool = False,
) -> Socks5Client:
    """A SOCKS5 CONNECT to a name (A-labels) or an address literal.

    Credentials are sent as UTF-8, 1 to 255 bytes each (RFC 1929); one alone goes with an empty
    other. RefusedError where they or the name cannot be sent.

    `pipelined`: the request goes with the greeting, a round trip earlier, for servers that are
    known to take it so (some drop what comes with a greeting). With credentials it has no effect.
    """
    return Socks5Client(_request(host, port), _credentials(username, password), pipelined)


def socks5_associate(username: str | None = None, password: str | None = None) -> Socks5Client:
    """A SOCKS5 UDP ASSOCIATE (RFC 1928 section 7); credentials as in `socks5_client`. Once it is
    done, `bound` is where the datagrams go (`socks_datagram`), for as long as the connection
    stands."""
    return Socks5Client(_ASSOCIATE_REQUEST, _credentials(username, password), pipelined=False)


def _credentials(username: str | None, password: str | None) -> bytes:
    """b"" where there are none."""
    if username is None and password is None:
        return b""
    username, password = username or "", password or ""
    # surrogateescape: from the environment, bytes that are no UTF-8 come so, and go as they came.
    user, secret = (text.encode(errors="surrogateescape") for text in (username, password))
    if len(user) > 255 or len(secret) > 255:
        raise RefusedError(
            say("SOCKS5 cannot carry a username or password longer than 255 bytes"),
            Refusal.UNSUITABLE,
        )
    return b"\x01%c%b%c%b" % (len(user), user, len(secret), secret)


def _name(host: str) -> bytes:
    try:
        name = host.encode("ascii")
    except UnicodeEncodeError:
        name = b""
    if not 0 < len(name) <= 255 or b"\0" in name:
        raise RefusedError(say("SOCKS cannot carry this host name"), Refusal.UNSUITABLE)
    return name


@lru_cache(maxsize=1024)  # a desktop talks to some hundred destinations again and again
def _request(host: str, port: int) -> bytes:
    """A CONNECT, RFC 1928 section 4."""
    packed = packed_address(host)
    if not packed:
        name = _name(host)
        return b"\x05\x01\x00\x03%c%b" % (len(name), name) + port.to_bytes(2)
    kind = _ATYP_IPV4 if len(packed) == 4 else _ATYP_IPV6
    return b"\x05\x01\x00%c%b" % (kind, packed) + port.to_bytes(2)


_Step = Callable[["Socks5Client"], bytes]


class Socks5Client:
    """A request in steps: method, then perhaps the password, then the request itself.

    What is kept of the server's bytes never exceeds one message, 262 bytes, and what came with it.
    """

    __slots__ = (
        "_bound",
        "_buffer",
        "_credentials",
        "_pipelined",
        "_request",
        "_step",
        "done",
        "leftover",
    )

    def __init__(self, request: bytes, credentials: bytes, pipelined: bool) -> None:
        self.done = False
        self.leftover = b""
        self._request = request
        self._credentials = credentials
        self._pipelined = pipelined and not credentials
        self._buffer = self._bound = b""
        # A plain function: a bound method would make each object a cycle for the collector.
        self._step: _Step = Socks5Client._choose_method

    @property
    def bound(self) -> tuple[str, int]:
        """The address or name in the server's reply, "" for what is neither, and the port; once
        `done`."""
        packed, port = self._bound[1:-2], int.from_bytes(self._bound[-2:])
        if self._bound[0] == _ATYP_NAME:
            name, address = split_host(packed[1:])
            return name or address, port
        return address_text(unmapped(packed)), port

    def start(self) -> bytes:
        if self._pipelined:
            return _GREETING_PLAIN + self._request
        return _GREETING_PASSWORD if self._credentials else _GREETING_PLAIN

    def feed(self, data: bytes) -> bytes:
        self._buffer = self._buffer + data if self._buffer else data
        return self._step(self)

    def _choose_method(self) -> bytes:
        reply = self._buffer
        if reply[0] != 5:
            raise ProtocolError(not_a(say("a SOCKS5 server"), reply))
        if len(reply) < 2:
            return b""
        method = reply[1]
        self._buffer = reply[2:]
        if method == _NO_AUTHENTICATION:
            return self._then(Socks5Client._read_reply, b"" if self._pipelined else self._request)
        if method == _USERNAME_PASSWORD and self._credentials:
            return self._then(Socks5Client._read_verdict, self._credentials)
        if method != _NO_ACCEPTABLE_METHOD and method != _USERNAME_PASSWORD:
            raise ProtocolError(
                say(
                    "the server chose an authentication method ({method}) not offered",
                    method=method,
                )
            )
        if self._credentials:
            message = say("the server accepts neither a username and password nor their absence")
        else:
            message = say("the server wants a username and password")
        raise RefusedError(message, Refusal.AUTHENTICATION)

    def _read_verdict(self) -> bytes:
        reply = self._buffer
        if len(reply) < 2:
            return b""
        # RFC 1929 has version 1 here; some servers send 5, and only the status has a meaning.
        if reply[1] != 0:
            raise RefusedError(
                say(
                    "authentication refused: the server does not accept this username and password"
                ),
                Refusal.AUTHENTICATION,
            )
        self._buffer = reply[2:]
        return self._then(Socks5Client._read_reply, self._request)

    def _read_reply(self) -> bytes:
        reply = self._buffer
        if reply[0] != 5:
            raise ProtocolError(not_a(say("a SOCKS5 server"), reply))
        if len(reply) < 2:
            return b""
        if reply[1] != 0:  # said before the rest is here: servers in a hurry cut failures short
            replies = _REPLIES if self._request[1] == _CONNECT else _REPLIES_TO_ASSOCIATE
            message, kind = replies.get(
                reply[1],
                (
                    say("the server gave an unknown failure code ({code})", code=reply[1]),
                    Refusal.FAILED,
                ),
            )
            raise RefusedError(message, kind)
        if len(reply) < 5:
            return b""
        end = _reply_length(reply[3], reply[4])
        if len(reply) >= end:
            self._bound = reply[3:end]
            self.leftover = reply[end:]
            self._buffer = b""
            self.done = True
        return b""

    def _then(self, step: _Step, send: bytes) -> bytes:
        """Go on to `step` with what is left of the buffer, after sending `send`."""
        self._step = step
        return send + step(self) if self._buffer else send

    def feed_eof(self, *, reset: bool = False) -> NoReturn:
        did = ended(say("the server"), reset)
        if self._buffer:
            message = say("{did} in the middle of its answer", did=did)
        elif self._step is Socks5Client._choose_method:
            message = say("{did} without an answer: is it a SOCKS5 server?", did=did)
        elif self._step is Socks5Client._read_verdict:
            message = say("{did} on being given the username and password", did=did)
            raise RefusedError(message, Refusal.AUTHENTICATION)
        elif self._request[1] == _CONNECT:
            message = say("{did} instead of opening one to the destination", did=did)
        else:  # ssh -D says so that it takes none
            message = say("{did} when it was asked to", did=did)
            raise RefusedError(message, Refusal.UNSUITABLE)
        raise RefusedError(message)


def _reply_length(atyp: int, first: int) -> int:
    """How long a reply is, by its ATYP and the byte after that (a name's length)."""
    if atyp == _ATYP_IPV4:
        return 10
    if atyp == _ATYP_NAME:
        return 7 + first
    if atyp == _ATYP_IPV6:
        return 22
    raise ProtocolError(
        say("the server's answer has an unknown type of address ({atyp})", atyp=atyp)
    )
