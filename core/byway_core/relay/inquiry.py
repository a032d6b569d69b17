"""Which process a connection or flow comes from: asked when it comes in, waited for where a rule
needs it.

    Inquiry        one question to the desk (`intercept.desk`), and who waits for the answer
    with_process   goes on with a query once that has its process, or has waited long enough

What is not waited for is for display, and is filled in whenever it is known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from byway_core.intercept.datagrams import Endpoint
from byway_core.intercept.desk import Desk
from byway_core.model.decision import UNKNOWN_PROCESS, Network, Process, Query
from byway_core.model.flow import Flow, FlowState
from byway_core.relay.deadlines import Deadlines, Timed
from byway_core.relay.routing import Routing

# An answer takes a millisecond, and a walk over the processes of a full desktop some 30; a machine
# that was busy with other things has kept one waiting for 250. Decided without, a connection may go
# where its user does not want it, so this limit is for a /proc that is broken.
PATIENCE_SECONDS = 2.0


class Inquiry:
    """Implements `desk.Question`. `far` is where the program's socket is connected to, `over` is
    true when there will be no better answer than the flow has. `queue` belongs to Deadlines."""

    __slots__ = ("_deadlines", "_desk", "_go_on", "_pressing", "far", "flow", "over", "queue")

    def __init__(self, desk: Desk, deadlines: Deadlines, flow: Flow, far: Endpoint) -> None:
        self._desk = desk
        self._deadlines = deadlines
        self.flow = flow
        self.far = far
        self.over = bool(desk.obstacle)
        self.queue: dict[Timed, float] | None = None
        self._pressing = False
        self._go_on: Callable[[], None] | None = None

    @property
    def network(self) -> Network:
        return self.flow.network

    @property
    def near(self) -> Endpoint:
        return self.flow.source, self.flow.source_port

    @property
    def wanted(self) -> bool:
        return self.flow.process is None and self.flow.state is not FlowState.CLOSED

    def press(self) -> None:
        """A decision depends on it: ask at once, and no longer than PATIENCE_SECONDS."""
        if not (self._pressing or self.over):
            self._pressing = True
            self._desk.ask(self)
            self._deadlines.set(self, PATIENCE_SECONDS)

    def ask_idly(self) -> None:
        """Ask for display, unless it was asked already."""
        if not (self._pressing or self.over):
            self._desk.ask_idly(self)

    def wait(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` when it is over, which it is not yet."""
        self._go_on = go_on
        self.press()

    def answered(self, process: Process | None) -> None:
        """See desk.Question. One that comes too late for a decision is still to be shown."""
        if process is not None:
            self.flow.process = process
        self._end()

    def expired(self) -> None:
        """It is decided without (Deadlines)."""
        if self._go_on is not None:
            self._desk.given_up()
        self._end()

    def _end(self) -> None:
        self.over = True
        self._deadlines.lift(self)
        go_on, self._go_on = self._go_on, None
        if go_on is not None:
            go_on()


def with_process(
    inquiry: Inquiry | None, routing: Routing, query: Query, go_on: Callable[[Query], None]
) -> None:
    """Call `go_on` with the query and, where that could change the rules' outcome, its process, as
    soon as that is known. `inquiry` None: nobody looks for it."""
    if not routing.rules.process_matters(query):
        go_on(query)
    elif inquiry is None or inquiry.over:
        _informed(inquiry, query, go_on)
    else:
        inquiry.wait(partial(_informed, inquiry, query, go_on))


def _informed(inquiry: Inquiry | None, query: Query, go_on: Callable[[Query], None]) -> None:
    found = None if inquiry is None else inquiry.flow.process
    go_on(query._replace(process=found or UNKNOWN_PROCESS))
