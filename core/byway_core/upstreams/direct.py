"""Plain outgoing sockets, for an engine whose own traffic nobody intercepts."""

from __future__ import annotations

from socket import (
    IPPROTO_TCP,
    SO_KEEPALIVE,
    SOCK_DGRAM,
    SOCK_NONBLOCK,
    SOCK_STREAM,
    SOL_SOCKET,
    TCP_NODELAY,
    AddressFamily,
    SocketType,
    socket,
)

_STREAM = int(SOCK_STREAM | SOCK_NONBLOCK)


class PlainSockets:
    """Implements ports.SocketSource."""

    def tcp(self, family: AddressFamily) -> SocketType:
        """A non-blocking TCP socket; OSError as socket(2) raises it."""
        sock = SocketType(family, _STREAM)
        # Byway adds no delay of its own to small writes, and notices a peer that has vanished,
        # as the program that asked can no longer do on this leg.
        sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        sock.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
        return sock

    def udp(self, family: AddressFamily) -> socket:
        """A non-blocking UDP socket; OSError as socket(2) raises it."""
        return socket(family, SOCK_DGRAM | SOCK_NONBLOCK)
