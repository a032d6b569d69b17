"""What can be done with rules, with its keys: the page's buttons and the table's menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack

from byway_gui.words import tr

_Keys = QKeySequence.StandardKey


class RuleActions(QObject):
    def __init__(self, stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self.add = self._action(tr("&Add…"), "Ctrl+N", "Ins")
        self.add.setToolTip(tr("Add a rule"))
        self.edit = self._action(tr("&Edit…"), "F2")
        self.edit.setToolTip(tr("Edit the rule"))
        self.delete = self._action(tr("&Delete"), _Keys.Delete)
        self.duplicate = self._action(tr("D&uplicate"), "Ctrl+D")
        self.switch = self._action(tr("Turn on or o&ff"))
        self.up = self._action(tr("U&p"), "Ctrl+Up")
        self.up.setToolTip(tr("Move up: the first rule that matches decides"))
        self.down = self._action(tr("Dow&n"), "Ctrl+Down")
        self.down.setToolTip(tr("Move down: the first rule that matches decides"))
        self.cut = self._action(tr("Cu&t"), _Keys.Cut)
        self.copy = self._action(tr("&Copy as text"), _Keys.Copy)
        self.paste = self._action(tr("P&aste"), _Keys.Paste)
        self.undo = self._action(tr("Undo"), _Keys.Undo)
        self.redo = self._action(tr("Redo"), "Ctrl+Y", "Ctrl+Shift+Z")
        self.as_text = self._action(tr("As &text…"), "Ctrl+T")
        self.as_text.setToolTip(tr("Edit all rules as text"))
        self.find = self._action(tr("&Find"), _Keys.Find)
        self.reset_hits = self._action(tr("Reset the counts of &hits"))
        for action, may, text in (
            (self.undo, stack.canUndoChanged, stack.undoTextChanged),
            (self.redo, stack.canRedoChanged, stack.redoTextChanged),
        ):
            action.setEnabled(False)
            may.connect(action.setEnabled)
            text.connect(action.setToolTip)

    def show_selected(self, rows: int) -> None:
        """What needs a rule is off while none is selected."""
        for action in (self.delete, self.duplicate, self.switch, self.up, self.down):
            action.setEnabled(rows > 0)
        for action in (self.cut, self.copy):
            action.setEnabled(rows > 0)
        self.edit.setEnabled(rows == 1)

    @property
    def shown(self) -> tuple[QAction, ...]:
        """Those that have a button."""
        edits = (self.add, self.edit, self.delete, self.up, self.down)
        return (*edits, self.undo, self.redo, self.as_text)

    @property
    def of_table(self) -> tuple[QAction, ...]:
        """They are for the table's rows, so its keys; in the order of its menu."""
        return (
            self.edit,
            self.switch,
            self.duplicate,
            self.delete,
            self._line(),
            self.up,
            self.down,
            self._line(),
            self.cut,
            self.copy,
            self.paste,
            self._line(),
            self.reset_hits,
        )

    @property
    def of_page(self) -> tuple[QAction, ...]:
        """Their keys do on the whole page."""
        return self.add, self.undo, self.redo, self.as_text, self.find

    def _action(self, text: str, *keys: str | QKeySequence.StandardKey) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _line(self) -> QAction:
        line = QAction(self)
        line.setSeparator(True)
        return line
