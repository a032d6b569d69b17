"""Asks which program to run under the rules."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from byway_gui.drops import DesktopFileDrops
from byway_gui.models.application_list import ApplicationList
from byway_gui.presenters.applications import Application, installed, read_application
from byway_gui.presenters.command import read_command
from byway_gui.windows.section import Prose
from byway_gui.words import tr

# Move through the list while the search has the focus.
_MOVES = {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}


class RunProgramDialog(QDialog):
    """`chosen` has the words of a command line that can be run, and before it `used` the id of the
    application that they are from, if they are. `typed` is what the command line starts with,
    `recent` are ids that come first."""

    chosen = Signal(tuple)
    used = Signal(str)

    def __init__(
        self,
        typed: str = "",
        parent: QWidget | None = None,
        *,
        recent: Sequence[str] = (),
        applications: Callable[[], Iterator[Application]] = installed,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Run a program"))
        self._application: Application | None = None
        self._searched = ""  # is in the command line, as no application fits
        self.list = ApplicationList(applications(), recent, self)
        self.list.loaded.connect(self._search)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search applications"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view = _list_view(self.list)
        self.view.selectionModel().currentChanged.connect(self._pick)
        self.view.activated.connect(self._run)
        self.empty = Prose(tr("Looking for applications…"), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field = QLineEdit(typed)
        self.field.setPlaceholderText(tr("for example: curl https://example.com"))
        self.field.textChanged.connect(self._judge)
        self.field.textEdited.connect(self._typed)
        self.problem = Prose("", "bad")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run = self._buttons.addButton(tr("&Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.accepted.connect(self._choose)
        DesktopFileDrops(self, self.field, self.search).dropped.connect(self.take_file)
        self._lay_out()
        self.field.selectAll()
        self._judge()

    def take_file(self, file: Path) -> None:
        """An application's .desktop file, as one dropped here."""
        try:
            application = read_application(file)
        except ValueError as error:
            self.problem.setText(str(error))
        else:
            self.view.clearSelection()
            self._take(application)
            self.run.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() is QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            QApplication.sendEvent(self.view, event)
            return True
        return super().eventFilter(watched, event)

    # -- what is chosen

    def _search(self) -> None:
        needle = self.search.text().strip()
        self.list.filter(needle)
        if self.list.rowCount():
            self._stack.setCurrentWidget(self.view)
            if needle:
                self.view.setCurrentIndex(self.list.index(0))
        elif self.list.is_loaded:
            self.empty.setText(tr("No application fits. Below, any command can be typed."))
            self._stack.setCurrentWidget(self.empty)
            self._take_searched(needle)

    def _take_searched(self, needle: str) -> None:
        """What no application is called may be a command; the one that fitted a letter ago is not
        meant any more. What was typed as a command stays."""
        if self._application is not None or self.field.text() in {"", self._searched}:
            self._application, self._searched = None, needle
            self.view.clearSelection()
            self.field.setText(needle)

    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            self._take(self.list.application(index.row()))

    def _take(self, application: Application) -> None:
        self._application = application
        self.field.setText(shlex.join(application.argv))
        self.field.setCursorPosition(0)

    def _typed(self) -> None:
        self._application = None
        self.view.clearSelection()

    def _judge(self) -> None:
        command = read_command(self.field.text())
        self.problem.setText(command.problem)
        self.run.setEnabled(command.can_run)

    def _run(self) -> None:
        if self.run.isEnabled():
            self.accept()

    def _choose(self) -> None:
        if self._application is not None:
            self.used.emit(self._application.id)
        self.chosen.emit(read_command(self.field.text()).argv)

    # -- what is seen

    def _lay_out(self) -> None:
        about = Prose(
            tr(
                "It starts in a network of its own: each of its connections goes where your rules "
                "say, and it needs no proxy setting. A program that is running already, such as a "
                "browser, must be closed first."
            )
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        form = QFormLayout()
        form.addRow(tr("&Command line:"), self.field)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.search)
        layout.addWidget(self._stack, 1)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(self._buttons)
        metrics = self.fontMetrics()
        self.setMinimumWidth(metrics.averageCharWidth() * 80)
        self.view.setMinimumHeight(metrics.height() * 8)
        self.resize(self.minimumWidth(), metrics.height() * 32)


def _list_view(model: ApplicationList) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setAccessibleName(tr("Applications"))
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setUniformItemSizes(True)
    view.setAlternatingRowColors(True)
    return view
