"""The process of the engine that serves this desktop: started or found, ended, and killed where it
does not end.

It is a child (`child`), one that was there already (`adopted`), or this process (`in_process`). It
must not know what becomes of the traffic, nor what its user wants next.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from byway_core.model.errors import HelperFault
from byway_core.model.sentence import without_parts
from byway_gui.engine_link.adopted import Adopted, AdoptedElsewhere, adopted
from byway_gui.engine_link.hosts import GiveBack, Host, Said, StartHost
from byway_gui.presenters.standing import Reach

# Seconds to end in, then it is killed: the lease gives the traffic back.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How it has ended. `status` is below 0 for a signal; `is_told`: it has said why itself, in
    `words`, which are else the last that it wrote."""

    status: int
    was_adopted: bool
    is_told: bool
    words: str
    fault: HelperFault | None


class EngineProcess:
    """At most one at a time. `in_force()`: it has the traffic; `ended(ending)` once for each;
    `said(line)` is what it writes."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        start_host: StartHost,
        give_back: GiveBack,
        *,
        in_force: Callable[[], None],
        ended: Callable[[Ending], None],
        said: Said,
    ) -> None:
        self._loop = loop
        self._start_host = start_host
        self._give_back = give_back
        self._in_force = in_force
        self._ended = ended
        self._said = said
        self._host: Host | None = None
        self._failure: tuple[HelperFault | None, str] | None = None
        self._last_words = ""
        self._patience: asyncio.TimerHandle | None = None

    @property
    def is_there(self) -> bool:
        return self._host is not None

    @property
    def pid(self) -> int:
        """Of one that is there."""
        assert self._host is not None  # noqa: S101 - see above
        return self._host.pid

    def start(self, reach: Reach, profile: Path, everything: str) -> None:
        """OSError where it cannot be."""
        self._forget_words()
        wish = reach, profile, everything
        self._host = self._start_host(*wish, self._told, self._hear, self._gone)

    def adopt(self, pid: int, path: Path) -> None:
        """Take up one that runs, with its control socket. ProcessLookupError where it has ended."""
        self._host = adopted(self._loop, pid, path, self._gone)
        self._forget_words()

    def end(self, signum: int) -> None:
        """What is there; PermissionError where it is not ours to end."""
        assert self._host is not None  # noqa: S101 - see above
        self._host.end(signum)
        self._patience = self._loop.call_later(_PATIENCE, self._kill)

    def leave(self) -> bool:
        """Let one go on that was adopted; False where none was."""
        if not isinstance(self._host, Adopted | AdoptedElsewhere):
            return False
        self._host.forget()
        self._host = None
        return True

    def give_back(self, done: Callable[[Ending], None]) -> None:
        """End a kill switch that no engine has any more. OSError where that cannot even begin."""
        self._forget_words()
        self._give_back(self._told, self._hear, lambda status: done(self._ending(status, False)))

    def _told(self, event: Mapping[str, Any]) -> None:
        match event.get("event"):
            case "in-force":
                self._in_force()
            case "failed" | "lost":
                fault = next((f for f in HelperFault if f.value == event.get("fault")), None)
                self._failure = fault, str(without_parts(event).get("text", ""))

    def _hear(self, line: str) -> None:
        self._last_words = line.strip() or self._last_words
        self._said(line)

    def _gone(self, status: int) -> None:
        was_adopted, self._host = isinstance(self._host, Adopted | AdoptedElsewhere), None
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        self._ended(self._ending(status, was_adopted))

    def _ending(self, status: int, was_adopted: bool) -> Ending:
        fault, words = self._failure or (None, self._last_words)
        return Ending(status, was_adopted, self._failure is not None, words, fault)

    def _kill(self) -> None:
        if self._host is not None:
            self._host.end(signal.SIGKILL)

    def _forget_words(self) -> None:
        self._failure, self._last_words = None, ""
