"""The desktop app as it is, and a socket beside it that tells whoever connects what is seen.

    python gui_driver.py SOCKET [--helper-installed] [the app's own arguments]

It only looks: clicks and keys come from the X server, as everybody's. Places are pixels within X
windows, so that they are right wherever a window manager has put those.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from byway_gui import __main__, app, installed, session

# As many of a list's rows are told of.
_MOST_ROWS = 100


class SeenDesktop(app.Desktop):
    """With a door on which one connection gets one answer."""

    path: str

    def __init__(self, loop: Any, *arguments: Any) -> None:
        super().__init__(loop, *arguments)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(self.path)
        self._door.listen()
        loop.add_reader(self._door.fileno(), self._answer)

    def _answer(self) -> None:
        """qasync calls a reader that raises again and again, so this one never does."""
        try:
            told = self._seen()
        except Exception:
            told = {"failed": traceback.format_exc()}
        with contextlib.suppress(OSError):  # whoever asked has gone
            who, _ = self._door.accept()
            with who:
                who.settimeout(5)
                who.sendall(json.dumps(told, default=str).encode())

    def _seen(self) -> dict[str, Any]:
        standing = self.steering.standing
        return {
            "standing": dataclasses.asdict(standing) | {"phase": standing.phase.value},
            "headline": self.window.header.headline.text(),
            "detail": self.window.header.detail.text(),
            "toast": self.window.toast.text.text() if self.window.toast.isVisible() else "",
            "flows": [_flow(self.table.flow(row)) for row in range(self.table.rowCount())],
            "windows": [_window(each) for each in QApplication.allWindows()],
            "things": [thing for window in _tops() for thing in _things(window)],
        }


def _flow(flow: Any) -> dict[str, str]:
    names = ("host", "address", "port", "action", "rule", "reason")
    return {"state": flow.state.value, **{name: str(getattr(flow, name)) for name in names}}


def _window(window: QWindow) -> dict[str, Any]:
    name = window.objectName() or type(window).__name__
    shown = window.isVisible() and window.isExposed()
    return {
        "window": int(window.winId()) if shown else 0,
        "name": name,
        "title": window.title(),
        "shown": shown,
        "minimized": window.isVisible() and window.windowState() is Qt.WindowState.WindowMinimized,
        "active": window.isActive(),
        "width": window.width(),
        "height": window.height(),
    }


def _tops() -> Iterator[QWidget]:
    """Those that the X server has shown, so that a click arrives; of modal ones the last alone
    can be clicked."""
    modal = QApplication.activeModalWidget()
    for top in QApplication.topLevelWidgets():
        handle = top.windowHandle()
        if top.isVisible() and handle is not None and handle.isExposed():
            free = modal is None or modal.isAncestorOf(top) or top is modal
            if free or isinstance(top, QMenu):
                yield top


def _things(top: QWidget) -> Iterator[dict[str, Any]]:
    """All that has words and can be seen."""
    for widget in (top, *top.findChildren(QWidget)):
        if widget.window() is not top or not widget.isVisible():
            continue
        if isinstance(widget, QMenu):
            for action in widget.actions():
                if not action.isSeparator():
                    yield _entry(widget, action)
        elif isinstance(widget, QAbstractItemView):
            yield from _rows(widget)
        if not widget.visibleRegion().isEmpty():
            yield _thing(widget)


def _told(where: QWidget, place: QPoint, kind: str, text: str, **more: Any) -> dict[str, Any]:
    ratio = where.devicePixelRatioF()
    inside = where.mapTo(where.window(), place)
    return {
        "window": int(where.window().winId()),
        "x": round(inside.x() * ratio),
        "y": round(inside.y() * ratio),
        "kind": kind,
        "text": text,
        **more,
    }


def _entry(menu: QMenu, action: QAction) -> dict[str, Any]:
    place = menu.actionGeometry(action).center()
    more = {"enabled": action.isEnabled(), "checked": action.isChecked()}
    return _told(menu, place, "entry", _plain(action.text()), **more)


def _rows(view: QAbstractItemView) -> Iterator[dict[str, Any]]:
    model = view.model()
    # A list's model keeps its one column to itself.
    columns = view.horizontalHeader().count() if isinstance(view, QTableView) else 1
    for row in range(min(model.rowCount(), _MOST_ROWS)):
        cells = [model.index(row, column) for column in range(columns)]
        seen = [cell for cell in cells if not view.visualRect(cell).isEmpty()]
        if seen:
            place = view.visualRect(seen[0]).center()
            name = view.accessibleName()
            told = _told(view.viewport(), place, "row", _words(cells), name=name, enabled=True)
            yield told | {"chosen": view.selectionModel().isSelected(seen[0])}


def _words(cells: list[QModelIndex]) -> str:
    texts = [str(cell.data(Qt.ItemDataRole.DisplayRole) or "") for cell in cells]
    return " | ".join(filter(None, texts))


def _thing(widget: QWidget) -> dict[str, Any]:
    more = {
        "name": widget.accessibleName() or _label_of(widget),
        "enabled": widget.isEnabled(),
        "focused": widget.hasFocus(),
    }
    kind = type(widget).__name__
    return _told(widget, widget.rect().center(), kind, _plain(_text(widget)), **more)


def _text(widget: QWidget) -> str:
    match widget:
        case QAbstractButton() | QLabel() | QLineEdit():
            return widget.text()
        case QComboBox():
            return widget.currentText()
        case QGroupBox():
            return widget.title()
        case QPlainTextEdit():
            return widget.toPlainText()
    return ""


def _label_of(widget: QWidget) -> str:
    """What a screen reader says of a field: its label."""
    if not isinstance(widget, QLineEdit | QComboBox):
        return ""
    interface = QAccessible.queryAccessibleInterface(widget)
    return _plain(interface.text(QAccessible.Text.Name)).rstrip(":") if interface else ""


def _plain(text: str) -> str:
    """Without mnemonics."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


if __name__ == "__main__":
    SeenDesktop.path = sys.argv[1]
    arguments = sys.argv[2:]
    if "--helper-installed" in arguments:
        arguments.remove("--helper-installed")
        installed.helper_is_there = lambda: True
    session.Desktop = SeenDesktop  # type: ignore[misc]  # the one that is composed
    sys.exit(__main__.main(arguments))
