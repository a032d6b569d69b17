"""Notifications, by org.freedesktop.Notifications: Qt's own lose the icon and who says it, and its
D-Bus has no unsigned numbers, which that interface wants."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from byway_resources import APPLICATION

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

_log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"


class Notifier:
    """Rare: what a user must know who does not look, if it is wanted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wanted: Callable[[], bool]) -> None:
        self._wanted = wanted
        self._loop = loop
        self._bus: MessageBus | None = None
        self._saying: set[asyncio.Task[None]] = set()

    def say(self, summary: str, body: str) -> None:
        """Never waits; where nobody shows notifications there are none."""
        if self._wanted():
            task = self._loop.create_task(self._say(summary, body))
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    def close(self) -> None:
        for task in self._saying:
            task.cancel()
        if self._bus is not None:
            self._bus.disconnect()

    async def _say(self, summary: str, body: str) -> None:
        from dbus_fast import BusType, Message, MessageFlag, Variant
        from dbus_fast.aio import MessageBus

        hints = {"desktop-entry": Variant("s", APPLICATION)}
        call = Message(
            destination=_NAME,
            path=_PATH,
            interface=_NAME,
            member="Notify",
            signature="susssasa{sv}i",
            body=["Byway", 0, APPLICATION, summary, body, [], hints, -1],
            flags=MessageFlag.NO_REPLY_EXPECTED,
        )
        try:
            if self._bus is None or not self._bus.connected:
                self._bus = await MessageBus(bus_type=BusType.SESSION).connect()
            await self._bus.send(call)
        except Exception as error:  # no bus, or one that goes: dbus-fast raises what it likes
            _log.info("no notification could be shown: %s", error)
