"""The first steps: when they are shown, and what is done with what is chosen there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

import byway_resources
from byway_core.api.profiles import Draft
from byway_gui import installed
from byway_gui.autostart import Autostart, command
from byway_gui.password_file import remove_password
from byway_gui.presenters.first_steps import Beginning, Wanted, profile_with
from byway_gui.presenters.standing import Reach
from byway_gui.presenters.upstream_changes import kept_of, references
from byway_gui.presenters.upstream_form import Place
from byway_gui.prober import Prober
from byway_gui.profile_store import ProfileStore
from byway_gui.secrets import Secrets
from byway_gui.words import tr

if TYPE_CHECKING:
    from byway_gui.dialogs.first_steps import FirstStepsDialog


class Welcome(QObject):
    """`done` when the steps have been gone through or skipped; `turn_on_wanted` after it, where
    that was chosen. `said` is a toast."""

    done = Signal()
    turn_on_wanted = Signal()
    said = Signal(str)

    def __init__(
        self,
        store: ProfileStore,
        secrets: Secrets,
        prober: Prober,
        autostart: Autostart,
        reach: Callable[[], Reach],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._secrets, self._prober = store, secrets, prober
        self._autostart, self._reach = autostart, reach

    def open(self, window: QWidget, *, is_on: bool) -> FirstStepsDialog | None:
        """None where there is a profile that cannot be read, which is said."""
        from byway_gui.dialogs.first_steps import FirstStepsDialog

        store = self._store
        if store.draft is None and not store.is_missing:
            self.said.emit(tr("The profile cannot be read: mend it first."))
            return None
        starter = Draft.of(store.path, byway_resources.starter_profile())
        beginning = Beginning(
            store.draft or starter, starter, store.is_missing, is_on, self._autostart.is_on()
        )
        dialog = FirstStepsDialog(
            beginning,
            self._secrets,
            self._prober.test,
            lambda: installed.helper_is_there(),
            self._reach,
            window,
        )
        files: set[str] = set()
        dialog.upstream.fields.chosen.connect(lambda table: files.update(_password_files(table)))
        dialog.chosen.connect(lambda wanted: self._take(beginning, wanted))
        dialog.finished.connect(lambda: self._tidy(files))
        dialog.finished.connect(self.done)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _take(self, beginning: Beginning, wanted: Wanted) -> None:
        if self._store.path != beginning.draft.path:
            self.said.emit(tr("Not saved: another profile has been chosen meanwhile."))
        elif self._write(beginning, profile_with(beginning, wanted)):
            self._set_login(beginning, wanted)
            if wanted.turn_on:
                self.turn_on_wanted.emit()

    def _write(self, beginning: Beginning, draft: Draft) -> bool:
        """What another program has written meanwhile is not overwritten, which is said."""
        if not beginning.is_new:
            return draft.text == beginning.draft.text or self._store.commit(draft)
        if not self._store.create(draft.text):
            return False
        made = self._store.draft
        if made is None or made.text != draft.text:
            self.said.emit(
                tr("Not saved: another program has made a profile meanwhile. Here it is.")
            )
            return False
        self.said.emit(tr("Your profile has been made."))
        return True

    def _tidy(self, files: set[str]) -> None:
        """Passwords that were kept in files on the way, for upstreams that have not come to be."""
        draft = self._store.draft
        if draft is None and not self._store.is_missing:
            return  # nobody knows what is needed
        needed = references(draft, Place.FILE) if draft is not None else set()
        for file in files - needed:
            with suppress(OSError):
                remove_password(self._store.path.parent, file)

    def _set_login(self, beginning: Beginning, wanted: Wanted) -> None:
        if wanted.at_login == beginning.at_login:
            return
        try:
            if wanted.at_login:
                self._autostart.turn_on(command())
            else:
                self._autostart.turn_off()
        except OSError as error:
            where = error.filename or self._autostart.path
            self.said.emit(
                tr("This could not be kept. {file}: {why}", file=where, why=error.strerror)
            )


def _password_files(table: Mapping[str, object]) -> list[str]:
    kept = kept_of(table)
    return [kept.reference] if kept is not None and kept.place is Place.FILE else []
