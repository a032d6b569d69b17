"""What is asked about rules: the dialog of one, the text of all, the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from byway_core.api.profiles import Draft, RuleLine
from byway_core.model.errors import Problem, ProfileError
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog
from byway_gui.models.rule_edits import RuleEdits
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.rules import problem_at
from byway_gui.presenters.rules_text import as_text, from_text, problems_in
from byway_gui.windows.rule_view import RuleView
from byway_gui.words import tr, tr_n


class RuleAsking(QObject):
    """`typed` has a draft of whose rules and comments all were typed as text. `draft` is the open
    profile's; without one nothing is asked."""

    typed = Signal(Draft)
    said = Signal(str)

    def __init__(self, table: RuleTable, edits: RuleEdits, view: RuleView, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._table = table
        self._edits = edits
        self._view = view
        self.draft: Draft | None = None

    # -- one rule

    def new(self) -> None:
        self._ask(RuleLine(""), lambda line: self._edits.add(self._place(), [line]), is_new=True)

    def rest(self) -> None:
        """What is to happen with what no rule takes."""
        self.propose(RuleLine("MATCH,DIRECT"), first=False)

    def propose(self, line: RuleLine, *, first: bool = True) -> None:
        """A rule before all others, or behind them, that begins as this one."""

        def add(chosen: RuleLine) -> None:
            self._edits.add(0 if first else self._table.rowCount(), [chosen])

        self._ask(line, add, is_new=True)

    def change(self) -> None:
        row = self._view.row()
        if row is not None:
            line = self._table.line(row)
            self._ask(line, partial(self._change, row, line))

    def _ask(
        self, line: RuleLine, then: Callable[[RuleLine], None], *, is_new: bool = False
    ) -> None:
        if self.draft is not None:
            dialog = EditRuleDialog(line, self._table.targets, self._window, is_new=is_new)
            dialog.chosen.connect(then)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _change(self, row: int, before: RuleLine, line: RuleLine) -> None:
        """The list may have changed behind the dialog: then the rule is looked for."""
        lines = self._table.lines
        if row >= len(lines) or lines[row] != before:
            row = lines.index(before) if before in lines else -1
        if row < 0:
            self.said.emit(tr("This rule is not in the profile any more."))
        else:
            self._edits.change(row, line)

    def _place(self) -> int:
        """Where a new rule goes: behind the selected ones, and before one that takes everything."""
        rows, catch_all = self._view.rows(), self._table.catch_all
        row = rows[-1] + 1 if rows else self._table.rowCount()
        return row if catch_all is None else min(row, catch_all)

    # -- all as text

    def as_text(self) -> None:
        if self.draft is None:
            return
        text = self.draft.with_rules(self._table.lines).rules_text()
        dialog = RulesAsTextDialog(text, self._problems, self._window)
        dialog.chosen.connect(self._take_text)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_text(self, text: str) -> None:
        if self.draft is not None:
            self.typed.emit(self.draft.with_rules_text(text))

    def _problems(self, text: str) -> Sequence[Problem]:
        try:
            rules = () if self.draft is None else self.draft.with_rules_text(text).rules
        except ProfileError as error:
            return error.problems
        return list(problems_in(text, rules, self._table.check))

    # -- the clipboard

    def copy(self) -> None:
        lines = [self._table.line(row) for row in self._view.rows()]
        if lines:
            QGuiApplication.clipboard().setText(as_text(lines))
            self.said.emit(tr_n("Rule copied.", "{n} rules copied.", len(lines)))

    def cut(self) -> None:
        self.copy()
        self._edits.delete(self._view.rows())

    def paste(self) -> None:
        """All of the lines, or none where one of them is wrong."""
        if self.draft is None:
            return
        text = QGuiApplication.clipboard().text()
        lines = from_text(text)
        wrong = next(problems_in(text, lines, self._errors), None)
        if wrong is not None:
            self.said.emit(tr("Nothing is pasted. {why}", why=problem_at(wrong)))
        elif not lines:
            self.said.emit(tr("There is no rule in the clipboard."))
        else:
            self._edits.add(self._place(), lines)

    def _errors(self, text: str) -> Sequence[Problem]:
        error = self._table.error(text)
        return () if error is None else (error,)
