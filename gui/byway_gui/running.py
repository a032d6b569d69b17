"""Running programs under the rules, from the window: which one is asked for in a dialog, and what
becomes of it is said."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from byway_core.flatpak import is_here
from byway_gui.actions import Actions
from byway_gui.drops import DesktopFileDrops
from byway_gui.presenters.command import shown
from byway_gui.profile_store import ProfileStore
from byway_gui.programs import Program, Programs
from byway_gui.recent import Recent, state_folder
from byway_gui.windows.main_window import MainWindow
from byway_gui.words import tr

if TYPE_CHECKING:
    from byway_gui.dialogs.run_program import RunProgramDialog


class Running(QObject):
    """`window_wanted`: the dialog needs a window to stand on."""

    window_wanted = Signal()

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        store: ProfileStore,
        actions: Actions,
        window: MainWindow,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._actions = actions
        self._window = window
        self._typed = ""
        self.recent = Recent(state_folder() / "recent-applications")
        self.programs = Programs(loop, self._started, self._ended)
        actions.run.triggered.connect(self.ask)
        DesktopFileDrops(window).dropped.connect(self._dropped)

    def ask(self) -> RunProgramDialog | None:
        """Which program it is to be; None where there can be none, which is said."""
        if is_here():
            self._say_why_not()
            return None
        from byway_gui.dialogs.run_program import RunProgramDialog

        self.window_wanted.emit()
        dialog = RunProgramDialog(self._typed, self._window, recent=self.recent.ids)
        dialog.used.connect(self._remember)
        dialog.chosen.connect(self._run)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _dropped(self, file: Path) -> None:
        """It is not run unasked: it may come from anywhere."""
        if self._actions.run.isEnabled() and (dialog := self.ask()) is not None:
            dialog.take_file(file)

    def _say_why_not(self) -> None:
        from byway_gui.dialogs.cannot_run import CannotRunDialog

        self.window_wanted.emit()
        dialog = CannotRunDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remember(self, application: str) -> None:
        self.recent.add(application)

    def _run(self, argv: tuple[str, ...]) -> None:
        self._typed = shown(argv)
        try:
            self.programs.start(argv, self._store.path)
        except OSError as error:
            self._window.say(f"{shown(argv)}: {error.strerror}")

    def _started(self, program: Program) -> None:
        self._actions.show_running(len(self.programs))
        self._window.say(tr("Started: {program}", program=shown(program.argv)))

    def _ended(self, program: Program) -> None:
        self._actions.show_running(len(self.programs))
        text = shown(program.argv)
        if program.status:
            ended = tr("Ended with status {n}: {program}", n=program.status, program=text)
            self._window.say(f"{ended}\n{program.remark}".strip())
        else:
            self._window.say(tr("Ended: {program}", program=text))
