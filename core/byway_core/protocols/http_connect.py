"""HTTP CONNECT toward an upstream (RFC 9110 9.3.6), with Basic credentials (RFC 7617).

Knows no sockets; one object is one handshake (see `handshake.ClientHandshake`). The parser is
lenient about line ends and strict about size.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from typing import NoReturn

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.model.sentence import in_a_row, say
from byway_core.protocols.foreign import not_a
from byway_core.protocols.handshake import ended
from byway_core.protocols.host_name import authority

# All heads of one handshake together. Real ones are below 1 KiB; error pages' heads with cookies
# and policies reach 16; nginx and Apache refuse at 8 to 32, curl at 300.
_HEAD_LIMIT = 64 * 1024

_HEAD_END = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/[0-9]\.[0-9] +([1-9][0-9][0-9])(?: +([^\r\n]*))?\r?\n")
_OFFERED = re.compile(rb"\nproxy-authenticate:[ \t]*([a-z0-9_-]{1,20})", re.IGNORECASE)
_ALLOWED_EVERYWHERE = 443


def http_connect_client(
    host: str, port: int, username: str | None = None, password: str | None = None
) -> HttpConnectClient:
    """A CONNECT to a name (A-labels) or an address literal; credentials are sent unasked.

    RefusedError where the user name contains a colon, which Basic cannot carry.
    """
    target = authority(host, port)
    lines = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"
    with_credentials = username is not None or password is not None
    if with_credentials:
        lines += f"Proxy-Authorization: Basic {_basic(username or '', password or '')}\r\n"
    if not target.isascii() or not target.isprintable() or " " in target:
        raise RefusedError(say("HTTP CONNECT cannot carry this host name"), Refusal.UNSUITABLE)
    return HttpConnectClient(lines.encode("ascii") + b"\r\n", port, with_credentials)


def _basic(username: str, password: str) -> str:
    if ":" in username:
        raise RefusedError(
            say("HTTP Basic cannot carry a username with a colon in it"), Refusal.UNSUITABLE
        )
    pair = f"{username}:{password}".encode(errors="surrogateescape")
    return b2a_base64(pair, newline=False).decode("ascii")


class HttpConnectClient:
    """One request there, one or more heads back."""

    __slots__ = (
        "_buffer",
        "_message",
        "_port",
        "_seen",
        "_skipped",
        "_with_credentials",
        "done",
        "leftover",
    )

    def __init__(self, message: bytes, port: int, with_credentials: bool) -> None:
        self.done = False
        self.leftover = b""
        self._message = message
        self._port = port
        self._with_credentials = with_credentials
        self._buffer = bytearray()
        self._seen = 0  # of the buffer: no head ends before
        self._skipped = 0  # bytes of interim heads

    def start(self) -> bytes:
        return self._message

    def feed(self, data: bytes) -> bytes:
        buffer = self._buffer
        buffer += data
        if buffer[:5] != b"HTTP/"[: len(buffer)]:
            raise ProtocolError(not_a(say("an HTTP proxy"), bytes(buffer[:16])))
        while (end := _HEAD_END.search(buffer, self._seen)) is not None:
            if end.end() + self._skipped > _HEAD_LIMIT:
                break
            head = bytes(buffer[: end.end()])
            if self._opens(head):
                self.leftover = bytes(buffer[end.end() :])
                self.done = True
                self._buffer = bytearray()
                return b""
            self._skipped += len(head)
            del buffer[: end.end()]
            self._seen = 0
        if end is not None or len(buffer) + self._skipped > _HEAD_LIMIT:
            raise ProtocolError(say("the proxy's answer has a head of more than 64 KiB"))
        self._seen = max(0, len(buffer) - 2)
        return b""

    def _opens(self, head: bytes) -> bool:
        """Whether this head opens the tunnel; False for an interim one (RFC 9110 15.2).

        What a 2xx says about a body is ignored, as 9.3.6 demands: there is none.
        """
        match = _STATUS_LINE.match(head)
        if match is None:
            line = _printable(head.partition(b"\n")[0])
            raise ProtocolError(
                say("this is not an HTTP proxy: its status line is {line}", line=repr(line))
            )
        status = int(match[1])
        if 200 <= status < 300:
            return True
        if 100 <= status < 200 and status != 101:
            return False
        raise self._refusal(status, _printable(match[2] or b""), head)

    def _refusal(self, status: int, reason: str, head: bytes) -> RefusedError:
        said = f"{status} {reason}".rstrip()
        if status == 407:
            return RefusedError(self._authentication(head), Refusal.AUTHENTICATION)
        if status == 401:  # what tinyproxy says to a wrong password
            return RefusedError(self._unauthorized(said), Refusal.AUTHENTICATION)
        if status in (403, 451):
            return RefusedError(self._forbidden(said), Refusal.FORBIDDEN)
        if status in (500, 502, 503, 504):
            return RefusedError(_unreachable(status, said), Refusal.UNREACHABLE)
        if 300 <= status < 400:
            return RefusedError(
                say(
                    "the proxy sent a redirection ({said}): a login page may stand before it",
                    said=said,
                )
            )
        if status in (400, 404, 405, 501):
            no_tunnels = say(
                "the server does not open tunnels ({said}): is it an HTTP proxy?", said=said
            )
            hint = "" if self._port == _ALLOWED_EVERYWHERE else _ONLY_443
            return RefusedError(
                in_a_row([no_tunnels, hint]),
                Refusal.UNSUITABLE,
            )
        return RefusedError(say("the proxy refused ({said})", said=said))

    def _authentication(self, head: bytes) -> str:
        schemes = {scheme.lower() for scheme in _OFFERED.findall(head)}
        offered = ", ".join(sorted(map(_scheme, schemes)))
        if not self._with_credentials:
            wanted = say("the proxy wants a username and password")
            return say("{wanted} ({how})", wanted=wanted, how=offered) if offered else wanted
        if schemes and b"basic" not in schemes:
            return say(
                "authentication refused: the proxy takes {offered} only, not Basic", offered=offered
            )
        return say("authentication refused: the proxy does not accept this username and password")

    def _unauthorized(self, said: str) -> str:
        if self._with_credentials:
            return say(
                "authentication refused: the proxy does not accept this login ({said})", said=said
            )
        return say(
            "the server wants a login, but not as a proxy ({said}): is it a web server?", said=said
        )

    def _forbidden(self, said: str) -> str:
        remarks: list[str] = [say("the proxy forbids this destination ({said})", said=said)]
        if self._with_credentials:  # mihomo says 403 to a wrong password
            remarks.append(say("some say so where the username or password is wrong"))
        if self._port != _ALLOWED_EVERYWHERE:
            remarks.append(_ONLY_443)
        return in_a_row(remarks)

    def feed_eof(self, *, reset: bool = False) -> NoReturn:
        head = bytes(self._buffer[: self._buffer.rfind(b"\n") + 1])
        match = _STATUS_LINE.match(head)
        if match is not None and int(match[1]) >= 300:  # servers in a hurry cut failures short
            raise self._refusal(int(match[1]), _printable(match[2] or b""), head)
        if self._buffer or self._skipped:
            raise RefusedError(
                say("{did} in the middle of its answer", did=ended(say("the proxy"), reset))
            )
        raise RefusedError(
            say(
                "{did} without an answer: is it an HTTP proxy?",
                did=ended(say("the server"), reset),
            )
        )


_ONLY_443 = say("many HTTP proxies open tunnels to port 443 only")


def _unreachable(status: int, said: str) -> str:
    match status:
        case 502:
            return say("the proxy could not reach the destination ({said})", said=said)
        case 503:
            return say(
                "the proxy could not reach the destination, or is overloaded ({said})", said=said
            )
        case 504:
            return say("the destination did not answer the proxy in time ({said})", said=said)
    return say("the proxy could not open the connection ({said})", said=said)


def _scheme(name: bytes) -> str:
    """As people know it (RFC 9110 11.1: the case means nothing)."""
    return "NTLM" if name == b"ntlm" else name.decode("ascii").capitalize()


def _printable(reason: bytes) -> str:
    """A peer's reason phrase made harmless for a terminal, and short."""
    text = reason[:80].decode("latin-1").strip()
    return "".join(letter if letter.isprintable() else "?" for letter in text)
