"""A list whose rows are edited in dialogs: a table, and buttons beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QBrush, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from byway_gui.theme import colour
from byway_gui.windows.empty_list import EmptyList
from byway_gui.words import tr

# Rows that a list has room for at least.
_LINES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """`meaning` is a colour's (`theme.colour`), `details` is shown beside the pointer."""

    cells: tuple[str, ...]
    meaning: str = ""
    details: str = ""


class EditedTable(QWidget):
    """Its signals have rows: what a user wants done to one. `moved` has where it goes too."""

    add_wanted = Signal()
    edit_wanted = Signal(int)
    remove_wanted = Signal(int)
    moved = Signal(int, int)

    def __init__(
        self,
        name: str,
        headers: Sequence[str],
        empty: str,
        parent: QWidget | None = None,
        *,
        ordered: bool = False,
    ) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self.table = _table(name, headers)
        self.empty = EmptyList()
        self.empty.show_words(empty)
        self.add = QPushButton(tr("Add…"))
        self.edit = QPushButton(tr("Edit…"))
        self.remove = QPushButton(tr("Remove"))
        self.up = QPushButton(tr("Move up"))
        self.down = QPushButton(tr("Move down"))
        for button in (self.up, self.down):
            button.setVisible(ordered)
        self._lay_out()
        self._connect(ordered)

    def _lay_out(self) -> None:
        self._lists = QStackedWidget()
        self._lists.addWidget(self.empty)
        self._lists.addWidget(self.table)
        side = QVBoxLayout()
        for button in (self.add, self.edit, self.remove, self.up, self.down):
            side.addWidget(button)
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._lists, 1)
        layout.addLayout(side)

    def _connect(self, ordered: bool) -> None:
        self.add.clicked.connect(self.add_wanted)
        self.edit.clicked.connect(lambda: self._tell(self.edit_wanted))
        self.remove.clicked.connect(lambda: self._tell(self.remove_wanted))
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.table.doubleClicked.connect(self.edit.click)
        self.table.itemSelectionChanged.connect(self._enable)
        keys = [
            ("Return", self.edit),
            ("F2", self.edit),
            ("Delete", self.remove),
            ("Insert", self.add),
        ]
        if ordered:
            keys += [("Ctrl+Up", self.up), ("Ctrl+Down", self.down)]
        for key, button in keys:
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
            button.setToolTip(shortcut.key().toString(QKeySequence.SequenceFormat.NativeText))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """What is selected stays so by its place."""
        place = max(self.table.currentRow(), 0)
        self._rows = tuple(rows)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = QTableWidgetItem(text)
                item.setToolTip(row.details)
                if row.meaning:
                    item.setForeground(QBrush(colour(row.meaning)))
                self.table.setItem(number, column, item)
        self.table.selectRow(min(place, len(rows) - 1))
        self._lists.setCurrentWidget(self.table if rows else self.empty)
        self._enable()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._rows:  # light or dark
            self.show_rows(self._rows)

    def row(self) -> int | None:
        """The selected one."""
        row = self.table.currentRow()
        return row if 0 <= row < len(self._rows) else None

    def _enable(self) -> None:
        row = self.row()
        self.edit.setEnabled(row is not None)
        self.remove.setEnabled(row is not None)
        self.up.setEnabled(bool(row))
        self.down.setEnabled(row is not None and row < len(self._rows) - 1)

    def _tell(self, signal: SignalInstance) -> None:
        if (row := self.row()) is not None:
            signal.emit(row)

    def _move(self, step: int) -> None:
        if (row := self.row()) is not None:
            self.moved.emit(row, row + step)


def _table(name: str, headers: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(headers))
    table.setHorizontalHeaderLabels(list(headers))
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    line = table.fontMetrics().height() + 10
    table.verticalHeader().setDefaultSectionSize(line)
    table.setMinimumHeight(line * (_LINES + 1))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)  # the others are short
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setColumnWidth(0, table.fontMetrics().averageCharWidth() * 36)
    if len(headers) > 2:
        table.setColumnWidth(2, table.fontMetrics().averageCharWidth() * 16)
    return table
