"""Which columns the list of connections has, how wide, in which order, and by which it is sorted.

Kept by the columns' names and not as QHeaderView's own state, which a version with one column more
could not read.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from byway_gui.presenters.column_widths import Width, shares
from byway_gui.presenters.flows import Column, header
from byway_gui.windows.columns_menu import ColumnsMenu
from byway_gui.windows.flow_view import FlowView
from byway_gui.words import tr

# In average characters of the font, so that they fit at every scale.
_WIDTHS = {
    Column.TIME: 11,
    Column.PROGRAM: 16,
    Column.DESTINATION: 30,
    Column.ADDRESS: 18,
    Column.SOURCE: 20,
    Column.LEARNED: 16,
    Column.ACTION: 11,
    Column.RULE: 24,
    Column.STATE: 19,
    Column.DOWN_RATE: 11,
    Column.UP_RATE: 11,
    Column.RECEIVED: 10,
    Column.SENT: 10,
    Column.BYTES: 10,
    Column.AGE: 12,
}
_HIDDEN = frozenset({Column.ADDRESS, Column.SOURCE, Column.LEARNED, Column.RECEIVED, Column.SENT})
# What a row is about: without it the others say nothing.
_ALWAYS = Column.DESTINATION
# These get what room there is, and give it, while the user has not set any width.
_ELASTIC = (Column.PROGRAM, Column.DESTINATION, Column.RULE, Column.STATE)
# Milliseconds from the last change to its being kept: a drag is one change.
_SETTLED = 300
_ORDERS = {Qt.SortOrder.AscendingOrder: "up", Qt.SortOrder.DescendingOrder: "down"}


class FlowColumns(QObject):
    def __init__(self, view: FlowView, settings: QSettings, key: str) -> None:
        super().__init__(view)
        self._view, self._settings, self._key = view, settings, key
        self._header = view.horizontalHeader()
        # Pixels, as the user has set them, also of hidden ones; empty while nothing is set.
        self._widths: dict[int, int] = {}
        self._ours = False  # it is not the user who changes a width now
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED)
        self._timer.timeout.connect(self.keep)
        view.setSortingEnabled(True)
        self._read()
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._header.customContextMenuRequested.connect(self._open_menu)
        self._header.sectionMoved.connect(self._timer.start)
        self._header.sectionResized.connect(self._resized)
        self._header.sortIndicatorChanged.connect(self._timer.start)
        view.resized.connect(self._fit)

    def keep(self) -> None:
        """Write it down, now."""
        self._timer.stop()
        words = [
            f"{Column(column).name.lower()}:{self._widths.get(column, 0)}"
            f"{':hidden' if self._view.isColumnHidden(column) else ''}"
            for column in self._order()
        ]
        self._settings.setValue(f"{self._key}/columns", " ".join(words))
        by = Column(self._header.sortIndicatorSection()).name.lower()
        order_word = _ORDERS[self._header.sortIndicatorOrder()]
        self._settings.setValue(f"{self._key}/sorted", f"{by}:{order_word}")

    def menu(self) -> QMenu:
        """To choose columns and the order; goes when it is closed."""
        menu = ColumnsMenu([self._entry(Column(each)) for each in self._order()], self._view)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.moved.connect(lambda place, to: self._header.moveSection(place, to))
        menu.addSeparator()
        menu.addMenu(self._order_menu(menu))
        menu.addAction(tr("&Reset columns")).triggered.connect(self.reset)
        return menu

    def reset(self) -> None:
        """As they were at first."""
        for name in ("columns", "sorted"):
            self._settings.remove(f"{self._key}/{name}")
        self._read()
        self._timer.stop()

    def _order(self) -> list[int]:
        """All columns, hidden ones too, from left to right."""
        return [self._header.logicalIndex(place) for place in range(len(Column))]

    def _entry(self, column: Column) -> QAction:
        action = QAction(header(column))
        action.setCheckable(True)
        action.setChecked(column is _ALWAYS or not self._view.isColumnHidden(column))
        if column is not _ALWAYS:
            action.toggled.connect(partial(self._show, column))
        else:  # it can be moved, and so is not grey
            action.toggled.connect(lambda: action.setChecked(True))
        return action

    # -- as it was left

    def _read(self) -> None:
        wanted: dict[Column, tuple[int, bool]] = {}
        for word in str(self._settings.value(f"{self._key}/columns", "")).split():
            name, *said = word.split(":")
            if name.upper() in Column.__members__ and said and said[0].isdecimal():
                wanted[Column[name.upper()]] = (int(said[0]), len(said) > 1)
        for column in Column:
            wanted.setdefault(column, (0, column in _HIDDEN))
        self._widths = {column: width for column, (width, _) in wanted.items() if width}
        self._ours = True
        for place, (column, (width, hidden)) in enumerate(wanted.items()):
            self._header.moveSection(self._header.visualIndex(column), place)
            self._view.setColumnHidden(column, False)
            self._view.setColumnWidth(column, width or self._width(column).wanted)
            self._view.setColumnHidden(column, hidden and column is not _ALWAYS)
        self._ours = False
        self._fit()
        by, _, word = str(self._settings.value(f"{self._key}/sorted", "")).partition(":")
        orders = {_ORDERS[order]: order for order in _ORDERS}
        order = orders.get(word, Qt.SortOrder.DescendingOrder)
        self._view.sortByColumn(Column.__members__.get(by.upper(), Column.TIME), order)

    def _fit(self) -> None:
        """Hand the room that is left to the columns whose texts are long, or take a third of theirs
        where there is too little; only while the user has set nothing."""
        if self._widths:
            return
        shown = [column for column in Column if not self._view.isColumnHidden(column)]
        widths = shares([self._width(column) for column in shown], self._view.viewport().width())
        self._ours = True
        for column, width in zip(shown, widths, strict=True):
            self._view.setColumnWidth(column, width)
        self._ours = False

    def _width(self, column: Column) -> Width:
        """Pixels; no less than its head needs."""
        head = self._header.sectionSizeHint(column)
        plain = max(_WIDTHS[column] * self._view.fontMetrics().averageCharWidth(), head)
        if column not in _ELASTIC:
            return Width(plain, plain)
        return Width(max(plain * 2 // 3, head), plain, _WIDTHS[column])

    # -- what a user does

    def _show(self, column: Column, on: bool) -> None:
        self._ours = True
        self._view.setColumnHidden(column, not on)
        self._ours = False
        self._fit()
        self._timer.start()

    def _resized(self, column: int, before: int, width: int) -> None:
        if self._ours or not width:
            return
        if not self._widths:  # all stay as wide as they are now
            shown = [each for each in Column if not self._view.isColumnHidden(each)]
            self._widths = {each: self._view.columnWidth(each) for each in shown}
        self._widths[column] = width
        self._timer.start()

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(place))

    def _order_menu(self, parent: QMenu) -> QMenu:
        menu = QMenu(tr("&Sort by"), parent)
        group = QActionGroup(menu)
        for column in Column:
            action = menu.addAction(header(column))
            action.setCheckable(True)
            action.setChecked(column == self._header.sortIndicatorSection())
            action.setActionGroup(group)
            action.triggered.connect(partial(self._sort, column))
        return menu

    def _sort(self, column: Column) -> None:
        """The other way round where it is sorted by that already, as a click on the head does."""
        order = self._header.sortIndicatorOrder()
        if column != self._header.sortIndicatorSection():
            first = self._view.model().headerData(
                column, Qt.Orientation.Horizontal, Qt.ItemDataRole.InitialSortOrderRole
            )
            order = Qt.SortOrder.AscendingOrder if first is None else Qt.SortOrder(first)
        elif order is Qt.SortOrder.AscendingOrder:
            order = Qt.SortOrder.DescendingOrder
        else:
            order = Qt.SortOrder.AscendingOrder
        self._view.sortByColumn(column, order)
