"""A menu of a table's columns, in their order, which the keyboard changes there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from byway_gui.words import tr

# A column goes to the left in its table, and up in the menu.
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class ColumnsMenu(QMenu):
    """`moved(from, to)`: the column at that place is to be at the other one, and its entry is."""

    moved = Signal(int, int)

    def __init__(self, entries: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = entries
        for entry in entries:
            entry.setParent(self)
        self.addActions(entries)
        self._below = self.addSeparator()
        how = self.addAction(tr("Alt+Left, Alt+Right: move a column"))
        how.setEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move(step)
        elif event.key() == Qt.Key.Key_Alt:
            event.accept()  # Qt would forget which entry is chosen
        else:
            super().keyPressEvent(event)

    def _move(self, step: int) -> None:
        entry = self.activeAction()
        if entry not in self._entries:
            return
        place = self._entries.index(entry)
        to = place + step
        if not 0 <= to < len(self._entries):
            return
        self._entries.insert(to, self._entries.pop(place))
        self.removeAction(entry)
        behind = [*self._entries, self._below][to + 1]
        self.insertAction(behind, entry)
        self.setActiveAction(entry)  # who listens hears it again, in its new place
        self.moved.emit(place, to)
