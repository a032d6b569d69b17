"""The names of programs as a list to complete from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel

from byway_gui.presenters.program_names import ProgramName
from byway_gui.words import tr

# Seconds for which names are read before the window gets its turn: half of what an eye notices.
_TURN = 0.008
PROGRAM = Qt.ItemDataRole.UserRole


class ProgramList(QStandardItemModel):
    """Empty until it is first asked to `load`. A row shows what the menu calls the program, too."""

    def __init__(
        self, source: Callable[[], Iterator[ProgramName]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._names: Iterator[ProgramName] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._read)

    def load(self) -> None:
        if self._names is None:
            self._names = self._source()
            self._timer.start(0)

    def _read(self) -> None:
        assert self._names is not None  # noqa: S101 - the timer is started after
        end = time.monotonic() + _TURN
        for program in self._names:
            self.appendRow(_item(program))
            if time.monotonic() > end:
                return
        self._timer.stop()
        self.sort(0)


def _item(program: ProgramName) -> QStandardItem:
    shown = program.name
    if program.title:
        shown = tr("{name} ({program})", name=program.title, program=program.name)
    item = QStandardItem(shown)
    item.setData(program.name, PROGRAM)
    return item
