"""The page of upstreams on a real profile: what is done there, undone, and tested."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.support.byway import DEADLINE
from tests.support.group_engine import GroupEngine
from tests.support.keyring_session import no_keyring, unlocked_keyring
from tests.support.open_profile import OpenFile
from tests.support.origins import closed_port, http_origin
from tests.support.servers import CREDENTIALS, microsocks

from byway_core.api.profiles import Draft
from byway_core.model.errors import ProfileError
from byway_gui.dialogs.edit_upstream import EditUpstreamDialog
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.groups import Groups
from byway_gui.presenters.rebasing import rebased
from byway_gui.presenters.upstream_changes import edited
from byway_gui.presenters.upstream_form import Place
from byway_gui.presenters.upstreams import Column
from byway_gui.prober import Prober
from byway_gui.secrets import Secrets
from byway_gui.windows.upstreams_page import UpstreamsPage

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

PROFILE = """\
version = 1
rules = [
  "DOMAIN-SUFFIX,example.com,office",  # the company
  "# DOMAIN,old.example.org,office",
  "IP-CIDR, 198.51.100.0/24 , office , no-resolve",
  "DOMAIN,office,home",
  "MATCH,DIRECT",
]

# The company's.
[[upstream]]
name = "office"
type = "socks5"
server = "proxy.example.net"  # since May
port = 1080
username = "me"
password = { keyring = "office" }

# Mine.
[[upstream]]
name = "home"
type = "http"
server = "192.0.2.7"
port = 8080
"""


class Page:
    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.store, self.loop, self._qtbot = OpenFile(path), loop, qtbot
        self.secrets = Secrets(loop)
        self.engine = GroupEngine()
        self.groups = Groups(self.engine)
        self.widget = UpstreamsPage(self.store, self.secrets, Prober(loop), self.groups)
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(self.widget.table, mode, self.widget)
        qtbot.addWidget(self.widget)
        with qtbot.waitActive(self.widget):
            self.widget.show()
        self.said: list[str] = []
        self.widget.history.done.connect(self.said.append)
        self.widget.said.connect(self.said.append)
        self.acts = self.widget.acts

    @property
    def text(self) -> str:
        """The file's."""
        return self.store.path.read_text()

    def column(self, column: Column) -> list[str]:
        table = self.widget.table
        return [table.index(row, column).data() for row in range(table.rowCount())]

    def dialog(self, kind: type[QDialog]) -> QDialog:
        (dialog,) = (each for each in self.widget.findChildren(kind) if each.isVisible())
        return dialog

    def select(self, row: int) -> None:
        self.widget.view.select(row)

    def edit(self, row: int, **texts: str) -> None:
        self.select(row)
        self.acts.edit.trigger()
        dialog = self.dialog(EditUpstreamDialog)
        assert isinstance(dialog, EditUpstreamDialog)
        for field, text in texts.items():
            getattr(dialog.fields, field).setText(text)
        done: list[int] = []
        dialog.finished.connect(done.append)
        dialog.save.click()
        self.until(lambda: done)

    def remove(self, row: int, target: str | None = None) -> None:
        self.select(row)
        self.acts.remove.trigger()
        if target is not None:
            dialog = self.dialog(RemoveUpstreamDialog)
            assert isinstance(dialog, RemoveUpstreamDialog)
            dialog.targets.setCurrentIndex(dialog.targets.findData(target))
            dialog.remove.click()

    def until(self, happened: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(happened()), timeout=int(DEADLINE * 1000))


Open = Callable[[str], Page]


@pytest.fixture
def open_page(qt_loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Open:
    def make(text: str = PROFILE) -> Page:
        path = tmp_path / "profile.toml"
        path.write_text(text)
        return Page(path, qt_loop, qtbot)

    return make


@pytest.fixture
def page(open_page: Open) -> Iterator[Page]:
    with no_keyring():
        yield open_page(PROFILE)


# -- what is shown


def test_what_there_is(page: Page) -> None:
    rows = list(zip(*(page.column(column) for column in Column), strict=True))
    account = "me (password in the keyring)"
    assert rows == [
        ("office", "SOCKS5", "proxy.example.net:1080", account, "3 rules", "not tested yet"),
        ("home", "HTTP", "192.0.2.7:8080", "", "1 rule", "not tested yet"),
    ]
    table = page.widget.table
    headers = [table.headerData(column, Qt.Orientation.Horizontal) for column in range(len(Column))]
    assert headers == ["Name", "Type", "Server", "Account", "Used by", "Last test"]
    assert page.widget.title() == "Upstreams"


def test_an_empty_list_says_what_to_do(open_page: Open) -> None:
    page = open_page('version = 1\nrules = ["MATCH,DIRECT"]\n')
    view = page.widget.view
    assert view.empty.isVisible()
    assert "No upstreams yet" in view.empty.label.text()
    assert not page.acts.edit.isEnabled()
    view.empty.button.click()
    dialog = page.dialog(EditUpstreamDialog)
    assert isinstance(dialog, EditUpstreamDialog)
    dialog.fields.name.setText("office")
    dialog.fields.server.setText("proxy.example.net")
    dialog.save.click()
    assert page.column(Column.NAME) == ["office"]
    assert view.table.isVisible()
    assert page.said == ["Added office."]
    page.acts.undo.trigger()
    assert view.empty.isVisible()


def test_without_a_profile_there_is_nothing_to_change(open_page: Open) -> None:
    page = open_page("no TOML")
    assert "no profile that can be read" in page.widget.view.empty.label.text()
    assert not page.widget.view.empty.button.isVisible()
    enabled = [action.text() for action in page.widget.actions() if action.isEnabled()]
    assert enabled == []
    page.store.path.write_text(PROFILE)
    page.store.read()
    assert page.column(Column.NAME) == ["office", "home"]


def test_what_is_wrong_in_the_file_is_said(open_page: Open) -> None:
    page = open_page(PROFILE.replace("port = 1080", 'port = "many"').replace('"http"', '"htpp"'))
    assert page.column(Column.TEST) == [
        "Not valid: port is a string",
        "Not valid: there is no type 'htpp'",
    ]
    assert page.column(Column.KIND) == ["SOCKS5", "htpp"]


# -- what is done


def test_renaming_takes_the_rules_along_and_nothing_else(page: Page) -> None:
    page.edit(0, name="work")
    assert page.text == (
        PROFILE.replace(",office", ",work")
        .replace(" office ", " work ")
        .replace("DOMAIN,work,home", "DOMAIN,office,home")
        .replace('name = "office"', 'name = "work"')
    )
    assert page.said == ["Changed work."]
    assert page.widget.view.current() == 0
    page.acts.undo.trigger()
    assert page.text == PROFILE
    page.acts.redo.trigger()
    assert page.column(Column.NAME) == ["work", "home"]
    assert page.column(Column.USED) == ["3 rules", "1 rule"]


def test_renaming_takes_dns_servers_along(tmp_path: Path) -> None:
    via = '{ server = "tls://dns.test", via = "office" }'
    text = (
        'version = 1\nrules = ["MATCH,DIRECT"]\n\n[dns]\nservers = [\n'
        f'  "192.0.2.1",  # first\n  {via},  # second\n]\n\n'
        f'[[dns.resolver]]\nname = "office"  # is another\nservers = [{via}]\n\n'
        '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "a.test"\nport = 1\n'
    )
    draft = Draft.of(tmp_path / "profile.toml", text)
    renamed = edited(draft, 0, {**draft.upstreams[0], "name": "work"})
    before, upstream = text.rsplit("[[upstream]]", 1)
    wanted = before.replace('via = "office"', 'via = "work"')
    assert renamed.text == f"{wanted}[[upstream]]{upstream.replace('office', 'work')}"


def test_what_the_form_does_not_have_stays(tmp_path: Path) -> None:
    text = (
        'version = 1\nrules = ["MATCH,office"]\n\n[[upstream]]\nname = "office"\ntype = "socks5"\n'
        'server = "a.test"\nport = 1\nusername = "me"\nudp = "direct"\nweight = 2\n'
    )
    draft = Draft.of(tmp_path / "profile.toml", text)
    table = {"name": "office", "type": "http", "server": "b.test", "port": 2}
    (after,) = edited(draft, 0, table).upstreams
    assert after == {**table, "weight": 2}


def test_a_copy(page: Page) -> None:
    page.select(0)
    page.acts.duplicate.trigger()
    assert page.column(Column.NAME) == ["office", "office 2", "home"]
    assert page.column(Column.USED)[1] == "no rule"
    assert page.column(Column.ACCOUNT)[1] == page.column(Column.ACCOUNT)[0]
    assert page.widget.view.current() == 1
    page.acts.undo.trigger()
    assert page.text == PROFILE


def test_moving(page: Page) -> None:
    page.select(0)
    assert not page.acts.up.isEnabled()
    page.acts.down.trigger()
    assert page.column(Column.NAME) == ["home", "office"]
    assert page.widget.view.current() == 1
    assert not page.acts.down.isEnabled()
    assert page.text.index("# Mine.") < page.text.index("# The company's.")
    page.acts.up.trigger()
    assert page.column(Column.NAME) == ["office", "home"]
    page.acts.undo.trigger()
    page.acts.undo.trigger()
    assert page.text == PROFILE


@pytest.mark.parametrize("target", ["REJECT", "DIRECT", "home"])
def test_removing_one_in_use_asks_where_its_rules_go(page: Page, target: str) -> None:
    page.select(0)
    page.acts.remove.trigger()
    dialog = page.dialog(RemoveUpstreamDialog)
    assert isinstance(dialog, RemoveUpstreamDialog)
    assert [dialog.rules.item(n).text() for n in range(dialog.rules.count())] == [
        "1: DOMAIN-SUFFIX,example.com,office",
        "2: # DOMAIN,old.example.org,office",
        "3: IP-CIDR, 198.51.100.0/24 , office , no-resolve",
    ]
    assert dialog.targets.currentData() == "REJECT"  # nothing leaks unless it is wanted
    dialog.targets.setCurrentIndex(dialog.targets.findData(target))
    dialog.remove.click()
    assert page.column(Column.NAME) == ["home"]
    assert f'"DOMAIN-SUFFIX,example.com,{target}",  # the company' in page.text
    assert f'"# DOMAIN,old.example.org,{target}"' in page.text
    assert f"198.51.100.0/24 , {target} , no-resolve" in page.text
    assert "DOMAIN,office,home" in page.text
    page.store.draft.check()
    page.acts.undo.trigger()
    assert page.text == PROFILE


def test_removing_what_nobody_uses_asks_nothing(open_page: Open) -> None:
    page = open_page(PROFILE.replace("DOMAIN,office,home", "DOMAIN,office,DIRECT"))
    before = page.text
    page.remove(1)
    assert page.column(Column.NAME) == ["office"]
    assert page.widget.view.current() == 0
    page.acts.undo.trigger()
    assert page.text == before


def test_keys(page: Page, qtbot: QtBot) -> None:
    table = page.widget.view.table
    page.select(0)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert page.column(Column.NAME) == ["home", "office"]
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert page.column(Column.NAME) == ["office", "office 2", "home"]
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert page.column(Column.NAME) == ["office", "home"]
    for _ in range(4):
        qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.text == PROFILE
    qtbot.keyClick(table, Qt.Key.Key_F2)
    page.dialog(EditUpstreamDialog).reject()
    qtbot.keyClick(table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page.dialog(EditUpstreamDialog).reject()


def test_everything_has_a_button_and_a_name(page: Page) -> None:
    buttons = {button.text(): button for button in page.widget.findChildren(QPushButton)}
    acts: list[QAction] = [page.acts.add, *page.acts.of_row(), page.acts.up, page.acts.down]
    for action in [*acts, page.acts.test_all, page.acts.undo]:
        assert f"({action.shortcut().toString()})" in buttons[action.text()].toolTip()
    assert page.widget.view.table.accessibleName() == "Upstreams"
    menu = page.widget.view.table.actions()
    assert [action for action in acts if action not in menu] == [page.acts.add]


# -- undo beside others


def test_undo_leaves_alone_what_others_have_done_since(page: Page) -> None:
    page.remove(0, "DIRECT")
    assert page.store.draft is not None
    mine = page.text.replace('"MATCH,DIRECT"', '"MATCH,REJECT"')
    assert page.store.commit(page.store.draft.with_text(mine))
    page.acts.undo.trigger()
    assert page.text == PROFILE.replace('"MATCH,DIRECT"', '"MATCH,REJECT"')


def test_undo_says_where_it_cannot(page: Page) -> None:
    page.edit(1, server="192.0.2.8")
    assert page.store.draft is not None
    other = page.text.replace("192.0.2.8", "192.0.2.9")
    assert page.store.commit(page.store.draft.with_text(other))
    page.acts.undo.trigger()
    assert page.text == other
    assert page.said[-1] == "The profile has been changed there since: nothing was undone."
    assert not page.acts.undo.isEnabled()


def test_a_profile_that_changed_beneath_a_form(page: Page) -> None:
    page.select(1)
    page.acts.edit.trigger()
    dialog = page.dialog(EditUpstreamDialog)
    assert isinstance(dialog, EditUpstreamDialog)
    assert page.store.draft is not None
    other = page.text.replace("192.0.2.7", "192.0.2.9")
    assert page.store.commit(page.store.draft.with_text(other))
    dialog.fields.server.setText("192.0.2.8")
    dialog.save.click()
    assert page.text == other
    assert page.said[-1] == "The profile has been changed there since: nothing was saved."


def test_what_the_store_does_not_take_is_not_remembered(page: Page) -> None:
    wrong = page.text.replace("version = 1", "version = 2")
    page.store.path.write_text(wrong)
    page.store.read()
    page.select(0)
    page.acts.duplicate.trigger()
    assert page.store.refused
    assert page.text == wrong
    assert not page.acts.undo.isEnabled()


def test_what_cannot_be_changed_is_said(page: Page) -> None:
    def change(_: object) -> None:
        raise ProfileError("profile.toml", ())

    assert not page.widget.history.do(change, "Never")  # type: ignore[arg-type]  # it raises
    assert page.said[-1].startswith("The profile cannot be changed here")


@pytest.mark.parametrize(
    ("now", "former", "wanted", "result"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n"),
        ("0\na\nb\nc\n", "a\nb\nc\n", "a\nX\nc\n", "0\na\nX\nc\n"),
        ("a\nb\nc\nd\n", "a\nb\nc\n", "a\nc\n", "a\nc\nd\n"),
        ("a\nb\nc\nd\n", "a\nb\nc\n", "X\na\nb\nc\n", "X\na\nb\nc\nd\n"),
        ("a\nY\nc\n", "a\nb\nc\n", "a\nX\nc\n", None),
        ("a\nb\nY\n", "a\nb\nc\n", "a\nX\nc\n", None),
        ("", "a\n", "b\n", None),
    ],
)
def test_rebasing(now: str, former: str, wanted: str, result: str | None) -> None:
    assert rebased(now, former, wanted) == result


# -- passwords


def there(entry: str) -> str | None:
    return keyring.get_password("byway", entry)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[None]:
    with unlocked_keyring(tmp_path):
        keyring.set_password("byway", "office", "s3cret")
        yield


def end(page: Page) -> None:
    page.loop.run_until_complete(page.widget.close_down())


def test_a_password_lives_as_long_as_undo_can_want_it(kept: None, open_page: Open) -> None:
    page = open_page(PROFILE)
    page.remove(0, "DIRECT")
    assert there("office") == "s3cret"
    page.acts.undo.trigger()
    end(page)
    assert there("office") == "s3cret"


def test_and_goes_with_its_upstream(kept: None, open_page: Open) -> None:
    page = open_page(PROFILE)
    page.remove(0, "DIRECT")
    end(page)
    assert there("office") is None


def test_a_renamed_one_has_one_entry_in_the_end(kept: None, open_page: Open) -> None:
    page = open_page(PROFILE)
    page.edit(0, name="work")
    assert f'keyring = "{page.store.path.stem}/work"' in page.text
    page.acts.undo.trigger()
    page.acts.redo.trigger()
    end(page)
    assert (there("office"), there(f"{page.store.path.stem}/work")) == (None, "s3cret")


def test_a_renaming_undone_leaves_the_first(kept: None, open_page: Open) -> None:
    page = open_page(PROFILE)
    page.edit(0, name="work")
    page.acts.undo.trigger()
    end(page)
    assert (there("office"), there(f"{page.store.path.stem}/work")) == ("s3cret", None)


@pytest.mark.parametrize("valid", [True, False])
def test_another_profiles_entry_stays(kept: None, open_page: Open, valid: bool) -> None:
    """It may be that of an upstream of the same name; and of a file that cannot be read."""
    page = open_page(PROFILE)
    page.store.path.with_name("other.toml").write_text(PROFILE if valid else "[")
    page.remove(0, "DIRECT")
    end(page)
    assert there("office") == "s3cret"


def test_a_copy_shares_the_entry(kept: None, open_page: Open) -> None:
    page = open_page(PROFILE)
    page.select(0)
    page.acts.duplicate.trigger()
    page.remove(0, "DIRECT")
    end(page)
    assert there("office") == "s3cret"


def test_files_of_ours_go_too(page: Page, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("a user's")
    page.edit(0)
    page.select(0)
    page.acts.edit.trigger()
    dialog = page.dialog(EditUpstreamDialog)
    assert isinstance(dialog, EditUpstreamDialog)
    dialog.fields.password.choose(Place.FILE)
    dialog.fields.password.field.setText("s3cret")
    dialog.save.click()
    ours = tmp_path / "passwords" / "office"
    assert ours.read_text() == "s3cret"
    page.remove(0, "REJECT")
    page.widget._files.add("own")
    end(page)
    assert not ours.exists()
    assert own.exists()


# -- tests of upstreams


def test_a_test_of_each(page: Page, qtbot: QtBot) -> None:
    """One that works, one that nobody listens for; by key, and all of them."""
    with microsocks(CREDENTIALS) as server, http_origin() as origin, closed_port() as nobody:
        (page.store.path.parent / "secret").write_text(CREDENTIALS.password)
        text = (
            PROFILE.replace('"proxy.example.net"', f'"{server.host}"')
            .replace("1080", str(server.port))
            .replace('"me"', f'"{CREDENTIALS.username}"')
            .replace('keyring = "office"', 'file = "secret"')
            .replace("192.0.2.7", nobody.host)
            .replace("8080", str(nobody.port))
        )
        (page.store.path.parent / "secret").chmod(0o600)
        page.store.path.write_text(text)
        page.store.read()
        page.widget.target.setText(f"{origin.host}:{origin.port}")
        page.select(0)
        page.widget.view.table.setFocus()
        qtbot.keyClick(page.widget.view.table, Qt.Key.Key_Return)
        assert page.column(Column.TEST) == ["testing…", "not tested yet"]
        page.until(lambda: "ms through it" in page.column(Column.TEST)[0])
        page.acts.test_all.trigger()
        assert page.column(Column.TEST) == ["testing…", "testing…"]
        page.until(lambda: "testing…" not in page.column(Column.TEST))
        working, refused = page.column(Column.TEST)
        assert working.endswith("through it")
        assert refused == f"Refused: nothing listens at {nobody.host}:{nobody.port}."
        # What is called otherwise is the same server; another port is not.
        page.edit(0, name="work")
        assert page.column(Column.TEST)[0] == working
        page.edit(0, port="1")
        assert page.column(Column.TEST)[0] == "not tested yet"


def test_a_target_that_is_none(page: Page, qtbot: QtBot) -> None:
    told: list[str] = []
    page.widget.target_changed.connect(told.append)
    page.widget.target.clear()
    qtbot.keyClicks(page.widget.target, "example.com")
    assert "with a port" in page.widget.target_error.text()
    page.acts.test_all.trigger()
    assert page.column(Column.TEST) == ["not tested yet"] * 2
    qtbot.keyClicks(page.widget.target, ":80")
    assert not page.widget.target_error.isVisible()
    qtbot.keyClick(page.widget.target, Qt.Key.Key_Return)
    assert told == ["example.com:80"]


def test_a_target_is_reached_by_its_label(page: Page) -> None:
    buddies = [
        label.buddy()
        for label in page.widget.findChildren(QWidget)
        if hasattr(label, "buddy") and label.buddy() is not None
    ]
    assert buddies == [page.widget.target]
