"""The window's small parts: what stands above its pages, and the sentence beneath them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from byway_core.model.errors import HelperFault, Problem
from byway_gui.actions import Actions
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing
from byway_gui.windows import toast as module
from byway_gui.windows.banner import Banner
from byway_gui.windows.header import Header
from byway_gui.windows.toast import Toast

FILE = Path("/home/me/profile.toml")
ERROR = Problem(2, 17, "there is no nowhere", nearest="DIRECT")
WARNING = Problem(1, 1, "unwise", warning=True)


# -- the toast ---------------------------------------------------------------------------------


@pytest.fixture
def toast(qtbot: QtBot) -> Toast:
    """The pointer is not on it."""
    QCursor.setPos(0, 0)
    toast = Toast()
    toast.move(300, 300)
    qtbot.addWidget(toast)
    return toast


def enter(toast: Toast) -> None:
    QApplication.sendEvent(toast, QEnterEvent(QPointF(), QPointF(), QPointF()))


def leave(toast: Toast) -> None:
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))


def test_it_goes_by_itself(toast: Toast, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not from under the pointer."""
    monkeypatch.setattr(module, "_STAYS", 10)
    toast.say("Copied.")
    assert toast.isVisible()
    assert not toast.undo.isVisible()
    qtbot.waitUntil(lambda: not toast.isVisible())
    toast.say("Copied.")
    enter(toast)
    assert not toast._timer.isActive()
    leave(toast)
    qtbot.waitUntil(lambda: not toast.isVisible())


def test_another_sentence_under_the_pointer_stays_too(toast: Toast) -> None:
    toast.say("one")
    enter(toast)
    toast.say("two")
    assert not toast._timer.isActive()
    leave(toast)
    assert toast._timer.isActive()


def test_what_it_tells_of_can_be_undone_once(toast: Toast, qtbot: QtBot) -> None:
    undone: list[str] = []
    toast.say("Removed a rule.", lambda: undone.append("first"))
    toast.say("Removed another.", lambda: undone.append("second"))
    assert toast.undo.isVisible()
    qtbot.mouseClick(toast.undo, Qt.MouseButton.LeftButton)
    assert undone == ["second"]
    assert not toast.isVisible()
    toast.undo.click()
    assert undone == ["second"]


def test_what_undoing_says_is_seen(toast: Toast, qtbot: QtBot) -> None:
    toast.say("Removed a rule.", lambda: toast.say("It is back."))
    qtbot.mouseClick(toast.undo, Qt.MouseButton.LeftButton)
    assert toast.isVisible()
    assert toast.text.text() == "It is back."
    assert not toast.undo.isVisible()


def test_it_is_closed(toast: Toast, qtbot: QtBot) -> None:
    toast.say("Copied.")
    qtbot.mouseClick(toast.dismiss, Qt.MouseButton.LeftButton)
    assert not toast.isVisible()
    toast.say("")
    assert not toast.isVisible()


def test_one_closed_beneath_the_pointer_is_not_held_for_ever(toast: Toast) -> None:
    toast.say("one")
    enter(toast)
    toast.dismiss.click()
    assert not toast._timer.isActive()
    toast.say("two")
    assert toast._timer.isActive()


def test_markup_stays_text(toast: Toast) -> None:
    """A program's name may be anything."""
    assert toast.text.textFormat() is Qt.TextFormat.PlainText


# -- the banner --------------------------------------------------------------------------------


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    banner = Banner()
    qtbot.addWidget(banner)
    return banner


def test_a_missing_profile_has_its_ways_out(banner: Banner, qtbot: QtBot) -> None:
    banner.show_problems((), missing=True, path=FILE)
    assert str(FILE) in banner.text.text()
    assert not banner.problems.isVisible()
    for button, signal in (
        (banner.starter, banner.starter_wanted),
        (banner.steps, banner.steps_wanted),
    ):
        assert button.isVisible()
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("problems", "said", "lines"),
    [
        ((ERROR,), "has 1 error. Until it is mended", 1),
        ((WARNING, ERROR), "has 1 error. ", 1),
        ((ERROR,) * 1200, "has 1,200 errors. Until they are mended", 1200),
    ],
)
def test_problems_are_listed(
    banner: Banner, problems: tuple[Problem, ...], said: str, lines: int
) -> None:
    banner.show_problems(problems, missing=False, path=FILE)
    assert said in banner.text.text()
    assert not banner.starter.isVisible()
    shown = banner.problems.toPlainText().splitlines()
    assert len(shown) == lines
    assert shown[0].startswith("line 2, column 17: there is no nowhere")
    assert banner.problems.height() < banner.fontMetrics().height() * 8
    assert banner.problems.accessibleName() == "Problems of the profile"


def test_where_all_is_well_there_is_none(banner: Banner) -> None:
    banner.show_problems((ERROR,), missing=False, path=FILE)
    banner.show_problems((WARNING,), missing=False, path=FILE)
    assert not banner.isVisible()


# -- the header --------------------------------------------------------------------------------


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    header = Header(Actions())
    qtbot.addWidget(header)
    header.show()
    return header


def test_it_says_how_it_stands(header: Header) -> None:
    header.show_standing(Standing(Phase.ON, port=7890, rules=3))
    assert header.headline.text() == "On"
    assert header.detail.text().startswith("Programs that use the proxy 127.0.0.1:7890 are served.")
    assert "rules" in header.mode.text().lower()
    assert not header.cure.isVisible()
    header.show_standing(Standing(Phase.ON, mode=Mode.THROUGH, through="office"))
    assert "office" in header.mode.text()
    header.show_standing(Standing(Phase.ON, mode=Mode.DIRECT))
    assert "directly" in header.mode.text()


@pytest.mark.parametrize("fault", HelperFault)
def test_a_fault_has_advice_or_a_button(header: Header, qtbot: QtBot, fault: HelperFault) -> None:
    standing = Standing(Phase.FAILED, Reach.MACHINE, sentence="no", fault=fault)
    header.show_standing(standing)
    assert header.detail.text().startswith("No. All traffic goes its usual way meanwhile.")
    if header.cure.isVisible():
        with qtbot.waitSignal(header.cure_wanted):
            qtbot.mouseClick(header.cure, Qt.MouseButton.LeftButton)
    else:
        assert "\n" in header.detail.text()


def test_every_text_can_be_copied_and_none_is_markup(header: Header) -> None:
    header.show_standing(Standing(Phase.FAILED, sentence="<b>no</b>"))
    labels = [label for label in header.findChildren(QLabel) if label.text()]
    assert labels
    for label in labels:
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
