"""The field for programs: what is typed, what is completed, and whence the names are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter
from pytestqt.qtbot import QtBot
from tests.gui.test_run_program import TRUE

from byway_gui.dialogs.program_field import ProgramField
from byway_gui.presenters.program_names import ProgramName, program_names

NAMES = (
    ProgramName("firefox-esr", "Firefox ESR"),
    ProgramName("code", "Visual Studio Code"),
    ProgramName("curl"),
)


@pytest.fixture
def field(qtbot: QtBot) -> ProgramField:
    made = ProgramField(lambda: iter(NAMES))
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    qtbot.waitUntil(lambda: made.list.rowCount() == len(NAMES))
    return made


def completer(field: ProgramField) -> QCompleter:
    found = field.completer()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("typed", "programs"),
    [
        ("", ()),
        ("curl", ("curl",)),
        (" Telegram Desktop , /opt/a b/*;curl;, ", ("Telegram Desktop", "/opt/a b/*", "curl")),
    ],
)
def test_names_and_paths_with_blanks(
    qtbot: QtBot, field: ProgramField, typed: str, programs: tuple[str, ...]
) -> None:
    qtbot.keyClicks(field, typed)
    assert field.programs() == programs


def test_shown_names_are_no_change(field: ProgramField) -> None:
    field.changed.connect(lambda: pytest.fail("told"))
    field.show_programs(("curl", "/opt/*"))
    assert field.text() == "curl, /opt/*"
    field.show_programs(("curl", "/opt/*"))


def test_what_is_typed_stays_as_it_is_typed(qtbot: QtBot, field: ProgramField) -> None:
    """Also a comma before the next name is there."""
    qtbot.keyClicks(field, "curl,")
    field.show_programs(("curl",))
    assert field.text() == "curl,"


@pytest.mark.parametrize(
    ("typed", "found", "taken"),
    [
        ("fire", ["Firefox ESR (firefox-esr)"], "firefox-esr"),
        ("studio", ["Visual Studio Code (code)"], "code"),
        ("curl, stud", ["Visual Studio Code (code)"], "curl, code"),
        ("CU", ["curl"], "curl"),
    ],
)
def test_a_name_is_taken_from_the_list(
    qtbot: QtBot, field: ProgramField, typed: str, found: list[str], taken: str
) -> None:
    told: list[tuple[str, ...]] = []
    field.changed.connect(lambda: told.append(field.programs()))
    qtbot.keyClicks(field, typed)
    popup = completer(field).popup()
    qtbot.waitUntil(popup.isVisible)
    model = completer(field).completionModel()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == found
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert field.text() == taken
    assert told[-1] == field.programs()


def test_names_are_read_when_they_are_wanted(qtbot: QtBot) -> None:
    read: list[int] = []

    def names() -> Iterator[ProgramName]:
        read.append(1)
        yield from NAMES

    field = ProgramField(names)
    qtbot.addWidget(field)
    field.show()
    field.clearFocus()
    assert not read
    for _ in range(2):
        field.setFocus()
        qtbot.waitUntil(lambda: field.list.rowCount() == len(NAMES))
        field.clearFocus()
    assert read == [1]


# -- whence they are


def test_names_of_the_menu_and_of_what_runs(tmp_path: Path) -> None:
    for pid, path in (("1", "/usr/sbin/init"), ("20", "/opt/a/tool (deleted)"), ("3", "/bin/true")):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "exe").symlink_to(path)
    (tmp_path / "40").mkdir()  # another user's
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "exe").symlink_to("/bin/none")
    applications = [
        TRUE,
        replace(TRUE, program="/usr/bin/env"),
        replace(TRUE, program="/usr/games/chess", name="Chess"),
        replace(TRUE, program="chess"),
    ]
    found = list(program_names(applications, tmp_path))
    assert found[:2] == [ProgramName("true", "Truth"), ProgramName("chess", "Chess")]
    assert sorted(found[2:], key=lambda each: each.name) == [
        ProgramName("init"),
        ProgramName("tool"),
    ]


def test_this_process_is_among_them() -> None:
    own = Path(os.readlink("/proc/self/exe")).name
    assert own in [each.name for each in program_names([])]
