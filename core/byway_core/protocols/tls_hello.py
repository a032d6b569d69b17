"""The server name in a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3).

Reads what a client says first and keeps none of it. With ECH (RFC 9849) the outer name is what
comes out: the provider's public name. Knows nothing of what the name is used for.
"""

from __future__ import annotations

from struct import Struct, error

# Of the buffer a ClientHello is looked for in. Browsers send 0.5 to 2.2 KiB (post-quantum key
# shares); resumption tickets and several large key shares reach 8. A record holds 16 KiB at most.
HELLO_LIMIT = 32 * 1024

_HANDSHAKE = 0x16
_CLIENT_HELLO = 1
_SERVER_NAME = 0
_HOST_NAME = 0
_RECORD_LIMIT = 16 * 1024

_pair = Struct(">HH").unpack_from
# Record type, major version, record length; handshake type and 24-bit length.
_opening = Struct(">BBxHBBH").unpack_from


def whole_hello(buffer: bytes | bytearray) -> bytes | None:
    """The name where the buffer begins with one record that is the whole ClientHello, as it nearly
    always does: b"" for a hello without one. None says nothing; `HelloReader` will tell."""
    if len(buffer) < 9:
        return None
    kind, major, length, message, high, low = _opening(buffer)
    if (
        kind == _HANDSHAKE
        and major == 3
        and message == _CLIENT_HELLO
        and 4 + (high << 16 | low) <= length <= _RECORD_LIMIT
        and 5 + length <= len(buffer)
    ):
        return server_name(buffer, 5)
    return None


class HelloReader:
    """Finds the name in a buffer that grows; `look` costs nothing until enough has come.

    `name` is the raw server name once `look` says True, b"" where the hello has none.
    """

    __slots__ = ("_message", "_need", "_position", "name")

    def __init__(self) -> None:
        self.name = b""
        self._need = 5  # length of the buffer before which there is nothing new to see
        self._position = 0  # of the next record
        self._message: bytearray | None = None  # the handshake message, where records cut it

    def look(self, buffer: bytes | bytearray) -> bool | None:
        """`buffer` is everything that came so far. None: not all is here yet; False: this is no
        ClientHello; True: it has been read whole."""
        while len(buffer) >= self._need:
            start = self._position + 5
            if self._need == start:
                if not _is_record(buffer, self._position):
                    return False
                self._need = start + (buffer[start - 2] << 8 | buffer[start - 1])
                continue
            finished = self._take(buffer, start, self._need)
            if finished is not None:
                return finished
            self._position = self._need
            self._need += 5
            if self._need > HELLO_LIMIT:
                return False
        return None

    def _take(self, buffer: bytes | bytearray, start: int, end: int) -> bool | None:
        """One record's content, buffer[start:end]."""
        if self._message is None:
            whole, self.name = read_message(buffer, start, end)
            if whole is not None:
                return whole
            self._message = bytearray()
        message = self._message
        message += buffer[start:end]
        whole, self.name = read_message(message, 0, len(message))
        return whole


def read_message(message: bytes | bytearray, start: int, end: int) -> tuple[bool | None, bytes]:
    """The handshake message itself, of which message[start:end] has come; QUIC has it without
    records (RFC 9001 4.1.3). None: not all of it; False: no ClientHello; True, and the raw name,
    b"" where the hello has none."""
    if start == end:
        return None, b""
    if message[start] != _CLIENT_HELLO:
        return False, b""
    if end - start < 4:
        return None, b""
    length = 4 + _length24(message, start + 1)
    if length > HELLO_LIMIT:
        return False, b""
    if end - start < length:
        return None, b""
    name = server_name(message, start)
    return (False, b"") if name is None else (True, name)


def _is_record(buffer: bytes | bytearray, at: int) -> bool:
    """A handshake record of TLS 1.x (whatever minor version it claims) that is not empty."""
    length = buffer[at + 3] << 8 | buffer[at + 4]
    return buffer[at] == _HANDSHAKE and buffer[at + 1] == 3 and 0 < length <= _RECORD_LIMIT


def _length24(buffer: bytes | bytearray, at: int) -> int:
    return buffer[at] << 16 | buffer[at + 1] << 8 | buffer[at + 2]


def server_name(message: bytes | bytearray, start: int = 0) -> bytes | None:
    """The host name in the ClientHello message at `start`, which must be there as a whole.

    b"" where it names none; None where the message is not well-formed.
    """
    end = start + 4 + _length24(message, start + 1)
    at = start + 4 + 2 + 32  # header, legacy_version, random
    try:
        at += 1 + message[at]  # legacy_session_id
        at += 2 + (message[at] << 8 | message[at + 1])  # cipher_suites
        at += 1 + message[at]  # legacy_compression_methods
        if at == end:
            return b""  # no extensions: legal before TLS 1.3
        at += 2
        while at < end:
            kind, length = _pair(message, at)
            at += 4
            if kind == _SERVER_NAME:
                return _first_host(message, at, min(at + length, end))
            at += length
    except (IndexError, error):
        return None
    return b"" if at == end else None


def _first_host(message: bytes | bytearray, at: int, end: int) -> bytes | None:
    """The host_name of a ServerNameList, which has one entry in practice (RFC 6066 3)."""
    at += 2
    while at + 3 <= end:
        length = message[at + 1] << 8 | message[at + 2]
        if message[at] == _HOST_NAME:
            name = bytes(message[at + 3 : at + 3 + length])
            return name if at + 3 + length <= end else None
        at += 3 + length
    return None
