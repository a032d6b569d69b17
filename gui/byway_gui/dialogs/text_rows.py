"""A short list of texts that is edited in its place: servers, names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.field_note import FieldNote
from byway_gui.words import tr

# Rows that are seen without scrolling: as many as there are buttons beside them, and no more than
# leave what follows in sight.
_LINES, _MOST_LINES = 5, 10


@dataclass(frozen=True, slots=True)
class RowWords:
    """What the list is called, what the field for another row is, and an example of one."""

    name: str
    another: str
    example: str


class TextRows(QWidget):
    """`chosen` has a list that is right, each time its user has made another one. What is no text
    is shown as `shown` has it, and not edited. `errors` says what is wrong with a list, "" where
    nothing is."""

    chosen = Signal(list)

    def __init__(
        self,
        words: RowWords,
        errors: Callable[[Sequence[object]], str],
        shown: Callable[[object], str] = str,
        parent: QWidget | None = None,
        *,
        ordered: bool = True,
    ) -> None:
        super().__init__(parent)
        self.values: list[object] = []
        self._errors, self._shown = errors, shown
        self.list = QListWidget()
        self.list.setAccessibleName(words.name)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setSpacing(2)
        line = self.list.fontMetrics().lineSpacing() + 6
        self.list.setMinimumHeight(line * _LINES)
        self.list.setMaximumHeight(line * _MOST_LINES)
        self.field = _Field()
        self.field.setAccessibleName(words.another)
        self.field.setPlaceholderText(words.example)
        self.error = FieldNote()
        self.add = QPushButton(tr("Add"))
        self.remove = QPushButton(tr("Remove"))
        self.up = QPushButton(tr("Move up"))
        self.down = QPushButton(tr("Move down"))
        self._ordered = ordered
        self._lay_out()
        self._connect()
        self._enable()

    def _lay_out(self) -> None:
        row, below, self.side = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        for button in (self.remove, self.up, self.down):
            self.side.addWidget(button)
            button.setAutoDefault(False)
        self.add.setAutoDefault(False)
        self.up.setVisible(self._ordered)
        self.down.setVisible(self._ordered)
        self.side.addStretch(1)
        row.addWidget(self.list, 1)
        row.addLayout(self.side)
        below.addWidget(self.field, 1)
        below.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addLayout(below)
        layout.addWidget(self.error)
        layout.addStretch(1)

    def _connect(self) -> None:
        self.field.textEdited.connect(self._judge)
        self.field.entered.connect(self.add_typed)
        self.add.clicked.connect(self.add_typed)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.list.itemChanged.connect(self._renamed)
        self.list.currentRowChanged.connect(self._enable)
        keys = [("Delete", self.remove)]
        if self._ordered:
            keys += [("Ctrl+Up", self.up), ("Ctrl+Down", self.down)]
        for key, button in keys:
            shortcut = QShortcut(QKeySequence(key), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
            button.setToolTip(shortcut.key().toString(QKeySequence.SequenceFormat.NativeText))

    def show_values(self, values: Sequence[object]) -> None:
        row = self.list.currentRow()
        self.values = list(values)
        self.list.blockSignals(True)
        self.list.clear()
        for value in values:
            item = QListWidgetItem(self._shown(value))
            if isinstance(value, str):
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(min(max(row, 0), len(values) - 1))
        self.error.say(self._errors(values) if values else "")
        self._enable()

    def add_typed(self) -> bool:
        """Take what is in the field; False where it is wrong, which is said."""
        typed = self.field.text().strip()
        if typed and self._judge():
            self.field.setFocus()
            return False
        if typed:
            self.field.clear()
            self.choose([*self.values, typed])
        return True

    def choose(self, values: Sequence[object]) -> None:
        self.show_values(values)
        self.chosen.emit(list(values))

    def _enable(self) -> None:
        row = self.list.currentRow()
        self.remove.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self.values) - 1)

    def _judge(self) -> str:
        """What is wrong with the typed text, if anything is."""
        typed = self.field.text().strip()
        wrong = self._errors([*self.values, typed]) if typed else ""
        self.error.say(wrong)
        return wrong

    def _remove(self) -> None:
        values = list(self.values)
        del values[self.list.currentRow()]
        self.choose(values)

    def _move(self, step: int) -> None:
        row, values = self.list.currentRow(), list(self.values)
        values.insert(row + step, values.pop(row))
        self.choose(values)
        self.list.setCurrentRow(row + step)

    def _renamed(self, item: QListWidgetItem) -> None:
        self.replace(self.list.row(item), item.text().strip())

    def replace(self, row: int, value: object) -> None:
        """Another value in that row, unless the list would be wrong then, which is said."""
        values = list(self.values)
        values[row] = value
        wrong = self._errors(values)
        if wrong:
            self.show_values(self.values)
            self.error.say(wrong)
        else:
            self.choose(values)


class _Field(QLineEdit):
    """Enter adds a row; it does not end the dialog that the field is in."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)
