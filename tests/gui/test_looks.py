"""What is seen of windows and tables: how columns share the room, what is marked and how strongly,
and the pictures of all of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.support.byway import DEADLINE
from tests.support.own_namespace import ROOT
from tests.support.snapshots import FLOW

from byway_core.api.profiles import RuleLine
from byway_core.model.errors import Problem
from byway_gui.actions import Actions
from byway_gui.engine_link.inbox import Batch
from byway_gui.models.flow_table import FlowTable
from byway_gui.models.rule_table import RuleTable
from byway_gui.presenters.column_widths import Width, shares
from byway_gui.presenters.flows import Column as FlowColumn
from byway_gui.presenters.rules import Column
from byway_gui.presenters.standing import Mode, Phase, Standing
from byway_gui.theme import Look, Theme, colour
from byway_gui.windows.banner import Banner
from byway_gui.windows.connections_page import ConnectionsPage
from byway_gui.windows.header import Header
from byway_gui.windows.page_list import PageList
from byway_gui.windows.rule_tester import RuleTester
from byway_gui.windows.rule_view import RuleView

WIDTHS = st.lists(
    st.builds(
        lambda least, more, parts: Width(least, least + more, parts),
        st.integers(1, 300),
        st.integers(0, 300),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = Look(qapp, Theme.LIGHT)
    yield look
    look.want(Theme.LIGHT)


# -- columns -----------------------------------------------------------------------------------


@given(WIDTHS, st.integers(0, 4000))
def test_columns_share_the_room(widths: list[Width], room: int) -> None:
    given = shares(widths, room)
    assert all(got >= width.least for got, width in zip(given, widths, strict=True))
    least, wanted = sum(each.least for each in widths), sum(each.wanted for each in widths)
    if room < wanted:
        assert sum(given) == max(room, least)
        assert all(got <= width.wanted for got, width in zip(given, widths, strict=True))
    elif any(width.parts for width in widths):
        assert sum(given) == room
    else:
        assert given == [width.wanted for width in widths]


@pytest.fixture
def rules(qtbot: QtBot) -> RuleView:
    table = RuleTable()
    view = RuleView(table)
    table.setParent(view)
    table.reset([RuleLine(f"DOMAIN-SUFFIX,a{n}.example.com,DIRECT") for n in range(40)])
    qtbot.addWidget(view)
    view.show()
    return view


@pytest.mark.parametrize("characters", [106, 120, 200])
def test_rules_fit_their_window(rules: RuleView, qtbot: QtBot, characters: int) -> None:
    character = rules.fontMetrics().averageCharWidth()
    rules.resize(character * characters, 300)
    qtbot.waitUntil(lambda: rules.horizontalScrollBar().maximum() == 0)
    assert rules.columnWidth(Column.HOSTS) >= character * 18
    assert rules.columnWidth(Column.NOTE) >= character * 10
    assert sum(map(rules.columnWidth, Column)) == rules.viewport().width()


def test_a_width_that_is_set_stays(rules: RuleView, qtbot: QtBot) -> None:
    rules.resize(900, 300)
    rules.horizontalHeader().resizeSection(Column.NOTE, 77)
    before = [rules.columnWidth(column) for column in Column]
    rules.resize(1400, 300)
    assert [rules.columnWidth(column) for column in Column] == before


# -- light and dark ----------------------------------------------------------------------------


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(each: QColor) -> float:
    parts = (each.redF(), each.greenF(), each.blueF())
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_an_empty_box_is_seen(
    look: Look, qtbot: QtBot, theme: Theme, kind: type[QCheckBox] | type[QRadioButton]
) -> None:
    """WCAG 2.2, 1.4.11: three to one for what shows a control."""
    look.want(theme)
    assert strongest(kind(""), qtbot) >= 3


def test_a_field_is_seen_in_the_dark(look: Look, qtbot: QtBot) -> None:
    look.want(Theme.DARK)
    assert strongest(QLineEdit(), qtbot) >= 3


def strongest(widget: QWidget, qtbot: QtBot) -> float:
    """The contrast to its ground of the strongest colour that is painted for it on a window."""
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(widget)
    window.show()
    window.setFocus()
    picture = window.grab(widget.geometry()).toImage()
    ground = widget.palette().color(QPalette.ColorRole.Base)
    return max(contrast(colour, ground) for colour in colours(picture))


def colours(picture: QImage) -> list[QColor]:
    """Of its left part, where boxes and edges are."""
    names = {
        picture.pixelColor(x, y).name()
        for x in range(min(16, picture.width()))
        for y in range(picture.height())
    }
    return [QColor(name) for name in names]


def test_an_answer_follows_the_theme(look: Look, qtbot: QtBot) -> None:
    tester = RuleTester()
    qtbot.addWidget(tester)
    tester.show()
    tester.place.setText("example.com")
    tester.ask_now()
    assert colour("muted").name() in tester.answer.text()
    look.want(Theme.DARK)
    qtbot.waitUntil(lambda: colour("muted").name() in tester.answer.text())


def test_a_page_made_late_has_the_colours_of_now(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    look.want(Theme.DARK)
    table = FlowTable()
    table.take(Batch(frozenset(), {(1, FLOW.id): replace(FLOW, action="REJECT")}, frozenset()))
    look.want(Theme.LIGHT)
    kept = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    page = ConnectionsPage(table, kept, list, lambda key: None)
    qtbot.addWidget(page)
    cell = table.index(0, FlowColumn.ACTION)
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == colour("bad")


# -- the window's parts ------------------------------------------------------------------------


def test_the_page_is_marked_strongly_with_the_keyboard_only(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    pages, other = PageList(window), QLineEdit(window)
    for title in ("Rules", "Connections"):
        pages.add(title)
    qtbot.addWidget(window)
    window.show()
    pages.setCurrentRow(1)
    strong = pages.palette().color(QPalette.ColorRole.Highlight)
    pages.setFocus()
    qtbot.waitUntil(pages.hasFocus)
    assert mark(pages) == strong
    other.setFocus()
    weak = mark(pages)
    assert weak not in (strong, pages.palette().color(QPalette.ColorRole.Window))
    assert contrast(weak, pages.palette().color(QPalette.ColorRole.WindowText)) >= 4.5


def mark(pages: PageList) -> QColor:
    place = pages.visualRect(pages.currentIndex())
    return pages.viewport().grab().toImage().pixelColor(place.left() + 4, place.center().y())


def test_the_list_is_as_wide_as_its_longest_title(qtbot: QtBot) -> None:
    pages = PageList()
    qtbot.addWidget(pages)
    pages.add("A title that is long")
    wide = pages.width()
    pages.add("Short")
    assert pages.width() == wide > pages.fontMetrics().horizontalAdvance("A title that is long")


def test_a_long_name_does_not_push_the_buttons_out(qtbot: QtBot) -> None:
    header = Header(Actions())
    qtbot.addWidget(header)
    name = "a&b-" + "x" * 200
    header.show_standing(Standing(Phase.ON, port=1, mode=Mode.THROUGH, through=name))
    assert "…" in header.mode.text()
    assert "a&&b" in header.mode.text()
    assert name in header.mode.toolTip()
    assert header.mode.sizeHint().width() < header.fontMetrics().averageCharWidth() * 60


def test_errors_are_not_lost_among_warnings(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    warnings = [Problem(n, 1, f"warning {n}", "", "", True) for n in range(1, 9)]
    error = Problem(12, 1, "this is wrong", "", "", False)
    banner.show_problems([*warnings, error], missing=False, path=Path("profile.toml"))
    assert banner.problems.toPlainText() == "line 12, column 1: this is wrong"
    assert "has 1 error." in banner.text.text()


# -- the pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_pictures_are_taken(tmp_path: Path, language: str) -> None:
    """All that the tool can show is made; a few are kept."""
    argv = [sys.executable, "-m", "tests.gui.screenshots", str(tmp_path)]
    argv += ["--language", language, "--scale", "2", "--only", "full-5"]
    done = subprocess.run(
        argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=DEADLINE * 6
    )
    assert (done.returncode, done.stderr) == (0, "")
    names = [f"{language}-200/{theme}-full-5-status.png" for theme in ("dark", "light")]
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.png")) == names
    dark, light = (QImage(str(tmp_path / name)) for name in names)
    assert dark.devicePixelRatio() == 1
    assert dark.width() > 1600
    assert dark.pixelColor(2, 2).lightness() < 128 < light.pixelColor(2, 2).lightness()
