"""The table of rules on the screen: columns, dragging, what is marked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from byway_gui.check_boxes import CheckBoxes
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.column_widths import Width
from byway_gui.presenters.rules import Column, found_by
from byway_gui.windows.elastic_columns import ElasticColumns
from byway_gui.words import tr

_WIDTHS = {
    Column.ON: Width(5, 5),
    Column.PROGRAMS: Width(12, 18, parts=1),
    Column.HOSTS: Width(18, 40, parts=3),
    Column.ADDRESSES: Width(12, 22),
    Column.PORTS: Width(8, 12),
    Column.NETWORK: Width(9, 9),
    Column.TARGET: Width(10, 16),
    Column.NOTE: Width(10, 28, parts=2),
    Column.HITS: Width(10, 12),
}


class Filter(QSortFilterProxyModel):
    """Rules with a text, in their order. One that is changed stays until the text changes."""

    def __init__(self, table: RuleTable) -> None:
        super().__init__(table)
        self._table = table
        self._words = ""
        self.setDynamicSortFilter(False)
        self.setSourceModel(table)

    @property
    def is_on(self) -> bool:
        return bool(self._words)

    def set_words(self, words: str) -> None:
        words = words.strip().casefold()
        if words != self._words:
            self._words = words
            self.invalidate()  # its invalidateFilter is deprecated, its successor too new

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not self._words or found_by(self._table.line(row), self._words)


class RuleView(QTableView):
    """Rows are those of the table, not of the filter between."""

    switch_wanted = Signal()
    edit_wanted = Signal()

    def __init__(self, table: RuleTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = Filter(table)
        self._table = table
        self.setModel(self.filter)
        self.setAccessibleName(tr("Rules"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setItemDelegateForColumn(Column.ON, CheckBoxes(self))
        self.doubleClicked.connect(self._double_clicked)
        self._kept: tuple[set[str], int] = (set(), 0)
        table.modelAboutToBeReset.connect(self._keep)
        self.filter.modelReset.connect(self._restore)
        self._set_sizes()

    def _set_sizes(self) -> None:
        metrics = self.fontMetrics()
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # 10,000 are not to be measured
        rows.setDefaultSectionSize(metrics.height() + 8)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rows.setHighlightSections(False)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        ElasticColumns(self, _WIDTHS)

    # -- rows

    def rows(self) -> list[int]:
        """The selected ones, from above."""
        # By ranges: an index for each of 10,000 rows takes a second.
        found: set[int] = set()
        for part in self._ranges():
            found.update(range(part.top(), part.bottom() + 1))
        if not self.filter.is_on:
            return sorted(found)
        return sorted(self.filter.mapToSource(self.filter.index(row, 0)).row() for row in found)

    @property
    def count(self) -> int:
        """How many are selected, quickly."""
        return sum(part.height() for part in self._ranges())

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def row(self) -> int | None:
        """The one with the keyboard."""
        index = self.filter.mapToSource(self.currentIndex())
        return index.row() if index.isValid() else None

    def shows(self, row: int) -> bool:
        """Whether the filter lets it through."""
        return self.filter.mapFromSource(self._table.index(row, 0)).isValid()

    def select(self, rows: Iterable[int]) -> None:
        """Select these rows, go to the first and bring it into sight."""
        shown = sorted(rows)
        if self.filter.is_on:
            places = (self.filter.mapFromSource(self._table.index(row, 0)) for row in shown)
            shown = sorted(place.row() for place in places if place.isValid())
        if not shown:
            return
        selection = QItemSelection()
        for first, last in _neighbours(shown):
            ends = (self.filter.index(first, 0), self.filter.index(last, len(Column) - 1))
            selection.select(*ends)
        flags = QItemSelectionModel.SelectionFlag
        first_shown = self.filter.index(shown[0], Column.HOSTS)
        self.selectionModel().setCurrentIndex(first_shown, flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)
        self.scrollTo(self.currentIndex())

    # -- across a reset

    def _keep(self) -> None:
        texts = {self._table.line(row).text for row in self.rows()}
        self._kept = texts, self.verticalScrollBar().value()

    def _restore(self) -> None:
        texts, at = self._kept
        lines = enumerate(self._table.lines if texts else ())
        self.select([row for row, line in lines if line.text in texts])
        self.verticalScrollBar().setValue(at)

    # -- keys and clicks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if plain and event.key() == Qt.Key.Key_Space:
            self.switch_wanted.emit()
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != Column.ON:
            self.edit_wanted.emit()


def _neighbours(rows: list[int]) -> list[tuple[int, int]]:
    """(first, last) of rows that follow each other."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
