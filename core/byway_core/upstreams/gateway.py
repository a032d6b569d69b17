"""An upstream of the profile with its password at hand: what the relay dials and shakes hands with.

Pure: it makes sans-IO handshakes and knows no socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from byway_core.model.decision import Query
from byway_core.model.sentence import say
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.host_name import authority
from byway_core.protocols.http_connect import http_connect_client
from byway_core.protocols.socks import Socks5Client, socks5_associate, socks5_client
from byway_core.protocols.socks4 import socks4_client, socks4a_client


@dataclass(frozen=True, slots=True)
class Gateway:
    """Made by `of`. `server` is (name or address, port); `described` names it in sentences;
    `could_pipeline`: whether `handshake(…, pipelined=True)` would be any different."""

    upstream: Upstream
    password: str | None = field(repr=False)
    server: tuple[str, int]
    described: str
    could_pipeline: bool

    @classmethod
    def of(cls, upstream: Upstream, password: str | None) -> Gateway:
        return cls(
            upstream,
            password,
            server=(upstream.server, upstream.port),
            described=say(
                "upstream {name} ({authority})",
                name=upstream.name,
                authority=authority(upstream.server, upstream.port),
            ),
            could_pipeline=upstream.kind is UpstreamKind.SOCKS5
            and upstream.username is None
            and password is None,
        )

    def handshake(self, query: Query, *, pipelined: bool = False) -> ClientHandshake | None:
        """A fresh handshake for that destination; None for a service, which is not told. A known
        name goes as a name; SOCKS4 cannot carry names, so there the address goes. `pipelined`: in
        one round trip, where the protocol can. RefusedError where this kind of server cannot be
        asked for the destination at all."""
        upstream = self.upstream
        user = upstream.username
        host = query.host or str(query.address)
        match upstream.kind:
            case UpstreamKind.SOCKS5:
                return socks5_client(host, query.port, user, self.password, pipelined=pipelined)
            case UpstreamKind.HTTP:
                return http_connect_client(host, query.port, user, self.password)
            case UpstreamKind.SOCKS4A:
                return socks4a_client(host, query.port, user)
            case UpstreamKind.SOCKS4:
                address = host if query.address is None else str(query.address)
                return socks4_client(address, query.port, user)
            case UpstreamKind.SERVICE:
                return None

    def association(self) -> Socks5Client:
        """A fresh handshake for datagrams; for a SOCKS5 upstream. RefusedError where its account
        cannot be told."""
        return socks5_associate(self.upstream.username, self.password)
