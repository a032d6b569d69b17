"""What is wrong with a field, beneath it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from byway_gui.theme import colour


class FieldNote(QLabel):
    """Takes no room while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def say(self, sentence: str, meaning: str = "bad") -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour(meaning))
        self.setPalette(palette)
        self.setText(sentence)
        self.setVisible(bool(sentence))


def noted(field: QWidget, *notes: FieldNote) -> QWidget:
    """The field with its notes beneath."""
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(field)
    for note in notes:
        layout.addWidget(note)
    both.setFocusProxy(field)
    return both
