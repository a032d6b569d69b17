"""All rules as one text, a rule a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from byway_core.model.errors import Problem
from byway_gui.dialogs.code_edit import CodeEdit
from byway_gui.presenters.rules import problem_at
from byway_gui.words import tr, tr_n

# After the last key: the check reads every line that is new.
_PAUSE = 150  # ms
_LISTED = 100
_SHOWN = 5
_PLACE = Qt.ItemDataRole.UserRole

Judge = Callable[[str], Sequence[Problem]]


class RulesAsTextDialog(QDialog):
    """`chosen` has the text once it is right. `judge` says what is wrong in a text, with lines and
    columns of it."""

    chosen = Signal(str)

    def __init__(self, text: str, judge: Judge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Rules as text"))
        self._judge = judge
        self._asked = False
        about = QLabel(
            tr(
                "One rule a line: KIND,payload,target. The first that matches decides. A # in "
                "front turns a rule off; behind two blanks and a # stands a note."
            )
        )
        about.setWordWrap(True)
        self.editor = CodeEdit()
        self.editor.setPlainText(text)
        self.editor.setAccessibleName(tr("Rules as text"))
        self.problems = QListWidget()
        self.problems.setAccessibleName(tr("Problems"))
        self.problems.setWordWrap(True)
        self.problems.itemActivated.connect(self._go)
        self.problems.itemClicked.connect(self._go)
        self.state = QLabel()
        self.state.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.addButton(tr("&Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.editor, 1)
        for widget in (self.problems, self.state, buttons):
            layout.addWidget(widget)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.judge_now)
        self.editor.textChanged.connect(self._changed)
        metrics = self.fontMetrics()
        self.problems.setFixedHeight(metrics.lineSpacing() * _SHOWN)
        self.resize(metrics.averageCharWidth() * 100, metrics.lineSpacing() * 34)
        self.judge_now()
        self.editor.setFocus()

    def judge_now(self) -> bool:
        """Show what is wrong with the text; whether it can be saved."""
        self._pause.stop()
        problems = self._judge(self.editor.toPlainText())
        self.editor.mark(problems)
        self.problems.clear()
        for problem in problems[:_LISTED]:
            item = QListWidgetItem(problem_at(problem))
            item.setData(_PLACE, (problem.line, problem.column))
            self.problems.addItem(item)
        self.problems.setVisible(bool(problems))
        errors = sum(not problem.warning for problem in problems)
        self.state.setText(tr_n("{n} line has an error.", "{n} lines have errors.", errors))
        self.state.setVisible(bool(errors))
        self.save.setEnabled(not errors)
        return not errors

    def reject(self) -> None:
        """A slip of the Escape key does not throw work away; asking twice does."""
        if self.editor.document().isModified() and not self._asked:
            self._asked = True
            self.state.setText(tr("Your changes are not saved. Cancel again to drop them."))
            self.state.setVisible(True)
            return
        super().reject()

    def _changed(self) -> None:
        self._asked = False
        self._pause.start()

    def _save(self) -> None:
        if self.judge_now():
            self.accept()
            self.chosen.emit(self.editor.toPlainText())

    def _go(self, item: QListWidgetItem) -> None:
        line, column = item.data(_PLACE)
        self.editor.go_to(line, column)
