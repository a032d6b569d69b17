"""The main window: how it stands, what can be done, what goes where."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from byway_gui.actions import Actions
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.flows import Column
from byway_gui.presenters.standing import Standing, empty_hint
from byway_gui.windows.standing_view import StandingView

# In average characters of the font, so that they fit at every scale.
_WIDTHS = {
    Column.TIME: 11,
    Column.PROGRAM: 22,
    Column.DESTINATION: 34,
    Column.LEARNED: 18,
    Column.ACTION: 12,
    Column.RULE: 34,
    Column.STATE: 40,
    Column.BYTES: 22,
}


class MainWindow(QWidget):
    """`closed` is emitted when the user closes it; what that means is not the window's to say."""

    closed = Signal()

    def __init__(self, actions: Actions, table: FlowTable) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Byway"))
        self._table = table
        self.standing = StandingView()
        self.view = _table_view(table)
        self.view.setAccessibleName(self.tr("Connections"))
        self.empty = _empty_label()
        self.notice = QLabel()
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setWordWrap(True)
        self.notice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice.hide()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.addWidget(self.standing)
        layout.addLayout(self._buttons(actions))
        layout.addLayout(self._stack, 1)
        layout.addWidget(self.notice)
        for action in (actions.toggle, actions.run, actions.copy, actions.reload, actions.quit):
            self.addAction(action)
        table.rowsInserted.connect(self._fill)
        table.rowsRemoved.connect(self._fill)
        width = self.fontMetrics().averageCharWidth()
        self.resize(width * sum(_WIDTHS.values()) + 60, self.fontMetrics().height() * 34)

    def show_standing(self, standing: Standing) -> None:
        self.standing.show_standing(standing)
        self.empty.setText(empty_hint(standing))

    def say(self, sentence: str) -> None:
        """Show a sentence at the lower edge, until the next one."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _fill(self) -> None:
        self._stack.setCurrentWidget(self.view if self._table.rowCount() else self.empty)

    @staticmethod
    def _buttons(actions: Actions) -> QHBoxLayout:
        row = QHBoxLayout()
        for action in (actions.toggle, actions.run, actions.copy, actions.reload):
            row.addWidget(_button(action))
        row.addStretch(1)
        row.addWidget(_button(actions.quit))
        return row


def _button(action: QAction) -> QPushButton:
    """A button that is what its action is. QToolButton does so by itself, but drops the mnemonic
    and the ellipsis."""
    button = QPushButton()

    def follow() -> None:
        button.setText(action.text())
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    button.clicked.connect(action.trigger)
    action.changed.connect(follow)
    follow()
    return button


def _empty_label() -> QLabel:
    """What stands in the table's place while it is empty, and looks like its ground."""
    label = QLabel()
    label.setWordWrap(True)
    label.setMargin(24)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setFrameShape(QFrame.Shape.StyledPanel)
    label.setBackgroundRole(QPalette.ColorRole.Base)
    label.setForegroundRole(QPalette.ColorRole.Text)
    label.setAutoFillBackground(True)
    return label


def _table_view(table: FlowTable) -> QTableView:
    view = QTableView()
    view.setModel(table)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = view.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # 2,000 rows are not to be measured
    rows.setDefaultSectionSize(view.fontMetrics().height() + 8)
    columns = view.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, characters in _WIDTHS.items():
        view.setColumnWidth(column, characters * view.fontMetrics().averageCharWidth())
    columns.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)  # may be a sentence
    return view
