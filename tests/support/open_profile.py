"""A profile that is open: the least that pages need of one, on a real file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from byway_core.api.profiles import Draft
from byway_core.model.errors import ProfileError


class OpenFile(QObject):
    """Commits what is valid to its file, and reads it again."""

    changed = Signal()

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.draft: Draft | None = None
        self.refused: list[str] = []
        self.read()

    def read(self) -> None:
        try:
            self.draft = Draft.read(self.path)
        except ProfileError:
            self.draft = None
        self.changed.emit()

    def commit(self, draft: Draft) -> bool:
        try:
            draft.check()
        except ProfileError as error:
            self.refused += [problem.message for problem in error.problems]
            return False
        draft.save()
        self.draft = draft
        self.changed.emit()
        return True

    def targets(self) -> list[str]:
        tables = () if self.draft is None else (*self.draft.upstreams, *self.draft.groups)
        names = [str(table["name"]) for table in tables]
        return ["DIRECT", "REJECT", *names]
