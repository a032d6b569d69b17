"""A connection of Byway's own to an upstream's server, which no program stands behind.

It looks the server up, tries its addresses, says the first words and hands on what is answered.
What is said and what answers mean is the subclass's (`pipelining.Trial`, `associating.Control`).
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, NoReturn

from byway_core.model.errors import BywayError, ProtocolError, RefusedError
from byway_core.model.flow import Flow
from byway_core.model.sentence import say
from byway_core.relay.deadlines import Timed
from byway_core.relay.dialing import Dial, Lookup
from byway_core.relay.reasons import why
from byway_core.relay.stream import Side

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay


class Call:
    """One connection to `server`, a name or an address and a port; over after `hang_up` or `lost`.
    `address` is the server's, once the connection stands."""

    def __init__(self, relay: Relay, server: tuple[str, int], seconds: float) -> None:
        """`seconds`: how long the server has to be looked up, connected to, and then to answer."""
        self.relay = relay
        self.server = server
        self.seconds = seconds
        self.address = ""
        self.opening = b""  # what Dial may say: nothing, for the words may depend on the address
        self.dial: Dial | None = None
        self.queue: dict[Timed, float] | None = None  # Deadlines' own
        self.flow = Flow(0, "", 0, "", 0)  # a Side's owner has one; nobody sees this
        self.side: Side | None = None
        self.ended = False
        self.dial_seconds = seconds

    # -- what the subclass says

    def first_words(self) -> bytes:
        """What the server is told first. RefusedError where it cannot be."""
        raise NotImplementedError

    def hear(self, data: bytes) -> None:
        """What the server has said. RefusedError or ProtocolError mean that it is over."""
        raise NotImplementedError

    def hear_end(self) -> NoReturn:
        """The server has nothing more to say: raises as `hear` does."""
        raise RefusedError(say("the server closed the connection"))

    def lost(self, error: BywayError) -> None:
        """The call is over, and not because it was hung up."""
        raise NotImplementedError

    # -- what it may do

    def begin(self) -> None:
        """Look the server up and connect."""
        self.relay.deadlines.set(self, self.seconds)
        host, port = self.server
        self.relay.edges.resolver.lookup_in_parts(host, Lookup(self, port).arrived)

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
        self.end(RefusedError(why(say("the server"), error)))

    def hang_up(self) -> None:
        self.ended = True
        self.relay.deadlines.lift(self)
        if self.dial is not None:
            self.dial.close()
            self.dial = None
        if self.side is not None:
            self.relay.discard(self.side, False)
            del self.side.owner
            self.side = None

    def end(self, error: BywayError) -> None:
        """It is lost."""
        if not self.ended:
            self.hang_up()
            self.lost(error)

    # -- for the relay

    def expired(self) -> None:
        """See Deadlines."""
        if self.dial is not None:
            self.dial.expired()
        else:
            self.end(RefusedError(why(say("the server"), errno.ETIMEDOUT)))

    def connected(self, side: Side, _sent: int) -> None:
        """See Dial: the connection stands."""
        self.dial = None
        self.side = side
        side.step = _answered
        self.address = side.sock.getpeername()[0]
        self.relay.deadlines.set(self, self.seconds)
        try:
            words = self.first_words()
        except RefusedError as error:  # its account cannot be told
            self.end(error)
        else:
            self.say(words)

    def not_found(self, error: str) -> None:
        """See Dialer."""
        self.end(RefusedError(error))

    def dial_failed(self, error: int) -> None:
        """See Dial."""
        self.end(RefusedError(why(say("the server"), error)))

    def broken(self, side: Side, error: int) -> None:
        """See stream.Owner."""
        self.end(RefusedError(why(say("the server"), error)))

    def finished(self) -> None:
        """See stream.Owner."""
        self.end(RefusedError(say("the server closed the connection")))

    def failed(self) -> None:
        """See stream.Owner."""
        self.end(RefusedError(say("an error in Byway itself, which its log describes")))

    # -- own

    def read(self, side: Side) -> None:
        """All that the server has said by now."""
        buffer = self.relay.buffer
        try:
            while self.side is side and (count := side.read(buffer)) >= 0:
                if count:
                    self.hear(bytes(buffer[:count]))
                if side.eof and self.side is side:
                    self.hear_end()
        except (RefusedError, ProtocolError) as error:
            self.end(error)
        except OSError as error:
            self.end(RefusedError(why(say("the server"), error.errno or 0)))


def _answered(side: Side, mask: int) -> None:
    call: Call = side.owner
    side.arrived(mask)
    call.read(side)
