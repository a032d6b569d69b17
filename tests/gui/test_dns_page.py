"""The page of DNS on a real profile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.support.open_profile import OpenFile

from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.windows.dns_page import DnsPage

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
        shown = self.widget.servers.list
        return [shown.item(row).text() for row in range(shown.count())]

    @property
    def hosts(self) -> list[tuple[str, str]]:
        table = self.widget.hosts
        return [
            (table.item(row, 0).text(), table.item(row, 1).text())
            for row in range(table.rowCount())
        ]

    def value(self, key: str) -> object:
        assert self.store.draft is not None
        self.store.draft.check()
        return self.store.draft.value("dns", key)

    def add_server(self, text: str) -> None:
        self.widget.servers.field.clear()
        self._qtbot.keyClicks(self.widget.servers.field, text)
        self._qtbot.keyClick(self.widget.servers.field, Qt.Key.Key_Return)

    def dialog(self) -> EditHostDialog:
        found = self.widget.findChildren(EditHostDialog)
        (dialog,) = (each for each in found if each.isVisible())
        return dialog

    def fill(self, name: str, addresses: str) -> EditHostDialog:
        dialog = self.dialog()
        for field, text in ((dialog.name, name), (dialog.addresses, addresses)):
            field.clear()
            self._qtbot.keyClicks(field, text)
        dialog.buttons.button(dialog.buttons.StandardButton.Save).click()
        return dialog


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
    assert not servers.own_list.isVisible()
    assert page.widget.title() == "DNS"
    servers.own.click()
    assert servers.own_list.isVisible()
    assert page.text == START  # not before there is one
    page.add_server("192.0.2.1")
    page.add_server("[2001:db8::1]:5353")
    assert page.servers == ["192.0.2.1", "[2001:db8::1]:5353"]
    assert page.value("servers") == page.servers
    assert servers.field.text() == ""
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
    assert page.widget.servers.error.text().startswith(says)
    assert page.widget.servers.field.text() == text
    assert page.text == FULL
    page.widget.servers.field.clear()
    page.add_server("192.0.2.9")
    assert not page.widget.servers.error.isVisible()
    assert page.servers[-1] == "192.0.2.9"


def test_a_server_with_an_upstream_stays_as_it_is_written(open_page: Open, qtbot: QtBot) -> None:
    entry = '{ server = "tls://dns.example", via = "office" }'
    upstream = '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "192.0.2.8"\nport = 1080\n'
    page = open_page(f'{START}[dns]\nservers = ["192.0.2.1", {entry}]\n{upstream}')
    assert page.servers == ["192.0.2.1", "tls://dns.example (via office)"]
    assert page.widget.servers.error.text() == ""
    page.add_server("https://dns.example/dns-query")
    shown = page.widget.servers.list
    shown.setCurrentRow(1)
    page.widget.servers.up.click()
    assert page.value("servers") == [
        {"server": "tls://dns.example", "via": "office"},
        "192.0.2.1",
        "https://dns.example/dns-query",
    ]
    assert not shown.item(0).flags() & Qt.ItemFlag.ItemIsEditable
    assert shown.item(1).flags() & Qt.ItemFlag.ItemIsEditable


def test_servers_are_ordered_changed_and_removed(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FULL)
    shown = page.widget.servers.list
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert page.servers == ["192.0.2.2", "192.0.2.1"]
    assert shown.currentRow() == 1
    shown.item(1).setText("192.0.2.9")
    assert page.value("servers") == ["192.0.2.2", "192.0.2.9"]
    shown.item(0).setText("nine")
    assert page.servers == ["192.0.2.2", "192.0.2.9"]
    assert "'nine' is no address" in page.widget.servers.error.text()
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert page.value("servers") == ["192.0.2.2"]
    assert "# ours" in page.text
    page.widget.servers.remove.click()
    assert page.value("servers") == ["system"]
    assert page.widget.servers.system.isChecked()
    for _ in range(4):
        qtbot.keyClick(page.widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.text == FULL


# -- names


def test_the_first_name(open_page: Open) -> None:
    page = open_page(START)
    assert page.widget.empty.isVisible()
    assert not page.widget.edit.isEnabled()
    page.widget.add.click()
    page.fill("nas.lan", "192.168.1.2")
    assert page.hosts == [("nas.lan", "192.168.1.2")]
    assert page.value("hosts") == {"nas.lan": "192.168.1.2"}
    page.widget.undo.click()
    assert page.text == START


def test_names_are_changed_where_they_stand(open_page: Open) -> None:
    page = open_page(FULL)
    assert page.hosts == [("nas.lan", "192.168.1.2"), ("printer.lan", "192.168.1.7, fd00::7")]
    page.widget.hosts.selectRow(0)
    page.widget.edit.click()
    page.fill("nas.lan", "192.168.1.3, fd00::3")
    assert 'nas.lan = ["192.168.1.3", "fd00::3"]' in page.text
    assert "# the box" in page.text
    page.widget.hosts.selectRow(0)
    page.widget.edit.click()
    page.fill("box.lan", "192.168.1.3")
    assert ("box.lan", "192.168.1.3") in page.hosts
    assert len(page.hosts) == 2
    assert page.said[-1] == "Changed box.lan."
    page.widget.undo.click()
    page.widget.undo.click()
    assert page.text == FULL


def test_names_are_removed(open_page: Open) -> None:
    page = open_page(FULL)
    page.widget.hosts.selectRow(0)
    page.widget.remove.click()
    assert page.hosts == [("printer.lan", "192.168.1.7, fd00::7")]
    page.widget.remove.click()
    assert page.hosts == []
    assert page.widget.empty.isVisible()
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
    page.widget.add.click()
    dialog = page.dialog()
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
    page.widget.hosts.selectRow(1)
    page.widget.hosts.setFocus()
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Return):
        qtbot.keyClick(page.widget.hosts, key)
        dialog = page.dialog()
        assert dialog.name.text() == "printer.lan"
        dialog.reject()
    qtbot.keyClick(page.widget.hosts, Qt.Key.Key_Delete)
    assert [name for name, _ in page.hosts] == ["nas.lan"]
    assert page.widget.hosts.accessibleName() == "Names of your own"
    assert page.widget.servers.list.accessibleName() == "DNS servers"


def test_fake_addresses_are_a_choice(open_page: Open) -> None:
    page = open_page(FULL)
    box = page.widget.fakes
    assert not box.isChecked()
    box.click()
    assert box.isChecked()
    assert page.value("fake_addresses") is True
    box.click()
    assert page.value("fake_addresses") is None
    assert page.text == FULL
    page.widget.undo.click()
    assert box.isChecked()
