"""Names that the profile itself has the addresses of."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from byway_core.api.dns_table import HostEntry
from byway_core.api.profiles import Draft
from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.presenters import dns
from byway_gui.profile_history import History
from byway_gui.windows.edited_table import EditedTable, Row
from byway_gui.words import tr


class OwnNames(QWidget):
    """Changes go through `history`, one by one."""

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._entries: tuple[HostEntry, ...] = ()
        about = QLabel(tr("Each of these names is answered from here, and nobody is asked."))
        about.setWordWrap(True)
        self.names = EditedTable(
            tr("Names of your own"),
            (tr("Name"), tr("Addresses")),
            tr("No names yet. A name can be a device at home, or one that is to lead elsewhere."),
        )
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.names, 1)
        self.names.add_wanted.connect(lambda: self._ask(None))
        self.names.edit_wanted.connect(lambda row: self._ask(self._entries[row]))
        self.names.remove_wanted.connect(self._remove)

    def show_profile(self, draft: Draft | None) -> None:
        self._entries = dns.hosts_of(draft)
        self.names.show_rows(
            [Row((entry.name, ", ".join(entry.addresses))) for entry in self._entries]
        )

    def _ask(self, entry: HostEntry | None) -> None:
        name, addresses = ("", ()) if entry is None else (entry.name, entry.addresses)
        others = [each.name for each in self._entries if each is not entry]
        dialog = EditHostDialog(name, addresses, others, self.window())
        dialog.chosen.connect(partial(self._take, entry))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, former: HostEntry | None, name: str, addresses: tuple[str, ...]) -> None:
        change = partial(dns.with_host, former=former, name=name, addresses=addresses)
        words = (
            tr("Added {name}.", name=name) if former is None else tr("Changed {name}.", name=name)
        )
        if self._history.do(change, words):
            names = [entry.name for entry in self._entries]
            self.names.table.selectRow(names.index(name))

    def _remove(self, row: int) -> None:
        entry = self._entries[row]
        change = partial(dns.without_host, entry=entry)
        self._history.do(change, tr("Removed {name}.", name=entry.name))
