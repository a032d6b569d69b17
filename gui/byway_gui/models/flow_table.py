"""Connections as a table: the newest on top, all that live, and the last that ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.engine_link.inbox import Batch, Key
from byway_gui.presenters.flows import HEADERS, Column, cell, details

Index = QModelIndex | QPersistentModelIndex
# Ended connections that are kept: as many as an engine keeps.
KEEP_CLOSED = 1000

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FlowTable(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None, *, keep_closed: int = KEEP_CLOSED) -> None:
        super().__init__(parent)
        self._keep_closed = keep_closed
        # Oldest first, so that new ones are appended; row 0 shows the last.
        self._keys: list[Key] = []
        self._flows: dict[Key, FlowSnapshot] = {}
        self._places: dict[Key, int] = {}
        self._live = QFont()  # what lives stands out; all the rest is the view's font
        self._live.setBold(True)

    # -- what happens

    def take(self, batch: Batch) -> None:
        """Take a batch in."""
        if batch.voided:
            self._remove({key for key in self._keys if key[0] in batch.voided})
        changed = dict(batch.flows)
        for key in self._keys if batch.ended else ():
            if key[0] in batch.ended and key not in changed:
                changed[key] = self._flows[key]
        for key, flow in changed.items():
            if key[0] in batch.ended and flow.state is not FlowState.CLOSED:
                reason = "its engine has ended"
                changed[key] = replace(flow, state=FlowState.CLOSED, reason=reason)
        self._change({key: flow for key, flow in changed.items() if key in self._flows})
        self._add({key: flow for key, flow in changed.items() if key not in self._flows})
        self._drop_oldest()

    def _change(self, flows: dict[Key, FlowSnapshot]) -> None:
        if not flows:
            return
        self._flows.update(flows)
        rows = [self._row(key) for key in flows]
        last = len(Column) - 1
        # One signal for all: a view asks only for what it shows.
        self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), last))

    def _add(self, flows: dict[Key, FlowSnapshot]) -> None:
        if not flows:
            return
        keys = sorted(flows, key=lambda key: flows[key].opened)
        self.beginInsertRows(QModelIndex(), 0, len(keys) - 1)
        for key in keys:
            self._places[key] = len(self._keys)
            self._keys.append(key)
        self._flows.update(flows)
        self.endInsertRows()

    def _drop_oldest(self) -> None:
        closed = [key for key in self._keys if self._flows[key].state is FlowState.CLOSED]
        # Some at once, as every removal costs a walk through the table.
        if len(closed) > self._keep_closed * 1.1:
            self._remove(set(closed[: len(closed) - self._keep_closed]))

    def _remove(self, keys: set[Key]) -> None:
        """Neighbours go together."""
        places = sorted(self._places[key] for key in keys)
        while places:
            last = first = places.pop()
            while places and places[-1] == first - 1:
                first = places.pop()
            top = len(self._keys) - 1 - last
            self.beginRemoveRows(QModelIndex(), top, top + last - first)
            for key in self._keys[first : last + 1]:
                del self._flows[key], self._places[key]
            del self._keys[first : last + 1]
            for place, key in enumerate(self._keys[first:], first):
                self._places[key] = place
            self.endRemoveRows()

    def _row(self, key: Key) -> int:
        return len(self._keys) - 1 - self._places[key]

    # -- what is shown

    def flow(self, row: int) -> FlowSnapshot:
        return self._flows[self._keys[-1 - row]]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[Column(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell(self.flow(index.row()), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return _plain(details(self.flow(index.row())))
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == Column.BYTES:
                return _RIGHT
            case Qt.ItemDataRole.FontRole:
                return self._live if self._is_live(index) else None
        return None

    def _is_live(self, index: Index) -> bool:
        return self.flow(index.row()).state is not FlowState.CLOSED


def _plain(text: str) -> str:
    """A host's name must not be taken for markup by the tooltip."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"
