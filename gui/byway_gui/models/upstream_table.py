"""The upstreams as a table, in the profile's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byway_gui.presenters.upstreams import Column, UpstreamRow, header
from byway_gui.theme import colour

Index = QModelIndex | QPersistentModelIndex


class UpstreamTable(QAbstractTableModel):
    _rows: tuple[UpstreamRow, ...] = ()

    def show(self, rows: Sequence[UpstreamRow]) -> None:
        """These rows. While there are as many as before, a view keeps what is selected."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()
        elif rows:
            self._rows = tuple(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))

    def row(self, number: int) -> UpstreamRow:
        return self._rows[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return header(Column(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.cell(column)
            case Qt.ItemDataRole.ForegroundRole if column is Column.TEST:
                return colour(row.meaning)
            case Qt.ItemDataRole.ToolTipRole:
                return (row.details if column is Column.TEST else "") or row.cell(column)
        return None
