"""The Status page, with a real `byway status --explain --json` as its child."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.gui.test_explained import ANSWER, HELPER, finding
from tests.support.byway import DEADLINE

from byway_core.api.wire import ActionStatus, EngineStatus
from byway_core.model.errors import Area
from byway_core.model.sentence import say
from byway_gui.inquiry import Inquiry
from byway_gui.models.target_table import TargetTable
from byway_gui.presenters.totals import duration, targets
from byway_gui.presenters.troubles import troubles
from byway_gui.theme import colour
from byway_gui.windows.section import CommandLines
from byway_gui.windows.status_page import StatusPage
from byway_gui.windows.traffic_graph import TrafficGraph

MILLISECONDS = int(DEADLINE * 1000)
STATUS = EngineStatus(
    1,
    "0.1",
    "desktop",
    1_700_000_000.0,
    "profile.toml",
    live=1,
    flows=3,
    up=1500,
    down=20_000,
    actions={"DIRECT": ActionStatus(2, 1, 1500, 20_000), "office": ActionStatus(1)},
)
MakePage = Callable[..., StatusPage]
# Pixels above the plot, where the legend has the same colours.
_LEGEND = 24


def says(answer: object) -> list[str]:
    """A child that answers so."""
    return [sys.executable, "-c", f"print({json.dumps(answer)!r})"]


@pytest.fixture
def make_page(qtbot: QtBot) -> Iterator[MakePage]:
    inquiries: list[Inquiry] = []

    def make(command: list[str] | None = None) -> StatusPage:
        inquiries.append(Inquiry() if command is None else Inquiry(None, command))
        page = StatusPage(inquiries[-1])
        qtbot.addWidget(page)
        page.resize(800, 900)
        return page

    yield make
    for inquiry in inquiries:
        inquiry.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def texts(page: StatusPage) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def checked(page: StatusPage, qtbot: QtBot) -> None:
    """Show it, and wait until it has looked at the machine."""
    page.show()
    assert page.machine.checked.text() == "Checking…"
    assert not page.machine.refresh.isEnabled()
    qtbot.waitUntil(page.machine.refresh.isEnabled, timeout=MILLISECONDS)


# -- what does not work


def test_what_does_not_work_is_said_with_what_to_do(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(says(ANSWER))
    checked(page, qtbot)
    page.take(STATUS)
    assert not page.troubles.isVisible()
    silent = say("the DNS server {server} does not answer: {why}", server="192.0.2.1", why="no")
    status = replace(STATUS, problems=(silent, "something new", "more"), areas=("names", "moon"))
    page.take(status)
    shown = [each.text() for each in page.troubles.findChildren(QLabel)]
    assert shown == [
        "What does not work",
        "The DNS server 192.0.2.1 does not answer: no.",
        "It is tried again by itself. If it stays so, choose another server.",
        "Something new.",
        "More.",
    ]
    assert page.troubles.isVisible()
    (button,) = page.troubles.findChildren(QPushButton)
    page.take(status)  # a second later
    assert page.troubles.findChildren(QPushButton) == [button]
    with qtbot.waitSignal(page.page_wanted) as wanted:
        button.click()
    assert wanted.args == ["dns"]
    page.take(None)
    assert not page.troubles.isVisible()


@pytest.mark.parametrize("area", Area)
def test_there_is_a_word_on_each_area(area: Area) -> None:
    (known,) = troubles(replace(STATUS, problems=("x",), areas=(area.value,)))
    assert known.advice or known.page


# -- this machine ------------------------------------------------------------------------------


def test_it_looks_at_this_machine(make_page: MakePage, qtbot: QtBot) -> None:
    """The real command, whatever it finds here."""
    page = make_page()
    checked(page, qtbot)
    assert not page.machine.problem.isVisible(), page.machine.problem.text()
    assert page.machine.checked.text().startswith("Checked at ")
    assert page.machine.helper.text().startswith("Helper: ")
    assert "Intercepted: TCP" in page.machine.plan.text()
    assert "Left alone: " in page.machine.plan.text()


def test_it_is_asked_once_and_again_on_demand(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(says(ANSWER))
    checked(page, qtbot)
    page.hide()
    page.show()
    assert page.machine.refresh.isEnabled()
    qtbot.mouseClick(page.machine.refresh, Qt.MouseButton.LeftButton)
    assert page.machine.checked.text() == "Checking…"
    qtbot.waitUntil(page.machine.refresh.isEnabled, timeout=MILLISECONDS)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ([sys.executable, "-c", "raise SystemExit('byway: no such thing')"], "no such thing"),
        ([sys.executable, "-c", "print('{}')"], "makes no sense"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "it has said nothing"),
        (["/no/such/program"], "could not be started"),
    ],
    ids=["fails", "answers wrongly", "dies", "is missing"],
)
def test_what_fails_is_said(
    make_page: MakePage, qtbot: QtBot, command: list[str], sentence: str
) -> None:
    page = make_page(command)
    page.show()
    qtbot.waitUntil(page.machine.problem.isVisible, timeout=MILLISECONDS)
    assert page.machine.problem.text().startswith("The machine could not be looked at. ")
    assert sentence in page.machine.problem.text()
    assert page.machine.refresh.isEnabled()


def test_one_that_hangs_is_given_up(
    make_page: MakePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byway_gui.inquiry._PATIENCE", 50)
    page = make_page([sys.executable, "-c", "import time; time.sleep(1000)"])
    page.show()
    qtbot.waitUntil(page.machine.problem.isVisible, timeout=MILLISECONDS)
    assert "did not answer" in page.machine.problem.text()


def test_a_question_ends_with_who_asked(qtbot: QtBot) -> None:
    """No process is left, and Qt does not complain."""
    inquiry = Inquiry(None, [sys.executable, "-c", "import time; time.sleep(1000)"])
    inquiry.ask()
    with qtbot.waitSignal(inquiry.destroyed, timeout=MILLISECONDS):
        inquiry.deleteLater()


def test_a_question_can_be_taken_back(qtbot: QtBot) -> None:
    inquiry = Inquiry(None, [sys.executable, "-c", "import time; time.sleep(1000)"])
    inquiry.failed.connect(pytest.fail)
    inquiry.ask()
    inquiry.close()
    assert not inquiry.asking
    inquiry.close()
    inquiry.deleteLater()


def test_findings_have_commands_to_copy(make_page: MakePage, qtbot: QtBot) -> None:
    remedy = ["# first", "sudo true"]
    conflict = {**finding("conflict"), "name": "firewall <b>", "remedy": remedy}
    page = make_page(says({**ANSWER, "findings": [finding("fine"), conflict]}))
    checked(page, qtbot)
    assert "1 thing on this machine is in Byway's way." in texts(page)
    assert "Conflict: firewall <b>" in texts(page)
    first, second = (each for each in page.findChildren(CommandLines) if each.isVisible())
    assert second.lines == "ls"
    qtbot.mouseClick(first.button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "# first\nsudo true"
    assert first.button.text() == "Copied"


def test_how_to_install_the_helper_is_said(make_page: MakePage, qtbot: QtBot) -> None:
    missing = {**HELPER, "installed": False, "fault": "missing", "message": "it is not installed"}
    page = make_page(says({**ANSWER, "helper": missing}))
    checked(page, qtbot)
    (command,) = page.machine._install.findChildren(CommandLines)
    # A layout shows what comes to it in its turn.
    qtbot.waitUntil(command.isVisible, timeout=MILLISECONDS)
    assert command.button.text() == "Copy command"
    command.button.click()
    assert QApplication.clipboard().text().endswith("packaging/helper/install.py")


def test_repair_is_asked_for(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(says(ANSWER))
    checked(page, qtbot)
    with qtbot.waitSignal(page.repair_wanted):
        qtbot.mouseClick(page.machine.repair, Qt.MouseButton.LeftButton)


# -- since it was turned on --------------------------------------------------------------------


def test_numbers_come_and_go(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(says(ANSWER))
    checked(page, qtbot)
    assert page.summary.text() == "Byway is off: nothing is counted."
    assert not page.targets.isVisible()
    page.take(STATUS)
    assert "3 connections, 1 live. 1.5 kB sent, 20.0 kB received." in page.summary.text()
    model = page.targets.model()
    rows = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert rows == [["Directly", "2", "1", "1.5 kB", "20.0 kB"], ["office", "1", "0", "0 B", "0 B"]]
    assert page.targets.isVisible()
    page.take(None)
    assert not page.targets.isVisible()


def test_the_table_of_targets(qapp: object) -> None:
    table = TargetTable()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table, mode, table)
    for status in (
        STATUS,
        replace(STATUS, actions={**STATUS.actions, "office": ActionStatus(5)}),
        replace(STATUS, actions={"DIRECT": ActionStatus()}),
        replace(STATUS, actions={}),
    ):
        table.show_targets(targets(status))
        assert table.rowCount() == len(status.actions)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 seconds"), (1, "1 second"), (119, "1 minute"), (7200, "2 hours"), (90_000, "1 day")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# -- the graph ---------------------------------------------------------------------------------


def coloured(picture: QImage, wanted: QColor) -> set[int]:
    """The columns of the picture in which the colour is."""
    return {
        x
        for x in range(picture.width())
        for y in range(_LEGEND, picture.height())
        if picture.pixelColor(x, y) == wanted
    }


def test_the_graph_shows_a_gap(qtbot: QtBot) -> None:
    now = time.monotonic()
    graph = TrafficGraph(clock=lambda: now)
    qtbot.addWidget(graph)
    graph.resize(700, 200)
    for second in range(-118, 1):
        if not -80 < second < -40:
            graph.add((second + 118) * 1000, (second + 118) * 50_000, now + second)
    graph.show()
    columns = coloured(graph.grab().toImage(), colour("accent"))
    plot = range(min(columns), max(columns) + 1)
    missing = [x for x in plot if x not in columns]
    assert len(plot) > 500
    assert missing == list(range(missing[0], missing[-1] + 1))
    assert 0.25 < len(missing) / len(plot) < 0.4


def test_the_graph_has_words(qtbot: QtBot) -> None:
    now = 100.0
    graph = TrafficGraph(clock=lambda: now)
    qtbot.addWidget(graph)
    assert graph.accessibleName() == "Traffic of the last two minutes"
    assert graph.accessibleDescription() == "Nothing is being counted now."
    graph.add(0, 0, 99.0)
    graph.add(1500, 3000, 100.0)
    graph.show()
    assert graph.accessibleDescription().startswith("Now 1.5 kB/s up, 3.0 kB/s down. Highest")
    assert graph.toolTip() == graph.accessibleDescription()


def test_the_graph_rests_while_nobody_looks(qtbot: QtBot) -> None:
    graph = TrafficGraph()
    qtbot.addWidget(graph)
    assert not graph._timer.isActive()
    graph.show()
    assert graph._timer.isActive()
    graph.hide()
    assert not graph._timer.isActive()


def test_everything_can_be_reached_by_keyboard(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(says({**ANSWER, "findings": [finding("conflict")]}))
    checked(page, qtbot)
    page.take(STATUS)
    reached, widget = [], page.nextInFocusChain()
    while widget is not page:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            reached.append(widget)
        widget = widget.nextInFocusChain()
    buttons = [each.text() for each in reached if isinstance(each, QPushButton)]
    assert buttons == ["&Check again", "Repair &network", "&Leak test…", "Copy command"]
    assert reached.index(page.targets) < reached.index(page.machine.refresh)
