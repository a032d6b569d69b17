"""What is wrong with a field, beneath it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from byway_gui.theme import colour
from byway_gui.words import plain


class FieldNote(QLabel):
    """Takes no room while there is nothing to say."""

    _meaning = "bad"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def say(self, sentence: str, meaning: str = "bad") -> None:
        self._meaning = meaning
        self._paint()
        self.setText(sentence)
        self.setVisible(bool(sentence))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:  # light or dark
            self._paint()

    def _paint(self) -> None:
        palette, wanted = self.palette(), colour(self._meaning)
        if palette.color(QPalette.ColorRole.WindowText) != wanted:
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(palette)


def add_noted(form: QFormLayout, label: str, field: QWidget, *notes: FieldNote) -> QWidget:
    """A new row: the field with its notes beneath, which is returned."""
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(field)
    for note in notes:
        layout.addWidget(note)
    both.setFocusProxy(field)
    form.addRow(label, both)
    # Qt reads a label aloud for the field beside it only.
    field.setAccessibleName(plain(label).rstrip(":\uff1a"))
    return both
