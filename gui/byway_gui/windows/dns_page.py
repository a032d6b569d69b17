"""DNS: which servers are asked, and names that the profile itself has the addresses of."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.dns_table import HostEntry
from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.presenters import dns
from byway_gui.profile_history import History, OpenProfile
from byway_gui.windows.server_list import ServerList
from byway_gui.words import tr


class DnsPage(QWidget):
    said = Signal(str)

    def __init__(self, store: OpenProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._entries: tuple[HostEntry, ...] = ()
        self.history = History(store, self)
        self.servers = ServerList()
        self.fakes = QCheckBox(tr("Fa&ke addresses for proxied names"))
        self.hosts = _host_table()
        self.add = QPushButton(tr("&Add…"))
        self.edit = QPushButton(tr("&Edit…"))
        self.remove = QPushButton(tr("Re&move"))
        self.undo = QPushButton(tr("Undo"))
        self.empty = QLabel(
            tr("No names yet. A name that you add here is answered from here, and nobody is asked.")
        )
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.names = QStackedWidget()
        self.names.addWidget(self.empty)
        self.names.addWidget(self.hosts)
        self._lay_out()
        self._connect()
        self._show()

    def title(self) -> str:
        return tr("DNS")

    def _lay_out(self) -> None:
        about = QLabel(dns.about())
        about.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(about, 1)
        top.addWidget(self.undo, alignment=Qt.AlignmentFlag.AlignTop)
        names = QGroupBox(tr("Names of your own"))
        row, side = QHBoxLayout(), QVBoxLayout()
        for button in (self.add, self.edit, self.remove):
            side.addWidget(button)
        side.addStretch(1)
        row.addWidget(self.names, 1)
        row.addLayout(side)
        names.setLayout(row)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.servers)
        layout.addWidget(self.fakes)
        layout.addWidget(_indented(dns.about_fakes(), self.fakes))
        layout.addWidget(names, 1)

    def _connect(self) -> None:
        self.servers.chosen.connect(self._take_servers)
        self.fakes.clicked.connect(self._take_fakes)
        self.add.clicked.connect(lambda: self._ask(None))
        self.edit.clicked.connect(self._edit)
        self.remove.clicked.connect(self._remove)
        self.hosts.doubleClicked.connect(self.edit.click)
        self.hosts.itemSelectionChanged.connect(self._enable)
        for key, button in (("Return", self.edit), ("F2", self.edit), ("Delete", self.remove)):
            shortcut = QShortcut(QKeySequence(key), self.hosts)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
        stack = self.history.stack
        for key, do in (("Ctrl+Z", stack.undo), ("Ctrl+Shift+Z", stack.redo)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)
        self.undo.setEnabled(False)
        self.undo.clicked.connect(stack.undo)
        stack.canUndoChanged.connect(self.undo.setEnabled)
        self.history.said.connect(self.said)
        self._store.changed.connect(self._show)

    def _show(self) -> None:
        draft = self._store.draft
        self.setEnabled(draft is not None)
        self.servers.show_servers(dns.servers_of(draft))
        self.fakes.setChecked(dns.gives_fakes(draft))
        row = max(self.hosts.currentRow(), 0)
        self._entries = dns.hosts_of(draft)
        self.hosts.setRowCount(len(self._entries))
        for number, entry in enumerate(self._entries):
            self.hosts.setItem(number, 0, QTableWidgetItem(entry.name))
            self.hosts.setItem(number, 1, QTableWidgetItem(", ".join(entry.addresses)))
        self.hosts.selectRow(min(row, len(self._entries) - 1))
        self.names.setCurrentWidget(self.hosts if self._entries else self.empty)
        self._enable()

    def _enable(self) -> None:
        is_one = self._selected() is not None
        self.edit.setEnabled(is_one)
        self.remove.setEnabled(is_one)

    def _selected(self) -> HostEntry | None:
        row = self.hosts.currentRow()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    # -- what a user does

    def _take_servers(self, servers: list[object]) -> None:
        change = partial(dns.with_servers, servers=servers)
        if not self.history.do(change, tr("Changed the DNS servers.")):
            self._show()

    def _take_fakes(self, given: bool) -> None:
        words = tr("Turned fake addresses on.") if given else tr("Turned fake addresses off.")
        if not self.history.do(partial(dns.with_fakes, given=given), words):
            self._show()

    def _edit(self) -> None:
        if (entry := self._selected()) is not None:
            self._ask(entry)

    def _ask(self, entry: HostEntry | None) -> None:
        name, addresses = ("", ()) if entry is None else (entry.name, entry.addresses)
        others = [each.name for each in self._entries if each is not entry]
        dialog = EditHostDialog(name, addresses, others, self)
        dialog.chosen.connect(partial(self._take_host, entry))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_host(self, former: HostEntry | None, name: str, addresses: tuple[str, ...]) -> None:
        change = partial(dns.with_host, former=former, name=name, addresses=addresses)
        words = (
            tr("Added {name}.", name=name) if former is None else tr("Changed {name}.", name=name)
        )
        if self.history.do(change, words):
            names = [entry.name for entry in self._entries]
            self.hosts.selectRow(names.index(name))

    def _remove(self) -> None:
        if (entry := self._selected()) is not None:
            change = partial(dns.without_host, entry=entry)
            self.history.do(change, tr("Removed {name}.", name=entry.name))


def _indented(text: str, box: QCheckBox) -> QLabel:
    """What a check box means, below its words."""
    label = QLabel(text)
    label.setWordWrap(True)
    width = box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, box)
    gap = box.style().pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing, None, box)
    label.setIndent(width + gap)
    return label


def _host_table() -> QTableWidget:
    table = QTableWidget(0, 2)
    table.setHorizontalHeaderLabels([tr("Name"), tr("Addresses")])
    table.setAccessibleName(tr("Names of your own"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setColumnWidth(0, table.fontMetrics().averageCharWidth() * 40)
    return table
