from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.flows import DIRECT, OFFICE, REJECT, end, flow, rules
from tests.support.loops import until

from byway_core.accounting import feed as module
from byway_core.accounting.feed import LedgerFeed
from byway_core.accounting.ledger import Ledger
from byway_core.accounting.record import pack, unpack
from byway_core.model.decision import Decision, Process
from byway_core.model.events import EventKind
from byway_core.model.flow import Flow, FlowSnapshot, FlowState
from byway_core.ports import FlowSink

RULES = rules("DOMAIN,a.example,office", "DOMAIN,b.example,REJECT", "MATCH,DIRECT")
NEXT_RULES = rules("DOMAIN,c.example,DIRECT", "DOMAIN,a.example,office")


class Pair:
    """A worker's feed and the ledger that it ends in."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.batches: list[bytes] = []
        self.ledger = Ledger(loop, 4711, RULES)
        self.feed = LedgerFeed(loop, self._send)

    def _send(self, batch: bytes) -> None:
        self.batches.append(batch)
        self.ledger.merge(1, batch)

    def shown(self) -> list[FlowSnapshot]:
        return list(self.ledger.snapshots())


@pytest.fixture
def pair(plain_loop: asyncio.AbstractEventLoop) -> Iterator[Pair]:
    pair = Pair(plain_loop)
    yield pair
    pair.feed.close()
    pair.ledger.close()


def values(it: Flow) -> dict[str, object]:
    return {name: getattr(it, name) for name in Flow.__slots__}


@pytest.mark.parametrize(
    "decision", [None, Decision(OFFICE, 3), Decision(REJECT, 0), Decision(DIRECT, None)]
)
def test_a_record_keeps_everything(decision: Decision | None) -> None:
    it = end(flow(7, "bücher.example", decision), 2**60, 5, "why")
    it.decision = decision
    it.process = Process("/usr/bin/curl", "curl", 1000) if decision else None
    assert values(unpack(pack(it))) == values(it)


def test_it_is_the_port(pair: Pair) -> None:
    sink: FlowSink = pair.feed
    sink.decided(flow(1))


def test_opened_and_closed_in_different_batches(pair: Pair) -> None:
    it = flow(1, decision=Decision(OFFICE, 0))
    pair.feed.decided(it)
    assert pair.shown() == []
    pair.feed.flush()
    assert [s.state for s in pair.shown()] == [FlowState.CONNECTING]
    assert pair.ledger.is_live(1)
    pair.feed.closed(end(it, 3, 4, "done"))
    pair.feed.flush()
    (snapshot,) = pair.shown()
    assert (snapshot.state, snapshot.up, snapshot.down) == (FlowState.CLOSED, 3, 4)
    assert snapshot.rule == "DOMAIN,a.example,office"
    assert pair.ledger.totals().hits == (1, 0, 0)


def test_opened_and_closed_in_one_batch_is_one_record(pair: Pair) -> None:
    it = flow(1, decision=Decision(OFFICE, 0))
    pair.feed.decided(it)
    pair.feed.closed(end(it))
    pair.feed.flush()
    assert len(pair.shown()) == 1
    assert pair.ledger.totals().hits == (1, 0, 0)


def test_a_full_batch_is_sent_at_once_a_small_one_soon(
    plain_loop: asyncio.AbstractEventLoop, pair: Pair
) -> None:
    for number in range(1, module.BATCH):
        pair.feed.decided(flow(number))
    assert pair.batches == []
    pair.feed.decided(flow(module.BATCH))
    assert len(pair.batches) == 1
    pair.feed.decided(flow(module.BATCH + 1))
    until(plain_loop, lambda: len(pair.batches) == 2)
    assert len(pair.shown()) == module.BATCH + 1


def test_a_process_travels_whenever_it_is_found(
    plain_loop: asyncio.AbstractEventLoop, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROGRESS", 0.02)
    curl = Process("/usr/bin/curl", "curl", 1000)
    early, late, last = flow(1), flow(2), flow(3)
    early.process = curl
    for it in (early, late, last):
        pair.feed.decided(it)
    pair.feed.flush()
    assert [snapshot.process for snapshot in pair.shown()] == [curl, None, None]
    late.process = curl
    until(plain_loop, lambda: pair.shown()[1].process == curl)
    last.process = curl
    pair.feed.closed(end(last))
    pair.feed.flush()
    assert [snapshot.process for snapshot in pair.shown()] == [curl, curl, curl]


def test_byte_counts_travel(
    plain_loop: asyncio.AbstractEventLoop, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROGRESS", 0.02)
    it = flow(1)
    pair.feed.decided(it)
    pair.feed.flush()
    it.up, it.down, it.state = 10, 20, FlowState.OPEN
    until(plain_loop, lambda: pair.shown()[0].state is FlowState.OPEN)
    assert (pair.shown()[0].up, pair.shown()[0].down) == (10, 20)
    sent = len(pair.batches)
    plain_loop.run_until_complete(asyncio.sleep(0.1))
    assert len(pair.batches) == sent, "nothing new, nothing sent"
    pair.feed.closed(end(it))
    pair.feed.flush()
    until(plain_loop, lambda: pair.feed._ticker is None)


def test_a_change_of_rules_between_decision_and_end(pair: Pair) -> None:
    early, late, later = (flow(n, decision=Decision(OFFICE, 0)) for n in (1, 2, 3))
    pair.feed.decided(early)
    pair.ledger.use_rules(NEXT_RULES)  # the main process is always first
    pair.feed.decided(late)
    pair.feed.use_rules()
    pair.feed.decided(later)
    for it in (early, late, later):
        pair.feed.closed(end(it))
    pair.feed.flush()
    assert [s.rule for s in pair.shown()] == [
        "DOMAIN,a.example,office",
        "DOMAIN,a.example,office",
        "DOMAIN,c.example,DIRECT",
    ]


def test_a_worker_that_dies_ends_its_flows_and_no_others(pair: Pair) -> None:
    mine, its = flow(1), flow(2)
    pair.ledger.decided(mine)
    pair.feed.decided(its)
    pair.feed.flush()
    seen: list[tuple[EventKind, str]] = []

    def take(kind: EventKind, render: Callable[[], FlowSnapshot]) -> None:
        seen.append((kind, render().id))

    pair.ledger.subscribe(take)
    pair.ledger.lost(1, "the worker that carried it has died")
    closed, live = pair.shown()
    assert (closed.id, closed.state) == ("4711.2", FlowState.CLOSED)
    assert closed.reason == "the worker that carried it has died"
    assert closed.closed >= closed.opened
    assert live.id == "4711.1"
    assert seen == [(EventKind.CLOSED, "4711.2")]
    pair.feed.decided(flow(3))
    pair.feed.flush()
    assert not pair.ledger.is_live(3), "what still arrives from the dead is not taken"


ACTIONS = [Decision(OFFICE, 0), Decision(REJECT, 1), Decision(DIRECT, None)]


class Twins:
    """Two workers' feeds into one ledger, and a ledger that is told the same directly."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.merged, self.direct = (Ledger(self.loop, 1, RULES) for _ in range(2))
        self.feeds = [
            LedgerFeed(self.loop, lambda batch: self.merged.merge(1, batch)),
            LedgerFeed(self.loop, lambda batch: self.merged.merge(2, batch)),
        ]
        self.live: list[tuple[LedgerFeed, Flow]] = []
        self.count = 0

    def open(self, which: int) -> None:
        self.count += 1
        it = flow(self.count, decision=ACTIONS[which % 3])
        feed = self.feeds[which % 2]
        self.live.append((feed, it))
        feed.decided(it)
        self.direct.decided(it)

    def close(self, which: int) -> None:
        if which < len(self.live):
            feed, it = self.live.pop(which)
            end(it, it.up + which, which, "done")
            feed.closed(it)
            self.direct.closed(it)

    def progress(self, which: int) -> None:
        if which < len(self.live):
            feed, it = self.live[which]
            it.up += 1
            it.state = FlowState.OPEN
            feed._tick()

    def never_decided(self, which: int) -> None:
        self.count += 1
        it = flow(self.count)
        it.decision = None
        self.feeds[which % 2].closed(end(it))
        self.direct.closed(it)

    def flush(self, which: int) -> None:
        self.feeds[which % 2].flush()

    def new_rules(self, which: int) -> None:
        for ledger in (self.merged, self.direct):
            ledger.use_rules(NEXT_RULES if which % 2 else RULES)
        for feed in self.feeds:
            feed.use_rules()

    def finish(self) -> None:
        for feed in self.feeds:
            feed._tick()
            feed.close()
        self.loop.close()


STEPS = [
    Twins.open,
    Twins.close,
    Twins.progress,
    Twins.never_decided,
    Twins.flush,
    Twins.new_rules,
]


def content(ledger: Ledger) -> tuple[object, ...]:
    def key(snapshot: FlowSnapshot) -> str:
        return snapshot.id

    return (
        sorted(ledger.snapshots(live=False), key=key),
        sorted(ledger.snapshots(closed=False), key=key),
        ledger.totals(),
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), max_size=60))
def test_any_batch_boundaries_lead_to_the_same_ledger(
    steps: list[tuple[Callable[[Twins, int], None], int]],
) -> None:
    twins = Twins()
    for step, which in steps:
        step(twins, which)
    twins.finish()
    assert content(twins.merged) == content(twins.direct)
