"""The form of an upstream: what it says of what is typed, and where it keeps a password."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.support.byway import DEADLINE
from tests.support.keyring_session import lock_keyring, no_keyring, unlocked_keyring

from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_gui.dialogs.edit_upstream import EditUpstreamDialog
from byway_gui.presenters.upstream_form import (
    Fields,
    Kept,
    Place,
    entry_for,
    free_name,
    moved_entry,
)
from byway_gui.secrets import Secrets
from byway_gui.theme import colour, palette

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

PLAIN = {"name": "office", "type": "socks5", "server": "proxy.example.net", "port": 1080}
IN_KEYRING = {**PLAIN, "username": "me", "password": {"keyring": "office"}}
NEW_IN_KEYRING = {**IN_KEYRING, "password": {"keyring": "home/office"}}


class Form:
    """The dialog, as its user sees it; `tables` is what it has given."""

    def __init__(self, dialog: EditUpstreamDialog, secrets: Secrets, qtbot: QtBot) -> None:
        self.dialog, self.secrets, self._qtbot = dialog, secrets, qtbot
        self.tables: list[dict[str, object]] = []
        dialog.chosen.connect(self.tables.append)

    def type(self, field: QLineEdit, text: str) -> None:
        field.selectAll()
        self._qtbot.keyClick(field, Qt.Key.Key_Delete)
        self._qtbot.keyClicks(field, text)

    def choose(self, kind: UpstreamKind) -> None:
        self.dialog.fields.kind.setCurrentIndex(self.dialog.fields.kind.findData(kind))

    def save(self) -> None:
        self.dialog.save.click()
        self.until(lambda: self.dialog.save.isEnabled() or not self.dialog.isVisible())

    def saved(self) -> dict[str, object]:
        self.save()
        self.until(lambda: self.tables)
        assert not self.dialog.isVisible()
        (table,) = self.tables
        return table

    def until(self, happened: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(happened()), timeout=int(DEADLINE * 1000))

    def errors(self) -> dict[str, str]:
        """What is said beside each field, as far as it is seen."""
        notes = {key: note for key, note in self.dialog.fields.notes.items() if key != "kind"}
        return {key: note.text() for key, note in notes.items() if note.isVisible()}


Make = Callable[..., Form]


@pytest.fixture
def make(qt_loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Make:
    def make(table: Mapping[str, object] | None = None, others: Sequence[str] = ()) -> Form:
        secrets = Secrets(qt_loop)
        dialog = EditUpstreamDialog(table, others, secrets, tmp_path / "home.toml")
        qtbot.addWidget(dialog)
        dialog.open()
        return Form(dialog, secrets, qtbot)

    return make


@pytest.fixture
def open_keyring(tmp_path: Path) -> Iterator[None]:
    with unlocked_keyring(tmp_path):
        yield


@pytest.fixture
def nothing_there() -> Iterator[None]:
    with no_keyring():
        yield


# -- what is typed


def test_a_new_one_is_silent_until_it_is_touched(make: Make) -> None:
    form = make()
    assert form.errors() == {}
    form.save()
    assert form.errors() == {
        "name": "The name is empty; expected a name for the rules, as in office.",
        "server": "The server is empty; expected a host name or an address, as in "
        "proxy.example.net or 192.0.2.1.",
    }
    assert form.dialog.isVisible()
    assert form.dialog.focusWidget() is form.dialog.fields.name
    form.type(form.dialog.fields.name, "office")
    form.type(form.dialog.fields.server, "proxy.example.net")
    assert form.errors() == {}
    assert form.saved() == PLAIN


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "home", "There already is an upstream home"),
        ("name", "a,b", "A name in a rule cannot have commas"),
        ("name", "DIRECT", "DIRECT has a meaning of its own in rules"),
        ("server", "socks5://proxy", "'socks5://proxy' is no server"),
        ("port", "0", "Port is 0; expected a whole number from 1 to 65535."),
        ("port", "65536", "Port is 65536"),
        ("port", "", "The port is missing"),
        ("username", "x" * 256, "Username has 256 bytes in UTF-8"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    make: Make, field: str, text: str, says: str
) -> None:
    form = make(IN_KEYRING, ["home"])
    assert form.errors() == {}
    form.type(getattr(form.dialog.fields, field), text)
    assert set(form.errors()) == {field}
    assert form.errors()[field].startswith(says)
    form.save()
    assert form.tables == []


@pytest.mark.parametrize("kind", UpstreamKind)
def test_each_kind_has_its_fields_and_its_sentence(make: Make, kind: UpstreamKind) -> None:
    form = make({**IN_KEYRING, "type": "socks5"})
    form.choose(kind)
    assert form.dialog.fields.notes["kind"].text()
    assert form.dialog.fields.username.isVisible() == (kind is not UpstreamKind.SERVICE)
    with_password = kind in (UpstreamKind.SOCKS5, UpstreamKind.HTTP)
    assert form.dialog.fields.password.isVisible() == with_password
    account: dict[str, object] = {} if kind is UpstreamKind.SERVICE else {"username": "me"}
    if with_password:
        account["password"] = {"keyring": "office"}
    assert form.saved() == {**PLAIN, "type": kind.value, **account}


def test_the_port_follows_the_kind_until_it_is_typed(make: Make) -> None:
    form = make()
    ports = []
    for kind in (UpstreamKind.HTTP, UpstreamKind.SOCKS4, UpstreamKind.SERVICE):
        form.choose(kind)
        ports.append(form.dialog.fields.port.text())
    assert ports == ["8080", "1080", ""]
    form.type(form.dialog.fields.port, "3128")
    form.choose(UpstreamKind.HTTP)
    assert form.dialog.fields.port.text() == "3128"


@pytest.mark.parametrize("shown", range(3))
@pytest.mark.parametrize("written", [None, *UdpWay])
def test_what_becomes_of_udp(make: Make, written: UdpWay | None, shown: int) -> None:
    """Nothing stays nothing, and `carry` stays `carry`, where nothing else is chosen."""
    form = make(PLAIN if written is None else {**PLAIN, "udp": written.value})
    ways = list(UdpWay)
    assert form.dialog.fields.udp.currentIndex() == ways.index(written or UdpWay.CARRY)
    form.dialog.fields.udp.setCurrentIndex(shown)
    unsaid = ways[shown] is UdpWay.CARRY and written is not UdpWay.CARRY
    assert form.saved() == (PLAIN if unsaid else {**PLAIN, "udp": ways[shown].value})


def test_what_it_means_for_udp_is_said_for_each_kind(make: Make) -> None:
    form = make({**PLAIN, "udp": "perhaps"})  # which is wrong, and counts as nothing
    fields = form.dialog.fields
    said = []
    for kind in UpstreamKind:
        form.choose(kind)
        for shown in range(3):
            fields.udp.setCurrentIndex(shown)
            assert fields.udp_note.isVisible()
            said.append(fields.udp_note.text())
    assert len(set(said)) == 3 + 2  # carrying is one for SOCKS5, for services, for all others
    form.choose(UpstreamKind.HTTP)
    fields.udp.setCurrentIndex(0)
    assert fields.udp_note.text().startswith("This type of proxy carries no UDP: it is refused")
    form.choose(UpstreamKind.SOCKS5)
    assert form.saved() == PLAIN


def test_all_of_it_by_keyboard(make: Make, qtbot: QtBot) -> None:
    form = make({**IN_KEYRING, "password": "in clear"})
    dialog = form.dialog
    wanted: list[QWidget] = [
        dialog.fields.name,
        dialog.fields.kind,
        dialog.fields.server,
        dialog.fields.port,
        dialog.fields.username,
        dialog.fields.password.place_box,
        dialog.fields.password.to_keyring,
        dialog.fields.udp,
        dialog.save,
    ]
    dialog.fields.name.setFocus()
    reached = []
    for _ in wanted:
        reached.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert reached == wanted


# -- its password


@pytest.mark.usefixtures("open_keyring")
def test_a_new_password_goes_to_the_keyring(make: Make) -> None:
    form = make(PLAIN)
    form.type(form.dialog.fields.username, "me")
    form.save()
    assert form.errors() == {"password": "The user name wants a password, or choose “Not kept”."}
    form.type(form.dialog.fields.password.field, "s3cret")
    assert form.dialog.fields.password.field.displayText() == "●" * 6
    form.dialog.fields.password.reveal.click()
    assert form.dialog.fields.password.field.displayText() == "s3cret"
    assert form.saved() == NEW_IN_KEYRING
    assert keyring.get_password("byway", "home/office") == "s3cret"


@pytest.mark.usefixtures("open_keyring")
def test_one_that_is_there_is_left_alone_or_replaced(make: Make) -> None:
    keyring.set_password("byway", "office", "s3cret")
    assert make(IN_KEYRING).saved() == IN_KEYRING
    assert keyring.get_password("byway", "office") == "s3cret"
    form = make(IN_KEYRING)
    assert form.dialog.fields.password.field.placeholderText() == "unchanged"
    assert "“office”" in form.dialog.fields.password.note.text()
    form.type(form.dialog.fields.password.field, "another")
    assert form.saved() == NEW_IN_KEYRING
    assert keyring.get_password("byway", "home/office") == "another"
    # Another profile may have it, of an upstream of the same name.
    assert keyring.get_password("byway", "office") == "s3cret"
    form = make(NEW_IN_KEYRING)
    form.type(form.dialog.fields.password.field, "a third")
    assert form.saved() == NEW_IN_KEYRING
    assert keyring.get_password("byway", "home/office") == "a third"


@pytest.mark.usefixtures("open_keyring")
def test_the_entry_is_renamed_with_the_upstream(
    make: Make, qt_loop: asyncio.AbstractEventLoop
) -> None:
    keyring.set_password("byway", "office", "s3cret")
    form = make(IN_KEYRING)
    form.type(form.dialog.fields.name, "work")
    assert form.saved() == {
        **IN_KEYRING,
        "name": "work",
        "password": {"keyring": "home/work"},
    }
    assert keyring.get_password("byway", "home/work") == "s3cret"
    # Undo must find the former one.
    assert keyring.get_password("byway", "office") == "s3cret"


@pytest.mark.usefixtures("open_keyring")
def test_an_entry_that_is_called_otherwise_keeps_its_name(make: Make) -> None:
    keyring.set_password("byway", "shared", "s3cret")
    table = {**IN_KEYRING, "password": {"keyring": "shared"}}
    form = make(table)
    form.type(form.dialog.fields.name, "work")
    assert form.saved() == {**table, "name": "work"}


def test_it_is_renamed_as_far_as_the_keyring_lets_us(make: Make, nothing_there: None) -> None:
    form = make(IN_KEYRING)
    form.type(form.dialog.fields.name, "work")
    assert form.saved() == {**IN_KEYRING, "name": "work"}


@pytest.mark.usefixtures("open_keyring")
def test_one_in_clear_is_moved_to_the_keyring(make: Make) -> None:
    form = make({**IN_KEYRING, "password": "in clear"})
    password = form.dialog.fields.password
    assert password.place is Place.PROFILE
    assert "everyone who can read the file" in password.note.text()
    password.to_keyring.click()
    assert password.place is Place.KEYRING
    assert form.saved() == NEW_IN_KEYRING
    assert keyring.get_password("byway", "home/office") == "in clear"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"keyring": "office"}, Place.KEYRING),
        ({"file": "/home/me/secret"}, Place.FILE),
        ({"env": "OFFICE_PASSWORD"}, Place.ENV),
        ("in clear", Place.PROFILE),
        ("", Place.NOWHERE),
    ],
    ids=lambda value: str(value),
)
def test_every_kind_is_shown_as_what_it_is(make: Make, value: object, place: Place) -> None:
    table = {**IN_KEYRING, "password": value}
    form = make(table)
    assert form.dialog.fields.password.place is place
    places = [form.dialog.fields.password.place_box.itemData(n) for n in range(len(Place) - 1)]
    assert (Place.PROFILE in places) == (place is Place.PROFILE)
    assert form.dialog.fields.password.note.isVisible()
    assert form.saved() == table


def test_an_account_can_be_taken_away(make: Make) -> None:
    form = make(IN_KEYRING)
    form.type(form.dialog.fields.username, "")
    assert form.saved() == PLAIN


# -- where there is no keyring


def failing(make: Make) -> Form:
    form = make(PLAIN)
    form.type(form.dialog.fields.username, "me")
    form.type(form.dialog.fields.password.field, "s3cret")
    form.save()
    form.until(form.dialog.fields.password.failure.isVisible)
    assert form.tables == []
    return form


def test_a_file_in_its_place(make: Make, nothing_there: None, tmp_path: Path) -> None:
    form = failing(make)
    panel = form.dialog.fields.password.failure
    assert panel.sentence.text() == "No keyring runs here, so it cannot keep the password."
    assert not panel.retry.isVisible()  # it would be looked for no second time
    panel.ways[Place.FILE].click()
    assert not panel.isVisible()
    assert form.saved() == {**IN_KEYRING, "password": {"file": "passwords/office"}}
    file = tmp_path / "passwords" / "office"
    assert file.read_text() == "s3cret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_is_written_anew(make: Make, tmp_path: Path) -> None:
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "office").write_text("before")
    table = {**IN_KEYRING, "password": {"file": "passwords/office"}}
    form = make(table)
    form.type(form.dialog.fields.password.field, "after")
    assert form.saved() == table
    assert (tmp_path / "passwords" / "office").read_text() == "after"
    # A user's own file is not.
    (tmp_path / "own").write_text("before")
    form = make({**IN_KEYRING, "password": {"file": "own"}})
    form.type(form.dialog.fields.password.field, "after")
    assert form.saved()["password"] == {"file": "passwords/office-2"}
    assert (tmp_path / "own").read_text() == "before"


def test_a_file_that_cannot_be_written(make: Make, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("in the way")
    form = make(PLAIN)
    form.type(form.dialog.fields.username, "me")
    form.dialog.fields.password.choose(Place.FILE)
    form.type(form.dialog.fields.password.field, "s3cret")
    form.save()
    assert form.tables == []
    assert form.errors()["password"].startswith("It cannot be written: ")


def test_a_variable_in_its_place(make: Make, nothing_there: None) -> None:
    form = failing(make)
    form.dialog.fields.password.failure.ways[Place.ENV].click()
    field = form.dialog.fields.password.field
    assert field.text() == ""  # the password is no variable's name
    form.save()
    assert form.tables == []
    form.type(field, "OFFICE_PASSWORD")
    assert field.displayText() == "OFFICE_PASSWORD"
    assert form.saved() == {**IN_KEYRING, "password": {"env": "OFFICE_PASSWORD"}}


def test_none_is_kept(make: Make, nothing_there: None) -> None:
    form = failing(make)
    form.dialog.fields.password.failure.ways[Place.NOWHERE].click()
    assert "empty password" in form.dialog.fields.password.note.text()
    assert form.saved() == {**IN_KEYRING, "password": ""}


@pytest.mark.usefixtures("open_keyring")
def test_a_locked_keyring_is_tried_again(make: Make) -> None:
    keyring.set_password("byway", "another", "makes the keyring")
    lock_keyring()
    form = failing(make)
    panel = form.dialog.fields.password.failure
    assert panel.sentence.text().startswith("The keyring is locked")
    panel.retry.click()
    form.until(lambda: form.dialog.save.isEnabled() and panel.isVisible())
    assert form.tables == []
    with no_keyring():  # another failure takes the place of the first
        panel.retry.click()
        form.until(lambda: "No keyring" in panel.sentence.text())
    panel.ways[Place.FILE].click()
    assert form.saved()["password"] == {"file": "passwords/office"}


@pytest.mark.usefixtures("open_keyring")
def test_whoever_cancels_meanwhile_has_changed_nothing(
    make: Make, qt_loop: asyncio.AbstractEventLoop
) -> None:
    form = make(PLAIN)
    form.type(form.dialog.fields.username, "me")
    form.type(form.dialog.fields.password.field, "s3cret")
    form.dialog.save.click()
    assert not form.dialog.save.isEnabled()
    form.dialog.reject()
    form.until(lambda: keyring.get_password("byway", "home/office"))
    assert form.tables == []
    qt_loop.run_until_complete(form.secrets.tidy(()))
    assert keyring.get_password("byway", "home/office") is None


def test_what_is_said_is_readable_by_day_and_by_night(make: Make, qapp: QApplication) -> None:
    form = make()
    form.save()
    before = qapp.palette()
    try:
        for dark in (True, False):
            qapp.setPalette(palette(dark=dark))
            note, sentence = form.dialog.fields.notes["name"], form.dialog.fields.notes["kind"]
            form.until(lambda n=note: n.palette().windowText().color() == colour("bad"))
            form.until(lambda n=sentence: n.palette().windowText().color() == colour("muted"))
    finally:
        qapp.setPalette(before)


# -- without Qt


@pytest.mark.parametrize("table", [PLAIN, IN_KEYRING, {**PLAIN, "type": "http", "port": 3128}])
def test_what_is_shown_is_what_is_written(table: Mapping[str, object]) -> None:
    assert Fields.of(table).table(Kept.of(table.get("password"))) == table


def test_a_name_that_nobody_has() -> None:
    assert free_name("office", []) == "office"
    assert free_name("office", ["office", "office 2"]) == "office 3"


HOME = Path("/p/home.toml")


@pytest.mark.parametrize(
    ("kept", "entry", "moved"),
    [
        (None, "home/work", ""),
        (Kept(Place.KEYRING, "office"), "home/work", "home/work"),
        (Kept(Place.KEYRING, "home/office"), "home/work", "home/work"),
        (Kept(Place.KEYRING, "the original/office"), "home/work", "home/work"),
        (Kept(Place.KEYRING, "shared"), "shared", ""),
        (Kept(Place.ENV, "OFFICE"), "home/work", ""),
    ],
)
def test_which_entry_a_password_gets(kept: Kept | None, entry: str, moved: str) -> None:
    assert entry_for(HOME, "work", "office", kept) == entry
    assert moved_entry(HOME, "work", "office", kept) == moved
    assert moved_entry(HOME, "office", "office", kept) == ""
