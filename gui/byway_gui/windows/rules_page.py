"""The page of rules: the list, what changes it, and where something would go by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
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
from byway_core.model.errors import ProfileError
from byway_core.model.profile import Profile
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.models.rule_edits import RuleEdits
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.rules import no_rules, problem_text, rest, same
from byway_gui.windows.action_button import ActionButton
from byway_gui.windows.empty_list import EmptyList
from byway_gui.windows.rule_actions import RuleActions
from byway_gui.windows.rule_asking import RuleAsking
from byway_gui.windows.rule_tester import RuleTester
from byway_gui.windows.rule_view import RuleView
from byway_gui.words import tr

ExplainBy = Callable[[Profile, Question], Explanation]


class RulesPage(QWidget):
    """`edited` has the profile as it is to be saved; whoever saves it calls `show_profile` with
    what is in the file then. `said` is for a toast, `hits_reset` asks to count from nought."""

    edited = Signal(Draft)
    said = Signal(str)
    hits_reset = Signal()

    def __init__(self, explain: ExplainBy = explain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explain = explain
        self._draft: Draft | None = None
        self._typed: Draft | None = None  # as it was typed as text, until it is told
        self._added: list[int] = []  # rows that came with the edit that goes on
        self._gap: int | None = None  # where rows went
        self.table = RuleTable(self)
        self.edits = RuleEdits(self.table, self)
        self.view = RuleView(self.table)
        self.setFocusProxy(self.view)
        self.asking = RuleAsking(self.table, self.edits, self.view, self)
        self.can = RuleActions(self.edits.stack, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Find in rules"))
        self.filter.setAccessibleName(tr("Find in rules"))
        self.filter.setClearButtonEnabled(True)
        self.unsaved = FieldNote()
        self.again = QPushButton(tr("Save aga&in"))
        self.empty = EmptyList()
        self.rest = QLabel()
        self.choose_rest = QPushButton(tr("C&hoose where it goes…"))
        self.tester = RuleTester()
        self._lay_out()
        self._listen()
        self._show_state()

    def title(self) -> str:
        return tr("Rules")

    # -- what is shown

    def show_profile(
        self, draft: Draft | None, profile: Profile | None, targets: Sequence[str]
    ) -> None:
        """The rules as they are in the file, those in force (for the tester; None: there are
        none), and what rules may name. Selection and undo stay as far as the rules are the same.
        Edits that could not be saved stay too, and are told once more."""
        former, self._draft = self._draft, draft
        self.asking.draft = draft
        self.table.set_targets(targets)
        self.tester.set_rules(None if profile is None else partial(self._explain, profile))
        rules = () if draft is None else draft.rules
        if former is not None and draft is not None and same(former.rules, rules):
            if not same(self.table.lines, rules):
                self._tell()
        else:
            self.edits.set_lines(rules)
        self._show_state()

    def set_hits(self, hits: Sequence[int]) -> None:
        """How often each rule of the list decided."""
        self.table.set_hits(hits)

    def show_rule(self, row: int) -> None:
        """Select a rule and bring it into sight, also if the filter hides it."""
        if 0 <= row < self.table.rowCount():
            if not self.view.shows(row):
                self.filter.clear()
            self.view.select([row])
            self.view.setFocus()

    def takes_back(self, sentence: str) -> Callable[[], None] | None:
        """What undoes the edit that a sentence of `said` was about; None where it was about
        something else."""
        stack = self.edits.stack
        is_last = stack.canUndo() and stack.undoText() == sentence
        return self.edits.undo if is_last else None

    def propose(self, line: RuleLine) -> None:
        """Ask for a rule that goes before all others, beginning with this one."""
        self.asking.propose(line)

    # -- what a user does

    def _switch(self) -> None:
        """All on if one is off, as a click on a box would."""
        rows = self.view.rows()
        self.edits.switch(rows, on=not all(self.table.line(row).enabled for row in rows))

    def _find(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    def _leave_filter(self) -> None:
        self.filter.clear()
        self.view.setFocus()

    def _filter_changed(self, words: str) -> None:
        self.view.filter.set_words(words)
        why = tr("Rules can be moved when all are shown: empty “Find in rules” first.")
        self.edits.fixed = why if self.view.filter.is_on else ""
        self._show_state()

    def _take_typed(self, draft: Draft) -> None:
        self._typed = draft
        self.edits.replace_all(draft.rules)
        if self._typed is not None:  # only comments behind the last rule are others
            self._tell()

    # -- what follows

    def _inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._added.extend(range(first, last + 1))

    def _removed(self, parent: QModelIndex, first: int, last: int) -> None:
        self._gap = first

    def _after_edit(self) -> None:
        """What came is selected, else what took the place of what went."""
        if self._added:
            self.view.select(self._added)
        elif self._gap is not None and self.table.rowCount():
            self.view.select([min(self._gap, self.table.rowCount() - 1)])
        else:
            self.view.scrollTo(self.view.currentIndex())
        self._added, self._gap = [], None
        self._tell()
        self._show_state()

    def _tell(self) -> None:
        """Have it saved."""
        typed, self._typed = self._typed, None
        if self._draft is None:
            return
        try:
            self.edited.emit(typed or self._draft.with_rules(self.table.lines))
        except ProfileError as error:  # there is something else in the place of the list
            self.said.emit(problem_text(error.problems[0]))

    def _show_state(self) -> None:
        count = self.table.rowCount()
        if self._draft is None:
            self.empty.show_words(tr("There is no profile yet, or it cannot be read."))
        elif not count:
            self.empty.show_words(no_rules(), tr("Add a rule"))
        else:
            words = self.filter.text().strip()
            self.empty.show_words(tr("No rule contains “{words}”.", words=words))
        shown = self.view.filter.rowCount() > 0
        self._stack.setCurrentWidget(self.view if shown else self.empty)
        remark = rest(self.table.catch_all, count) if count else ""
        self.rest.setText(remark)
        self.rest.setVisible(bool(remark))
        self.choose_rest.setVisible(bool(remark) and self.table.catch_all is None)
        for action in (self.can.add, self.can.as_text, self.can.paste):
            action.setEnabled(self._draft is not None)
        self.filter.setEnabled(bool(count))
        self._show_saved()
        self._show_selected()

    def _show_saved(self) -> None:
        saved = self._draft is None or same(self._draft.rules, self.table.lines)
        text = tr("Your changes are not saved yet.")
        self.unsaved.say("" if saved else text, "bad")
        self.again.setVisible(not saved)

    def _show_selected(self) -> None:
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
        layout.addLayout(_row(*map(ActionButton, self.can.shown), stretched=self.filter))
        layout.addLayout(_row(stretched=self.unsaved, behind=self.again))
        layout.addLayout(self._stack, 1)
        layout.addLayout(_row(stretched=self.rest, behind=self.choose_rest))
        layout.addWidget(self.tester)

    def _listen(self) -> None:
        for action, do in self._deeds():
            # Not the slot itself: it would get whether the action is checked.
            action.triggered.connect(lambda _checked, do=do: do())
        self.view.addActions(self.can.of_table)
        self.addActions(self.can.of_page)
        self.view.edit_wanted.connect(self.can.edit.trigger)
        self.view.switch_wanted.connect(self.can.switch.trigger)
        self.view.selectionModel().selectionChanged.connect(self._show_selected)
        self.table.rowsInserted.connect(self._inserted)
        self.table.rowsRemoved.connect(self._removed)
        self.edits.edited.connect(self._after_edit)
        self.edits.said.connect(self.said)
        self.asking.typed.connect(self._take_typed)
        self.asking.said.connect(self.said)
        self.filter.textChanged.connect(self._filter_changed)
        self.filter.returnPressed.connect(self.view.setFocus)
        leave = QShortcut(QKeySequence("Esc"), self.filter)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._leave_filter)
        self.empty.clicked.connect(self.can.add.trigger)
        self.again.clicked.connect(self._tell)
        self.choose_rest.clicked.connect(self.asking.rest)
        self.tester.rule_wanted.connect(self.show_rule)

    def _deeds(self) -> tuple[tuple[QAction, Callable[[], object]], ...]:
        can, edits, rows = self.can, self.edits, self.view.rows
        return (
            (can.add, self.asking.new),
            (can.edit, self.asking.change),
            (can.delete, lambda: edits.delete(rows())),
            (can.duplicate, lambda: edits.duplicate(rows())),
            (can.switch, self._switch),
            (can.up, lambda: edits.nudge(rows(), down=False)),
            (can.down, lambda: edits.nudge(rows(), down=True)),
            (can.cut, self.asking.cut),
            (can.copy, self.asking.copy),
            (can.paste, self.asking.paste),
            (can.undo, edits.undo),
            (can.redo, edits.redo),
            (can.as_text, self.asking.as_text),
            (can.find, self._find),
            (can.reset_hits, self.hits_reset.emit),
        )


def _row(*widgets: QWidget, stretched: QWidget, behind: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addWidget(stretched, 1)
    if behind is not None:
        row.addWidget(behind)
    return row
