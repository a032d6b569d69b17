"""What a user does to the rules, each thing with its way back.

An edit is a row of steps on the table; undoing it walks them backwards. So an undo restores
exactly what was there, comments of the file too. Whoever saves listens to `edited`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from byway_core.api.profiles import RuleLine
from byway_gui.models.rule_table import RuleTable, shift
from byway_gui.presenters.rules import problem_text, same
from byway_gui.words import tr, tr_n

# Edits that are kept: a hundred is more than anybody takes back by hand, and each may hold a
# whole list of rules.
_KEPT = 100
# Runs of rows from which on a table is told of all at once: of each it costs 10 ms where there are
# 10,000 rows.
_MANY = 8


@dataclass(frozen=True, slots=True)
class Put:
    row: int
    lines: tuple[RuleLine, ...]

    def do(self, table: RuleTable) -> None:
        table.put(self.row, self.lines)

    def undo(self, table: RuleTable) -> None:
        table.take(self.row, len(self.lines))


@dataclass(frozen=True, slots=True)
class Take:
    row: int
    lines: tuple[RuleLine, ...]

    def do(self, table: RuleTable) -> None:
        table.take(self.row, len(self.lines))

    def undo(self, table: RuleTable) -> None:
        table.put(self.row, self.lines)


@dataclass(frozen=True, slots=True)
class Swap:
    before: Mapping[int, RuleLine]
    after: Mapping[int, RuleLine]

    def do(self, table: RuleTable) -> None:
        table.swap(self.after)

    def undo(self, table: RuleTable) -> None:
        table.swap(self.before)


@dataclass(frozen=True, slots=True)
class Shift:
    first: int
    count: int
    to: int

    def do(self, table: RuleTable) -> None:
        table.shift(self.first, self.count, self.to)

    def undo(self, table: RuleTable) -> None:
        if self.to > self.first:
            table.shift(self.to - self.count, self.count, self.first)
        else:
            table.shift(self.to, self.count, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Arrange:
    order: tuple[int, ...]

    def do(self, table: RuleTable) -> None:
        table.arrange(self.order)

    def undo(self, table: RuleTable) -> None:
        back = sorted(range(len(self.order)), key=self.order.__getitem__)
        table.arrange(back)


Step = Put | Take | Swap | Shift | Arrange


class _Edit(QUndoCommand):
    """What it did is its text, as the undo button names it."""

    def __init__(self, table: RuleTable, steps: Sequence[Step], said: str) -> None:
        super().__init__(said)
        self._table = table
        self._steps = tuple(steps)

    def redo(self) -> None:
        for step in self._steps:
            step.do(self._table)
        self._table.settle()

    def undo(self) -> None:
        for step in reversed(self._steps):
            step.undo(self._table)
        self._table.settle()


class RuleEdits(QObject):
    """`edited` after an edit, an undo or a redo, with all lines; `said` what was done."""

    edited = Signal(list)
    said = Signal(str)

    def __init__(self, table: RuleTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        # Why nothing may be moved now: "" where it may.
        self.fixed = ""
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_KEPT)
        self._index = 0
        self._pushes = False
        self.stack.indexChanged.connect(self._walked)
        table.ticked.connect(self._tick)
        table.dropped.connect(self.drop)

    def set_lines(self, lines: Sequence[RuleLine]) -> None:
        """The rules as they are in the file now. Edits can be undone as long as it is what they
        left there."""
        if not same(self._table.lines, lines):
            self._index = 0  # which is nothing to tell
            self.stack.clear()
            self._table.reset(lines)

    # -- edits

    def add(self, row: int, lines: Sequence[RuleLine]) -> None:
        if lines:
            text = tr_n("Rule added.", "{n} rules added.", len(lines))
            self._push([Put(row, tuple(lines))], text)

    def duplicate(self, rows: Iterable[int]) -> None:
        """Copies behind the last of them; comments stand once."""
        chosen = sorted(rows)
        if chosen:
            copies = tuple(replace(self._table.line(row), above="") for row in chosen)
            text = tr_n("Rule duplicated.", "{n} rules duplicated.", len(copies))
            self._push([Put(chosen[-1] + 1, copies)], text)

    def change(self, row: int, line: RuleLine) -> None:
        before = self._table.line(row)
        if line != before:
            self._push([Swap({row: before}, {row: line})], tr("Rule changed."))

    def replace_all(self, lines: Sequence[RuleLine]) -> None:
        """What a text editor made of them."""
        before = self._table.lines
        if same(before, lines):
            return
        front, back = _common(before, lines)
        old, new = before[front : len(before) - back], lines[front : len(lines) - back]
        steps: list[Step] = [Take(front, tuple(old))] if old else []
        if new:
            steps.append(Put(front, tuple(new)))
        self._push(steps, tr("Rules changed as text."))

    def delete(self, rows: Iterable[int]) -> None:
        """Comments above a deleted rule pass to the next one that stays."""
        chosen = set(rows)
        if not chosen:
            return
        steps = [*self._handed_on(chosen)]
        rows = range(self._table.rowCount())
        runs = list(_runs(chosen))
        if len(runs) > _MANY:  # together, they are taken at once
            order = sorted(rows, key=chosen.__contains__)
            steps.append(Arrange(tuple(order)))
            lines = tuple(self._table.line(row) for row in order[-len(chosen) :])
            steps.append(Take(len(order) - len(chosen), lines))
            runs = []
        for first, count in reversed(runs):
            steps.append(Take(first, self._cut(first, count)))
        self._push(steps, tr_n("Rule deleted.", "{n} rules deleted.", len(chosen)))

    def switch(self, rows: Iterable[int], on: bool) -> None:
        """Turn rules on or off. What is no rule stays off, and why is said."""
        before = {row: self._table.line(row) for row in rows}
        before = {row: line for row, line in before.items() if line.enabled != on}
        for row, line in sorted(before.items()) if on else ():
            error = self._table.error(line.text)
            if error is not None:
                del before[row]
                why = problem_text(error)
                self.said.emit(tr("Rule {n} cannot be turned on. {why}", n=row + 1, why=why))
        if before:
            after = {row: replace(line, enabled=on) for row, line in before.items()}
            count = len(before)
            turned_on = tr_n("Rule turned on.", "{n} rules turned on.", count)
            turned_off = tr_n("Rule turned off.", "{n} rules turned off.", count)
            self._push([Swap(before, after)], turned_on if on else turned_off)

    def nudge(self, rows: Iterable[int], down: bool) -> None:
        """One place up or down; what has reached the end stays there."""
        chosen = set(rows)
        if not chosen or not self._may_move():
            return
        runs, end = list(_runs(chosen)), self._table.rowCount()
        steps: list[Step] = []
        if down:
            for first, count in reversed(runs):
                if first + count < end:
                    steps.append(Shift(first, count, first + count + 1))
        else:
            steps += [Shift(first, count, first - 1) for first, count in runs if first > 0]
        self._moved(steps, len(chosen))

    def drop(self, rows: Iterable[int], to: int) -> None:
        """Gather rows before what is row `to` now, in their order."""
        chosen = set(rows)
        if not chosen or not self._may_move():
            return
        steps: list[Step] = []
        place = to
        for first, count in reversed(list(_runs({row for row in chosen if row < to}))):
            steps.append(Shift(first, count, place))
            place -= count
        place = to
        for first, count in _runs({row for row in chosen if row >= to}):
            steps.append(Shift(first, count, place))
            place += count
        self._moved(steps, len(chosen))

    def undo(self) -> None:
        self.stack.undo()

    def redo(self) -> None:
        self.stack.redo()

    # -- how

    def _cut(self, first: int, count: int) -> tuple[RuleLine, ...]:
        return tuple(self._table.line(row) for row in range(first, first + count))

    def _push(self, steps: Sequence[Step], said: str) -> None:
        self._pushes = True
        self.stack.push(_Edit(self._table, steps, said))

    def _walked(self, index: int) -> None:
        """First what was done: whoever saves may have to say that it could not, or come back with
        other lines."""
        before, self._index = self._index, index
        pushed, self._pushes = self._pushes, False
        if pushed:
            said = self.stack.undoText()
        elif index < before:
            said = tr("Undone: {what}", what=self.stack.redoText())
        elif index > before:
            said = tr("Done again: {what}", what=self.stack.undoText())
        else:
            return
        self.said.emit(said)
        self.edited.emit(self._table.lines)

    def _tick(self, row: int, on: bool) -> None:
        self.switch([row], on)

    def _may_move(self) -> bool:
        if self.fixed:
            self.said.emit(self.fixed)
        return not self.fixed

    def _moved(self, steps: Sequence[Step], count: int) -> None:
        real = [
            step
            for step in steps
            if isinstance(step, Shift) and not step.first <= step.to <= step.first + step.count
        ]
        if not real:
            return
        done: Sequence[Step] = real
        if len(real) > _MANY:
            order = list(range(self._table.rowCount()))
            for step in real:
                shift(order, step.first, step.count, step.to)
            done = [Arrange(tuple(order))]
        self._push(done, tr_n("Rule moved.", "{n} rules moved.", count))

    def _handed_on(self, rows: set[int]) -> Iterator[Step]:
        before: dict[int, RuleLine] = {}
        after: dict[int, RuleLine] = {}
        for first, count in _runs(rows):
            above = "".join(self._table.line(row).above for row in range(first, first + count))
            heir = first + count
            if above.strip() and heir < self._table.rowCount():
                before[heir] = self._table.line(heir)
                after[heir] = replace(before[heir], above=above + before[heir].above)
        if before:
            yield Swap(before, after)


def _runs(rows: set[int]) -> Iterator[tuple[int, int]]:
    """(first, count) of rows that follow each other."""
    first = count = 0
    for row in sorted(rows):
        if count and row == first + count:
            count += 1
            continue
        if count:
            yield first, count
        first, count = row, 1
    if count:
        yield first, count


def _common(one: Sequence[RuleLine], other: Sequence[RuleLine]) -> tuple[int, int]:
    """How many lines are the same in front, and behind."""
    shorter = min(len(one), len(other))
    front = 0
    while front < shorter and one[front] == other[front]:
        front += 1
    back = 0
    while back < shorter - front and one[-1 - back] == other[-1 - back]:
        back += 1
    return front, back
