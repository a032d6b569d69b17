"""The groups on the page of upstreams, and their editor, on a real profile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot
from tests.support.group_engine import GroupEngine
from tests.support.open_profile import OpenFile

from byway_core.api.profiles import Draft, read_profile
from byway_core.api.wire import EngineStatus
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_gui.dialogs.edit_group import EditGroupDialog
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.groups import Groups
from byway_gui.presenters import group_changes, upstream_changes
from byway_gui.presenters.dns import ways_of
from byway_gui.prober import Prober
from byway_gui.secrets import Secrets
from byway_gui.theme import colour, palette
from byway_gui.windows.upstreams_page import UpstreamsPage

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

PROFILE = """\
version = 1
rules = [
  "DOMAIN-SUFFIX,example.com,mine",  # the company
  "# DOMAIN,old.example.org,office",
  "MATCH,DIRECT",
]

[[upstream]]
name = "office"
type = "socks5"
server = "192.0.2.1"
port = 1080

[[upstream]]
name = "home"
type = "http"
server = "192.0.2.7"
port = 8080

# What I choose.
[[group]]
name = "mine"
type = "select"
members = ["auto", "office", "REJECT"]  # in this order

[[group]]
name = "auto"
type = "url-test"
members = ["office", "home"]
test = "www.example.com:443"
interval = 60
"""


class Page:
    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.store, self.engine, self.qtbot = OpenFile(path), GroupEngine(), qtbot
        self.groups = Groups(self.engine)
        self.groups.show_profile(read_profile(path).value, path)
        self.widget = UpstreamsPage(self.store, Secrets(loop), Prober(loop), self.groups)
        self.section = self.widget.groups
        self.said: list[str] = []
        self.widget.history.done.connect(self.said.append)
        self.widget.said.connect(self.said.append)
        self.groups.said.connect(self.said.append)
        qtbot.addWidget(self.widget)
        with qtbot.waitActive(self.widget):
            self.widget.show()

    def item(self, group: int, member: int | None = None) -> QTreeWidgetItem:
        item = self.section.tree.topLevelItem(group)
        assert item is not None
        found = item if member is None else item.child(member)
        assert found is not None
        return found

    def select(self, group: int, member: int | None = None) -> None:
        self.section.tree.setCurrentItem(self.item(group, member))

    def lines(self) -> list[list[str]]:
        found = []
        for number in range(self.section.tree.topLevelItemCount()):
            item = self.item(number)
            found.append([item.text(column) for column in range(4)])
            for below in range(item.childCount()):
                found.append(
                    [f"  {self.item(number, below).text(0)}", self.item(number, below).text(1)]
                )
        return found

    def dialog(self, kind: type) -> EditGroupDialog | RemoveUpstreamDialog:
        found = self.section.findChildren(kind)
        assert len(found) == 1
        return found[0]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Page]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "profile.toml"
    file.write_text(PROFILE)
    loop = asyncio.new_event_loop()
    yield Page(file, loop, qtbot)
    loop.close()


STANDINGS = (
    GroupStanding(
        "mine",
        GroupKind.SELECT,
        (MemberStanding("auto", True, 12.3), MemberStanding("office"), MemberStanding("REJECT")),
        "auto",
        "home",
    ),
    GroupStanding(
        "auto",
        GroupKind.URL_TEST,
        (MemberStanding("office", False, None, "it is away"), MemberStanding("home", True, 12.3)),
        "home",
        "home",
    ),
)


def on(*groups: GroupStanding) -> EngineStatus:
    return EngineStatus(1, "0", "serve", 0.0, "profile.toml", groups=groups)


def test_what_is_shown_without_an_engine_and_with_one(page: Page) -> None:
    assert page.lines() == [
        ["mine", "auto", "Your choice", "1 rule"],
        ["  ● auto", ""],
        ["  office", ""],
        ["  Refused", ""],
        ["auto", "", "Fastest", "no rule"],
        ["  office", ""],
        ["  home", ""],
    ]
    page.select(1, 0)
    page.groups.see(on(*STANDINGS))
    assert page.lines() == [
        ["mine", "auto, that is home", "Your choice", "1 rule"],
        ["  ● auto", "works, 12 ms"],
        ["  office", ""],
        ["  Refused", ""],
        ["auto", "home", "Fastest", "no rule"],
        ["  office", "It is away."],
        ["  ● home", "works, 12 ms"],
    ]
    assert page.section.tree.currentItem() is page.item(1, 0), "what is selected stays"


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_its_colours_are_those_in_force(page: Page, qtbot: QtBot, dark: bool) -> None:
    page.groups.see(on(*STANDINGS))
    before = QApplication.palette()

    def shown(member: int) -> QColor:
        return page.item(1, member).foreground(1).color()

    try:
        QApplication.setPalette(palette(dark=not dark))
        QApplication.setPalette(palette(dark=dark))
        qtbot.waitUntil(lambda: (shown(0), shown(1)) == (colour("bad"), colour("good")))
    finally:
        QApplication.setPalette(before)


def test_choosing_and_testing(page: Page) -> None:
    page.groups.see(on(*STANDINGS))
    for number, member, can in ((0, None, False), (0, 0, False), (0, 1, True), (1, 0, False)):
        page.select(number, member)
        assert page.section.choose.isEnabled() is can
    page.select(0, 2)
    page.section.choose.trigger()
    page.select(0, 1)
    page.section.tree.itemActivated.emit(page.item(0, 1), 0)
    assert page.engine.told == [("mine", "REJECT"), ("mine", "office")]
    page.engine.is_on = False
    page.section.test.trigger()
    assert page.engine.told[-1] == ("mine",)
    assert page.said[-1] == "Groups are tested by Byway itself: turn it on first."
    assert page.item(0).text(1) == "auto, that is home", "it is not in test any more"


def test_adding_one(page: Page) -> None:
    page.section.add.trigger()
    dialog = page.dialog(EditGroupDialog)
    assert isinstance(dialog, EditGroupDialog)
    assert not any(note.isVisible() for key, note in dialog.notes.items() if key != "type")
    dialog.save.click()
    assert dialog.isVisible()
    assert (
        dialog.notes["name"].text()
        == "The name is empty; expected a name for the rules, as in office."
    )
    assert dialog.notes["members"].text().startswith("The group has no members")
    dialog.name.setText("both")
    dialog.kind.setCurrentIndex(dialog.kind.findData(GroupKind.LOAD_BALANCE))
    names = [dialog.members.item(row).data(Qt.ItemDataRole.UserRole) for row in range(6)]
    assert names == ["office", "home", "mine", "auto", "DIRECT", "REJECT"]
    assert dialog.members.item(5).isHidden(), "only who chooses can choose that"
    for row in (1, 4):
        dialog.members.item(row).setCheckState(Qt.CheckState.Checked)
    dialog.members.setCurrentRow(4)
    for _ in range(4):
        page.qtbot.keyClick(dialog.members, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    dialog.save.click()
    assert page.said == ["Added both."]
    draft = page.store.draft
    assert draft is not None
    assert draft.groups[2] == {
        "name": "both",
        "type": "load-balance",
        "members": ["DIRECT", "home"],
    }
    page.widget.history.stack.undo()
    assert page.store.path.read_text() == PROFILE


def test_editing_one_leaves_the_rest_as_it_is_written(page: Page) -> None:
    page.select(1)
    page.section.edit.trigger()
    dialog = page.dialog(EditGroupDialog)
    assert isinstance(dialog, EditGroupDialog)
    assert dialog.table() == dict(page.store.draft.groups[1])  # type: ignore[union-attr]
    dialog.name.setText("fastest")
    dialog.tolerance.setValue(20)
    dialog.save.click()
    assert page.said == ["Changed fastest."]
    text = page.store.path.read_text()
    expected = PROFILE.replace('name = "auto"', 'name = "fastest"').replace(
        "interval = 60\n", "interval = 60\ntolerance = 20\n"
    )
    assert text == expected.replace('members = ["auto"', 'members = ["fastest"')


def test_a_loop_is_said_beside_the_members(page: Page) -> None:
    page.select(1)
    page.section.edit.trigger()
    dialog = page.dialog(EditGroupDialog)
    assert isinstance(dialog, EditGroupDialog)
    row = next(
        row
        for row in range(dialog.members.count())
        if dialog.members.item(row).data(Qt.ItemDataRole.UserRole) == "mine"
    )
    dialog.members.item(row).setCheckState(Qt.CheckState.Checked)
    dialog.save.click()
    assert "would be in itself: " in dialog.notes["members"].text()


def test_removing_one_asks_where_its_rules_go(page: Page) -> None:
    page.select(0)
    page.section.remove.trigger()
    dialog = page.dialog(RemoveUpstreamDialog)
    assert isinstance(dialog, RemoveUpstreamDialog)
    dialog.targets.setCurrentIndex(dialog.targets.findData("auto"))
    dialog.remove.click()
    draft = page.store.draft
    assert draft is not None
    assert draft.rules[0].text == "DOMAIN-SUFFIX,example.com,auto"
    assert [table["name"] for table in draft.groups] == ["auto"]


# -- what becomes of groups with their upstreams


def draft_of(path: Path, text: str = PROFILE) -> Draft:
    path.write_text(text)
    return Draft.read(path)


def test_an_upstream_that_is_renamed_stays_a_member(tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "p.toml")
    renamed = upstream_changes.edited(draft, 0, {**draft.upstreams[0], "name": "work"})
    assert renamed.text == PROFILE.replace('"office"', '"work"').replace(",office", ",work")
    renamed.check()


def test_an_upstream_that_is_removed_is_no_member_any_more(tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "p.toml")
    removed = upstream_changes.removed(draft, 0, "DIRECT")
    assert [table["members"] for table in removed.groups] == [["auto", "REJECT"], ["home"]]
    removed.check()
    # The last one: its group goes where its rules go.
    alone = upstream_changes.removed(removed, 0, "DIRECT")
    assert [table["members"] for table in alone.groups] == [["auto", "REJECT"], ["DIRECT"]]
    assert "# What I choose." in alone.text
    alone.check()


def test_a_group_that_is_removed_is_no_member_any_more(tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "p.toml")
    removed = group_changes.removed(draft, 1, None)
    assert [table["members"] for table in removed.groups] == [["office", "REJECT"]]
    removed.check()


def test_what_a_dns_server_may_be_asked_through(tmp_path: Path) -> None:
    service = '[[upstream]]\nname = "box"\ntype = "service"\nserver = "192.0.2.9"\nport = 53\n'
    led = '[[group]]\nname = "led"\ntype = "select"\nmembers = ["auto", "boxed"]\n'
    boxed = '[[group]]\nname = "boxed"\ntype = "fallback"\nmembers = ["home", "box"]\n'
    draft = draft_of(tmp_path / "p.toml", PROFILE + service + led + boxed)
    assert ways_of(draft) == ["office", "home", "mine", "auto"]
