"""The engine's own sockets while the machine's traffic is taken: marked by the helper, which an
unprivileged process cannot do, so that no rule takes them again.

Fetched by the handful and kept ready, because a connection should not wait for another process;
when none is ready it does, some 100 µs.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
from collections import deque

from byway_core.model.sentence import say

# What byway_helper.pool gives at most at once.
BATCH = 32
# Longer than any helper that lives needs; one that has died closes the channel at once. Everything
# waits meanwhile, so this happens once: a channel with an answer owing is not asked again.
WAIT_SECONDS = 2.0

_STREAM = int(socket.SOCK_STREAM | socket.SOCK_NONBLOCK)  # as the helper makes them
_FAMILY: dict[int, int] = {socket.AF_INET: 4, socket.AF_INET6: 6}
_KIND: dict[int, int] = {socket.SOCK_STREAM: 1, socket.SOCK_DGRAM: 2}


class MarkedSockets:
    """One process's channel. Implements `ports.SocketSource`."""

    def __init__(self, channel: socket.socket) -> None:
        channel.setblocking(False)
        self._channel: socket.socket | None = channel
        self._ready: dict[tuple[int, int], deque[int]] = {}

    def tcp(self, family: socket.AddressFamily) -> socket.SocketType:
        """See ports.SocketSource.tcp; OSError (ENOTCONN) where the helper is gone."""
        descriptor = self._next(family, socket.SOCK_STREAM, BATCH)
        sock = socket.SocketType(family, _STREAM, 0, descriptor)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return sock

    def stream(self, family: socket.AddressFamily) -> socket.socket:
        """A non-blocking TCP socket of the socket module's own kind; as `tcp`."""
        sock = socket.socket(fileno=self.tcp(family).detach())
        sock.setblocking(False)
        return sock

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """A non-blocking UDP socket, not bound; as `tcp`."""
        sock = socket.socket(fileno=self._next(family, socket.SOCK_DGRAM, 1))
        sock.setblocking(False)
        return sock

    def close(self) -> None:
        for ready in self._ready.values():
            while ready:
                socket.close(ready.pop())
        self._end()

    def _end(self) -> None:
        if self._channel is not None:
            # For whoever watches a copy of it (see lease): closing this one alone says nothing.
            with contextlib.suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)
            self._channel.close()
            self._channel = None

    def _next(self, family: int, kind: int, count: int) -> int:
        ready = self._ready.setdefault((family, kind), deque())
        if not ready:
            ready.extend(self._fetch(bytes((_FAMILY[family], _KIND[kind], count))))
        return ready.popleft()

    def _fetch(self, request: bytes) -> list[int]:
        channel = self._channel
        if channel is None:
            raise OSError(errno.ENOTCONN, _GONE)
        try:
            channel.send(request)
            poller = select.poll()
            poller.register(channel, select.POLLIN)
            said, descriptors = b"", list[int]()
            if poller.poll(WAIT_SECONDS * 1000):
                said, descriptors, _, _ = socket.recv_fds(
                    channel, 1, BATCH, socket.MSG_CMSG_CLOEXEC
                )
        except OSError as error:
            self._end()
            raise OSError(errno.ENOTCONN, _GONE) from error
        if not said:
            self._end()
            raise OSError(errno.ENOTCONN, _GONE)
        if not descriptors:  # what is over our limit, the kernel leaves out
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return descriptors


_GONE = say("the privileged helper gives no sockets any more")
