"""The Status page: what does not work, traffic, what went where, and how this machine stands."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.wire import EngineStatus
from byway_gui.inquiry import Inquiry
from byway_gui.models.target_table import TargetTable
from byway_gui.presenters.totals import Column, summary, targets
from byway_gui.presenters.troubles import TroubleWords, troubles
from byway_gui.windows.machine_view import MachineView
from byway_gui.windows.section import Prose, fill, holder, section
from byway_gui.windows.traffic_graph import TrafficGraph
from byway_gui.words import tr

# Rows before the table of targets scrolls by itself.
_MOST_ROWS = 10


class StatusPage(QWidget):
    """`take` is called about once a second while an engine is on, and once with None when it is
    turned off. `said` is a toast; `repair_wanted` asks for the machine's network as it was,
    `leaks_wanted` for the leak test, `page_wanted` for the page of that name."""

    said = Signal(str)
    repair_wanted = Signal()
    leaks_wanted = Signal()
    page_wanted = Signal(str)

    def __init__(self, inquiry: Inquiry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[TroubleWords, ...] = ()
        self._troubles = holder()
        self.troubles = section(tr("What does not work"), self._troubles)
        self.troubles.hide()
        self.graph = TrafficGraph()
        self.summary = Prose(summary(None, time.time()))
        self._table = TargetTable(self)
        self.targets = _table_view(self._table)
        self.machine = MachineView(inquiry)
        self.machine.repair_wanted.connect(self.repair_wanted)
        self.machine.leaks_wanted.connect(self.leaks_wanted)
        content = QWidget()
        parts = QVBoxLayout(content)
        parts.setSpacing(self.fontMetrics().height())
        parts.addWidget(self.troubles)
        parts.addWidget(section(tr("Traffic"), self.graph))
        parts.addWidget(section(tr("Since it was turned on"), self.summary, self.targets))
        parts.addWidget(self.machine)
        parts.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._fit_table()

    @staticmethod
    def title() -> str:
        return tr("Status")

    def take(self, status: EngineStatus | None) -> None:
        """How the engine stands now; the graph goes on with its counters."""
        if status is not None:
            self.graph.add(status.up, status.down, time.monotonic())
        self._show_troubles(troubles(status))
        self.summary.setText(summary(status, time.time()))
        self._table.show_targets(targets(status) if status is not None else ())
        self._fit_table()

    def check_machine(self) -> None:
        """Look at the machine again, after something has been done to it."""
        self.machine.check()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.machine.see()

    def _show_troubles(self, found: tuple[TroubleWords, ...]) -> None:
        """Only what is new is made anew: a button may have the keyboard."""
        if found != self._shown:
            self._shown = found
            fill(self._troubles, [self._trouble_view(each) for each in found])
            self.troubles.setVisible(bool(found))

    def _trouble_view(self, trouble: TroubleWords) -> QWidget:
        view = QWidget()
        words, row = QVBoxLayout(), QHBoxLayout(view)
        row.setContentsMargins(0, 0, 0, 0)
        words.addWidget(Prose(trouble.sentence, "warn"))
        if trouble.advice:
            words.addWidget(Prose(trouble.advice))
        row.addLayout(words, 1)
        if trouble.page:
            button = QPushButton(trouble.button)
            button.clicked.connect(lambda: self.page_wanted.emit(trouble.page))
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        return view

    def _fit_table(self) -> None:
        rows = self._table.rowCount()
        self.targets.setVisible(rows > 0)
        view = self.targets
        shown = min(rows, _MOST_ROWS) * view.verticalHeader().defaultSectionSize()
        view.setFixedHeight(
            view.horizontalHeader().sizeHint().height() + shown + 2 * view.frameWidth()
        )


def _table_view(model: TargetTable) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(tr("Connections and bytes by target"))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    rows = view.verticalHeader()
    rows.hide()
    rows.setDefaultSectionSize(view.fontMetrics().height() + 8)
    columns = view.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setMinimumSectionSize(view.fontMetrics().averageCharWidth() * 12)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    for column in (Column.FLOWS, Column.LIVE, Column.UP, Column.DOWN):
        columns.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return view
