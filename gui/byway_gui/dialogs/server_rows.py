"""DNS servers in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from byway_gui.dialogs.edit_server import EditServerDialog
from byway_gui.dialogs.text_rows import RowWords, TextRows
from byway_gui.presenters.dns import found_again, server_errors, server_text
from byway_gui.words import tr


class ServerRows(TextRows):
    """`upstreams`: the names of those that a server may be asked through."""

    def __init__(
        self, upstreams: Callable[[], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        words = RowWords(
            tr("DNS servers"),
            tr("Another DNS server"),
            tr("for example: 192.0.2.1, tls://dns.example or https://dns.example/dns-query"),
        )
        super().__init__(words, server_errors, server_text, parent)
        self._upstreams = upstreams
        self.edit = QPushButton(tr("Edit the server…"))
        self.edit.setAutoDefault(False)
        self.side.insertWidget(0, self.edit)
        self.edit.clicked.connect(self._edit)
        self.list.currentRowChanged.connect(self._show_edit)
        self._show_edit()

    def _show_edit(self) -> None:
        self.edit.setEnabled(self.list.currentRow() >= 0)

    def show_values(self, values: Sequence[object]) -> None:
        super().show_values(values)
        self._show_edit()

    def _edit(self) -> None:
        row = self.list.currentRow()
        others = [each for number, each in enumerate(self.values) if number != row]
        server = self.values[row]
        dialog = EditServerDialog(server, others, self._upstreams(), self.window())
        dialog.chosen.connect(partial(self._take, row, server))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, row: int, former: object, server: object) -> None:
        place = found_again(self.values, row, former)
        if place is None:
            self.error.say(tr("This server is not in the list any more."))
        else:
            self.replace(place, server)
