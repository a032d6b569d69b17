"""HTTP/1 on Byway's own port: CONNECT, and requests in absolute form (RFC 9112 3.2.2).

One request a connection. One in absolute form is rewritten for its origin, told to close, and its
body streams through unread; so whatever follows can only reach that same origin, and nothing can
be smuggled past a rule. A head that two readers could understand differently is refused.
Knows no sockets.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64

from byway_core.model.sentence import say
from byway_core.protocols.host_name import authority, split_authority, split_host
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest

# A request's head. Browsers' cookies reach 8 KiB a host; servers refuse at 8 to 64 KiB.
_HEAD_LIMIT = 64 * 1024

_HEAD_END = re.compile(rb"\n\r?\n")
_REQUEST_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) ([\x21-\x7e\x80-\xff]+) HTTP/([0-9])\.([0-9])"
)
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")
_ABSOLUTE = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)")

# Meant for this hop (RFC 9110 7.6.1) or replaced. Transfer-Encoding and Trailer stay, for the body
# goes through as it is.
_DROPPED = frozenset(
    (b"connection", b"host", b"http2-settings", b"keep-alive", b"te", b"upgrade"),
)
# What a Connection field may name without effect: these decide where a request begins and ends.
_KEPT = frozenset((b"content-length", b"trailer", b"transfer-encoding"))

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_CHALLENGE = b'Proxy-Authenticate: Basic realm="Byway", charset="UTF-8"\r\n'
_FAILURES = {
    Failure.REJECTED: b"403 Forbidden",
    Failure.UNREACHABLE: b"502 Bad Gateway",
    Failure.REFUSED: b"502 Bad Gateway",
    Failure.UPSTREAM: b"502 Bad Gateway",
    Failure.TIMEOUT: b"504 Gateway Timeout",
}

_Fields = list[tuple[bytes, bytes, bytes]]  # name in lower case, name as written, value


class _Bad(Exception):
    """A request that is refused: the status line's end, and a sentence for a person."""

    def __init__(self, status: bytes, text: str, extra: bytes = b"") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.extra = extra


class HttpServer:
    """One request's head, and what came with it."""

    __slots__ = ("_account", "_buffer", "_connect", "_head_only", "_seen", "failed", "request")

    def __init__(self, account: Account | None) -> None:
        self.request: ProxyRequest | None = None
        self.failed = ""
        self._account = account
        self._buffer = bytearray()
        self._seen = 0  # of the buffer: the head does not end before
        self._connect = False
        self._head_only = False

    def feed(self, data: bytes) -> bytes:
        buffer = self._buffer
        buffer += data
        try:
            end = _HEAD_END.search(buffer, self._seen)
            self._seen = max(0, len(buffer) - 2)
            if (end.end() if end else len(buffer)) > _HEAD_LIMIT:
                raise _Bad(b"431 Request Header Fields Too Large", say("the request is too long"))
            if end is not None:
                self._buffer = bytearray()
                self._read(bytes(buffer[: end.end()]), bytes(buffer[end.end() :]))
        except _Bad as bad:
            self.failed = bad.text
            return self._page(bad.status, bad.text, bad.extra)
        return b""

    def success(self) -> bytes:
        return _ESTABLISHED if self._connect else b""

    def failure(self, kind: Failure, reason: str) -> bytes:
        return self._page(_FAILURES[kind], reason or kind.value)

    def _page(self, status: bytes, text: str, extra: bytes = b"") -> bytes:
        body = f"Byway: {text}\n".encode()
        return (
            b"HTTP/1.1 %b\r\n%bContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n%b"
        ) % (status, extra, len(body), b"" if self._head_only else body)

    def _read(self, head: bytes, rest: bytes) -> None:
        lines = head.removeprefix(b"\r\n").split(b"\r\n")
        first = _REQUEST_LINE.fullmatch(lines[0])
        if first is None or lines[-2:] != [b"", b""]:
            raise _Bad(b"400 Bad Request", say("this is no HTTP request"))
        method, target, major, minor = first.groups()
        self._head_only = method == b"HEAD"
        if major != b"1":
            raise _Bad(b"505 HTTP Version Not Supported", say("only HTTP/1 is spoken here"))
        fields = [_field(line) for line in lines[1:-2]]
        self._authenticate(fields)
        if method == b"CONNECT":
            self._connect = True
            host, address, port = _destination(target)
            self.request = ProxyRequest(host, address, port, rest)
        else:
            self.request = _rewritten(method, target, minor, fields, rest)

    def _authenticate(self, fields: _Fields) -> None:
        if self._account is None:
            return
        for lower, _, value in fields:
            if lower == b"proxy-authorization":
                username, password = _basic(value)
                if self._account.admits(username, password):
                    return
                text = say("wrong username or password")
                break
        else:
            text = say("a username and password are needed here")
        raise _Bad(b"407 Proxy Authentication Required", text, _CHALLENGE)


def _field(line: bytes) -> tuple[bytes, bytes, bytes]:
    match = _FIELD.fullmatch(line)
    if match is None:  # folded lines, spaces before the colon, bare CR or LF: RFC 9112 5
        raise _Bad(b"400 Bad Request", say("a header field is malformed"))
    name, value = match.groups()
    return name.lower(), name, value.rstrip(b" \t")


def _basic(value: bytes) -> tuple[bytes, bytes]:
    """User name and password of Basic credentials (RFC 7617 2), empty where they are malformed."""
    scheme, _, encoded = value.partition(b" ")
    try:
        pair = a2b_base64(encoded.strip(b" "), strict_mode=True)
    except Base64Error:
        pair = b""
    username, _, password = pair.partition(b":")
    return (username, password) if scheme.lower() == b"basic" else (b"", b"")


def _destination(target: bytes, default_port: int = 0) -> tuple[str, str, int]:
    """Host name, address text and port that an authority names."""
    parts = split_authority(target)
    if parts is not None:
        host, address = split_host(parts[0])
        port = parts[1] or default_port
        if port and (host or address):
            return host, address, port
    raise _Bad(b"400 Bad Request", say("the request names no valid host and port"))


def _rewritten(
    method: bytes, target: bytes, minor: bytes, fields: _Fields, rest: bytes
) -> ProxyRequest:
    """A request in absolute form, made ready for its origin (RFC 9112 3.2.1)."""
    match = _ABSOLUTE.fullmatch(target)
    if match is None:
        raise _Bad(b"400 Bad Request", say("this is a proxy port, not a web server"))
    scheme, where, path = match.groups()
    if scheme.lower() != b"http":
        raise _Bad(b"400 Bad Request", say("only http:// is served so; for others use CONNECT"))
    host, address, port = _destination(where, 80)
    if not path.startswith(b"/"):
        path = b"*" if method == b"OPTIONS" and not path else b"/" + path
    _check_framing(fields, minor)
    # RFC 9112 3.2.2: the target's host replaces what the Host field says.
    origin = authority(host or address, port).removesuffix(":80").encode("ascii")
    lines = [b"%b %b HTTP/1.%b" % (method, path, minor), b"Host: " + origin]
    dropped = _DROPPED | _named_by_connection(fields)
    lines += [
        b"%b: %b" % (name, value)
        for lower, name, value in fields
        if lower not in dropped and not lower.startswith(b"proxy-")
    ]
    lines += [b"Connection: close", b"", b""]
    return ProxyRequest(host, address, port, b"\r\n".join(lines) + rest)


def _named_by_connection(fields: _Fields) -> set[bytes]:
    named: set[bytes] = set()
    for lower, _, value in fields:
        if lower == b"connection":
            named.update(option.strip(b" \t").lower() for option in value.split(b","))
    return named - _KEPT


def _check_framing(fields: _Fields, minor: bytes) -> None:
    """Refuse a body whose end is a matter of opinion (RFC 9112 6.1 and 6.3)."""
    lengths = [value for lower, _, value in fields if lower == b"content-length"]
    codings = [value for lower, _, value in fields if lower == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1 or not all(length.isdigit() for length in lengths):
        raise _Bad(b"400 Bad Request", say("the length of the body is ambiguous"))
    if codings and (codings[0].lower() != b"chunked" or minor == b"0"):
        raise _Bad(b"400 Bad Request", say("the body's transfer coding is not understood here"))
