"""Connections: what goes where now, what went where a while ago, and what to do about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from byway_core.model.flow import FlowSnapshot
from byway_gui.engine_link.inbox import Key
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.flow_details import facts
from byway_gui.presenters.flow_filter import Stand
from byway_gui.windows.action_button import ActionButton
from byway_gui.windows.empty_list import EmptyList
from byway_gui.windows.flow_actions import FlowActions, fill_with_rules, passing_menu
from byway_gui.windows.flow_columns import FlowColumns
from byway_gui.windows.flow_filter_bar import FlowFilterBar
from byway_gui.windows.flow_panel import FlowPanel
from byway_gui.windows.flow_view import FlowView
from byway_gui.words import tr, tr_n

_KEY = "connections"
# Milliseconds between looks at what time alone changes, while the page is seen.
_TICK = 1000
# In average characters: from this width on the details stand beside the list, else below it.
_WIDE = 220
# Per cent of the room that the details have at first, where they stand beside the list, and below.
_SHARES = {Qt.Orientation.Horizontal: 28, Qt.Orientation.Vertical: 40}
_SHARE_KEYS = {
    Qt.Orientation.Horizontal: f"{_KEY}/share_beside",
    Qt.Orientation.Vertical: f"{_KEY}/share_below",
}


class ConnectionsPage(QWidget):
    """`close(key)` is to end a live connection, by its source and its flow's id; `targets()` are
    those that a rule can have now. `rule_wanted` has a rule's text, with its target."""

    said = Signal(str)
    why_wanted = Signal(object)  # FlowSnapshot
    rule_wanted = Signal(object, str)  # FlowSnapshot, the rule's text
    rule_shown = Signal(int)

    def __init__(
        self,
        table: FlowTable,
        settings: QSettings,
        targets: Callable[[], list[str]],
        close: Callable[[Key], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._table, self._settings, self._targets, self._end = table, settings, targets, close
        self._hint = tr("No connections yet. Those of programs that Byway serves appear here.")
        self._shown: Key | None = None  # what the panel is about, listed or not
        self._taking = False
        self.view = FlowView(table)
        self.setFocusProxy(self.view)
        self.columns = FlowColumns(self.view, settings, _KEY)
        self.bar = FlowFilterBar(self.columns.menu)
        self.empty = EmptyList()
        self.panel = FlowPanel()
        self.does = FlowActions(self, self.view)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(table.tick)
        self._lay_out()
        self._connect()
        self.bar.show_programs(table.programs())
        table.recolour()  # the theme may be another one since the table was made
        self._restore()
        self._refresh()

    def title(self) -> str:
        return tr("Connections")

    def show_hint(self, sentence: str) -> None:
        """What to do while there are no connections to be seen."""
        self._hint = sentence
        self._refresh()

    # -- how it is made

    def _lay_out(self) -> None:
        self._list = QWidget()
        self._stack = QStackedLayout(self._list)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self._list)
        self.splitter.addWidget(self.panel)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        buttons = QHBoxLayout()
        does = self.does
        self.buttons = {
            action: ActionButton(action)
            for action in (does.close, does.close_all, does.why, does.make, does.rule)
        }
        for button in self.buttons.values():
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.buttons[does.details] = ActionButton(does.details)
        buttons.addWidget(self.buttons[does.details])
        layout = QVBoxLayout(self)
        layout.addWidget(self.bar)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        does, table = self.does, self._table
        does.close.triggered.connect(self._close_chosen)
        does.close_all.triggered.connect(self._close_listed)
        does.why.triggered.connect(self._ask_why)
        does.make.triggered.connect(self._open_rules)
        does.rule.triggered.connect(self._show_rule)
        does.copy_host.triggered.connect(self._copy_host)
        does.copy_rows.triggered.connect(self._copy_rows)
        does.details.toggled.connect(self._show_details)
        does.find.triggered.connect(self.bar.focus_line)
        self.bar.changed.connect(self._choose)
        self.bar.left.connect(self._enter_list)
        self.empty.clicked.connect(self._show_more)
        self.view.menu_wanted.connect(self._open_menu)
        self.view.activated.connect(lambda _: does.details.setChecked(True))
        self.view.selectionModel().selectionChanged.connect(self._chosen)
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self.splitter.splitterMoved.connect(self._keep_share)
        table.taking.connect(self._begin)
        table.taken.connect(self._finish)
        table.programs_changed.connect(lambda: self.bar.show_programs(table.programs()))

    def _restore(self) -> None:
        stands = {stand.value: stand for stand in Stand}
        self.bar.want(stands.get(str(self._settings.value(f"{_KEY}/stand", "")), Stand.ALL))
        shown = str(self._settings.value(f"{_KEY}/details", "")) == "shown"
        self.does.details.setChecked(shown)
        self.panel.setVisible(shown)

    # -- what happens

    def _begin(self) -> None:
        self._taking = True

    def _finish(self) -> None:
        self._taking = False
        self._refresh()

    def _refresh(self) -> None:
        """Everything but the list shows what the table has now."""
        counts = self._table.counts()
        self.bar.show_counts(counts)
        self._show_list()
        all_listed = self.bar.filter.takes_all
        live = 0 if self.bar.stand is Stand.ENDED else counts[Stand.LIVE]
        self.does.show_listed(live, all_listed=all_listed)
        chosen, is_live = self.view.chosen()
        self.does.show_chosen(chosen, self._current(), live=is_live)
        self._fill_panel()

    def _show_list(self) -> None:
        had_focus = self._list.isAncestorOf(QApplication.focusWidget() or self)
        if self._table.rowCount():
            wanted: QWidget = self.view
        else:
            wanted = self.empty
            self.empty.show_words(*self._why_empty())
        if wanted is not self._stack.currentWidget():
            self._stack.setCurrentWidget(wanted)
            if had_focus:
                (wanted if wanted is self.view else self.empty.button).setFocus()

    def _why_empty(self) -> tuple[str, str]:
        """And what its button does about it."""
        if not self._table.known():
            return self._hint, ""
        if not self.bar.filter.takes_all:
            return tr("No connection fits the filter."), tr("Clear t&he filter")
        if self.bar.stand is Stand.LIVE:
            return tr("No connection is open at the moment."), tr("S&how those that have ended")
        return tr("No connection has ended yet."), tr("S&how the open ones")

    def _fill_panel(self) -> None:
        found = None if self._shown is None else self._table.find(self._shown)
        if found is not None and self.panel.isVisibleTo(self):
            self.panel.show_facts(facts(*found, time.time()))

    # -- what a user looks at

    def _choose(self) -> None:
        self._settings.setValue(f"{_KEY}/stand", self.bar.stand.value)
        self._table.choose(self.bar.filter, self.bar.stand)

    def _show_more(self) -> None:
        if self.bar.filter.takes_all:
            self.bar.want(Stand.ALL)
        else:
            self.bar.clear()

    def _enter_list(self) -> None:
        self.view.setFocus()
        if self._table.rowCount() and not self.view.selectionModel().hasSelection():
            self.view.selectRow(0)

    def _chosen(self) -> None:
        """By the user; what leaves the list takes its row's choice along, but stays in the
        panel."""
        if self._taking:
            return
        index = self.view.chosen_index()
        if index.isValid():
            self._shown = self._table.key(index.row())
        self._refresh()

    def _current(self) -> FlowSnapshot | None:
        index = self.view.chosen_index()
        return self._table.flow(index.row()) if index.isValid() else None

    def _show_details(self, on: bool) -> None:
        self._settings.setValue(f"{_KEY}/details", "shown" if on else "hidden")
        self.panel.setVisible(on)
        self._divide()
        self._fill_panel()

    def _divide(self) -> None:
        """Beside or below, by the room there is, in the shares that the user has set."""
        wide = self.width() >= _WIDE * self.fontMetrics().averageCharWidth()
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        self.splitter.setOrientation(way)
        share = str(self._settings.value(_SHARE_KEYS[way], ""))
        part = int(share) if share.isdecimal() else _SHARES[way]
        whole = self.splitter.width() if wide else self.splitter.height()
        self.splitter.setSizes([whole * (100 - part) // 100, whole * part // 100])

    def _keep_share(self) -> None:
        listed, panel = self.splitter.sizes()
        share = round(100 * panel / (listed + panel))
        self._settings.setValue(_SHARE_KEYS[self.splitter.orientation()], share)

    # -- what a user does

    def _open_menu(self, place: QPoint) -> None:
        fill = self._fill_rules if self.does.make.isEnabled() else None
        self.does.menu(fill, self).popup(place)

    def _open_rules(self) -> None:
        menu, button = passing_menu(self), self.buttons[self.does.make]
        self._fill_rules(menu)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _fill_rules(self, menu: QMenu) -> None:
        flow = self._current()
        if flow is not None:
            fill_with_rules(
                menu, flow, self._targets(), lambda rule: self.rule_wanted.emit(flow, rule)
            )

    def _ask_why(self) -> None:
        if (flow := self._current()) is not None:
            self.why_wanted.emit(flow)

    def _show_rule(self) -> None:
        flow = self._current()
        if flow is not None and flow.rule_index is not None:
            self.rule_shown.emit(flow.rule_index)

    def _close_chosen(self) -> None:
        self._close(self.view.chosen_rows())

    def _close_listed(self) -> None:
        self._close(range(self._table.rowCount()))

    def _close(self, rows: Iterable[int]) -> None:
        keys = [self._table.key(row) for row in rows if self._table.is_live(row)]
        for key in keys:
            self._end(key)
        self.said.emit(tr_n("Closing {n} connection.", "Closing {n} connections.", len(keys)))

    def _copy_host(self) -> None:
        if (flow := self._current()) is not None:
            self._copy(flow.host or flow.address)

    def _copy_rows(self) -> None:
        self._copy(self.view.as_text(self.view.chosen_rows()))

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.said.emit(tr("Copied."))

    # -- what Qt says

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._divide()
        self._table.tick()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.columns.keep()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._table.recolour()
