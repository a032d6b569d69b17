"""The open profile: its file changed by others, by us, and by both."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.support.byway import DEADLINE

from byway_core.api.profiles import RuleLine
from byway_gui.profile_store import ProfileStore

MILLISECONDS = int(DEADLINE * 1000)
TEXT = '# mine\nversion = 1\nrules = ["MATCH,DIRECT"]\n'
OTHER = 'version = 1\nrules = ["MATCH,REJECT"]\n'
INVALID = 'version = 1\nrules = ["MATCH,nowhere"]\n'

Make = Callable[[Path], ProfileStore]


@pytest.fixture
def make(qapp: object, qtbot: QtBot) -> Make:
    return ProfileStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config" / "profile.toml"
    file.parent.mkdir()
    file.write_text(TEXT)
    return file


def renamed(file: Path, text: str) -> None:
    """As most editors save."""
    new = file.with_name(".new")
    new.write_text(text)
    new.replace(file)


def in_place(file: Path, text: str) -> None:
    """As the others do."""
    file.write_text(text)


def rules(store: ProfileStore) -> list[str]:
    return [] if store.draft is None else [rule.text for rule in store.draft.rules]


def test_what_is_there_is_read(make: Make, file: Path) -> None:
    store = make(file)
    assert rules(store) == ["MATCH,DIRECT"]
    assert store.is_valid
    assert not store.is_missing
    assert store.profile is not None
    assert store.problems == ()


@pytest.mark.parametrize("save", [renamed, in_place])
def test_others_changes_are_noticed(
    make: Make, qtbot: QtBot, file: Path, save: Callable[[Path, str], None]
) -> None:
    """Again and again, and once each."""
    store = make(file)
    heard: list[list[str]] = []
    store.changed.connect(lambda: heard.append(rules(store)))
    for text, rule in ((OTHER, "MATCH,REJECT"), (TEXT, "MATCH,DIRECT")) * 2:
        with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
            save(file, text)
        assert heard[-1] == [rule]
    assert len(heard) == 4


def test_a_file_with_two_names_is_followed(make: Make, qtbot: QtBot, file: Path) -> None:
    """The former one lives on as a backup, so nobody says that it has gone."""
    store = make(file)
    os.link(file, file.with_name("backup"))
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        renamed(file, OTHER)
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        in_place(file, TEXT)


@pytest.mark.parametrize("save", [renamed, in_place])
def test_a_links_target_is_followed(
    make: Make, qtbot: QtBot, file: Path, tmp_path: Path, save: Callable[[Path, str], None]
) -> None:
    link = tmp_path / "elsewhere" / "profile.toml"
    link.parent.mkdir()
    link.symlink_to(file)
    store = make(link)
    for text in (OTHER, TEXT, OTHER):
        with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
            save(file, text)


def test_it_goes_and_comes(make: Make, qtbot: QtBot, file: Path) -> None:
    store = make(file)
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        file.unlink()
    assert store.is_missing
    assert not store.is_valid
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        file.write_text(OTHER)
    assert store.is_valid


def test_one_whose_folder_is_missing_is_made(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    """By others, folder after folder, and by us."""
    file = tmp_path / "a" / "b" / "profile.toml"
    store = make(file)
    assert store.is_missing
    file.parent.mkdir(parents=True)
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        file.write_text(TEXT)
    file = tmp_path / "c" / "d" / "profile.toml"
    store.open(file)
    assert store.is_missing
    with qtbot.waitSignal(store.changed):
        assert store.create(OTHER)
    assert rules(store) == ["MATCH,REJECT"]
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        in_place(file, TEXT)


def test_one_that_came_meanwhile_is_kept(make: Make, file: Path) -> None:
    file.unlink()
    store = make(file)
    file.write_text(TEXT)
    assert store.create(OTHER)
    assert rules(store) == ["MATCH,DIRECT"]


def test_where_none_can_be_made_is_said(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = make(tmp_path / "file" / "profile.toml")
    with qtbot.waitSignal(store.failed) as said:
        assert not store.create(TEXT)
    assert said.args is not None
    assert "Not a directory" in said.args[0]


def test_an_invalid_one_can_still_be_mended(make: Make, qtbot: QtBot, file: Path) -> None:
    """Its text is there; what was valid before is kept for whoever asks where something goes."""
    store = make(file)
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        renamed(file, INVALID)
    assert not store.is_valid
    assert [problem.line for problem in store.problems] == [2]
    assert rules(store) == ["MATCH,nowhere"]
    assert store.profile is not None
    assert len(store.profile.rules) == 1
    assert store.draft is not None
    assert store.commit(store.draft.with_rules([RuleLine("MATCH,REJECT")]))
    assert store.is_valid


@pytest.mark.parametrize("text", ["[[[", "\0", "version = 1\nversion = 2\n"])
def test_no_toml_is_a_problem(make: Make, file: Path, text: str) -> None:
    file.write_text(text)
    store = make(file)
    assert store.draft is None
    assert store.problems
    assert not store.is_missing


def test_one_that_cannot_be_read_is_no_missing_one(make: Make, file: Path) -> None:
    file.unlink()
    file.mkdir()
    store = make(file)
    assert not store.is_missing
    assert store.problems


def test_what_a_page_changes_is_saved_and_told(make: Make, qtbot: QtBot, file: Path) -> None:
    store = make(file)
    assert store.draft is not None
    heard: list[list[str]] = []
    store.changed.connect(lambda: heard.append(rules(store)))
    assert store.commit(store.draft.with_rules([RuleLine("MATCH,REJECT")]))
    assert heard == [["MATCH,REJECT"]]
    assert file.read_text().startswith("# mine\n")
    # What the watcher says of our own change is no other one.
    qtbot.waitUntil(store._timer.isActive, timeout=MILLISECONDS)
    qtbot.waitUntil(lambda: not store._timer.isActive(), timeout=MILLISECONDS)
    assert store.commit(store.draft)
    assert len(heard) == 1


def test_what_is_not_valid_is_not_saved(make: Make, qtbot: QtBot, file: Path) -> None:
    store = make(file)
    assert store.draft is not None
    with qtbot.waitSignal(store.failed) as said:
        assert not store.commit(store.draft.with_rules([RuleLine("MATCH,nowhere")]))
    assert said.args is not None
    assert said.args[0].startswith("Not saved: ")
    assert file.read_text() == TEXT
    assert rules(store) == ["MATCH,DIRECT"]


def test_anothers_change_is_not_overwritten(make: Make, qtbot: QtBot, file: Path) -> None:
    """Even before the watcher tells of it: what is there now is shown."""
    store = make(file)
    assert store.draft is not None
    mine = store.draft.with_value(7890, "general", "mixed_port")
    renamed(file, OTHER)
    with qtbot.waitSignals([store.failed, store.changed]):
        assert not store.commit(mine)
    assert file.read_text() == OTHER
    assert rules(store) == ["MATCH,REJECT"]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """As good as one: no file may grow beyond a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_cannot_be_written_is_said(
    make: Make, qtbot: QtBot, file: Path, request: pytest.FixtureRequest
) -> None:
    store = make(file)
    assert store.draft is not None
    request.getfixturevalue("full_disk")
    with qtbot.waitSignal(store.failed) as said:
        assert not store.commit(store.draft.with_rules([RuleLine("MATCH,REJECT")]))
    assert said.args == [f"Not saved: {file}: File too large"]
    assert file.read_text() == TEXT
    assert rules(store) == ["MATCH,DIRECT"]


def test_who_changes_it_when_it_has_changed_is_heard_out(make: Make, file: Path) -> None:
    """Once, not for ever."""
    store = make(file)
    heard: list[list[str]] = []

    def answer() -> None:
        heard.append(rules(store))
        assert store.draft is not None
        store.commit(store.draft.with_value(7890, "general", "mixed_port"))

    store.changed.connect(answer)
    renamed(file, OTHER)
    store.read()
    assert heard == [["MATCH,REJECT"]] * 2
    assert "7890" in file.read_text()


def test_another_file_is_opened(make: Make, qtbot: QtBot, file: Path) -> None:
    """Then nothing of the former is left, and nobody hears of it any more."""
    other = file.with_name("other.toml")
    other.write_text(INVALID)
    store = make(file)
    with qtbot.waitSignal(store.changed):
        store.open(other)
    assert store.profile is None
    assert rules(store) == ["MATCH,nowhere"]
    with qtbot.waitSignal(store.changed, timeout=MILLISECONDS):
        in_place(other, OTHER)
    with qtbot.assertNotEmitted(store.changed):
        in_place(file, OTHER)
        store.read()
    assert store.copy(file.with_name("third.toml"))
    assert (store.path.name, store.path.read_text()) == ("third.toml", OTHER)


def test_one_that_is_closed_tells_nothing(make: Make, qtbot: QtBot, file: Path) -> None:
    """Its pages may be gone by then."""
    store = make(file)
    renamed(file, OTHER)
    store.close()
    with qtbot.assertNotEmitted(store.changed, wait=300):
        file.unlink()
        file.parent.rmdir()


def test_targets_are_what_a_rule_may_name(make: Make, file: Path) -> None:
    upstream = '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "x"\nport = 1\n'
    file.write_text(TEXT + upstream)
    assert make(file).targets() == ["DIRECT", "REJECT", "office"]
    file.write_text("[[[")
    assert make(file).targets() == ["DIRECT", "REJECT"]
