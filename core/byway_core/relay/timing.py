"""One test of a group's member: how long it takes until something answers through it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from byway_core.model.decision import Query
from byway_core.model.errors import BywayError, RefusedError
from byway_core.model.sentence import say
from byway_core.protocols.handshake import ClientHandshake
from byway_core.relay.call import Call
from byway_core.relay.locating import address_of
from byway_core.relay.stream import Side
from byway_core.rules.names import parse_address
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.probe import first_words
from byway_core.upstreams.standing import Target

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# For looking up, connecting and answering each: a SYN that was lost is sent again after one second,
# and what takes longer than this is of no use to a person anyway.
TEST_SECONDS = 3.0

# Milliseconds, or None and why it failed.
Timed = Callable[[float | None, str], None]


class Timing(Call):
    """Of an upstream, or of the direct way where `gateway` is None. Without a `target` the server
    is only connected to. `done` is called once, unless it is hung up before."""

    def __init__(self, relay: Relay, gateway: Gateway | None, target: Target, done: Timed) -> None:
        server = target if gateway is None else gateway.server
        assert server is not None  # noqa: S101 - the direct way has no server of its own
        super().__init__(relay, server, TEST_SECONDS)
        self._gateway = gateway
        self._target = target
        self._done = done
        self._begun = time.monotonic()
        self._handshake: ClientHandshake | None = None
        self._question = b""

    def connected(self, side: Side, sent: int) -> None:
        """See Call."""
        super().connected(side, sent)
        if not self.ended and self._handshake is None and not self._question:
            self._finished()

    def first_words(self) -> bytes:
        gateway, target = self._gateway, self._target
        if target is None:
            return b""
        self._question = first_words(*target)
        if gateway is not None:
            host, port = target
            literal = parse_address(host) is not None
            query = Query("" if literal else host, address_of(host) if literal else None, port)
            self._handshake = gateway.handshake(query)
            if self._handshake is not None:
                return self._handshake.start()
            self._question = b""  # a service: it is what answers, and not that host
        return self._question

    def hear(self, data: bytes) -> None:
        handshake = self._handshake
        if handshake is None:
            self._finished()
            return
        words = handshake.feed(data)
        if words:
            self.say(words)
        if handshake.done and not self.ended:
            self._handshake = None
            if self._question and not handshake.leftover:
                self.say(self._question)
            else:
                self._finished()

    def hear_end(self) -> NoReturn:
        if self._handshake is not None:
            self._handshake.feed_eof()
        raise RefusedError(say("the server closed the connection"))

    def lost(self, error: BywayError) -> None:
        if self._gateway is not None:
            described = self._gateway.described
            self._done(None, say("via {upstream}: {words}", upstream=described, words=error))
        else:
            self._done(None, str(error))

    def _finished(self) -> None:
        self.hang_up()
        self._done((time.monotonic() - self._begun) * 1000, "")
