"""The Log page and what feeds it."""

from __future__ import annotations

import asyncio
import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from tests.support.byway import DEADLINE

from byway_gui.log_feed import LogFeed
from byway_gui.models.log_table import KEEP
from byway_gui.presenters.log_lines import Column, Level, Record
from byway_gui.windows.log_page import LogPage

MILLISECONDS = int(DEADLINE * 1000)


@pytest.fixture
def page(qtbot: QtBot) -> LogPage:
    page = LogPage()
    qtbot.addWidget(page)
    page.resize(800, 400)
    page.show()
    return page


def lines(first: int, last: int, level: Level = Level.INFO) -> list[Record]:
    return [Record(1.0, level, "", f"line {n}") for n in range(first, last)]


def text(page: LogPage, row: int) -> str:
    return str(page.table.index(row, Column.TEXT).data())


def top(page: LogPage) -> str:
    return text(page, page.view.rowAt(1))


def last_is_seen(page: LogPage) -> bool:
    index = page.table.index(page.table.rowCount() - 1, 0)
    return page.view.viewport().rect().contains(page.view.visualRect(index))


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# -- following ---------------------------------------------------------------------------------


def test_it_stays_at_the_newest(page: LogPage) -> None:
    for first in range(0, 1000, 100):
        page.append(lines(first, first + 100))
        assert last_is_seen(page)
    assert not page.newest.isVisible()


def test_who_reads_is_left_in_peace(page: LogPage, qtbot: QtBot) -> None:
    page.append(lines(0, KEEP))
    qtbot.keyClick(page.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    page.view.verticalScrollBar().setValue(2000)
    assert page.newest.isVisible()
    before = top(page)
    page.append(lines(KEEP, KEEP + 700))
    assert top(page) == before
    assert page.table.rowCount() == KEEP
    click(qtbot, page.newest)
    assert last_is_seen(page)
    assert not page.newest.isVisible()
    page.append(lines(0, 10))
    assert last_is_seen(page)


def test_it_follows_while_nobody_looks(page: LogPage) -> None:
    page.hide()
    page.append(lines(0, 1000))
    page.show()
    assert last_is_seen(page)


# -- filtering ---------------------------------------------------------------------------------


def test_levels_and_words_filter(page: LogPage, qtbot: QtBot) -> None:
    page.append(lines(0, 3, Level.DEBUG) + lines(3, 6) + lines(6, 8, Level.ERROR))
    assert page.table.rowCount() == 5
    qtbot.keyClick(page.level, Qt.Key.Key_End)
    assert page.table.rowCount() == 2
    qtbot.keyClick(page.level, Qt.Key.Key_Home)
    assert page.table.rowCount() == 8
    qtbot.keyClick(page.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.needle.hasFocus()
    qtbot.keyClicks(page.needle, "LINE 7")
    assert [text(page, row) for row in range(page.table.rowCount())] == ["line 7"]
    qtbot.keyClicks(page.needle, "x")
    assert page.empty.isVisible()
    assert "No line fits" in page.empty.text()
    page.needle.clear()
    assert page.view.isVisible()


def test_empty_it_says_so(page: LogPage) -> None:
    assert page.empty.isVisible()
    assert "Nothing has been logged yet" in page.empty.text()
    for button in (page.copy, page.copy_all, page.save, page.clear):
        assert not button.isEnabled()


# -- taking along ------------------------------------------------------------------------------


def test_lines_are_copied(page: LogPage, qtbot: QtBot) -> None:
    page.append(lines(0, 5))
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in (3, 1):
        page.view.selectionModel().select(page.table.index(row, 0), flags)
    with qtbot.waitSignal(page.said) as said:
        click(qtbot, page.copy)
    assert said.args == ["Copied 2 lines."]
    copied = QApplication.clipboard().text().splitlines()
    assert [line.rpartition("INFO ")[2] for line in copied] == ["line 1", "line 3"]
    QApplication.clipboard().clear()
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().splitlines() == copied
    click(qtbot, page.copy_all)
    assert len(QApplication.clipboard().text().splitlines()) == 5


def save_as(page: LogPage, qtbot: QtBot, name: str) -> None:
    """As a user does, in the dialog."""
    click(qtbot, page.save)
    (dialog,) = page.findChildren(QFileDialog)
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(name)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    with qtbot.waitSignal(dialog.destroyed, timeout=MILLISECONDS):
        click(qtbot, buttons.button(QDialogButtonBox.StandardButton.Save))


def test_it_is_saved(page: LogPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.append(lines(0, 3))
    with qtbot.waitSignal(page.said) as said:
        save_as(page, qtbot, str(tmp_path / "mine"))
    file = tmp_path / "mine.log"
    assert said.args == [f"Saved: {file}"]
    assert [line[-6:] for line in file.read_text().splitlines()] == ["line 0", "line 1", "line 2"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_cannot_be_saved_is_said(page: LogPage, qtbot: QtBot) -> None:
    page.append(lines(0, 3))
    save_as(page, qtbot, "/proc/no.log")
    assert page.problem.isVisible()
    assert page.problem.text().startswith("/proc/no.log: ")


def test_clearing_can_be_undone(page: LogPage, qtbot: QtBot) -> None:
    page.append(lines(0, 3))
    click(qtbot, page.clear)
    assert page.empty.isVisible()
    page.append(lines(3, 4))
    click(qtbot, page.undo)
    assert [text(page, row) for row in range(page.table.rowCount())] == [
        f"line {n}" for n in range(4)
    ]
    assert not page.undo.isVisible()


# -- the feed ----------------------------------------------------------------------------------


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("byway_test_log")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


async def test_what_is_logged_arrives_in_batches(logger: logging.Logger) -> None:
    """From several threads at once, in each one's order."""
    batches: list[list[Record]] = []
    done = asyncio.Event()

    def take(batch: list[Record]) -> None:
        batches.append(batch)
        if sum(map(len, batches)) == 3000:
            done.set()

    logger.addHandler(LogFeed(asyncio.get_running_loop(), take))

    def work(name: int) -> None:
        for n in range(1000):
            logger.info("%d %d", name, n)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(DEADLINE):
        await done.wait()
    for thread in threads:
        thread.join()
    got = [tuple(map(int, each.text.split())) for batch in batches for each in batch]
    for name in range(3):
        assert [n for who, n in got if who == name] == list(range(1000))
    assert len(batches) < 100


async def test_levels_flows_and_tracebacks(logger: logging.Logger) -> None:
    arrived: asyncio.Queue[list[Record]] = asyncio.Queue()
    logger.addHandler(LogFeed(asyncio.get_running_loop(), arrived.put_nowait))
    logger.warning("so", extra={"flow": "1.2"})
    try:
        raise ValueError("why")
    except ValueError:
        logger.exception("it fell")
    async with asyncio.timeout(DEADLINE):
        first, *rest = await arrived.get()
    assert (first.level, first.flow, first.text) == (Level.WARNING, "1.2", "so")
    assert [each.text for each in rest][:2] == ["it fell", "Traceback (most recent call last):"]
    assert rest[-1].text == "ValueError: why"
    assert {each.level for each in rest} == {Level.ERROR}


async def test_a_closed_feed_is_silent(logger: logging.Logger) -> None:
    got: list[list[Record]] = []
    feed = LogFeed(asyncio.get_running_loop(), got.append)
    logger.addHandler(feed)
    logger.info("before")
    feed.close()
    beaten = asyncio.Event()
    asyncio.get_running_loop().call_later(0.15, beaten.set)
    await beaten.wait()
    assert got == []


def test_a_closed_loop_is_no_error(logger: logging.Logger) -> None:
    loop = asyncio.new_event_loop()
    logger.addHandler(LogFeed(loop, lambda batch: None))
    loop.close()
    logger.info("nobody hears")
