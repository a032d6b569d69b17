"""Which DNS servers are asked: the system's, or a list of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.field_note import FieldNote
from byway_gui.presenters.dns import server_errors, server_text
from byway_gui.words import tr

# Servers that are seen without scrolling; hardly anybody has more.
_LINES = 4


class ServerList(QGroupBox):
    """`chosen` has a list that is right, empty for the system's servers, each time its user has
    made another one."""

    chosen = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Servers"), parent)
        self._servers: list[object] = []
        self.system = QRadioButton(tr("The s&ystem's own servers"))
        self.own = QRadioButton(tr("T&hese servers, and no others:"))
        self.own_list = QWidget()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("DNS servers"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setSpacing(2)
        self.list.setFixedHeight((self.list.fontMetrics().lineSpacing() + 6) * _LINES)
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Another DNS server"))
        self.field.setPlaceholderText(
            tr("for example: 192.0.2.1, tls://dns.example or https://dns.example/dns-query")
        )
        self.error = FieldNote()
        self.add = QPushButton(tr("A&dd"))
        self.remove = QPushButton(tr("Remo&ve"))
        self.up = QPushButton(tr("Move up"))
        self.down = QPushButton(tr("Move down"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        row, side, below = QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for button in (self.remove, self.up, self.down):
            side.addWidget(button)
        side.addStretch(1)
        row.addWidget(self.list, 1)
        row.addLayout(side)
        below.addWidget(self.field, 1)
        below.addWidget(self.add)
        inner = QVBoxLayout(self.own_list)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(row)
        inner.addLayout(below)
        inner.addWidget(self.error)
        layout = QVBoxLayout(self)
        layout.addWidget(self.system)
        layout.addWidget(self.own)
        layout.addWidget(self.own_list)

    def _connect(self) -> None:
        self.system.clicked.connect(lambda: self._choose([]))
        self.own.clicked.connect(self._turn)
        self.field.textEdited.connect(self._judge)
        self.field.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.list.itemChanged.connect(self._renamed)
        self.list.currentRowChanged.connect(self._enable)
        for key, button in (
            ("Delete", self.remove),
            ("Ctrl+Up", self.up),
            ("Ctrl+Down", self.down),
        ):
            shortcut = QShortcut(QKeySequence(key), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(button.click)
            button.setToolTip(shortcut.key().toString(QKeySequence.SequenceFormat.NativeText))

    def show_servers(self, servers: Sequence[object]) -> None:
        """What the profile has now: texts, and tables, which are changed in the file."""
        row = self.list.currentRow()
        self._servers = list(servers)
        self.list.blockSignals(True)
        self.list.clear()
        for server in servers:
            item = QListWidgetItem(server_text(server))
            if isinstance(server, str):
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(min(max(row, 0), len(servers) - 1))
        (self.own if servers else self.system).setChecked(True)
        self.error.say(server_errors(servers) if servers else "")
        self._enable()

    def _turn(self) -> None:
        """To a list that is still empty: nothing is chosen before the first server is there."""
        self._enable()
        self.field.setFocus()

    def _enable(self) -> None:
        row, own = self.list.currentRow(), self.own.isChecked()
        self.own_list.setVisible(own)
        self.remove.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self._servers) - 1)

    def _judge(self) -> str:
        """What is wrong with the typed server, if one is."""
        typed = self.field.text().strip()
        wrong = server_errors([*self._servers, typed]) if typed else ""
        self.error.say(wrong)
        return wrong

    def _add(self) -> None:
        typed = self.field.text().strip()
        if typed and not self._judge():
            self.field.clear()
            self._choose([*self._servers, typed])

    def _remove(self) -> None:
        servers = list(self._servers)
        del servers[self.list.currentRow()]
        self._choose(servers)

    def _move(self, step: int) -> None:
        row, servers = self.list.currentRow(), list(self._servers)
        servers.insert(row + step, servers.pop(row))
        self._choose(servers)
        self.list.setCurrentRow(row + step)

    def _renamed(self, item: QListWidgetItem) -> None:
        servers = list(self._servers)
        servers[self.list.row(item)] = item.text().strip()
        wrong = server_errors(servers)
        if wrong:
            self.show_servers(self._servers)
            self.error.say(wrong)
        else:
            self._choose(servers)

    def _choose(self, servers: list[object]) -> None:
        self.chosen.emit(servers)
