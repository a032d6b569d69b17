"""A connection to the system bus that no message can end, whoever has sent it.

dbus-fast ends its connection at a message that it cannot read, and where the bus is slow to read
ours. So its socket passes on only whole messages that have been read once, each by itself: of one
that cannot be, the header alone, so that a call has an answer, or nothing.
"""

import contextlib
import errno
import io
import logging
import os
import socket
import time
from array import array
from typing import Any

from dbus_fast import BusType
from dbus_fast._private.unmarshaller import Unmarshaller
from dbus_fast.aio import MessageBus
from dbus_fast.signature import get_signature_tree

# The largest that anybody has reason to send, a Start with 16,384 networks, has 300 kB.
MOST_BYTES = 512 << 10
_CHUNK = 64 << 10
_FIXED = 16  # bytes, after which a message's length is known
_SECONDS_BETWEEN_COMPLAINTS = 60.0


class Bus(MessageBus):
    """The system bus. Of a message's descriptors `takes` are taken, the kernel closes the rest."""

    def __init__(self, takes: int = 0) -> None:
        super().__init__(bus_type=BusType.SYSTEM, negotiate_unix_fd=True)
        self._takes = takes

    def _create_socket_for_transport(self, *where: Any) -> tuple[Any, Any, Any]:  # type: ignore[override]
        plain, stream, address = MessageBus._create_socket_for_transport(*where)
        stream.close()
        sock = Screened(plain, self._takes)
        return sock, sock.makefile("rwb"), address

    @property
    def full(self) -> bool:
        """Whether the bus has not read yet what we have sent; what we send now will wait."""
        return isinstance(self._sock, Screened) and self._sock.full


class Screened(socket.socket):
    """For dbus-fast, whose calls of `recvmsg`, `send` and `sendmsg` it knows."""

    def __init__(self, sock: socket.socket, takes: int) -> None:
        super().__init__(fileno=sock.detach())
        self.full = False
        self._owed: Any = ()  # ancillary data to go with what is sent next
        self._room = socket.CMSG_LEN(takes * array("i").itemsize)
        self._passed = b""  # of a message that is being passed on
        self._others_turn = False  # after each message: a flood leaves the loop to others too
        self._quiet_until = 0.0
        self._begin()

    def _begin(self) -> None:
        self._frame, self._descriptors = bytearray(), bytearray()
        self._missing = self._kept = _FIXED
        self._header = 0  # its size, once it is known

    def recvmsg(self, size: int, *_: Any) -> tuple[bytes, Any, int, Any]:
        ancillary = []
        while not self._passed:
            if self._others_turn:
                self._others_turn = False
                raise BlockingIOError(errno.EAGAIN, "")
            if not self._pull():
                return b"", [], 0, None
            if self._missing == 0:
                self._passed, descriptors = self._screened()
                self._others_turn = True
                ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]
        given, self._passed = self._passed[:size], self._passed[size:]
        return given, ancillary, 0, None

    def _pull(self) -> bytes:
        """Never beyond the end of a message: what descriptors come until then are its own."""
        size = min(self._missing, _CHUNK)
        data, ancillary, *_ = super().recvmsg(size, self._room, socket.MSG_CMSG_CLOEXEC)
        self._descriptors += b"".join(numbers for _, _, numbers in ancillary)
        self._frame += data[: self._kept - len(self._frame)]
        self._missing -= len(data)
        if self._missing == 0 and not self._header:
            order: Any = "little" if self._frame[0] == ord("l") else "big"
            body, fields = (int.from_bytes(self._frame[at : at + 4], order) for at in (4, 12))
            self._header = header = _FIXED + fields + -fields % 8
            self._missing = header + body - _FIXED
            # Of what is too large the header is kept, to have something to answer to.
            self._kept = min(header if header + body > MOST_BYTES else header + body, MOST_BYTES)
        return data

    def _screened(self) -> tuple[bytes, bytes]:
        """What can be read of the message, and its descriptors if that is all of it."""
        whole, descriptors = bytes(self._frame), bytes(self._descriptors)
        bare = whole[:4] + bytes(4) + whole[8 : self._header]
        self._begin()
        if _reads(whole):
            return whole, descriptors
        if time.monotonic() > self._quiet_until:
            self._quiet_until = time.monotonic() + _SECONDS_BETWEEN_COMPLAINTS
            logging.warning("a message cannot be read, or is too large: %r", bare[:200])
        for each in array("i", descriptors):
            os.close(each)
        return bare if _reads(bare) else b"", b""

    def send(self, data: Any, *_: Any) -> int:
        return self.sendmsg([data])

    def sendmsg(self, buffers: Any, ancillary: Any = (), *_: Any) -> int:
        """0 where the bus takes nothing at the moment; dbus-fast waits then until it does."""
        self._owed = ancillary or self._owed
        try:
            sent = super().sendmsg(buffers, self._owed)
        except BlockingIOError:
            self.full = True
            return 0
        self._owed, self.full = (), False
        return sent


def _reads(frame: bytes) -> bool:
    # It keeps a tree of each signature that it sees: some 100 MB, if a caller wants that.
    get_signature_tree.cache_clear()
    with contextlib.suppress(Exception):
        return Unmarshaller(io.BytesIO(frame)).unmarshall() is not None  # type: ignore[arg-type]
    return False
