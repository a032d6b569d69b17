"""Byway's own port: SOCKS 4, 4a, 5 and HTTP on one listener, told apart by the first byte.

Knows no sockets; one object is one client's handshake. Garbage never raises: it ends in `failed`.
"""

from __future__ import annotations

from byway_core.model.sentence import say
from byway_core.protocols.http_server import HttpServer
from byway_core.protocols.proxy_request import Account, Failure, ProxyRequest, ServerSide
from byway_core.protocols.socks_server import Socks4Server, Socks5Server

_TLS_HANDSHAKE = 0x16


class ServerHandshake:
    """From a client's first byte to the answer to its request.

    Give `feed` what the client sends and send it what `feed` returns, until either `request` is
    set (do not feed any more: dial, then send `success()` and the tunnel is open, or send
    `failure()` and close), or `failed` is not "" (send what `feed` returned and close; `failed`
    says why in words). How long a client may take is for the caller to limit.
    """

    __slots__ = ("_account", "_side", "failed", "request")

    def __init__(self, account: Account | None = None) -> None:
        """With an `account`, whoever does not name it is turned away, SOCKS4 entirely."""
        self.request: ProxyRequest | None = None
        self.failed = ""
        self._account = account
        self._side: ServerSide | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what the client sent (never empty); return what to answer now, b"" for nothing."""
        side = self._side
        if side is None:
            if data[0] == _TLS_HANDSHAKE:
                self.failed = say(
                    "the client speaks TLS; this port is a plain SOCKS and HTTP proxy"
                )
                return b""
            side = self._side = self._choose(data[0])
        reply = side.feed(data)
        self.request = side.request
        self.failed = side.failed
        return reply

    def _choose(self, first: int) -> ServerSide:
        if first == 5:
            return Socks5Server(self._account)
        if first == 4:
            return Socks4Server(self._account)
        return HttpServer(self._account)

    def success(self) -> bytes:
        """What tells the client that the tunnel is open; b"" for a request in absolute form,
        whose answer is the origin's."""
        return self._side.success() if self._side is not None else b""

    def failure(self, kind: Failure, reason: str = "") -> bytes:
        """What tells the client that it is not; `reason` is for people, where the protocol has
        room for it (HTTP). Close after it."""
        return self._side.failure(kind, reason) if self._side is not None else b""
