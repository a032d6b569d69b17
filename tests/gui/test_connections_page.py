"""The page of connections: what a user clicks and types, and what then is seen and asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPaintEvent, QPalette
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.test_flow_table import Clock, batch, flow, many, one

from byway_core.model.decision import Process
from byway_core.model.flow import FlowSnapshot
from byway_gui.engine_link.inbox import Key
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.flow_filter import Stand
from byway_gui.presenters.flows import Column
from byway_gui.theme import palette
from byway_gui.windows.connections_page import ConnectionsPage

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Asked:
    """Everything that the page has asked for."""

    said: list[str] = field(default_factory=list)
    why: list[FlowSnapshot] = field(default_factory=list)
    rules: list[tuple[FlowSnapshot, str]] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    closed: list[Key] = field(default_factory=list)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(qapp: object, clock: Clock) -> FlowTable:
    table = FlowTable(clock=clock)
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    return table


@pytest.fixture
def asked() -> Asked:
    return Asked()


Open = Callable[[], ConnectionsPage]


@pytest.fixture
def make_page(qtbot: QtBot, table: FlowTable, asked: Asked, tmp_path: Path) -> Iterator[Open]:
    """A page with settings that the next one finds again."""

    def make() -> ConnectionsPage:
        kept = QSettings(str(tmp_path / "gui.ini"), QSettings.Format.IniFormat)
        page = ConnectionsPage(
            table, kept, lambda: ["DIRECT", "REJECT", "office"], asked.closed.append
        )
        page.said.connect(asked.said.append)
        page.why_wanted.connect(asked.why.append)
        page.rule_wanted.connect(lambda flow, rule: asked.rules.append((flow, rule)))
        page.rule_shown.connect(asked.shown.append)
        qtbot.addWidget(page)
        page.resize(1200, 500)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    yield make
    QApplication.clipboard().clear()


@pytest.fixture
def page(make_page: Open) -> ConnectionsPage:
    return make_page()


def click(qtbot: QtBot, page: ConnectionsPage, row: int, *, key: object = None) -> None:
    row_height = page.view.rowHeight(row)
    place = QPoint(row_height, page.view.rowViewportPosition(row) + row_height // 2)
    modifier = key if isinstance(key, Qt.KeyboardModifier) else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(page.view.viewport(), LEFT, modifier, place)


def hosts(page: ConnectionsPage) -> list[str]:
    model = page.view.model()
    return [model.index(row, Column.DESTINATION).data() for row in range(model.rowCount())]


def chosen(page: ConnectionsPage, table: FlowTable) -> list[str]:
    return [table.flow(row).id for row in page.view.chosen_rows()]


def popup() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def entry(menu: QMenu, text: str) -> QMenu:
    """The submenu that is called so."""
    (found,) = [action.menu() for action in menu.actions() if action.text() == text]
    assert isinstance(found, QMenu)
    return found


# -- which are listed -----------------------------------------------------------------------------


def test_nothing_yet(page: ConnectionsPage, table: FlowTable) -> None:
    assert page.empty.isVisible()
    page.show_hint("Run a program first.")
    assert page.empty.label.text() == "Run a program first."
    assert not page.empty.button.isVisible()
    assert not page.does.close_all.isEnabled()
    table.take(many(0, 3))
    assert page.view.isVisible()
    assert not page.empty.isVisible()


def test_live_and_ended_have_their_counts(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot
) -> None:
    table.take(many(0, 3))
    table.take(many(3, 5, closed=True))
    stands = page.bar.stands
    assert [stands[each].text() for each in (Stand.LIVE, Stand.ENDED, Stand.ALL)] == [
        "L&ive (3)",
        "&Ended (2)",
        "&All (5)",
    ]
    qtbot.mouseClick(stands[Stand.LIVE], LEFT)
    assert table.rowCount() == 3
    qtbot.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    table.take(one(0, closed=True))
    assert table.rowCount() == 3
    assert stands[Stand.LIVE].text() == "L&ive (2)"


def test_the_filter_by_keys(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    table.take(batch({(1, f"1.{n}"): flow(n, host=h) for n, h in enumerate(["a.test", "b.test"])}))
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_F, CONTROL)
    assert page.bar.line.hasFocus()
    qtbot.keyClicks(page.bar.line, "TEST A.te")
    assert hosts(page) == ["a.test:443"]
    assert page.bar.stands[Stand.ALL].text() == "&All (1)"
    qtbot.keyClick(page.bar.line, Qt.Key.Key_Return)
    assert page.view.hasFocus()
    assert page.view.chosen_rows() == [0]
    qtbot.keyClick(page.view, Qt.Key.Key_F, CONTROL)
    qtbot.keyClick(page.bar.line, Qt.Key.Key_Escape)
    assert len(hosts(page)) == 2
    assert page.view.chosen_rows() == [1]


def test_a_filter_without_hits_can_be_cleared(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot
) -> None:
    table.take(many(0, 3))
    qtbot.keyClicks(page.bar.line, "nothing")
    assert page.empty.label.text() == "No connection fits the filter."
    qtbot.mouseClick(page.empty.button, LEFT)
    assert page.bar.line.text() == ""
    assert table.rowCount() == 3
    assert page.view.isVisible()


def test_nothing_live_leads_to_the_ended_ones(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot
) -> None:
    table.take(many(0, 3, closed=True))
    qtbot.mouseClick(page.bar.stands[Stand.LIVE], LEFT)
    assert page.empty.label.text() == "No connection is open at the moment."
    qtbot.mouseClick(page.empty.button, LEFT)
    assert page.bar.stand is Stand.ALL
    assert table.rowCount() == 3


def test_one_program(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    table.take(one(1, program="curl"))
    table.take(one(2, program=""))
    combo = page.bar.program
    assert [combo.itemText(n) for n in range(combo.count())] == [
        "All programs",
        "Program not known",
        "curl",
    ]
    qtbot.keyClicks(combo, "c")
    assert combo.currentText() == "curl"
    assert table.rowCount() == 1
    # It stays chosen, also when others come and it goes.
    table.take(one(3, program="firefox"))
    assert combo.currentText() == "curl"
    table.take(batch(voided=frozenset({1})))
    assert combo.currentText() == "curl"
    table.take(one(4, program="firefox"))
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, LEFT)
    assert combo.currentText() == "All programs"
    assert table.rowCount() == 1


# -- columns --------------------------------------------------------------------------------------


def test_columns_are_kept(make_page: Open, qtbot: QtBot) -> None:
    page = make_page()
    header = page.view.horizontalHeader()
    assert page.view.isColumnHidden(Column.ADDRESS)
    header.customContextMenuRequested.emit(QPoint(1, 1))
    menu = popup()
    titles = texts(menu)
    assert titles[:2] == ["Started", "Program"]
    menu.actions()[Column.ADDRESS].trigger()
    menu.actions()[Column.RULE].trigger()
    menu.actions()[Column.DESTINATION].trigger()  # what a row is about
    assert menu.actions()[Column.DESTINATION].isChecked()
    assert not page.view.isColumnHidden(Column.DESTINATION)
    menu.close()
    header.moveSection(header.visualIndex(Column.STATE), 0)
    header.resizeSection(Column.PROGRAM, 177)
    page.view.sortByColumn(Column.SENT, Qt.SortOrder.AscendingOrder)
    page.hide()

    again = make_page()
    header = again.view.horizontalHeader()
    assert not again.view.isColumnHidden(Column.ADDRESS)
    assert again.view.isColumnHidden(Column.RULE)
    assert header.logicalIndex(0) == Column.STATE
    assert again.view.columnWidth(Column.PROGRAM) == 177
    assert header.sortIndicatorSection() == Column.SENT
    assert header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder

    again.columns.reset()
    assert again.view.isColumnHidden(Column.ADDRESS)
    assert header.logicalIndex(0) == Column.TIME
    assert header.sortIndicatorSection() == Column.TIME


def test_columns_are_moved_by_keyboard(make_page: Open, qtbot: QtBot) -> None:
    page = make_page()
    header = page.view.horizontalHeader()
    page.bar.columns.setFocus()
    qtbot.keyClick(page.bar.columns, Qt.Key.Key_Space)
    menu = popup()
    alt = Qt.KeyboardModifier.AltModifier

    def left(count: int) -> list[str]:
        titles = [header.model().headerData(each, Qt.Orientation.Horizontal) for each in order()]
        assert [title.replace("&", "&&") for title in titles] == texts(menu)[: len(titles)]
        return titles[:count]

    def order() -> list[int]:
        return [header.logicalIndex(place) for place in range(header.count())]

    assert left(3) == ["Started", "Program", "Destination"]
    for _ in range(3):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Left, alt)
    assert left(3) == ["Started", "Destination", "Program"]
    qtbot.keyClick(menu, Qt.Key.Key_Up, alt)
    qtbot.keyClick(menu, Qt.Key.Key_Up, alt)  # further it does not go
    assert left(3) == ["Destination", "Started", "Program"]
    qtbot.keyClick(menu, Qt.Key.Key_Right, alt)
    assert left(3) == ["Started", "Destination", "Program"]
    assert menu.activeAction().text() == "Destination"
    menu.close()
    page.hide()
    assert [make_page().view.horizontalHeader().logicalIndex(each) for each in (0, 1)] == [
        Column.TIME,
        Column.DESTINATION,
    ]


def test_columns_are_kept_without_a_proper_end(make_page: Open, qtbot: QtBot) -> None:
    page = make_page()
    page.view.horizontalHeader().resizeSection(Column.PROGRAM, 199)
    page.view.setColumnHidden(Column.STATE, True)
    kept = page._settings
    qtbot.waitUntil(lambda: "program:199" in str(kept.value("connections/columns", "")))


def test_settings_of_another_version_do_no_harm(
    table: FlowTable, qtbot: QtBot, tmp_path: Path
) -> None:
    kept = QSettings(str(tmp_path / "other.ini"), QSettings.Format.IniFormat)
    kept.setValue(
        "connections/columns", "state:120 flavour:90:hidden rule:x :: destination:80:hidden"
    )
    kept.setValue("connections/sorted", "flavour:sideways")
    kept.setValue("connections/stand", "sitting")
    kept.setValue("connections/share_below", "-3")
    page = ConnectionsPage(table, kept, list, lambda key: None)
    qtbot.addWidget(page)
    page.show()
    header = page.view.horizontalHeader()
    assert header.logicalIndex(0) == Column.STATE
    assert not page.view.isColumnHidden(Column.DESTINATION)
    assert header.sortIndicatorSection() == Column.TIME
    assert sorted(header.logicalIndex(n) for n in range(len(Column))) == list(Column)


def test_columns_fill_the_width_until_somebody_sets_one(
    page: ConnectionsPage, table: FlowTable
) -> None:
    table.take(many(0, 1))

    def width() -> int:
        return sum(page.view.columnWidth(column) for column in Column)

    room = page.view.viewport().width()
    assert room - 8 <= width() <= room
    page.resize(1500, 500)
    assert page.view.viewport().width() - 8 <= width() <= page.view.viewport().width()
    page.view.horizontalHeader().resizeSection(Column.RULE, 100)
    before = width()
    page.resize(1300, 500)
    assert width() == before


def test_a_click_on_a_head_sorts(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    table.take(batch({(1, f"1.{n}"): flow(n, up=n % 3 * 10) for n in range(6)}))
    header = page.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.BYTES) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    ups = [table.flow(row).up for row in range(6)]
    assert ups == [20, 20, 10, 10, 0, 0]
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    assert [table.flow(row).up for row in range(6)] == ups[::-1]


def test_sorting_without_a_mouse(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    table.take(batch({(1, f"1.{n}"): flow(n, host=h) for n, h in enumerate("bca")}))
    for wanted in (["a:443", "b:443", "c:443"], ["c:443", "b:443", "a:443"]):
        page.bar.columns.setFocus()
        qtbot.keyClick(page.bar.columns, Qt.Key.Key_Space)
        order = entry(popup(), "&Sort by")
        (action,) = [each for each in order.actions() if each.text() == "Destination"]
        action.trigger()
        popup().close()
        assert hosts(page) == wanted


# -- places ---------------------------------------------------------------------------------------


def test_the_choice_stays_while_rows_come_and_go(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, clock: Clock
) -> None:
    table.take(many(0, 10))
    click(qtbot, page, 2)
    click(qtbot, page, 4, key=CONTROL)
    before = chosen(page, table)
    assert before == ["1.7", "1.5"]
    table.take(many(10, 40))
    table.take(batch(many(0, 3).flows, voided=frozenset()))
    assert chosen(page, table) == before
    page.view.sortByColumn(Column.SENT, Qt.SortOrder.DescendingOrder)
    clock.now += 1
    table.take(batch({(1, "1.5"): flow(5, up=9)}))
    table.tick()
    assert table.flow(0).id == "1.5"
    assert sorted(chosen(page, table)) == sorted(before)


def test_a_great_choice_stays_too(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, clock: Clock
) -> None:
    table.take(many(0, 200))
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_A, CONTROL)
    table.take(many(200, 210))
    before = set(chosen(page, table))
    assert len(before) == 200
    page.view.sortByColumn(Column.SENT, Qt.SortOrder.DescendingOrder)
    table.take(batch({(1, f"1.{n}"): flow(n, up=n * 7 % 13) for n in range(205)}))
    table.tick()
    assert set(chosen(page, table)) == before
    # Some of them end, and leave.
    page.bar.want(Stand.LIVE)
    table.take(batch({(1, f"1.{n}"): flow(n, closed=True) for n in range(0, 100, 2)}))
    assert set(chosen(page, table)) == before - {f"1.{n}" for n in range(0, 100, 2)}


def test_the_place_stays_while_rows_come_above(page: ConnectionsPage, table: FlowTable) -> None:
    table.take(many(0, 200))
    bar = page.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2 + 5)
    top = page.view.indexAt(QPoint(2, 1))
    seen, offset = table.flow(top.row()).id, page.view.visualRect(top).top()
    table.take(many(200, 230))
    table.take(many(300, 301))
    top = page.view.indexAt(QPoint(2, 1))
    assert (table.flow(top.row()).id, page.view.visualRect(top).top()) == (seen, offset)
    # What stands there ends and leaves: what was below it moves no further than it must.
    below = table.flow(top.row() + 1).id
    page.bar.want(Stand.LIVE)
    table.take(batch({(1, seen): replace(table.flow(top.row()), state=_closed())}))
    top = page.view.indexAt(QPoint(2, 1))
    assert below in {table.flow(top.row()).id, table.flow(top.row() + 1).id}


def _closed() -> object:
    return flow(0, closed=True).state


def test_at_the_beginning_what_is_new_is_seen(page: ConnectionsPage, table: FlowTable) -> None:
    table.take(many(0, 200))
    table.take(many(200, 230))
    assert table.flow(page.view.indexAt(QPoint(2, 1)).row()).id == "1.229"


def test_focus_stays_with_the_list(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    page.bar.want(Stand.LIVE)
    table.take(many(0, 1))
    page.view.setFocus()
    table.take(one(0, closed=True))
    assert page.empty.button.hasFocus()
    table.take(many(1, 2))
    assert page.view.hasFocus()


class Painted(QObject):
    """The rectangles of a widget's paint events."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects += list(event.region())
        return False


def test_only_changed_cells_are_painted(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot
) -> None:
    """Those of them that are seen."""
    view = page.view
    painted = Painted(view.viewport())
    table.take(many(0, 500))
    qtbot.waitUntil(lambda: painted.rects != [])
    page._timer.stop()
    QApplication.sendPostedEvents()
    painted.rects.clear()
    table.take(one(3, up=5))
    table.take(one(498, up=5))
    qtbot.waitUntil(lambda: painted.rects != [])
    for rect in painted.rects:
        assert view.rowAt(rect.top()) == view.rowAt(rect.bottom()) == 1
        assert view.columnAt(rect.left()) in range(Column.DOWN_RATE, len(Column))


# -- details --------------------------------------------------------------------------------------


def test_details_follow_the_choice_and_stay(
    make_page: Open, table: FlowTable, qtbot: QtBot
) -> None:
    page = make_page()
    table.take(many(0, 3))
    assert not page.panel.isVisible()
    click(qtbot, page, 1)
    qtbot.keyClick(page.view, Qt.Key.Key_I, CONTROL)
    assert page.panel.isVisible()
    assert "www.example.com" in page.panel.toPlainText()
    assert "1.1" in page.panel.toPlainText()
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert "1.0" in page.panel.toPlainText()
    # It ends and leaves the list; who was reading goes on.
    page.bar.want(Stand.LIVE)
    table.take(one(0, closed=True, reason="closed by the user"))
    assert table.rowCount() == 2
    assert "closed by the user" in page.panel.toPlainText()
    assert page.view.chosen_rows() == []
    page.hide()
    assert make_page().panel.isVisible()


def test_what_is_selected_in_the_details_stays(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot
) -> None:
    table.take(many(0, 1))
    click(qtbot, page, 0)
    page.does.details.trigger()
    assert page.panel.find("www.example.com")
    table.take(one(0, up=4321))
    assert "4,321 bytes" in page.panel.toPlainText()
    assert page.panel.textCursor().selectedText() == "www.example.com"
    page.panel.setFocus()
    qtbot.keyClick(page.panel, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "www.example.com"


def test_details_stand_where_there_is_room(page: ConnectionsPage, table: FlowTable) -> None:
    page.does.details.trigger()
    page.resize(700, 600)
    assert page.splitter.orientation() is Qt.Orientation.Vertical
    page.resize(page.fontMetrics().averageCharWidth() * 260, 600)
    assert page.splitter.orientation() is Qt.Orientation.Horizontal
    assert page.view.width() > page.panel.width() > 100


# -- what can be done -----------------------------------------------------------------------------


def test_del_closes_what_is_chosen_and_lives(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked
) -> None:
    table.take(many(0, 3))
    table.take(many(3, 4, closed=True))
    assert not page.does.close.isEnabled()
    click(qtbot, page, 0)
    assert not page.does.close.isEnabled()
    click(qtbot, page, 2, key=SHIFT)
    assert page.buttons[page.does.close].text() == "&Close 3 connections"
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    assert asked.closed == [(1, "1.2"), (1, "1.1")]
    assert asked.said == ["Closing 2 connections."]
    table.take(many(1, 3, closed=True))
    assert not page.buttons[page.does.close].isEnabled()


def test_del_in_the_filter_closes_nothing(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked
) -> None:
    table.take(many(0, 1))
    click(qtbot, page, 0)
    page.does.details.trigger()
    for widget in (page.bar.line, page.panel, page.bar.program):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Delete)
    assert asked.closed == []


def test_close_all_is_of_those_that_are_listed(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked
) -> None:
    table.take(batch({(1, f"1.{n}"): flow(n, host="ab"[n % 2]) for n in range(4)}))
    button = page.buttons[page.does.close_all]
    assert button.text() == "Close a&ll"
    qtbot.keyClicks(page.bar.line, "b:443")
    assert button.text() == "Close a&ll listed"
    qtbot.mouseClick(button, LEFT)
    assert asked.closed == [(1, "1.3"), (1, "1.1")]
    page.bar.want(Stand.ENDED)
    assert not button.isEnabled()


def test_why_and_its_rule(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked
) -> None:
    table.take(one(1))
    table.take(one(2, rule_index=None, rule=""))
    for action in (page.does.why, page.does.rule, page.does.make):
        assert not action.isEnabled()
    click(qtbot, page, 1)
    qtbot.keyClick(page.view, Qt.Key.Key_E, CONTROL)
    qtbot.mouseClick(page.buttons[page.does.rule], LEFT)
    assert [flow.id for flow in asked.why] == ["1.1"]
    assert asked.shown == [2]
    click(qtbot, page, 0)
    assert not page.does.rule.isEnabled()
    assert page.does.why.isEnabled()


def test_a_rule_is_made_from_it(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked
) -> None:
    table.take(one(1, host="", process=Process("/opt/a&b", "a&b", 1000)))
    click(qtbot, page, 0)
    qtbot.keyClick(page.view, Qt.Key.Key_M, CONTROL)
    menu = popup()
    assert texts(menu)[:2] == ["The application a&&b", "The address 198.51.100.7"]
    targets = entry(menu, "The network 198.51.100.0/24")
    assert texts(targets) == ["Directly", "Nowhere: refuse it", "Through office"]
    # Down to the last, and there to the third.
    for _ in texts(menu):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Right)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(targets, key)
    assert asked.rules == [(table.flow(0), "IP-CIDR,198.51.100.0/24,office")]


def test_the_menu(page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked) -> None:
    table.take(many(0, 3))
    click(qtbot, page, 1)
    view = page.view
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(view.viewport(), event)
    menu = popup()
    row = view.visualRect(table.index(1, 0))
    assert menu.pos().y() == view.viewport().mapToGlobal(row.bottomLeft()).y()
    assert [text for text in texts(menu) if text] == [
        "&Why?",
        "Show i&ts rule",
        "&Make a rule from this",
        "Copy &host",
        "Co&py row",
        "&Details",
        "&Close connection",
    ]
    targets = entry(entry(menu, "&Make a rule from this"), "Exactly www.example.com")
    targets.actions()[1].trigger()
    assert [rule for _, rule in asked.rules] == ["DOMAIN,www.example.com,REJECT"]
    menu.close()


def test_no_menu_where_nothing_is_chosen(page: ConnectionsPage, table: FlowTable) -> None:
    table.take(many(0, 3))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 400), QPoint(5, 400))
    QApplication.sendEvent(page.view.viewport(), event)
    assert QApplication.activePopupWidget() is None


def test_copies(page: ConnectionsPage, table: FlowTable, qtbot: QtBot, asked: Asked) -> None:
    table.take(batch({(1, "1.1"): flow(1), (1, "1.2"): flow(2, host="", address="192.0.2.7")}))
    for column in Column:
        page.view.setColumnHidden(column, column not in {Column.DESTINATION, Column.STATE})
    header = page.view.horizontalHeader()
    header.moveSection(header.visualIndex(Column.STATE), 0)
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(page.view, Qt.Key.Key_C, CONTROL)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "open\t192.0.2.7:443\nopen\twww.example.com:443"
    click(qtbot, page, 0)
    qtbot.keyClick(page.view, Qt.Key.Key_C, CONTROL | SHIFT)
    assert clipboard.text() == "192.0.2.7"
    assert asked.said == ["Copied."] * 2


# -- time and looks -------------------------------------------------------------------------------


def test_time_goes_on_while_it_is_seen(
    page: ConnectionsPage, table: FlowTable, qtbot: QtBot, clock: Clock
) -> None:
    table.take(one(1, opened=clock.now))
    spans: list[int] = []
    table.dataChanged.connect(lambda first, last: spans.append(first.column()))
    clock.now += 7
    qtbot.waitUntil(lambda: Column.AGE in spans)
    assert table.index(0, Column.AGE).data() == "7 s"
    page.hide()
    assert not page._timer.isActive()


def test_it_follows_the_palette(page: ConnectionsPage, table: FlowTable, qtbot: QtBot) -> None:
    table.take(many(0, 1, closed=True))
    role = Qt.ItemDataRole.ForegroundRole
    before, was = table.index(0, 0).data(role), QGuiApplication.palette()
    try:
        dark = was.color(QPalette.ColorRole.Window).lightnessF() < 0.5
        QApplication.setPalette(palette(dark=not dark))
        qtbot.waitUntil(lambda: table.index(0, 0).data(role) != before)
    finally:
        QApplication.setPalette(was)


def test_what_is_read_aloud_has_names(page: ConnectionsPage) -> None:
    for widget in (page.view, page.panel, page.bar.line, page.bar.program):
        assert widget.accessibleName()
