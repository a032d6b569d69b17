"""Changes of the open profile that a page makes, each to be undone and done again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QUndoCommand, QUndoStack

from byway_core.api.profiles import Draft
from byway_core.model.errors import ProfileError
from byway_gui.presenters.rebasing import rebased
from byway_gui.words import tr, translated


class OpenProfile(Protocol):
    """The open profile, as pages know it."""

    @property
    def draft(self) -> Draft | None: ...
    @property
    def changed(self) -> SignalInstance: ...
    def commit(self, draft: Draft) -> bool: ...
    def targets(self) -> list[str]: ...


class History(QObject):
    """`done` has a sentence after each change, which can be undone then; `said` one on what could
    not be."""

    done = Signal(str)
    said = Signal(str)

    def __init__(self, store: OpenProfile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.stack = QUndoStack(self)

    def do(self, change: Callable[[Draft], Draft], sentence: str) -> bool:
        """Commit what `change` makes of the profile, and remember it; False where it could not be
        made, or the store did not take it. `sentence` says what was done."""
        before = self._store.draft
        if before is None:
            return False
        try:
            after = change(before)
        except ProfileError as error:
            self.said.emit(_why(error))
            return False
        if after.text == before.text:
            return True
        if not self._store.commit(after):
            return False
        self.stack.push(_Change(sentence, before.text, after.text, self._go))
        self.done.emit(sentence)
        return True

    def _go(self, former: str, wanted: str) -> bool:
        """From one text to the other, with what has changed beside it left as it is."""
        draft = self._store.draft
        text = None if draft is None else rebased(draft.text, former, wanted)
        if draft is None or text is None:
            self.said.emit(tr("The profile has been changed there since: nothing was undone."))
            return False
        try:
            return self._store.commit(draft.with_text(text))
        except ProfileError:  # lines that fit one by one and are no TOML together
            self.said.emit(tr("The profile has been changed there since: nothing was undone."))
            return False


def _why(error: ProfileError) -> str:
    why = "; ".join(translated(problem.message) for problem in error.problems)
    return tr("The profile cannot be changed here: {why}.", why=why)


class _Change(QUndoCommand):
    def __init__(
        self, sentence: str, before: str, after: str, go: Callable[[str, str], bool]
    ) -> None:
        super().__init__(sentence)
        self._before, self._after, self._go = before, after, go
        self._is_done = True  # by `History.do`; the stack does it once more

    def undo(self) -> None:
        self._is_done = False
        if not self._go(self._after, self._before):
            self.setObsolete(True)

    def redo(self) -> None:
        if not self._is_done and not self._go(self._before, self._after):
            self.setObsolete(True)
        self._is_done = True
