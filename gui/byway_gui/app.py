"""The composition: every part is made here and told of the others."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt

import byway_resources
from byway_core.api.profiles import ReadProfile
from byway_core.api.wire import EngineStatus
from byway_core.model.errors import BywayError
from byway_core.model.upstream import Upstream
from byway_gui import installed
from byway_gui.actions import Actions
from byway_gui.alarm import Alarm
from byway_gui.autostart import Autostart
from byway_gui.engine_link.hosts import StartHost, start_give_back
from byway_gui.engine_link.inbox import Batch, Inbox, Key
from byway_gui.engine_link.others import OtherEngines
from byway_gui.engine_link.steering import Steering
from byway_gui.groups import Groups
from byway_gui.groups_menu import GroupsMenu
from byway_gui.inquiry import Inquiry
from byway_gui.log_feed import LogFeed
from byway_gui.mending import Mending
from byway_gui.models.flow_table import FlowTable
from byway_gui.notifier import Notifier
from byway_gui.pages import Pages, Parts
from byway_gui.presenters.explained import Explained
from byway_gui.presenters.log_lines import StderrReader, of_flow
from byway_gui.presenters.profiles import name_of
from byway_gui.presenters.standing import Phase, Reach, Standing
from byway_gui.profile_store import ProfileStore
from byway_gui.profiles_menu import ProfilesMenu
from byway_gui.proxy_copy import copy_variables
from byway_gui.running import Running
from byway_gui.secrets import Secrets
from byway_gui.settings import SettingsFile
from byway_gui.theme import Look
from byway_gui.tray import Tray
from byway_gui.windows.exposure import once_exposed
from byway_gui.windows.main_window import MainWindow
from byway_gui.words import tr

if TYPE_CHECKING:
    from byway_gui.welcome import Welcome

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
        self.settings = settings
        self._phase = Phase.OFF
        self.actions = Actions(self)
        self.store = ProfileStore(profile, self)
        self.table = FlowTable(self)
        self.notifier = Notifier(loop, lambda: settings.value.notifications)
        self.secrets = Secrets(loop)
        self.inquiry = Inquiry(self)
        self.profiles = ProfilesMenu(profile)
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
        self.groups = Groups(self.steering, self)
        self.groups_menu = GroupsMenu(self.groups)
        self.tray = Tray(self.actions, self.groups_menu, self.profiles, self)
        self.mending = Mending(self.steering, self._turn_on, self)
        self.window = MainWindow(self.actions)
        self._alarm = Alarm(self.notifier, self._is_seen)
        self.running = Running(loop, self.store, self.actions, self.window)
        self.autostart = Autostart()
        self.pages = Pages(
            self.window,
            Parts(
                loop,
                self.store,
                self.table,
                self.secrets,
                self.groups,
                self.inquiry,
                settings,
                self.autostart,
                look,
                keep=self._keep,
                end_flow=self._end_flow,
                way=self._way,
            ),
        )
        self.log_feed = LogFeed(loop, self.pages.append)
        logging.getLogger().addHandler(self.log_feed)
        self._watcher = QFileSystemWatcher(self)
        self.others = self._watched(loop)
        self._connect()
        self._profile_changed()
        self.window.header.show_profiles(self.profiles, name_of(profile))
        self._show(self.steering.standing)
        self.steering.adopt()
        if installed.helper_is_there():  # a session before this one may have left a kill switch
            self.inquiry.ask()

    def show(self) -> None:
        """Bring the window to the user."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def toggle(self) -> None:
        """On, or off where it is on; a profile that cannot be used is said in the window."""
        if self.steering.standing.is_on:
            self.steering.turn_off()
        elif self.store.is_valid:
            self._turn_on()
        else:
            self.show()
            self.window.say(tr("There must be a valid profile first."))

    def greet(self) -> None:
        """The first steps, for who is here the first time."""
        if self.store.is_missing and not self.settings.value.welcomed:
            once_exposed(self.window, self.show_first_steps)

    def show_first_steps(self) -> None:
        self.welcome.open(self.window, is_on=self.steering.standing.is_on)

    async def close(self, signum: int = signal.SIGINT) -> None:
        """End everything: the programs, the engine by that signal, what is seen."""
        self.window.hide()
        self.store.close()
        self.inquiry.close()
        self.mending.close()
        await self.running.programs.end_all()
        await self.steering.close(signum)
        await self.pages.close()
        self._watcher.deleteLater()
        if self.others is not None:
            self.others.close()
        self._inbox.close()
        logging.getLogger().removeHandler(self.log_feed)
        self.log_feed.close()
        self.notifier.close()
        self.tray.close()
        self.groups_menu.deleteLater()
        self.window.deleteLater()

    @cached_property
    def welcome(self) -> Welcome:
        from byway_gui.welcome import Welcome

        prober = self.pages.prober
        made = Welcome(self.store, self.secrets, prober, self.autostart, self._reach, self)
        made.said.connect(self.window.say)
        made.done.connect(lambda: self._keep(welcomed=True))
        made.turn_on_wanted.connect(self._turn_on_if_valid)
        return made

    # -- what happens

    def _show(self, standing: Standing) -> None:
        for shows in (self.actions, self.window, self.tray):
            shows.show_standing(standing)
        if standing.phase is not Phase.ON:
            self.pages.see(None)
            self.groups.see(None)
        fails = standing.phase is Phase.FAILED and self._phase is not Phase.FAILED
        self._phase = standing.phase
        if fails and standing.guarded:  # what it has left, nobody here knows
            self.inquiry.ask_anew()
        self._alarm.take(standing)

    def _is_seen(self) -> bool:
        return self.window.isVisible() and not self.window.isMinimized()

    def _machine_seen(self, known: Explained) -> None:
        """A helper that cannot be asked leaves it open."""
        if not known.helper.fault:
            self.steering.found_guard(known.helper.kill_switch and not known.helper.mode)

    def _looked(self, status: EngineStatus, hits: list[int]) -> None:
        self.pages.see(status)
        self.groups.see(status)
        its_own = not status.everything and not self.steering.standing.foreign
        if its_own:
            self.pages.set_hits(hits)

    def _take(self, batch: Batch) -> None:
        self.table.take(batch)
        ended = [record for flow in batch.flows.values() if (record := of_flow(flow)) is not None]
        if ended:
            self.pages.append(ended)

    def _hear(self, line: str) -> None:
        self.pages.append(self._stderr.feed(f"{line}\n".encode(), time.time()))

    def _profile_changed(self) -> None:
        store = self.store
        self.pages.show_profile()
        self.actions.show_upstreams(store.targets()[2:])
        self.groups.show_profile(store.profile if store.is_valid else None, store.path)
        self.window.show_problems(store.problems, missing=store.is_missing, path=store.path)
        self.actions.run.setEnabled(store.is_valid)
        if store.is_valid:
            self.steering.reload()
            if self.others is not None:
                self.steering.do(self.others.reload(store.path))

    def _not_saved(self, sentence: str) -> None:
        self.window.say(sentence)

    # -- what a user does

    def _connect(self) -> None:
        actions, window, pages = self.actions, self.window, self.pages
        mending = self.mending
        actions.toggle.triggered.connect(self.toggle)
        actions.pause.triggered.connect(self._pause)
        actions.mode_wanted.connect(self.steering.set_mode)
        self.running.window_wanted.connect(self.show)
        actions.copy.triggered.connect(self._copy)
        actions.repair.triggered.connect(mending.repair)
        actions.window.triggered.connect(self.show)
        self.groups.said.connect(window.say)
        self.profiles.chosen.connect(self._open_profile)
        self.profiles.copy_wanted.connect(self._copy_profile)
        self.profiles.said.connect(window.say)
        actions.quit.triggered.connect(self.quitting.set)
        self.inquiry.answered.connect(self._machine_seen)
        self.store.changed.connect(self._profile_changed)
        self.store.failed.connect(self._not_saved)
        mending.said.connect(window.say)
        mending.changed.connect(pages.check_machine)
        mending.asked.connect(lambda: pages.turn_to("status"))
        window.header.cure_wanted.connect(mending.cure)
        window.steps_wanted.connect(self.show_first_steps)
        pages.turned_to.connect(self.show)
        pages.hits_reset.connect(self.steering.reset_hits)
        pages.repair_wanted.connect(mending.repair)
        pages.steps_wanted.connect(self.show_first_steps)
        window.starter_wanted.connect(self._create)
        window.closed.connect(self._closed)
        window.looked_at.connect(self.steering.watch)
        self.tray.clicked.connect(self._toggle_window)

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

    def _end_flow(self, key: Key) -> None:
        if self.others is not None:
            self.steering.do(self.others.end_flow(key[1]))

    def _way(self, upstream: Upstream) -> str:
        from byway_gui.presenters.upstream_tests import way_of_test  # with OpenSSL, 5 MB

        return way_of_test(self.steering.standing, self.store.profile, upstream)

    def _copy(self) -> None:
        profile, port = self.store.profile, self.steering.standing.port
        if profile is not None and port is not None:
            read = ReadProfile(self.store.path, profile, ())
            copy_variables(self._loop, port, read, self.window.say)

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
        if self._is_seen():
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
        self._watcher.addPath(str(others.folder))
        self._watcher.directoryChanged.connect(others.look)
        self._watcher.directoryChanged.connect(self.steering.adopt)
        others.look()
        return others
