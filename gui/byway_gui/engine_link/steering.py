"""The engine that serves this desktop: turned on and off, told what to do, watched.

It has a process (`engine_process`), and is steered over its control socket (`helm`). One of ours
that ends by itself is started again, later each time (`back_off`).

What is shown as its mode is what the engine says it is, but for the moment between a wish and its
answer.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from byway_core.api.follower import engine_folder
from byway_core.api.wire import EngineStatus
from byway_core.model.errors import BywayError
from byway_gui.engine_link.adopted import Search
from byway_gui.engine_link.back_off import BackOff
from byway_gui.engine_link.engine_process import Ending, EngineProcess
from byway_gui.engine_link.helm import Helm
from byway_gui.engine_link.hosts import GiveBack, Said, StartHost
from byway_gui.engine_link.pause import Pause
from byway_gui.presenters.standing import (
    Mode,
    Phase,
    Reach,
    Standing,
    crash_words,
    mode_of,
    target_of,
)
from byway_gui.words import tr

_log = logging.getLogger(__name__)

# Seconds for engines that are there already to say how they are, which takes milliseconds.
_PATIENCE_WITH_OTHERS = 2.0
# Milliseconds' worth of work for an engine, and what a person can follow.
_LOOK_SECONDS = 1.0


class Steering:
    """`changed(standing)` at each change; `looked(status, hits)` once a second while somebody
    looks (`watch`), with the count of each rule's connections; `said(line)` what ours writes."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        start_host: StartHost,
        give_back: GiveBack,
        *,
        changed: Callable[[Standing], None],
        looked: Callable[[EngineStatus, list[int]], None],
        said: Said,
    ) -> None:
        self._loop = loop
        self._profile = profile
        self._changed = changed
        self._looked = looked
        self.standing = Standing()
        self.process = EngineProcess(
            loop, start_host, give_back, in_force=self._in_force, ended=self._gone, said=said
        )
        self._helm: Helm | None = None
        self._search = Search(loop, profile, self.do, self._take_up)
        self._back_off = BackOff(loop)
        self._pause = Pause(loop, self.end_pause)
        self._watching: asyncio.TimerHandle | None = None
        self._is_stale = False  # the file has changed since it was started
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    # -- what a user does

    def turn_on(self, reach: Reach) -> None:
        if not self.process.is_there and self.standing.phase is not Phase.STOPPING:
            self._back_off.forget()
            self._start(reach)

    def turn_off(self, signum: int = signal.SIGINT) -> None:
        """By SIGINT explicitly, a kill switch ends as well; by SIGTERM as the session's end."""
        if self.standing.phase is Phase.STOPPING:
            return
        self._back_off.forget()
        if self.process.is_there:
            self._end(signum)
        elif self.standing.guarded and signum == signal.SIGINT:
            self._end_guard()
        else:
            self._rest(Phase.OFF)

    def refuse(self, sentence: str) -> None:
        """It is to be on, and cannot even be started."""
        self._rest(Phase.FAILED, sentence=sentence)

    def reload(self) -> None:
        """The profile's file has been changed: new connections go by it."""
        if self._helm is not None:
            self.do(self._tell(self._helm, self._helm.wish(target_of(self.standing))))
        else:
            self._is_stale = True

    def use_profile(self, profile: Path) -> None:
        """Another one, from here on; while it is on, for new connections at once."""
        self._profile = profile
        self._search.seek(profile)
        self._become(foreign="")
        if self._helm is not None:
            self.do(self._tell(self._helm, self._helm.wish(target_of(self.standing), profile)))
        else:
            self._is_stale = True

    def set_mode(self, mode: Mode, through: str = "") -> None:
        """For new connections, whatever the rules say; until told otherwise."""
        self._pause.end()
        self._become(mode=mode, through=through, paused_until=0.0)
        self.reload()

    def pause(self, seconds: float, now: float) -> None:
        """Everything directly for so long, then as it was."""
        self._become(**self._pause.begin(self.standing, seconds, now))
        self.reload()

    def end_pause(self) -> None:
        """As it was before it."""
        before = self._pause.end()
        if before:
            self._become(**before)
            self.reload()

    def choose(self, group: str, member: str, said: Said) -> bool:
        """Let a select group have that member, for new connections; False where no engine runs
        that could be told. `said` gets what went wrong, or ""."""
        if self._helm is not None:
            self.do(self._helm.choose(group, member, said))
        return self._helm is not None

    def test(self, group: str, said: Said) -> bool:
        """The same for a test of all members of a group, when it is done."""
        if self._helm is not None:
            self.do(self._helm.test(group, said))
        return self._helm is not None

    def look(self) -> None:
        """Ask the engine how it is, now: somebody looks at a menu."""
        if self._helm is not None and self._helm.is_open and not self._helm.is_looking:
            self.do(self._helm.look())

    def reset_hits(self) -> None:
        if self._helm is not None:
            self.do(self._helm.reset_hits())

    def repaired(self) -> None:
        """Nothing of Byway's is left in the machine's network."""
        self._become(guarded=False)

    def found_guard(self, guarded: bool) -> None:
        """Whether a kill switch refuses all traffic, as somebody has seen who looked at the
        machine. Where an engine runs, its own word counts."""
        if not self.process.is_there and self.standing.phase in {Phase.OFF, Phase.FAILED}:
            self._become(guarded=guarded)

    def watch(self, wanted: bool) -> None:
        """Whether somebody looks."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if wanted:
            self._look_again()

    def adopt(self) -> None:
        """Take up an engine of this user's that runs already: `byway up`, or that of a window
        which has died. Called whenever the engines' folder changes."""
        if self._is_free:
            self._search.look()

    async def looked_around(self) -> None:
        """The engines that were here at the start have been asked, but for one that waits for a
        password: nothing is turned on that is on already."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PATIENCE_WITH_OTHERS)

    async def close(self, signum: int = signal.SIGINT) -> None:
        """Turn off what was started here, and return when that is done; what was adopted goes
        on."""
        self._is_closed = True
        self.watch(False)
        if not self.process.leave():
            self.turn_off(signum)
            await self._at_rest.wait()
        self._back_off.cancel()
        self._pause.end()
        self._drop_helm()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- an engine's life

    def _start(self, reach: Reach) -> None:
        self._is_stale = False
        self._become(phase=Phase.STARTING, reach=reach, sentence="", fault=None, foreign="")
        try:
            # With its mode from the start: not for a moment goes what was to go one way by rules.
            self.process.start(reach, self._profile, target_of(self.standing))
        except OSError as error:
            self._rest(Phase.FAILED, sentence=str(error))
            return
        self._at_rest.clear()

    def _in_force(self) -> None:
        if self.standing.phase is Phase.STARTING:
            self._back_off.in_force()
            if not self._take_helm():  # traffic does not depend on it
                self._become(phase=Phase.ON)

    def _gone(self, ending: Ending) -> None:
        self._drop_helm()
        if self.standing.phase is Phase.STOPPING:
            if ending.status and self.standing.guarded:  # it was killed, and has given nothing back
                self._end_guard()
            else:
                self._rest(Phase.OFF, guarded=False)
        elif ending.is_told:
            self._rest(Phase.FAILED, sentence=ending.words, fault=ending.fault)
        elif not ending.status:  # somebody has asked it to, by `byway down` say
            self._rest(Phase.OFF, guarded=False)
        elif ending.was_adopted:
            self._rest(Phase.FAILED, sentence=tr("The engine has ended unexpectedly."))
        elif self.standing.phase is Phase.STARTING and ending.status == 1:
            self._rest(Phase.FAILED, sentence=ending.words)
        else:
            self._try_again(ending.status)

    def _try_again(self, status: int) -> None:
        reach = self.standing.reach
        wait = self._back_off.wait(lambda: self._start(reach))
        self._become(phase=Phase.RESTARTING, sentence=crash_words(status, wait))
        self._at_rest.set()

    def _end(self, signum: int) -> None:
        self._become(phase=Phase.STOPPING, sentence="", fault=None)
        try:
            self.process.end(signum)
        except PermissionError:
            sentence = tr("It belongs to another user, and cannot be turned off here.")
            self._become(phase=Phase.ON, sentence=sentence)

    def _end_guard(self) -> None:
        """No engine is there to do it."""
        self._become(phase=Phase.STOPPING, sentence="", fault=None)
        self._at_rest.clear()
        try:
            self.process.give_back(self._given_back)
        except OSError as error:
            self._rest(Phase.FAILED, sentence=str(error))

    def _given_back(self, ending: Ending) -> None:
        if ending.status in {0, 3}:  # 3: there was nothing to end
            self._rest(Phase.OFF, guarded=False)
        else:
            self._rest(Phase.FAILED, sentence=ending.words, fault=ending.fault)

    def _rest(self, phase: Phase, **changes: object) -> None:
        """Nothing of ours runs, and nothing will by itself."""
        self._back_off.cancel()
        plain = {"sentence": "", "fault": None, "foreign": "", **self._pause.end()}
        self._become(phase=phase, **{**plain, **changes})
        self._at_rest.set()
        self._loop.call_soon(self.adopt)

    # -- one that is there already

    @property
    def _is_free(self) -> bool:
        resting = self.standing.phase in {Phase.OFF, Phase.FAILED}
        return resting and not self.process.is_there and not self._is_closed

    def _take_up(self, pid: int, path: Path, status: EngineStatus) -> None:
        if not self._is_free:
            return
        try:
            self.process.adopt(pid, path)
        except ProcessLookupError:
            return
        self._at_rest.clear()
        mode, through = mode_of(status.everything)
        foreign = "" if status.profile == str(self._profile) else status.profile
        self._is_stale = not foreign and _changed_since(self._profile, status.since)
        self._become(
            phase=Phase.ON,
            reach=Reach.MACHINE if status.has_machine else Reach.PORT,
            mode=mode,
            through=through,
            port=status.mixed_port,
            guarded=status.kill_switch,
            foreign=foreign,
            sentence="",
            fault=None,
        )
        self._take_helm()

    # -- its helm

    def _take_helm(self) -> bool:
        """Connect to it; where that cannot be it is said."""
        try:
            path = engine_folder() / f"{self.process.pid}.sock"
            self._helm = Helm(self._loop, path, self._take)
        except (OSError, BywayError) as error:
            self._become(sentence=tr("It cannot be steered: {why}", why=error))
            return False
        self.do(self._settle(self._helm))
        return True

    def _drop_helm(self) -> None:
        if self._helm is not None:
            self._helm.close()
            self._helm = None

    async def _settle(self, helm: Helm) -> None:
        """It is in force, and learns what has been wished meanwhile."""
        new = self.standing.phase is Phase.STARTING
        if self._is_stale or (new and self.standing.mode is not Mode.RULES):
            self._is_stale = False
            profile = None if self.standing.foreign else self._profile
            await self._tell(helm, helm.wish(target_of(self.standing), profile))
        else:
            await helm.look()
        if self._helm is helm and self.standing.phase is Phase.STARTING:
            self._become(phase=Phase.ON)

    async def _tell(self, helm: Helm, wish: Coroutine[Any, Any, str]) -> None:
        sentence = await wish
        if self._helm is helm and self.standing.phase in {Phase.STARTING, Phase.ON}:
            self._become(sentence=sentence)
            await helm.look()

    def _look_again(self) -> None:
        self._watching = self._loop.call_later(_LOOK_SECONDS, self._look_again)
        if self.standing.phase is not Phase.ON:
            return
        if self._helm is None or not self._helm.is_open:
            if self._take_helm():
                self._become(sentence="")
        elif not self._helm.is_looking:
            self.do(self._helm.look())

    def _take(self, status: EngineStatus, hits: list[int]) -> None:
        """The engine's word for how it is."""
        mode, through = mode_of(status.everything)
        changes: dict[str, object] = {} if mode is Mode.DIRECT else self._pause.end()
        if mode is Mode.RULES:
            changes["rules"] = len(hits)
        foreign = "" if status.profile == str(self._profile) else status.profile
        changes |= {"mode": mode, "through": through, "foreign": foreign}
        self._become(port=status.mixed_port, guarded=status.kill_switch, **changes)
        self._looked(status, hits)

    # -- small things

    def _become(self, **changes: object) -> None:
        standing = self.standing.but(**changes)
        if standing != self.standing:
            self.standing = standing
            self._changed(standing)

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run it on the loop; its errors are logged."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("an error in the desktop app itself", exc_info=error)


def _changed_since(file: Path, since: float) -> bool:
    try:
        return file.stat().st_mtime > since
    except OSError:
        return False
