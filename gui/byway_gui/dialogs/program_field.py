"""Programs, in a line with commas between; their names are completed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from byway_gui.models.program_list import PROGRAM, ProgramList
from byway_gui.presenters.program_names import ProgramName, program_names

# No blanks: names have them.
_BETWEEN = re.compile(r"\s*[,;]\s*")

Names = Callable[[], Iterator[ProgramName]]


class ProgramField(QLineEdit):
    """`changed` when a user typed or took a name. `names` are read once the field is come to."""

    changed = Signal()

    def __init__(self, names: Names = program_names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ours = False  # it is not the user who changes the text now
        self.list = ProgramList(names, self)
        self.setCompleter(_Completer(self.list, self))
        # Not textEdited, which does not tell of a name that was taken.
        self.textChanged.connect(self._changed)

    def programs(self) -> tuple[str, ...]:
        return tuple(name for name in _BETWEEN.split(self.text().strip()) if name)

    def show_programs(self, programs: Sequence[str]) -> None:
        if self.programs() != tuple(programs):
            self._ours = True
            self.setText(", ".join(programs))
            self._ours = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.list.load()

    def _changed(self) -> None:
        if not self._ours:
            self.changed.emit()


class _Completer(QCompleter):
    """Completes the name behind the last comma; it is found by its menu's words as well."""

    def __init__(self, names: ProgramList, field: QLineEdit) -> None:
        super().__init__(names, field)
        self._field = field
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)

    def splitPath(self, path: str) -> list[str]:
        return [_BETWEEN.split(path)[-1].strip()]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before = re.match(r".*[,;]", self._field.text())
        return f"{before[0]} {index.data(PROGRAM)}" if before else str(index.data(PROGRAM))
