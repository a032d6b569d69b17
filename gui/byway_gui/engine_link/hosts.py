"""The ways to have an engine, for `steering`."""

from __future__ import annotations

import asyncio

from byway_gui.engine_link.child import Child, arguments
from byway_gui.engine_link.steering import StartHost


def start_child(loop: asyncio.AbstractEventLoop) -> StartHost:
    """A process of its own, for each time that it is turned on."""
    return lambda reach, profile, told, said, ended: Child(
        loop, arguments(reach.value, profile), told, said, ended
    )


def start_in_process(loop: asyncio.AbstractEventLoop) -> StartHost:
    """This one, whatever the reach. Only who wants it loads an engine."""
    from byway_gui.engine_link.in_process import InProcess

    return lambda reach, profile, told, said, ended: InProcess(loop, profile, told, ended)
