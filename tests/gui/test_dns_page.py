"""The page of DNS on a real profile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.support.open_profile import OpenFile

from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.dialogs.edit_name_rule import EditNameRuleDialog
from byway_gui.dialogs.edit_resolver import EditResolverDialog
from byway_gui.dialogs.edit_server import EditServerDialog
from byway_gui.dialogs.text_rows import TextRows
from byway_gui.theme import colour
from byway_gui.windows.dns_page import DnsPage
from byway_gui.windows.edited_table import EditedTable

T = TypeVar("T", bound=QDialog)

START = 'version = 1\nrules = ["MATCH,DIRECT"]\n'
FULL = (
    START
    + """
[dns]
servers = ["192.0.2.1", "192.0.2.2"]  # ours

[dns.hosts]
nas.lan = "192.168.1.2"  # the box
"printer.lan" = ["192.168.1.7", "fd00::7"]
"""
)


class Page:
    def __init__(self, path: Path, qtbot: QtBot) -> None:
        self.store, self._qtbot = OpenFile(path), qtbot
        self.widget = DnsPage(self.store)
        qtbot.addWidget(self.widget)
        with qtbot.waitActive(self.widget):
            self.widget.show()
        self.said: list[str] = []
        self.widget.history.done.connect(self.said.append)
        self.widget.said.connect(self.said.append)

    @property
    def text(self) -> str:
        return self.store.path.read_text()

    @property
    def servers(self) -> list[str]:
        shown = self.widget.servers.rows.list
        return [shown.item(row).text() for row in range(shown.count())]

    @property
    def hosts(self) -> list[tuple[str, str]]:
        return [(name, addresses) for name, addresses in rows(self.names)]

    @property
    def names(self) -> EditedTable:
        return self.widget.own_names.names

    def turn_to(self, tab: QWidget) -> None:
        self.widget.tabs.setCurrentWidget(tab)

    def value(self, key: str) -> object:
        assert self.store.draft is not None
        self.store.draft.check()
        return self.store.draft.value("dns", key)

    def add_server(self, text: str) -> None:
        self.add_row(self.widget.servers.rows, text)

    def add_row(self, rows: TextRows, text: str) -> None:
        rows.field.clear()
        self._qtbot.keyClicks(rows.field, text)
        self._qtbot.keyClick(rows.field, Qt.Key.Key_Return)

    def dialog(self, kind: type[T]) -> T:
        found = self.widget.findChildren(kind)
        (dialog,) = (each for each in found if each.isVisible())
        return dialog

    def type(self, field: QLineEdit, text: str) -> None:
        field.clear()
        self._qtbot.keyClicks(field, text)

    def fill(self, name: str, addresses: str) -> EditHostDialog:
        dialog = self.dialog(EditHostDialog)
        self.type(dialog.name, name)
        self.type(dialog.addresses, addresses)
        save(dialog)
        return dialog


def rows(table: EditedTable) -> list[tuple[str, ...]]:
    shown = table.table
    columns = range(shown.columnCount())
    return [
        tuple(shown.item(row, column).text() for column in columns)
        for row in range(shown.rowCount())
    ]


def save(dialog: QDialog) -> None:
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    buttons.button(buttons.StandardButton.Save).click()


Open = Callable[[str], Page]


@pytest.fixture
def open_page(qtbot: QtBot, tmp_path: Path) -> Open:
    def make(text: str) -> Page:
        path = tmp_path / "profile.toml"
        path.write_text(text)
        return Page(path, qtbot)

    return make


# -- servers


def test_the_systems_servers_are_the_beginning(open_page: Open) -> None:
    page = open_page(START)
    servers = page.widget.servers
    assert servers.system.isChecked()
    assert not servers.rows.isVisible()
    assert page.widget.title() == "DNS"
    servers.own.click()
    assert servers.rows.isVisible()
    assert page.text == START  # not before there is one
    page.add_server("192.0.2.1")
    page.add_server("[2001:db8::1]:5353")
    assert page.servers == ["192.0.2.1", "[2001:db8::1]:5353"]
    assert page.value("servers") == page.servers
    assert servers.rows.field.text() == ""
    servers.system.click()
    assert page.value("servers") == ["system"]
    assert page.servers == []
    for _ in range(3):
        page.widget.undo.click()
    assert page.text == START
    assert not page.widget.undo.isEnabled()
    assert page.said[0] == "Changed the DNS servers."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one", "'one' is no address"),
        ("192.0.2.1", "192.0.2.1 is in the list already"),
        ("dns.example", "'dns.example' is no address"),
        ("quic://192.0.2.1", "There is no way quic:// to ask a DNS server"),
        ("192.0.2.1:0", "0 is no port"),
    ],
)
def test_a_wrong_server_is_said_beside_its_field(open_page: Open, text: str, says: str) -> None:
    page = open_page(FULL)
    page.add_server(text)
    assert page.widget.servers.rows.error.text().startswith(says)
    assert page.widget.servers.rows.field.text() == text
    assert page.text == FULL
    page.widget.servers.rows.field.clear()
    page.add_server("192.0.2.9")
    assert not page.widget.servers.rows.error.isVisible()
    assert page.servers[-1] == "192.0.2.9"


def test_a_server_with_an_upstream_stays_as_it_is_written(open_page: Open, qtbot: QtBot) -> None:
    entry = '{ server = "tls://dns.example", via = "office" }'
    upstream = '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "192.0.2.8"\nport = 1080\n'
    page = open_page(f'{START}[dns]\nservers = ["192.0.2.1", {entry}]\n{upstream}')
    assert page.servers == ["192.0.2.1", "tls://dns.example (through office)"]
    assert page.widget.servers.rows.error.text() == ""
    page.add_server("https://dns.example/dns-query")
    shown = page.widget.servers.rows.list
    shown.setCurrentRow(1)
    page.widget.servers.rows.up.click()
    assert page.value("servers") == [
        {"server": "tls://dns.example", "via": "office"},
        "192.0.2.1",
        "https://dns.example/dns-query",
    ]
    assert not shown.item(0).flags() & Qt.ItemFlag.ItemIsEditable
    assert shown.item(1).flags() & Qt.ItemFlag.ItemIsEditable


def test_servers_are_ordered_changed_and_removed(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FULL)
    shown = page.widget.servers.rows.list
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert page.servers == ["192.0.2.2", "192.0.2.1"]
    assert shown.currentRow() == 1
    shown.item(1).setText("192.0.2.9")
    assert page.value("servers") == ["192.0.2.2", "192.0.2.9"]
    shown.item(0).setText("nine")
    assert page.servers == ["192.0.2.2", "192.0.2.9"]
    assert "'nine' is no address" in page.widget.servers.rows.error.text()
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert page.value("servers") == ["192.0.2.2"]
    assert "# ours" in page.text
    page.widget.servers.rows.remove.click()
    assert page.value("servers") == ["system"]
    assert page.widget.servers.system.isChecked()
    for _ in range(4):
        qtbot.keyClick(page.widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.text == FULL


# -- names


def test_the_first_name(open_page: Open) -> None:
    page = open_page(START)
    page.turn_to(page.widget.own_names)
    assert page.names.empty.isVisible()
    assert not page.names.edit.isEnabled()
    page.names.add.click()
    page.fill("nas.lan", "192.168.1.2")
    assert page.hosts == [("nas.lan", "192.168.1.2")]
    assert page.value("hosts") == {"nas.lan": "192.168.1.2"}
    page.widget.undo.click()
    assert page.text == START


def test_names_are_changed_where_they_stand(open_page: Open) -> None:
    page = open_page(FULL)
    assert page.hosts == [("nas.lan", "192.168.1.2"), ("printer.lan", "192.168.1.7, fd00::7")]
    page.names.table.selectRow(0)
    page.names.edit.click()
    page.fill("nas.lan", "192.168.1.3, fd00::3")
    assert 'nas.lan = ["192.168.1.3", "fd00::3"]' in page.text
    assert "# the box" in page.text
    page.names.table.selectRow(0)
    page.names.edit.click()
    page.fill("box.lan", "192.168.1.3")
    assert ("box.lan", "192.168.1.3") in page.hosts
    assert len(page.hosts) == 2
    assert page.said[-1] == "Changed box.lan."
    page.widget.undo.click()
    page.widget.undo.click()
    assert page.text == FULL


def test_names_are_removed(open_page: Open) -> None:
    page = open_page(FULL)
    page.turn_to(page.widget.own_names)
    page.names.table.selectRow(0)
    page.names.remove.click()
    assert page.hosts == [("printer.lan", "192.168.1.7, fd00::7")]
    page.names.remove.click()
    assert page.hosts == []
    assert page.names.empty.isVisible()
    assert page.value("hosts") in (None, {})
    page.widget.undo.click()
    page.widget.undo.click()
    assert page.text == FULL


@pytest.mark.parametrize(
    ("name", "addresses", "name_says", "addresses_say"),
    [
        ("nas lan", "192.0.2.1", "'nas lan' is no name; expected a host name.", ""),
        ("printer.lan", "192.0.2.1", "Printer.lan is there already; expected one line.", ""),
        ("box", "one", "", "'one' is no address; expected an address"),
        ("box", "", "", "No address; expected"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    open_page: Open, name: str, addresses: str, name_says: str, addresses_say: str
) -> None:
    page = open_page(FULL)
    page.names.add.click()
    dialog = page.dialog(EditHostDialog)
    assert not dialog.name_note.isVisible()
    page.fill(name, addresses)
    assert dialog.isVisible()
    assert dialog.name_note.text() == name_says
    assert dialog.addresses_note.text().startswith(addresses_say)
    assert bool(dialog.addresses_note.text()) == bool(addresses_say)
    wrong = dialog.name if name_says else dialog.addresses
    assert dialog.focusWidget() is wrong
    assert page.text == FULL
    page.fill("box.lan", "192.0.2.1 2001:db8::1")
    assert page.hosts[-1] == ("box.lan", "192.0.2.1, 2001:db8::1")


def test_without_a_profile_there_is_nothing_to_change(open_page: Open) -> None:
    page = open_page("no TOML")
    assert not page.widget.isEnabled()
    page.store.path.write_text(FULL)
    page.store.read()
    assert page.widget.isEnabled()
    assert page.servers == ["192.0.2.1", "192.0.2.2"]


def test_keys(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FULL)
    page.turn_to(page.widget.own_names)
    page.names.table.selectRow(1)
    page.names.table.setFocus()
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Return):
        qtbot.keyClick(page.names.table, key)
        dialog = page.dialog(EditHostDialog)
        assert dialog.name.text() == "printer.lan"
        dialog.reject()
    qtbot.keyClick(page.names.table, Qt.Key.Key_Delete)
    assert [name for name, _ in page.hosts] == ["nas.lan"]
    assert page.names.table.accessibleName() == "Names of your own"
    assert page.widget.servers.rows.list.accessibleName() == "DNS servers"


def test_fake_addresses_are_a_choice(open_page: Open) -> None:
    page = open_page(FULL)
    box = page.widget.fake_names.fakes
    assert not box.isChecked()
    box.click()
    assert box.isChecked()
    assert page.value("fake_addresses") is True
    box.click()
    assert page.value("fake_addresses") is None
    assert page.text == FULL
    page.widget.undo.click()
    assert box.isChecked()


def test_names_with_real_addresses(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(
        f'{START}[dns]\nfake_addresses = true\nreal_names = [\n  "a.lan",  # the a\n]\n'
    )
    page.turn_to(page.widget.fake_names)
    real = page.widget.fake_names.real
    assert real.isEnabled()
    assert not real.up.isVisible()
    page.add_row(real, "a b")
    assert real.error.text().startswith("' ' cannot stand in a host name")
    page.add_row(real, "+.example.com")
    assert page.value("real_names") == ["a.lan", "+.example.com"]
    assert '"a.lan",  # the a\n' in page.text
    real.list.setCurrentRow(0)
    real.list.setFocus()
    qtbot.keyClick(real.list, Qt.Key.Key_Delete)
    real.remove.click()
    assert page.value("real_names") is None
    for _ in range(3):
        page.widget.undo.click()
    assert page.value("real_names") == ["a.lan"]
    page.widget.fake_names.fakes.click()
    assert not real.isEnabled()  # all have, and it stays for the next time
    assert page.value("real_names") == ["a.lan"]


# -- how a server is asked

OFFICE = '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "192.0.2.8"\nport = 1080\n'
SERVICE = OFFICE.replace("office", "box").replace("socks5", "service")


def test_a_server_is_asked_through_an_upstream(open_page: Open) -> None:
    page = open_page(f'{START}[dns]\nservers = [\n  "192.0.2.1",  # ours\n]\n{OFFICE}{SERVICE}')
    servers = page.widget.servers.rows
    servers.edit.click()
    dialog = page.dialog(EditServerDialog)
    ways = [dialog.via.itemText(row) for row in range(dialog.via.count())]
    assert ways == ["directly", "through office"]
    dialog.via.setCurrentIndex(1)
    assert dialog.notes["via"].text().startswith("Upstreams do not carry the datagrams of a plain")
    save(dialog)
    assert dialog.isVisible()
    page.type(dialog.server, "tls://dns.example")
    page.type(dialog.address, "one")
    assert dialog.notes["address"].text().startswith("'one' is no address")
    page.type(dialog.address, "192.0.2.1")
    save(dialog)
    assert page.servers == ["tls://dns.example (at 192.0.2.1, through office)"]
    assert page.value("servers") == [
        {"server": "tls://dns.example", "address": "192.0.2.1", "via": "office"}
    ]
    assert "# ours" in page.text
    servers.edit.click()
    dialog = page.dialog(EditServerDialog)
    dialog.via.setCurrentIndex(0)
    dialog.address.clear()
    save(dialog)
    assert page.value("servers") == ["tls://dns.example"]


# -- by name

BY_NAME = f"""{START}
[dns]
rules = [
  # at work
  "DOMAIN-SUFFIX,corp.example,corp",  # all of it
  "# DOMAIN,www.corp.example,system",
  "NOT,((DOMAIN-SUFFIX,example)),corp",
]

# the office's own
[[dns.resolver]]
name = "corp"  # short
servers = ["10.0.0.53"]
"""


def test_a_first_resolver_and_its_rule(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(START)
    by_name = page.widget.by_name
    page.turn_to(by_name)
    assert by_name.rules.empty.isVisible()
    assert by_name.resolvers.empty.isVisible()
    by_name.resolvers.add.click()
    resolver = page.dialog(EditResolverDialog)
    assert resolver.name_note.text() == resolver.servers_note.text() == ""
    save(resolver)
    assert resolver.name_note.text().startswith("The name is empty")
    assert resolver.servers_note.text().startswith("Servers is empty")
    page.type(resolver.name, "corp")
    page.add_row(resolver.rows, "10.0.0.53")
    assert resolver.isVisible()  # Enter adds a server
    page.type(resolver.rows.field, "10.0.1.53")
    save(resolver)  # with what is typed
    assert page.value("resolver") == [{"name": "corp", "servers": ["10.0.0.53", "10.0.1.53"]}]
    assert rows(by_name.resolvers) == [("corp", "10.0.0.53, 10.0.1.53", "no rule")]
    assert "Add one for a resolver's names" in by_name.rules.empty.label.text()
    by_name.rules.add.click()
    rule = page.dialog(EditNameRuleDialog)
    assert rule.note.text() == ""
    save(rule)
    assert rule.note.text() == "Which names? One at least."
    page.type(rule.hosts.rows[0].name, "corp.example")
    save(rule)
    assert page.value("rules") == ["DOMAIN-SUFFIX,corp.example,corp"]
    assert rows(by_name.rules) == [("corp.example and below", "corp")]
    assert rows(by_name.resolvers)[0][2] == "1 rule"
    assert page.said == ["Added corp.", "Rule added."]
    page.widget.undo.click()
    page.widget.undo.click()
    assert page.text == START


def test_rules_on_names_are_shown_changed_and_moved(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(BY_NAME)
    by_name = page.widget.by_name
    page.turn_to(by_name)
    assert rows(by_name.rules) == [
        ("corp.example and below", "corp"),
        ("www.corp.example", "the system's own servers (turned off)"),
        ("NOT,((DOMAIN-SUFFIX,example))", "corp"),
    ]
    table = by_name.rules.table
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.value("rules")[0] == "# DOMAIN,www.corp.example,system"  # type: ignore[index]
    assert table.currentRow() == 0
    qtbot.keyClick(table, Qt.Key.Key_F2)
    dialog = page.dialog(EditNameRuleDialog)
    assert dialog.resolver.currentText() == "the system's own servers"
    dialog.enabled.click()
    save(dialog)
    assert rows(by_name.rules)[0] == ("www.corp.example", "the system's own servers")
    assert "  # at work\n" in page.text
    assert "# all of it" in page.text
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(rows(by_name.rules)) == 2
    for _ in range(3):
        qtbot.keyClick(page.widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.text == BY_NAME


def test_what_fields_cannot_show_is_edited_as_text(open_page: Open) -> None:
    page = open_page(BY_NAME)
    by_name = page.widget.by_name
    by_name.rules.table.selectRow(2)
    by_name.rules.edit.click()
    dialog = page.dialog(EditNameRuleDialog)
    assert dialog.text.isVisible()
    assert not dialog.hosts.isVisible()
    page.type(dialog.text, "NOT,((DST-PORT,53)),corp")
    assert dialog.note.text().startswith("A question has a name, and neither port nor address")
    save(dialog)
    assert dialog.isVisible()
    page.type(dialog.text, "NOT,((DOMAIN,a.example)),crop")
    assert dialog.note.text().startswith("There is no resolver crop; expected one of corp, system.")
    assert "Nearest: NOT,((DOMAIN,a.example)),corp" in dialog.note.text()
    page.type(dialog.text, "NOT,((DOMAIN,a.example)),corp")
    save(dialog)
    assert page.value("rules")[2] == "NOT,((DOMAIN,a.example)),corp"  # type: ignore[index]


def test_rules_follow_their_resolver(open_page: Open) -> None:
    page = open_page(BY_NAME)
    by_name = page.widget.by_name
    assert rows(by_name.resolvers) == [("corp", "10.0.0.53", "2 rules")]
    by_name.resolvers.edit.click()
    dialog = page.dialog(EditResolverDialog)
    page.type(dialog.name, "work")
    save(dialog)
    assert page.text == BY_NAME.replace(',corp"', ',work"').replace('"corp"', '"work"')
    by_name.resolvers.remove.click()
    assert page.value("resolver") is None
    assert page.value("rules") == ["# DOMAIN,www.corp.example,system"]
    assert page.said[-1] == "Removed work, and the 2 rules that named it."
    page.widget.undo.click()
    page.widget.undo.click()
    assert page.text == BY_NAME


def test_a_wrong_rule_is_marked(open_page: Open) -> None:
    page = open_page(BY_NAME.replace("corp.example,corp", "corp.example,crop"))
    item = page.widget.by_name.rules.table.item(0, 0)
    assert item.toolTip().startswith("There is no resolver crop")
    assert item.foreground().color() == colour("bad")


def test_the_profile_may_change_behind_a_dialog(open_page: Open) -> None:
    page = open_page(BY_NAME)
    by_name = page.widget.by_name
    by_name.rules.edit.click()
    by_name.resolvers.edit.click()
    rule, resolver = page.dialog(EditNameRuleDialog), page.dialog(EditResolverDialog)
    first = '  "DOMAIN,a.example,system",\n'
    text = page.text.replace("rules = [\n  # at", f"rules = [\n{first}  # at")
    page.store.path.write_text(text)
    page.store.read()
    page.type(rule.hosts.rows[0].name, "b.example")
    save(rule)
    assert page.text == text.replace("SUFFIX,corp.example", "SUFFIX,b.example")
    page.store.path.write_text(START)
    page.store.read()
    page.type(resolver.name, "work")
    save(resolver)
    assert page.text == START
    assert page.said[-1] == "This resolver is not in the profile any more."


def test_a_server_may_go_behind_its_dialog(open_page: Open) -> None:
    page = open_page(FULL)
    page.widget.servers.rows.edit.click()
    dialog = page.dialog(EditServerDialog)
    page.store.path.write_text(FULL.replace('"192.0.2.1", ', ""))
    page.store.read()
    page.type(dialog.server, "192.0.2.7")
    save(dialog)
    assert page.servers == ["192.0.2.2"]
    assert page.widget.servers.rows.error.text() == "This server is not in the list any more."
