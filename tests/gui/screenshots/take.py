"""All pictures of one language and scale: `take FOLDER LANGUAGE SCALE [WORD]`, with the environment
that `__main__` gives."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from tests.gui.screenshots import life
from tests.gui.screenshots.sheet import sheet

from byway_core.api.profiles import RuleLine
from byway_core.model.decision import Network
from byway_core.model.errors import HelperFault
from byway_gui import installed, words
from byway_gui.app import Desktop
from byway_gui.dialogs.cannot_run import CannotRunDialog
from byway_gui.dialogs.edit_group import EditGroupDialog
from byway_gui.dialogs.edit_host import EditHostDialog
from byway_gui.dialogs.edit_name_rule import EditNameRuleDialog
from byway_gui.dialogs.edit_resolver import EditResolverDialog
from byway_gui.dialogs.edit_rule import EditRuleDialog
from byway_gui.dialogs.edit_server import EditServerDialog
from byway_gui.dialogs.edit_upstream import EditUpstreamDialog
from byway_gui.dialogs.remove_upstream import RemoveUpstreamDialog
from byway_gui.dialogs.rules_as_text import RulesAsTextDialog
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.presenters.dns import ways_of
from byway_gui.presenters.dns_rules import servers_in
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing
from byway_gui.probe import Outcome
from byway_gui.secrets import Access
from byway_gui.session import speak
from byway_gui.settings import SettingsFile, settings_path
from byway_gui.theme import Look, Theme

PAGES = ("rules", "connections", "upstreams", "dns", "status", "log", "setup")
DEADLINE = 20.0
# What the offscreen platform says of itself.
NOISE = ("This plugin does not support", "No such signal QPlatformNativeInterface")
# (name, what is to be seen); it is taken before the next is asked for.
Shots = Iterator[tuple[str, QWidget]]


class Posing(Desktop):
    """The app without an engine, which is told what an engine would have told it."""

    def pose(self, *, busy: bool) -> None:
        answer = json.dumps(life.machine(busy=busy))
        self.inquiry._command = (sys.executable, "-c", f"print({answer!r})")
        installed.helper_is_there = lambda: busy  # type: ignore[assignment]
        if busy:
            now = life.now()
            self._show(Standing(Phase.ON, Reach.MACHINE, port=7890, rules=life.RULES))
            self.pages.rules.set_hits(life.hits())
            self._looked(life.status(now), life.hits())
            self.pages.append(life.log(now))
            self._take(life.flows(now))
            until(lambda: life.now() > now + 1.2)  # for there to be rates
            self._take(life.flows(now, later=life.now() - now))
            begin = time.monotonic() - 120
            for second, (up, down) in enumerate(life.traffic()):
                self.pages.status.graph.add(up, down, begin + second)

    def stand(self, standing: Standing) -> None:
        self._show(standing)
        if standing.phase is Phase.ON:
            self.pages.see(life.status(life.now()))
            self.groups.see(life.status(life.now()))


class Studio:
    def __init__(self, folder: Path, look: Look, only: str) -> None:
        self._folder, self._look, self._only = folder, look, only
        self.taken: list[Path] = []

    def take(self, theme: Theme, scene: str, shots: Callable[[], Shots]) -> None:
        self._look.want(theme)
        for name, widget in shots():
            settle()
            file = self._folder / f"{theme.value}-{scene}-{name}.png"
            if self._only in file.stem:
                widget.grab().save(str(file))
                self.taken.append(file)


def heard(_kind: object, _context: object, message: str) -> None:
    if not any(each in message for each in NOISE):
        print(f"Qt: {message}", file=sys.stderr)


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline, "the app has not come to show what was waited for"
        QApplication.processEvents()


def pages(desktop: Posing) -> Shots:
    for number, name in enumerate(PAGES):
        desktop.window.turn_to(number)
        if name == "status":
            until(desktop.pages.status.machine.refresh.isEnabled)
        yield f"{number + 1}-{name}", desktop.window
        if name == "dns":
            for tab in range(1, desktop.pages.dns.tabs.count()):
                desktop.pages.dns.tabs.setCurrentIndex(tab)
                yield f"{number + 1}-{name}-{tab + 1}", desktop.window
            desktop.pages.dns.tabs.setCurrentIndex(0)


def details(desktop: Posing) -> Shots:
    """Pages with something chosen, asked, wrong."""
    window = desktop.window
    window.turn_to(0)
    desktop.pages.rules.view.select([3, 4])
    desktop.pages.rules.tester.ask("static.video.example.net", 443, Network.TCP, "firefox-esr")
    desktop.pages.rules.tester.ask_now()
    window.say(words.tr("Copied."), lambda: None)
    yield "rules-asked", window
    window.toast.hide()
    desktop.pages.rules.filter.setText("no such rule")
    yield "rules-none-found", window
    desktop.pages.rules.filter.clear()
    window.turn_to(1)
    desktop.pages.connections.view.selectRow(2)
    desktop.pages.connections.does.details.setChecked(True)
    yield "connections-details", window
    desktop.pages.connections.does.details.setChecked(False)
    window.turn_to(PAGES.index("status"))
    desktop.pages.see(life.troubled(life.status(life.now())))
    yield "status-troubles", window
    desktop.pages.see(life.status(life.now()))
    window.turn_to(1)
    fault = "the helper is not installed"
    desktop.stand(Standing(Phase.FAILED, sentence=fault, fault=HelperFault.MISSING))
    yield "header-fault", window
    mode = {"mode": Mode.THROUGH, "through": "office-backup"}
    desktop.stand(Standing(Phase.ON, Reach.PORT, port=7890, rules=300, **mode))  # type: ignore[arg-type]
    yield "header-through", window
    yield "menu-tray", desktop.tray._menu
    yield "menu-modes", desktop.actions.modes
    yield "menu-groups", desktop.groups_menu
    desktop.stand(Standing(Phase.ON, Reach.MACHINE, port=7890, rules=300))
    before = window.size()
    window.resize(window.minimumSize())
    for number, name in enumerate(PAGES):
        window.turn_to(number)
        yield f"small-{number + 1}-{name}", window
    window.resize(before)


def dialogs(desktop: Posing) -> Shots:
    window, store = desktop.window, desktop.store
    assert store.draft is not None
    office = store.draft.upstreams[0]
    secrets, path, targets = desktop.secrets, store.path, store.targets()

    def shown(name: str, dialog: QDialog) -> Shots:
        dialog.open()
        yield name, dialog
        dialog.reject()
        dialog.deleteLater()

    yield from shown("run-program", RunProgramDialog("", window))
    yield from shown("run-program-flatpak", CannotRunDialog(window))
    yield from shown("upstream-new", EditUpstreamDialog(None, [], secrets, path, window))
    yield from shown("upstream", EditUpstreamDialog(office, [], secrets, path, window))
    wrong = EditUpstreamDialog(None, ["office"], secrets, path, window)
    wrong.fields.name.setText("office")
    wrong.fields.port.setText("70000")
    wrong.fields.username.setText("j.doe")
    wrong.fields.upstream()
    wrong.fields.password.fail(Access.LOCKED, "")
    yield from shown("upstream-wrong", wrong)
    names = [str(table["name"]) for table in store.draft.upstreams]
    tables = store.draft.groups
    yield from shown("group-new", EditGroupDialog(None, names, tables, window))
    yield from shown("group", EditGroupDialog(tables[1], names, (tables[0], tables[2]), window))
    wrong_group = EditGroupDialog(None, names, tables, window)
    wrong_group.name.setText("office")
    wrong_group.kind.setCurrentIndex(2)
    wrong_group.test.setText("https://www.example.com/")
    wrong_group.save.click()
    yield from shown("group-wrong", wrong_group)
    kept = [(row, rule.text) for row, rule in enumerate(store.draft.rules) if "office" in rule.text]
    yield from shown(
        "upstream-remove", RemoveUpstreamDialog("office", kept, ["REJECT", "DIRECT", "lab"], window)
    )
    yield from shown("rule-new", EditRuleDialog(RuleLine(""), targets, window, is_new=True))
    yield from shown("rule", EditRuleDialog(store.draft.rules[8], targets, window))
    programs = EditRuleDialog(store.draft.rules[14], targets, window)
    programs.fields.programs.setFocus()
    yield from shown("rule-programs", programs)
    text = RuleLine("AND,((DOMAIN-SUFFIX,example.com),(DST-PORT,99999)),ofice", note="work")
    yield from shown("rule-wrong", EditRuleDialog(text, targets, window))
    all_rules = store.draft.rules_text().replace("DOMAIN-KEYWORD,tracker", "DOMAIN-KEYWRD,tracker")
    as_text = RulesAsTextDialog(all_rules, desktop.pages.rules.asking._problems, window)
    yield from shown("rules-as-text", as_text)
    yield from shown("host", EditHostDialog("printer.lan", ["192.168.1.9"], [], window))
    resolver = store.draft.tables("dns", "resolver")[0]
    servers, ways = servers_in(resolver), ways_of(store.draft)
    yield from shown("resolver", EditResolverDialog("corp", servers, [], ways, window))
    yield from shown("resolver-new", EditResolverDialog("", [], [], ways, window))
    yield from shown("server", EditServerDialog(servers[0], [], ways, window))
    hosts = RuleLine("OR,((DOMAIN-SUFFIX,corp.example),(DOMAIN,nas.lan)),crop")
    yield from shown("name-rule-wrong", EditNameRuleDialog(hosts, ["corp", "system"], window))
    text = RuleLine("NOT,((DOMAIN-SUFFIX,example.com)),corp")
    yield from shown("name-rule-text", EditNameRuleDialog(text, ["corp", "system"], window))


def first_steps(desktop: Posing) -> Shots:
    dialog = desktop.welcome.open(desktop.window, is_on=desktop.steering.standing.is_on)
    assert dialog is not None
    yield "first-1-helper", dialog
    dialog.next.click()
    dialog.upstream.one.setChecked(True)
    yield "first-2-upstream", dialog
    fields = dialog.upstream.fields
    fields.server.setText("proxy.example.com")
    dialog.upstream._test = lambda upstream, folder, target, then: then(Outcome(None, 0.021, 0.089))
    dialog.upstream.test.click()
    yield "first-2-upstream-tested", dialog
    dialog.next.click()
    yield "first-3-rules", dialog
    dialog.rules.starts[list(dialog.rules.starts)[-2]].click()
    yield "first-3-rules-through", dialog
    dialog.next.click()
    yield "first-4-on", dialog
    dialog.reject()


def run(folder: Path, language: str, scale: int, only: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    qInstallMessageHandler(heard)
    application = QApplication(["byway"])
    simplified = QFontDatabase.WritingSystem.SimplifiedChinese
    if language == "zh_CN" and not QFontDatabase.families(simplified):
        raise SystemExit(
            "There is no font for Chinese here: fonts-wqy-microhei or fonts-noto-cjk is missing."
        )
    speak(application, language)
    life.applications(Path(os.environ["XDG_DATA_HOME"], "applications"))
    with qasync.QEventLoop(application) as loop:
        look = Look(application, Theme.LIGHT)
        studio = Studio(folder, look, only)
        profile = settings_path().with_name("profile.toml")
        for busy in (False, True):
            installed.helper_is_there = lambda: False  # at the start this machine would be asked
            if busy:
                profile.parent.mkdir(parents=True, exist_ok=True)
                profile.write_text(life.profile())
            desktop = made(loop, profile, look, busy=busy)
            for theme in (Theme.LIGHT, Theme.DARK):
                scene = "full" if busy else "empty"
                studio.take(theme, scene, lambda desktop=desktop: pages(desktop))
                studio.take(theme, scene, lambda desktop=desktop: first_steps(desktop))
                if busy:
                    studio.take(theme, "dialog", lambda desktop=desktop: dialogs(desktop))
                    studio.take(theme, "detail", lambda desktop=desktop: details(desktop))
            loop.run_until_complete(desktop.close())
            desktop.store.blockSignals(True)  # the next one has a profile in the same place
    if not only:
        sheet(sorted(studio.taken), folder.with_suffix(".png"))
    print(f"{folder}: {len(studio.taken)} pictures")


def made(loop: asyncio.AbstractEventLoop, profile: Path, look: Look, *, busy: bool) -> Posing:
    desktop = Posing(loop, profile, _no_engine, look, SettingsFile(settings_path()))
    desktop.pose(busy=busy)
    screen = desktop.window.screen().availableGeometry().size()
    desktop.window.resize(desktop.window.size().boundedTo(screen))
    desktop.show()
    settle()
    return desktop


def _no_engine(*_: Any) -> Any:
    raise OSError("there is none in a picture")


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
