"""Asks which program to run under the rules."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from byway_gui.presenters.command import read_command


class RunProgramDialog(QDialog):
    """`chosen` has the words of a command line that can be run; `typed` is what the field starts
    with."""

    chosen = Signal(tuple)

    def __init__(self, typed: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Run a program"))
        about = QLabel(
            self.tr(
                "It starts in a network of its own: each of its connections goes where your rules "
                "say, and it needs no proxy setting. A program that is running already, such as a "
                "browser, must be closed first."
            )
        )
        about.setWordWrap(True)
        self.field = QLineEdit(typed)
        self.field.setPlaceholderText(self.tr("for example: curl https://example.com"))
        self.field.setAccessibleName(self.tr("Command line"))
        self.field.textChanged.connect(self._judge)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run = self._buttons.addButton(self.tr("&Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.accepted.connect(self._choose)
        layout = QVBoxLayout(self)
        for widget in (about, self.field, self.problem):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)
        # A dialog does not ask wrapped text for its height by itself.
        self.setMinimumHeight(layout.totalHeightForWidth(self.minimumWidth()))
        self.field.selectAll()
        self._judge()

    def _judge(self) -> None:
        command = read_command(self.field.text())
        self.problem.setText(command.problem)
        self.run.setEnabled(command.can_run)

    def _choose(self) -> None:
        self.chosen.emit(read_command(self.field.text()).argv)
