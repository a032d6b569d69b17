"""The dialog that asks for a program: with the mouse, by keyboard, and by dropping a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QIcon, QPixmap
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import MakeDesktop
from tests.support.byway import DEADLINE

from byway_gui.app import Desktop
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.models.application_list import ApplicationList
from byway_gui.presenters.applications import Application

MILLISECONDS = int(DEADLINE * 1000)
MakeDialog = Callable[..., RunProgramDialog]
TRUE = Application("true.desktop", "Truth", "Says so", ("true",), "", False, "truth true", "true")
APPLICATIONS = [
    replace(TRUE, id="z.desktop", name="zebra", argv=("true", "z"), found_by="zebra animal"),
    replace(TRUE, id="a.desktop", name="Ant", argv=("true", "a b"), found_by="ant animal"),
    replace(TRUE, id="t.desktop", name="Top", argv=("true", "-e"), terminal=True, found_by="top"),
]


@pytest.fixture
def make_dialog(qtbot: QtBot) -> MakeDialog:
    def make(
        typed: str = "",
        recent: Sequence[str] = (),
        applications: Sequence[Application] = APPLICATIONS,
    ) -> RunProgramDialog:
        dialog = RunProgramDialog(typed, recent=recent, applications=lambda: iter(applications))
        qtbot.addWidget(dialog)
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(dialog.list, mode, dialog)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.list.is_loaded, timeout=MILLISECONDS)
        return dialog

    return make


def shown(dialog: RunProgramDialog) -> list[str]:
    return [dialog.list.index(row).data() for row in range(dialog.list.rowCount())]


def heard(dialog: RunProgramDialog) -> list[object]:
    """What it says from now on, in order."""
    said: list[object] = []
    dialog.used.connect(said.append)
    dialog.chosen.connect(said.append)
    return said


def click(qtbot: QtBot, dialog: RunProgramDialog, row: int) -> None:
    place = dialog.view.visualRect(dialog.list.index(row)).center()
    qtbot.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def drop(widget: QWidget, *urls: str) -> tuple[bool, bool]:
    """Drag these over the widget and let go; whether each was taken."""
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, plain)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    let_go = QDropEvent(QPointF(5, 5), copy, data, left, plain, QEvent.Type.Drop)
    let_go.ignore()
    if enter.isAccepted():
        QApplication.sendEvent(widget, let_go)
    return enter.isAccepted(), let_go.isAccepted()


# -- the list ----------------------------------------------------------------------------------


def test_recent_ones_come_first_then_names(make_dialog: MakeDialog) -> None:
    assert shown(make_dialog()) == ["Ant", "Top (in a terminal)", "zebra"]
    dialog = make_dialog(recent=["z.desktop", "gone.desktop", "t.desktop"])
    assert shown(dialog) == ["zebra", "Top (in a terminal)", "Ant"]


def test_a_click_and_run(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog()
    click(qtbot, dialog, 0)
    assert dialog.field.text() == "true 'a b'"
    said = heard(dialog)
    qtbot.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    assert said == ["a.desktop", ("true", "a b")]
    assert not dialog.isVisible()


def test_a_double_click_runs(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog()
    place = dialog.view.visualRect(dialog.list.index(2)).center()
    click(qtbot, dialog, 2)
    with qtbot.waitSignal(dialog.chosen) as got:
        qtbot.mouseDClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert got.args == [("true", "z")]


def test_search_by_keyboard(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog("curl")
    dialog.search.setFocus()
    qtbot.keyClicks(dialog.search, "ANIM")
    assert shown(dialog) == ["Ant", "zebra"]
    assert dialog.field.text() == "true 'a b'"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.field.text() == "true z"
    assert dialog.search.hasFocus()
    with qtbot.waitSignal(dialog.chosen) as got:
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert got.args == [("true", "z")]


def test_nothing_found(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog()
    qtbot.keyClicks(dialog.search, "nothing of that name")
    assert dialog.empty.isVisible()
    assert "any command can be typed" in dialog.empty.text()
    dialog.search.clear()
    assert dialog.view.isVisible()


def test_what_no_application_is_called_is_the_command(
    make_dialog: MakeDialog, qtbot: QtBot
) -> None:
    """Not the application that the first letters found."""
    dialog = make_dialog()
    said = heard(dialog)
    qtbot.keyClicks(dialog.search, "t")
    assert dialog.field.text() == "true 'a b'"
    qtbot.keyClicks(dialog.search, "rue x")
    assert dialog.field.text() == "true x"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert said == [("true", "x")]


def test_a_typed_command_outlives_a_search(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog()
    qtbot.keyClicks(dialog.field, "true y")
    qtbot.keyClicks(dialog.search, "qq")
    assert dialog.field.text() == "true y"


def test_none_installed(make_dialog: MakeDialog) -> None:
    dialog = make_dialog(applications=[])
    assert dialog.empty.isVisible()


def test_what_is_typed_is_no_application(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog()
    click(qtbot, dialog, 0)
    qtbot.keyClick(dialog.field, Qt.Key.Key_End)
    qtbot.keyClicks(dialog.field, " more")
    assert not dialog.view.selectionModel().hasSelection()
    said = heard(dialog)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert said == [("true", "a b", "more")]


def test_a_wrong_command_cannot_be_run(make_dialog: MakeDialog, qtbot: QtBot) -> None:
    dialog = make_dialog(
        applications=[replace(TRUE, argv=("/no/such/program",), found_by="", name="Gone")]
    )
    click(qtbot, dialog, 0)
    assert dialog.problem.text() == "There is no program /no/such/program."
    qtbot.keyClick(dialog.view, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_icons_come_from_files_and_themes(qapp: object, qtbot: QtBot, tmp_path: Path) -> None:
    picture = QPixmap(16, 16)
    picture.fill(QColor("red"))
    picture.save(str(tmp_path / "red.png"))
    icons = [str(tmp_path / "red.png"), str(tmp_path / "missing.png"), "no-such-icon", ""]
    model = ApplicationList(
        iter([replace(TRUE, name=str(n), icon=icon) for n, icon in enumerate(icons)]), ()
    )
    with qtbot.waitSignal(model.loaded):
        pass
    found = [model.index(row).data(Qt.ItemDataRole.DecorationRole) for row in range(len(icons))]
    assert all(isinstance(icon, QIcon) and not icon.isNull() for icon in found)
    assert found[0].pixmap(16).toImage().pixelColor(8, 8) == QColor("red")
    assert found[1].pixmap(16).toImage().pixelColor(8, 8) != QColor("red")


def test_markup_stays_text(qapp: object, qtbot: QtBot) -> None:
    model = ApplicationList(iter([replace(TRUE, about="<b>bold</b>")]), ())
    with qtbot.waitSignal(model.loaded):
        pass
    assert "&lt;b>bold" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_window_lives_while_files_are_read(qapp: object, qtbot: QtBot) -> None:
    """As many as one likes, a few milliseconds at a time."""
    turns: list[int] = []

    def slow() -> Iterator[Application]:
        for n in range(20):
            end = time.monotonic() + 0.005
            while time.monotonic() < end:
                pass
            turns.append(len(turns))
            yield replace(TRUE, id=str(n))

    model = ApplicationList(slow(), ())
    QApplication.processEvents()
    assert 0 < len(turns) < 10
    with qtbot.waitSignal(model.loaded, timeout=MILLISECONDS):
        pass
    assert model.rowCount() == 20


# -- dropped files -----------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "my app.desktop"
    file.write_text("[Desktop Entry]\nType=Application\nName=Mine\nExec=true %U 'x\n")
    return file


@pytest.mark.parametrize("where", ["dialog", "field", "search"])
def test_a_file_is_dropped(make_dialog: MakeDialog, qtbot: QtBot, file: Path, where: str) -> None:
    dialog = make_dialog()
    widget = dialog if where == "dialog" else getattr(dialog, where)
    assert drop(widget, QUrl.fromLocalFile(str(file)).toString()) == (True, True)
    assert dialog.field.text() == "true ''\"'\"'x'"
    said = heard(dialog)
    qtbot.keyClick(dialog.run, Qt.Key.Key_Space)
    assert said == ["my app.desktop", ("true", "'x")]


@pytest.mark.parametrize("url", ["https://example.com/x.desktop", "file:///tmp/x.txt"])
def test_other_things_are_not_taken(make_dialog: MakeDialog, url: str) -> None:
    dialog = make_dialog()
    assert drop(dialog, url) == (False, False)
    assert dialog.field.text() == ""


def test_a_wrong_file_is_said(make_dialog: MakeDialog, tmp_path: Path) -> None:
    dialog = make_dialog("true")
    (tmp_path / "x.desktop").write_text("no")
    drop(dialog, f"file://{tmp_path}/x.desktop")
    assert dialog.problem.text() == "x.desktop is no application's file."
    assert dialog.field.text() == "true"


# -- in the app --------------------------------------------------------------------------------


@pytest.fixture
def desktop(make_desktop: MakeDesktop, tmp_path: Path) -> Desktop:
    profile = tmp_path / "profile.toml"
    profile.write_text('version = 1\nrules = ["MATCH,DIRECT"]\n')
    return make_desktop(profile)


def test_a_file_dropped_on_the_window_is_asked_about(
    desktop: Desktop, qtbot: QtBot, file: Path
) -> None:
    """… never run unasked; and afterwards it is among the recent."""
    assert drop(desktop.window, QUrl.fromLocalFile(str(file)).toString()) == (True, True)
    (dialog,) = desktop.window.findChildren(RunProgramDialog)
    assert dialog.field.text() == "true ''\"'\"'x'"
    assert len(desktop.running.programs) == 0
    with qtbot.waitSignal(dialog.destroyed, timeout=MILLISECONDS):
        qtbot.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not len(desktop.running.programs), timeout=MILLISECONDS)
    assert desktop.window.toast.text.text().startswith("Ended: true")
    assert desktop.running.recent.ids == ("my app.desktop",)


def test_an_installed_application_is_run(
    desktop: Desktop, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its file in the data folder to its own network."""
    folder = tmp_path / "data" / "applications"
    folder.mkdir(parents=True)
    got = tmp_path / "got"
    line = f'sh -c "ls /sys/class/net > {got}; echo done >> {got}"'
    (folder / "mine.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=My only one\nExec={line}\n"
    )
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    desktop.actions.run.trigger()
    (dialog,) = desktop.window.findChildren(RunProgramDialog)
    qtbot.waitUntil(lambda: dialog.list.is_loaded, timeout=MILLISECONDS)
    qtbot.keyClicks(dialog.search, "my only one")
    with qtbot.waitSignal(dialog.destroyed, timeout=MILLISECONDS):
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not len(desktop.running.programs), timeout=MILLISECONDS)
    assert got.read_text().splitlines()[-1] == "done"
