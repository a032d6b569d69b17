"""The fields of an upstream, and what keeps its password."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from byway_core.api.upstream_table import check_upstream
from byway_core.model.upstream import UdpWay, Upstream, UpstreamKind
from byway_gui.dialogs.field_note import FieldNote, add_noted
from byway_gui.dialogs.password_field import PasswordField
from byway_gui.password_file import write_password
from byway_gui.presenters.upstream_form import (
    COMMON_PORT,
    PORTS,
    WITH_PASSWORD,
    WITH_USER,
    Fields,
    Kept,
    Place,
    entry_for,
    form_errors,
    moved_entry,
)
from byway_gui.presenters.upstreams import kind_name, kind_sentence, udp_name, udp_sentence
from byway_gui.secrets import Access, Answer, Secrets, Then
from byway_gui.words import tr

_KINDS = (
    UpstreamKind.SOCKS5,
    UpstreamKind.HTTP,
    UpstreamKind.SOCKS4A,
    UpstreamKind.SOCKS4,
    UpstreamKind.SERVICE,
)


class UpstreamFields(QWidget):
    """`save` ends in `chosen`, with the upstream's table for the profile; by then a new password is
    where the table says. Or in `wrong`, with the field that is to be looked at. In between, while a
    keyring is `waiting`, it is not to be called. `again`: its user wants it called once more.
    `edited` whenever anything is another.

    `table` None: a new one; `others`: the names of the other upstreams; `profile`: its file."""

    chosen = Signal(dict)
    wrong = Signal(QWidget)
    waiting = Signal(bool)
    again = Signal()
    edited = Signal()

    def __init__(
        self,
        table: Mapping[str, object] | None,
        others: Sequence[str],
        secrets: Secrets,
        profile: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._others, self._secrets, self._profile = tuple(others), secrets, profile
        self._former = str(table.get("name", "")) if table is not None else ""
        self._first_kept = Kept.of(table.get("password")) if table is not None else None
        self._touched: set[str] = set() if table is None else {"name", "server", "port"}
        self._waiting: object = None  # the keyring's answer to this call is awaited
        self._make(Fields() if table is None else Fields.of(table))
        self._lay_out()
        self._connect()
        self._turn_kind()
        self._judge()

    # -- its parts

    def _make(self, fields: Fields) -> None:
        self.name = QLineEdit(fields.name)
        self.name.setPlaceholderText(tr("what rules call it, for example: office"))
        self.kind = QComboBox()
        for kind in _KINDS:
            self.kind.addItem(kind_name(kind), kind)
        self.kind.setCurrentIndex(self.kind.findData(fields.kind))
        self.server = QLineEdit(fields.server)
        self.server.setPlaceholderText(tr("a name or an address, without the port"))
        self.port = QLineEdit(fields.port)
        self.port.setValidator(QIntValidator(0, 999_999, self.port))
        self.username = QLineEdit(fields.username)
        self.username.setPlaceholderText(tr("none"))
        self.password = PasswordField(self._first_kept)
        # What says nothing of UDP, or that it goes there, stays as it is written.
        goes_there = fields.udp if fields.udp is UdpWay.CARRY else None
        self._udp_ways = (goes_there, UdpWay.REFUSE, UdpWay.DIRECT)
        self.udp = QComboBox()
        for way in self._udp_ways:
            self.udp.addItem(udp_name(way or UdpWay.CARRY))
        self.udp.setCurrentIndex(self._udp_ways.index(fields.udp))
        self.udp_note = FieldNote()
        keys = ("name", "kind", "server", "port", "username")
        self.notes = {key: FieldNote() for key in keys} | {"password": self.password.error}
        self.waits = FieldNote()

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._rows = {
            "name": (tr("&Name:"), self.name),
            "kind": (tr("T&ype:"), self.kind),
            "server": (tr("Se&rver:"), self.server),
            "port": (tr("&Port:"), self.port),
            "username": (tr("&User name:"), self.username),
        }
        self._wholes: dict[str, QWidget] = {"password": self.password}
        for key, (label, field) in self._rows.items():
            self._wholes[key] = add_noted(self.form, label, field, self.notes[key])
        self.form.addRow(tr("Pass&word:"), self.password)
        add_noted(self.form, tr("UDP tr&affic:"), self.udp, self.udp_note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.form)
        layout.addWidget(self.waits)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._turn_kind)
        self.udp.currentIndexChanged.connect(self._turn_udp)
        for key, field in (
            ("name", self.name),
            ("server", self.server),
            ("port", self.port),
            ("username", self.username),
        ):
            field.textEdited.connect(partial(self._edited, key))
        self.password.changed.connect(self._judge)
        self.password.again.connect(self.again)

    # -- what is typed

    def fields(self) -> Fields:
        return Fields(
            self.name.text(),
            self._kind(),
            self.server.text(),
            self.port.text(),
            self.username.text(),
            self._udp_ways[self.udp.currentIndex()],
        )

    def upstream(self) -> Upstream | None:
        """As it is typed, a new password with it; None where something is wrong, which is said."""
        self._touched.update(self.notes)
        if self._judge():
            return None
        fields, password = self.fields(), self.password
        kept = Kept(Place.PROFILE, password.typed) if password.typed else password.kept
        return check_upstream(fields.table(fields.account(kept)), self._others).value

    def _kind(self) -> UpstreamKind:
        kind = self.kind.currentData()
        assert isinstance(kind, UpstreamKind)  # noqa: S101 - each item has one
        return kind

    def _turn_kind(self) -> None:
        kind = self._kind()
        self.notes["kind"].say(kind_sentence(kind), "muted")
        self.form.setRowVisible(self._wholes["username"], kind in WITH_USER)
        self.form.setRowVisible(self.password, kind in WITH_PASSWORD)
        if "port" not in self._touched:
            self.port.setText(str(PORTS.get(kind, COMMON_PORT) or ""))
        self._turn_udp()

    def _turn_udp(self) -> None:
        way = self._udp_ways[self.udp.currentIndex()] or UdpWay.CARRY
        self.udp_note.say(udp_sentence(way, self._kind()), "muted")
        self._judge()

    def _edited(self, key: str, _text: str) -> None:
        self._touched.add(key)
        self._judge()

    def _judge(self) -> dict[str, str]:
        """Say what is wrong with what was touched; all that is wrong."""
        wrong = form_errors(self.fields(), self.password.kept, self.password.typed, self._others)
        for key, note in self.notes.items():
            if key != "kind":
                note.say(wrong.get(key, "") if key in self._touched else "")
        self.edited.emit()
        return wrong

    # -- saving

    def save(self) -> None:
        """Keep a new password first; then the table is chosen."""
        self._touched.update(self.notes)
        wrong = self._judge()
        if wrong:
            first = next((key for key in self.notes if key in wrong), "name")
            (self.password.field if first == "password" else self._wholes[first]).setFocus()
            self.wrong.emit(self._wholes[first])
            return
        password, kept = self.password, self._first_kept
        has_password = self._kind() in WITH_PASSWORD
        if has_password and password.typed and password.place is Place.KEYRING:
            self._store(password.typed)
        elif has_password and password.typed:
            self._write(password.typed)
        elif has_password and password.kept == kept and (entry := self._moved_entry()):
            assert kept is not None  # noqa: S101 - what is not there does not move
            fetched = partial(self._fetched, entry)
            self._wait_for(partial(self._secrets.fetch, kept.reference), fetched)
        else:
            self._finish(self.fields().account(password.kept))

    def _entry(self) -> str:
        name = self.name.text().strip()
        return entry_for(self._profile, name, self._former, self._first_kept)

    def _moved_entry(self) -> str:
        name = self.name.text().strip()
        return moved_entry(self._profile, name, self._former, self._first_kept)

    def _store(self, password: str) -> None:
        entry = self._entry()
        # Whoever cancels now may leave an entry behind that nobody refers to.
        self._secrets.leave(entry)
        self._wait_for(partial(self._secrets.store, entry, password), self._stored)

    def _stored(self, answer: Answer) -> None:
        if answer.access is Access.DONE:
            self._finish(Kept(Place.KEYRING, self._entry()))
        else:
            self.password.fail(answer.access, answer.detail)
            self.wrong.emit(self.password.failure)

    def _fetched(self, entry: str, answer: Answer) -> None:
        """The entry is called like the upstream, as far as the keyring lets us."""
        if answer.access is Access.DONE and answer.password is not None:
            self._secrets.leave(entry)
            store = partial(self._secrets.store, entry, answer.password)
            self._wait_for(store, self._moved)
        else:
            self._finish(self._first_kept)

    def _moved(self, answer: Answer) -> None:
        moved = answer.access is Access.DONE
        self._finish(Kept(Place.KEYRING, self._entry()) if moved else self._first_kept)

    def _write(self, password: str) -> None:
        former = self._first_kept
        reference = former.reference if former is not None and former.place is Place.FILE else ""
        folder = self._profile.parent
        try:
            written = write_password(folder, self.name.text().strip(), password, reference)
        except OSError as error:
            self.password.error.say(tr("It cannot be written: {why}.", why=error.strerror or error))
            return
        self._finish(Kept(Place.FILE, written))

    def _wait_for(self, call: Callable[[Then], None], then: Then) -> None:
        ticket = self._waiting = object()

        def answered(answer: Answer) -> None:
            if self._waiting is ticket:
                self.stop_waiting()
                then(answer)

        self.waiting.emit(True)
        self.waits.say(tr("Waiting for the keyring: it may ask you to unlock it."), "muted")
        call(answered)

    def stop_waiting(self) -> None:
        """Whatever the keyring says now, it is too late."""
        self._waiting = None
        self.waits.say("")
        self.waiting.emit(False)

    def _finish(self, kept: Kept | None) -> None:
        self.chosen.emit(self.fields().table(kept))
