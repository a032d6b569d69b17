"""The table of rules and its edits, held against plain lists by Qt's own model tester."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from byway_core.api.profiles import RuleLine
from byway_gui.models.rule_edits import RuleEdits
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.rules import Column, first_catch_all
from byway_gui.windows.rule_view import Filter

TARGETS = ["DIRECT", "REJECT", "office"]
MOVE = Qt.DropAction.MoveAction


def rule(name: str, *, enabled: bool = True, note: str = "", above: str = "") -> RuleLine:
    return RuleLine(f"DOMAIN,{name}.example,office", enabled, note, above)


def made(lines: list[RuleLine]) -> tuple[RuleTable, RuleEdits]:
    table = RuleTable()
    table.set_targets(TARGETS)
    edits = RuleEdits(table, table)
    edits.set_lines(lines)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table, mode, table)
    QAbstractItemModelTester(Filter(table), mode, table)
    return table, edits


def names(table: RuleTable) -> str:
    return "".join(line.text.removeprefix("DOMAIN,")[0] for line in table.lines)


@pytest.fixture
def abcde(qapp: object) -> tuple[RuleTable, RuleEdits]:
    return made([rule(name) for name in "abcde"])


def shown(table: RuleTable, row: int, column: int) -> str:
    text: str = table.data(table.index(row, column))
    return text


# -- edits


@pytest.mark.parametrize(
    ("edit", "after", "said"),
    [
        (lambda edits: edits.add(2, [rule("x")]), "abxcde", "Rule added."),
        (lambda edits: edits.add(5, [rule("x"), rule("y")]), "abcdexy", "2 rules added."),
        (lambda edits: edits.delete([1]), "acde", "Rule deleted."),
        (lambda edits: edits.delete([4, 0, 2]), "bd", "3 rules deleted."),
        (lambda edits: edits.duplicate([0, 2]), "abcacde", "2 rules duplicated."),
        (lambda edits: edits.change(1, rule("x")), "axcde", "Rule changed."),
        (lambda edits: edits.nudge([1], down=False), "bacde", "Rule moved."),
        (lambda edits: edits.nudge([1, 2], down=True), "adbce", "2 rules moved."),
        (lambda edits: edits.nudge([0, 2], down=False), "acbde", "2 rules moved."),
        (lambda edits: edits.nudge([2, 4], down=True), "abdce", "2 rules moved."),
        (lambda edits: edits.drop([0], 3), "bcade", "Rule moved."),
        (lambda edits: edits.drop([3, 4], 0), "deabc", "2 rules moved."),
        (lambda edits: edits.drop([0, 2, 4], 3), "baced", "3 rules moved."),
        (
            lambda edits: edits.replace_all([rule(n) for n in "axe"]),
            "axe",
            "Rules changed as text.",
        ),
    ],
)
def test_an_edit_and_its_way_back(
    abcde: tuple[RuleTable, RuleEdits], edit: Callable[[RuleEdits], None], after: str, said: str
) -> None:
    table, edits = abcde
    heard: list[object] = []
    edits.said.connect(heard.append)
    edits.edited.connect(lambda lines: heard.append(lines == table.lines))
    before = table.lines
    edit(edits)
    assert (names(table), heard) == (after, [said, True])
    done = table.lines
    edits.undo()
    assert table.lines == before
    edits.redo()
    assert table.lines == done
    assert heard[2:] == [f"Undone: {said}", True, f"Done again: {said}", True]


@pytest.mark.parametrize(
    "edit",
    [
        lambda edits: edits.nudge([0], down=False),
        lambda edits: edits.nudge([3, 4], down=True),
        lambda edits: edits.drop([1, 2], 2),
        lambda edits: edits.drop([4], 5),
        lambda edits: edits.delete([]),
        lambda edits: edits.add(0, []),
        lambda edits: edits.change(0, rule("a")),
        lambda edits: edits.switch([0, 1], on=True),
        lambda edits: edits.replace_all([rule(name) for name in "abcde"]),
        lambda edits: edits.undo(),
    ],
)
def test_what_changes_nothing_is_no_edit(
    abcde: tuple[RuleTable, RuleEdits], edit: Callable[[RuleEdits], None]
) -> None:
    table, edits = abcde
    edits.edited.connect(lambda _lines: pytest.fail("told"))
    edit(edits)
    assert names(table) == "abcde"
    assert not edits.stack.canUndo()


def test_comments_above_pass_to_the_next_rule(qapp: object) -> None:
    lines = [rule("a", above="# one\n"), rule("b", above="\n# two\n"), rule("c", above="# three\n")]
    table, edits = made(lines)
    edits.delete([0, 1])
    assert table.lines == [rule("c", above="# one\n\n# two\n# three\n")]
    edits.undo()
    assert table.lines == lines
    edits.duplicate([0])
    assert table.line(1) == rule("a")


def test_turned_on_and_off(qapp: object) -> None:
    wrong = RuleLine("DOMAIN,d.example,nowhere", enabled=False)
    table, edits = made([rule("a"), rule("b", enabled=False), wrong])
    said: list[str] = []
    edits.said.connect(said.append)
    edits.switch([0, 1, 2], on=False)
    assert [line.enabled for line in table.lines] == [False] * 3
    edits.switch([0, 1, 2], on=True)
    assert [line.enabled for line in table.lines] == [True, True, False]
    refused = "Rule 3 cannot be turned on. There is no upstream nowhere; "
    assert said[0] == "Rule turned off."
    assert said[1].startswith(refused)
    assert said[2] == "2 rules turned on."
    box = table.index(1, Column.ON)
    assert table.setData(box, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert not table.line(1).enabled
    assert table.data(box, Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
    edits.undo()
    assert table.line(1).enabled


def test_rows_are_dragged(abcde: tuple[RuleTable, RuleEdits]) -> None:
    """The view hears False, or it would remove the rows that have just moved."""
    table, _ = abcde
    dragged = table.mimeData([table.index(row, 0) for row in (0, 1)])
    assert dragged.text() == "DOMAIN,a.example,office\nDOMAIN,b.example,office\n"
    assert not table.dropMimeData(dragged, MOVE, 4, 0, QModelIndex())
    assert names(table) == "cdabe"
    dragged = table.mimeData([table.index(0, 0)])
    assert not table.dropMimeData(dragged, MOVE, -1, -1, QModelIndex())
    assert names(table) == "dabec"


def test_while_filtered_nothing_moves_and_why_is_said(
    abcde: tuple[RuleTable, RuleEdits],
) -> None:
    table, edits = abcde
    said: list[str] = []
    edits.said.connect(said.append)
    edits.fixed = "All must be shown."
    edits.nudge([1], down=True)
    table.dropMimeData(table.mimeData([table.index(0, 0)]), MOVE, 3, 0, QModelIndex())
    assert said == ["All must be shown."] * 2
    assert names(table) == "abcde"


# -- what comes from outside


def test_undo_lasts_as_long_as_the_rules_are_the_same(abcde: tuple[RuleTable, RuleEdits]) -> None:
    table, edits = abcde
    edits.delete([0])
    edits.set_lines([replace(line, above="\n") for line in table.lines])
    assert edits.stack.canUndo()
    edits.set_lines([*table.lines, rule("x")])
    assert not edits.stack.canUndo()
    assert names(table) == "bcdex"


def test_the_stack_itself_may_be_used(abcde: tuple[RuleTable, RuleEdits]) -> None:
    """By a button of Qt's own, or another page's. The limit is no end of it."""
    table, edits = abcde
    heard: list[str] = []
    edits.edited.connect(lambda lines: heard.append("".join(line.text[7] for line in lines)))
    for _ in range(120):
        edits.nudge([0], down=True)
    assert len(heard) == 120
    edits.stack.undo()
    edits.stack.redo()
    assert len(heard) == 122
    edits.set_lines([rule("x")])
    assert len(heard) == 122
    edits.delete([0])
    edits.stack.undo()
    assert heard[-2:] == ["", "x"]
    assert names(table) == "x"


def test_other_lines_may_come_of_an_edit(abcde: tuple[RuleTable, RuleEdits]) -> None:
    """Saving finds that the file has changed meanwhile."""
    table, edits = abcde
    told: list[int] = []

    def saved(lines: list[RuleLine]) -> None:
        told.append(len(lines))
        edits.set_lines([rule("x"), rule("y")])

    edits.edited.connect(saved)
    edits.delete([0])
    assert (told, names(table), edits.stack.count()) == ([4], "xy", 0)
    edits.delete([0])
    edits.undo()
    assert told == [4, 1]


def test_hits(abcde: tuple[RuleTable, RuleEdits]) -> None:
    table, edits = abcde
    spans: list[tuple[int, int, int]] = []
    table.dataChanged.connect(
        lambda first, last: spans.append((first.row(), last.row(), first.column()))
    )
    table.set_hits([0, 1200, 0, 7, 0])
    assert spans == [(1, 3, Column.HITS)]
    assert [shown(table, row, Column.HITS) for row in range(5)] == ["", "1,200", "", "7", ""]
    table.set_hits([1, 2, 3])  # of another list
    edits.nudge([1], down=False)
    assert [shown(table, row, Column.HITS) for row in range(5)] == ["1,200", "", "", "7", ""]


def test_targets_make_rules_right_and_wrong(abcde: tuple[RuleTable, RuleEdits]) -> None:
    table, _ = abcde
    assert table.problem(0) is None
    table.set_targets(["DIRECT", "REJECT"])
    problem = table.problem(0)
    assert problem is not None
    assert problem.message == "there is no upstream office"


# -- what is shown


def test_cells(qapp: object) -> None:
    both = (
        "AND,((OR,((DOMAIN-SUFFIX,a.example),(IP-CIDR,192.0.2.0/24))),"
        "(DST-PORT,80/443),(NETWORK,TCP)),office"
    )
    programs = "OR,((PROCESS-NAME,curl),(PROCESS-PATH,/opt/*)),office"
    table, _ = made(
        [
            RuleLine(both, note="<b>"),
            RuleLine("NOT,((NETWORK,UDP)),REJECT"),
            RuleLine(programs),
            RuleLine("UID,1000,office"),
        ]
    )
    cells = ["", "", "a.example and below", "192.0.2.0/24", "80, 443", "TCP", "office", "<b>", ""]
    assert [shown(table, 0, column) for column in Column] == cells
    assert shown(table, 1, Column.HOSTS) == "NOT,((NETWORK,UDP))"
    assert shown(table, 1, Column.TARGET) == "Refused"
    assert shown(table, 2, Column.PROGRAMS) == "curl, /opt/*"
    assert shown(table, 2, Column.HOSTS) == "everything"
    assert shown(table, 3, Column.HOSTS) == "UID,1000"
    assert "&lt;b>" in table.data(table.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    horizontal = Qt.Orientation.Horizontal
    heads = [table.headerData(column, horizontal) for column in Column]
    others = ["Addresses", "Ports", "Protocol", "Goes to", "Note", "Hits"]
    assert heads == ["On", "Applications", "Hosts", *others]
    assert table.headerData(1, Qt.Orientation.Vertical) == 2
    assert table.data(table.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "on"


def test_what_is_wrong_or_never_reached_is_marked(qapp: object) -> None:
    lines = [RuleLine("DOMAIN-SUFIX,a.example,office"), RuleLine("MATCH,DIRECT"), rule("b")]
    table, edits = made(lines)

    def description(row: int) -> str:
        text: str = table.data(table.index(row, 0), Qt.ItemDataRole.AccessibleDescriptionRole)
        return text

    def look(row: int, role: Qt.ItemDataRole) -> object:
        return table.data(table.index(row, Column.HOSTS), role)

    assert "There is no kind DOMAIN-SUFIX; expected one of" in description(0)
    assert look(0, Qt.ItemDataRole.DecorationRole) is not None
    assert look(1, Qt.ItemDataRole.DecorationRole) is None
    assert "Never reached: rule 2 takes everything before it." in description(2)
    assert look(2, Qt.ItemDataRole.FontRole).italic()  # type: ignore[attr-defined]
    edits.switch([1], on=False)
    assert "Never" not in description(2)
    assert table.catch_all is None


def test_a_filter_keeps_the_order_and_what_is_edited(abcde: tuple[RuleTable, RuleEdits]) -> None:
    table, edits = abcde
    edits.change(3, rule("d", note="for Work"))
    shows = Filter(table)
    shows.set_words(" WORK ")
    assert [shows.mapToSource(shows.index(row, 0)).row() for row in range(shows.rowCount())] == [3]
    edits.change(3, rule("d"))
    assert shows.rowCount() == 1
    edits.undo()
    edits.undo()
    shows.set_words("")
    assert shows.rowCount() == 5


# -- any edits

ROWS = st.sets(st.integers(0, 19), max_size=20)
EDITS = st.tuples(
    st.sampled_from(["delete", "duplicate", "up", "down", "off", "drop", "undo", "redo"]),
    ROWS,
    st.integers(0, 20),
)


def edit(edits: RuleEdits, what: str, rows: list[int], to: int) -> None:
    does: dict[str, Callable[[], None]] = {
        "delete": lambda: edits.delete(rows),
        "duplicate": lambda: edits.duplicate(rows),
        "up": lambda: edits.nudge(rows, down=False),
        "down": lambda: edits.nudge(rows, down=True),
        "off": lambda: edits.switch(rows, on=False),
        "drop": lambda: edits.drop(rows, to),
        "undo": edits.undo,
        "redo": edits.redo,
    }
    does[what]()


def expected(lines: list[RuleLine], what: str, rows: list[int], to: int) -> list[str] | None:
    """What a plain list would be then; None where this test does not say."""
    texts = [line.text for line in lines]
    chosen = [texts[row] for row in rows]
    match what:
        case "delete":
            return [text for row, text in enumerate(texts) if row not in rows]
        case "duplicate":
            end = rows[-1] + 1 if rows else 0
            return [*texts[:end], *chosen, *texts[end:]]
        case "drop":
            before = [text for row, text in enumerate(texts[:to]) if row not in rows]
            behind = [text for row, text in enumerate(texts[to:], to) if row not in rows]
            return [*before, *chosen, *behind]
        case "off":
            return texts
    return None


@settings(max_examples=40, deadline=None)  # the tester looks at every row after every step
@given(st.lists(EDITS, max_size=8))
def test_any_edits(qapp: object, steps: list[tuple[str, set[int], int]]) -> None:
    """Rows that are held stay on their rules; undoing all of it gives back what was there."""
    lines = [rule(f"r{number}", above=f"# {number}\n") for number in range(20)]
    table, edits = made(lines)
    held = [(QPersistentModelIndex(table.index(row, 1)), lines[row].text) for row in range(20)]
    for what, chosen, at in steps:
        rows = sorted(row for row in chosen if row < table.rowCount())
        to = min(at, table.rowCount())
        wanted = expected(table.lines, what, rows, to)
        edit(edits, what, rows, to)
        assert wanted in (None, [line.text for line in table.lines])
        for index, text in held:
            assert not index.isValid() or table.line(index.row()).text == text
        assert table.catch_all == first_catch_all(table.lines)
    while edits.stack.canUndo():
        edits.undo()
    assert table.lines == lines
