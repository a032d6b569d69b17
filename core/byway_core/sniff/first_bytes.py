"""The door of the room: which protocol a connection's first byte announces, and the name in it."""

from __future__ import annotations

from enum import Enum

from byway_core.model.flow import HostSource
from byway_core.protocols.host_name import normal_name
from byway_core.protocols.tls_hello import HelloReader, whole_hello
from byway_core.sniff.http_host import HttpReader, host_at_once

_TLS_HANDSHAKE = 0x16


class Verdict(Enum):
    MORE = "more"  # undecided: look again when more has come
    FOUND = "found"
    NOTHING = "nothing"  # no more bytes will change that


class Sniffer:
    """One connection's. `host` (normalised, never an address) and `source` are set once `look`
    says FOUND. Garbage is NOTHING; nothing raises."""

    __slots__ = ("_reader", "host", "source")

    def __init__(self) -> None:
        self.host = ""
        self.source = HostSource.NONE
        self._reader: HelloReader | HttpReader | None = None

    def look(self, buffer: bytes | bytearray) -> Verdict:
        """`buffer` is everything the client sent so far. What was seen is not seen again, so a
        client that sends byte by byte costs no more than its bytes. Never holds on to `buffer`."""
        reader = self._reader
        if reader is None:
            if not buffer:
                return Verdict.MORE
            first = buffer[0]
            if first == _TLS_HANDSHAKE:
                name = whole_hello(buffer)
                if name is not None:
                    return self._named(name, HostSource.SNI)
                reader = self._reader = HelloReader()
            elif 0x41 <= first <= 0x5A:  # a capital letter: an HTTP method
                name = host_at_once(buffer)
                if name is not None:
                    return self._named(name, HostSource.HTTP)
                reader = self._reader = HttpReader()
            else:
                return Verdict.NOTHING
        found = reader.look(buffer)
        if found is None:
            return Verdict.MORE
        if not found:
            return Verdict.NOTHING
        if type(reader) is HelloReader:
            return self._named(reader.name, HostSource.SNI)
        return self._named(reader.name.partition(b":")[0], HostSource.HTTP)

    def _named(self, raw: bytes | bytearray, source: HostSource) -> Verdict:
        host = normal_name(bytes(raw))
        if not host:
            return Verdict.NOTHING
        self.host = host
        self.source = source
        return Verdict.FOUND
