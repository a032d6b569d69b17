"""A connection of Byway's own to an upstream's server, which no program stands behind.

It looks the server up, tries its addresses, says the first words and hands on what is answered.
What is said and what answers mean is the subclass's (`pipelining.Trial`, `association.Control`).
"""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from byway_core.model.errors import BywayError, ProtocolError, RefusedError
from byway_core.model.flow import Flow
from byway_core.relay.deadlines import Timed
from byway_core.relay.reasons import why
from byway_core.relay.stream import Side

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# Where there is another address to try, the third SYN (after 3 s) is not waited for.
DIAL_NEXT_SECONDS = 3.0


class Call:
    """One connection to `server`, a name or an address and a port; over after `hang_up`, which
    `lost` comes after as well."""

    def __init__(self, relay: Relay, server: tuple[str, int], seconds: float) -> None:
        """`seconds`: how long the last address has until `answered` is called."""
        self.relay = relay
        self.server = server
        self.seconds = seconds
        self.address = ""
        self.queue: dict[Timed, float] | None = None  # Deadlines' own
        self.flow = Flow(0, "", 0, "", 0)  # a Side's owner has one; nobody sees this
        self.side: Side | None = None
        self.over = False
        self._targets: list[tuple[socket.AddressFamily, str]] = []

    # -- what the subclass says

    def opening(self) -> bytes:
        """The first words; `address` is the one that they go to."""
        raise NotImplementedError

    def hear(self, data: bytes) -> None:
        """What the server has said. RefusedError or ProtocolError mean that it is over."""
        raise NotImplementedError

    def hear_end(self) -> NoReturn:
        """The server has nothing more to say: raises as `hear` does."""
        raise RefusedError("the server closed the connection")

    def lost(self, error: BywayError) -> None:
        """The call is over, and not because it was hung up."""
        raise NotImplementedError

    # -- what it may do

    def begin(self) -> None:
        """Look the server up and connect."""
        self.relay.deadlines.set(self, self.seconds)
        self.relay.edges.resolver.lookup(self.server[0], self._found)

    def introduce(self) -> None:
        """The connection stands."""
        try:
            words = self.opening()
        except RefusedError as error:  # its account cannot be told
            self._end(error)
        else:
            self.say(words)

    def answered(self) -> None:
        """All is said in time: from here on it may last."""
        self.relay.deadlines.lift(self)

    def say(self, words: bytes) -> None:
        """They are few and fit a send buffer; one that is full already is a server's that reads
        nothing."""
        assert self.side is not None  # noqa: S101 - there is a conversation
        try:
            if self.side.sock.send(words) == len(words):
                return
            error = errno.EAGAIN
        except OSError as failure:
            error = failure.errno or 0
        self._end(RefusedError(why("the server", error)))

    def hang_up(self) -> None:
        self.over = True
        self.relay.deadlines.lift(self)
        if self.side is not None:
            self.relay.discard(self.side, False)
            del self.side.owner
            self.side = None

    # -- for the relay

    def expired(self) -> None:
        """See Deadlines."""
        side = self.side
        if side is not None and side.step is _connected and self._targets:
            self._try_next(side, errno.ETIMEDOUT)
        else:
            self._end(RefusedError(why("the server", errno.ETIMEDOUT)))

    def broken(self, side: Side, error: int) -> None:
        """See stream.Owner."""
        self._end(RefusedError(why("the server", error)))

    def finished(self) -> None:
        """See stream.Owner."""
        self._end(RefusedError("the server closed the connection"))

    def failed(self) -> None:
        """See stream.Owner."""
        self._end(RefusedError("an error in Byway itself, which its log describes"))

    # -- own

    def _end(self, error: BywayError) -> None:
        if not self.over:
            self.hang_up()
            self.lost(error)

    def _found(self, addresses: Sequence[tuple[socket.AddressFamily, str]], error: str) -> None:
        if self.over:
            return
        self._targets = list(addresses)
        self._targets.reverse()
        self._dial(RefusedError(error))

    def _dial(self, error: BywayError) -> None:
        """Try the next address; `error` is what the last one came to."""
        while self._targets:
            family, self.address = self._targets.pop()
            try:
                sock = self.relay.edges.sockets.tcp(family)
            except OSError as failure:
                error = RefusedError(why("the server", failure.errno or 0))
                continue
            try:
                code = sock.connect_ex((self.address, self.server[1]))
            except OSError:  # getaddrinfo's, of a scope that is no interface
                code = errno.EINVAL
            if code in (0, errno.EINPROGRESS):
                self.side = Side(sock, self, up=False)
                self.side.step = _connected
                self.relay.register(self.side)
                limit = DIAL_NEXT_SECONDS if self._targets else self.seconds
                self.relay.deadlines.set(self, limit)
                return
            sock.close()
            error = RefusedError(why("the server", code))
        self._end(error)

    def _try_next(self, side: Side, error: int) -> None:
        self.relay.discard(side, False)
        del side.owner
        self.side = None
        self._dial(RefusedError(why("the server", error)))

    def _read(self, side: Side) -> None:
        buffer = self.relay.buffer
        try:
            while self.side is side and (count := side.read(buffer)) >= 0:
                if count:
                    self.hear(bytes(buffer[:count]))
                else:
                    self.hear_end()
                if side.eof and self.side is side:
                    self.hear_end()
        except (RefusedError, ProtocolError) as error:
            self._end(error)
        except OSError as error:
            self._end(RefusedError(why("the server", error.errno or 0)))


def _connected(side: Side, mask: int) -> None:
    """connect() has ended, one way or the other."""
    call: Call = side.owner
    if mask & (select.EPOLLERR | select.EPOLLHUP):
        error = side.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        call._try_next(side, error or errno.ECONNRESET)
    elif mask & select.EPOLLOUT:
        side.arrived(mask)
        side.step = _answered
        call.relay.deadlines.set(call, call.seconds)
        call.introduce()


def _answered(side: Side, mask: int) -> None:
    call: Call = side.owner
    side.arrived(mask)
    call._read(side)
