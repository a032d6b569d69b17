"""The table of connections, held against a plain list by Qt's own model tester."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.gui.test_presenters import FLOW

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.engine_link.inbox import Batch, Key
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.flows import Column

KEEP = 20


def batch(
    flows: Mapping[Key, FlowSnapshot] | None = None,
    voided: frozenset[int] = frozenset(),
    ended: frozenset[int] = frozenset(),
) -> Batch:
    return Batch(voided, flows or {}, ended)


def flow(number: int, *, closed: bool = False, up: int = 0) -> FlowSnapshot:
    state = FlowState.CLOSED if closed else FlowState.OPEN
    return replace(FLOW, id=f"1.{number}", opened=float(number), state=state, up=up)


def many(first: int, last: int, *, closed: bool = False, source: int = 1) -> Batch:
    return batch({(source, f"1.{n}"): flow(n, closed=closed) for n in range(first, last)})


@pytest.fixture
def table(qapp: object) -> FlowTable:
    return made()


def made() -> FlowTable:
    table = FlowTable(keep_closed=KEEP)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table, mode, table)
    return table


def ids(table: FlowTable) -> list[str]:
    return [table.flow(row).id for row in range(table.rowCount())]


def test_the_newest_is_on_top(table: FlowTable) -> None:
    table.take(many(0, 2))
    table.take(many(2, 4))
    assert ids(table) == ["1.3", "1.2", "1.1", "1.0"]


def test_a_change_stays_in_its_row(table: FlowTable) -> None:
    table.take(many(0, 5))
    spans: list[tuple[int, int]] = []
    table.dataChanged.connect(lambda first, last: spans.append((first.row(), last.row())))
    table.take(batch({(1, "1.1"): flow(1, up=7), (1, "1.3"): flow(3, up=9)}))
    assert spans == [(1, 3)]
    assert [table.flow(row).up for row in range(5)] == [0, 9, 0, 7, 0]


def test_what_lives_is_never_dropped(table: FlowTable) -> None:
    table.take(many(0, 30))
    for start in range(30, 330, 30):
        table.take(many(start, start + 30, closed=True))
    assert table.rowCount() <= 30 + KEEP * 1.1
    assert ids(table)[-30:] == [f"1.{n}" for n in reversed(range(30))]
    assert ids(table)[0] == "1.329"


def test_an_engines_end_ends_what_lived(table: FlowTable) -> None:
    table.take(many(0, 2))
    table.take(many(2, 4, source=2))
    table.take(batch({(1, "1.9"): flow(9)}, ended=frozenset({1})))
    states = {f.id: (f.state, f.reason) for f in map(table.flow, range(table.rowCount()))}
    ended = (FlowState.CLOSED, "its engine has ended")
    assert [states[f"1.{n}"] for n in (0, 1, 9)] == [ended] * 3
    assert [states[f"1.{n}"] for n in (2, 3)] == [(FlowState.OPEN, "")] * 2


def test_numbers_may_come_again(table: FlowTable) -> None:
    table.take(many(0, 2))
    table.take(many(0, 2, source=2))
    assert table.rowCount() == 4


def test_what_is_shown(table: FlowTable) -> None:
    table.take(batch({(1, "a"): replace(FLOW, program="<b>bold</b> & more")}))
    index = table.index(0, Column.DESTINATION)
    assert table.data(index) == "www.example.com:443"
    assert table.data(index, Qt.ItemDataRole.FontRole).bold()
    tip = table.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b>bold&lt;/b> &amp; more<br>" in tip
    horizontal = Qt.Orientation.Horizontal
    headers = [table.headerData(column, horizontal) for column in range(table.columnCount())]
    assert headers[:3] == ["Time", "Program", "Destination"]


FLOWS = st.tuples(st.integers(1, 3), st.integers(0, 60), st.booleans())
BATCHES = st.tuples(
    st.lists(FLOWS, max_size=15),
    st.sets(st.integers(1, 3), max_size=1),
    st.sets(st.integers(1, 3), max_size=1),
)


@settings(max_examples=25, deadline=None)  # the tester looks at every row after every step
@given(st.lists(BATCHES, max_size=12))
def test_any_batches(
    qapp: object, steps: list[tuple[list[tuple[int, int, bool]], set[int], set[int]]]
) -> None:
    """Against a dictionary; what lives is all there, what has ended as far as it is kept."""
    table, naive = made(), dict[Key, FlowSnapshot]()
    for flows, voided, ended in steps:
        changed = {(s, f"1.{n}"): flow(n, closed=closed) for s, n, closed in flows}
        table.take(batch(changed, frozenset(voided), frozenset(ended)))
        naive = {key: f for key, f in naive.items() if key[0] not in voided} | changed
        for key in naive:
            if key[0] in ended:
                naive[key] = replace(naive[key], state=FlowState.CLOSED)
        shown = [table.flow(row) for row in range(table.rowCount())]
        live = sorted(f.id for f in naive.values() if f.state is FlowState.OPEN)
        closed = [f for f in naive.values() if f.state is FlowState.CLOSED]
        assert sorted(f.id for f in shown if f.state is FlowState.OPEN) == live
        kept = len([f for f in shown if f.state is FlowState.CLOSED])
        assert min(len(closed), KEEP) <= kept <= KEEP * 1.1
        if kept < len(closed):
            naive = {key: table._flows[key] for key in table._keys}
