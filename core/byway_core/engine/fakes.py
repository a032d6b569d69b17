"""The fake addresses of one engine: when there are any, which, and where they are remembered.

Two engines of one user at a time never give one address to two names: each has a part of the range,
with a file of its own, which it keeps while it runs. The machine's is half of the range; the
other half is for programs in namespaces of their own, of which many may run.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from byway_core.config.paths import state_dir
from byway_core.dns.fake_answers import FakeAnswers
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.fake_log import FakeLog, read_log, remove_log
from byway_core.dns.fake_names import FakeNames, Given
from byway_core.dns.fake_pool import FakePool
from byway_core.engine.messages import FakesGiven
from byway_core.model.fake_addresses import FAKES
from byway_core.model.profile import Profile
from byway_core.model.sentence import say

log = logging.getLogger(__name__)

Part = tuple[str, range]

_HALF = FAKES // 2
# Namespaces at a time, and addresses of each: a browser's tabs ask for some hundred names.
_RUNS = 32
_EACH = _HALF // _RUNS
MACHINE: tuple[Part, ...] = (("machine", range(_HALF)),)
OWN_NAMESPACES: tuple[Part, ...] = tuple(
    (f"run-{number}", range(start, start + _EACH))
    for number, start in enumerate(range(_HALF, FAKES, _EACH), 1)
)
# How long programs may go on holding addresses after the profile has turned them off. They live for
# a second by DNS; what resolves a name once, and for good, has been started anew after some days.
_HELD_SECONDS = 7 * 86_400


def folder() -> Path:
    return state_dir() / "fake-addresses"


def may_be_held(profile: Profile) -> bool:
    """Whether programs of this machine may hold fake addresses under this profile: it gives them
    out, or one before it has."""
    return profile.dns.fake_addresses or bool(_held())


class Fakes:
    """Belongs to the main process's loop."""

    def __init__(
        self,
        parts: tuple[Part, ...],
        names: FakeNames,
        *,
        tell: Callable[[FakesGiven], None],
        in_use: Callable[[], Collection[str]],
    ) -> None:
        """`parts`: one of these is to be this engine's; none where nobody asks it for names.
        `names` are this process's, `tell` tells the workers of what theirs must know; `in_use` is
        the pool's."""
        self._parts = parts
        self._names = names
        self._tell = tell
        self._in_use = in_use
        self.answers = FakeAnswers(names)

    def configure(self, choice: FakeChoice | None) -> None:
        """A new profile's choice; None where it gives out no such addresses. Those that were given
        out go on standing for their names."""
        self.answers.choice = choice if self._parts else None
        if choice is not None:
            if self._parts and self.answers.pool is None:
                self._open()
        elif self.answers.pool is None and self._parts == MACHINE:
            if held := _held():
                self._know([(number, name) for name, number in held.items()])
            else:
                _forget()

    @property
    def count(self) -> int | None:
        """How many names have one; None while none are given out."""
        pool = self.answers.pool
        return len(pool) if pool is not None and self.answers.choice is not None else None

    def problems(self) -> tuple[str, ...]:
        """Sentences on what does not work at present."""
        if self.answers.choice is None:
            return ()
        if self.answers.pool is None:
            words = say(
                "{count} engines give out fake addresses already: names that should have one are "
                "not answered",
                count=len(self._parts),
            )
            return (words,)
        return tuple(filter(None, (self.answers.pool.problem,)))

    def close(self) -> None:
        if self.answers.pool is not None:
            self.answers.pool.close()

    def _open(self) -> None:
        """The first part that nobody has. Without a folder: one that nobody will know of later."""
        pool = None
        for name, slots in self._parts:
            try:
                file = FakeLog(folder() / f"{name}.log", slots)
            except BlockingIOError:
                continue
            except OSError as error:
                pool = FakePool(slots, None, self._given, self._in_use)
                pool.problem = _not_kept(error)
            else:
                pool = FakePool(slots, file, self._given, self._in_use)
            break
        self.answers.pool = pool
        self._know(pool.given() if pool else [])
        for problem in self.problems():
            log.warning("%s", problem)

    def _know(self, given: Sequence[Given]) -> None:
        """From here on, what stands for no name is refused."""
        first = 0 if self._parts == MACHINE else _HALF
        self._names.refused = range(first, FAKES + 1)
        self._given(given)

    def _given(self, given: Sequence[Given]) -> None:
        self._names.learn(given)
        self._tell(FakesGiven(tuple(given), self._names.refused))


def _held() -> dict[str, int]:
    """What was given out to the machine's programs, the last of it not too long ago."""
    name, slots = MACHINE[0]
    path = folder() / f"{name}.log"
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime < _HELD_SECONDS:
            return read_log(path, slots)
    return {}


def _forget() -> None:
    """Remove what nobody holds any more: it tells where somebody has been."""
    with contextlib.suppress(OSError):  # there is none, or an engine has it
        remove_log(folder() / f"{MACHINE[0][0]}.log")


def _not_kept(error: OSError) -> str:
    return say(
        "fake addresses will not outlive this engine: {folder}: {why}",
        folder=folder(),
        why=error.strerror or error,
    )
