"""Few long streams: as many bytes as can be had for a time, or some that are checked to the bit."""

from __future__ import annotations

import argparse
import hashlib
import os
import select
import socket
import threading
import time

from bench.origin import ANSWER_STREAM, BLOCK, TRAILER
from bench.route import STUCK, Route, ask, connect, say

_IN, _OUT = select.EPOLLIN, select.EPOLLOUT


class BulkLoad:
    """Streams in one direction for a time; both ends' counts must agree at the end."""

    def __init__(self, route: Route, streams: int, direction: str) -> None:
        self.upward = direction == "up"
        self.socks = [connect(route, ask(f"/{direction}"), ANSWER_STREAM) for _ in range(streams)]
        self.moved = dict.fromkeys((sock.fileno() for sock in self.socks), 0)
        self.poll = select.epoll()
        for sock in self.socks:
            sock.setblocking(False)
            self.poll.register(sock.fileno(), _OUT if self.upward else _IN)

    def run(self, seconds: float) -> int:
        """Moves bytes for that long; returns how many."""
        by_fd = {sock.fileno(): sock for sock in self.socks}
        block = os.memfd_create("block")
        os.write(block, os.urandom(BLOCK))
        scratch = bytearray(BLOCK)
        upward, moved = self.upward, self.moved
        before = sum(moved.values())
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            for fd, _events in self.poll.poll(left):
                if upward:
                    count = os.sendfile(fd, block, 0, BLOCK)
                else:
                    # MSG_TRUNC lets TCP drop the bytes unread (tcp(7)): it costs next to nothing.
                    count = by_fd[fd].recv_into(scratch, BLOCK, socket.MSG_TRUNC)
                if not count:
                    raise ConnectionError("the stream ended early")
                moved[fd] += count
        return sum(moved.values()) - before

    def finish(self) -> int:
        """Ends every stream in order; returns on how many the two ends' counts differ."""
        return sum(not self._counts_agree(sock) for sock in self.socks)

    def _counts_agree(self, sock: socket.socket) -> bool:
        moved = self.moved[sock.fileno()]
        sock.settimeout(STUCK)
        try:
            if self.upward:
                sock.shutdown(socket.SHUT_WR)
            else:
                sock.sendall(b"S")
            tail = b""
            while data := sock.recv(BLOCK):
                moved += 0 if self.upward else len(data)
                tail = (tail + data)[-TRAILER.size :]
        except OSError:
            return False
        finally:
            sock.close()
        if len(tail) < TRAILER.size:
            return False
        (count,) = TRAILER.unpack(tail)
        return bool(count == moved - (0 if self.upward else TRAILER.size))


def run_bulk(route: Route, options: argparse.Namespace) -> None:
    load = BulkLoad(route, options.streams, options.direction)
    load.run(options.warm)
    say("begin")
    started = time.perf_counter()
    moved = load.run(options.seconds)
    seconds = time.perf_counter() - started
    say("stop", done=moved, seconds=seconds)
    differ = load.finish()
    say("end", done=moved, seconds=seconds, errors={"counts differ": differ} if differ else {})


def run_verify(route: Route, options: argparse.Namespace) -> None:
    """Random bytes to the origin and back at the same time: the hashes must be equal."""
    sent, came = hashlib.sha256(), hashlib.sha256()
    with connect(route, ask("/echo"), ANSWER_STREAM) as sock:

        def pump() -> None:
            left = options.size
            while left:
                piece = os.urandom(min(left, 1 << 20))
                sent.update(piece)
                sock.sendall(piece)
                left -= len(piece)
            sock.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=pump)
        thread.start()
        while data := sock.recv(BLOCK):
            came.update(data)
        thread.join()
    same = sent.digest() == came.digest()
    say("end", done=options.size, errors={} if same else {"hashes differ": 1})
