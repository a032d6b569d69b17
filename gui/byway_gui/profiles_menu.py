"""The menu of profiles, the same in the tray and in the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from byway_gui.presenters.profiles import listed, name_of, named
from byway_gui.words import tr


class ProfilesMenu(QMenu):
    """`chosen(path)`: that one is to be open; `copy_wanted(path)`: a copy of the open one is to be
    made there; `said` what is wrong with a name. It looks into the folder each time it opens."""

    chosen = Signal(object)
    copy_wanted = Signal(object)
    said = Signal(str)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(tr("Pro&file"), parent)
        self._path = path
        self._group = QActionGroup(self)
        self.copy = QAction(tr("&New, as a copy of this…"), self)
        self.copy.triggered.connect(self._ask)
        self.folder = QAction(tr("Open the &folder"), self)
        self.folder.triggered.connect(self._open_folder)
        self._below = self.addSeparator()
        self.addActions([self.copy, self.folder])
        self.aboutToShow.connect(self._fill)
        self._fill()

    @property
    def is_choice(self) -> bool:
        """Whether there is more than one."""
        return len(self._group.actions()) > 1

    def show_open(self, path: Path) -> None:
        self._path = path
        self._fill()

    def _fill(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
            self.removeAction(action)
            action.deleteLater()
        for path in listed(self._path):
            action = QAction(name_of(path).replace("&", "&&"), self._group)
            action.setCheckable(True)
            action.setChecked(path == self._path)
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
            self.insertAction(self._below, action)

    def _ask(self) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setWindowTitle(tr("New profile"))
        dialog.setLabelText(tr("Name of the new profile, which begins as a copy of this one:"))
        dialog.textValueSelected.connect(self._named)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _named(self, name: str) -> None:
        found = named(name, self._path)
        if isinstance(found, str):
            self.said.emit(found)
        else:
            self.copy_wanted.emit(found)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
