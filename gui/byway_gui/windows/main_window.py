"""The main window: how it stands, and the pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from byway_gui.actions import Actions
from byway_gui.presenters.standing import Standing
from byway_gui.windows.banner import Banner
from byway_gui.windows.header import Header
from byway_gui.windows.page_list import PageList
from byway_gui.windows.toast import Toast
from byway_gui.words import tr


class MainWindow(QWidget):
    """`closed` is emitted when the user closes it; what that means is not the window's to say.
    `looked_at(bool)` when it comes to be seen, or not any more."""

    closed = Signal()
    looked_at = Signal(bool)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setWindowTitle(tr("Byway"))
        self.header = Header(actions)
        self.toast = Toast()
        self.banner = Banner()
        self.show_problems = self.banner.show_problems
        self.steps_wanted = self.banner.steps_wanted
        self.starter_wanted = self.banner.starter_wanted
        self._stack = QStackedWidget()
        self._makers: list[Callable[[], QWidget]] = []
        self.names = PageList()
        self.names.currentRowChanged.connect(self._turn)
        right = QVBoxLayout()
        right.addWidget(self._stack, 1)
        below = QHBoxLayout()
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_LayoutLeftMargin)
        below.setContentsMargins(margin, 0, margin, 0)  # as pages have it
        below.addWidget(self.toast)
        right.addLayout(below)
        middle = QHBoxLayout()
        middle.addWidget(self.names)
        middle.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.header)
        layout.addWidget(self.banner)
        layout.addLayout(middle, 1)
        for action in (actions.toggle, actions.run, actions.copy, actions.quit):
            self.addAction(action)
        screen = self.screen().availableGeometry().size()
        self.resize(self._size(175, 46).boundedTo(screen))

    def add_page(self, title: str, make: Callable[[], QWidget]) -> int:
        """A page, made when it is first turned to; its number."""
        number = len(self._makers)
        self._makers.append(make)
        self.names.add(title)
        shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
        shortcut.activated.connect(lambda: self._enter(number))
        return number

    def turn_to(self, number: int) -> None:
        """Show that page."""
        self.names.setCurrentRow(number)

    def _enter(self, number: int) -> None:
        """Who turns to a page by a key goes on by keys: to what the page is about, if it says so
        and it can be used now, else to the first that can."""
        self.turn_to(number)
        page = self._makers[number]()
        best = page.focusProxy()
        if best is None or not _takes_keys(best):
            best = next(filter(_takes_keys, page.findChildren(QWidget)), None)
        if best is not None:
            best.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_standing(self, standing: Standing) -> None:
        self.header.show_standing(standing)

    def say(self, sentence: str, undo: Callable[[], None] | None = None) -> None:
        self.toast.say(sentence, undo)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stack.count() == 0:
            self.names.setCurrentRow(0)
        self.looked_at.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.looked_at.emit(False)

    def _turn(self, number: int) -> None:
        page = self._makers[number]()
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def _size(self, characters: int, lines: int) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * characters, metrics.height() * lines)


def _takes_keys(widget: QWidget) -> bool:
    wanted = Qt.FocusPolicy.TabFocus
    return widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & wanted == wanted
