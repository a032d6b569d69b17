"""The Log page: what Byway has said of its doings, filtered, copied, saved."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from byway_gui.models.log_table import LogTable
from byway_gui.presenters.log_lines import Column, Level, Record, as_text, at_least
from byway_gui.windows.section import Prose
from byway_gui.words import tr, tr_n

# In average characters of the font.
_WIDTHS = {Column.TIME: 11, Column.LEVEL: 11, Column.FLOW: 15}


class LogPage(QWidget):
    """Stays at the newest line unless it was scrolled away from it. `said` is a toast."""

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = LogTable(self)
        self._following = True
        self._cleared: tuple[Record, ...] = ()
        self.view = _table_view(self.table)
        self.setFocusProxy(self.view)
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.view.verticalScrollBar().rangeChanged.connect(self._grown)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.level = QComboBox()
        for level in Level:
            self.level.addItem(at_least(level), level)
        self.level.setCurrentIndex(list(Level).index(Level.INFO))
        self.level.setAccessibleName(tr("What is shown"))
        self.level.currentIndexChanged.connect(self._filter)
        self.needle = QLineEdit()
        self.needle.setPlaceholderText(tr("Filter by text or connection"))
        self.needle.setAccessibleName(tr("Filter by text or connection"))
        self.needle.setClearButtonEnabled(True)
        self.needle.textChanged.connect(self._filter)
        self.newest = QPushButton(tr("To the &newest"))
        self.newest.clicked.connect(self._to_newest)
        self.copy = QPushButton(tr("&Copy selected"))
        self.copy.clicked.connect(self._copy)
        self.copy_all = QPushButton(tr("Copy &all"))
        self.copy_all.clicked.connect(self._copy_all)
        self.save = QPushButton(tr("Sa&ve as…"))
        self.save.clicked.connect(self._ask_name)
        self.undo = QPushButton(tr("Un&do clear"))
        self.undo.clicked.connect(self._restore)
        self.clear = QPushButton(tr("C&lear"))
        self.clear.clicked.connect(self._clear)
        self.problem = Prose("", "bad")
        self.empty = QLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self._copy).setContext(
            Qt.ShortcutContext.WidgetShortcut
        )
        QShortcut(QKeySequence.StandardKey.Find, self, self.needle.setFocus).setContext(
            Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        for hidden in (self.newest, self.undo, self.problem):
            hidden.hide()
        self._choose()
        self._filter()

    @staticmethod
    def title() -> str:
        return tr("Log")

    def append(self, records: Iterable[Record]) -> None:
        """New lines, oldest first."""
        bar = self.view.verticalScrollBar()
        following, place = self._following, bar.value()
        gone = self.table.append(records)
        self._fill()
        if following:
            self.view.scrollToBottom()
        elif gone:  # what is being read stays where it is
            bar.setValue(place - gone)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._following:
            self.view.scrollToBottom()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # another page is looked at: what was cleared may go
            self._cleared = ()
            self.undo.hide()

    # -- following

    def _scrolled(self, value: int) -> None:
        self._following = value >= self.view.verticalScrollBar().maximum()
        self.newest.setVisible(not self._following)

    def _grown(self, least: int, most: int) -> None:
        """By lines, or by a window that has become lower."""
        if self._following:
            self.view.verticalScrollBar().setValue(most)

    def _to_newest(self) -> None:
        self.view.scrollToBottom()
        self.view.setFocus()

    # -- what a user does

    def _filter(self) -> None:
        following = self._following  # resetting scrolls
        self.table.filter(self.level.currentData(), self.needle.text().strip())
        self._fill()
        if following:
            self.view.scrollToBottom()

    def _rows(self) -> set[int]:
        return {index.row() for index in self.view.selectionModel().selectedRows()}

    def _choose(self) -> None:
        self.copy.setEnabled(self.view.selectionModel().hasSelection())

    def _copy(self) -> None:
        self._take(self.table.records(self._rows()))

    def _copy_all(self) -> None:
        self._take(self.table.records())

    def _take(self, records: list[Record]) -> None:
        if records:
            QApplication.clipboard().setText(as_text(records))
            self.said.emit(tr_n("Copied {n} line.", "Copied {n} lines.", len(records)))

    def _clear(self) -> None:
        self._cleared = self.table.clear()
        self.undo.show()
        self._fill()

    def _restore(self) -> None:
        self.table.restore(self._cleared)
        self._cleared = ()
        self.undo.hide()
        self._fill()

    def _ask_name(self) -> None:
        dialog = QFileDialog(self, tr("Save the log"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("Text files (*.log *.txt)"), tr("All files (*)")])
        dialog.setDefaultSuffix("log")
        dialog.selectFile("byway.log")
        dialog.fileSelected.connect(self._save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            _write(Path(name), as_text(self.table.records()))
        except OSError as error:
            self.problem.setText(f"{name}: {error.strerror}")
            self.problem.show()
        else:
            self.problem.hide()
            self.said.emit(tr("Saved: {file}", file=name))

    # -- what is seen

    def _fill(self) -> None:
        rows = self.table.rowCount()
        self._stack.setCurrentWidget(self.view if rows else self.empty)
        if self.table.is_empty:
            self.empty.setText(tr("Nothing has been logged yet. What goes wrong is told here."))
        else:
            self.empty.setText(tr("No line fits the filter. Show more levels, or empty the field."))
        for button in (self.copy_all, self.save):
            button.setEnabled(rows > 0)
        self.clear.setEnabled(not self.table.is_empty)
        if not rows:
            self.newest.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.level)
        top.addWidget(self.needle, 1)
        bottom = QHBoxLayout()
        for button in (self.copy, self.copy_all, self.save):
            bottom.addWidget(button)
        bottom.addStretch(1)
        for button in (self.newest, self.undo, self.clear):
            bottom.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        layout.addLayout(bottom)
        layout.addWidget(self.problem)


def _write(file: Path, text: str) -> None:
    """For its owner's eyes: a log says where somebody has been. The mode of a file that was there
    is left as it is."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as out:
        out.write(text)


def _table_view(table: LogTable) -> QTableView:
    view = QTableView()
    view.setModel(table)
    view.setAccessibleName(tr("Log"))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    rows = view.verticalHeader()
    rows.hide()
    rows.setDefaultSectionSize(view.fontMetrics().height() + 4)
    columns = view.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setStretchLastSection(True)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, characters in _WIDTHS.items():
        view.setColumnWidth(column, characters * view.fontMetrics().averageCharWidth() + 8)
    return view
