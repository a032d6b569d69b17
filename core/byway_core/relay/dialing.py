"""Connections begun to a destination's addresses, until one stands (Happy Eyeballs, RFC 8305).

    Lookup ─► first addresses, and the rest when they come
    addresses ─► attempt 1 ── nothing for 250 ms, or it fails ──► attempt 2, beside it ──► …
                    └───────── the first that stands wins, the others are closed ─────────┘

It must not know what is said on the connection that stands.
"""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Protocol

from byway_core.relay.stream import READING, Owner, Side

if TYPE_CHECKING:
    from byway_core.relay.deadlines import Timed
    from byway_core.relay.machine import Relay

Target = tuple[socket.AddressFamily, str]

# A SYN is sent again after 1, 3 and 7 s: whoever has not answered by then will hardly do so, and
# programs give up at about the same time.
DIAL_SECONDS = 10.0
# RFC 8305 section 5, Connection Attempt Delay: what it recommends, and browsers do.
ATTEMPT_SECONDS = 0.25

_GONE = select.EPOLLERR | select.EPOLLHUP


def by_turns(targets: Iterable[Target]) -> list[Target]:
    """The families by turns, beginning with the first one's (RFC 8305 section 4): one that leads
    nowhere costs no more than one attempt."""
    families: dict[socket.AddressFamily, list[Target]] = {}
    for target in targets:
        families.setdefault(target[0], []).append(target)
    rounds = zip_longest(*families.values())
    return [target for each in rounds for target in each if target is not None]


class Dialer(Owner, Protocol):
    """Whose attempts they are. `opening`: the first words, b"" for none; `dial`: the Dial, until it
    has told; `dial_seconds`: how long the last address has, None for the usual; `queue` is
    Deadlines' own."""

    relay: Relay
    opening: bytes
    dial: Dial | None
    queue: dict[Timed, float] | None

    def connected(self, side: Side, sent: int) -> None:
        """A connection stands, and took so much of the opening already."""

    def dial_failed(self, error: int) -> None:
        """None will; the errno of the last attempt."""

    def expired(self) -> None:
        """See Deadlines."""

    def not_found(self, error: str) -> None:
        """There is no address; `error` is a sentence that says why."""

    @property
    def dial_seconds(self) -> float | None:
        """See above."""

    @property
    def ended(self) -> bool:
        """It wants no connection any more."""


class Lookup:
    """Of one dialer: has it dial as soon as there is an address."""

    __slots__ = ("_dial", "_dialer", "_port")

    def __init__(self, dialer: Dialer, port: int) -> None:
        self._dialer = dialer
        self._port = port
        self._dial: Dial | None = None

    def arrived(self, addresses: Sequence[Target], error: str, last: bool) -> None:
        """See ports.Arrived."""
        dialer, dial = self._dialer, self._dial
        if dialer.ended:
            return
        if dial is not None:
            if dial is dialer.dial:  # else one stands, or all has failed since
                dial.add(addresses)
        elif addresses:
            self._dial = dial = Dial(dialer, by_turns(addresses), self._port, more_come=not last)
            dialer.dial = dial
            dial.go_on()
        else:
            dialer.not_found(error)


class Dial:
    """Of one dialer. Tells it `connected` or `dial_failed`, once."""

    __slots__ = ("_attempts", "_connection", "_error", "_is_due", "_more_come", "_port", "_targets")

    def __init__(
        self, connection: Dialer, targets: Sequence[Target], port: int, *, more_come: bool = False
    ) -> None:
        """`targets`: what to try, in that order. `more_come`: `add` will be called."""
        self._connection = connection
        self._targets = list(reversed(targets))
        self._port = port
        self._attempts: list[Side] = []
        self._error = 0  # the last failed attempt's errno
        self._more_come = more_come
        self._is_due = False  # the next attempt, for which there is no address yet

    def add(self, targets: Sequence[Target]) -> None:
        """The other addresses, which come before those not tried yet: they are of a family that was
        not known when these were put by turns."""
        self._more_come = False
        self._targets = list(reversed(by_turns([*targets, *reversed(self._targets)])))
        if self._is_due or not self._attempts or not self._targets:
            self.go_on()

    def _patience(self) -> float:
        """How long the last one has."""
        return self._connection.dial_seconds or DIAL_SECONDS

    def go_on(self) -> None:
        """Try the next address, beside those that have not answered yet."""
        connection = self._connection
        while self._targets:
            family, address = self._targets.pop()
            try:
                sock = connection.relay.edges.sockets.tcp(family)
            except OSError as error:
                self._error = error.errno or 0
                continue
            self._error = self._connect(sock, address)
            if not self._error:
                return
            sock.close()
        self._is_due = self._more_come
        if self._attempts or self._more_come:
            connection.relay.deadlines.set(connection, self._patience())
        else:
            connection.dial_failed(self._error)

    def expired(self) -> None:
        """The time limit that each attempt sets has passed."""
        if self._targets or (self._more_come and not self._is_due):
            self.go_on()
        else:
            self._connection.dial_failed(errno.ETIMEDOUT)

    def close(self, winner: Side | None = None) -> None:
        """End all attempts, but for the one that stands."""
        for side in self._attempts:
            if side is not winner:
                self._connection.relay.discard(side, False)
                del side.owner
        self._attempts.clear()

    def _connect(self, sock: socket.SocketType, address: str) -> int:
        """Begin to connect; an errno if that fails at once."""
        connection, sent = self._connection, 0
        opening = connection.opening
        if opening:
            # We speak first: TCP's own handshake ends with that, and not in a packet more. Nor does
            # a whole answer to the opening need one of its own.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        try:
            code = sock.connect_ex((address, self._port))
            if code not in (0, errno.EINPROGRESS):
                return code
            if opening:
                # A server on this machine has answered by now.
                sent = sock.send(opening)
        except BlockingIOError:
            pass
        except OSError as error:
            # connect() and send() say why, getaddrinfo() does not: the scope of fe80::1%eth9 is no
            # interface (any more).
            return (0 if isinstance(error, socket.gaierror) else error.errno) or errno.EINVAL
        side = Side(sock, connection, up=False)
        self._attempts.append(side)
        relay = connection.relay
        is_last = not self._targets and not self._more_come
        relay.deadlines.set(connection, self._patience() if is_last else ATTEMPT_SECONDS)
        if sent == len(opening) > 0:
            side.events = READING
        side.step = _dialed
        relay.register(side)
        if sent:
            self._stands(side, sent)
        return 0

    def _stands(self, side: Side, sent: int) -> None:
        self.close(side)
        self._connection.connected(side, sent)

    def ended(self, side: Side, mask: int) -> None:
        """connect() has ended, one way or the other."""
        if mask & _GONE:
            error = side.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._error = error or errno.ECONNRESET
            self._attempts.remove(side)
            self._connection.relay.discard(side, False)
            del side.owner
            if self._targets or not self._attempts:
                self._connection.relay.deadlines.lift(self._connection)
                self.go_on()
        elif mask & select.EPOLLOUT:
            side.arrived(mask)
            self._stands(side, 0)


def _dialed(side: Side, mask: int) -> None:
    connection: Dialer = side.owner
    assert connection.dial is not None  # noqa: S101 - it has made the side
    connection.dial.ended(side, mask)
