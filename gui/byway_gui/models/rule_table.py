"""The list of rules as a table: what is shown, and the ways in which rows change.

It does not know how a change is undone or saved: `models.rule_edits` does, and it alone calls
`put`, `take`, `swap`, `shift` and `arrange`. What a user does in the view itself, ticking a box or
dropping rows, goes out as a signal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QStyle

from byway_core.api.profiles import RuleLine, check_rule
from byway_core.model.errors import Problem
from byway_gui.presenters.rules import (
    Column,
    cell,
    details,
    first_catch_all,
    header,
    spoken,
)
from byway_gui.presenters.rules_text import as_text
from byway_gui.theme import colour

Index = QModelIndex | QPersistentModelIndex
_ROWS = "application/x-byway-rule-rows"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Role = Qt.ItemDataRole
_CELL = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_BOX = _CELL | Qt.ItemFlag.ItemIsUserCheckable


class RuleTable(QAbstractTableModel):
    """`ticked` has a row and whether it is to be on; `dropped` has rows and the row before which
    they were let go."""

    ticked = Signal(int, bool)
    dropped = Signal(list, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[RuleLine] = []
        self._hits: list[int] = []
        self._targets: tuple[str, ...] = ()
        self._checked: dict[str, tuple[Problem, ...]] = {}
        self._catch_all: int | None = None  # the row behind which nothing is reached
        self._italic = QFont()
        self._italic.setItalic(True)

    # -- what there is

    @property
    def lines(self) -> list[RuleLine]:
        return list(self._lines)

    def line(self, row: int) -> RuleLine:
        return self._lines[row]

    @property
    def catch_all(self) -> int | None:
        """The row of the first rule that takes everything; None where there is none."""
        return self._catch_all

    @property
    def targets(self) -> tuple[str, ...]:
        return self._targets

    def check(self, text: str) -> tuple[Problem, ...]:
        """What is wrong with a rule of this text, errors first."""
        found = self._checked.get(text)
        if found is None:
            problems = check_rule(text, self._targets)
            found = tuple(sorted(problems, key=lambda problem: problem.warning))
            self._checked[text] = found
        return found

    def error(self, text: str) -> Problem | None:
        """Why it cannot be used; None where it can."""
        return next((problem for problem in self.check(text) if not problem.warning), None)

    def problem(self, row: int) -> Problem | None:
        """Why this row's rule cannot be used; None where it can, or is off."""
        line = self._lines[row]
        return self.error(line.text) if line.enabled else None

    # -- what comes from outside

    def reset(self, lines: Sequence[RuleLine]) -> None:
        self.beginResetModel()
        self._lines = list(lines)
        self._hits = [0] * len(self._lines)
        self._catch_all = first_catch_all(self._lines)
        self.endResetModel()

    def set_targets(self, targets: Sequence[str]) -> None:
        """What rules may name: a rule may be right now that was wrong before."""
        if tuple(targets) != self._targets:
            self._targets = tuple(targets)
            self._checked.clear()
            self._all_changed()

    def set_hits(self, hits: Sequence[int]) -> None:
        """How often each rule decided. Numbers for another list of rules are not shown."""
        if len(hits) != len(self._lines):
            return
        rows = [
            row for row, (old, new) in enumerate(zip(self._hits, hits, strict=True)) if old != new
        ]
        if rows:
            self._hits = list(hits)
            first, last = self.index(rows[0], Column.HITS), self.index(rows[-1], Column.HITS)
            self.dataChanged.emit(first, last)

    # -- how rows change

    def put(self, row: int, lines: Sequence[RuleLine]) -> None:
        self.beginInsertRows(QModelIndex(), row, row + len(lines) - 1)
        self._lines[row:row] = lines
        self._hits[row:row] = [0] * len(lines)
        self.endInsertRows()

    def take(self, row: int, count: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row + count - 1)
        del self._lines[row : row + count]
        del self._hits[row : row + count]
        self.endRemoveRows()

    def swap(self, lines: Mapping[int, RuleLine]) -> None:
        for row, line in lines.items():
            self._lines[row] = line
        first, last = self.index(min(lines), 0), self.index(max(lines), len(Column) - 1)
        self.dataChanged.emit(first, last)

    def shift(self, first: int, count: int, to: int) -> None:
        """Move rows so that they stand before what is row `to` now."""
        self.beginMoveRows(QModelIndex(), first, first + count - 1, QModelIndex(), to)
        shift(self._lines, first, count, to)
        shift(self._hits, first, count, to)
        self.endMoveRows()

    def arrange(self, order: Sequence[int]) -> None:
        """Row n becomes what is row order[n] now. For many rows that do not stand together: moving
        each by itself makes a filter look at all rows each time."""
        self.layoutAboutToBeChanged.emit()
        places = {old: new for new, old in enumerate(order)}
        before = self.persistentIndexList()
        after = [self.index(places[each.row()], each.column()) for each in before]
        self._lines = [self._lines[old] for old in order]
        self._hits = [self._hits[old] for old in order]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def settle(self) -> None:
        """After the last of several changes: what follows from all of them."""
        place = first_catch_all(self._lines)
        if place != self._catch_all:
            self._catch_all = place
            self._all_changed()

    def _all_changed(self) -> None:
        if self._lines:
            last = self.index(len(self._lines) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # -- what is shown

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == _Role.DisplayRole else None
        if role == _Role.DisplayRole:
            return header(section)
        if role == _Role.TextAlignmentRole and section == Column.HITS:
            return _RIGHT
        return None

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case _Role.DisplayRole:
                return cell(self._lines[row], column, self._hits[row])
            case _Role.CheckStateRole if column == Column.ON:
                on = self._lines[row].enabled
                return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            case _Role.ToolTipRole:
                return _plain(self._details(row))
            case _Role.AccessibleTextRole:
                return spoken(self._lines[row], column, self._hits[row])
            case _Role.AccessibleDescriptionRole:
                return self._details(row)
        return self._look(row, column, role)

    def _look(self, row: int, column: int, role: int) -> Any:
        match role:
            case _Role.TextAlignmentRole if column == Column.HITS:
                return _RIGHT
            case _Role.ForegroundRole:
                return self._foreground(row)
            case _Role.FontRole if self._is_never_reached(row):
                return self._italic
            case _Role.DecorationRole if column == Column.HOSTS and self.problem(row):
                pixmap = QStyle.StandardPixmap.SP_MessageBoxWarning
                return QApplication.style().standardIcon(pixmap)
        return None

    def _details(self, row: int) -> str:
        earlier = self._catch_all if self._is_never_reached(row) else None
        return details(self._lines[row], self.problem(row), earlier)

    def _foreground(self, row: int) -> Any:
        if self.problem(row):
            return colour("bad")
        if not self._lines[row].enabled or self._is_never_reached(row):
            return colour("muted")
        return None

    def _is_never_reached(self, row: int) -> bool:
        return self._catch_all is not None and row > self._catch_all

    # -- what a user does in the view

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Asked for each of all cells when all are selected."""
        column = index.column()
        if column > 0:
            return _CELL
        return _BOX if column == Column.ON else Qt.ItemFlag.ItemIsDropEnabled  # between rows

    def setData(self, index: Index, value: Any, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole or index.column() != Column.ON:
            return False
        self.ticked.emit(index.row(), Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_ROWS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = sorted({index.row() for index in indexes})
        data = QMimeData()
        # Another window of another process would take them for rows of its own.
        data.setData(_ROWS, json.dumps([os.getpid(), rows]).encode())
        data.setText(as_text([self._lines[row] for row in rows]))
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Always False: a view removes the rows that it dragged where it hears True, and moving
        has done that."""
        if action is not Qt.DropAction.MoveAction or not data.hasFormat(_ROWS):
            return False
        process, rows = json.loads(bytes(data.data(_ROWS).data()))
        if process == os.getpid():
            to = row if row >= 0 else parent.row() if parent.isValid() else len(self._lines)
            self.dropped.emit(rows, to)
        return False


def shift(values: list[Any], first: int, count: int, to: int) -> None:
    """As RuleTable.shift, on a plain list."""
    block = values[first : first + count]
    del values[first : first + count]
    at = to - count if to > first else to
    values[at:at] = block


def _plain(text: str) -> str:
    """What a user wrote must not be taken for markup by the tooltip."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"
