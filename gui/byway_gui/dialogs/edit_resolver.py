"""Adds or changes a resolver: servers with a name, which rules on names can name."""

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
from byway_gui.dialogs.server_rows import ServerRows
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.dns_rules import resolver_errors
from byway_gui.words import tr


class EditResolverDialog(QDialog):
    """`chosen` has the name and the servers as a profile has them. `name` "": a new one. `others`:
    the names of the other resolvers; `upstreams`: what a server may be asked through."""

    chosen = Signal(str, list)

    def __init__(
        self,
        name: str,
        servers: Sequence[object],
        others: Sequence[str],
        upstreams: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._others, self._upstreams = tuple(others), tuple(upstreams)
        self.setWindowTitle(tr("Edit {name}", name=name) if name else tr("Add a resolver"))
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(tr("what rules call it, for example: office"))
        self.rows = ServerRows(lambda: self._upstreams)
        self.rows.show_values(servers)
        self.name_note, self.servers_note = FieldNote(), FieldNote()
        self.buttons = save_or_cancel(self)
        body = QWidget()
        form = QFormLayout(body)
        form.setContentsMargins(0, 0, 0, 0)
        add_noted(form, tr("&Name:"), self.name, self.name_note)
        add_noted(form, tr("Servers:"), self.rows, self.servers_note)
        layout = QVBoxLayout(self)
        layout.addWidget(TallForm(body), 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)
        self._touched = {self.name_note} if name else set()
        self.name.textEdited.connect(self._name_typed)
        self.rows.chosen.connect(self._judge)
        self._judge()
        self.name.setFocus()

    def accept(self) -> None:
        self._touched = {self.name_note, self.servers_note}
        is_taken = self.rows.add_typed()
        wrong_name, wrong_servers = self._judge()
        if wrong_name or wrong_servers or not is_taken:
            (self.name if wrong_name else self.rows.field).setFocus()
            return
        self.chosen.emit(self.name.text().strip(), self.rows.values)
        super().accept()

    def _name_typed(self) -> None:
        self._touched.add(self.name_note)
        self._judge()

    def _judge(self) -> tuple[str, str]:
        """Say what is wrong with what was touched; all that is wrong."""
        name = self.name.text().strip()
        wrong = resolver_errors(name, self.rows.values, self._others, self._upstreams)
        for note, sentence in zip((self.name_note, self.servers_note), wrong, strict=True):
            note.say(sentence if note in self._touched else "")
        return wrong
