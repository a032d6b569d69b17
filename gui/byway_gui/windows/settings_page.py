"""The Settings page: the app's own, the profile's, and where files are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from byway_gui import installed
from byway_gui.autostart import Autostart, command
from byway_gui.settings import Settings, SettingsFile
from byway_gui.theme import Theme
from byway_gui.windows.profile_settings import ProfileSettings
from byway_gui.windows.section import Prose, StillWheel, section
from byway_gui.words import LANGUAGES, tr


class AppSettings(QWidget):
    """`want_theme` is told at once; `settings.value` has everything for who looks later.
    `steps_wanted`: the first steps again."""

    steps_wanted = Signal()

    def __init__(
        self,
        settings: SettingsFile,
        autostart: Autostart,
        want_theme: Callable[[Theme], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._autostart = autostart
        self._want_theme = want_theme
        self._started_with = settings.value.language
        self.language = _choices({"": tr("As the system"), **LANGUAGES})
        self.later = Prose(tr("Byway speaks it from its next start on."), "muted")
        self.later.setWordWrap(False)
        self.theme = _choices(
            {
                Theme.SYSTEM.value: tr("As the system"),
                Theme.LIGHT.value: tr("Light"),
                Theme.DARK.value: tr("Dark"),
            }
        )
        self.machine = QCheckBox(tr("Take the traffic of e&very program on this computer"))
        self.machine.setToolTip(
            tr(
                "Else that of programs with a proxy setting. It takes the helper, and effect when "
                "Byway is turned on the next time."
            )
        )
        self.no_helper = Prose(
            tr("Its helper is not installed. The page Status says how to install it."), "muted"
        )
        self.login = QCheckBox(tr("Start at log-&in, in the tray"))
        self.notifications = QCheckBox(tr("Show &notifications"))
        self.tray = QCheckBox(tr("Closing the window keeps Byway in the &tray"))
        self.steps = QPushButton(tr("Show the first steps &again…"))
        self.steps.clicked.connect(self.steps_wanted)
        self.problem = Prose("", "bad")
        self.problem.hide()
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        language = QHBoxLayout()
        language.addWidget(self.language)
        language.addWidget(self.later, 1)
        form.addRow(tr("Lan&guage:"), language)
        form.labelForField(language).setBuddy(self.language)  # type: ignore[attr-defined] # a QLabel
        form.addRow(tr("Co&lours:"), self.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        for widget in (self.machine, self.no_helper, self.login, self.notifications, self.tray):
            layout.addWidget(widget)
        layout.addWidget(self.problem)
        layout.addWidget(self.steps, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show()
        self.language.activated.connect(self._change)
        self.theme.activated.connect(self._change)
        self.notifications.clicked.connect(self._change)
        self.tray.clicked.connect(self._change)
        self.machine.clicked.connect(self._change)
        self.login.clicked.connect(self._change_login)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.login.setChecked(self._autostart.is_on())  # others change it too
        self._look_for_helper()

    def _show(self) -> None:
        settings = self._settings.value
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.theme.setCurrentIndex(self.theme.findData(settings.theme.value))
        self.notifications.setChecked(settings.notifications)
        self.tray.setChecked(settings.keep_in_tray)
        self.machine.setChecked(settings.whole_machine)
        self.login.setChecked(self._autostart.is_on())
        self.later.setVisible(settings.language != self._started_with)
        self._look_for_helper()

    def _look_for_helper(self) -> None:
        """Whoever wants the whole machine and has not got it should read why."""
        wanted = self.machine.isChecked()
        self.no_helper.setVisible(wanted and not installed.helper_is_there())

    def _change(self) -> None:
        settings = replace(
            self._settings.value,
            language=self.language.currentData(),
            theme=Theme(self.theme.currentData()),
            notifications=self.notifications.isChecked(),
            keep_in_tray=self.tray.isChecked(),
            whole_machine=self.machine.isChecked(),
        )
        self._try(lambda: self._keep(settings))
        self._show()

    def _keep(self, settings: Settings) -> None:
        self._want_theme(settings.theme)
        self._settings.change(settings)

    def _change_login(self) -> None:
        if self.login.isChecked():
            self._try(lambda: self._autostart.turn_on(command()))
        else:
            self._try(self._autostart.turn_off)
        self.login.setChecked(self._autostart.is_on())

    def _try(self, act: Callable[[], None]) -> None:
        self.problem.hide()
        try:
            act()
        except OSError as error:
            where = error.filename or self._settings.path
            self.problem.setText(
                tr("This could not be kept. {file}: {why}", file=where, why=error.strerror)
            )
            self.problem.show()


class Folder(QWidget):
    """Where something is, and a button that opens it in the desktop's file manager."""

    def __init__(self, name: str, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.open = QPushButton(tr("Open folder"))
        self.open.setAccessibleName(tr("Open folder: {name}", name=name))
        self.open.clicked.connect(self._open)
        self.problem = Prose("", "bad")
        self.problem.hide()
        row = QHBoxLayout()
        row.addWidget(Prose(f"{name}: {path}"), 1)
        row.addWidget(self.open, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.problem)

    def _open(self) -> None:
        folder = self._path if self._path.is_dir() else self._path.parent
        if not folder.is_dir():
            self.problem.setText(tr("There is no folder {folder} yet.", folder=folder))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.problem.setText(tr("No program here opens folders."))
        else:
            self.problem.clear()
        self.problem.setVisible(bool(self.problem.text()))


class SettingsPage(QWidget):
    """`said` is a toast. `places` are files or folders with their names, as shown."""

    said = Signal(str)

    def __init__(
        self,
        app: AppSettings,
        profile: ProfileSettings,
        places: Iterable[tuple[str, Path]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.app = app
        self.profile = profile
        self.places = [Folder(name, path) for name, path in places]
        content = QWidget()
        parts = QVBoxLayout(content)
        parts.setSpacing(self.fontMetrics().height())
        parts.addWidget(section(tr("This app"), app))
        parts.addWidget(profile)
        parts.addWidget(section(tr("Files"), *self.places))
        parts.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    @staticmethod
    def title() -> str:
        return tr("Settings")


def _choices(values: dict[str, str]) -> QComboBox:
    box = QComboBox()
    box.installEventFilter(StillWheel(box))
    for value, text in values.items():
        box.addItem(text, value)
    return box
