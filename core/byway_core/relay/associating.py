"""The call by which a SOCKS5 upstream is asked to take datagrams (RFC 1928 section 7). It keeps
what is granted: an association lives as long as its TCP connection.

Knows nothing of flows.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn, Protocol

from byway_core.model.errors import BywayError, ProtocolError, RefusedError
from byway_core.model.sentence import say
from byway_core.protocols.host_name import packed_address
from byway_core.relay.call import Call
from byway_core.relay.dialing import Target
from byway_core.upstreams.gateway import Gateway

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# How long an upstream may take to be looked up, and then to answer. A program that has heard
# nothing by then has asked again, or goes by TCP.
ASSOCIATE_SECONDS = 10.0
# A router between forgets a connection that says nothing, and with it our association, after some
# minutes (RFC 5382 asks for two hours; those at home have two minutes to an hour).
ASK_AFTER_SECONDS, ASK_EVERY_SECONDS, ASK_TIMES = 60, 10, 3


class Asker(Protocol):
    """Whom the call is for."""

    gateway: Gateway

    def open(self, address: str, port: int) -> None:
        """The upstream takes datagrams at this endpoint."""

    def fail(self, error: BywayError) -> None:
        """It takes none."""

    def ended(self, error: BywayError) -> None:
        """What stood does not any more."""


class Control(Call):
    """Asks for an association and keeps it."""

    def __init__(self, relay: Relay, association: Asker) -> None:
        super().__init__(relay, association.gateway.server, ASSOCIATE_SECONDS)
        self._association = association
        self._stands = False

    def first_words(self) -> bytes:
        self._handshake = self._association.gateway.association()
        return self._handshake.start()

    def hear(self, data: bytes) -> None:
        if self._stands or self._handshake.done:
            return  # nothing more is to be said here
        words = self._handshake.feed(data)
        if words:
            self.say(words)
        elif self._handshake.done:
            self._found_where(*self._handshake.bound)

    def hear_end(self) -> NoReturn:
        if not self._handshake.done:
            self._handshake.feed_eof()
        raise RefusedError(say("the server closed the connection"))

    def lost(self, error: BywayError) -> None:
        if self._stands:
            self._association.ended(error)
        else:
            self._association.fail(error)

    def _found_where(self, host: str, port: int) -> None:
        if not port:
            raise ProtocolError(say("the server names no port for them"))
        if not host or packed_address(host):
            self._open(host or self.address, port)
        else:
            self.relay.edges.resolver.lookup(host, partial(self._named, port))

    def _named(self, port: int, addresses: Sequence[Target], error: str) -> None:
        if self.ended:
            return
        if addresses:
            self._open(addresses[0][1], port)
        else:
            self.end(RefusedError(error))

    def meant(self, said: str) -> str:
        """The address that the server means. Some do not know under which they are reached, and say
        zeros or their loopback; nor is anybody to make us write to services of this machine."""
        bound, here = ip_address(said), ip_address(self.address)
        if bound.is_unspecified or (bound.is_loopback and not here.is_loopback):
            return self.address
        return self.address if said == self.address.partition("%")[0] else said  # with its scope

    def _open(self, host: str, port: int) -> None:
        self.answered()
        self._stands = True
        with contextlib.suppress(OSError):  # it has gone by now, and that event comes next
            self._ask_often()
        self._association.open(self.meant(host), port)

    def _ask_often(self) -> None:
        """The socket has SO_KEEPALIVE, as all that Byway connects."""
        assert self.side is not None  # noqa: S101 - an answer came by it
        for option, value in (
            (socket.TCP_KEEPIDLE, ASK_AFTER_SECONDS),
            (socket.TCP_KEEPINTVL, ASK_EVERY_SECONDS),
            (socket.TCP_KEEPCNT, ASK_TIMES),
        ):
            self.side.sock.setsockopt(socket.IPPROTO_TCP, option, value)
