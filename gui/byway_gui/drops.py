"""An application's .desktop file, dragged from a file manager or a menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class DesktopFileDrops(QObject):
    """Makes widgets take such files: `dropped(Path)`. What else is dragged there is theirs."""

    dropped = Signal(object)

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        for widget in widgets:
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A move is asked of only where the enter was taken; QDropEvent is its parent class.
        if isinstance(event, QDragEnterEvent | QDropEvent):
            file = _file(event.mimeData())
            if file is not None:
                event.acceptProposedAction()
                if event.type() is QEvent.Type.Drop:
                    self.dropped.emit(file)
                return True
        return super().eventFilter(watched, event)


def _file(data: QMimeData) -> Path | None:
    files = (Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    return next((file for file in files if file.suffix == ".desktop"), None)
