"""Several profiles: the menu, and what becomes of an engine that runs when another is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.gui.conftest import MakeDesktop
from tests.support.byway import DEADLINE, free_port

from byway_gui.presenters.profiles import listed, named
from byway_gui.presenters.standing import Phase, Reach
from byway_gui.profiles_menu import ProfilesMenu

MILLISECONDS = int(DEADLINE * 1000)


def write(path: Path, *rules: str, port: int = 7890) -> Path:
    path.parent.mkdir(exist_ok=True)
    listed = ", ".join(f'"{rule}"' for rule in rules)
    path.write_text(f"version = 1\nrules = [{listed}]\n[general]\nmixed_port = {port}\n")
    return path


def test_what_is_listed(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "notes.txt").touch()
    home, work = write(tmp_path / "home.toml"), write(tmp_path / "Work.toml")
    assert listed(home) == [home, work]
    missing = tmp_path / "missing.toml"
    assert listed(missing) == [home, missing, work]
    assert listed(tmp_path / "nowhere" / "x.toml") == [tmp_path / "nowhere" / "x.toml"]


@pytest.mark.parametrize("name", ["", "  ", ".hidden", "a/b", "home", "x" * 300])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    assert isinstance(named(name, write(tmp_path / "home.toml")), str)
    assert named(" at work ", tmp_path / "home.toml") == tmp_path / "at work.toml"


def test_the_menu_looks_anew(qtbot: QtBot, tmp_path: Path) -> None:
    home = write(tmp_path / "home.toml")
    menu = ProfilesMenu(home)
    qtbot.addWidget(menu)
    assert not menu.is_choice
    write(tmp_path / "r&d.toml")
    menu.aboutToShow.emit()
    texts = [(action.text(), action.isChecked()) for action in menu.actions()[:2]]
    assert texts == [("home", True), ("r&&d", False)]
    with qtbot.waitSignal(menu.chosen) as chosen:
        menu.actions()[1].trigger()
    assert chosen.args == [tmp_path / "r&d.toml"]


def test_an_engine_that_runs_takes_the_other_profile(
    make_desktop: MakeDesktop, qtbot: QtBot, tmp_path: Path
) -> None:
    """Without being turned off; and later changes are those of the other file."""
    port = free_port()
    home = write(tmp_path / "profiles" / "home.toml", "MATCH,DIRECT", port=port)
    work = write(home.with_name("work.toml"), "DOMAIN,a.test,REJECT", "MATCH,DIRECT", port=port)
    desktop = make_desktop(home)
    desktop.steering.turn_on(Reach.PORT)

    def standing(rules: int) -> None:
        now = desktop.steering.standing
        assert (now.phase, now.rules, now.sentence, now.foreign) == (Phase.ON, rules, "", "")

    qtbot.waitUntil(lambda: standing(1), timeout=MILLISECONDS)
    desktop.profiles.chosen.emit(work)
    qtbot.waitUntil(lambda: standing(2), timeout=MILLISECONDS)
    assert "work" in desktop.window.header.profile.text()
    assert desktop.settings.value.profile == str(work)
    assert desktop.pages.rules.table.rowCount() == 2
    write(work, *(f"DOMAIN,{name}.test,REJECT" for name in "abc"), port=port)
    qtbot.waitUntil(lambda: standing(3), timeout=MILLISECONDS)
    desktop.profiles.copy_wanted.emit(work.with_name("new.toml"))
    assert work.with_name("new.toml").read_text() == work.read_text()
    assert desktop.store.path == work.with_name("new.toml")
