"""The installed applications as a list: those that were run last, then all by name."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QStyle

from byway_gui.presenters.applications import Application, fits
from byway_gui.words import tr

Index = QModelIndex | QPersistentModelIndex
# Seconds for which files are read before the window gets its turn: half of what an eye notices.
_TURN = 0.008


class ApplicationList(QAbstractListModel):
    """`loaded` once all files have been read; until then the list is empty."""

    loaded = Signal()

    def __init__(
        self, source: Iterator[Application], recent: Sequence[str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._recent = {id_: place for place, id_ in enumerate(recent)}
        self._all: list[Application] = []
        self._shown: list[Application] = []
        self._icons: dict[str, QIcon] = {}
        self._needle = ""
        self.is_loaded = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._read)
        self._timer.start(0)

    def filter(self, needle: str) -> None:
        """Show what has all words of it."""
        self._needle = needle
        self._show()

    def application(self, row: int) -> Application:
        return self._shown[row]

    def _read(self) -> None:
        end = time.monotonic() + _TURN
        for application in self._source:
            self._all.append(application)
            if time.monotonic() > end:
                return
        self._timer.stop()
        last = len(self._recent)
        self._all.sort(key=lambda each: (self._recent.get(each.id, last), each.name.casefold()))
        self.is_loaded = True
        self._show()
        self.loaded.emit()

    def _show(self) -> None:
        if self.is_loaded:
            self.beginResetModel()
            self._shown = [each for each in self._all if fits(each, self._needle)]
            self.endResetModel()

    # -- what is shown

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        application = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole if application.terminal:
                return tr("{name} (in a terminal)", name=application.name)
            case Qt.ItemDataRole.DisplayRole:
                return application.name
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(application.icon)
            case Qt.ItemDataRole.ToolTipRole:
                command = shlex.join(application.argv)
                return _plain(f"{application.about}\n{command}".strip())
        return None

    def _icon(self, name: str) -> QIcon:
        """Looked up when it comes into sight: a theme has thousands, in many folders."""
        if name not in self._icons:
            icon = QIcon(name) if name.startswith("/") else QIcon.fromTheme(name)
            if icon.isNull() or not icon.availableSizes():
                other = QApplication.style().standardIcon(QStyle.StandardPixmap.SP_FileIcon)
                icon = QIcon.fromTheme("application-x-executable", other)
            self._icons[name] = icon
        return self._icons[name]


def _plain(text: str) -> str:
    """A file's words must not be taken for markup by the tooltip."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"
