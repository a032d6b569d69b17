"""What can be done on the page of upstreams, the same by button, key and menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QWidget

from byway_gui.words import tr


class UpstreamActions:
    """Their shortcuts work within `page`."""

    def __init__(self, page: QWidget, stack: QUndoStack) -> None:
        self._page = page
        self.add = self._action(tr("&Add…"), "Ctrl+N")
        self.edit = self._action(tr("&Edit…"), "F2")
        self.duplicate = self._action(tr("Dupl&icate"), "Ctrl+D")
        self.remove = self._action(tr("Re&move"), "Delete")
        self.up = self._action(tr("Move u&p"), "Ctrl+Up")
        self.down = self._action(tr("Move dow&n"), "Ctrl+Down")
        self.test = self._action(tr("&Test"), "Ctrl+T")
        self.test_all = self._action(tr("Test a&ll"), "Ctrl+Shift+T")
        self.undo = self._action(tr("Undo"), "Ctrl+Z")
        self.redo = self._action(tr("Redo"), "Ctrl+Shift+Z")
        for action, is_possible, do in (
            (self.undo, stack.canUndoChanged, stack.undo),
            (self.redo, stack.canRedoChanged, stack.redo),
        ):
            action.setEnabled(False)
            is_possible.connect(action.setEnabled)
            action.triggered.connect(do)

    def of_row(self) -> tuple[QAction, ...]:
        """Those that need a selected upstream, but for moving."""
        return (self.edit, self.duplicate, self.remove, self.test)

    def _action(self, text: str, shortcut: str) -> QAction:
        action = QAction(text, self._page)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._page.addAction(action)
        return action
