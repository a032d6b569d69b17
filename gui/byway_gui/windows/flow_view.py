"""The list of connections: keeps its place while rows come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Signal,
)
from PySide6.QtGui import QAccessible, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from byway_gui.engine_link.inbox import Key
from byway_gui.models.flow_entry import Entry
from byway_gui.models.flow_table import FlowTable, Index
from byway_gui.models.rows import runs
from byway_gui.words import tr

# Rows from which on a selection follows them by our own list.
_MOST_CHOSEN = 50


class FlowView(QTableView):
    """`menu_wanted` has the place on the screen, at the current row where the keyboard asks."""

    menu_wanted = Signal(QPoint)
    resized = Signal()

    def __init__(self, table: FlowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        # What stands on the upper edge, and by how much it is cut; nothing at the list's beginning,
        # where whoever looks wants to see what is new.
        self._held: list[Key] = []
        self._cut = 0
        self._aside: list[Entry] | None = None
        table.layoutAboutToBeChanged.connect(self._put_aside)  # before the selection's own
        table.layoutChanged.connect(self._choose_again)
        self.setModel(table)
        self.setAccessibleName(tr("Connections"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # 2,000 are not to be measured
        self._set_height()
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsMovable(True)
        table.taking.connect(self._note)
        table.taken.connect(self._hold)

    # -- what is chosen

    def chosen(self) -> tuple[int, bool]:
        """How many rows, and whether one of them lives."""
        ranges = self.selectionModel().selection().toList()
        live = any(self._table.is_live(row) for each in ranges for row in _rows(each))
        return sum(each.height() for each in ranges), live

    def chosen_rows(self) -> list[int]:
        """From top to bottom."""
        return sorted(
            row for each in self.selectionModel().selection().toList() for row in _rows(each)
        )

    def chosen_index(self) -> QModelIndex:
        """The one that the keyboard is on, if it is chosen, else the first that is; invalid where
        none is."""
        current, model = self.currentIndex(), self.selectionModel()
        if current.isValid() and model.isSelected(current):
            return current
        rows = self.chosen_rows()
        return self._table.index(rows[0], 0) if rows else QModelIndex()

    def as_text(self, rows: Iterable[int]) -> str:
        """A line for each, with the columns as they are seen, for a spreadsheet too."""
        order = map(self.horizontalHeader().logicalIndex, range(self._table.columnCount()))
        columns = [column for column in order if not self.isColumnHidden(column)]
        lines = [[self._table.index(row, column).data() for column in columns] for row in rows]
        return "\n".join("\t".join(cells) for cells in lines)

    def _put_aside(self) -> None:
        """Rows are given a new order. A selection follows them by an index for each of its cells,
        30,000 where 2,000 rows are chosen: a tenth of a second."""
        chosen = self.selectionModel()
        if chosen is not None and self.chosen()[0] > _MOST_CHOSEN:
            self._aside = [self._table.entry(row) for row in self.chosen_rows()]
            was = chosen.blockSignals(True)
            chosen.clearSelection()
            chosen.blockSignals(was)

    def _choose_again(self) -> None:
        if self._aside is None:
            return
        rows = sorted(entry.row for entry in self._aside)
        self._aside = None
        chosen = QItemSelection()
        for top, bottom in runs(row for row in rows if row >= 0):
            chosen.append(self._table.block(top, bottom))
        was = self.selectionModel().blockSignals(True)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)
        self.selectionModel().blockSignals(was)

    # -- its place

    def _note(self) -> None:
        self._held = []
        top, height = self.verticalScrollBar().value(), self._height
        if top > 0:
            first = top // height
            last = min(first + self.viewport().height() // height + 1, self._table.rowCount())
            self._held = [self._table.key(row) for row in range(first, last)]
            self._cut = top % height

    def _hold(self) -> None:
        """The first of them that is still there goes where it was."""
        self.executeDelayedItemsLayout()  # or all would be painted twice
        held, self._held = self._held, []
        for above, key in enumerate(held):
            row = self._table.row_of(key)
            if row >= 0:
                place = max(0, row - above) * self._height + self._cut
                self.verticalScrollBar().setValue(place)
                return

    def _set_height(self) -> None:
        self._height = self.fontMetrics().height() + max(4, self.fontMetrics().height() // 2)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._height)

    # -- what Qt says

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint these cells anew. Qt paints the whole view where it is more than one."""
        if QAccessible.isActive():  # who reads the screen aloud is told by Qt
            super().dataChanged(first, last, list(roles))
            return
        top, height = self.verticalScrollBar().value(), self._height
        upper = max(0, first.row() * height - top)
        lower = min(self.viewport().height(), (last.row() + 1) * height - top)
        if upper >= lower:
            return
        for column in range(first.column(), last.column() + 1):
            if width := self.columnWidth(column):
                left = self.columnViewportPosition(column)
                self.viewport().update(left, upper, width, lower - upper)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_height()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            seen = self.visualRect(self.currentIndex())
            seen = seen.intersected(self.viewport().rect())
            place = self.viewport().mapToGlobal(seen.bottomLeft() + QPoint(self._height, 0))
        if self.selectionModel().hasSelection():
            self.menu_wanted.emit(place)


def _rows(chosen: QItemSelectionRange) -> range:
    return range(chosen.top(), chosen.bottom() + 1)
