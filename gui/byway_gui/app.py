"""The composition: every part is made here and told of the others."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections import deque
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QSettings, Qt
from PySide6.QtWidgets import QApplication

import byway_resources
from byway_core.api.profiles import ReadProfile, RuleLine, reveal_passwords
from byway_core.api.proxy_variables import set_commands
from byway_core.api.wire import EngineStatus
from byway_core.model.errors import BywayError, HelperFault, SecretError
from byway_core.model.flow import FlowSnapshot
from byway_gui.actions import Actions
from byway_gui.aside import aside
from byway_gui.autostart import Autostart
from byway_gui.drops import DesktopFileDrops
from byway_gui.engine_link import installed
from byway_gui.engine_link.hosts import StartHost, start_give_back
from byway_gui.engine_link.inbox import Batch, Inbox, Key
from byway_gui.engine_link.others import OtherEngines
from byway_gui.engine_link.steering import Steering
from byway_gui.errand import Errand
from byway_gui.inquiry import Inquiry
from byway_gui.log_feed import LogFeed
from byway_gui.models.flow_table import FlowTable
from byway_gui.models.log_table import KEEP
from byway_gui.notifier import Notifier
from byway_gui.presenters.command import shown
from byway_gui.presenters.log_lines import Record, StderrReader, of_flow
from byway_gui.presenters.profiles import name_of
from byway_gui.presenters.standing import Phase, Reach, Standing, detail, fault_words, headline
from byway_gui.profile_store import ProfileStore
from byway_gui.profiles_menu import ProfilesMenu
from byway_gui.programs import Program, Programs
from byway_gui.recent import Recent, state_folder
from byway_gui.secrets import Secrets
from byway_gui.settings import SettingsFile
from byway_gui.theme import Look
from byway_gui.tray import Tray
from byway_gui.windows.main_window import MainWindow
from byway_gui.words import tr

if TYPE_CHECKING:
    from byway_gui.dialogs.run_program import RunProgramDialog
    from byway_gui.prober import Prober
    from byway_gui.welcome import Welcome
    from byway_gui.windows.connections_page import ConnectionsPage
    from byway_gui.windows.dns_page import DnsPage
    from byway_gui.windows.log_page import LogPage
    from byway_gui.windows.rules_page import RulesPage
    from byway_gui.windows.settings_page import SettingsPage
    from byway_gui.windows.status_page import StatusPage
    from byway_gui.windows.upstreams_page import UpstreamsPage

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 600.0


class Desktop(QObject):
    """The whole app on a loop. `quitting` is set when the user wants it to end; then `close`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        start_host: StartHost,
        look: Look,
        settings: SettingsFile,
    ) -> None:
        super().__init__()
        self.quitting = asyncio.Event()
        self._loop = loop
        self._look = look
        self.settings = settings
        self._recent = Recent(state_folder() / "recent-applications")
        self._typed = ""
        self._takes_back = False  # once the network is repaired, it is turned on
        self._status: EngineStatus | None = None
        self._told_of: Phase | None = None
        self.actions = Actions(self)
        self.store = ProfileStore(profile, self)
        self.table = FlowTable(self)
        self.notifier = Notifier(loop, lambda: settings.value.notifications)
        self.secrets = Secrets(loop)
        self.inquiry = Inquiry(self)
        self.repair = Errand(["repair"], self)
        self.profiles = ProfilesMenu(profile)
        self.tray = Tray(self.actions, self.profiles, self)
        self.programs = Programs(loop, self._started, self._ended)
        self._inbox = Inbox(loop, self._take)
        self._stderr = StderrReader()
        self.steering = Steering(
            loop,
            profile,
            start_host,
            start_give_back(loop),
            changed=self._show,
            looked=self._looked,
            said=self._hear,
        )
        self.window = MainWindow(self.actions)
        self.autostart = Autostart()
        self._records: deque[Record] = deque(maxlen=KEEP)
        self._add_pages()
        self.log_feed = LogFeed(loop, self._logged)
        logging.getLogger().addHandler(self.log_feed)
        self.others = self._watched(loop)
        self._connect()
        self._profile_changed()
        self.window.header.show_profiles(self.profiles, name_of(profile))
        self._show(self.steering.standing)
        self.steering.adopt()

    def show(self) -> None:
        """Bring the window to the user."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def greet(self) -> None:
        """The first steps, for who is here the first time."""
        if self.store.is_missing and not self.settings.value.welcomed:
            self.show_first_steps()

    def show_first_steps(self) -> None:
        self.welcome.open(self.window, is_on=self.steering.standing.is_on)

    async def close(self, signum: int = signal.SIGINT) -> None:
        """End everything: the programs, the engine by that signal, what is seen."""
        self.window.hide()
        self.store.close()
        self.inquiry.close()
        self.repair.close()
        await self.programs.end_all()
        await self.steering.close(signum)
        if self._is_made("upstreams"):
            await self.upstreams.close_down()
        if self._is_made("prober"):
            self.prober.close()
        if self.others is not None:
            self.others.close()
        self._inbox.close()
        logging.getLogger().removeHandler(self.log_feed)
        self.log_feed.close()
        self.notifier.close()
        self.tray.close()
        self.window.deleteLater()

    # -- the pages and what else is loaded and made when it is first needed

    def _add_pages(self) -> None:
        add = self.window.add_page
        self._numbers = {
            name: add(title, partial(getattr, self, name))
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

    def _is_made(self, name: str) -> bool:
        return name in self.__dict__

    @cached_property
    def prober(self) -> Prober:
        from byway_gui.prober import Prober

        return Prober(self._loop)

    @cached_property
    def welcome(self) -> Welcome:
        from byway_gui.welcome import Welcome

        made = Welcome(self.store, self.secrets, self.prober, self.autostart, self._reach, self)
        made.said.connect(self.window.say)
        made.done.connect(lambda: self._keep(welcomed=True))
        made.turn_on_wanted.connect(self._turn_on_if_valid)
        return made

    @cached_property
    def rules(self) -> RulesPage:
        from byway_gui.windows.rules_page import RulesPage

        page, store = RulesPage(), self.store
        page.edited.connect(self.store.commit)  # fails: the page keeps what is not in the file yet
        page.hits_reset.connect(self.steering.reset_hits)
        page.said.connect(lambda text: self.window.say(text, page.takes_back(text)))
        page.show_profile(store.draft, store.profile, store.targets())
        return page

    @cached_property
    def connections(self) -> ConnectionsPage:
        from byway_gui.windows.connections_page import ConnectionsPage

        columns = QSettings(
            str(self.settings.path.with_name("window.ini")), QSettings.Format.IniFormat
        )
        page = ConnectionsPage(self.table, columns, self.store.targets, self._end_flow)
        page.rule_wanted.connect(self._propose)
        page.rule_shown.connect(self._show_rule)
        page.why_wanted.connect(self._explain)
        page.said.connect(self.window.say)
        return page

    @cached_property
    def upstreams(self) -> UpstreamsPage:
        from byway_gui.windows.upstreams_page import UpstreamsPage

        target = self.settings.value.test_target
        page = UpstreamsPage(self.store, self.secrets, self.prober, target)
        page.target_changed.connect(lambda target: self._keep(test_target=target))
        page.history.done.connect(lambda text: self.window.say(text, page.history.stack.undo))
        page.said.connect(self.window.say)
        return page

    @cached_property
    def dns(self) -> DnsPage:
        from byway_gui.windows.dns_page import DnsPage

        page = DnsPage(self.store)
        page.history.done.connect(lambda text: self.window.say(text, page.history.stack.undo))
        page.said.connect(self.window.say)
        return page

    @cached_property
    def status(self) -> StatusPage:
        from byway_gui.windows.status_page import StatusPage

        page = StatusPage(self.inquiry)
        page.repair_wanted.connect(self._repair)
        page.said.connect(self.window.say)
        page.take(self._status)
        return page

    @cached_property
    def log(self) -> LogPage:
        from byway_gui.windows.log_page import LogPage

        page = LogPage()
        page.said.connect(self.window.say)
        page.append(self._records)
        self._records.clear()
        return page

    @cached_property
    def setup(self) -> SettingsPage:
        from byway_gui.windows.profile_settings import ProfileSettings
        from byway_gui.windows.settings_page import AppSettings, SettingsPage

        app = AppSettings(self.settings, self.autostart, self._look.want)
        folder = self.settings.path.parent
        places = [(tr("Profile"), self.store.path), (tr("Settings of this app"), folder)]
        page = SettingsPage(app, ProfileSettings(self.store), places)
        page.app.steps_wanted.connect(self.show_first_steps)
        page.said.connect(self.window.say)
        return page

    def _turn_to(self, name: str) -> None:
        self.show()
        self.window.turn_to(self._numbers[name])

    # -- what happens

    def _show(self, standing: Standing) -> None:
        for shows in (self.actions, self.window, self.tray):
            shows.show_standing(standing)
        if standing.phase is not Phase.ON:
            self._see(None)
        self._notify(standing)

    def _notify(self, standing: Standing) -> None:
        """Of what has gone wrong, and is not looked at. However often it is tried, once."""
        trouble = standing.phase in {Phase.RESTARTING, Phase.FAILED}
        if trouble and standing.phase is not self._told_of:
            self._told_of = standing.phase
            if not self.window.isVisible() or self.window.isMinimized():
                state = headline(standing)
                self.notifier.say(tr("Byway: {state}", state=state), detail(standing))
        elif not trouble and standing.phase is not Phase.STARTING:
            self._told_of = None

    def _looked(self, status: EngineStatus, hits: list[int]) -> None:
        self._see(status)
        its_own = not status.everything and not self.steering.standing.foreign
        if its_own and self._is_made("rules"):
            self.rules.set_hits(hits)

    def _see(self, status: EngineStatus | None) -> None:
        self._status = status
        if self._is_made("status"):
            self.status.take(status)

    def _take(self, batch: Batch) -> None:
        self.table.take(batch)
        ended = [record for flow in batch.flows.values() if (record := of_flow(flow)) is not None]
        if ended:
            self._logged(ended)

    def _hear(self, line: str) -> None:
        self._logged(self._stderr.feed(f"{line}\n".encode(), time.time()))

    def _logged(self, records: list[Record]) -> None:
        if self._is_made("log"):
            self.log.append(records)
        else:
            self._records.extend(records)

    def _profile_changed(self) -> None:
        store = self.store
        if self._is_made("rules"):
            self.rules.show_profile(store.draft, store.profile, store.targets())
        self.actions.show_upstreams(store.targets()[2:])
        self.window.show_problems(store.problems, missing=store.is_missing, path=store.path)
        self.actions.run.setEnabled(store.is_valid)
        if store.is_valid:
            self.steering.reload()

    def _not_saved(self, sentence: str) -> None:
        self.window.say(sentence)

    def _started(self, program: Program) -> None:
        self.actions.show_running(len(self.programs))
        self.window.say(tr("Started: {program}", program=shown(program.argv)))

    def _ended(self, program: Program) -> None:
        self.actions.show_running(len(self.programs))
        text = shown(program.argv)
        if program.status:
            ended = tr("Ended with status {n}: {program}", n=program.status, program=text)
            self.window.say(f"{ended}\n{program.remark}".strip())
        else:
            self.window.say(tr("Ended: {program}", program=text))

    # -- what a user does

    def _connect(self) -> None:
        actions, window = self.actions, self.window
        actions.toggle.triggered.connect(self._toggle)
        actions.pause.triggered.connect(self._pause)
        actions.mode_wanted.connect(self.steering.set_mode)
        actions.run.triggered.connect(self._open_run)
        actions.copy.triggered.connect(self._copy)
        actions.repair.triggered.connect(self._repair)
        actions.window.triggered.connect(self.show)
        self.profiles.chosen.connect(self._open_profile)
        self.profiles.copy_wanted.connect(self._copy_profile)
        self.profiles.said.connect(window.say)
        actions.quit.triggered.connect(self.quitting.set)
        self.store.changed.connect(self._profile_changed)
        self.store.failed.connect(self._not_saved)
        self.repair.done.connect(self._repaired)
        self.repair.failed.connect(self._not_repaired)
        window.header.cure_wanted.connect(self._cure)
        window.steps_wanted.connect(self.show_first_steps)
        window.starter_wanted.connect(self._create)
        window.closed.connect(self._closed)
        window.looked_at.connect(self.steering.watch)
        self.tray.clicked.connect(self._toggle_window)
        DesktopFileDrops(window).dropped.connect(self._dropped)

    def _toggle(self) -> None:
        if self.steering.standing.is_on:
            self.steering.turn_off()
        elif self.store.is_valid:
            self._turn_on()
        else:
            self.show()
            self.window.say(tr("There must be a valid profile first."))

    def _turn_on_if_valid(self) -> None:
        if self.store.is_valid:
            self._turn_on()

    def _turn_on(self) -> None:
        reach, profile = self._reach(), self.store.profile
        if reach is Reach.PORT and profile is not None and profile.general.mixed_port is None:
            why = tr("The profile opens no local port: choose one under Settings, Local port.")
            self.steering.refuse(why)
        else:
            self.steering.turn_on(reach)

    def _reach(self) -> Reach:
        whole = self.settings.value.whole_machine and installed.helper_is_there()
        return Reach.MACHINE if whole else Reach.PORT

    def _pause(self) -> None:
        standing = self.steering.standing
        if standing.paused_until:
            self.steering.end_pause()
        else:
            self.steering.pause(_PAUSE_SECONDS, time.time())

    def _propose(self, flow: FlowSnapshot, rule: str) -> None:
        self._turn_to("rules")
        self.rules.propose(RuleLine(rule))

    def _show_rule(self, number: int) -> None:
        self._turn_to("rules")
        self.rules.show_rule(number)

    def _explain(self, flow: FlowSnapshot) -> None:
        self._turn_to("rules")
        program = flow.process and (flow.process.path or flow.process.name)
        place = flow.host or flow.address
        self.rules.tester.ask(place, flow.port, flow.network, program or "")

    def _end_flow(self, key: Key) -> None:
        if self.others is not None:
            self.steering.do(self.others.end_flow(key[1]))

    def _open_run(self) -> RunProgramDialog:
        from byway_gui.dialogs.run_program import RunProgramDialog

        self.show()
        dialog = RunProgramDialog(self._typed, self.window, recent=self._recent.ids)
        dialog.used.connect(self._remember)
        dialog.chosen.connect(self._run)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _dropped(self, file: Path) -> None:
        """It is not run unasked: it may come from anywhere."""
        if self.actions.run.isEnabled():
            self._open_run().take_file(file)

    def _remember(self, application: str) -> None:
        self._recent.add(application)

    def _run(self, argv: tuple[str, ...]) -> None:
        self._typed = shown(argv)
        try:
            self.programs.start(argv, self.store.path)
        except OSError as error:
            self.window.say(f"{shown(argv)}: {error.strerror}")

    def _copy(self) -> None:
        """The local port's account may be in a keyring, which may ask its user."""
        profile, port = self.store.profile, self.steering.standing.port
        if profile is None or port is None:
            return
        read = ReadProfile(self.store.path, profile, ())

        def copy(answer: str | SecretError) -> None:
            if isinstance(answer, SecretError):
                self.window.say(str(answer))
                return
            QApplication.clipboard().setText(answer)
            self.window.say(
                tr("Copied. Paste into a terminal: programs started there use the local port.")
            )

        def make() -> str | SecretError:
            try:
                return set_commands(port, profile, reveal_passwords(read))
            except SecretError as error:
                return error

        aside(self._loop, make, copy, "byway-passwords")

    def _repair(self) -> None:
        """It takes the traffic from whoever has it: this app does not want it any more either."""
        standing = self.steering.standing
        has_it = standing.phase in {Phase.STARTING, Phase.ON} and standing.reach is Reach.MACHINE
        self.window.say(tr("Repairing the network…"))
        if has_it:
            self.steering.turn_off()
        self.repair.go()

    def _repaired(self, _: str) -> None:
        """Its own words are for a terminal."""
        self.steering.repaired()
        self.window.say(tr("The network is as it was without Byway."))
        takes, self._takes_back = self._takes_back, False
        if takes:
            self._turn_on()
        elif self.steering.standing.phase in {Phase.FAILED, Phase.RESTARTING}:
            self.steering.turn_off()  # what was wrong is mended
        self._look_again()

    def _not_repaired(self, sentence: str) -> None:
        self._takes_back = False
        self.window.say(sentence)
        self._look_again()

    def _look_again(self) -> None:
        if self._is_made("status"):
            self.status.check_machine()

    def _cure(self) -> None:
        """The button beside a fault of the helper's."""
        standing = self.steering.standing
        match standing.fault:
            case HelperFault.NO_AGENT | HelperFault.DISMISSED:
                self._turn_on()
            case HelperFault.BUSY:
                self._takes_back = True
                self._repair()
            case HelperFault.SILENT | HelperFault.FAILED:
                self._repair()
            case fault if standing.guarded and not fault_words(fault)[1]:
                self._repair()
            case _:
                self._turn_to("status")

    def _open_profile(self, path: Path) -> None:
        if path != self.store.path:
            self.store.open(path)
            self._opened()

    def _copy_profile(self, path: Path) -> None:
        if self.store.copy(path):
            self._opened()

    def _opened(self) -> None:
        self.profiles.show_open(self.store.path)
        self.steering.use_profile(self.store.path)
        self.window.header.show_profiles(self.profiles, name_of(self.store.path))
        self._keep(profile=str(self.store.path))

    def _create(self) -> None:
        self.store.create(byway_resources.starter_profile())

    def _closed(self) -> None:
        """Without a tray nobody would find it again."""
        if not (self.settings.value.keep_in_tray and self.tray.is_there):
            self.quitting.set()
        elif not self.settings.value.told_of_tray:
            self.notifier.say(
                tr("Byway goes on in the tray"), tr("A click on its icon brings the window back.")
            )
            self._keep(told_of_tray=True)

    def _keep(self, **changes: object) -> None:
        try:
            self.settings.change(replace(self.settings.value, **changes))  # type: ignore[arg-type]
        except OSError as error:
            _log.warning("a setting could not be kept: %s", error)

    def _toggle_window(self) -> None:
        if self.window.isVisible() and not self.window.isMinimized():
            self.window.hide()
        else:
            self.show()

    def _watched(self, loop: asyncio.AbstractEventLoop) -> OtherEngines | None:
        """All engines of this user's, looked for whenever their folder changes."""
        try:
            others = OtherEngines(loop, self._inbox)
        except BywayError as error:
            _log.warning("engines cannot be seen: %s", error)
            return None
        watcher = QFileSystemWatcher([str(others.folder)], self)
        watcher.directoryChanged.connect(others.look)
        watcher.directoryChanged.connect(self.steering.adopt)
        others.look()
        return others
