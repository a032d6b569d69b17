"""What one process knows of groups: what was chosen, and how their members are.

The main process tests members and tells its workers (`engine.groups`); each relay tells the main
process what it meets. Nothing here connects to anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

# How long what a failure said is believed. While a group is used its dead members are tested again
# in less (`engine.groups`), so that no connection has to try them; where nothing was used, the next
# connection after that finds out by itself, as a machine that has slept has another network.
DEAD_SECONDS = 15.0
# The main process is told this often of the same, at most: it needs it to the second.
_NOTED_SECONDS = 1.0

# What members are tested with: a host and a port; None: their servers are only connected to.
Target = tuple[str, int] | None
# A member, which is no group, as one group tests it.
Tested = tuple[str, Target]
# Why it is dead, and until when that holds: seconds on the clock that all processes share.
Trouble = tuple[str, float]


class Doubt(Enum):
    """What a failure says of the member."""

    DEAD = "dead"  # it did not answer, or answers nobody
    UNSURE = "unsure"  # it failed here, and may be well


@dataclass(frozen=True, slots=True)
class Known:
    """`chosen`: members of select groups; `fastest`: of url-test groups, the one in use; `timed`:
    milliseconds of the last test; `down`: what failed its test, `lost`: a connection."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    fastest: Mapping[str, str] = field(default_factory=dict)
    timed: Mapping[Tested, float] = field(default_factory=dict)
    down: Mapping[Tested, Trouble] = field(default_factory=dict)
    lost: Mapping[str, Trouble] = field(default_factory=dict)


class Standing:
    """`on_use(group)` is called when a group is asked for a member, not for each connection;
    `on_failure(member, words, doubt)` when one failed a connection."""

    def __init__(self, known: Known | None = None) -> None:
        self.known = known or Known()
        self.on_use: Callable[[str], None] = lambda group: None
        self.on_failure: Callable[[str, str, Doubt], None] = lambda member, words, doubt: None
        self._noted: dict[str, float] = {}

    def trouble(self, member: str, target: Target) -> str:
        """Why this member, which is no group, is dead; "" where that is not known (any more)."""
        known = self.known
        for trouble in (known.down.get((member, target)), known.lost.get(member)):
            if trouble is not None and time.monotonic() < trouble[1]:
                return trouble[0]
        return ""

    def use(self, group: str) -> None:
        """A connection asks this group for a member."""
        if self._is_new(f"use {group}"):
            self.on_use(group)

    def fail(self, member: str, words: str, doubt: Doubt) -> None:
        """A member has failed a connection. One that is dead for it is so for the next one, too,
        without waiting for the main process."""
        if doubt is Doubt.DEAD:
            lost = {**self.known.lost, member: (words, time.monotonic() + DEAD_SECONDS)}
            self.known = replace(self.known, lost=lost)
        if self._is_new(f"{doubt.value} {member}"):
            self.on_failure(member, words, doubt)

    def _is_new(self, what: str) -> bool:
        now = time.monotonic()
        if now - self._noted.get(what, -_NOTED_SECONDS) < _NOTED_SECONDS:
            return False
        self._noted[what] = now
        return True
