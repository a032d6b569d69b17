"""One flow of datagrams: a way out on one side, the raw sender's way back on the other.

    Exchange    what every flow has: its clock, its end, what its program is told
    Straight      … by a connected socket of its own, to the destination or a service

Those that go through an upstream are `association`'s. Knows no rules, and not how a flow begins.
"""

from __future__ import annotations

import contextlib
import errno
import time
from typing import TYPE_CHECKING

from byway_core.intercept.datagrams import Endpoint, Gate, Source, Way, endpoint, plain
from byway_core.model.flow import Flow, FlowState
from byway_core.model.sentence import say
from byway_core.relay.outside import Outside
from byway_core.relay.reasons import shown, why

if TYPE_CHECKING:
    from byway_core.relay.datagrams import Datagrams

# A program's socket, and the destination as the gate gives it.
Key = tuple[Source, bytes]

# Datagrams taken from one socket before others have their turn.
AT_ONCE = 32
# To ask a socket that has no more costs half as much as to take one. So who got one only takes no
# more than one for so many turns, and tries then; measured with one question at a time, an eighth.
LONE_TURNS = 8
# An earlier datagram has come back (ip(7)), or this one is not let out.
UNREACHABLE = frozenset(
    {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPERM, errno.EACCES}
)


class Exchange:
    """One flow. `note` is what is worth knowing of it while all is well, "" for nothing; `used`
    when the last datagram came (monotonic), `begun` the first; `answered` whether one came back."""

    __slots__ = ("answered", "begun", "flow", "gate", "key", "note", "table", "used", "way")

    def __init__(self, table: Datagrams, gate: Gate, flow: Flow, key: Key) -> None:
        self.table = table
        self.gate = gate
        self.flow = flow
        self.key = key
        self.note = flow.reason
        self.way = gate.way(source=endpoint(key[1]), to=plain(key[0]))
        self.begun = self.used = time.monotonic()
        self.answered = False

    def forward(self, payload: bytes) -> None:
        """A datagram of the program's. One that the network does not take is lost, as there."""
        raise NotImplementedError

    def leave(self) -> None:
        """Give up the way out: the flow has ended."""
        raise NotImplementedError

    def end(self, reason: str) -> None:
        """The program may go on: its next datagram is a new flow."""
        flow = self.flow
        self.table.forget(self)
        self.leave()
        flow.state, flow.closed, flow.reason = FlowState.CLOSED, time.time(), reason
        self.table.relay.sink.closed(flow)


class Straight(Exchange):
    """By a connected socket: only that learns, by ICMP, that nobody listens out there."""

    __slots__ = ("_lone", "_outside", "_sock", "_to", "fd")

    def __init__(self, table: Datagrams, gate: Gate, flow: Flow, key: Key, to: Endpoint) -> None:
        """OSError as the system raises it."""
        super().__init__(table, gate, flow, key)
        self._to = to
        self._outside: Outside | None
        self._sock, self._outside = table.outside.connected(table.relay.edges.sockets, key[0], to)
        self.fd = self._sock.fileno()
        self._lone = 0
        flow.state = FlowState.OPEN
        table.relay.watch(self)

    @property
    def owner(self) -> Straight:
        """Whom an error of ours ends."""
        return self

    def forward(self, payload: bytes) -> None:
        self.used = time.monotonic()
        try:
            self.flow.up += self._sock.send(payload)
        except BlockingIOError:
            pass
        except OSError as error:
            self._came_back(error)

    def step(self, _: object, mask: int) -> None:
        """Answers."""
        sock, buffer, flow = self._sock, self.table.buffer, self.flow
        for taken in range(1 if self._lone else AT_ONCE):
            try:
                count = sock.recv_into(buffer)
            except BlockingIOError:
                self._lone = LONE_TURNS if taken == 1 else 0
                return
            except OSError as error:
                self._came_back(error)
                return
            self.used = time.monotonic()
            self.answered = True
            flow.down += count
            flow.reason = self.note
            deliver(self.way, buffer[:count])
        if self._lone:
            self._lone -= 1

    def failed(self) -> None:
        self.end(say("an error in Byway itself, which its log describes"))

    def leave(self) -> None:
        self.table.relay.unwatch(self, self._sock)
        if self._outside is not None:
            self.table.outside.give_up(self._outside, self._to)

    def _came_back(self, error: OSError) -> None:
        """The flow stays: a server may come up yet."""
        number = error.errno or 0
        if number in UNREACHABLE:
            flow = self.flow
            flow.reason = why(shown(flow.host or flow.asked_address, flow.port), number)
            refuse(self.gate, *self.key)


def refuse(gate: Gate, source: Source, packed: bytes) -> None:
    """Tell a program that its datagram goes nowhere. Only the kernel can: it is shown the header
    once more, as the program sent it, and the rules make an ICMP message of that."""
    deliver(gate.way(source=plain(source), to=endpoint(packed)), b"")


def deliver(way: Way, payload: bytes | memoryview) -> None:
    """Send by the raw sender."""
    with contextlib.suppress(OSError):  # the program is gone, a buffer is full, or it is a refusal
        way(payload)
