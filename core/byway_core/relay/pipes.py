"""The pool of pipes through which bulk data is spliced, so that it never enters this process.

The kernel charges pipe memory to the user: beyond /proc/sys/fs/pipe-user-pages-soft (64 MiB by
default) an unprivileged user's new pipes shrink to a page or two (pipe(7)). So the number and the
size are bounded here, and a connection that gets no pipe copies through memory instead.
"""

from __future__ import annotations

import fcntl
import os

# As large as pipe-max-size lets anybody ask for. Bulk takes two system calls a pipeful, and between
# them Python costs as much as the kernel needs for some 50 KiB: with 256 KiB the processor time for
# each byte was a fifth more. What arrives in single pages also needs as many slots as this has.
LARGE_BYTES = 1024 * 1024
# Past the first few, and where the kernel refuses more: a fast link's full receive queue.
SMALL_BYTES = 256 * 1024
# 12 large pipes and 48 small ones: 24 MiB of the user's 64, so that a second worker and other
# programs have room.
MOST_LARGE = 12
MOST_SMALL = 48
# What is kept open of each size for the next bulk transfer once traffic calms down.
MOST_IDLE = 8


class Pipe:
    """`size` is how many bytes fit where each page is full; `held` is how many wait in it."""

    __slots__ = ("held", "reader", "size", "writer")

    def __init__(self, reader: int, writer: int, size: int) -> None:
        self.reader = reader
        self.writer = writer
        self.size = size
        self.held = 0

    def close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


def _opened(size: int) -> Pipe | None:
    """A pipe of exactly that size; None where the system or the user's limit has none."""
    try:
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    pipe = Pipe(reader, writer, size)
    try:
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, size)
    except OSError:
        # Over the user's soft limit: a pipe of the size the kernel gave is slower than copying.
        pipe.close()
        return None
    return pipe


class PipePool:
    """Hands out empty pipes and takes them back."""

    def __init__(self) -> None:
        self._idle: dict[int, list[Pipe]] = {LARGE_BYTES: [], SMALL_BYTES: []}
        self._open = {LARGE_BYTES: 0, SMALL_BYTES: 0}

    def take(self) -> Pipe | None:
        """An empty pipe, or None where the bound is reached or the system has no more."""
        for size, most in ((LARGE_BYTES, MOST_LARGE), (SMALL_BYTES, MOST_SMALL)):
            if self._idle[size]:
                return self._idle[size].pop()
            if self._open[size] < most and (pipe := _opened(size)) is not None:
                self._open[size] += 1
                return pipe
        return None

    def give_back(self, pipe: Pipe) -> None:
        """Return a pipe; one that still holds bytes is closed, never reused."""
        idle = self._idle[pipe.size]
        if pipe.held or len(idle) >= MOST_IDLE:
            self._close(pipe)
        else:
            idle.append(pipe)

    def close(self) -> None:
        """Close the idle pipes."""
        for idle in self._idle.values():
            while idle:
                self._close(idle.pop())

    def _close(self, pipe: Pipe) -> None:
        pipe.close()
        self._open[pipe.size] -= 1
