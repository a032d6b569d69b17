"""The host that an HTTP/1 request is for (RFC 9112 3.2).

Only a request to an origin tells where its connection goes. A request to a proxy (CONNECT, or a
target in absolute form) names where the *proxy* shall go: the connection itself goes to the proxy,
and sending it to that name instead would lose the proxy. So these are no find.
"""

from __future__ import annotations

import re

# Of a head's part up to the Host line; browsers send it first, and servers refuse heads above 8
# to 64 KiB anyway.
HEAD_LIMIT = 16 * 1024

# RFC 9110 9.1 and the IANA registry: capitals and hyphens, of 17 letters at most.
_METHOD_START = re.compile(rb"[A-Z][A-Z-]{0,19}(?: |\Z)")
_REQUEST_LINE = re.compile(rb"(?!CONNECT )[A-Z][A-Z-]{0,19} [/*][^\r\n ]* HTTP/1\.[01]\r?\n")
_HOST_FIRST = re.compile(
    _REQUEST_LINE.pattern + rb"(?i:host):[ \t]*([^\r\n: \t]+)(?::[0-9]*)?[ \t]*\r?\n"
)
_HOST_LINE = re.compile(rb"\n(?:host:([^\r\n]*)\r?\n|\r?\n)", re.IGNORECASE)


def host_at_once(buffer: bytes | bytearray) -> bytes | None:
    """The Host field's name, without a port, where the buffer begins with a request to an origin
    whose first field it is, as it nearly always is. None says nothing; `HttpReader` will tell."""
    found = _HOST_FIRST.match(buffer)
    return found and found[1]


class HttpReader:
    """Finds the Host field in a buffer that grows.

    `name` is the field's raw value once `look` says True.
    """

    __slots__ = ("_line", "_seen", "name")

    def __init__(self) -> None:
        self.name = b""
        self._line = 0  # end of the last line that was read; 0: not even the request line
        self._seen = 0  # of the buffer: no line ends between `_line` and here

    def look(self, buffer: bytes | bytearray) -> bool | None:
        """`buffer` is everything that came so far. None: not all is here yet; False: no request to
        an origin, or none that names a host; True: found."""
        if buffer.find(b"\n", self._seen) < 0:
            self._seen = len(buffer)
            plausible = self._line or _METHOD_START.match(buffer)
            return None if plausible and len(buffer) <= HEAD_LIMIT else False
        if self._line == 0:
            line = _REQUEST_LINE.match(buffer)
            if line is None:
                return False
            self._line = line.end() - 1
        found = _HOST_LINE.search(buffer, self._line)
        if found is not None:
            self.name = (found[1] or b"").strip(b" \t")
            return found[1] is not None
        self._line = buffer.rfind(b"\n")
        self._seen = len(buffer)
        return None if len(buffer) <= HEAD_LIMIT else False
