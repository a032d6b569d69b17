"""A changed profile for an engine that runs: read again, and taken wholly or not at all.

    thread   read, check, reveal passwords, compile
    loop     the engine and its workers decide by the new rules
             then the helper (or keeper) tells the kernel which networks go directly

In this order, so that what the kernel does not send directly any more finds the rules that are
meant for it. Where the kernel does not follow, the engine goes back to the profile of before: both
are always of one profile, but for the milliseconds in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from byway_core.api import Engine, Kind
from byway_core.api.profiles import read_profile, reveal_passwords
from byway_core.api.wire import Reloaded, reloaded_to_json
from byway_core.config.group_choices import read_choices
from byway_core.engine.composition import Composed, compose
from byway_core.model.decision import DIRECT, REJECT, Action, Verdict
from byway_core.model.errors import BywayError, NotTakenError, Problem, ProfileError
from byway_core.model.profile import Profile
from byway_core.model.rule import Always, Rule
from byway_core.model.sentence import say
from byway_helper.contract import Plan

log = logging.getLogger(__name__)

# For workers to take a profile: a second or two with the most rules, on a machine that has time.
WORKER_SECONDS = 30.0
# Problems in one answer, which is one line; `byway check` has all of them.
MOST_PROBLEMS = 100

# What cannot be changed while an engine runs: its processes are forked at the start, its ports and
# the helper's rules for interfaces and kill switch made then. What an engine of that kind does not
# use is not here.
_FIXED: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.RUN: {"general": ("workers",)},
    Kind.SERVE: {"general": ("workers", "mixed_port")},
    Kind.MACHINE: {
        "general": ("workers", "mixed_port"),
        "machine": ("lan", "lan_ports", "kill_switch"),
    },
}

T = TypeVar("T")


class Lease(Protocol):
    """The machine's traffic: `lease.Helper`, or the keeper's."""

    async def update(self, plan: Plan) -> None: ...


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be in force. `plan` None: the engine has not the whole machine."""

    composed: Composed
    plan: Plan | None
    restart: tuple[str, ...]
    warnings: tuple[Problem, ...]


class Reloading:
    """One engine's. `unfit` says what is wrong with a valid profile on this machine, or ""; it is
    called in a thread."""

    def __init__(self, engine: Engine, unfit: Callable[[Profile], str] = lambda _: "") -> None:
        self.engine = engine
        self._path = Path(engine.identity.profile_path)
        self._unfit = unfit
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lease: Lease | None = None
        self._plan: Plan | None = None

    def leased(self, lease: Lease, plan: Plan) -> None:
        """From here on the machine's traffic is ours, by that plan."""
        self._lease, self._plan = lease, plan

    def asked(self, params: Mapping[str, Any]) -> asyncio.Future[dict[str, Any]]:
        """The control socket's `reload`."""
        everything, profile = params.get("everything"), params.get("profile")
        if not isinstance(everything, str | None) or not isinstance(profile, str | None):
            raise NotTakenError(say('"everything" and "profile" must be texts'))
        path = None if profile is None else Path(profile)
        task = asyncio.get_running_loop().create_task(self._answer(everything, path))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """No more of it: what is being read is given up, what the kernel is being told waited for.
        The lease is the caller's again."""
        self._lease = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, everything: str | None, path: Path | None) -> dict[str, Any]:
        return reloaded_to_json(await self.reload(everything, path))

    async def reload(self, everything: str | None = None, path: Path | None = None) -> Reloaded:
        """Read the file and take it, after whoever is at it already. `everything`: the target that
        all connections have from now on, whatever the rules say; "" for what they say, None for as
        it was. `path`: of another file, which is the engine's from now on if it is taken."""
        async with self._turn:
            wanted = self.engine.everything if everything is None else everything
            try:
                change = await _in_thread(partial(self._read, path or self._path, wanted))
                await self._take(change)
                self.engine.everything = wanted
                if path is not None:
                    self._path = path
                    self.engine.identity = replace(self.engine.identity, profile_path=str(path))
            except ProfileError as error:
                return self._outcome(False, error.problems)
            except (BywayError, OSError) as error:
                return self._outcome(False, (Problem(0, 0, str(error)),))
            except Exception as error:
                log.exception("the profile could not be taken")
                return self._outcome(
                    False, (Problem(0, 0, say("an error of Byway's own: {error}", error=error)),)
                )
            return self._outcome(True, (*change.warnings, *self._undecidable()), change.restart)

    def _undecidable(self) -> tuple[Problem, ...]:
        """What no reading of the file can find out."""
        said = self.engine.undecidable
        return (Problem(0, 0, said, warning=True),) if said else ()

    def _outcome(
        self, taken: bool, problems: tuple[Problem, ...], restart: tuple[str, ...] = ()
    ) -> Reloaded:
        profile, more = self.engine.profile, len(problems) - MOST_PROBLEMS
        if more > 0:
            rest = Problem(0, 0, say("and {n} more: `byway check` has them", n=more), warning=taken)
            problems = (*problems[:MOST_PROBLEMS], rest)
        return Reloaded(
            taken=taken,
            profile=str(self._path),
            rules=len(profile.rules),
            upstreams=len(profile.upstreams),
            networks=None if self._plan is None else len(self._plan.bypass),
            restart=restart,
            problems=problems,
        )

    # -- in a thread

    def _read(self, path: Path, everything: str) -> _Change:
        """All that may be wrong with it is found here."""
        if not path.is_absolute():
            raise NotTakenError(say("{path} is no absolute path", path=path))
        read, kind = read_profile(path), self.engine.identity.kind
        unfit = self._unfit(read.value)
        if unfit:
            raise NotTakenError(unfit)
        passwords = reveal_passwords(read)
        profile, restart = kept(self.engine.profile, read.value, kind)
        profile = all_through(profile, everything)
        plan = _plan(profile) if kind is Kind.MACHINE else None
        chosen = None if path == self._path else read_choices(path)
        return _Change(compose(profile, passwords, chosen), plan, restart, read.warnings)

    # -- on the loop

    async def _take(self, change: _Change) -> None:
        engine, lease, plan = self.engine, self._lease, self._plan
        if change.plan is not None and (lease is None or plan is None):
            raise NotTakenError(say("`byway up` is not in force (yet): try again when it is"))
        before = partial(compose, engine.profile, engine.passwords, engine.groups.chosen)
        try:
            await self._put(change.composed, change.plan, lease)
        except (BywayError, OSError) as error:  # of the helper
            with contextlib.suppress(BywayError, OSError):
                await self._put(await _in_thread(before), plan, lease)
            raise NotTakenError(
                say("it was right, and has been taken back: {error}", error=error)
            ) from error
        self._plan = change.plan
        logging.getLogger().setLevel(engine.profile.general.log_level.name)

    async def _put(self, composed: Composed, plan: Plan | None, lease: Lease | None) -> None:
        self.engine.use_composed(composed)
        try:
            async with asyncio.timeout(WORKER_SECONDS):
                await self.engine.in_use()
        except TimeoutError:
            raise NotTakenError(say("a worker process does not answer")) from None
        if lease is not None and plan is not None:
            await _to_its_end(lease.update(plan))


def kept(old: Profile, new: Profile, kind: Kind) -> tuple[Profile, tuple[str, ...]]:
    """`new` with what cannot be changed as it is in `old`, and the keys in which they differ."""
    restart: list[str] = []
    for section, names in _FIXED.get(kind, {}).items():
        before, after = getattr(old, section), getattr(new, section)
        changed = [name for name in names if getattr(before, name) != getattr(after, name)]
        restart += [f"{section}.{name}" for name in changed]
        values = {name: getattr(before, name) for name in changed}
        new = replace(new, **{section: replace(after, **values)})
    return new, tuple(restart)


def all_through(profile: Profile, target: str) -> Profile:
    """With one rule for all; "": with its own. NotTakenError where there is no such target."""
    if not target:
        return profile
    actions = [DIRECT, REJECT, *(Action(Verdict.UPSTREAM, name) for name in profile.targets)]
    action = next((each for each in actions if str(each) == target), None)
    if action is None:
        raise NotTakenError(
            say("there is no {target} in it, which everything was to go through", target=target)
        )
    return replace(profile, rules=(Rule(Always(), action, f"MATCH,{target}"),))


def _plan(profile: Profile) -> Plan:
    from byway_core.coexistence.collect import ipv6_here
    from byway_core.engine.fakes import may_be_held
    from byway_core.plan.whole_machine import plan_whole_machine

    return plan_whole_machine(profile, ipv6=ipv6_here(), fakes=may_be_held(profile))


def _in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """What `work` returns, from a thread that no end waits for: a keyring may ask its user for as
    long as it likes."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            settle = partial(answer.set_result, work())
        except Exception as error:
            settle = partial(answer.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if answer.done() else settle())

    threading.Thread(target=run, name="byway-profile", daemon=True).start()
    return answer


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Even where the caller is cancelled: what a helper has begun it does, and its answer would be
    taken for that of the next question."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
