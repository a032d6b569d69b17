"""A command of Byway's own, run aside, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal

from byway_core.api.own_program import command_line
from byway_gui.words import tr


class Errand(QObject):
    """`done(sentence)`: its last words; `failed(sentence)` where it ended otherwise."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, words: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = list(words)
        self._process = QProcess(self)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._erred)

    @property
    def is_running(self) -> bool:
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def go(self) -> None:
        """Once at a time."""
        if not self.is_running:
            program, *words = command_line(*self._words)
            self._process.start(program, words)

    def close(self) -> None:
        """Not to be told of any more."""
        self._process.blockSignals(True)
        if self.is_running:
            self._process.kill()
            self._process.waitForFinished(2000)

    def _erred(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.failed.emit(self._process.errorString())

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        if status == 0 and how is QProcess.ExitStatus.NormalExit:
            self.done.emit(said)
        else:
            self.failed.emit(said or tr("It ended with status {n}.", n=status))
