"""One question put to one server over one socket: UDP, or TCP.

Says what came back, or what went wrong; what that means for the question is the exchange's to say.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from byway_core.dns.poller import READ, WRITE, Poller
from byway_core.dns.servers import AnyServer, Server
from byway_core.model.errors import ProtocolError
from byway_core.model.sentence import say
from byway_core.protocols.dns_message import Deframer, framed, with_id

# The longest datagram there is: a reply that does not fit would be cut without a word.
_DATAGRAM = 65_535
# Datagrams read from one socket before others have their turn: more than one is a forger's noise
# or a duplicate.
_AT_ONCE = 8


class Asker(Protocol):
    """Who asked. May close the ask from within either call."""

    def came(self, ask: Ask, message: bytes) -> None:
        """A message from the server, of whatever content."""

    def failed(self, ask: Ask, error: OSError) -> None:
        """Nothing more will come."""


class Ask(Protocol):
    """A question on its way to one server."""

    server: AnyServer
    id: int

    def send(self, query: bytes) -> None:
        """Also again. OSError where it cannot go out."""

    def close(self) -> None:
        """Nothing is wanted any more."""


class SocketAsk:
    """A socket of its own for every question: the kernel picks a random port for it and takes
    packets only from the server's address, so that who forges an answer without seeing the
    question has to guess port and id (RFC 5452 9.2)."""

    def __init__(
        self,
        poller: Poller,
        asker: Asker,
        server: Server,
        sock: socket.socket,
        gone: Callable[[], None],
    ) -> None:
        """Takes over `sock`, which must not block; `gone` is called once, when it is closed."""
        self.server: AnyServer = server
        self.id = int.from_bytes(os.urandom(2))
        self._address = server.address
        self._poller = poller
        self._asker = asker
        self._sock = sock
        self._fd = sock.fileno()
        self._gone = gone
        self._watched = False

    def close(self) -> None:
        if self._fd >= 0:
            self._poller.forget(self._fd)
            self._fd = -1
            self._sock.close()
            self._gone()


class UdpAsk(SocketAsk):
    def send(self, query: bytes) -> None:
        if not self._watched:
            self._sock.connect(self._address)
            self._poller.watch(self._fd, READ, self._ready)
            self._watched = True
        self._sock.send(with_id(query, self.id))

    def _ready(self) -> None:
        for _ in range(_AT_ONCE):
            if self._fd < 0:
                return
            try:
                message = self._sock.recv(_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:  # ICMP's word: refused, unreachable
                self._asker.failed(self, error)
                return
            self._asker.came(self, message)


class TcpAsk(SocketAsk):
    def send(self, query: bytes) -> None:
        if self._watched:
            return  # TCP repeats by itself
        self._deframer = Deframer()
        self._unsent = framed(with_id(query, self.id))
        with suppress(BlockingIOError):
            self._sock.connect(self._address)
        self._poller.watch(self._fd, WRITE, self._ready)
        self._watched = True

    def _ready(self) -> None:
        try:
            if self._unsent:
                self._write()
            else:
                self._read()
        except BlockingIOError:
            return
        except OSError as error:
            self._asker.failed(self, error)

    def _write(self) -> None:
        """The question is far smaller than a send buffer, but not promised to go in one piece."""
        sent = self._sock.send(self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._poller.change(self._fd, READ)

    def _read(self) -> None:
        data = self._sock.recv(_DATAGRAM)
        if not data:
            raise ConnectionResetError(say("closed without an answer"))
        try:
            messages = self._deframer.feed(data)
        except ProtocolError as error:
            raise ConnectionAbortedError(str(error)) from error
        for message in messages:
            if self._fd >= 0:
                self._asker.came(self, message)


MakeSocket = Callable[[socket.AddressFamily], socket.socket]


def plain_udp(family: socket.AddressFamily) -> socket.socket:
    """A non-blocking UDP socket as any program has it."""
    return socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)


def plain_tcp(family: socket.AddressFamily) -> socket.socket:
    """A non-blocking TCP socket as any program has it."""
    return socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
