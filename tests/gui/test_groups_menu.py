"""The tray's menu of groups, as it follows an engine, and what it asks of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from tests.support.group_engine import GroupEngine

from byway_core.api.groups import read_choices
from byway_core.api.profiles import read_profile
from byway_core.api.wire import EngineStatus
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_gui.bus_menu import BusMenu
from byway_gui.groups import Groups
from byway_gui.groups_menu import GroupsMenu

MINE = GroupStanding(
    "m_i & ne",
    GroupKind.SELECT,
    (
        MemberStanding("auto", True, 23.4),
        MemberStanding("office", False, None, "it is away"),
        MemberStanding("DIRECT"),
    ),
    "auto",
    "home",
)
AUTO = GroupStanding(
    "auto", GroupKind.URL_TEST, (MemberStanding("home", True, 23.4),), "home", "home"
)


def status(*groups: GroupStanding) -> EngineStatus:
    return EngineStatus(1, "0", "serve", 0.0, "profile.toml", groups=groups)


def lines(menu: QMenu) -> list[tuple[str, bool]]:
    return [(action.text(), action.isChecked()) for action in menu.actions()]


def below(menu: QMenu, number: int) -> QMenu:
    found = menu.actions()[number].menu()
    assert isinstance(found, QMenu)
    return found


@pytest.fixture
def engine() -> GroupEngine:
    return GroupEngine()


@pytest.fixture
def groups(engine: GroupEngine, qtbot: QtBot) -> Groups:
    return Groups(engine)


@pytest.mark.parametrize("on_bus", [False, True])
def test_it_follows_the_engine(
    groups: Groups, engine: GroupEngine, qtbot: QtBot, on_bus: bool
) -> None:
    source = GroupsMenu(groups)
    qtbot.addWidget(source)
    menu = BusMenu(source) if on_bus else source
    qtbot.addWidget(menu)
    assert not menu.menuAction().isVisible()
    groups.see(status(MINE, AUTO))
    assert menu.menuAction().isVisible()
    mine = "m__i && ne: auto, that is home" if on_bus else "m_i && ne: auto, that is home"
    assert lines(menu) == [(mine, False), ("auto: home", False)]
    assert not menu.actions()[1].isEnabled()
    choices = below(menu, 0)
    assert lines(choices) == [
        ("auto (23 ms)", True),
        ("office (does not work)", False),
        ("Directly", False),
    ]
    kept = choices.actions()[1]
    choices.actions()[1].trigger()
    assert engine.told == [("m_i & ne", "office")]
    groups.see(status(GroupStanding(MINE.name, MINE.kind, MINE.members, "office", "office"), AUTO))
    assert below(menu, 0).actions()[1] is kept
    assert [checked for _, checked in lines(below(menu, 0))] == [False, True, False]
    menu.aboutToShow.emit()
    assert engine.looks == 1
    groups.see(status(AUTO))
    assert lines(menu) == [("auto: home", False)]
    groups.see(None)  # no profile is open
    assert not menu.menuAction().isVisible()


PROFILE = """\
version = 1
rules = ["MATCH,mine"]
[[group]]
name = "mine"
type = "select"
members = ["DIRECT", "REJECT"]
"""


def test_a_choice_without_an_engine_is_kept_for_the_next_start(
    groups: Groups, engine: GroupEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = tmp_path / "profile.toml"
    file.write_text(PROFILE)
    said: list[str] = []
    groups.said.connect(said.append)
    groups.show_profile(read_profile(file).value, file)
    assert groups.standings[0].current == "DIRECT"
    groups.choose("mine", "REJECT")
    assert engine.told == []
    assert groups.standings[0].current == "REJECT"
    assert read_choices(file) == {"mine": "REJECT"}
    groups.choose("mine", "nobody")
    assert said == [
        "The choice could not be kept: 'nobody' is no member of mine, which has DIRECT, REJECT"
    ]
    engine.is_on = False
    groups.test("mine")
    assert said[-1] == "Groups are tested by Byway itself: turn it on first."


def test_tests_are_the_engines(groups: Groups, engine: GroupEngine, qtbot: QtBot) -> None:
    groups.see(status(AUTO))
    with qtbot.waitSignal(groups.tested) as told:
        groups.test("auto")
    assert (told.args, engine.told) == (["auto"], [("auto",)])
