"""The composition: every part is made here and told of the others, and Qt's loop is asyncio's."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QFileSystemWatcher, QObject
from PySide6.QtWidgets import QApplication

import byway_resources
from byway_core.model.errors import BywayError
from byway_gui.actions import Actions
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.drops import DesktopFileDrops
from byway_gui.engine_link.inbox import Batch, Inbox
from byway_gui.engine_link.others import OtherEngines
from byway_gui.engine_link.own import OwnEngine
from byway_gui.garbage import collect_here
from byway_gui.icons import icon
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.command import shown
from byway_gui.presenters.standing import Standing
from byway_gui.programs import Program, Programs
from byway_gui.recent import Recent, state_folder
from byway_gui.tray import Tray
from byway_gui.windows.main_window import MainWindow

_log = logging.getLogger(__name__)


class Desktop(QObject):
    """The whole app on a loop. `quitting` is set when the user wants it to end; then `close`."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, profile: Path, state: Path | None = None
    ) -> None:
        """`state`: the folder for what is remembered; None: the user's own."""
        super().__init__()
        self.quitting = asyncio.Event()
        self.actions = Actions(self)
        self.table = FlowTable(self)
        self.window = MainWindow(self.actions, self.table)
        self.tray = Tray(self.actions, self)
        self.programs = Programs(loop, self._started, self._ended)
        self._typed = ""
        self._recent = Recent((state or state_folder()) / "recent-applications")
        self._inbox = Inbox(loop, self._take)
        self.engine = OwnEngine(loop, profile, self._inbox, self._show)
        self.others = self._watched(loop)
        self._connect()

    def show(self) -> None:
        """Bring the window to the user."""
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    async def close(self) -> None:
        """End everything: the programs, the engine, what is seen."""
        self.window.hide()
        await self.programs.end_all()
        self.engine.close()
        if self.others is not None:
            self.others.close()
        self._inbox.close()
        self.tray.close()
        self.window.deleteLater()

    # -- what happens

    def _show(self, standing: Standing) -> None:
        for shows in (self.actions, self.window, self.tray):
            shows.show_standing(standing)

    def _take(self, batch: Batch) -> None:
        self.table.take(batch)

    def _started(self, program: Program) -> None:
        self.actions.show_running(len(self.programs))
        self.window.say(self.tr("Started: %s") % shown(program.argv))

    def _ended(self, program: Program) -> None:
        self.actions.show_running(len(self.programs))
        text = shown(program.argv)
        if program.status:
            ended = self.tr("Ended with status %d: %s") % (program.status, text)
            self.window.say(f"{ended}\n{program.remark}".strip())
        else:
            self.window.say(self.tr("Ended: %s") % text)

    # -- what a user does

    def _connect(self) -> None:
        actions = self.actions
        actions.toggle.triggered.connect(self.engine.toggle)
        actions.reload.triggered.connect(self.engine.reload)
        actions.run.triggered.connect(self._ask_program)
        actions.copy.triggered.connect(self._copy)
        actions.window.triggered.connect(self.show)
        actions.quit.triggered.connect(self.quitting.set)
        self.window.standing.starter.clicked.connect(self._create)
        self.window.closed.connect(self._closed)
        self.tray.clicked.connect(self._toggle_window)
        DesktopFileDrops(self.window).dropped.connect(self._ask_dropped)

    def _ask_program(self) -> None:
        self._open_dialog()

    def _ask_dropped(self, file: Path) -> None:
        """It is not run unasked: it may come from anywhere."""
        if self.actions.run.isEnabled():
            self._open_dialog().take_file(file)

    def _open_dialog(self) -> RunProgramDialog:
        self.show()
        dialog = RunProgramDialog(self._typed, self.window, recent=self._recent.ids)
        dialog.used.connect(self._remember)
        dialog.chosen.connect(self._run)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _remember(self, application: str) -> None:
        self._recent.add(application)

    def _run(self, argv: tuple[str, ...]) -> None:
        self._typed = shown(argv)
        try:
            self.programs.start(argv, self.engine.standing.profile)
        except OSError as error:
            self.window.say(f"{shown(argv)}: {error.strerror}")

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.engine.proxy_commands())
        self.window.say(
            self.tr("Copied. Paste into a terminal: programs started there use the local port.")
        )

    def _create(self) -> None:
        try:
            self.engine.create(byway_resources.starter_profile())
        except OSError as error:
            self.window.say(f"{error.filename}: {error.strerror}")

    def _closed(self) -> None:
        """Without a tray nobody would find it again."""
        if not self.tray.is_there:
            self.quitting.set()

    def _toggle_window(self) -> None:
        if self.window.isVisible():
            self.window.hide()
        else:
            self.show()

    def _watched(self, loop: asyncio.AbstractEventLoop) -> OtherEngines | None:
        """Other engines, looked for whenever their folder changes."""
        try:
            others = OtherEngines(loop, self._inbox)
        except BywayError as error:
            _log.warning("engines of other programs cannot be seen: %s", error)
            return None
        watcher = QFileSystemWatcher([str(others.folder)], self)
        watcher.directoryChanged.connect(others.look)
        others.look()
        return others


def run(profile: Path, *, minimized: bool = False, state: Path | None = None) -> int:
    """The app, until it is quit or told to by a signal; `state` as Desktop's."""
    logging.basicConfig(level=logging.INFO, format="byway: %(levelname)s: %(message)s")
    QApplication.setDesktopFileName("io.github.byway.Byway")
    application = QApplication(["byway"])
    application.setApplicationName("byway")
    application.setApplicationDisplayName("Byway")
    application.setWindowIcon(icon("byway"))
    application.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(application) as loop:
        collect_here(application)
        loop.run_until_complete(_live(loop, profile, minimized, state))
    return 0


async def _live(
    loop: asyncio.AbstractEventLoop, profile: Path, minimized: bool, state: Path | None
) -> None:
    desktop = Desktop(loop, profile, state)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, desktop.quitting.set)
    if not minimized:
        desktop.show()
    elif not desktop.tray.is_there:
        desktop.window.showMinimized()
    await desktop.quitting.wait()
    await desktop.close()
