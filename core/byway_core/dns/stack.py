"""What lies on a connection to a DNS server, from the wire up: an upstream's handshake, TLS, and
what carries the questions. Sans-IO: bytes in, answers and bytes to send out.
"""

from __future__ import annotations

from typing import Protocol

from byway_core.dns.tls_session import TlsSession
from byway_core.model.decision import Query
from byway_core.model.profile import STANDARD_PORTS, Nameserver, Transport
from byway_core.model.sentence import say
from byway_core.protocols.dns_message import parse_query
from byway_core.protocols.dns_over_stream import Carrier, LengthFramed, Reply
from byway_core.protocols.dns_padding import padded
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.host_name import authority


class Tunnel(Protocol):
    """An upstream, as `upstreams.Gateway` is one. `described` names it in sentences."""

    @property
    def server(self) -> tuple[str, int]: ...

    @property
    def described(self) -> str: ...

    def handshake(self, query: Query) -> ClientHandshake | None:
        """See `Gateway.handshake`."""


class Stack:
    """For one connection. `is_open`: questions may be asked. Every method may raise ProtocolError,
    RefusedError or OSError, whose text is for people; then the connection is of no use any more."""

    def __init__(self, nameserver: Nameserver, tunnel: Tunnel | None) -> None:
        self.is_open = False
        self._nameserver = nameserver
        self._tunnel = tunnel
        self._handshake: ClientHandshake | None = None
        self._tls: TlsSession | None = None
        self._carrier = _carrier_of(nameserver)

    def start(self) -> bytes:
        """The first bytes to send, once the connection stands."""
        if self._tunnel is None:
            return self._secure()
        nameserver = self._nameserver
        # Where there is a name, it is the upstream that looks it up.
        query = Query(nameserver.host, nameserver.address, nameserver.port)
        self._handshake = self._tunnel.handshake(query)
        if self._handshake is None:
            raise ConnectionRefusedError(say("a service leads to no DNS server"))
        return self._handshake.start()

    def ask(self, number: int, query: bytes) -> bytes:
        """See `Carrier.ask`. Where it is encrypted, its length tells little either; an answer comes
        as it answers that (`dns_padding.unpadded`)."""
        if self._tls is not None:
            query = padded(query, parse_query(query))
        return self._wrapped(self._carrier.ask(number, query))

    def forget(self, number: int) -> None:
        self._carrier.forget(number)

    def feed(self, data: bytes) -> tuple[list[Reply], bytes]:
        """The answers in what the other side sent, and what to send now."""
        out = b""
        if self._handshake is not None:
            out = self._handshake.feed(data)
            if not self._handshake.done:
                return [], out
            data, self._handshake = self._handshake.leftover, None
            out += self._secure()
        if self._tls is not None:
            data, words = self._tls.feed(data)
            out += words
            if self._tls.established and not self.is_open:
                out += self._begin()
        replies: list[Reply] = []
        if data:
            replies, words = self._carrier.feed(data)
            out += self._wrapped(words)
        return replies, out

    def feed_eof(self) -> None:
        """The other side has closed: raises why, as far as that is known."""
        if self._handshake is not None:
            self._handshake.feed_eof()
        raise ConnectionResetError(say("closed without an answer"))

    @property
    def has_ended(self) -> bool:
        """Whether the other side has said, within TLS, that no more comes."""
        return self._tls is not None and self._tls.ended

    def _secure(self) -> bytes:
        nameserver = self._nameserver
        if nameserver.transport is Transport.TCP:
            return self._begin()
        protocol = "h2" if nameserver.transport is Transport.HTTPS else ""
        self._tls = TlsSession(nameserver.host or str(nameserver.address), protocol)
        return self._tls.start()

    def _begin(self) -> bytes:
        self.is_open = True
        return self._wrapped(self._carrier.start())

    def _wrapped(self, data: bytes) -> bytes:
        return data if self._tls is None or not data else self._tls.wrap(data)


def _carrier_of(nameserver: Nameserver) -> Carrier:
    if nameserver.transport is not Transport.HTTPS:
        return LengthFramed()
    # 25 ms and 3 MB, for those who use it.
    from byway_core.protocols.dns_over_https import Http2Carrier

    host, port = nameserver.host or str(nameserver.address), nameserver.port
    named = authority(host, port)
    if port == STANDARD_PORTS[Transport.HTTPS]:
        named = named.removesuffix(f":{port}")
    return Http2Carrier(named, nameserver.path)
