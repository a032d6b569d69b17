"""The profile tried out for leaks, by `byway leaktest`, a child process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from byway_core.api.own_program import command_line
from byway_gui.presenters.leaks import Judgement, lines, read, summary
from byway_gui.theme import colour
from byway_gui.windows.section import Prose
from byway_gui.words import tr

_AT_DEATH = 5_000  # ms
_MEANINGS = {Judgement.LEAK: "bad", Judgement.STUCK: "warn"}


def leaktest(profile: Path) -> list[str]:
    return command_line("leaktest", "--json", "--profile", str(profile))


class LeakTestDialog(QDialog):
    """Begins when it is made. `command` prints what `byway leaktest --json` does, and ends with 0
    or 1."""

    def __init__(self, command: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Leak test"))
        about = Prose(
            tr(
                "Runs this profile between an Internet of its own and a program that knows of no "
                "proxy, and reads every packet. Nothing is sent to any real network."
            )
        )
        self.said = Prose(tr("Trying… It takes a few seconds."), "muted")
        self.trials = QListWidget()
        self.trials.setAccessibleName(tr("Trials"))
        self.trials.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.said)
        layout.addWidget(self.trials, 1)
        layout.addWidget(buttons)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 100, metrics.lineSpacing() * 28)
        self._process = process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._erred)
        self.finished.connect(lambda: _end(process))
        self.destroyed.connect(lambda: _end(process))
        process.start(command[0], list(command[1:]))

    def _erred(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._fail(self._process.errorString())

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        try:
            trials = read(bytes(self._process.readAllStandardOutput().data()))
        except ValueError as error:
            self._fail(str(error))
            return
        if status not in (0, 1) or how is QProcess.ExitStatus.CrashExit or not trials:
            self._fail(said or tr("It ended with status {n}.", n=status))
            return
        self._say(*summary(trials))
        for text, judgement in lines(trials):
            item = QListWidgetItem(text, self.trials)
            if judgement in _MEANINGS:
                item.setForeground(colour(_MEANINGS[judgement]))
        self.copy.setEnabled(True)

    def _fail(self, why: str) -> None:
        self._say(tr("It could not be tried. {why}", why=why), "bad")

    def _say(self, text: str, meaning: str) -> None:
        self.said.setText(text)
        self.said.mean(meaning)

    def _copy(self) -> None:
        texts = [self.trials.item(row).text() for row in range(self.trials.count())]
        QGuiApplication.clipboard().setText("\n".join([self.said.text(), *texts]))


def _end(process: QProcess) -> None:
    """Before it is destroyed, of which QProcess itself would complain."""
    if process.state() is not QProcess.ProcessState.NotRunning:
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(_AT_DEATH)
