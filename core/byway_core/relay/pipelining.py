"""Which SOCKS5 upstreams take greeting and request in one piece: a round trip less for each
connection. RFC 1928 does not forbid it, most servers take it, some drop what comes with a greeting
(microsocks), and their clients would then wait for ever. So it is tried out first.

The trial is a connection of its own, which asks for a name that cannot exist (RFC 6761 section
6.4), so that nobody is contacted by it. Any answer to the request, a refusal too, means yes.
"""

from __future__ import annotations

import select
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from socket import AddressFamily
from typing import TYPE_CHECKING

from byway_core.model.errors import ProtocolError, Refusal, RefusedError
from byway_core.model.flow import Flow
from byway_core.protocols.handshake import ClientHandshake
from byway_core.protocols.socks import socks5_client
from byway_core.relay.deadlines import Timed
from byway_core.relay.stream import Side
from byway_core.upstreams.gateway import Gateway

if TYPE_CHECKING:
    from byway_core.relay.machine import Relay

# A trial is a connection of the user's upstream for nothing: not for a handful of connections.
WORTH_A_TRIAL = 16
# The server looks up a name that does not exist. One that needs longer is treated as if it could
# not pipeline, which costs nothing but the gain.
TRIAL_SECONDS = 5.0
_NAME, _PORT = "pipelining-test.invalid", 9


class _Trust(Enum):
    TRIED = "being tried"
    YES = "takes it"
    NO = "does not"


class Pipelining:
    """What one relay knows of the upstreams' servers. A server is its address and port: another
    profile's upstream of the same name is another server."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._uses: dict[tuple[str, int], int] = {}
        self._trust: dict[tuple[str, int], _Trust] = {}
        self._trials: set[Trial] = set()

    def known(self, gateway: Gateway) -> bool:
        """Whether the next handshake may be pipelined. Counts uses, and starts the trial."""
        if not gateway.could_pipeline:
            return False
        server = gateway.server
        trust = self._trust.get(server)
        if trust is None:
            uses = self._uses[server] = self._uses.get(server, 0) + 1
            if uses >= WORTH_A_TRIAL:
                self._trust[server] = _Trust.TRIED
                trial = Trial(self._relay, self, server)
                self._trials.add(trial)
                trial.begin()
        return trust is _Trust.YES

    def distrust(self, gateway: Gateway) -> None:
        """A pipelined handshake failed in a way that may be its fault: never again."""
        self._trust[gateway.server] = _Trust.NO

    def tried(self, trial: Trial, takes_it: bool) -> None:
        """A trial has ended."""
        self._trials.discard(trial)
        if self._trust[trial.server] is _Trust.TRIED:
            self._trust[trial.server] = _Trust.YES if takes_it else _Trust.NO

    @property
    def under_trial(self) -> bool:
        """Whether a server is being tried now."""
        return bool(self._trials)

    def close(self) -> None:
        """End the trials under way."""
        for trial in list(self._trials):
            trial.end(False)


class Trial:
    """One connection to a server, to see what it does."""

    def __init__(self, relay: Relay, pipelining: Pipelining, server: tuple[str, int]) -> None:
        self.server = server
        self.queue: dict[Timed, float] | None = None  # Deadlines' own
        self.flow = Flow(0, "", 0, "", 0)  # a Side's owner has one; nobody sees this
        self._relay = relay
        self._pipelining = pipelining
        self._handshake: ClientHandshake = socks5_client(_NAME, _PORT, pipelined=True)
        self._side: Side | None = None
        self._ended = False

    def begin(self) -> None:
        """Look the server up and connect."""
        self._relay.deadlines.set(self, TRIAL_SECONDS)
        self._relay.edges.resolver.lookup(self.server[0], self._found)

    def end(self, takes_it: bool) -> None:
        """The answer is there, or will not come."""
        if self._ended:
            return
        self._ended = True
        self._relay.deadlines.lift(self)
        if self._side is not None:
            self._relay.discard(self._side, False)
            del self._side.owner
        self._pipelining.tried(self, takes_it)

    def expired(self) -> None:
        """See Deadlines."""
        self.end(False)

    def broken(self, side: Side, error: int) -> None:
        """See stream.Owner."""
        self.end(False)

    def finished(self) -> None:
        """See stream.Owner."""
        self.end(False)

    def failed(self) -> None:
        """See stream.Owner."""
        self.end(False)

    def _found(self, addresses: Sequence[tuple[AddressFamily, str]], error: str) -> None:
        if self._ended:
            return
        try:
            family, address = addresses[0]
            sock = self._relay.edges.sockets.tcp(family)
        except (IndexError, OSError):
            self.end(False)
            return
        with suppress(OSError):  # getaddrinfo's, of a scope that is no interface
            sock.connect_ex((address, self.server[1]))  # how it went shows in the first event
        self._side = side = Side(sock, self, up=False)
        side.step = self._connected
        self._relay.register(side)

    def _connected(self, side: Side, mask: int) -> None:
        if mask & (select.EPOLLERR | select.EPOLLHUP):
            self.end(False)
        elif mask & select.EPOLLOUT:
            side.arrived(mask)
            side.step = self._answered
            try:
                side.sock.send(self._handshake.start())
            except OSError:
                self.end(False)

    def _answered(self, side: Side, mask: int) -> None:
        side.arrived(mask)
        buffer = self._relay.buffer
        try:
            while not self._ended and (count := side.read(buffer)) > 0:
                self._handshake.feed(bytes(buffer[:count]))
                if self._handshake.done:
                    self.end(True)
        except RefusedError as error:
            self.end(error.kind is not Refusal.AUTHENTICATION)
        except (ProtocolError, OSError):
            self.end(False)
        if side.eof:
            self.end(False)
