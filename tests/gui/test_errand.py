"""A real command of Byway's, run aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from byway_gui import words
from byway_gui.errand import Errand


@pytest.fixture
def chinese() -> Iterator[None]:
    words.use("zh_CN")
    yield
    words.use("en")


def failure(errand: Errand, qtbot: QtBot) -> str:
    with qtbot.waitSignal(errand.failed, timeout=20_000) as told:
        errand.go()
    errand.close()
    return str((told.args or [""])[0])


def test_why_it_failed(qtbot: QtBot, tmp_path: Path) -> None:
    missing = tmp_path / "a.toml"
    said = failure(Errand(["serve", "--profile", str(missing)]), qtbot)
    assert said.endswith("a.toml: there is no such file.")


@pytest.mark.usefixtures("chinese")
def test_why_it_failed_in_the_windows_language(qtbot: QtBot, tmp_path: Path) -> None:
    missing = tmp_path / "a.toml"
    said = failure(Errand(["serve", "--profile", str(missing)]), qtbot)
    assert said.endswith("a.toml：没有这个文件。")  # noqa: RUF001 - Chinese


def test_what_has_no_events_is_said_as_it_is(qtbot: QtBot) -> None:
    assert "unrecognized arguments" in failure(Errand(["env", "--no-such"]), qtbot)
