"""DNS: which servers are asked, for which names others, and names that nobody is asked for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from byway_gui.presenters import dns
from byway_gui.profile_history import History, OpenProfile
from byway_gui.windows.fake_names import FakeNames
from byway_gui.windows.name_rules import NameRules
from byway_gui.windows.own_names import OwnNames
from byway_gui.windows.server_list import ServerList
from byway_gui.words import tr


class DnsPage(QWidget):
    said = Signal(str)

    def __init__(self, store: OpenProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.history = History(store, self)
        self.servers = ServerList(lambda: dns.ways_of(store.draft))
        self.by_name = NameRules(self.history)
        self.fake_names = FakeNames(self.history)
        self.own_names = OwnNames(self.history)
        self.undo = QPushButton(tr("Undo"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.setFocusProxy(self.tabs.tabBar())
        for widget, title in (
            (self.servers, tr("Servers")),
            (self.by_name, tr("By name")),
            (self.fake_names, tr("Fake addresses")),
            (self.own_names, tr("Names of your own")),
        ):
            self.tabs.addTab(widget, title)
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
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        self.servers.chosen.connect(self._take_servers)
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
        for part in (self.by_name, self.fake_names, self.own_names):
            part.show_profile(draft)

    def _take_servers(self, servers: list[object]) -> None:
        change = partial(dns.with_servers, servers=servers)
        if not self.history.do(change, tr("Changed the DNS servers.")):
            self._show()
