"""The page of rules, by real keys, over a real profile in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from byway_core.api.profiles import Draft, RuleLine
from byway_core.model.decision import Network
from byway_core.model.errors import ProfileError
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog
from byway_gui.presenters.rule_test import read_question
from byway_gui.presenters.rules import Column
from byway_gui.windows.rules_page import RulesPage

PROFILE = """version = 1
rules = [
  # work
  "DOMAIN-SUFFIX,a.example,office",  # all of it
  "DOMAIN,b.example,REJECT",
  "IP-CIDR,192.0.2.0/24,DIRECT",
  # the rest
]

[[upstream]]
name = "office"
type = "socks5"
server = "proxy.example.net"
port = 1080
"""
TARGETS = ["DIRECT", "REJECT", "office"]
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
KEY = Qt.Key


@dataclass
class Stage:
    """A page, and a file whose owner does what the app's store does."""

    page: RulesPage
    file: Path
    qtbot: QtBot
    said: list[str] = field(default_factory=list)
    breaks: bool = False

    def read(self) -> None:
        draft = Draft.read(self.file)
        try:
            profile = draft.check().value
        except ProfileError:
            profile = None
        self.page.show_profile(draft, profile, TARGETS)

    def save(self, draft: Draft) -> None:
        if not self.breaks:
            draft.check()
            draft.save()
            self.read()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.page.view, key, modifier)

    def names(self) -> str:
        return "".join(line.text.split(",")[1][0] for line in self.page.table.lines)

    def written(self) -> str:
        return self.file.read_text()

    def dialog(self) -> EditRuleDialog:
        (dialog,) = self.page.findChildren(EditRuleDialog)
        return dialog


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    file = tmp_path / "profile.toml"
    file.write_text(PROFILE)
    page = RulesPage()
    qtbot.addWidget(page)
    made = Stage(page, file, qtbot)
    page.edited.connect(made.save)
    page.said.connect(made.said.append)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(page.table, mode, page)
    QAbstractItemModelTester(page.view.filter, mode, page)
    made.read()
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    page.view.setFocus()
    page.view.select([0])
    return made


def test_keys_move_turn_off_delete_and_undo(stage: Stage) -> None:
    stage.key(KEY.Key_Down, CTRL)
    assert stage.names() == "ba1"
    assert stage.page.view.rows() == [1]
    assert stage.page.takes_back("Rule moved.") == stage.page.edits.undo
    assert stage.page.takes_back("Rule copied.") is None
    stage.key(KEY.Key_Space)
    assert '"# DOMAIN-SUFFIX,a.example,office",  # all of it' in stage.written()
    stage.key(KEY.Key_Delete)
    assert stage.names() == "b1"
    assert "a.example" not in stage.written()
    assert "# work" in stage.written()
    assert stage.page.view.rows() == [1]
    for _ in range(3):
        stage.key(KEY.Key_Z, CTRL)
    assert stage.written() == PROFILE
    assert stage.page.view.rows() == [0]
    stage.key(KEY.Key_Y, CTRL)
    assert stage.names() == "ba1"
    assert stage.said == [
        "Rule moved.",
        "Rule turned off.",
        "Rule deleted.",
        "Undone: Rule deleted.",
        "Undone: Rule turned off.",
        "Undone: Rule moved.",
        "Done again: Rule moved.",
    ]


def test_several_at_once(stage: Stage) -> None:
    stage.key(KEY.Key_A, CTRL)
    stage.key(KEY.Key_D, CTRL)
    assert stage.names() == "ab1ab1"
    assert stage.page.view.rows() == [3, 4, 5]
    stage.key(KEY.Key_Up, CTRL)
    assert stage.names() == "abab11"
    stage.key(KEY.Key_Space)
    assert [line.enabled for line in stage.page.table.lines] == [
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    stage.key(KEY.Key_Space)
    stage.key(KEY.Key_X, CTRL)
    assert stage.names() == "ab1"
    stage.page.view.select([0])
    stage.key(KEY.Key_V, CTRL)
    assert stage.names() == "aab1b1"
    assert stage.page.view.rows() == [1, 2, 3]


def test_rules_are_copied_as_text(stage: Stage) -> None:
    stage.page.view.select([0, 1])
    stage.key(KEY.Key_C, CTRL)
    text = "DOMAIN-SUFFIX,a.example,office  # all of it\nDOMAIN,b.example,REJECT\n"
    assert QGuiApplication.clipboard().text() == text
    QGuiApplication.clipboard().setText("# DOMAIN,c.example,office\nDOMAIN,d.example\n")
    stage.key(KEY.Key_V, CTRL)
    assert stage.names() == "ab1"
    assert stage.said[-1].startswith("Nothing is pasted. Line 2, column ")
    QGuiApplication.clipboard().setText("\n")
    stage.key(KEY.Key_V, CTRL)
    assert stage.said[-1] == "There is no rule in the clipboard."


@pytest.mark.parametrize("keys", [(KEY.Key_Insert, NONE), (KEY.Key_N, CTRL)])
def test_a_rule_is_added_behind_the_selected_one(
    stage: Stage, keys: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    stage.key(*keys)
    dialog = stage.dialog()
    stage.qtbot.keyClicks(dialog.fields.hosts.rows[0].name, "c.example")
    stage.qtbot.keyClick(dialog.fields.hosts.rows[0].name, KEY.Key_Return)
    assert stage.names() == "acb1"
    assert stage.page.view.rows() == [1]
    assert '  "DOMAIN-SUFFIX,c.example,DIRECT",\n' in stage.written()


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_F2])
def test_a_rule_is_changed(stage: Stage, key: Qt.Key) -> None:
    stage.key(key)
    dialog = stage.dialog()
    dialog.fields.hosts.rows[0].name.selectAll()
    stage.qtbot.keyClicks(dialog.fields.hosts.rows[0].name, "c.example")
    stage.page.edits.nudge([0], down=True)  # meanwhile, behind the dialog
    dialog.ok.click()
    assert stage.names() == "bc1"
    assert '  # work\n  "DOMAIN-SUFFIX,c.example,office",  # all of it' in stage.written()


def test_a_rule_that_is_gone_is_not_changed(stage: Stage) -> None:
    stage.key(KEY.Key_F2)
    stage.qtbot.keyClicks(stage.dialog().note, "more")
    stage.page.edits.delete([0])
    stage.dialog().ok.click()
    assert stage.said[-1] == "This rule is not in the profile any more."


def test_the_rest_is_said_and_chosen(stage: Stage) -> None:
    page = stage.page
    assert page.rest.text() == "Everything else goes directly."
    stage.qtbot.mouseClick(page.choose_rest, Qt.MouseButton.LeftButton)
    stage.qtbot.keyClick(stage.dialog().fields.target, KEY.Key_End)
    stage.dialog().ok.click()
    assert page.table.line(3) == RuleLine("MATCH,office")
    assert not page.rest.isVisible()
    assert not page.choose_rest.isVisible()
    page.view.select([3])
    page.can.add.trigger()  # goes before it
    stage.page.findChildren(EditRuleDialog)[-1].reject()
    page.edits.nudge([3], down=False)
    assert page.rest.text() == "Rules below rule 3 are never reached: it takes everything."


def test_all_are_edited_as_text(stage: Stage) -> None:
    stage.key(KEY.Key_T, CTRL)
    (dialog,) = stage.page.findChildren(RulesAsTextDialog)
    assert dialog.editor.toPlainText() == (
        "# work\nDOMAIN-SUFFIX,a.example,office  # all of it\nDOMAIN,b.example,REJECT\n"
        "IP-CIDR,192.0.2.0/24,DIRECT\n# the rest\n"
    )
    dialog.editor.setPlainText(
        "# play\nDOMAIN,c.example,office\n  DOMAIN,d.example,nowhere\n# no more\n"
    )
    assert not dialog.judge_now()
    assert dialog.problems.item(0).text().startswith("Line 3, column 20: There is no upstream")
    dialog.editor.setPlainText(dialog.editor.toPlainText().replace("nowhere", "REJECT"))
    stage.qtbot.waitUntil(dialog.save.isEnabled)
    dialog.save.click()
    assert stage.names() == "cd"
    assert '  # play\n  "DOMAIN,c.example,office",\n' in stage.written()
    assert "  # no more\n]" in stage.written()
    stage.page.activateWindow()
    stage.qtbot.waitUntil(stage.page.isActiveWindow)
    stage.key(KEY.Key_Z, CTRL)
    assert stage.names() == "ab1"


def test_comments_behind_the_last_rule_alone_are_saved_too(stage: Stage) -> None:
    stage.page.asking.as_text()
    (dialog,) = stage.page.findChildren(RulesAsTextDialog)
    dialog.editor.appendPlainText("# more")
    dialog.save.click()
    assert "# more\n]" in stage.written()
    assert not stage.page.edits.stack.canUndo()


def test_find(stage: Stage) -> None:
    page = stage.page
    stage.key(KEY.Key_F, CTRL)
    assert page.focusWidget() is page.filter
    stage.qtbot.keyClicks(page.filter, "EXAMPLE")
    assert page.view.filter.rowCount() == 2
    stage.qtbot.keyClick(page.filter, KEY.Key_Return)
    page.view.select([0])
    stage.key(KEY.Key_Down, CTRL)
    assert stage.names() == "ab1"
    assert stage.said == ["Rules can be moved when all are shown: empty “Find in rules” first."]
    stage.key(KEY.Key_F, CTRL)
    stage.qtbot.keyClick(page.filter, KEY.Key_End)
    stage.qtbot.keyClicks(page.filter, " nothing")
    assert page.empty.isVisible()
    assert page.empty.label.text() == "No rule contains “EXAMPLE nothing”."
    stage.qtbot.keyClick(page.filter, KEY.Key_Escape)
    assert page.view.filter.rowCount() == 3
    assert page.focusWidget() is page.view
    page.filter.setText("b.example")
    page.show_rule(2)
    assert page.view.rows() == [2]
    assert page.filter.text() == ""


def test_selection_outlives_a_change_of_the_file(stage: Stage) -> None:
    stage.page.view.select([1, 2])
    stage.file.write_text(PROFILE.replace("  # work", '  "DOMAIN,z.example,DIRECT",'))
    stage.read()
    assert stage.names() == "zab1"
    assert stage.page.view.rows() == [2, 3]


def test_edits_that_cannot_be_saved_stay(stage: Stage) -> None:
    page = stage.page
    stage.breaks = True
    stage.key(KEY.Key_Delete)
    assert stage.written() == PROFILE
    assert page.unsaved.isVisible()
    assert page.unsaved.text() == "Your changes are not saved yet."
    stage.read()  # something else of the profile was changed
    assert stage.names() == "b1"
    stage.breaks = False
    stage.qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert "a.example" not in stage.written()
    assert not page.unsaved.isVisible()
    assert page.edits.stack.canUndo()


def test_empty_and_without_a_profile(qtbot: QtBot, tmp_path: Path) -> None:
    page = RulesPage()
    qtbot.addWidget(page)
    page.show()
    assert page.empty.isVisible()
    assert not page.empty.button.isVisible()
    assert not page.can.add.isEnabled()
    file = tmp_path / "profile.toml"
    file.write_text("version = 1\nrules = []\n")
    page.show_profile(Draft.read(file), None, TARGETS)
    assert page.empty.button.isVisible()
    assert not page.rest.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    (dialog,) = page.findChildren(EditRuleDialog)
    dialog.reject()


def test_a_rule_is_proposed(stage: Stage) -> None:
    stage.page.propose(RuleLine("DOMAIN,c.example,office"))
    assert stage.dialog().windowTitle() == "Add a rule"
    stage.dialog().ok.click()
    assert stage.names() == "cab1"


def test_counts_are_reset(stage: Stage) -> None:
    stage.page.set_hits([1, 2, 3])
    index = stage.page.table.index(1, Column.HITS)
    assert stage.page.table.data(index) == "2"
    with stage.qtbot.waitSignal(stage.page.hits_reset):
        stage.page.can.reset_hits.trigger()


# -- the tester


def test_where_would_it_go(stage: Stage) -> None:
    page, tester = stage.page, stage.page.tester
    stage.qtbot.keyClicks(tester.place, "https://www.a.example/path")
    stage.qtbot.waitUntil(tester.answer.isVisible)
    sentence = "www.a.example:443 goes through office, by rule 1: DOMAIN-SUFFIX,a.example,office"
    assert sentence in tester.answer.text()
    page.view.select([2])
    tester.answer.linkActivated.emit("0")
    assert page.view.rows() == [0]
    page.edits.switch([0], on=False)
    stage.qtbot.waitUntil(lambda: "no rule matches" in tester.answer.text())
    assert "Rule 1 nearly: # DOMAIN-SUFFIX,a.example,office (it matches, but is disabled)" in (
        tester.answer.text()
    )
    tester.place.clear()
    assert not tester.answer.isVisible()


@pytest.mark.parametrize(
    ("place", "port", "said"),
    [
        ("b.example", "", "b.example:443 is refused, by rule 2: DOMAIN,b.example,REJECT"),
        ("192.0.2.7", "22", "192.0.2.7:22 goes directly, by rule 3: IP-CIDR,192.0.2.0/24,DIRECT"),
        ("http://[2001:db8::1]:81/", "", "[2001:db8::1]:81 goes directly: no rule matches."),
        ("<b>.example", "", "&lt;b&gt;.example"),
        ("b.example", "0", "0 is no port: they go from 1 to 65535."),
        ("http://:80/", "", "There is no host in http://:80/."),
    ],
)
def test_answers(stage: Stage, place: str, port: str, said: str) -> None:
    tester = stage.page.tester
    stage.qtbot.keyClicks(tester.place, place)
    stage.qtbot.keyClicks(tester.port, port)
    stage.qtbot.keyClick(tester.port, KEY.Key_Return)
    assert said in tester.answer.text()


def test_an_application_is_asked_about(stage: Stage) -> None:
    programs = '"PROCESS-NAME,curl,office", "PROCESS-PATH,/opt/*,REJECT", "DOMAIN,b.example,REJECT"'
    stage.file.write_text(PROFILE.replace('"DOMAIN,b.example,REJECT"', programs))
    stage.read()
    tester = stage.page.tester
    stage.qtbot.keyClicks(tester.place, "x.example")
    tester.ask_now()
    assert "the process is not known; which one it is could change this" in tester.answer.text()
    stage.qtbot.keyClicks(tester.program, "Curl")
    stage.qtbot.waitUntil(lambda: "through office, by rule 2" in tester.answer.text())
    tester.ask("x.example", 443, Network.TCP, "/opt/app")
    assert "is refused, by rule 3" in tester.answer.text()
    tester.ask("x.example", 443, Network.TCP, "bin/app")
    assert "neither a program" in tester.answer.text()
    tester.ask("x.example", 443, Network.TCP)
    assert tester.program.text() == ""


def test_without_valid_rules_nothing_is_told(stage: Stage) -> None:
    stage.file.write_text(PROFILE.replace("REJECT", "nowhere"))
    stage.read()
    stage.qtbot.keyClicks(stage.page.tester.place, "a.example")
    stage.page.tester.ask_now()
    assert "once the profile has no errors" in stage.page.tester.answer.text()


@pytest.mark.parametrize(
    ("place", "port", "found"),
    [
        ("example.com", "", ("example.com", 443)),
        ("example.com:8080", "22", ("example.com", 8080)),
        ("http://example.com", "22", ("example.com", 80)),
        ("ssh://me:secret@example.com/x?y#z", "", ("example.com", 22)),
        ("odd://example.com", "99", ("example.com", 99)),
        ("2001:db8::1", "", ("2001:db8::1", 443)),
        ("[2001:db8::1]:80", "", ("2001:db8::1", 80)),
        ("example.com/path:1", "", ("example.com", 443)),
    ],
)
def test_questions(place: str, port: str, found: tuple[str, int]) -> None:
    question = read_question(place, port, Network.TCP).question
    assert question is not None
    assert (question.host, question.port) == found


# -- for everybody


def test_all_can_be_done_by_keyboard(stage: Stage) -> None:
    page = stage.page
    reached, widget = [], page.nextInFocusChain()
    while widget is not page:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            reached.append(widget)
        widget = widget.nextInFocusChain()
    buttons = [each.text() for each in reached if isinstance(each, QPushButton)]
    assert buttons[0] == "&Add…"
    tester = page.tester
    order = [page.filter, page.view, page.choose_rest, tester.place, tester.port, tester.program]
    places = [reached.index(each) for each in order]
    assert places == sorted(places)
    assert page.view.accessibleName() == "Rules"
    assert page.filter.accessibleName() != ""
    keys = {action.shortcut().toString() for action in (*page.can.of_table, *page.can.of_page)}
    assert {"Ctrl+N", "F2", "Del", "Ctrl+D", "Ctrl+Up", "Ctrl+Down", "Ctrl+Z", "Ctrl+F"} <= keys


def test_no_mnemonic_is_there_twice(stage: Stage) -> None:
    texts = [each.text() for each in stage.page.findChildren(QPushButton)]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) == len(set(letters))


def test_ten_thousand_rules(stage: Stage, qtbot: QtBot) -> None:
    """No row is measured, and a change asks for what is shown only."""
    lines = "".join(f'"DOMAIN,x{number}.example,office",\n' for number in range(10_000))
    stage.file.write_text(PROFILE.replace("  # work\n", lines))
    stage.read()
    page = stage.page
    asked: set[int] = set()
    data = page.table.data

    def counted(index: object, role: int = 0) -> object:
        asked.add(index.row())  # type: ignore[attr-defined]
        return data(index, role)  # type: ignore[arg-type]

    page.table.data = counted  # type: ignore[method-assign, assignment]
    page.set_hits(list(range(10_003)))
    page.view.select([5_000])
    page.edits.nudge([5_000], down=True)
    QTest.qWait(0)
    assert 0 < len(asked) < 500
    del page.table.data  # type: ignore[method-assign]
