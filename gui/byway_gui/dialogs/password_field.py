"""An upstream's password: where it is kept, and a new one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from byway_gui.dialogs.field_note import FieldNote
from byway_gui.presenters.upstream_form import Kept, Place, place_name
from byway_gui.presenters.upstream_words import failure_sentence, place_sentence
from byway_gui.secrets import Access
from byway_gui.words import tr

_TYPED = frozenset({Place.KEYRING, Place.FILE})


class PasswordField(QWidget):
    """`changed` whenever its value is another; `again` where a failure is to be tried again."""

    changed = Signal()
    again = Signal()

    def __init__(self, kept: Kept | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = kept
        self.place_box = QComboBox()
        for place in Place:
            if place is not Place.PROFILE or (kept is not None and kept.place is place):
                self.place_box.addItem(place_name(place), place)
        self.place_box.setAccessibleName(tr("Where the password is kept"))
        self.field = QLineEdit()
        self.reveal = QCheckBox(tr("S&how it"))
        self.note = FieldNote()
        self.error = FieldNote()
        self.to_keyring = QPushButton(tr("&Move to the keyring"))
        self.failure = FailurePanel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.place_box)
        layout.addWidget(self.field)
        layout.addWidget(self.error)
        layout.addWidget(self.reveal)
        layout.addWidget(self.note)
        layout.addWidget(self.to_keyring)
        layout.addWidget(self.failure)
        self._connect()
        self.choose(Place.KEYRING if kept is None else kept.place)
        self._turn()

    def _connect(self) -> None:
        self.place_box.currentIndexChanged.connect(self._turn)
        self.field.textChanged.connect(self.changed)
        self.reveal.toggled.connect(self._echo)
        self.to_keyring.clicked.connect(lambda: self.choose(Place.KEYRING))
        self.failure.chosen.connect(self._instead)
        self.failure.again.connect(self.again)

    @property
    def place(self) -> Place:
        place = self.place_box.currentData()
        assert isinstance(place, Place)  # noqa: S101 - each item has one
        return place

    @property
    def typed(self) -> str:
        """A new password; "" where none is typed, or it is not kept here."""
        return self.field.text() if self.place in _TYPED else ""

    @property
    def kept(self) -> Kept | None:
        """What the profile refers to once nothing is typed; None where nothing is known."""
        if self.place is Place.NOWHERE:
            return Kept(Place.NOWHERE)
        if self.place is Place.ENV:
            return Kept(Place.ENV, self.field.text().strip()) if self.field.text().strip() else None
        return self._kept if self._kept is not None and self._kept.place is self.place else None

    def choose(self, place: Place) -> None:
        self.place_box.setCurrentIndex(self.place_box.findData(place))

    def fail(self, access: Access, detail: str) -> None:
        """The keyring did not take it: what else can be done."""
        self.failure.show_failure(access, detail)

    def _instead(self, place: Place) -> None:
        typed = self.field.text()
        self.choose(place)
        if place in _TYPED:
            self.field.setText(typed)
        self.field.setFocus()

    def _turn(self) -> None:
        """The fields of another place."""
        kept, place = self._kept, self.place
        typed = place in _TYPED
        text = ""
        if kept is not None and place is Place.ENV and kept.place is Place.ENV:
            text = kept.reference
        elif kept is not None and typed and kept.place is Place.PROFILE:
            text = kept.reference  # it moves
        self.field.setText(text)
        is_there = kept is not None and kept.place is place
        self.field.setPlaceholderText(tr("unchanged") if typed and is_there else "")
        self.field.setVisible(typed or place is Place.ENV)
        self.field.setAccessibleName(
            tr("Name of the environment variable") if place is Place.ENV else tr("Password")
        )
        self.reveal.setVisible(typed)
        self.to_keyring.setVisible(place is Place.PROFILE)
        meaning = "warn" if place in (Place.PROFILE, Place.NOWHERE) else "muted"
        self.note.say(place_sentence(place, kept), meaning)
        self.failure.hide()
        self._echo()
        self.changed.emit()

    def _echo(self) -> None:
        plain = self.place is Place.ENV or self.reveal.isChecked()
        mode = QLineEdit.EchoMode.Normal if plain else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)


class FailurePanel(QFrame):
    """Why the keyring has not taken a password, and the ways that are left."""

    chosen = Signal(Place)
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.sentence = FieldNote()
        self.question = QLabel(tr("What to do instead:"))
        self.retry = QPushButton(tr("&Try the keyring again"))
        self.retry.clicked.connect(self.again)
        layout = QVBoxLayout(self)
        for widget in (self.sentence, self.question, self.retry):
            layout.addWidget(widget)
        self.ways = {
            Place.FILE: QPushButton(tr("Keep it in a &file that only you can read")),
            Place.ENV: QPushButton(tr("Take it from an environment &variable")),
            Place.NOWHERE: QPushButton(tr("&Do not keep it")),
        }
        for place, button in self.ways.items():
            button.clicked.connect(lambda _=False, place=place: self.chosen.emit(place))
            layout.addWidget(button)
        self.hide()

    def show_failure(self, access: Access, detail: str) -> None:
        self.sentence.say(failure_sentence(access, detail))
        self.retry.setVisible(access is not Access.ABSENT)
        self.show()
        first = self.ways[Place.FILE] if access is Access.ABSENT else self.retry
        first.setFocus()
