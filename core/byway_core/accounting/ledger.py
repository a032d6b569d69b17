"""The ledger: every flow that lives, the last that ended, totals, and events for who follows.

On the way of each connection (`decided`, `closed`) it does a few dictionary operations; whatever is
shown is made when somebody looks. It must not know who looks.
"""

from __future__ import annotations

import asyncio
import marshal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice

from byway_core.accounting.feed import Batch
from byway_core.accounting.record import (
    ADDRESS,
    DOWN,
    ID,
    MEMBER,
    RULE,
    STATES,
    UP,
    UPSTREAM,
    VERDICT,
    Record,
    pack,
    unpack,
)
from byway_core.accounting.rulebook import RuleBook
from byway_core.model.decision import Process
from byway_core.model.events import EventKind
from byway_core.model.flow import Flow, FlowSnapshot, FlowState
from byway_core.model.rule import Rule
from byway_core.model.sentence import put_together

# Ended flows that are kept: what a user scrolls back through, about 0.5 MB.
KEEP_CLOSED = 1000
# Seconds between looks for changed byte counts while somebody follows.
TICK = 1.0
# Flows looked at in one tick: 2 ms of work. With more alive, each is looked at less often.
LOOKS = 2000
# Rule lists of the past that a worker's late batch may still mean.
_KEEP_BOOKS = 8
_HERE = 0

# Of a flow that lives: bytes up and down, state, process, member of a group.
Standing = tuple[int, int, FlowState, Process | None, str]
# A flow, the rules it was decided by, and the worker that carries it (0: this process).
Live = tuple[Flow, RuleBook, int]
# A flow that has ended stays packed, as most of a worker's come: few are ever looked at.
Ended = tuple[Record, RuleBook]

# Told of something that happens to a flow; the second argument renders the flow as it is when that
# is called, so that a follower who is too slow costs nothing. Must not raise.
Follower = Callable[[EventKind, Callable[[], FlowSnapshot]], None]


@dataclass(slots=True)
class ActionTotals:
    """Of all flows of one action, ended and live: bytes up and down."""

    flows: int = 0
    live: int = 0
    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the engine's start. `actions` is keyed as snapshots name actions; where the action is a
    group, as they name its member; `hits` counts by
    rule of the current profile, `default_hits` where none matched."""

    live: int
    flows: int
    up: int
    down: int
    actions: dict[str, ActionTotals] = field(default_factory=dict)
    hits: tuple[int, ...] = ()
    default_hits: int = 0


class Ledger:
    """Implements `ports.FlowSink`. Flow ids are unique across this process and its workers."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pid: int,
        rules: Sequence[Rule],
        *,
        keep_closed: int = KEEP_CLOSED,
    ) -> None:
        self._loop = loop
        self._prefix = f"{pid}."
        self._book = RuleBook(rules)
        self._books = {0: self._book}
        self._generation = 0
        self._live: dict[int, Live] = {}
        self._closed: deque[Ended] = deque(maxlen=keep_closed)
        self._ended: dict[str, ActionTotals] = {}  # without the live ones
        self._lost: set[int] = set()
        self._followers: list[Follower] = []
        self._expecting: list[Callable[[], None]] = []
        # While somebody follows: id -> what changes while a flow lives, as told last.
        self._told: dict[int, Standing] = {}
        self._looking: Iterator[Live] = iter(())
        self._timer: asyncio.TimerHandle | None = None

    # -- the way of a connection

    def decided(self, flow: Flow) -> None:
        self._open(flow, self._book, _HERE)

    def closed(self, flow: Flow) -> None:
        entry = self._live.pop(flow.id, None)
        self._end(pack(flow), self._book if entry is None else entry[1])

    def _open(self, flow: Flow, book: RuleBook, worker: int) -> None:
        self._live[flow.id] = entry = (flow, book, worker)
        if flow.decision is not None:
            book.count(flow.decision.rule_index)
        if self._followers:
            self._told[flow.id] = _standing(flow)
            self._tell(EventKind.OPENED, entry)

    def _end(self, record: Record, book: RuleBook) -> None:
        """The flow has left the live ones already."""
        ended = (record, book)
        self._closed.append(ended)
        name = record[MEMBER] or record[UPSTREAM] or record[VERDICT]
        totals = self._ended.get(name)
        if totals is None:
            totals = self._ended[name] = ActionTotals()
        totals.flows += 1
        totals.up += record[UP]
        totals.down += record[DOWN]
        if self._followers:
            self._told.pop(record[ID], None)
            self._tell(EventKind.CLOSED, ended)

    # -- the workers' flows

    def merge(self, worker: int, batch: bytes) -> None:
        """Take in a batch of a worker's `LedgerFeed`."""
        if worker in self._lost:
            return
        parts: Batch = marshal.loads(batch)  # noqa: S302  our own process wrote it
        generation, opened, progress, closed = parts
        book = self._books.get(generation) or self._book
        for record in opened:
            self._open(unpack(record), book, worker)
        for number, up, down, state, process, member, because in progress:
            entry = self._live.get(number)
            if entry is not None:
                flow = entry[0]
                flow.up, flow.down, flow.state = up, down, STATES[state]
                flow.process = process and Process(*process)
                flow.member, flow.because = member, put_together(because)
        for record in closed:
            entry = self._live.pop(record[ID], None)
            if entry is not None:
                self._end(record, entry[1])
            else:  # it opened and ended between two batches
                if record[VERDICT]:
                    book.count(record[RULE])
                self._end(record, book)

    def lost(self, worker: int, reason: str) -> None:
        """A worker has died, and its connections with it."""
        self._lost.add(worker)
        now = time.time()
        for entry in [entry for entry in self._live.values() if entry[2] == worker]:
            flow = entry[0]
            del self._live[flow.id]
            flow.state, flow.closed, flow.reason = FlowState.CLOSED, now, reason
            self._end(pack(flow), entry[1])

    # -- steering

    def use_rules(self, rules: Sequence[Rule]) -> None:
        """The rules of a new profile, for flows that are decided from here on."""
        self._generation += 1
        self._book = self._books[self._generation] = self._book.successor(rules)
        self._books.pop(self._generation - _KEEP_BOOKS, None)

    def reset_hits(self) -> None:
        """The rules' hits are counted from zero again; totals of actions stay."""
        self._book.reset()

    def close(self) -> None:
        """Nobody follows any more."""
        self._followers.clear()
        self._rest()

    # -- looking

    def is_live(self, number: int) -> bool:
        """Whether the flow of that number (the part of its id after the point) lives."""
        return number in self._live

    def addresses(self) -> set[str]:
        """Those that programs have asked for, of all flows that live or are kept."""
        live = (entry[0].asked_address for entry in self._live.values())
        return {*live, *(record[ADDRESS] for record, _ in self._closed)}

    def snapshots(
        self, *, live: bool = True, closed: bool = True, limit: int | None = None
    ) -> Iterator[FlowSnapshot]:
        """Ended flows in the order of their ends, then live ones in the order of their beginnings;
        of these the last `limit`. Rendered as they are taken, so a caller may take its time."""
        entries: list[Live | Ended] = []
        if closed:
            entries.extend(self._closed)
        if live:
            entries.extend(self._live.values())
        if limit is not None:
            entries = entries[len(entries) - limit :] if limit < len(entries) else entries
        return map(self._render, entries)

    def totals(self) -> Totals:
        actions = {
            name: ActionTotals(ended.flows, 0, ended.up, ended.down)
            for name, ended in self._ended.items()
        }
        for flow, _, _ in self._live.values():
            name = flow.member or _action(flow)
            totals = actions.get(name)
            if totals is None:
                totals = actions[name] = ActionTotals()
            totals.flows += 1
            totals.live += 1
            totals.up += flow.up
            totals.down += flow.down
        *hits, default_hits = self._book.hits
        return Totals(
            live=len(self._live),
            flows=sum(totals.flows for totals in actions.values()),
            up=sum(totals.up for totals in actions.values()),
            down=sum(totals.down for totals in actions.values()),
            actions=actions,
            hits=tuple(hits),
            default_hits=default_hits,
        )

    def subscribe(self, follower: Follower) -> Callable[[], None]:
        """Tell `follower` of everything from now on, until the returned function is called."""
        self._followers.append(follower)
        for followed in self._expecting:
            followed()
        self._expecting.clear()
        if self._timer is None:
            self._timer = self._loop.call_later(TICK, self._tick)
            for flow, _, _ in self._live.values():
                self._told[flow.id] = _standing(flow)

        def leave() -> None:
            if follower in self._followers:
                self._followers.remove(follower)
            if not self._followers:
                self._rest()

        return leave

    def when_followed(self, followed: Callable[[], None]) -> None:
        """Call `followed` once, as soon as somebody follows; at once where somebody does."""
        if self._followers:
            followed()
        else:
            self._expecting.append(followed)

    # -- for followers

    def _tell(self, kind: EventKind, entry: Live | Ended) -> None:
        render = partial(self._render, entry)
        for follower in tuple(self._followers):
            follower(kind, render)

    def _tick(self) -> None:
        """Tell of what has changed, some flows at a time."""
        self._timer = self._loop.call_later(TICK, self._tick)
        looked = list(islice(self._looking, LOOKS))
        if len(looked) < LOOKS:
            self._looking = iter(list(self._live.values()))
            fresh = islice(self._looking, LOOKS - len(looked))
            looked = list({entry[0].id: entry for entry in chain(looked, fresh)}.values())
        for entry in looked:
            flow = entry[0]
            now = _standing(flow)
            if flow.id in self._live and self._told.get(flow.id) != now:
                self._told[flow.id] = now
                self._tell(EventKind.UPDATED, entry)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._told.clear()
        self._looking = iter(())

    def _render(self, entry: Live | Ended) -> FlowSnapshot:
        flow, book = entry[0], entry[1]
        if isinstance(flow, tuple):
            flow = unpack(flow)
        decision = flow.decision
        index = None if decision is None else decision.rule_index
        return FlowSnapshot(
            id=f"{self._prefix}{flow.id}",
            opened=flow.opened,
            closed=flow.closed,
            network=flow.network,
            source=flow.source,
            source_port=flow.source_port,
            address=flow.asked_address,
            port=flow.port,
            host=flow.host,
            host_source=flow.host_source,
            action=_action(flow),
            rule=book.text(index),
            rule_index=index,
            state=flow.state,
            up=flow.up,
            down=flow.down,
            reason=flow.reason,
            program=flow.program,
            process=flow.process,
            member=flow.member,
            because=flow.because,
        )


def _standing(flow: Flow) -> Standing:
    return flow.up, flow.down, flow.state, flow.process, flow.member


def _action(flow: Flow) -> str:
    """As `str(action)`, three times as fast: `verdict.value` is Python code in the enum module."""
    decision = flow.decision
    if decision is None:
        return ""
    action = decision[0]
    return action[1] or action[0]._value_
