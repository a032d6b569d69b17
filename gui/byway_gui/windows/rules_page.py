"""The page of rules: the list, what changes it, and where something would go by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.profiles import Draft, RuleLine
from byway_core.api.rules import Explanation, Question, explain
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.profile import Profile
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.remark import Remark
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog
from byway_gui.models.rule_edits import RuleEdits
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.rules import problem_at, rest
from byway_gui.presenters.rules_text import as_text, from_text, problems_in
from byway_gui.windows.action_button import ActionButton
from byway_gui.windows.rule_actions import RuleActions
from byway_gui.windows.rule_tester import RuleTester
from byway_gui.windows.rule_view import RuleView
from byway_gui.windows.rules_empty import RulesEmpty
from byway_gui.words import tr, tr_n

ExplainBy = Callable[[Profile, Question], Explanation]


class RulesPage(QWidget):
    """`edited` has all rules as they are to be saved. `text_edited` follows it when they were
    edited as text: the comments around them may be others too. `said` is for a toast, `hits_reset`
    asks to count from nought."""

    edited = Signal(list)
    text_edited = Signal(str)
    said = Signal(str)
    hits_reset = Signal()

    def __init__(self, explain: ExplainBy = explain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explain = explain
        self._draft: Draft | None = None
        self._added: list[int] = []
        self.table = RuleTable(self)
        self.edits = RuleEdits(self.table, self)
        self.view = RuleView(self.table)
        self.can = RuleActions(self.edits.stack, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Find in rules"))
        self.filter.setAccessibleName(tr("Find in rules"))
        self.filter.setClearButtonEnabled(True)
        self.trouble = Remark()
        self.again = QPushButton(tr("Save a&gain"))
        self.empty = RulesEmpty()
        self.rest = QLabel()
        self.choose_rest = QPushButton(tr("C&hoose where it goes…"))
        self.tester = RuleTester()
        self._lay_out()
        self._listen()
        self.show_trouble("")
        self._show_state()

    def title(self) -> str:
        return tr("Rules")

    # -- what is shown

    def show_profile(
        self, draft: Draft | None, profile: Profile | None, targets: Sequence[str]
    ) -> None:
        """The rules as they are now, those in force (for the tester), and what they may name.
        Selection and undo stay as far as the rules are the same."""
        self._draft = draft
        self.table.set_targets(targets)
        self.edits.set_lines(draft.rules if draft is not None else ())
        asked = None if profile is None else partial(self._explain, profile)
        self.tester.set_rules(asked)
        self._show_state()

    def show_trouble(self, sentence: str) -> None:
        """Why the rules, as they are shown, are not saved; "" once they are."""
        self.trouble.show_text(sentence, "bad")
        self.again.setVisible(bool(sentence))

    def set_hits(self, hits: Sequence[int]) -> None:
        self.table.set_hits(hits)

    def show_rule(self, row: int) -> None:
        """Select a rule and bring it into sight, also if the filter hides it."""
        if 0 <= row < self.table.rowCount():
            if not self.view.shows(row):
                self.filter.clear()
            self.view.select([row])
            self.view.setFocus()

    def propose(self, line: RuleLine) -> None:
        """Ask for a rule that goes before all others, beginning with this one."""
        self._ask(line, partial(self._add, 0), is_new=True)

    # -- what a user does

    def _ask_new(self) -> None:
        self._ask(RuleLine(""), self._add_here, is_new=True)

    def _ask_rest(self) -> None:
        end = self.table.rowCount()
        self._ask(RuleLine("MATCH,DIRECT"), partial(self._add, end), is_new=True)

    def _ask_change(self) -> None:
        row = self.view.row()
        if row is not None:
            self._ask(self.table.line(row), partial(self._change, row, self.table.line(row)))

    def _ask(
        self, line: RuleLine, then: Callable[[RuleLine], None], *, is_new: bool = False
    ) -> None:
        if self._draft is None:
            return
        dialog = EditRuleDialog(line, self.table.targets, self, is_new=is_new)
        dialog.chosen.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_text(self) -> None:
        if self._draft is None:
            return
        text = self._draft.with_rules(self.table.lines).rules_text()
        dialog = RulesAsTextDialog(text, self._problems, self)
        dialog.chosen.connect(self._take_text)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add(self, row: int, line: RuleLine) -> None:
        self.edits.add(min(row, self.table.rowCount()), [line])

    def _add_here(self, line: RuleLine) -> None:
        self.edits.add(self._place(), [line])

    def _change(self, row: int, before: RuleLine, line: RuleLine) -> None:
        """The list may have changed behind the dialog: then the rule is looked for."""
        lines = self.table.lines
        if row >= len(lines) or lines[row] != before:
            row = lines.index(before) if before in lines else -1
        if row < 0:
            self.said.emit(tr("This rule is not in the profile any more."))
        else:
            self.edits.change(row, line)

    def _take_text(self, text: str) -> None:
        rules = self._read(text)
        if rules is not None:
            self.edits.replace_all(rules)
            self.text_edited.emit(text)

    def _switch(self) -> None:
        """All on if one is off, as a click on a box would."""
        rows = self.view.rows()
        self.edits.switch(rows, on=not all(self.table.line(row).enabled for row in rows))

    def _copy(self) -> None:
        lines = [self.table.line(row) for row in self.view.rows()]
        QGuiApplication.clipboard().setText(as_text(lines))
        self.said.emit(tr_n("Rule copied.", "{n} rules copied.", len(lines)))

    def _cut(self) -> None:
        self._copy()
        self.edits.delete(self.view.rows())

    def _paste(self) -> None:
        if self._draft is None:
            return
        text = QGuiApplication.clipboard().text()
        lines = from_text(text)
        wrong = next(problems_in(text, lines, self._errors), None)
        if wrong is not None:
            self.said.emit(tr("Nothing is pasted. {why}", why=problem_at(wrong)))
        elif not lines:
            self.said.emit(tr("There is no rule in the clipboard."))
        else:
            self.edits.add(self._place(), lines)

    def _find(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    def _place(self) -> int:
        """Where a new rule goes: behind the selected ones, and before one that takes everything."""
        rows, match = self.view.rows(), self.table.match
        row = rows[-1] + 1 if rows else self.table.rowCount()
        return match if match is not None and row > match else row

    # -- what follows

    def _read(self, text: str) -> tuple[RuleLine, ...] | None:
        try:
            return None if self._draft is None else self._draft.with_rules_text(text).rules
        except ProfileError:
            return None

    def _problems(self, text: str) -> list[Problem]:
        try:
            rules = () if self._draft is None else self._draft.with_rules_text(text).rules
        except ProfileError as error:
            return list(error.problems)
        return list(problems_in(text, rules, self.table.check))

    def _errors(self, text: str) -> list[Problem]:
        return [problem for problem in self.table.check(text) if not problem.warning]

    def _inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._added.extend(range(first, last + 1))

    def _after_edit(self, lines: list[RuleLine]) -> None:
        """What came is selected; where what was selected is gone, what took its place."""
        if self._added:
            self.view.select(self._added)
        elif not self.view.rows() and (row := self.view.row()) is not None:
            self.view.select([row])
        else:
            self.view.scrollTo(self.view.currentIndex())
        self._added.clear()
        self._show_state()
        self.edited.emit(lines)

    def _filter_changed(self, words: str) -> None:
        self.view.filter.set_words(words)
        is_on = self.view.filter.is_on
        self.edits.fixed = (
            tr("Rules can be moved when all are shown: empty “Find” first.") if (is_on) else ""
        )
        self._show_state()

    def _show_state(self) -> None:
        count = self.table.rowCount()
        if self._draft is None:
            self.empty.show_no_profile()
        elif not count:
            self.empty.show_no_rules()
        else:
            self.empty.show_not_found(self.filter.text().strip())
        shown = self.view.filter.rowCount() > 0
        self._stack.setCurrentWidget(self.view if shown else self.empty)
        remark = rest(self.table.match, count) if count else ""
        self.rest.setText(remark)
        self.rest.setVisible(bool(remark))
        self.choose_rest.setVisible(bool(remark) and self.table.match is None)
        for action in (self.can.add, self.can.as_text, self.can.paste):
            action.setEnabled(self._draft is not None)
        self.filter.setEnabled(bool(count))
        self.can.show_selected(self.view.count)

    # -- how it is made

    def _lay_out(self) -> None:
        font = self.rest.font()
        font.setItalic(True)
        self.rest.setFont(font)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        can = self.can
        shown = (can.add, can.edit, can.delete, can.up, can.down, can.undo, can.redo, can.as_text)
        layout.addLayout(_row(*map(ActionButton, shown), stretched=self.filter))
        layout.addLayout(_row(stretched=self.trouble, behind=self.again))
        layout.addLayout(self._stack, 1)
        layout.addLayout(_row(stretched=self.rest, behind=self.choose_rest))
        layout.addWidget(self.tester)

    def _listen(self) -> None:
        can, edits, view = self.can, self.edits, self.view
        does: dict[QAction, Callable[[], object]] = {
            can.add: self._ask_new,
            can.edit: self._ask_change,
            can.delete: lambda: edits.delete(view.rows()),
            can.duplicate: lambda: edits.duplicate(view.rows()),
            can.switch: self._switch,
            can.up: lambda: edits.nudge(view.rows(), down=False),
            can.down: lambda: edits.nudge(view.rows(), down=True),
            can.cut: self._cut,
            can.copy: self._copy,
            can.paste: self._paste,
            can.undo: edits.undo,
            can.redo: edits.redo,
            can.as_text: self._ask_text,
            can.find: self._find,
            can.reset_hits: self.hits_reset.emit,
        }
        for action, do in does.items():
            action.triggered.connect(lambda _checked, do=do: do())
        view.addActions(can.of_table)
        self.addActions(can.of_page)
        view.edit_wanted.connect(can.edit.trigger)
        view.switch_wanted.connect(can.switch.trigger)
        view.selectionModel().selectionChanged.connect(self._show_state)
        self.table.rowsInserted.connect(self._inserted)
        edits.said.connect(self.said)
        edits.edited.connect(self._after_edit)
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.returnPressed.connect(view.setFocus)
        leave = QShortcut(QKeySequence("Esc"), self.filter)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._leave_filter)
        self.empty.add.clicked.connect(can.add.trigger)
        self.again.clicked.connect(lambda: self.edited.emit(self.table.lines))
        self.choose_rest.clicked.connect(self._ask_rest)
        self.tester.rule_wanted.connect(self.show_rule)

    def _leave_filter(self) -> None:
        self.filter.clear()
        self.view.setFocus()


def _row(*widgets: QWidget, stretched: QWidget, behind: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addWidget(stretched, 1)
    if behind is not None:
        row.addWidget(behind)
    return row
