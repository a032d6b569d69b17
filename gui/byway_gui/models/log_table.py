"""The last lines of the log as a table, oldest first, and of these what is to be shown."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from byway_gui.presenters.log_lines import Column, Level, Record, cell, header
from byway_gui.theme import colour

Index = QModelIndex | QPersistentModelIndex
# Lines are some 200 bytes: a megabyte. A day of an engine that has little to say.
KEEP = 5000

_MEANINGS = {Level.DEBUG: "muted", Level.WARNING: "warn", Level.ERROR: "bad"}


class LogTable(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None, *, keep: int = KEEP) -> None:
        super().__init__(parent)
        # Numbered, so that what is shown of those that are dropped is found.
        self._all: deque[tuple[int, Record]] = deque(maxlen=keep)
        self._shown: list[tuple[int, Record]] = []
        self._next = 0
        self._least = Level.DEBUG
        self._needle = ""

    # -- what happens

    def append(self, records: Iterable[Record]) -> int:
        """At the end; how many shown rows have gone at the top, to make room."""
        new = list(enumerate(records, self._next))
        self._next += len(new)
        self._all.extend(new)
        gone = self._drop(self._all[0][0]) if self._all else 0
        # Of more than are kept, some are gone already.
        shown = [each for each in new[-len(self._all) :] if self._fits(each[1])] if new else []
        if shown:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(shown) - 1)
            self._shown += shown
            self.endInsertRows()
        return gone

    def filter(self, least: Level, needle: str) -> None:
        """Show what is at least of that level and has the needle in its text or connection."""
        self._least, self._needle = least, needle.casefold()
        self._show()

    def clear(self) -> tuple[Record, ...]:
        """Forget everything; all that was there."""
        before = tuple(record for _, record in self._all)
        self._all.clear()
        self._show()
        return before

    def restore(self, before: Sequence[Record]) -> None:
        """Put back, in front of what has come since, what `clear` gave."""
        room = (self._all.maxlen or 0) - len(self._all)
        since = [record for _, record in self._all]
        kept = list(before)[len(before) - min(room, len(before)) :]
        self._all.clear()
        self._all.extend(enumerate([*kept, *since], self._next))
        self._next += len(self._all)
        self._show()

    def _show(self) -> None:
        self.beginResetModel()
        self._shown = [each for each in self._all if self._fits(each[1])]
        self.endResetModel()

    def _drop(self, oldest: int) -> int:
        gone = bisect_left(self._shown, oldest, key=lambda each: each[0])
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._shown[:gone]
            self.endRemoveRows()
        return gone

    def _fits(self, record: Record) -> bool:
        return record.level >= self._least and (
            not self._needle
            or self._needle in record.text.casefold()
            or self._needle in record.flow.casefold()
        )

    # -- what is shown

    def records(self, rows: Iterable[int] | None = None) -> list[Record]:
        """Those of these rows, in their order; None: all that is shown."""
        chosen = range(len(self._shown)) if rows is None else sorted(rows)
        return [self._shown[row][1] for row in chosen]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, shown or not."""
        return not self._all

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return header(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self._shown[index.row()][1]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell(record, index.column())
            case Qt.ItemDataRole.ToolTipRole if index.column() == Column.TEXT:
                return _plain(record.text)
            case Qt.ItemDataRole.ForegroundRole if record.level in _MEANINGS:
                return colour(_MEANINGS[record.level])
        return None


def _plain(text: str) -> str:
    """What a log has to say must not be taken for markup by the tooltip."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"
