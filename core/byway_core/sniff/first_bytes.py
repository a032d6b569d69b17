"""The door of the room: which protocol a connection's first byte announces, and the name in it."""

from __future__ import annotations

from enum import Enum

from byway_core.model.flow import HostSource
from byway_core.protocols.host_name import normal_name
from byway_core.protocols.tls_hello import HelloReader
from byway_core.sniff.http_host import HttpReader

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
                reader = self._reader = HelloReader()
            elif 0x41 <= first <= 0x5A:  # a capital letter: an HTTP method
                reader = self._reader = HttpReader()
            else:
                return Verdict.NOTHING
        found = reader.look(buffer)
        if found is None:
            return Verdict.MORE
        return self._named(reader) if found else Verdict.NOTHING

    def _named(self, reader: HelloReader | HttpReader) -> Verdict:
        name = reader.name
        if type(reader) is HelloReader:
            self.host = normal_name(name)
            self.source = HostSource.SNI
        else:
            self.host = normal_name(name.partition(b":")[0])
            self.source = HostSource.HTTP
        if self.host:
            return Verdict.FOUND
        self.source = HostSource.NONE
        return Verdict.NOTHING
