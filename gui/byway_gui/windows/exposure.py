"""When a window has its place on the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


def once_exposed(window: QWidget, then: Callable[[], None]) -> None:
    """`then()`, as soon as something of a shown window is seen: before, a window manager may not
    have placed it yet, and a dialog that opens over it would stand where it does not."""
    handle = window.windowHandle()
    if handle is None or handle.isExposed():
        then()
    else:
        handle.installEventFilter(_Exposure(handle, then))


class _Exposure(QObject):
    """Lives as long as the window, if that is never seen."""

    def __init__(self, handle: QObject, then: Callable[[], None]) -> None:
        super().__init__(handle)
        self._then = then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Expose:
            watched.removeEventFilter(self)
            self.deleteLater()
            self._then()
        return False
