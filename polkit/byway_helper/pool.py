"""Marked sockets for the engine's own traffic, which it cannot make: SO_MARK takes privilege.

A channel (SOCK_SEQPACKET) for each of the engine's processes. It sends three bytes, for a family,
a kind and a number, and gets one packet of as many bytes with as many descriptors (unix(7)).
Whoever says anything else, or asks before it has read the last answer, loses its channel:
descriptors on their way count for all of root's (RLIMIT_NOFILE, ETOOMANYREFS).
"""

import contextlib
import fcntl
import socket
import termios
import threading

from byway_helper.contract import Family
from byway_helper.sockets import outgoing

MOST_AT_ONCE = 32  # a packet may carry 253 descriptors; a system call's cost is spread enough
KINDS = {1: socket.SOCK_STREAM, 2: socket.SOCK_DGRAM}


class Pool:
    """The helper's ends of the channels, each with a thread: what keeps the helper busy otherwise
    keeps no connection waiting."""

    def __init__(self, mark: int) -> None:
        self._mark = mark
        self._channels: list[socket.socket] = []

    def open(self) -> socket.socket:
        """A new channel; the engine's end, which is the caller's."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channels.append(ours)
        threading.Thread(target=self._serve, args=(ours,), daemon=True).start()
        return theirs

    def close(self) -> None:
        for channel in self._channels:
            with contextlib.suppress(OSError):  # its thread has closed it
                channel.shutdown(socket.SHUT_RDWR)

    def _serve(self, channel: socket.socket) -> None:
        with channel, contextlib.suppress(OSError, ValueError, KeyError):
            while True:
                self._answer(channel)

    def _answer(self, channel: socket.socket) -> None:
        family, kind, count = channel.recv(4)  # ValueError: other than three bytes, the end too
        unread = fcntl.ioctl(channel, termios.TIOCOUTQ, bytes(4)) != bytes(4)
        if unread or not 1 <= count <= MOST_AT_ONCE:
            raise ValueError(count)
        with contextlib.ExitStack() as made:
            wanted = Family(family), KINDS[kind], self._mark
            sockets = [made.enter_context(outgoing(*wanted)) for _ in range(count)]
            socket.send_fds(channel, [bytes(count)], [each.fileno() for each in sockets])
