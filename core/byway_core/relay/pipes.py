"""The pool of pipes through which bulk data is spliced, so that it never enters this process.

The kernel charges pipe memory to the user: beyond /proc/sys/fs/pipe-user-pages-soft (64 MiB by
default) an unprivileged user's new pipes shrink to a page or two (pipe(7)). So the number and the
size are bounded here, and a connection that gets no pipe copies through memory instead.
"""

from __future__ import annotations

import fcntl
import os

# 256 KiB holds several full receive queues of a fast link; 1 MiB was no faster.
PIPE_BYTES = 256 * 1024
# 64 pipes of 256 KiB are 16 MiB of the user's 64: room for other programs and other workers.
MOST_PIPES = 64
# What is kept open for the next bulk transfer once traffic calms down.
MOST_IDLE = 8


class Pipe:
    """`held` is how many bytes wait in it."""

    __slots__ = ("held", "reader", "writer")

    def __init__(self, reader: int, writer: int) -> None:
        self.reader = reader
        self.writer = writer
        self.held = 0

    def close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


class PipePool:
    """Hands out empty pipes and takes them back."""

    def __init__(self) -> None:
        self._idle: list[Pipe] = []
        self._open = 0

    def take(self) -> Pipe | None:
        """An empty pipe, or None where the bound is reached or the system has no more."""
        if self._idle:
            return self._idle.pop()
        if self._open >= MOST_PIPES:
            return None
        try:
            reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        pipe = Pipe(reader, writer)
        try:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            # Over the user's soft limit: a pipe of the size the kernel gave is slower than copying.
            pipe.close()
            return None
        self._open += 1
        return pipe

    def give_back(self, pipe: Pipe) -> None:
        """Return a pipe; one that still holds bytes is closed, never reused."""
        if pipe.held or len(self._idle) >= MOST_IDLE:
            pipe.close()
            self._open -= 1
        else:
            self._idle.append(pipe)

    def close(self) -> None:
        """Close the idle pipes."""
        for pipe in self._idle:
            pipe.close()
            self._open -= 1
        self._idle.clear()
