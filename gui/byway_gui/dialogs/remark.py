"""A sentence beside a field: what is wrong there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from byway_gui.theme import colour


class Remark(QLabel):
    """Takes no room while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def show_text(self, text: str, meaning: str) -> None:
        """`meaning` is one of theme.colour's."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour(meaning))
        self.setPalette(palette)
        self.setText(text)
        self.setVisible(bool(text))

    def clear(self) -> None:
        super().clear()
        self.hide()
