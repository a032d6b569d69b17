"""SOCKS4 and 4a toward an upstream. There is no RFC: Ying-Da Lee's SOCKS4.protocol (1996) and
SOCKS4A.protocol are the texts. 4 carries IPv4 addresses only, 4a carries names too.

Knows no sockets; one object is one handshake (see `handshake.ClientHandshake`).
"""

from __future__ import annotations

from typing import NoReturn

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.model.sentence import say
from byway_core.protocols.foreign import not_a
from byway_core.protocols.handshake import ended
from byway_core.protocols.host_name import packed_address

_REPLY_LENGTH = 8
_GRANTED = 90
_REJECTED = 91
_REPLIES: dict[int, tuple[str, Refusal]] = {
    _REJECTED: (
        say("the server refused: the destination is unreachable, or its rules forbid it"),
        Refusal.UNREACHABLE,
    ),
    92: (
        say("the server wants an identd on this machine, and reached none"),
        Refusal.AUTHENTICATION,
    ),
    93: (say("authentication refused: identd and the user id differ"), Refusal.AUTHENTICATION),
}
# An address 0.0.0.x with x not 0 says that a name follows the user id.
_NAME_FOLLOWS = b"\0\0\0\x01"


def socks4_client(host: str, port: int, userid: str | None = None) -> Socks4Client:
    """A SOCKS4 CONNECT to an IPv4 literal. RefusedError for a name or an IPv6 address."""
    packed = packed_address(host)
    if len(packed) == 16:
        _refuse_ipv6()
    if not packed:
        raise RefusedError(
            say(
                "SOCKS4 cannot carry a name ({host}): if the server understands SOCKS4a, set "
                'the upstream\'s type to "socks4a"',
                host=host,
            ),
            Refusal.UNSUITABLE,
        )
    return Socks4Client(_request(packed, port, userid) + b"\0")


def socks4a_client(host: str, port: int, userid: str | None = None) -> Socks4Client:
    """A SOCKS4a CONNECT to a name (A-labels) or an IPv4 literal. RefusedError for IPv6."""
    packed = packed_address(host)
    if len(packed) == 16:
        _refuse_ipv6()
    if packed:
        return Socks4Client(_request(packed, port, userid) + b"\0")
    if not host.isascii() or not 0 < len(host) <= 255 or "\0" in host:
        raise RefusedError(say("SOCKS4a cannot carry this host name"), Refusal.UNSUITABLE)
    request = _request(_NAME_FOLLOWS, port, userid)
    return Socks4Client(b"%b\0%b\0" % (request, host.encode("ascii")), with_name=True)


def _refuse_ipv6() -> NoReturn:
    raise RefusedError(
        say("SOCKS4 cannot carry an IPv6 address: use a SOCKS5 or HTTP upstream"),
        Refusal.UNSUITABLE,
    )


def _request(packed: bytes, port: int, userid: str | None) -> bytes:
    user = (userid or "").encode(errors="surrogateescape")
    if b"\0" in user or len(user) > 255:
        raise RefusedError(say("SOCKS4 cannot carry this user id"), Refusal.UNSUITABLE)
    return b"\x04\x01%b%b%b" % (port.to_bytes(2), packed, user)


class Socks4Client:
    """One message there, one back."""

    __slots__ = ("_buffer", "_message", "_with_name", "done", "leftover")

    def __init__(self, message: bytes, *, with_name: bool = False) -> None:
        self.done = False
        self.leftover = b""
        self._message = message
        self._with_name = with_name
        self._buffer = b""

    def start(self) -> bytes:
        return self._message

    def feed(self, data: bytes) -> bytes:
        reply = self._buffer = self._buffer + data if self._buffer else data
        if reply[0] != 0:
            raise ProtocolError(not_a(say("a SOCKS4 server"), reply))
        if len(reply) < 2:
            return b""
        if reply[1] != _GRANTED:
            if reply[1] not in _REPLIES:
                raise ProtocolError(not_a(say("a SOCKS4 server"), reply))
            message, kind = _REPLIES[reply[1]]
            if reply[1] == _REJECTED and self._with_name:
                message = say("{message}, or it understands SOCKS4 but not 4a", message=message)
            raise RefusedError(message, kind)
        if len(reply) >= _REPLY_LENGTH:
            self.leftover = reply[_REPLY_LENGTH:]
            self._buffer = b""
            self.done = True
        return b""

    def feed_eof(self, *, reset: bool = False) -> NoReturn:
        if self._buffer:
            raise RefusedError(
                say("{did} in the middle of its answer", did=ended(say("the server"), reset))
            )
        raise RefusedError(
            say(
                "{did} without an answer: it is no SOCKS4 server, or will not "
                "reach this destination",
                did=ended(say("the server"), reset),
            )
        )
