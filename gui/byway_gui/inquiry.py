"""Asks `byway status --explain`, a child process, what has a say in this machine's network.

A process of its own, because buses and helpers may let one wait for seconds, and because what it
loads to look at the kernel is nothing that the app needs in its memory.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from byway_core.api.own_program import command_line
from byway_gui.presenters.explained import read
from byway_gui.words import tr

# Milliseconds. Its own waits for buses and for the helper's start add up to less.
_PATIENCE = 60_000
_AT_DEATH = 5_000

COMMAND = command_line("status", "--explain", "--json")


class Inquiry(QObject):
    """One question at a time. Ends with `answered(Explained)` or `failed(sentence)`."""

    answered = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] = COMMAND) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._process = QProcess(self)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._erred)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._give_up)
        self._late = False  # it has not answered in time
        self._stale = False  # what it says may have been true before
        process = self._process
        self.destroyed.connect(lambda: _end(process))

    @property
    def asking(self) -> bool:
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def ask(self) -> None:
        """Again, unless the last question is not answered yet."""
        if not self.asking:
            self._late = self._stale = False
            self._patience.start(_PATIENCE)
            self._process.start(self._command[0], list(self._command[1:]))

    def ask_anew(self) -> None:
        """Something has happened: an answer that is under way does not count any more."""
        if self.asking:
            self._stale = True
        else:
            self.ask()

    def close(self) -> None:
        """Not to be answered any more; returns when the child is gone."""
        self._patience.stop()
        _end(self._process)

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _erred(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._patience.stop()
            self.failed.emit(tr("It could not be started: {why}.", why=self._process.errorString()))

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        self._patience.stop()
        answer = bytes(self._process.readAllStandardOutput().data())
        words = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        if self._stale:
            self.ask()
        elif self._late:
            self.failed.emit(tr("It did not answer within a minute."))
        elif status != 0 or how is QProcess.ExitStatus.CrashExit:
            last = (words.strip().splitlines() or [tr("it has said nothing")])[-1]
            self.failed.emit(tr("It ended with status {n}: {words}", n=status, words=last))
        else:
            self._read(answer)

    def _read(self, answer: bytes) -> None:
        try:
            known = read(answer)
        except ValueError as error:
            self.failed.emit(tr("Its answer makes no sense: {why}", why=error))
        else:
            self.answered.emit(known)


def _end(process: QProcess) -> None:
    """Before it is destroyed, of which QProcess itself would complain."""
    if process.state() is not QProcess.ProcessState.NotRunning:
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(_AT_DEATH)
