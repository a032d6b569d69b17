"""The window's pages: each made when it is first turned to, and what goes from one to another.

Most starts are into the tray, so a page's module is loaded with it. What a page cannot do by
itself it asks for by a signal, and `app` does it. What is told to a page that is not made yet is
kept where the page wants it later, else dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Signal

from byway_core.api.profiles import RuleLine
from byway_core.api.wire import EngineStatus
from byway_core.model.flow import FlowSnapshot
from byway_core.model.upstream import Upstream
from byway_gui.autostart import Autostart
from byway_gui.engine_link.inbox import Key
from byway_gui.groups import Groups
from byway_gui.inquiry import Inquiry
from byway_gui.models.flow_table import FlowTable
from byway_gui.models.log_table import KEEP
from byway_gui.presenters.log_lines import Record
from byway_gui.profile_store import ProfileStore
from byway_gui.secrets import Secrets
from byway_gui.settings import SettingsFile
from byway_gui.theme import Look
from byway_gui.windows.main_window import MainWindow
from byway_gui.words import tr

if TYPE_CHECKING:
    from byway_core.api.rules import Explanation, Question
    from byway_core.model.profile import Profile
    from byway_gui.prober import Prober
    from byway_gui.windows.connections_page import ConnectionsPage
    from byway_gui.windows.dns_page import DnsPage
    from byway_gui.windows.log_page import LogPage
    from byway_gui.windows.rules_page import RulesPage
    from byway_gui.windows.settings_page import SettingsPage
    from byway_gui.windows.status_page import StatusPage
    from byway_gui.windows.upstreams_page import UpstreamsPage


@dataclass(frozen=True, slots=True)
class Parts:
    """What pages are made of. `keep` changes settings; `end_flow` closes a connection; `way` is
    where Byway sends this app's own connections to a server."""

    loop: asyncio.AbstractEventLoop
    store: ProfileStore
    table: FlowTable
    secrets: Secrets
    groups: Groups
    inquiry: Inquiry
    settings: SettingsFile
    autostart: Autostart
    look: Look
    keep: Callable[..., None]
    end_flow: Callable[[Key], None]
    way: Callable[[Upstream], str]


class Pages(QObject):
    """`turned_to`: a page is wanted, and so the window. The rest are what users of a page wish."""

    turned_to = Signal()
    hits_reset = Signal()
    repair_wanted = Signal()
    steps_wanted = Signal()

    def __init__(self, window: MainWindow, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._status: EngineStatus | None = None
        self._records: deque[Record] = deque(maxlen=KEEP)
        self._numbers = {
            name: window.add_page(title, partial(getattr, self, name))
            for name, title in (
                ("rules", tr("Rules")),
                ("connections", tr("Connections")),
                ("upstreams", tr("Upstreams")),
                ("dns", tr("DNS")),
                ("status", tr("Status")),
                ("log", tr("Log")),
                ("setup", tr("Settings")),
            )
        }

    def turn_to(self, name: str) -> None:
        self.turned_to.emit()
        self._window.turn_to(self._numbers[name])

    async def close(self) -> None:
        """End what pages have begun."""
        if self._is_made("upstreams"):
            await self.upstreams.close_down()
        if self._is_made("prober"):
            self.prober.close()

    # -- each of them, and what else is loaded when it is first needed

    def _is_made(self, name: str) -> bool:
        return name in self.__dict__

    @cached_property
    def prober(self) -> Prober:
        from byway_gui.prober import Prober

        return Prober(self._parts.loop, self._parts.way)

    @cached_property
    def rules(self) -> RulesPage:
        from byway_gui.windows.rules_page import RulesPage

        page, store, say = RulesPage(self._explained), self._parts.store, self._window.say
        page.edited.connect(store.commit)  # fails: the page keeps what is not in the file yet
        page.hits_reset.connect(self.hits_reset)
        page.said.connect(lambda text: say(text, page.takes_back(text)))
        page.show_profile(store.draft, store.profile, store.targets())
        return page

    @cached_property
    def connections(self) -> ConnectionsPage:
        from byway_gui.windows.connections_page import ConnectionsPage

        parts = self._parts
        columns = QSettings(
            str(parts.settings.path.with_name("window.ini")), QSettings.Format.IniFormat
        )
        page = ConnectionsPage(parts.table, columns, parts.store.targets, parts.end_flow)
        page.rule_wanted.connect(self._propose)
        page.rule_shown.connect(self._show_rule)
        page.why_wanted.connect(self._explain)
        page.said.connect(self._window.say)
        return page

    @cached_property
    def upstreams(self) -> UpstreamsPage:
        from byway_gui.windows.upstreams_page import UpstreamsPage

        parts, say = self._parts, self._window.say
        target = parts.settings.value.test_target
        page = UpstreamsPage(parts.store, parts.secrets, self.prober, parts.groups, target)
        page.target_changed.connect(lambda target: parts.keep(test_target=target))
        page.history.done.connect(lambda text: say(text, page.history.stack.undo))
        page.said.connect(say)
        return page

    @cached_property
    def dns(self) -> DnsPage:
        from byway_gui.windows.dns_page import DnsPage

        page, say = DnsPage(self._parts.store), self._window.say
        page.history.done.connect(lambda text: say(text, page.history.stack.undo))
        page.said.connect(say)
        return page

    @cached_property
    def status(self) -> StatusPage:
        from byway_gui.windows.status_page import StatusPage

        page = StatusPage(self._parts.inquiry)
        page.repair_wanted.connect(self.repair_wanted)
        page.leaks_wanted.connect(self._test_for_leaks)
        page.page_wanted.connect(self.turn_to)
        page.said.connect(self._window.say)
        page.take(self._status)
        return page

    @cached_property
    def log(self) -> LogPage:
        from byway_gui.windows.log_page import LogPage

        page = LogPage()
        page.said.connect(self._window.say)
        page.append(self._records)
        self._records.clear()
        return page

    @cached_property
    def setup(self) -> SettingsPage:
        from byway_gui.windows.profile_settings import ProfileSettings
        from byway_gui.windows.settings_page import AppSettings, SettingsPage

        parts = self._parts
        app = AppSettings(parts.settings, parts.autostart, parts.look.want)
        folder = parts.settings.path.parent
        places = [(tr("Profile"), parts.store.path), (tr("Settings of this app"), folder)]
        page = SettingsPage(app, ProfileSettings(parts.store), places)
        page.app.steps_wanted.connect(self.steps_wanted)
        page.said.connect(self._window.say)
        return page

    def _test_for_leaks(self) -> None:
        from byway_gui.dialogs.leak_test import LeakTestDialog, leaktest

        dialog = LeakTestDialog(leaktest(self._parts.store.path), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # -- what they are told

    def show_profile(self) -> None:
        """Of `store`; the other pages are told by itself."""
        if self._is_made("rules"):
            store = self._parts.store
            self.rules.show_profile(store.draft, store.profile, store.targets())

    def set_hits(self, hits: list[int]) -> None:
        if self._is_made("rules"):
            self.rules.set_hits(hits)

    def see(self, status: EngineStatus | None) -> None:
        """How the engine stands; None where none is on."""
        self._status = status
        if self._is_made("status"):
            self.status.take(status)

    def append(self, records: Sequence[Record]) -> None:
        """To the log."""
        if self._is_made("log"):
            self.log.append(records)
        else:
            self._records.extend(records)

    def check_machine(self) -> None:
        """Something has been done to the machine's network."""
        if self._is_made("status"):
            self.status.check_machine()

    # -- what goes from one to another

    def _propose(self, flow: FlowSnapshot, rule: str) -> None:
        self.turn_to("rules")
        self.rules.propose(RuleLine(rule))

    def _explained(self, profile: Profile, question: Question) -> Explanation:
        from byway_core.api.rules import explain

        return explain(profile, question, self._parts.groups.chosen())

    def _show_rule(self, number: int) -> None:
        self.turn_to("rules")
        self.rules.show_rule(number)

    def _explain(self, flow: FlowSnapshot) -> None:
        self.turn_to("rules")
        program = flow.process and (flow.process.path or flow.process.name)
        place = flow.host or flow.address
        self.rules.tester.ask(place, flow.port, flow.network, program or "")
