"""What can be done. Window and tray show the same actions, so they are always of one mind."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from byway_gui.presenters.standing import Mode, Phase, Standing
from byway_gui.words import tr, tr_n


class Actions(QObject):
    """`mode_wanted(mode, upstream)` when one of the modes is chosen."""

    mode_wanted = Signal(Mode, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.toggle = QAction(tr("Turn &on"), self)
        self.toggle.setShortcut(QKeySequence("Ctrl+B"))
        self.pause = QAction(tr("&Pause for 10 minutes"), self)
        self.run = QAction(tr("&Run a program…"), self)
        self.run.setShortcut(QKeySequence("Ctrl+R"))
        self.copy = QAction(tr("&Copy proxy variables"), self)
        self.copy.setToolTip(tr("Shell commands that point programs to the local port"))
        self.repair = QAction(tr("R&epair the network"), self)
        self.repair.setToolTip(tr("Removes everything of Byway's from this computer's network"))
        self.window = QAction(tr("Open &window"), self)
        self.quit = QAction(tr("&Quit"), self)
        self.quit.setShortcut(QKeySequence("Ctrl+Q"))
        self.modes = QMenu()
        self.modes.setTitle(tr("&Mode"))
        self._group = QActionGroup(self)
        self._standing = Standing()
        self.show_upstreams([])

    def show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self.toggle.setText(tr("Turn &off") if standing.is_on else tr("Turn &on"))
        self.toggle.setEnabled(standing.phase is not Phase.STOPPING)
        on = standing.phase is Phase.ON
        self.pause.setEnabled(on)
        self.pause.setText(
            tr("End the &pause") if standing.paused_until else tr("&Pause for 10 minutes")
        )
        self.copy.setEnabled(on and standing.port is not None)
        self._mark()

    def show_upstreams(self, names: list[str]) -> None:
        """The modes that there are: one for each upstream, too."""
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        self.modes.clear()
        self._mode(tr("By the &rules"), Mode.RULES)
        for name in names:
            text = tr("Everything through {upstream}", upstream=name.replace("&", "&&"))
            self._mode(text, Mode.THROUGH, name)
        self._mode(tr("Everything &directly"), Mode.DIRECT)
        self._mark()

    def show_running(self, programs: int) -> None:
        """Quitting ends them, and the action says so."""
        if programs:
            text = tr_n("&Quit (ends {n} program)", "&Quit (ends {n} programs)", programs)
            self.quit.setText(text)
        else:
            self.quit.setText(tr("&Quit"))

    def _mode(self, text: str, mode: Mode, upstream: str = "") -> None:
        action = QAction(text, self._group)
        action.setCheckable(True)
        action.setData((mode, upstream))
        action.triggered.connect(lambda: self.mode_wanted.emit(mode, upstream))
        self.modes.addAction(action)

    def _mark(self) -> None:
        standing = self._standing
        wanted = standing.mode, standing.through if standing.mode is Mode.THROUGH else ""
        for action in self._group.actions():
            action.setChecked(tuple(action.data()) == wanted)
