"""The points that a start goes through, one after another and in several processes.

A `Checkpoint` is called at each, in the process that passes it. Byway itself has nothing to do
there; the tests kill or stop a process at every one and look at what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto


class Point(Enum):
    # the engine
    FORKED = auto()
    MAPPED = auto()
    RECEIVED = auto()
    RELEASED = auto()
    # the launcher
    UNSHARED = auto()
    NESTING = auto()
    WAITING = auto()
    SUPERVISING = auto()
    # the set-up child
    LINKS_UP = auto()
    SOCKETS_MADE = auto()
    RULES_LOADED = auto()
    SOCKETS_SENT = auto()
    # the program, before it is one
    NESTED = auto()
    READY = auto()
    EXECUTING = auto()


Checkpoint = Callable[[Point], None]


def walk_on(_: Point) -> None:
    """The checkpoint that does nothing."""
