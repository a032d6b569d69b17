"""Changes a DNS server: how it is asked, where it is, and through what."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.field_note import FieldNote, add_noted
from byway_gui.dialogs.save_buttons import save_or_cancel
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.dns import ServerFields, server_field_errors
from byway_gui.words import tr


class EditServerDialog(QDialog):
    """`chosen` has the server as a profile has it, a text or a table. `others` are those of the
    same list, `upstreams` what it may be asked through."""

    chosen = Signal(object)

    def __init__(
        self,
        server: object,
        others: Sequence[object],
        upstreams: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._others, self._upstreams = tuple(others), tuple(upstreams)
        fields = ServerFields.of(server)
        self.setWindowTitle(tr("Edit the DNS server"))
        self.server = QLineEdit(fields.server)
        self.server.setPlaceholderText(
            tr("for example: 192.0.2.1, tls://dns.example or https://dns.example/dns-query")
        )
        self.address = QLineEdit(fields.address)
        self.address.setPlaceholderText(tr("looked up"))
        self.via = QComboBox()
        self.via.addItem(tr("directly"), "")
        for name in dict.fromkeys([*upstreams, *([fields.via] if fields.via else [])]):
            self.via.addItem(tr("through {name}", name=name), name)
        self.via.setCurrentIndex(self.via.findData(fields.via))
        self.notes = {key: FieldNote() for key in ("server", "address", "via")}
        self.buttons = save_or_cancel(self)
        body = QWidget()
        form = QFormLayout(body)
        form.setContentsMargins(0, 0, 0, 0)
        add_noted(form, tr("Se&rver:"), self.server, self.notes["server"])
        add_noted(form, tr("Its &address:"), self.address, self.notes["address"])
        add_noted(form, tr("As&ked:"), self.via, self.notes["via"])
        layout = QVBoxLayout(self)
        layout.addWidget(TallForm(body), 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.server.textEdited.connect(self._judge)
        self.address.textEdited.connect(self._judge)
        self.via.currentIndexChanged.connect(self._judge)
        self._judge()

    def fields(self) -> ServerFields:
        via = str(self.via.currentData())
        return ServerFields(self.server.text().strip(), self.address.text().strip(), via)

    def accept(self) -> None:
        wrong = self._judge()
        if wrong:
            key = next(key for key in self.notes if key in wrong)
            {"server": self.server, "address": self.address, "via": self.via}[key].setFocus()
            return
        self.chosen.emit(self.fields().written())
        super().accept()

    def _judge(self) -> dict[str, str]:
        """Say what is wrong with each field."""
        wrong = server_field_errors(self.fields(), self._others, self._upstreams)
        for key, note in self.notes.items():
            note.say(wrong.get(key, ""))
        return wrong
