"""A sentence at the window's lower edge that goes by itself, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from byway_gui.words import tr

# Milliseconds: for reading two lines, and the way to the button.
_STAYS = 8000


class Toast(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.undo = QPushButton(tr("&Undo"))
        self.undo.clicked.connect(self._undo)
        self.dismiss = QPushButton(tr("Close"))
        self.dismiss.clicked.connect(self.hide)
        self._undoing: Callable[[], None] | None = None
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.undo)
        layout.addWidget(self.dismiss)
        self.hide()

    def say(self, sentence: str, undo: Callable[[], None] | None = None) -> None:
        self.text.setText(sentence)
        self._undoing = undo
        self.undo.setVisible(undo is not None)
        self.setVisible(bool(sentence))
        self._stay()

    def enterEvent(self, event: QEnterEvent) -> None:
        """While the pointer is on it, it stays."""
        self._is_held = True
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._is_held = False
        self._stay()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden beneath the pointer is not left by it."""
        self._is_held = False
        self._timer.stop()
        super().hideEvent(event)

    def _stay(self) -> None:
        if not self._is_held:
            self._timer.start(_STAYS)

    def _undo(self) -> None:
        self.hide()
        undoing, self._undoing = self._undoing, None
        if undoing is not None:
            undoing()
