"""The engine that serves this desktop: turned on and off, told what to do, watched.

It is a child process of its own (`child`), one that was there already, or in this process
(`in_process`); all of them are steered over the control socket. One that ends by itself is started
again, later each time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from byway_core.api.caller import Caller
from byway_core.api.follower import engine_folder, engine_sockets
from byway_core.api.wire import EngineStatus, status_from_json
from byway_core.model.errors import BywayError, HelperFault
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing
from byway_gui.words import tr

_log = logging.getLogger(__name__)

# Seconds until a crashed engine is tried again; the last for all further times.
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
# One that has lived so long starts at the first of them again.
_HEALTHY = 60.0
# Seconds to end in, then it is killed: the lease gives the traffic back.
_PATIENCE = 10.0
# Milliseconds' worth of work for an engine, and what a person can follow.
_LOOK_SECONDS = 1.0


class Host(Protocol):
    """A running engine of ours."""

    pid: int

    def end(self, signum: int = signal.SIGINT) -> None: ...


# reach, profile, told(event), said(line), ended(status) -> Host; OSError where it cannot be started
StartHost = Callable[
    [
        Reach,
        Path,
        Callable[[Mapping[str, Any]], None],
        Callable[[str], None],
        Callable[[int], None],
    ],
    Host,
]


class Steering:
    """`changed(standing)` at each change; `looked(status, hits)` once a second while somebody
    looks (`watch`), with the count of each rule's connections."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        profile: Path,
        start_host: StartHost,
        *,
        changed: Callable[[Standing], None],
        looked: Callable[[EngineStatus, list[int]], None],
        said: Callable[[str], None],
    ) -> None:
        self._loop = loop
        self._profile = profile
        self._start_host = start_host
        self._changed = changed
        self._looked = looked
        self._said = said
        self.standing = Standing()
        self._host: Host | None = None
        self._adopted = 0  # process id of an engine that was there already
        self._caller: Caller | None = None
        self._failure: tuple[HelperFault | None, str] | None = None
        self._last_words = ""
        self._crashes = 0
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._before = Mode.RULES, ""
        self._watching: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._ended.set()

    # -- what a user does

    def turn_on(self, reach: Reach) -> None:
        if self._host is not None or self._adopted:
            return
        self._cancel_timer()
        self._crashes = 0
        self._start(reach)

    def turn_off(self) -> None:
        """Explicitly: a kill switch ends as well."""
        self._cancel_timer()
        self._unpause()
        if self._host is not None:
            self._become(phase=Phase.STOPPING, sentence="", fault=None)
            self._host.end()
            self._timer = self._loop.call_later(_PATIENCE, self._kill)
        elif self._adopted:
            self._become(phase=Phase.STOPPING, sentence="", fault=None)
            with suppress(ProcessLookupError):
                os.kill(self._adopted, signal.SIGINT)
        else:
            self._become(phase=Phase.OFF, sentence="", fault=None)

    def reload(self) -> None:
        """The profile's file has been changed: new connections go by it."""
        if self._caller is not None:
            self.do(self._reload())

    def set_mode(self, mode: Mode, through: str = "") -> None:
        """For new connections, whatever the rules say; until told otherwise."""
        self._unpause()
        self._become(mode=mode, through=through, paused_until=0.0)
        if self._caller is not None:
            self.do(self._reload())

    def pause(self, seconds: float, now: float) -> None:
        """Everything directly for so long, then as it was."""
        self._before = self.standing.mode, self.standing.through
        self.set_mode(Mode.DIRECT)
        self._become(paused_until=now + seconds)
        self._pause = self._loop.call_later(seconds, self.end_pause)

    def end_pause(self) -> None:
        """As it was before it."""
        if self._pause is not None:
            self.set_mode(*self._before)

    def reset_hits(self) -> None:
        if self._caller is not None:
            self.do(self._ask("reset-hits"))

    def watch(self, wanted: bool) -> None:
        """Whether somebody looks."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if wanted:
            self._look()

    def adopt(self) -> None:
        """Take up an engine of this user's that runs already: `byway up`, or that of a window
        which has died."""
        if self._host is not None or self._adopted or self.standing.phase is not Phase.OFF:
            return
        try:
            found = engine_sockets(engine_folder())
        except BywayError as error:
            _log.warning("no engines can be found: %s", error)
            return
        for pid, path in found.items():
            if pid != os.getpid():
                self.do(self._adopt(pid, path))

    async def close(self) -> None:
        """Turn off what was started here, and return when that is done."""
        self.watch(False)
        if self._host is not None:
            self.turn_off()
            await self._ended.wait()
        self._cancel_timer()
        self._unpause()
        for task in self._tasks:
            task.cancel()
        if self._caller is not None:
            self._caller.close()

    # -- an engine's life

    def _start(self, reach: Reach) -> None:
        self._failure, self._last_words = None, ""
        self._become(phase=Phase.STARTING, reach=reach, sentence="", fault=None)
        try:
            self._host = self._start_host(reach, self._profile, self._told, self._hear, self._gone)
        except OSError as error:
            self._become(phase=Phase.FAILED, sentence=str(error))
            return
        self._ended.clear()

    def _told(self, event: Mapping[str, Any]) -> None:
        match event.get("event"):
            case "in-force":
                self._since = self._loop.time()
                self.do(self._connect())
            case "failed" | "lost":
                fault = next((f for f in HelperFault if f.value == event.get("fault")), None)
                self._failure = fault, str(event.get("text", ""))

    def _hear(self, line: str) -> None:
        self._last_words = line.strip() or self._last_words
        self._said(line)

    async def _connect(self) -> None:
        assert self._host is not None  # noqa: S101 - it has just said something
        path = engine_folder() / f"{self._host.pid}.sock"
        try:
            self._caller = Caller(self._loop, path)
        except OSError as error:  # traffic does not depend on it
            self._become(phase=Phase.ON, sentence=tr("It cannot be steered: {why}", why=error))
            return
        if self.standing.mode is not Mode.RULES:
            await self._reload()
        await self._look_once()
        self._become(phase=Phase.ON)

    def _gone(self, status: int) -> None:
        self._host = None
        self._drop_caller()
        self._ended.set()
        self._cancel_timer()
        if self.standing.phase is Phase.STOPPING:
            self._become(phase=Phase.OFF)
        elif self._failure is not None:
            fault, text = self._failure
            self._become(phase=Phase.FAILED, sentence=text, fault=fault)
        elif self.standing.phase is Phase.STARTING and status == 1:
            self._become(phase=Phase.FAILED, sentence=self._last_words)
        else:
            self._try_again(status)

    def _try_again(self, status: int) -> None:
        if self._loop.time() - self._since > _HEALTHY:
            self._crashes = 0
        wait = BACK_OFF[min(self._crashes, len(BACK_OFF) - 1)]
        self._crashes += 1
        how = tr("signal {n}", n=-status) if status < 0 else tr("status {n}", n=status)
        sentence = tr(
            "The engine has ended unexpectedly ({how}). It is started again in {n} s.",
            how=how,
            n=round(wait),
        )
        self._become(phase=Phase.RESTARTING, sentence=sentence)
        self._timer = self._loop.call_later(wait, self._start, self.standing.reach)

    def _kill(self) -> None:
        if self._host is not None:
            self._host.end(signal.SIGKILL)

    async def _adopt(self, pid: int, path: Path) -> None:
        try:
            caller = Caller(self._loop, path)
        except OSError:
            return
        try:
            status = status_from_json(await caller.request("status"))
        except (OSError, BywayError):
            caller.close()
            return
        ours = status.kind == "serve" and status.profile == str(self._profile)
        if self._adopted or self._host is not None or not (status.has_machine or ours):
            caller.close()
            return
        self._adopted, self._caller = pid, caller
        self._become(reach=Reach.MACHINE if status.has_machine else Reach.PORT)
        caller.told_of_end = self._adopted_gone
        self._take(status, None)
        self._become(phase=Phase.ON)

    def _adopted_gone(self) -> None:
        self._adopted = 0
        self._drop_caller()
        self._become(phase=Phase.OFF)

    def _drop_caller(self) -> None:
        if self._caller is not None:
            self._caller.close()
            self._caller = None

    # -- asking it

    async def _reload(self) -> None:
        standing = self.standing
        wanted = {Mode.RULES: "", Mode.DIRECT: "DIRECT", Mode.THROUGH: standing.through}
        answer = await self._ask("reload", everything=wanted[standing.mode])
        if answer is None:
            return
        sentence = ""
        if not answer.get("taken", True):
            problems = [str(each.get("message")) for each in answer.get("problems", ())]
            sentence = tr(
                "The changed profile could not be taken, the one before stays in force: {why}",
                why=problems[0] if problems else "",
            )
        elif answer.get("restart"):
            sentence = tr(
                "Turn off and on again for {keys} to take effect.",
                keys=", ".join(answer["restart"]),
            )
        self._become(sentence=sentence)
        await self._look_once()

    async def _ask(self, method: str, **params: object) -> Any:
        """None where there is no answer, which is said."""
        if self._caller is None:
            return None
        try:
            return await self._caller.request(method, **params)
        except (OSError, BywayError) as error:
            _log.warning("%s: %s", method, error)
            return None

    def _look(self) -> None:
        self._watching = self._loop.call_later(_LOOK_SECONDS, self._look)
        if self._caller is not None:
            self.do(self._look_once())

    async def _look_once(self) -> None:
        told = await self._ask("status")
        rules = await self._ask("rules")
        if told is None:
            return
        hits = [int(each["hits"]) for each in rules if "hits" in each] if rules else []
        self._take(status_from_json(told), hits)

    def _take(self, status: EngineStatus, hits: list[int] | None) -> None:
        if hits is not None:
            self._become(port=status.mixed_port, rules=len(hits))
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

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _unpause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
