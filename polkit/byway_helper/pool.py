"""Marked sockets for the engine's own traffic, which it cannot make: SO_MARK takes privilege.

A channel (SOCK_SEQPACKET) for each of the engine's processes. It sends three bytes, for a family,
a kind and a number, and gets one packet of as many bytes with as many descriptors (unix(7)).
Whoever says anything else loses its channel.
"""

from __future__ import annotations

import asyncio
import socket

from byway_helper.contract import Family
from byway_helper.sockets import outgoing

# A packet may carry 253 descriptors; for 32 a system call's cost is spread well enough.
MOST_AT_ONCE = 32

KINDS = {1: socket.SOCK_STREAM, 2: socket.SOCK_DGRAM}


class Pool:
    """The helper's ends of the channels, served on its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, mark: int) -> None:
        self._loop = loop
        self._mark = mark
        self._channels: set[socket.socket] = set()

    def open(self) -> socket.socket:
        """A new channel; the engine's end, which is the caller's."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._channels.add(ours)
        self._loop.add_reader(ours, self._serve, ours)
        return theirs

    def close(self) -> None:
        for channel in tuple(self._channels):
            self._shut(channel)

    def _serve(self, channel: socket.socket) -> None:
        made: list[socket.socket] = []
        try:
            family, kind, count = channel.recv(4)  # ValueError: other than three bytes, the end too
            if not 1 <= count <= MOST_AT_ONCE:
                raise ValueError(count)
            wanted = Family(family), KINDS[kind]
            made.extend(outgoing(*wanted, self._mark) for _ in range(count))
            socket.send_fds(channel, [bytes(count)], [each.fileno() for each in made])
        except (OSError, ValueError, KeyError):
            # Gone, or talking nonsense, or taking no answers: descriptors must not pile up here.
            self._shut(channel)
        finally:
            for each in made:
                each.close()

    def _shut(self, channel: socket.socket) -> None:
        self._loop.remove_reader(channel)
        self._channels.discard(channel)
        channel.close()
