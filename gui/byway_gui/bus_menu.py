"""A menu as the tray shows it over D-Bus, where `_` is what `&` is to Qt.

Qt makes `_` of a label's first `&` and leaves the rest as it is (QDBusMenuItem::convertMnemonic in
Qt 6.8), so that the tray takes each `_` of a name for the mark of a key, and drops it. The
protocol is com.canonical.dbusmenu: `__` is shown as one, `_` marks the letter behind it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QActionEvent
from PySide6.QtWidgets import QMenu, QWidget


class BusMenu(QMenu):
    """The same as `source` for as long as both are there; what is chosen here is chosen there."""

    def __init__(self, source: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(bus_label(source.title()), parent)
        self._source = source
        self._copies: dict[QAction, QAction] = {}
        self._below: dict[QAction, BusMenu] = {}
        source.installEventFilter(self)
        self.aboutToShow.connect(source.aboutToShow)
        source.menuAction().changed.connect(self._look_like_source)
        self._look_like_source()
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._source and isinstance(event, QActionEvent):
            copy = self._copies.get(event.action())
            if event.type() is QEvent.Type.ActionChanged and copy is not None:
                _look_like(copy, event.action())
            else:
                self._fill()
        return False

    def _look_like_source(self) -> None:
        _look_like(self.menuAction(), self._source.menuAction())

    def _fill(self) -> None:
        """With those that there are now; who stays is the same to a tray that is open."""
        wanted = self._source.actions()
        for action in self._copies.keys() - set(wanted):
            copy = self._copies.pop(action)
            self.removeAction(copy)
            (self._below.pop(action, None) or copy).deleteLater()
        for action in wanted:
            if action not in self._copies:
                self._copies[action] = copy = self._copy(action)
                _look_like(copy, action)
        copies = [self._copies[action] for action in wanted]
        if self.actions() != copies:
            for copy in self.actions():
                self.removeAction(copy)
            self.addActions(copies)

    def _copy(self, action: QAction) -> QAction:
        below = action.menu()
        if isinstance(below, QMenu):
            self._below[action] = BusMenu(below, self)
            return self._below[action].menuAction()
        copy = QAction(self)
        copy.triggered.connect(action.trigger)
        return copy


def _look_like(copy: QAction, action: QAction) -> None:
    copy.setText(bus_label(action.text()))
    copy.setSeparator(action.isSeparator())
    copy.setCheckable(action.isCheckable())
    copy.setChecked(action.isChecked())
    copy.setEnabled(action.isEnabled())
    copy.setVisible(action.isVisible())


def bus_label(text: str) -> str:
    """A label of Qt's so that the tray shows the same."""
    text = text.replace("_", "__")
    first = text.find("&")
    if first < 0:
        return text
    return text[: first + 2] + text[first + 2 :].replace("&&", "&")
