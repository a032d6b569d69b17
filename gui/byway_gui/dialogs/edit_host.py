"""Adds or changes a name that the profile itself has the addresses of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.field_note import FieldNote, add_noted
from byway_gui.dialogs.save_buttons import save_or_cancel
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.dns import host_errors, split_addresses
from byway_gui.words import tr


class EditHostDialog(QDialog):
    """`chosen` has the name and a tuple of addresses. `others`: the names of the other entries."""

    chosen = Signal(str, tuple)

    def __init__(
        self,
        name: str,
        addresses: Sequence[str],
        others: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._others = tuple(others)
        self.setWindowTitle(tr("Edit {name}", name=name) if name else tr("Add a name"))
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(tr("for example: nas.lan"))
        self.addresses = QLineEdit(", ".join(addresses))
        self.addresses.setPlaceholderText(tr("for example: 192.168.1.2; several with commas"))
        self.name_note, self.addresses_note = FieldNote(), FieldNote()
        self.buttons = save_or_cancel(self)
        body = QWidget()
        form = QFormLayout(body)
        form.setContentsMargins(0, 0, 0, 0)
        add_noted(form, tr("&Name:"), self.name, self.name_note)
        add_noted(form, tr("&Addresses:"), self.addresses, self.addresses_note)
        layout = QVBoxLayout(self)
        layout.addWidget(TallForm(body), 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.name.textEdited.connect(self._judge)
        self.addresses.textEdited.connect(self._judge)
        self._touched = {field for field in (self.name, self.addresses) if field.text()}
        self._judge()

    def accept(self) -> None:
        self._touched = {self.name, self.addresses}
        if self._judge():
            wrong = self.name if self.name_note.text() else self.addresses
            wrong.setFocus()
            return
        self.chosen.emit(self.name.text().strip(), split_addresses(self.addresses.text()))
        super().accept()

    def _judge(self) -> bool:
        """Say what is wrong with what was touched; whether anything is."""
        if isinstance(field := self.sender(), QLineEdit):
            self._touched.add(field)
        name, given = self.name.text().strip(), split_addresses(self.addresses.text())
        wrong_name, wrong_addresses = host_errors(name, given, self._others)
        self.name_note.say(wrong_name if self.name in self._touched else "")
        self.addresses_note.say(wrong_addresses if self.addresses in self._touched else "")
        return bool(wrong_name or wrong_addresses)
