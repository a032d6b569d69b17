"""A form that is as high as its fields and what is said beneath them, and scrolls where the screen
is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

# Of the screen's height; the rest is for the dialog's buttons and the window's frame.
_MOST = 0.75


class TallForm(QScrollArea):
    """`body` has a layout."""

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(body)
        self._body = body
        body.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(self._body.sizeHint().width(), self._wanted())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.setMinimumHeight(min(self._wanted(), round(self._screen_height() * _MOST)))
        return super().eventFilter(watched, event)

    def _wanted(self) -> int:
        layout = self._body.layout()
        assert layout is not None  # noqa: S101 - the body has one
        width = self.viewport().width()
        layout.activate()
        if layout.hasHeightForWidth():
            return layout.totalHeightForWidth(width)
        return layout.totalSizeHint().height()

    def _screen_height(self) -> int:
        return self.screen().availableGeometry().height()
