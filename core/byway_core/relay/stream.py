"""Two sockets copied into each other: half-closes, resets, back-pressure, splice.

The rules of this file. Descriptors are registered once, edge-triggered, for reading and, at the
latest when one has been found full, for writing; so every source is read until it is known to be
empty, and a source that is *not* read to the end is remembered as `readable`. A direction holds at
most one buffer or one pipe of data: while its target does not take it, its source is not read, and
TCP's own window pushes back.

It must not know rules, upstreams or the ledger; it counts bytes on the Flow that it is given.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable
from socket import (
    MSG_MORE,
    SHUT_WR,
    SO_ERROR,
    SO_LINGER,
    SO_OOBINLINE,
    SOL_SOCKET,
    SocketType,
)
from typing import TYPE_CHECKING, Any, Protocol

from byway_core.relay.pipes import Pipe, PipePool

if TYPE_CHECKING:
    from byway_core.model.flow import Flow

READING = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLPRI | select.EPOLLET
EVENTS = READING | select.EPOLLOUT
_NOT_OUT = ~select.EPOLLOUT
_MORE_THAN_DATA = ~(select.EPOLLOUT | select.EPOLLIN)
_FIN_OR_WORSE = select.EPOLLRDHUP | select.EPOLLERR | select.EPOLLPRI

# A read that fills this is taken for bulk. Most requests, and most answers of an API, fit.
READ_BYTES = 16 * 1024
# What may be moved in one turn, which all that has work then shares: a millisecond or two of it.
# And what each may move at least: less would cost more system calls than it saves the others.
TURN_BYTES = 4 * 1024 * 1024
SHARE_BYTES = 256 * 1024

_RESET = struct.pack("ii", 1, 0)  # struct linger: on, 0 s (socket(7)); close() then sends RST
_SPLICE = os.SPLICE_F_MOVE | os.SPLICE_F_NONBLOCK


class Owner(Protocol):
    """The connection that two sides belong to."""

    flow: Flow

    def broken(self, side: Side, error: int) -> None:
        """`side` failed with that errno; nothing more can be read from or written to it."""

    def finished(self) -> None:
        """Both directions have ended in order."""

    def failed(self) -> None:
        """A step raised what it should not: end at once."""


class Side:
    """One of a connection's two sockets, with what waits to be written to it.

    `events`: what the epoll is to tell of; a new socket would only say that it can be written to.
    `readable`: there may be data that was not read yet. `hung`: the events that announced the
    peer's FIN or reset, or urgent data; 0 before. `eof`: the FIN was read. `shut`: our FIN was
    sent. `pending`: bytes for this side. `pipe`: what was spliced from this side and waits for the
    other. `bulk`: the last reads were full, so splice at once. `up`: this is the program's side.
    `step`: what an event on this socket means now; the legal steps are a connection's states, and
    a step knows which kind of owner it is a state of.
    """

    __slots__ = (
        "bulk",
        "eof",
        "events",
        "fd",
        "hung",
        "owner",
        "peer",
        "pending",
        "pipe",
        "readable",
        "shut",
        "sock",
        "step",
        "up",
    )

    owner: Any  # an Owner, of the kind that the step takes for granted
    peer: Side
    step: Callable[[Side, int], None]

    def __init__(self, sock: SocketType, owner: Owner, up: bool) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.owner = owner
        self.up = up
        self.events = EVENTS
        self.readable = False
        self.hung = 0
        self.eof = False
        self.shut = False
        self.bulk = False
        self.pending: bytes | memoryview = b""
        self.pipe: Pipe | None = None

    def arrived(self, mask: int) -> None:
        """Note what an event announces, for later reading."""
        if mask & _NOT_OUT:
            self.readable = True
            if mask & _MORE_THAN_DATA:
                self.hung |= mask
                if mask & select.EPOLLPRI:
                    self._urgent()

    def read(self, buffer: memoryview) -> int:
        """Read once into `buffer`: a count, 0 at the end, -1 where there is nothing now. `eof` is
        set with the 0 or with the last bytes before. Raises OSError as recv does."""
        try:
            count = self.sock.recv_into(buffer)
        except BlockingIOError:
            self.readable = False
            return -1
        if count == 0:
            self.eof = True
        elif count < len(buffer):
            # A short read has emptied the queue: what comes later raises a new edge. Where the
            # peer's FIN has been announced, it has been reached as well. Behind an error nothing
            # is certain, and in front of urgent data each read is short.
            if not self.hung:
                self.readable = False
            elif self.hung & _FIN_OR_WORSE == select.EPOLLRDHUP:
                self.eof = True
        return count

    def _urgent(self) -> None:
        """Urgent data (tcp(7)) goes on as ordinary data, in its place: telnet and FTP's ABOR mark
        a byte of their commands so. splice() does not pass the mark, recv() does."""
        self.sock.setsockopt(SOL_SOCKET, SO_OOBINLINE, 1)
        self.bulk = False


class Pump:
    """Moves bytes; one for a whole relay, because it holds no connection's state."""

    def __init__(self, epoll: select.epoll, pipes: PipePool) -> None:
        self._epoll = epoll
        self._pipes = pipes
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._share = SHARE_BYTES

    def share_out(self, among: int) -> None:
        """A turn begins, in which so many sides have something to do."""
        self._share = max(SHARE_BYTES, TURN_BYTES // among)

    def streaming(self, side: Side, mask: int) -> None:
        """An event on a connection whose two sides are both open for data."""
        peer = side.peer
        if mask != select.EPOLLOUT:
            side.arrived(mask)
            if not self.move(side, peer):
                return
            if mask & select.EPOLLERR and side.eof:
                # recv() ends at the FIN: a reset after it shows only here (tcp_reset()).
                error = side.sock.getsockopt(SOL_SOCKET, SO_ERROR)
                if error:
                    side.owner.broken(side, error)
                    return
        if mask & select.EPOLLOUT and (side.pending or peer.pipe is not None):
            self.move(peer, side)

    def move(self, source: Side, target: Side) -> bool:
        """Copy what there is; False when the connection has ended meanwhile."""
        if target.pending and not self._write_pending(source, target):
            return False
        if source.pipe is not None and self._splice(source, target, 0) < 0:
            return False
        budget = self._share
        while not self._is_full(source, target):
            if source.eof:
                return self._end(source, target)
            if not source.readable:
                return True
            if budget <= 0:
                # Asking again makes the kernel report what is still unread, in the next turn.
                self._epoll.modify(source.fd, EVENTS)
                return True
            if source.bulk:
                moved = self._splice(source, target, budget)
            else:
                moved = self._copy(source, target)
            if moved < 0:
                return False
            budget -= moved
        return True

    def _is_full(self, source: Side, target: Side) -> bool:
        """Whether something of the source's waits for the target, whose EPOLLOUT will come."""
        if source.pipe is None and not target.pending:
            return False
        if target.events != EVENTS:
            self.tell_when_writable(target)
        return True

    def tell_when_writable(self, side: Side) -> None:
        """For a side that was registered for reading only. If it is writable by now, the kernel
        says so at once."""
        side.events = EVENTS
        self._epoll.modify(side.fd, EVENTS)

    def _copy(self, source: Side, target: Side) -> int:
        """Read once and write through; the number of bytes, or -1 when the connection ended."""
        try:
            count = source.read(self._buffer)
        except OSError as error:
            source.owner.broken(source, error.errno or 0)
            return -1
        if count <= 0:
            return 0
        if count == READ_BYTES and not source.hung & select.EPOLLPRI:
            source.bulk = True
        self._count(source, count)
        data = self._buffer[:count]
        try:
            # Passed on in this same turn, the FIN takes along what MSG_MORE holds back: both are
            # one packet.
            sent = target.sock.send(data, MSG_MORE if source.eof else 0)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._target_failed(source, target, error.errno or 0)
            return -1
        if sent < count:
            target.pending = bytes(data[sent:])
        return count

    def _splice(self, source: Side, target: Side, most: int) -> int:
        """Splice until the source is empty, the target full, or `most` bytes are moved; their
        number, or -1 when the connection ended. Two system calls a pipeful, and as little as can
        be between them: a stream's speed is made here. With 0, only what waits in the pipe goes."""
        pipe = source.pipe or self._pipes.take()
        if pipe is None:
            source.bulk = False
            return 0
        source.pipe = pipe
        splice, moved = os.splice, 0
        while True:
            try:
                while pipe.held:
                    pipe.held -= splice(pipe.reader, target.fd, pipe.held, flags=_SPLICE)
            except BlockingIOError:
                return moved
            except OSError as error:
                self._target_failed(source, target, error.errno or 0)
                return -1
            if moved >= most or not source.bulk:
                break
            try:
                pipe.held = count = splice(source.fd, pipe.writer, pipe.size, flags=_SPLICE)
            except BlockingIOError:
                source.readable = False
                break
            except OSError as error:
                source.owner.broken(source, error.errno or 0)
                return -1
            if count < READ_BYTES:
                # Idle again: small data is cheaper without a pipe. And where there was none it is
                # the end, or the mark of urgent data: recv() knows.
                source.bulk = False
            moved += count
            self._count(source, count)
        source.pipe = None
        self._pipes.give_back(pipe)
        return moved

    def _write_pending(self, source: Side, target: Side) -> bool:
        try:
            sent = target.sock.send(target.pending, MSG_MORE if source.eof else 0)
        except BlockingIOError:
            return True
        except OSError as error:
            self._target_failed(source, target, error.errno or 0)
            return False
        target.pending = target.pending[sent:]
        return True

    def _end(self, source: Side, target: Side) -> bool:
        """The source's FIN, passed on."""
        if source.shut:
            source.owner.finished()  # both ways have ended: close() says so to the target
            return False
        if not target.shut:
            try:
                target.sock.shutdown(SHUT_WR)
            except OSError as error:
                self._target_failed(source, target, error.errno or 0)
                return False
            target.shut = True
        return True

    def _target_failed(self, source: Side, target: Side, error: int) -> None:
        """The target takes no more. What it said before (an early "413" and a reset, say) may
        still be in its receive queue, and the source is owed that, behind what it waits for."""
        try:
            while source.pending:
                source.pending = source.pending[source.sock.send(source.pending) :]
            pipe = target.pipe
            while pipe is not None and pipe.held:
                pipe.held -= os.splice(pipe.reader, source.fd, pipe.held, flags=_SPLICE)
            while count := target.sock.recv_into(self._buffer):
                sent = source.sock.send(self._buffer[:count])
                self._count(target, sent)
                if sent < count:
                    break
        except OSError:
            pass  # the reset itself, or a source that is gone or full: there is no more to save
        target.owner.broken(target, error)

    @staticmethod
    def _count(source: Side, count: int) -> None:
        if source.up:
            source.owner.flow.up += count
        else:
            source.owner.flow.down += count


def reset_on_close(sock: SocketType) -> None:
    """Make close() send RST, so that the peer sees an abort and not a clean end."""
    sock.setsockopt(SOL_SOCKET, SO_LINGER, _RESET)
