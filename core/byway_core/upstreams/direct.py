"""Plain outgoing sockets, for an engine whose own traffic nobody intercepts."""

from __future__ import annotations

import socket


class PlainSockets:
    """Implements ports.SocketSource."""

    def tcp(self, family: socket.AddressFamily) -> socket.SocketType:
        """A non-blocking TCP socket; OSError as socket(2) raises it."""
        sock = socket.SocketType(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        # Byway adds no delay of its own to small writes, and notices a peer that has vanished,
        # as the program that asked can no longer do on this leg.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return sock
