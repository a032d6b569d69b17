from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from tests.support.flows import DIRECT, OFFICE, REJECT, end, flow, rules
from tests.support.loops import until

from byway_core.accounting import ledger as module
from byway_core.accounting.ledger import ActionTotals, Ledger
from byway_core.model.decision import Decision, Network, Process
from byway_core.model.events import EventKind
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_core.ports import FlowSink

RULES = rules("DOMAIN,a.example,office", "DOMAIN,b.example,REJECT", "MATCH,DIRECT")


class Following:
    def __init__(self, ledger: Ledger) -> None:
        self.seen: list[tuple[EventKind, FlowSnapshot]] = []
        self.leave = ledger.subscribe(self._take)

    def _take(self, kind: EventKind, render: Callable[[], FlowSnapshot]) -> None:
        self.seen.append((kind, render()))

    def ids(self) -> list[tuple[str, str]]:
        return [(kind.value, snapshot.id) for kind, snapshot in self.seen]


@pytest.fixture
def ledger(plain_loop: asyncio.AbstractEventLoop) -> Iterator[Ledger]:
    ledger = Ledger(plain_loop, 4711, RULES)
    yield ledger
    ledger.close()


def shown(ledger: Ledger) -> list[str]:
    return [snapshot.id for snapshot in ledger.snapshots()]


def test_it_is_the_port(ledger: Ledger) -> None:
    sink: FlowSink = ledger
    sink.decided(flow(1))


def test_a_flow_from_beginning_to_end(ledger: Ledger) -> None:
    it = flow(12, decision=Decision(OFFICE, 0))
    ledger.decided(it)
    (snapshot,) = ledger.snapshots()
    assert snapshot == FlowSnapshot(
        id="4711.12",
        opened=it.opened,
        closed=0.0,
        network=Network.TCP,
        source="10.0.0.2",
        source_port=40_012,
        address="192.0.2.1",
        port=443,
        host="www.example.com",
        host_source=HostSource.DNS,
        action="office",
        rule="DOMAIN,a.example,office",
        rule_index=0,
        state=FlowState.CONNECTING,
        up=0,
        down=0,
        reason="",
        program="curl",
    )
    assert ledger.is_live(12)
    it.up = 5
    assert [snapshot.up for snapshot in ledger.snapshots(closed=False)] == [5]
    ledger.closed(end(it, 10, 20, "via upstream office: reset"))
    assert not ledger.is_live(12)
    (snapshot,) = ledger.snapshots(live=False)
    assert (snapshot.up, snapshot.down, snapshot.state) == (10, 20, FlowState.CLOSED)
    assert snapshot.reason == "via upstream office: reset"
    assert snapshot.closed == it.closed


def test_one_that_ended_before_it_was_decided(ledger: Ledger) -> None:
    it = flow(1, host="")
    it.decision = None
    ledger.closed(end(it, reason="the program closed the connection"))
    (snapshot,) = ledger.snapshots()
    assert (snapshot.action, snapshot.rule, snapshot.rule_index) == ("", "", None)
    totals = ledger.totals()
    assert (totals.flows, totals.live, totals.hits) == (1, 0, (0, 0, 0))


def test_order_and_limit(ledger: Ledger) -> None:
    flows = [flow(number) for number in range(1, 7)]
    for it in flows:
        ledger.decided(it)
    for it in (flows[3], flows[0]):
        ledger.closed(end(it))
    assert shown(ledger) == ["4711.4", "4711.1", "4711.2", "4711.3", "4711.5", "4711.6"]
    assert [s.id for s in ledger.snapshots(limit=2)] == ["4711.5", "4711.6"]
    assert [s.id for s in ledger.snapshots(live=False, limit=1)] == ["4711.1"]
    assert [s.id for s in ledger.snapshots(limit=100)] == shown(ledger)
    assert list(ledger.snapshots(limit=0)) == []


def test_ended_flows_are_bounded_totals_are_not(plain_loop: asyncio.AbstractEventLoop) -> None:
    ledger = Ledger(plain_loop, 1, RULES, keep_closed=10)
    for number in range(1, 101):
        ledger.decided(it := flow(number))
        ledger.closed(end(it, up=1))
    assert shown(ledger) == [f"1.{number}" for number in range(91, 101)]
    assert ledger.totals().flows == ledger.totals().up == 100


def test_totals(ledger: Ledger) -> None:
    for number, decision in enumerate(
        [Decision(OFFICE, 0), Decision(OFFICE, 0), Decision(REJECT, 1), Decision(DIRECT, None)], 1
    ):
        it = flow(number, decision=decision)
        ledger.decided(it)
        if number == 1:
            it.up, it.down = 1, 2
        else:
            ledger.closed(end(it, 10, 20))
    totals = ledger.totals()
    assert (totals.live, totals.flows, totals.up, totals.down) == (1, 4, 31, 62)
    assert totals.actions == {
        "office": ActionTotals(2, 1, 11, 22),
        "REJECT": ActionTotals(1, 0, 10, 20),
        "DIRECT": ActionTotals(1, 0, 10, 20),
    }
    assert (totals.hits, totals.default_hits) == ((2, 1, 0), 1)
    assert ledger.totals() == totals, "looking changes nothing"


def test_a_flow_keeps_the_rule_that_decided_it(ledger: Ledger) -> None:
    ledger.decided(flow(1, decision=Decision(OFFICE, 0)))
    ledger.use_rules(rules("IP-CIDR,10.0.0.0/8,DIRECT", "DOMAIN,a.example,office"))
    ledger.decided(flow(2, decision=Decision(DIRECT, 0)))
    assert [s.rule for s in ledger.snapshots()] == [
        "DOMAIN,a.example,office",
        "IP-CIDR,10.0.0.0/8,DIRECT",
    ]


def test_hits_stay_with_the_rules_text(ledger: Ledger) -> None:
    for number, index in enumerate((0, 0, 1, 2, None), 1):
        ledger.decided(flow(number, decision=Decision(OFFICE, index)))
    ledger.use_rules(rules("MATCH,DIRECT", "DOMAIN,new.example,office", "DOMAIN,a.example,office"))
    totals = ledger.totals()
    assert (totals.hits, totals.default_hits) == ((1, 0, 2), 1)


def test_hits_are_counted_anew(ledger: Ledger) -> None:
    for number, index in enumerate((0, 1, None), 1):
        ledger.decided(flow(number, decision=Decision(OFFICE, index)))
    ledger.reset_hits()
    totals = ledger.totals()
    assert (totals.hits, totals.default_hits) == ((0, 0, 0), 0)
    assert totals.flows == 3
    ledger.use_rules(RULES)
    ledger.decided(flow(4, decision=Decision(OFFICE, 1)))
    assert ledger.totals().hits == (0, 1, 0)


def test_hits_of_equal_texts_are_not_counted_twice(plain_loop: asyncio.AbstractEventLoop) -> None:
    ledger = Ledger(plain_loop, 1, rules("MATCH,DIRECT", "MATCH,DIRECT"))
    ledger.decided(flow(1, decision=Decision(DIRECT, 0)))
    ledger.use_rules(rules("MATCH,DIRECT", "MATCH,DIRECT", "MATCH,DIRECT"))
    assert ledger.totals().hits == (1, 0, 0)


def test_followers_hear_of_everything_until_they_leave(ledger: Ledger) -> None:
    ledger.decided(before := flow(1))
    following, other = Following(ledger), Following(ledger)
    ledger.decided(it := flow(2))
    ledger.closed(end(it, 3, 4))
    ledger.closed(end(before))
    assert following.ids() == [("opened", "4711.2"), ("closed", "4711.2"), ("closed", "4711.1")]
    assert following.seen[1][1].down == 4
    following.leave()
    following.leave()
    ledger.decided(flow(3))
    assert len(following.seen) == 3
    assert other.ids()[-1] == ("opened", "4711.3")


def test_a_follower_may_leave_while_it_is_told(ledger: Ledger) -> None:
    seen: list[str] = []

    def once(kind: EventKind, render: Callable[[], FlowSnapshot]) -> None:
        seen.append(render().id)
        leave()

    leave = ledger.subscribe(once)
    other = Following(ledger)
    ledger.decided(flow(1))
    ledger.decided(flow(2))
    assert seen == ["4711.1"]
    assert len(other.seen) == 2


def test_an_event_is_rendered_when_it_is_looked_at(ledger: Ledger) -> None:
    renders: list[Callable[[], FlowSnapshot]] = []
    ledger.subscribe(lambda kind, render: renders.append(render))
    ledger.decided(it := flow(1))
    it.up = 99
    assert renders[0]().up == 99


def test_byte_counts_are_told_when_they_change(
    plain_loop: asyncio.AbstractEventLoop, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TICK", 0.01)
    still, busy = flow(1), flow(2)
    ledger.decided(still)
    following = Following(ledger)
    ledger.decided(busy)
    busy.up = 10
    until(plain_loop, lambda: len(following.seen) >= 2)
    busy.state = FlowState.OPEN
    until(plain_loop, lambda: len(following.seen) >= 3)
    assert following.ids() == [("opened", "4711.2"), ("updated", "4711.2"), ("updated", "4711.2")]
    assert [snapshot.up for _, snapshot in following.seen] == [0, 10, 10]
    assert following.seen[2][1].state is FlowState.OPEN


def test_a_process_that_is_found_later_is_told(
    plain_loop: asyncio.AbstractEventLoop, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TICK", 0.005)
    it = flow(1)
    ledger.decided(it)
    following = Following(ledger)
    it.process = Process("", "", 1000)
    until(plain_loop, lambda: following.seen)
    ((kind, snapshot),) = following.seen
    assert kind is EventKind.UPDATED
    assert snapshot.process == Process("", "", 1000)


def test_many_flows_are_looked_at_in_turns(
    plain_loop: asyncio.AbstractEventLoop, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TICK", 0.005)
    monkeypatch.setattr(module, "LOOKS", 3)
    flows = [flow(number) for number in range(1, 11)]
    for it in flows:
        ledger.decided(it)
    following = Following(ledger)
    for it in flows:
        it.up = 1
    ledger.closed(end(flows[4], up=1))
    until(plain_loop, lambda: len(following.seen) >= 10)
    updated = {snapshot.id for kind, snapshot in following.seen if kind is EventKind.UPDATED}
    assert updated == {f"4711.{number}" for number in range(1, 11) if number != 5}


def test_nothing_ticks_when_nobody_follows(
    plain_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[asyncio.TimerHandle] = []
    later = plain_loop.call_later

    def noted(*args: object, **kwargs: object) -> asyncio.TimerHandle:
        timers.append(later(*args, **kwargs))  # type: ignore[arg-type]
        return timers[-1]

    monkeypatch.setattr(plain_loop, "call_later", noted)
    ledger = Ledger(plain_loop, 1, RULES)
    ledger.decided(flow(1))
    assert timers == []
    leave = ledger.subscribe(lambda kind, render: None)
    leave()
    assert [timer.cancelled() for timer in timers] == [True]
