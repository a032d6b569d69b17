"""The name in a QUIC client's first datagrams, whose Initial packets carry a TLS ClientHello."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byway_core.model.flow import HostSource
from byway_core.protocols.host_name import normal_name
from byway_core.protocols.quic_crypto import CryptoStream
from byway_core.protocols.quic_packet import Initial, initials, resembles_quic
from byway_core.protocols.tls_hello import read_message
from byway_core.sniff.first_bytes import Verdict

if TYPE_CHECKING:
    from byway_core.protocols.quic_initial import InitialKeys

# A post-quantum hello takes two datagrams, and Chrome spreads it over three at most. Whoever feeds
# this holds them back meanwhile.
MOST_DATAGRAMS = 4
# Before its first answer a client sends 14,720 bytes at most (RFC 9002 7.2): what is not told in
# these waits for one.
MOST_BYTES = 16 * 1024


class QuicSniffer:
    """One flow's. `host` (normalised, never an address) and `source` are set once `look` says
    FOUND. Garbage is NOTHING; nothing raises.

    `unread` says that this may be QUIC, and name its host in what has not come, or is not
    understood. Where it is False after NOTHING, there is no name to be had.
    """

    __slots__ = (
        "_bytes",
        "_datagrams",
        "_keyed",
        "_keys",
        "_origin",
        "_stream",
        "host",
        "source",
        "unread",
    )

    def __init__(self) -> None:
        self.host = ""
        self.source = HostSource.NONE
        self.unread = False
        self._datagrams = 0
        self._bytes = 0
        # For these version and connection id; they need not be right.
        self._keys: InitialKeys | None = None
        self._keyed: tuple[int, bytes] | None = None
        # Of these version and connection id, from the first packet on that was genuine.
        self._stream: CryptoStream | None = None
        self._origin: tuple[int, bytes] | None = None

    def look(self, datagram: bytes) -> Verdict:
        """`datagram` is the flow's next. MORE is said only of what holds a genuine Initial packet:
        nothing else is worth waiting for."""
        self._datagrams += 1
        self._bytes += len(datagram)
        if self._bytes <= MOST_BYTES:
            for packet in initials(datagram):
                verdict = self._read(datagram, packet)
                if verdict is not Verdict.MORE:
                    return verdict
            if self._stream is not None and self._datagrams < MOST_DATAGRAMS:
                return Verdict.MORE
        self.unread = self.unread or resembles_quic(datagram)
        return Verdict.NOTHING

    def _read(self, datagram: bytes, packet: Initial) -> Verdict:
        payload = self._keys_for(packet).payload(datagram, packet)
        if payload is None:
            return Verdict.MORE  # RFC 9001 5.5: as if it had not come
        stream = self._stream
        if stream is None or self._origin != packet[:2]:
            # After a Retry, or another connection: either begins its hello anew.
            stream, self._origin = CryptoStream(), packet[:2]
            self._stream, self.unread = stream, True
        orderly = stream.feed(payload)
        whole, name = read_message(stream.data, 0, len(stream.data))
        if whole:
            self.unread = False
            self.host = normal_name(name)
            self.source = HostSource.QUIC if self.host else HostSource.NONE
            return Verdict.FOUND if self.host else Verdict.NOTHING
        return Verdict.MORE if orderly and whole is None else Verdict.NOTHING

    def _keys_for(self, packet: Initial) -> InitialKeys:
        if self._keys is None or self._keyed != packet[:2]:
            from byway_core.protocols.quic_initial import InitialKeys  # its import costs: see there

            self._keys, self._keyed = InitialKeys(*packet[:2]), packet[:2]
        return self._keys
