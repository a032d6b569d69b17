"""What can be done. Window and tray show the same actions, so they are always of one mind."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from byway_gui.presenters.standing import USABLE, Standing


class Actions(QObject):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.toggle = QAction(self.tr("Turn &on"), self)
        self.run = QAction(self.tr("&Run a program…"), self)
        self.run.setShortcut(QKeySequence("Ctrl+R"))
        self.copy = QAction(self.tr("&Copy proxy variables"), self)
        self.copy.setToolTip(self.tr("Shell commands that point programs to the local port"))
        self.reload = QAction(self.tr("Re&load profile"), self)
        self.reload.setShortcut(QKeySequence("F5"))
        self.window = QAction(self.tr("Open &window"), self)
        self.quit = QAction(self.tr("&Quit"), self)
        self.quit.setShortcut(QKeySequence("Ctrl+Q"))

    def show_standing(self, standing: Standing) -> None:
        self.toggle.setText(self.tr("Turn &off") if standing.is_on else self.tr("Turn &on"))
        self.toggle.setEnabled(standing.can_toggle)
        self.run.setEnabled(standing.phase in USABLE)
        self.copy.setEnabled(standing.is_on)

    def show_running(self, programs: int) -> None:
        """Quitting ends them, and the action says so."""
        if programs:
            ends = self.tr("ends 1 program") if programs == 1 else self.tr("ends %d programs")
            self.quit.setText(self.tr("&Quit (%s)") % ends.replace("%d", str(programs)))
        else:
            self.quit.setText(self.tr("&Quit"))
