"""Buttons that are what their actions are."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton


def button_of(action: QAction) -> QPushButton:
    """QToolButton does so by itself, but drops the mnemonic and the ellipsis."""
    button = QPushButton()

    def follow() -> None:
        button.setText(action.text())
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    button.clicked.connect(action.trigger)
    action.changed.connect(follow)
    follow()
    return button
