"""How far ahead SOCKS5 upstreams may be spoken to: each step is a round trip less for every
connection. RFC 1928 forbids none of it and most servers take it, but some drop what comes with a
greeting (microsocks), and their clients would then wait for ever. So it is tried out first.

Two trials, each a connection of its own. The first sends greeting and request in one piece and asks
for a name that cannot exist (RFC 6761 section 6.4); any answer to the request, a refusal too, means
yes. The second asks the server for itself and sends a greeting along as data: only a server that
takes data with the request, too, answers that. Nobody else is contacted by either.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from byway_core.model.errors import BywayError, Refusal, RefusedError
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.socks import socks5_client
from byway_core.relay.call import Call
from byway_core.upstreams.gateway import Gateway

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# A trial is a connection of the user's upstream for nothing: not for a handful of connections.
WORTH_A_TRIAL = 8
# The server looks up a name that does not exist. One that needs longer is treated as if it could
# not pipeline, which costs nothing but the gain.
TRIAL_SECONDS = 5.0
_NAME, _PORT = "pipelining-test.invalid", 9
_GREETING, _WELCOME = b"\x05\x01\x00", b"\x05\x00"  # RFC 1928 section 3, no authentication


class Ahead(IntEnum):
    """What may go to a server before it has answered the greeting."""

    NOTHING = 0
    REQUEST = 1
    DATA = 2  # the program's first bytes as well


class Pipelining:
    """What one relay knows of the upstreams' servers. A server is its address and port: another
    profile's upstream of the same name is another server."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._uses: dict[tuple[str, int], int] = {}
        self._trust: dict[tuple[str, int], Ahead] = {}
        self._trials: set[Trial] = set()
        self._closed = False

    def known(self, gateway: Gateway) -> Ahead:
        """How the next handshake may go. Counts uses, and starts the trials."""
        if not gateway.could_pipeline:
            return Ahead.NOTHING
        server = gateway.server
        trust = self._trust.get(server)
        if trust is not None:
            return trust
        uses = self._uses[server] = self._uses.get(server, 0) + 1
        if uses >= WORTH_A_TRIAL:
            self._trust[server] = Ahead.NOTHING
            self._try(server, Ahead.REQUEST)
        return Ahead.NOTHING

    def distrust(self, gateway: Gateway) -> None:
        """A pipelined handshake failed in a way that may be its fault: never again."""
        self._trust[gateway.server] = Ahead.NOTHING

    def doubt(self, gateway: Gateway) -> None:
        """Data that went ahead had no answer until the program gave up. That happens; but behind
        the name there may be another server by now, so the second trial is due again."""
        if self._trust.get(gateway.server) is Ahead.DATA:
            self._trust[gateway.server] = Ahead.REQUEST
            self._try(gateway.server, Ahead.DATA)

    def tried(self, trial: Trial, takes_it: bool) -> None:
        """A trial has ended."""
        self._trials.discard(trial)
        # Who was distrusted meanwhile is not believed for the sake of the next trial.
        if takes_it and self._trust[trial.server] == trial.of - 1:
            self._trust[trial.server] = trial.of
            if trial.of is Ahead.REQUEST:
                self._try(trial.server, Ahead.DATA)

    def _try(self, server: tuple[str, int], of: Ahead) -> None:
        if self._closed:
            return
        trial = Trial(self._relay, self, server, of)
        self._trials.add(trial)
        trial.begin()

    @property
    def under_trial(self) -> bool:
        """Whether a server is being tried now."""
        return bool(self._trials)

    def close(self) -> None:
        """End the trials under way, and begin no more."""
        self._closed = True
        for trial in list(self._trials):
            trial.judge(False)


class Trial(Call):
    """A call to a server, to see what it does with what comes early (`of`)."""

    def __init__(
        self, relay: Relay, pipelining: Pipelining, server: tuple[str, int], of: Ahead
    ) -> None:
        super().__init__(relay, server, TRIAL_SECONDS)
        self.of = of
        self._pipelining = pipelining
        self._handshake: ClientHandshake | None = None
        self._said = b""

    def judge(self, takes_it: bool) -> None:
        """The answer is there, or will not come."""
        if not self.ended:
            self.hang_up()
            self._pipelining.tried(self, takes_it)

    def first_words(self) -> bytes:
        host, port = (_NAME, _PORT) if self.of is Ahead.REQUEST else (self.address, self.server[1])
        self._handshake = socks5_client(host, port, pipelined=True)
        words = self._handshake.start()
        return words if self.of is Ahead.REQUEST else words + _GREETING

    def hear(self, data: bytes) -> None:
        handshake = self._handshake
        assert handshake is not None  # noqa: S101 - made by `first_words`
        if handshake.done:
            self._said += data
        else:
            try:
                handshake.feed(data)
            except RefusedError as error:
                heard = self.of is Ahead.REQUEST and error.kind is not Refusal.AUTHENTICATION
                self.judge(heard)
                return
            self._said = handshake.leftover
        if handshake.done and self.of is Ahead.REQUEST:
            self.judge(True)
        elif len(self._said) >= len(_WELCOME):
            self.judge(self._said.startswith(_WELCOME))

    def lost(self, error: BywayError) -> None:
        self._pipelining.tried(self, False)
