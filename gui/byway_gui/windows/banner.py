"""What stands in the way of the open profile: that there is none, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from byway_core.model.errors import Problem
from byway_gui.presenters.standing import problem_line
from byway_gui.windows.section import Prose
from byway_gui.words import tr, tr_n

# Lines of problems before the list scrolls.
_MOST_LINES = 4


class Banner(QFrame):
    """`steps_wanted`: the first steps, which make a profile. `starter_wanted`: one without any."""

    steps_wanted = Signal()
    starter_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Prose("")
        self.starter = QPushButton(tr("Create a &starter profile"))
        self.starter.clicked.connect(self.starter_wanted)
        self.steps = QPushButton(tr("&First steps…"))
        self.steps.clicked.connect(self.steps_wanted)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setTabChangesFocus(True)
        self.problems.setAccessibleName(tr("Problems of the profile"))
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        row.addWidget(self.steps)
        row.addWidget(self.starter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.problems)
        self.hide()

    def show_problems(self, problems: Sequence[Problem], *, missing: bool, path: Path) -> None:
        """Warnings alone are for the pages that they belong to."""
        errors = [each for each in problems if not each.warning]
        self.setVisible(missing or bool(errors))
        self.steps.setVisible(missing)
        self.starter.setVisible(missing)
        self.problems.setVisible(bool(errors))
        if missing:
            self.text.setText(
                tr(
                    "There is no profile yet. The rules for what goes where belong in {file}.",
                    file=path,
                )
            )
            return
        self.text.setText(
            tr_n(
                "{file} has {n} error. Until it is mended, what was in force stays so.",
                "{file} has {n} errors. Until they are mended, what was in force stays so.",
                len(errors),
                file=path,
            )
        )
        self.problems.setPlainText("\n".join(map(problem_line, errors)))
        lines = min(len(errors) + 1, _MOST_LINES)
        height = self.problems.fontMetrics().lineSpacing() * lines
        self.problems.setFixedHeight(height + 2 * self.problems.frameWidth() + 8)
