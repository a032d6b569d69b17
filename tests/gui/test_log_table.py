"""The table of log lines, held against a plain list by Qt's own model tester."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from byway_gui.models.log_table import LogTable
from byway_gui.presenters.log_lines import Column, Level, Record

KEEP = 10


def made() -> LogTable:
    table = LogTable(keep=KEEP)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table, mode, table)
    return table


def lines(*texts: str, level: Level = Level.INFO, flow: str = "") -> list[Record]:
    return [Record(1.0, level, flow, text) for text in texts]


def shown(table: LogTable) -> list[str]:
    return [table.index(row, Column.TEXT).data() for row in range(table.rowCount())]


def test_the_oldest_go(qapp: object) -> None:
    table = made()
    assert table.append(lines(*map(str, range(8)))) == 0
    assert table.append(lines(*map(str, range(8, 12)))) == 2
    assert shown(table) == [str(n) for n in range(2, 12)]
    table.append(lines(*map(str, range(100))))
    assert shown(table) == [str(n) for n in range(90, 100)]


def test_a_filter_shows_what_fits(qapp: object) -> None:
    table = made()
    table.append(lines("One", "Two") + lines("three", level=Level.ERROR, flow="47.11"))
    table.filter(Level.WARNING, "")
    assert shown(table) == ["three"]
    table.filter(Level.DEBUG, "TW")
    assert shown(table) == ["Two"]
    table.filter(Level.DEBUG, "7.1")
    assert shown(table) == ["three"]
    table.append(lines("four 7.1", "five"))
    assert shown(table) == ["three", "four 7.1"]
    table.filter(Level.DEBUG, "")
    assert shown(table) == ["One", "Two", "three", "four 7.1", "five"]


def test_clearing_can_be_undone(qapp: object) -> None:
    table = made()
    table.append(lines(*"abcdefgh"))
    before = table.clear()
    assert table.is_empty
    table.append(lines(*"ijkl"))
    table.restore(before)
    assert shown(table) == list("cdefghijkl")
    table.append(lines("m"))
    assert shown(table) == list("defghijklm")


def test_markup_stays_text(qapp: object) -> None:
    table = made()
    table.append(lines("<b>&"))
    tip = table.index(0, Column.TEXT).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b>&amp;" in tip


STEPS = st.lists(
    st.one_of(
        st.lists(st.sampled_from("abc"), max_size=15).map(lambda texts: ("append", texts)),
        st.sampled_from("abc").map(lambda needle: ("filter", needle)),
        st.just(("clear", "")),
        st.just(("restore", "")),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_it_is_as_a_list(qapp: object, steps: list[tuple[str, list[str] | str]]) -> None:
    table, naive, needle = made(), [], ""
    cleared: list[Record] = []
    for step, what in steps:
        if step == "append":
            table.append(lines(*what))
            naive += lines(*what)
        elif step == "filter":
            needle = str(what)
            table.filter(Level.DEBUG, needle)
        elif step == "clear":
            cleared = list(table.clear())
            assert cleared == naive
            naive = []
        else:
            table.restore(cleared)
            naive = [*cleared, *naive]
        naive = naive[-KEEP:]
        assert shown(table) == [each.text for each in naive if needle in each.text]
