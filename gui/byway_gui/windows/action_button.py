"""A button that is what its action is."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from byway_gui.words import plain


class ActionButton(QPushButton):
    """QToolButton does so by itself, but drops the mnemonic and the ellipsis."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setAutoDefault(False)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())
        keys = self._action.shortcut().toString()
        text, tip = self._action.text(), self._action.toolTip()
        if tip == text.replace("&", ""):  # Qt's own, with a bare "(O)" in some languages
            tip = plain(text)
        self.setText(text)
        self.setToolTip(f"{tip} ({keys})" if keys else tip)
