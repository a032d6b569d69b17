"""Messages and descriptors between the main process and one worker.

A SOCK_SEQPACKET socket pair keeps messages apart and carries descriptors (unix(7), SCM_RIGHTS). A
message that is too large for one packet travels as a memfd. Both ends are this program, forked:
pickle is safe here and nowhere else.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import pickle
import select
import socket
import time
from collections.abc import Callable, Sequence

# A packet must fit the socket's send buffer (212,992 bytes by default); well below it.
LARGEST_PACKET = 64 * 1024
MOST_DESCRIPTORS = 16

_INLINE, _MEMFD = b"i", b"m"

Receive = Callable[[object, list[int]], None]


class Channel:
    """One end. `receive(message, descriptors)` gets what the other end sends and owns the
    descriptors; `lost()` is called once when the other end is gone."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._receive: Receive | None = None
        self._lost: Callable[[], None] | None = None
        self._waiting: collections.deque[tuple[bytes, tuple[int, ...]]] = collections.deque()

    def attach(
        self, loop: asyncio.AbstractEventLoop, receive: Receive, lost: Callable[[], None]
    ) -> None:
        """Start receiving on that loop."""
        self._loop, self._receive, self._lost = loop, receive, lost
        loop.add_reader(self._sock.fileno(), self.drain)

    def send(self, message: object, descriptors: Sequence[int] = ()) -> None:
        """Send, now or as soon as the other end has room. The descriptors are duplicated: the
        caller keeps its own."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        fds = tuple(os.dup(fd) for fd in descriptors)
        if len(data) < LARGEST_PACKET:
            self._waiting.append((_INLINE + data, fds))
        else:
            memfd = os.memfd_create("byway-message", os.MFD_CLOEXEC)
            with open(memfd, "wb", closefd=False) as file:
                file.write(data)
            self._waiting.append((_MEMFD, (memfd, *fds)))
        self._flush()

    def drain(self) -> None:
        """Take in everything that has already been sent; never blocks."""
        while self._loop is not None:
            try:
                data, fds, _flags, _address = socket.recv_fds(
                    self._sock, LARGEST_PACKET + 1, MOST_DESCRIPTORS
                )
            except BlockingIOError:
                return
            except OSError:
                data, fds = b"", []
            if not data:
                self._end()
                return
            if data[:1] == _MEMFD:
                with open(fds.pop(0), "rb") as file:
                    file.seek(0)
                    payload = file.read()
            else:
                payload = data[1:]
            assert self._receive is not None  # noqa: S101 - set with the loop
            self._receive(pickle.loads(payload), fds)  # noqa: S301 - our own process's bytes

    def say_no_more(self) -> None:
        """Let the other end see this one's end; what it still sends is taken in by `hear_out`."""
        with contextlib.suppress(OSError):  # it is gone already
            self._sock.shutdown(socket.SHUT_WR)

    def hear_out(self, seconds: float) -> None:
        """Wait until the other end is gone, taking in what it still sends; at most so long. Its
        end is no loss any more: `lost` is not called."""
        self._lost = None
        deadline = time.monotonic() + seconds
        poller = select.poll()
        poller.register(self._sock, select.POLLIN)
        while self._loop is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                return
            self.drain()

    def insist(self) -> None:
        """From now on `send` waits for room: for the last words of a process that ends."""
        self._sock.setblocking(True)

    def close(self) -> None:
        """Stop, and close this end."""
        self._detach()
        for _data, fds in self._waiting:
            for fd in fds:
                os.close(fd)
        self._waiting.clear()
        self._sock.close()

    def _flush(self) -> None:
        while self._waiting:
            data, fds = self._waiting[0]
            try:
                socket.send_fds(self._sock, [data], fds)
            except BlockingIOError:
                if self._loop is not None:
                    self._loop.add_writer(self._sock.fileno(), self._flush)
                return
            except OSError:
                pass  # the other end is gone: drain() finds the end
            self._waiting.popleft()
            for fd in fds:
                os.close(fd)
        if self._loop is not None:
            self._loop.remove_writer(self._sock.fileno())

    def _detach(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._sock.fileno())
            self._loop.remove_writer(self._sock.fileno())
            self._loop = None

    def _end(self) -> None:
        self._detach()
        if self._lost is not None:
            self._lost()
