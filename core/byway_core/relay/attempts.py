"""Which members of a group one connection tries, one after the other, until one opens the way.

Its program notices nothing of that: no byte of its own has gone anywhere by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from byway_core.model.decision import Query, Verdict
from byway_core.model.flow import Flow
from byway_core.model.sentence import in_a_row, say
from byway_core.protocols.proxy_request import Failure
from byway_core.upstreams.standing import Doubt, Standing
from byway_core.upstreams.ways import Way, Ways

if TYPE_CHECKING:
    from byway_core.relay.connection import Connection
    from byway_core.relay.machine import Relay

# A program waits for an answer of any: who comes after that many would find nobody there.
MOST_ATTEMPTS = 8
# Where another member may be tried, one has so long to be connected to: a SYN that was lost is sent
# again after one second.
ATTEMPT_SECONDS = 3.0
# And so long to open the way after that: it may be the destination that is slow.
LATE_SECONDS = 7.0


class Attempts:
    """One connection's, by one group. Writes on the flow which member it has, and why."""

    __slots__ = (
        "_count",
        "_failures",
        "_flow",
        "_group",
        "_left",
        "_next",
        "_standing",
        "_ways",
        "gateways",
    )

    def __init__(self, relay: Relay, flow: Flow, group: str, query: Query) -> None:
        self._group = group
        self._flow = flow
        self._standing: Standing = relay.edges.standing
        self._ways = Ways(relay.routing.groups, self._standing)
        self._left: Iterator[Way] = self._ways.of(group, query)
        self.gateways = relay.routing.gateways  # of the profile that has decided, to the end
        self._count = 0
        self._failures: list[str] = []
        self._next = next(self._left, None)
        self._standing.use(group)
        self._note()

    def go_on(self) -> str:
        """The member to try now; "" where none is left, and `reason` says why."""
        way = self._next
        if way is None:
            return ""
        if self._failures:
            self._note()
        self._count += 1
        self._next = next(self._left, None) if self._count < MOST_ATTEMPTS else None
        return way.member

    def failed(self, words: str, doubt: Doubt | None) -> None:
        """The member has opened no way; `doubt` None: that says nothing of it."""
        self._failures.append(words)
        if doubt is not None:
            self._standing.fail(self._flow.member, words, doubt)

    def late(self) -> float | None:
        """The member was connected to, and has not opened the way: it is to be tested. How long it
        still has; None: as long as any."""
        self._standing.fail(self._flow.member, say("it does not answer"), Doubt.UNSURE)
        return LATE_SECONDS if self.has_more else None

    @property
    def has_more(self) -> bool:
        return self._next is not None

    @property
    def dial_seconds(self) -> float | None:
        """How long the member has to be connected to; None: as long as any."""
        return ATTEMPT_SECONDS if self.has_more else None

    @property
    def reason(self) -> str:
        """Why there is no way."""
        if not self._failures:
            return self._ways.none_alive(self._group)
        return in_a_row(self._failures)

    def _note(self) -> None:
        """On the flow, which member is next, and why."""
        way, flow = self._next, self._flow
        if way is None:
            return
        flow.member = way.member
        flow.because = self._ways.because(way)
        if self._failures:
            flow.because = say(
                "{because}; before it others have failed: {failures}",
                because=flow.because,
                failures=in_a_row(self._failures),
            )


def go_by_member(connection: Connection, attempts: Attempts) -> None:
    """Go by the next member of the group, if there is one."""
    query, member = connection.query, attempts.go_on()
    assert query is not None  # noqa: S101 - there is a decision
    if not member:
        connection.fail(Failure.UPSTREAM, attempts.reason)
    elif member == Verdict.DIRECT.value:
        connection.go_direct(query)
    elif member == Verdict.REJECT.value:
        connection.fail(Failure.REJECTED, connection.flow.because)
    else:
        connection.go_by(attempts.gateways[member])


def try_next(
    connection: Connection, attempts: Attempts, kind: Failure, reason: str, doubt: Doubt | None
) -> None:
    """The member has opened no way; `doubt` is what that says of it. Another one may, as long as
    nothing of the program's has gone anywhere."""
    # Directly, it is the destination's failure.
    attempts.failed(reason, doubt if connection.gateway is not None else None)
    if attempts.has_more and not connection.flow.up:
        connection.give_up()
        go_by_member(connection, attempts)
    else:
        connection.fail(kind, attempts.reason)
