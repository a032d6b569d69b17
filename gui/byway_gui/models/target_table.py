"""Targets and what has gone to each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byway_gui.presenters.totals import Column, Target, cell, header

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TargetTable(QAbstractTableModel):
    _targets: tuple[Target, ...] = ()

    def show_targets(self, targets: tuple[Target, ...]) -> None:
        """New numbers leave a view's selection; other targets do not."""
        if [each.name for each in targets] != [each.name for each in self._targets]:
            self.beginResetModel()
            self._targets = targets
            self.endResetModel()
        elif targets != self._targets:
            self._targets = targets
            self.dataChanged.emit(self.index(0, 0), self.index(len(targets) - 1, len(Column) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._targets)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section != Column.TARGET:
            return _RIGHT
        return header(section) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != Column.TARGET:
            return _RIGHT
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(self._targets[index.row()], index.column())
        return None
