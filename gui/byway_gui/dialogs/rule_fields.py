"""The fields of a rule: applications, hosts, addresses, ports, protocol, where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.rules import RuleFields, text_of
from byway_core.flatpak import is_here
from byway_core.model.errors import Problem
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.dialogs.host_rows import HostRows
from byway_gui.dialogs.program_field import Names, ProgramField
from byway_gui.presenters.program_names import program_names
from byway_gui.presenters.rules import problem_text
from byway_gui.presenters.targets import target
from byway_gui.words import tr

_BETWEEN = re.compile(r"[\s,;]+")
_BETWEEN_PORTS = re.compile(r"[\s,;/]+")


class RuleFieldsView(QWidget):
    """`changed` when a user changed something; `form` has room for more rows below."""

    changed = Signal()

    def __init__(
        self,
        targets: Sequence[str],
        names: Names = program_names,
        parent: QWidget | None = None,
        *,
        sandboxed: bool = is_here(),
    ) -> None:
        super().__init__(parent)
        self.everything = QCheckBox(tr("&Everything that no rule above takes"))
        self.programs = ProgramField(names)
        self.programs.setPlaceholderText(
            tr("A Flatpak sees no applications: a rule for one matches nothing")
            if sandboxed
            else tr("for example: firefox or /opt/app/*; several with commas")
        )
        self.hosts = HostRows()
        self.addresses = QLineEdit()
        self.addresses.setPlaceholderText("192.0.2.0/24, 2001:db8::/32")
        self.resolve = QCheckBox(tr("&Look names up to compare their addresses"))
        self.ports = QLineEdit()
        self.ports.setPlaceholderText("80, 443, 8000-8999")
        self.network = QComboBox()
        for name, label in (("", tr("Any")), ("TCP", "TCP"), ("UDP", "UDP")):
            self.network.addItem(label, name)
        self.target = QComboBox()
        for name in targets:
            self.target.addItem(target(name), name)
        self._programs_remark, self._hosts_remark, self._addresses_remark = (
            FieldNote() for _ in range(3)
        )
        self._ports_remark, self._target_remark = FieldNote(), FieldNote()
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.addRow("", self.everything)
        rows = (
            (tr("Applica&tions"), self.programs, (self.programs, self._programs_remark)),
            (tr("Hosts"), None, (self.hosts, self._hosts_remark)),
            (
                tr("&Addresses"),
                self.addresses,
                (self.addresses, self.resolve, self._addresses_remark),
            ),
            (tr("&Ports"), self.ports, (self.ports, self._ports_remark)),
            (tr("P&rotocol"), self.network, (self.network,)),
            (tr("&Goes to"), self.target, (self.target, self._target_remark)),
        )
        for text, buddy, widgets in rows:
            label = QLabel(text)
            if buddy is not None:
                label.setBuddy(buddy)
            column = QVBoxLayout()
            for widget in widgets:
                column.addWidget(widget)
            self.form.addRow(label, column)

    def _listen(self) -> None:
        for box in (self.everything, self.resolve):
            box.clicked.connect(self._edited)
        for field in (self.addresses, self.ports):
            field.textEdited.connect(self._edited)
        for choice in (self.network, self.target):
            choice.activated.connect(self._edited)
        for several in (self.programs, self.hosts):
            several.changed.connect(self._edited)

    # -- the value

    def text(self) -> str:
        """The rule; "" where nothing is said yet."""
        fields = self.fields()
        return text_of(fields) if any(_said(fields)) or self.everything.isChecked() else ""

    def fields(self) -> RuleFields:
        goes_to = self.target.currentData() or ""
        if self.everything.isChecked():
            return RuleFields(target=goes_to)
        networks = tuple(_pieces(_BETWEEN, self.addresses.text()))
        return RuleFields(
            self.hosts.hosts(),
            networks,
            "/".join(_pieces(_BETWEEN_PORTS, self.ports.text())),
            self.network.currentData(),
            goes_to,
            bool(networks) and self.resolve.isChecked(),
            self.programs.programs(),
        )

    def show_fields(self, fields: RuleFields) -> None:
        self.everything.setChecked(not any(_said(fields)))
        self.programs.show_programs(fields.programs)
        self.hosts.show_hosts(fields.hosts)
        self.addresses.setText(", ".join(fields.networks))
        self.resolve.setChecked(fields.resolve)
        self.ports.setText(fields.ports.replace("/", ", "))
        self.network.setCurrentIndex(max(self.network.findData(fields.network), 0))
        if self.target.findData(fields.target) < 0:  # there is no such upstream, and it is said
            self.target.addItem(fields.target, fields.target)
        self.target.setCurrentIndex(self.target.findData(fields.target))
        self._grey()

    def set_usable(self, usable: bool) -> None:
        """Grey where the rule is none that they can show."""
        for widget in (self.everything, *self._conditions(), self.target):
            widget.setEnabled(usable)
        if usable:
            self._grey()

    def focus(self) -> None:
        self.hosts.focus()

    # -- problems

    def show_problem(self, text: str, problem: Problem | None) -> bool:
        """Say it beside the field whose words stand at its place in the text; False where none's
        do."""
        for remark in self.findChildren(FieldNote):
            remark.say("")
        if problem is None or not problem.column:
            return False
        place = problem.column - 1
        # The piece of the rule that it is in: a fault may be in the midst of it.
        start = max(text.rfind(sign, 0, place) for sign in ",(") + 1
        here = text[start:].lstrip()
        for words, remark in self._words():
            if words and here.startswith(words):
                remark.say(problem_text(problem), "warn" if problem.warning else "bad")
                return True
        return False

    def _words(self) -> Iterator[tuple[str, FieldNote]]:
        fields = self.fields()
        for program in fields.programs:
            yield program, self._programs_remark
        for _, name in fields.hosts:
            yield name, self._hosts_remark
        for network in fields.networks:
            yield network, self._addresses_remark
        yield fields.ports, self._ports_remark
        yield fields.target, self._target_remark

    # -- how

    def _conditions(self) -> tuple[QWidget, ...]:
        places = (self.hosts, self.addresses, self.resolve)
        return (self.programs, *places, self.ports, self.network)

    def _grey(self) -> None:
        for widget in self._conditions():
            widget.setEnabled(not self.everything.isChecked())

    def _edited(self) -> None:
        self._grey()
        self.changed.emit()


def _said(fields: RuleFields) -> tuple[object, ...]:
    """What it asks for; all empty where it is for everything."""
    places = (fields.hosts, fields.networks)
    return (fields.programs, *places, fields.ports, fields.network)


def _pieces(between: re.Pattern[str], text: str) -> list[str]:
    return [piece for piece in between.split(text) if piece]
