"""Rows that come, go and change their order, told to Qt in few steps.

Every signal about rows costs each view a walk through what it keeps, so neighbours go together,
and where there are too many gaps, rows are first brought together by one change of the order. So
selections and current rows stay with what they are on, which a reset would lose.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from PySide6.QtCore import QAbstractTableModel, QItemSelectionRange, QModelIndex, QObject

from byway_gui.models.flow_entry import Entry

# Groups of neighbours that are told one by one. Ten cost about as much as one change of the order.
MOST_RUNS = 8


def runs(places: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbours among `places`, which ascend, as (first, last)."""
    found: list[tuple[int, int]] = []
    first = last = -2
    for place in places:
        if place != last + 1:
            if last >= 0:
                found.append((first, last))
            first = place
        last = place
    if last >= 0:
        found.append((first, last))
    return found


_row = attrgetter("row")


class Rows(QAbstractTableModel):
    """The part of a table that is about which entries are shown where."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Entry] = []

    def entry(self, row: int) -> Entry:
        return self._rows[row]

    def block(self, top: int, bottom: int) -> QItemSelectionRange:
        """Whole rows, for a selection. `index` would ask for the table's size each time."""
        last = self.columnCount() - 1
        return QItemSelectionRange(self.createIndex(top, 0), self.createIndex(bottom, last))

    def _shift(self, target: list[Entry]) -> None:
        """Show `target` from here on. What is in both lists is in the same order in both."""
        wanted = set(map(id, target))
        self._take_out([entry for entry in self._rows if id(entry) not in wanted])
        if len(target) != len(self._rows):
            self._put_in(target)

    def _permute(self, target: list[Entry]) -> None:
        """Show the same entries in another order."""
        if target == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self._rows[index.row()] for index in before]
        self._arrange(target)
        after = [
            self.createIndex(entry.row, index.column())
            for entry, index in zip(kept, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _take_out(self, entries: Iterable[Entry]) -> None:
        """Those of them that are shown."""
        leaving = sorted({entry for entry in entries if entry.row >= 0}, key=_row)
        if not leaving:
            return
        groups = runs(entry.row for entry in leaving)
        if len(groups) > MOST_RUNS:
            gone = set(map(id, leaving))
            self._permute([e for e in self._rows if id(e) not in gone] + leaving)
            groups = [(len(self._rows) - len(leaving), len(self._rows) - 1)]
        for first, last in reversed(groups):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        for entry in leaving:
            entry.row = -1
        self._arrange(self._rows)

    def _put_in(self, target: list[Entry]) -> None:
        """Show `target`, in which all that is shown is, in the same order."""
        groups = runs(row for row, entry in enumerate(target) if entry.row < 0)
        if len(groups) <= MOST_RUNS:
            for first, last in groups:
                self.beginInsertRows(QModelIndex(), first, last)
                self._rows[first:first] = target[first : last + 1]
                self.endInsertRows()
            self._arrange(self._rows)
            return
        coming = [entry for entry in target if entry.row < 0]
        self.beginInsertRows(QModelIndex(), len(self._rows), len(target) - 1)
        self._arrange(self._rows + coming)
        self.endInsertRows()
        self._permute(target)

    def _arrange(self, target: list[Entry]) -> None:
        self._rows = target
        for row, entry in enumerate(target):
            entry.row = row
