"""The far end of datagrams: each goes back to whom it came from, as it came.

That is an echo at a destination, and at a SOCKS5 server as well: a datagram's header names the
destination on its way there and the origin on its way back (RFC 1928 section 7).
"""

from __future__ import annotations

import contextlib
import socket

# So many are answered before others have their turn.
_AT_ONCE = 64
_HEADER = b"\0\0\0\x01"  # of a datagram to an IPv4 address


class Echo:
    """One socket. `wrapped`: only what has a SOCKS5 header is answered."""

    def __init__(self, address: str, port: int, *, wrapped: bool) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind((address, port))
        self.fd = self.sock.fileno()
        self.port = self.sock.getsockname()[1]
        self._begins = _HEADER if wrapped else b""

    def turn(self) -> None:
        sock, begins = self.sock, self._begins
        with contextlib.suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                data, who = sock.recvfrom(65536)
                if data.startswith(begins):
                    with contextlib.suppress(ConnectionError):  # somebody before has gone
                        sock.sendto(data, who)
