"""Adds or changes a rule on names: which of them, and which resolver is asked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.profiles import RuleLine
from byway_core.api.rules import RuleFields, fields_of, text_of
from byway_gui.dialogs.field_note import FieldNote, add_noted
from byway_gui.dialogs.host_rows import HostRows
from byway_gui.dialogs.save_buttons import save_or_cancel
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.dns_rules import is_on_hosts, resolver_words, rule_errors
from byway_gui.words import tr


class EditNameRuleDialog(QDialog):
    """`chosen` has the rule as it is to be. `line` with an empty text: a new one. `resolvers`: the
    names that it may send to, the system's among them.

    A rule that its fields cannot show (NOT, AND) is edited as text."""

    chosen = Signal(RuleLine)

    def __init__(
        self, line: RuleLine, resolvers: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._line, self._resolvers = line, tuple(resolvers)
        self.setWindowTitle(tr("Edit the rule") if line.text else tr("Add a rule"))
        fields = fields_of(line.text) if line.text else RuleFields()
        self._is_text = fields is None or not is_on_hosts(fields)
        self.hosts, self.resolver = HostRows(), QComboBox()
        self.text = QLineEdit(line.text)
        self.enabled = QCheckBox(tr("This rule &is on"))
        self.enabled.setChecked(line.enabled)
        if fields is not None:
            self._show_fields(fields)
        self.note = FieldNote()
        self.buttons = save_or_cancel(self)
        body = QWidget()
        self._fill(QFormLayout(body))
        layout = QVBoxLayout(self)
        layout.addWidget(TallForm(body), 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)
        self._is_touched = bool(line.text)
        self.hosts.changed.connect(self._changed)
        self.resolver.activated.connect(self._changed)
        self.enabled.clicked.connect(self._judge)
        self.text.textEdited.connect(self._changed)
        self._judge()
        if not self._is_text:
            self.hosts.focus()

    def _show_fields(self, fields: RuleFields) -> None:
        self.hosts.show_hosts(fields.hosts)
        # One that is not there stays, and is said to be wrong.
        there = [*self._resolvers, *([fields.target] if fields.target else [])]
        for name in dict.fromkeys(there):
            self.resolver.addItem(resolver_words(name), name)
        self.resolver.setCurrentIndex(max(self.resolver.findData(fields.target), 0))

    def _fill(self, form: QFormLayout) -> None:
        form.setContentsMargins(0, 0, 0, 0)
        if self._is_text:
            add_noted(form, tr("As te&xt"), self.text, self.note)
        else:
            add_noted(form, tr("Names:"), self.hosts, self.note)
            form.addRow(tr("Are as&ked of:"), self.resolver)
        form.addRow("", self.enabled)

    def value(self) -> RuleLine:
        if self._is_text:
            text = self.text.text().strip()
        else:
            hosts = self.hosts.hosts()
            fields = RuleFields(hosts, target=str(self.resolver.currentData()))
            text = text_of(fields) if hosts else ""
        return RuleLine(text, self.enabled.isChecked())

    def accept(self) -> None:
        self._is_touched = True
        if self._judge():
            self.text.setFocus() if self._is_text else self.hosts.focus()
            return
        self.chosen.emit(self.value())
        super().accept()

    def _changed(self) -> None:
        self._is_touched = True
        self._judge()

    def _judge(self) -> str:
        """Say what is wrong, once it was touched; what is wrong."""
        wrong = rule_errors(self.value(), self._resolvers)
        self.note.say(wrong if self._is_touched else "")
        return wrong
