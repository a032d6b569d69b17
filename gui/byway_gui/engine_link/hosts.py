"""The ways to have an engine, for `steering`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from byway_gui.engine_link.child import Child, arguments
from byway_gui.presenters.standing import Reach

Told = Callable[[Mapping[str, Any]], None]
Said = Callable[[str], None]
Ended = Callable[[int], None]


class Host(Protocol):
    """A running engine. `pid`: its number, as its socket has it (byway_core.flatpak)."""

    pid: int

    def end(self, signum: int = signal.SIGINT) -> None: ...


# Makes an engine: reach, profile, the target of everything ("": by the rules); told(event),
# said(line), ended(status). OSError where it cannot be started.
StartHost = Callable[[Reach, Path, str, Told, Said, Ended], Host]
# Ends a kill switch that no engine has any more: told(event), said(line), ended(status). OSError as
# above.
GiveBack = Callable[[Told, Said, Ended], Host]


def start_child(loop: asyncio.AbstractEventLoop) -> StartHost:
    """A process of its own, for each time that it is turned on."""
    return lambda reach, profile, everything, told, said, ended: Child(
        loop, arguments(reach.value, profile, everything), told, said, ended
    )


def start_give_back(loop: asyncio.AbstractEventLoop) -> GiveBack:
    """`byway down`, which ends a kill switch that nobody has any more."""
    return lambda told, said, ended: Child(loop, ["down", "--events"], told, said, ended)


def start_in_process(loop: asyncio.AbstractEventLoop) -> StartHost:
    """This one, whatever the reach. Only who wants it loads an engine."""
    from byway_gui.engine_link.in_process import InProcess

    return lambda reach, profile, everything, told, said, ended: InProcess(
        loop, profile, everything, told, ended
    )
