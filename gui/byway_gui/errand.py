"""A command of Byway's own, run aside, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal

from byway_core.api.own_program import command_line
from byway_core.model.errors import HelperFault
from byway_core.model.sentence import without_parts
from byway_gui.presenters.standing import fault_words
from byway_gui.words import full, joined, tr, translated


class Errand(QObject):
    """A command that takes `--events`. `done(sentence)`: its last words; `failed(sentence)` where
    it ended otherwise."""

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
            program, *words = command_line(*self._words, "--events")
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
            told = bytes(self._process.readAllStandardOutput().data())
            self.failed.emit(_failure(told) or said or tr("It ended with status {n}.", n=status))


def _failure(told: bytes) -> str:
    """What its events say of it, or ""; a library may have written there too."""
    for line in reversed(told.splitlines()):
        try:
            event = without_parts(json.loads(line))
        except (ValueError, AttributeError, RecursionError):
            continue
        if event.get("event") == "failed":
            fault = next((each for each in HelperFault if each.value == event.get("fault")), None)
            return joined(full(translated(str(event.get("text", "")))), fault_words(fault)[0])
    return ""
