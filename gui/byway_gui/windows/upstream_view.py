"""The list of upstreams, or what to do where there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QTableView,
)

from byway_gui.models.upstream_table import UpstreamTable
from byway_gui.presenters.column_widths import Width
from byway_gui.presenters.upstreams import Column
from byway_gui.windows.elastic_columns import ElasticColumns
from byway_gui.windows.empty_list import EmptyList
from byway_gui.windows.upstream_actions import UpstreamActions
from byway_gui.words import tr

_WIDTHS = {
    Column.NAME: Width(10, 18),
    Column.KIND: Width(10, 11),
    Column.SERVER: Width(14, 31, parts=1),
    Column.ACCOUNT: Width(12, 34),
    Column.USED: Width(10, 13),
    Column.TEST: Width(18, 40, parts=3),
}


class UpstreamView(QStackedWidget):
    """`selected` when another row is."""

    selected = Signal()

    def __init__(self, model: UpstreamTable, actions: UpstreamActions) -> None:
        super().__init__()
        self.table = _table(model)
        self.table.setAccessibleName(tr("Upstreams"))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.table.addActions([*actions.of_row(), actions.up, actions.down])
        self.table.selectionModel().currentRowChanged.connect(self.selected)
        self.empty = EmptyList()
        self.empty.clicked.connect(actions.add.trigger)
        self.addWidget(self.empty)
        self.addWidget(self.table)

    def show_rows(self, rows: int, *, is_there: bool) -> None:
        """The table, or a hint where it is empty; `is_there`: there is a profile."""
        self.setCurrentWidget(self.table if rows else self.empty)
        if is_there:
            self.empty.show_words(
                tr(
                    "No upstreams yet. Add the proxy that your rules should send connections "
                    "through: a company's, one that you rent, or a program on this computer."
                ),
                tr("Add an upstream…"),
            )
        else:
            self.empty.show_words(
                tr("There is no profile that can be read, and so nothing to change here.")
            )
        if rows and self.current() is None:
            self.select(0)

    def current(self) -> int | None:
        """The number of the selected row."""
        index = self.table.currentIndex()
        return index.row() if index.isValid() else None

    def select(self, number: int) -> None:
        if number >= 0:
            self.table.selectRow(number)


def _table(model: UpstreamTable) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 10)
    columns = view.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    ElasticColumns(view, _WIDTHS)
    return view
