"""The dialogs that edit rules: fields, text, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from byway_core.api.profiles import RuleLine
from byway_core.model.errors import Problem
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.field_note import FieldNote
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog

TARGETS = ["DIRECT", "REJECT", "office"]
LOGIC = (
    "AND,((OR,((DOMAIN-SUFFIX,a.example),(DOMAIN-KEYWORD,ads),(IP-CIDR,192.0.2.0/24,resolve))),"
    "(DST-PORT,80/443),(NETWORK,TCP)),office"
)


def opened(qtbot: QtBot, line: RuleLine, *, is_new: bool = False) -> EditRuleDialog:
    dialog = EditRuleDialog(line, TARGETS, is_new=is_new)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def remarks(dialog: EditRuleDialog) -> list[str]:
    """What is said, from above."""
    shown = [label for label in dialog.findChildren(FieldNote) if label.isVisible()]
    shown.sort(key=lambda label: label.mapTo(dialog, label.rect().topLeft()).y())
    return [label.text() for label in shown]


def test_a_new_rule_is_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine(""), is_new=True)
    assert dialog.windowTitle() == "Add a rule"
    assert not dialog.ok.isEnabled()
    assert remarks(dialog) == [
        "Name an application, a host, an address, a port or a protocol, or choose everything."
    ]
    fields = dialog.fields
    assert dialog.focusWidget() is fields.hosts.rows[0].name
    qtbot.keyClicks(fields.hosts.rows[0].name, "example.com")
    assert dialog.text.text() == "DOMAIN-SUFFIX,example.com,DIRECT"
    qtbot.mouseClick(fields.hosts.add, Qt.MouseButton.LeftButton)
    assert dialog.focusWidget() is fields.hosts.rows[1].name
    qtbot.keyClicks(fields.hosts.rows[1].name, "example.org")
    qtbot.keyClicks(fields.ports, "80, 443")
    qtbot.keyClick(fields.target, Qt.Key.Key_End)
    qtbot.keyClicks(dialog.note, "all of work")
    chosen: list[RuleLine] = []
    dialog.chosen.connect(chosen.append)
    qtbot.keyClick(dialog.note, Qt.Key.Key_Return)
    hosts = "OR,((DOMAIN-SUFFIX,example.com),(DOMAIN-SUFFIX,example.org))"
    text = f"AND,(({hosts}),(DST-PORT,80/443)),office"
    assert chosen == [RuleLine(text, True, "all of work")]
    assert not dialog.isVisible()


def test_what_is_shown_is_what_it_was(qtbot: QtBot) -> None:
    line = RuleLine(LOGIC, False, "note", "# above\n")
    dialog = opened(qtbot, line)
    assert dialog.windowTitle() == "Edit the rule"
    assert dialog.value() == line
    fields = dialog.fields
    rows = [(row.kind.currentText(), row.name.text()) for row in fields.hosts.rows]
    assert rows == [("Name and all below it", "a.example"), ("Name contains", "ads")]
    assert (fields.addresses.text(), fields.resolve.isChecked()) == ("192.0.2.0/24", True)
    assert (fields.ports.text(), fields.network.currentText()) == ("80, 443", "TCP")
    assert fields.target.currentText() == "office"
    assert fields.text() == LOGIC
    fields.hosts.rows[0].remove.click()
    assert "a.example" not in dialog.text.text()
    assert fields.text() == dialog.text.text()


def test_applications_beside_hosts(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("PROCESS-NAME-WILDCARD,fire*,office"))
    fields = dialog.fields
    assert fields.programs.text() == "fire*"
    assert dialog.text.text() == "PROCESS-NAME-WILDCARD,fire*,office"  # until it is changed
    qtbot.keyClicks(fields.programs, ", /opt/Chat App/*")
    qtbot.keyClicks(fields.hosts.rows[0].name, "a.example")
    programs = "OR,((PROCESS-NAME,fire*),(PROCESS-PATH,/opt/Chat App/*))"
    assert dialog.value().text == f"AND,(({programs}),(DOMAIN-SUFFIX,a.example)),office"
    assert dialog.ok.isEnabled()
    fields.everything.click()
    assert not fields.programs.isEnabled()
    assert dialog.value().text == "MATCH,office"


def test_everything_is_a_choice_of_its_own(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("MATCH,office"))
    assert dialog.fields.everything.isChecked()
    assert not dialog.fields.hosts.isEnabled()
    qtbot.keyClick(dialog.fields.everything, Qt.Key.Key_Space)
    assert dialog.text.text() == ""
    assert not dialog.ok.isEnabled()
    qtbot.keyClicks(dialog.fields.hosts.rows[0].name, "a.example")
    assert dialog.text.text() == "DOMAIN-SUFFIX,a.example,office"


def test_text_fills_the_fields_where_they_can_show_it(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("DOMAIN,a.example,office"))
    dialog.text.selectAll()
    qtbot.keyClicks(dialog.text, "DST-PORT,22,REJECT")
    assert dialog.fields.ports.text() == "22"
    assert dialog.fields.hosts.hosts() == ()
    assert dialog.fields.target.currentText() == "Refused"
    dialog.text.selectAll()
    qtbot.keyClicks(dialog.text, "SRC-IP-CIDR,192.0.2.0/24,REJECT")
    assert not dialog.fields.ports.isEnabled()
    assert remarks(dialog) == ["The fields above cannot show this rule: edit it here."]
    assert dialog.ok.isEnabled()
    assert dialog.value().text == "SRC-IP-CIDR,192.0.2.0/24,REJECT"


@pytest.mark.parametrize(
    ("program", "host", "address", "port", "said"),
    [
        ("", "a..example", "", "", "A dot with no name"),
        ("", "", "192.0.2.300", "", "192.0.2.300"),
        ("", "", "", "99999", "99999"),
        ("curl", "a.example", "192.0.2.0/33", "80", "33 is no prefix"),
        ("~/bin/app", "", "", "", "~ and variables are not replaced"),
        ("curl, /opt/app/", "", "", "80", "A folder is no program"),
        ("'curl'", "", "", "", "Quotes would be a part of it"),
    ],
)
def test_problems_stand_beside_their_field(
    qtbot: QtBot, program: str, host: str, address: str, port: str, said: str
) -> None:
    dialog = opened(qtbot, RuleLine(""))
    fields = dialog.fields
    qtbot.keyClicks(fields.programs, program)
    qtbot.keyClicks(fields.hosts.rows[0].name, host)
    qtbot.keyClicks(fields.addresses, address)
    qtbot.keyClicks(fields.ports, port)
    (remark,) = remarks(dialog)
    assert said in remark
    assert "expected" in remark
    label = next(label for label in fields.findChildren(QLabel) if label.text() == remark)
    places = fields.addresses if address else fields.hosts if host else fields.ports
    wrong = fields.programs if program and not host else places
    assert (
        0 <= label.geometry().top() - wrong.geometry().bottom() < 4 * wrong.fontMetrics().height()
    )
    assert not dialog.ok.isEnabled()


def test_the_nearest_right_rule_can_be_taken(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("DOMAIN-SUFIX,a.example,offic"))
    assert not dialog.ok.isEnabled()
    assert not dialog.fields.hosts.isEnabled()
    while dialog.use.isVisible():
        qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert dialog.value().text == "DOMAIN-SUFFIX,a.example,office"
    assert dialog.fields.hosts.hosts() == (("DOMAIN-SUFFIX", "a.example"),)
    assert dialog.ok.isEnabled()


def test_an_upstream_that_is_gone_is_said_beside_its_field(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("DOMAIN,a.example,home"))
    assert dialog.fields.target.currentText() == "home"
    assert remarks(dialog)[0].startswith("There is no upstream home; expected one of DIRECT")
    qtbot.keyClick(dialog.fields.target, Qt.Key.Key_Home)
    assert dialog.value().text == "DOMAIN,a.example,DIRECT"
    assert dialog.ok.isEnabled()


def test_nothing_is_cut(qtbot: QtBot) -> None:
    """A long sentence makes the dialog higher."""
    dialog = opened(qtbot, RuleLine("DOMAIN,a.example,office"))
    before = dialog.height()
    dialog.text.selectAll()
    qtbot.keyClicks(dialog.text, "DOMAIN-X,a.example,office")
    qtbot.waitUntil(lambda: dialog.height() > before)
    (label,) = [label for label in dialog.findChildren(FieldNote) if label.isVisible()]
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))


def test_no_mnemonic_is_there_twice(qtbot: QtBot) -> None:
    dialog = opened(qtbot, RuleLine("DOMAIN-SUFIX,a.example,office"))
    labelled = (*dialog.findChildren(QLabel), *dialog.findChildren(QAbstractButton))
    texts = [each.text() for each in labelled if "&" in each.text()]
    letters = [text[text.index("&") + 1].lower() for text in texts]
    assert len(letters) > 8
    assert len(letters) == len(set(letters))


# -- all as text

TEXT = "DOMAIN,a.example,office  # note\n# a comment\n  DOMAIN-X,b.example,office\n"


def judge(text: str) -> Sequence[Problem]:
    lines = text.split("\n")
    return [
        Problem(number, line.index("-X") - 5, "there is no such kind")
        for number, line in enumerate(lines, 1)
        if "-X" in line
    ]


def test_rules_as_text(qtbot: QtBot) -> None:
    dialog = RulesAsTextDialog(TEXT, judge)
    qtbot.addWidget(dialog)
    dialog.show()
    chosen: list[str] = []
    dialog.chosen.connect(chosen.append)
    assert not dialog.save.isEnabled()
    assert dialog.state.text() == "1 line has an error."
    item = dialog.problems.item(0)
    assert item.text() == "Line 3, column 3: There is no such kind."
    (mark,) = dialog.editor.extraSelections()
    assert mark.cursor.selectedText() == "DOMAIN-X"
    dialog.problems.setCurrentItem(item)
    qtbot.keyClick(dialog.problems, Qt.Key.Key_Return)
    cursor = dialog.editor.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (2, 2)
    assert dialog.focusWidget() is dialog.editor
    for _ in "DOMAIN-X":
        qtbot.keyClick(dialog.editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(dialog.editor, "DOMAIN")
    qtbot.waitUntil(dialog.save.isEnabled)
    assert not dialog.problems.isVisible()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert chosen == [TEXT.replace("-X", "")]
    assert not dialog.isVisible()


def test_a_slip_of_escape_loses_nothing(qtbot: QtBot) -> None:
    dialog = RulesAsTextDialog("MATCH,DIRECT\n", judge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.editor, "x")
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.state.text() == "Your changes are not saved. Cancel again to drop them."
    qtbot.keyClick(dialog.editor, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_is_wrong_at_the_last_key_is_not_saved(qtbot: QtBot) -> None:
    """Save is pressed before the check's pause is over."""
    dialog = RulesAsTextDialog("MATCH,DIRECT\n", judge)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.chosen.connect(lambda _text: pytest.fail("saved"))
    qtbot.keyClicks(dialog.editor, "DOMAIN-X,")
    assert dialog.save.isEnabled()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.problems.count() == 1


def test_line_numbers_have_room(qtbot: QtBot) -> None:
    dialog = RulesAsTextDialog("MATCH,DIRECT\n", judge)
    qtbot.addWidget(dialog)
    dialog.show()
    narrow = dialog.editor.margin_width()
    dialog.editor.setPlainText("\n" * 12345)
    assert dialog.editor.margin_width() > narrow
    assert dialog.editor.viewport().geometry().left() >= dialog.editor.margin_width()
