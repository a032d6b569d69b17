"""Words where they are read: the real window, its menus and dialogs, in every language."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from tests.gui.conftest import MakeDesktop
from tests.gui.test_explained import ANSWER, answer
from tests.gui.test_status_page import STATUS
from tests.support.byway import free_port
from tests.support.shown import clashes, faces, menu_mnemonics, mnemonics, texts
from tests.support.snapshots import FLOW

from byway_core.api.profiles import RuleLine
from byway_core.model.decision import Network
from byway_core.model.flow import FlowState
from byway_core.model.sentence import say
from byway_gui import dialogs, words
from byway_gui.app import Desktop
from byway_gui.dialogs.cannot_run import CannotRunDialog
from byway_gui.dialogs.edit_group import EditGroupDialog
from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.dialogs.edit_name_rule import EditNameRuleDialog
from byway_gui.dialogs.edit_resolver import EditResolverDialog
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.edit_server import EditServerDialog
from byway_gui.dialogs.edit_upstream import EditUpstreamDialog
from byway_gui.dialogs.first_steps import FirstStepsDialog
from byway_gui.dialogs.leak_test import LeakTestDialog
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.engine_link.inbox import Batch
from byway_gui.presenters.explained import read
from byway_gui.presenters.first_steps import Beginning
from byway_gui.presenters.interfaces import interfaces
from byway_gui.presenters.standing import Phase, Reach, Standing
from byway_gui.session import speak
from byway_gui.windows.flow_actions import fill_with_rules

PAGES = ("rules", "connections", "upstreams", "dns", "status", "log", "setup")
# Words that are the same in Chinese, beside those in capitals: DNS, TCP, MATCH.
NAMES = frozenset(
    """
    Byway Host SOCKS4a Wi-Fi WireGuard IPv4 IPv6 kB MB Ctrl Alt Del Ins Esc Shift Up Down nftables
    answers ping packaging helper install py polkit-gnome lxpolkit passwords English
    log txt root sudo Tor SSH Flatpak AppImage Debian
    """.split()  # noqa: SIM905 - thirty words
)
# What is data here, and not the app's.
_DATA = re.compile(
    r"<[^>]+>|[0-9a-f:]*::[0-9a-f:/]*|https?://\S+|\S+\.(com|lan|toml|py|example)\S*|/\S+|\b(office|mine)\b|\b(curl|firefox)\b"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@pytest.fixture(params=[code for code in words.LANGUAGES if code != "en"])
def foreign(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    yield from speaking(qapp, request.param)


@pytest.fixture(params=words.LANGUAGES)
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    yield from speaking(qapp, request.param)


def speaking(application: QApplication, code: str) -> Iterator[str]:
    speak(application, code)
    yield code
    words.use("en")
    for each in application.findChildren(QTranslator):
        application.removeTranslator(each)
        each.deleteLater()


@pytest.fixture
def desktop(make_desktop: MakeDesktop, tmp_path: Path) -> Desktop:
    """With something of each kind on every page."""
    file = tmp_path / "office.toml"
    file.write_text(
        "version = 1\n"
        'rules = ["DOMAIN-SUFFIX,example.com,office", "MATCH,DIRECT", "MATCH,REJECT"]\n'
        '[[group]]\nname = "mine"\ntype = "select"\nmembers = ["office", "REJECT"]\n'
        f"[general]\nmixed_port = {free_port()}\n"
        '[dns]\nservers = ["192.0.2.1"]\nhosts = { "nas.lan" = "192.0.2.2" }\n'
        'rules = ["DOMAIN-SUFFIX,corp.example,office", "# DOMAIN,nas.lan,system"]\n'
        'fake_addresses = true\nreal_names = ["nas.lan"]\n'
        '[[dns.resolver]]\nname = "office"\nservers = ["192.0.2.1"]\n'
        '[[upstream]]\nname = "office"\ntype = "socks5"\nserver = "192.0.2.3"\nport = 1080\n'
    )
    made = make_desktop(file)
    for page in PAGES:
        getattr(made.pages, page)
    made.table.take(Batch(frozenset(), {(1, flow.id): flow for flow in FLOWS}, frozenset()))
    made.pages.status.take(STATUS)
    made.inquiry.answered.emit(read(answer(helper={**ANSWER["helper"], "kill_switch": True})))
    made.pages.rules.filter.setText("no such rule")  # and what is said then
    made.pages.rules.filter.setText("")
    made.pages.rules.tester.ask("www.example.com", 443, Network.TCP)
    made.pages.log.append([])
    made.pages.upstreams.view.table.selectRow(0)
    made.pages.connections.view.selectRow(0)
    return made


REFUSED = say("refused by the rules")
FLOWS = [
    FLOW,
    replace(FLOW, id="1.1", action="DIRECT", rule_index=None, program="", host=""),
    replace(FLOW, id="1.2", action="REJECT", state=FlowState.CLOSED, reason=REFUSED),
    replace(FLOW, id="1.3", state=FlowState.CLOSED, closed=FLOW.opened + 4000),
    replace(FLOW, id="1.4", state=FlowState.SNIFFING, action="", rule_index=None),
]


def make_dialogs(desktop: Desktop, folder: Path) -> list[QDialog]:
    """One of each there is."""
    window, targets = desktop.window, desktop.store.targets()
    draft = desktop.store.draft
    assert draft is not None
    first = FirstStepsDialog(
        Beginning(draft, draft, is_new=True, is_on=False, at_login=False),
        desktop.secrets,
        lambda *_: None,
        lambda: False,
        lambda: Reach.PORT,
        window,
    )
    made = [
        first,
        CannotRunDialog(window),
        EditHostDialog("", (), (), window),
        EditNameRuleDialog(RuleLine("DOMAIN,nas.lan,system"), ("system",), window),
        EditNameRuleDialog(RuleLine("NOT,((DOMAIN,nas.lan)),system"), ("system",), window),
        EditResolverDialog("", ("192.0.2.1",), (), (), window),
        EditServerDialog("192.0.2.1", (), ("office",), window),
        EditRuleDialog(RuleLine("DOMAIN,example.com,office"), targets, window),
        LeakTestDialog([sys.executable, "-c", ""], window),
        EditGroupDialog(None, ("office",), (), window),
        EditUpstreamDialog(None, ("office",), desktop.secrets, desktop.store.path, window),
        RemoveUpstreamDialog("office", [(0, "MATCH,office")], ("REJECT", "DIRECT"), window),
        RulesAsTextDialog("MATCH,DIRECT\n", lambda text: (), window),
        RunProgramDialog("", window, applications=lambda: iter(())),
    ]
    assert {type(each) for each in made} == dialog_classes()
    return made


def dialog_classes() -> set[type[QDialog]]:
    found = set()
    for module in pkgutil.iter_modules(dialogs.__path__, f"{dialogs.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, QDialog) and value is not QDialog:
                found.add(value)
    return found


def menus(desktop: Desktop) -> dict[str, list[QAction]]:
    """What each menu has, of those that are there and of those that are made when asked for."""
    window, connections = desktop.window, desktop.pages.connections
    icon = desktop.tray.icon
    assert icon is not None
    flow_menu = connections.does.menu(
        lambda menu: fill_with_rules(menu, FLOW, ["DIRECT", "office"], lambda _: None), window
    )
    column_menu = connections.columns.menu()
    whole = {
        "tray": icon.contextMenu(),
        "modes": desktop.actions.modes,
        "profiles": desktop.profiles,
        "connections": flow_menu,
        "columns": column_menu,
    }
    found = {name: menu.actions() for name, menu in whole.items()}
    for menu in (flow_menu, column_menu):
        for deeper in menu.findChildren(QMenu):
            found[f"below: {deeper.title()}"] = deeper.actions()
    found["rules"] = desktop.pages.rules.view.actions()
    found["groups of the page"] = desktop.pages.upstreams.groups.tree.actions()
    found["upstreams"] = desktop.pages.upstreams.view.table.actions()
    return found


def frame(desktop: Desktop) -> list[QWidget]:
    """What is to be seen around every page."""
    around = (desktop.window.header, desktop.window.banner, desktop.window.toast)
    return [each for part in around for each in part.findChildren(QWidget)]


# -- keys --------------------------------------------------------------------------------------


def test_no_two_labels_of_a_page_promise_one_key(language: str, desktop: Desktop) -> None:
    """Nor one of a page and one around it; whether they are to be seen now or not."""
    wrong = {}
    for page in PAGES:
        within = getattr(desktop.pages, page).findChildren(QWidget)
        wrong[page] = clashes(mnemonics([*frame(desktop), *within]))
        assert list(mnemonics(within)), "a page without any: they are not found"
    assert {page: found for page, found in wrong.items() if found} == {}


def test_no_two_labels_of_a_dialog_promise_one_key(
    language: str, desktop: Desktop, tmp_path: Path
) -> None:
    wrong = {
        type(dialog).__name__: found
        for dialog in make_dialogs(desktop, tmp_path)
        for face in faces(dialog)
        if (found := clashes(mnemonics(face)))
    }
    assert wrong == {}


def test_no_two_entries_of_a_menu_promise_one_key(language: str, desktop: Desktop) -> None:
    found = menus(desktop)
    assert all(len(actions) > 1 for actions in found.values())
    wrong = {name: clashes(menu_mnemonics(actions)) for name, actions in found.items()}
    assert {name: each for name, each in wrong.items() if each} == {}


def test_no_two_things_have_one_shortcut(desktop: Desktop) -> None:
    """Of a page and of the window around it: Qt would do neither."""
    window = desktop.window
    around = [*window.actions(), *window.findChildren(QShortcut, "", DIRECT)]
    wrong = {}
    for page in PAGES:
        within = getattr(desktop.pages, page)
        whole = [*around, *within.actions(), *within.findChildren(QShortcut, "", DIRECT)]
        wrong[page] = clashes(
            (key.toString(), each.text() if isinstance(each, QAction) else "a shortcut")
            for each in whole
            for key in (each.shortcuts() if isinstance(each, QAction) else each.keys())
        )
    assert {page: found for page, found in wrong.items() if found} == {}


# -- words -------------------------------------------------------------------------------------


def english(shown: Iterator[str], folder: Path) -> set[str]:
    """Words that nobody has translated."""
    known = NAMES | {each.name for each in interfaces()}
    found = set()
    for text in shown:
        for word in _WORD.findall(_DATA.sub("", text.replace(str(folder), ""))):
            if len(word) > 1 and not word.replace("-", "").isupper() and word not in known:
                found.add(f"{word}: {text}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_no_english(foreign: str, desktop: Desktop, page: str, tmp_path: Path) -> None:
    shown = list(texts(getattr(desktop.pages, page)))
    assert any(re.search("[\u4e00-\u9fff]", text) for text in shown)
    assert english(iter(shown), tmp_path) == set()


def test_window_menus_and_dialogs_speak_no_english(
    foreign: str, desktop: Desktop, tmp_path: Path
) -> None:
    shown = [text for each in frame(desktop) for text in texts(each)]
    for actions in menus(desktop).values():
        shown += [text for action in actions for text in (action.text(), action.toolTip())]
    names = desktop.window.names
    shown += [names.item(row).text() for row in range(names.count())]
    assert english(iter(shown), tmp_path) == set()
    for dialog in make_dialogs(desktop, tmp_path):
        assert english(texts(dialog), tmp_path) == set(), type(dialog).__name__


@pytest.mark.parametrize("phase", Phase)
def test_the_header_speaks_no_english(foreign: str, desktop: Desktop, phase: Phase) -> None:
    header = desktop.window.header
    header.show_standing(Standing(phase, rules=3, port=7890))
    assert english(texts(header), Path("/nowhere")) == set()
