"""One rule: its fields and its text, always in step.

The text is the rule. Fields write it; what is typed as text fills the fields where they can show
it, and greys them where they cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.profiles import RuleLine, check_rule
from byway_core.api.rules import fields_of
from byway_core.model.errors import Problem
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.dialogs.program_field import Names
from byway_gui.dialogs.rule_fields import RuleFieldsView
from byway_gui.dialogs.tall_form import TallForm
from byway_gui.presenters.program_names import program_names
from byway_gui.presenters.rules import problem_text
from byway_gui.words import tr

_NEAREST_SHOWN = 60  # characters of a proposal that stand on its button


class EditRuleDialog(QDialog):
    """`chosen` has the rule as it is to be. It begins with `line`, whose text may be empty, and
    whose comments above it in the file stay with it."""

    chosen = Signal(RuleLine)

    def __init__(
        self,
        line: RuleLine,
        targets: Sequence[str],
        parent: QWidget | None = None,
        *,
        is_new: bool = False,
        names: Names = program_names,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Add a rule") if is_new else tr("Edit the rule"))
        self._line = line
        self._targets = tuple(targets)
        self._nearest = ""
        self.fields = RuleFieldsView(targets, names)
        self.fields.changed.connect(self._fields_changed)
        self.note = QLineEdit(line.note)
        self.note.setPlaceholderText(tr("What it is for"))
        self.enabled = QCheckBox(tr("This rule &is on"))
        self.enabled.setChecked(line.enabled)
        self.text = QLineEdit(line.text)
        self.text.setPlaceholderText("DOMAIN-SUFFIX,example.com,DIRECT")
        self.text.textEdited.connect(self._text_changed)
        self.remark = FieldNote()
        self.use = QPushButton()
        self.use.setAutoDefault(False)
        self.use.clicked.connect(self._use_nearest)
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.ok = self._buttons.button(buttons.Ok)
        self._buttons.accepted.connect(self._choose)
        self._buttons.rejected.connect(self.reject)
        # On a small screen the form scrolls: what is wrong with the text stays in sight.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._show_remark)
        self._lay_out()
        self.text.setCursorPosition(0)
        self._text_changed(line.text)
        if self._can_show:
            self.fields.focus()
        else:
            self.text.setFocus()

    def _lay_out(self) -> None:
        form = self.fields.form
        form.addRow(tr("&Note"), self.note)
        form.addRow("", self.enabled)
        column = QVBoxLayout()
        for widget in (self.text, self.remark):
            column.addWidget(widget)
        column.addWidget(self.use, alignment=Qt.AlignmentFlag.AlignLeft)
        label = QLabel(tr("As te&xt"))
        label.setBuddy(self.text)
        form.addRow(label, column)
        layout = QVBoxLayout(self)
        self._form = TallForm(self.fields)
        layout.addWidget(self._form)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 100)

    def value(self) -> RuleLine:
        text, note = self.text.text().strip(), self.note.text().strip()
        return RuleLine(text, self.enabled.isChecked(), note, self._line.above)

    # -- fields and text

    def _fields_changed(self) -> None:
        self.text.setText(self.fields.text())
        self.text.setCursorPosition(0)  # its beginning is shown
        self._judge()

    def _text_changed(self, text: str) -> None:
        fields = fields_of(text) if text.strip() else None
        if fields is not None:
            self.fields.show_fields(fields)
        self._can_show = fields is not None or not text.strip()
        self.fields.set_usable(self._can_show)
        self._judge()
        self._settled.start(0)

    def _show_remark(self) -> None:
        for widget in (self.remark, self.use, self.text):
            if self.focusWidget() is self.text and widget.isVisible():
                self._form.ensureWidgetVisible(widget, 0, 0)

    def _judge(self) -> None:
        text = self.text.text()
        problem = self._problem(text)
        wrong = problem is not None and not problem.warning
        self.ok.setEnabled(bool(text.strip()) and not wrong)
        self._nearest = problem.nearest if problem is not None else ""
        self.use.setText(tr("&Use this: {rule}", rule=_short(self._nearest)))
        self.use.setToolTip(self._nearest)
        self.use.setVisible(bool(self._nearest))
        if self.fields.show_problem(text, problem) or problem is None:
            self.remark.say(self._hint(text), "muted")
        else:
            self.remark.say(problem_text(problem), "bad" if wrong else "warn")

    def _problem(self, text: str) -> Problem | None:
        """The first error, else the first warning."""
        found = check_rule(text, self._targets) if text.strip() else ()
        return min(found, key=lambda problem: problem.warning, default=None)

    def _hint(self, text: str) -> str:
        if not text.strip():
            return tr(
                "Name an application, a host, an address, a port or a protocol, or choose "
                "everything."
            )
        if not self._can_show:
            return tr("The fields above cannot show this rule: edit it here.")
        return ""

    def _use_nearest(self) -> None:
        self.text.setText(self._nearest)
        self._text_changed(self._nearest)
        self.text.setFocus()

    def _choose(self) -> None:
        if self.ok.isEnabled():
            self.accept()
            self.chosen.emit(self.value())


def _short(text: str) -> str:
    """As a button shows it, whose "&" would be a mnemonic."""
    short = text if len(text) <= _NEAREST_SHOWN else f"{text[: _NEAREST_SHOWN - 1]}…"
    return short.replace("&", "&&")
