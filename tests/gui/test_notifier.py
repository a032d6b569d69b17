"""Notifications, on a bus of its own with somebody who shows them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from tests.support.keyring_session import session_bus

from byway_gui.notifier import Notifier

NAME = "org.freedesktop.Notifications"


class Shown:
    """What the desktop was asked to show."""

    def __init__(self) -> None:
        self.notes: asyncio.Queue[list[Any]] = asyncio.Queue()

    def heard(self, message: Message) -> Message | bool:
        if message.message_type is MessageType.METHOD_CALL and message.member == "Notify":
            assert (message.interface, message.signature) == (NAME, "susssasa{sv}i")
            self.notes.put_nowait(message.body)
            return Message.new_method_return(message, "u", [1])
        return False

    async def next(self) -> list[Any]:
        async with asyncio.timeout(20):
            return await self.notes.get()


@asynccontextmanager
async def desktop(folder: Path) -> AsyncIterator[Shown]:
    with session_bus(folder) as address:
        shown = Shown()
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(shown.heard)
        await bus.request_name(NAME)
        yield shown
        bus.disconnect()
        await bus.wait_for_disconnect()


def notifier(wanted: list[bool]) -> Notifier:
    return Notifier(asyncio.get_running_loop(), lambda: wanted[-1])


async def settled(it: Notifier) -> None:
    while it._saying:
        await asyncio.wait(it._saying)


async def test_it_is_shown(tmp_path: Path) -> None:
    async with desktop(tmp_path) as shown:
        it = notifier([True])
        it.say("Byway: Interrupted", "It is started again in 1 s.")
        name, replaces, icon, summary, body, actions, hints, timeout = await shown.next()
        assert (name, icon) == ("Byway", "io.github.byway.Byway")
        assert (summary, body) == ("Byway: Interrupted", "It is started again in 1 s.")
        assert hints["desktop-entry"].value == "io.github.byway.Byway"
        assert (replaces, actions, timeout) == (0, [], -1)
        it.say("again", "")
        assert (await shown.next())[3] == "again"
        it.close()


def test_it_is_shown_from_qts_loop(qt_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    qt_loop.run_until_complete(test_it_is_shown(tmp_path))


async def test_the_setting_counts_when_it_is_said(tmp_path: Path) -> None:
    async with desktop(tmp_path) as shown:
        wanted = [False]
        it = notifier(wanted)
        it.say("not wanted", "")
        assert not it._saying
        wanted.append(True)
        it.say("wanted", "")
        assert (await shown.next())[3] == "wanted"
        it.close()


async def test_a_bus_that_went_is_found_again(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with desktop(tmp_path) as shown:
        it = notifier([True])
        it.say("one", "")
        assert (await shown.next())[3] == "one"
    it.say("lost", "")
    await settled(it)
    async with desktop(tmp_path_factory.mktemp("second")) as shown:
        it.say("two", "")
        assert (await shown.next())[3] == "two"
        it.close()


async def test_where_nobody_shows_any_there_are_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither without a bus, nor without somebody on it; nothing fails."""
    caplog.set_level(logging.INFO)
    it = notifier([True])
    it.say("no bus", "")
    await settled(it)
    assert "no notification could be shown" in caplog.text
    with session_bus(tmp_path):
        it.say("nobody", "")
        await settled(it)
        it.close()
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_closing_waits_for_nothing(tmp_path: Path) -> None:
    async with desktop(tmp_path):
        it = notifier([True])
        it.say("too late", "")
        it.close()
        await settled(it)
