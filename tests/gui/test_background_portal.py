"""Starting at log-in from a Flatpak, by the desktop's portal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import BusType, Message, Variant
from dbus_fast.aio import MessageBus
from tests.support.keyring_session import session_bus

from byway_gui.autostart import Autostart


@pytest.fixture
def session(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CONFIG_DIRS": str(tmp_path / "none")}


class Portal:
    """Stands in for the desktop's portal of org.freedesktop.portal.Background."""

    def __init__(self, bus: MessageBus, answer: int, granted: bool) -> None:
        self.asked: list[dict[str, Any]] = []
        self._bus, self._answer, self._granted = bus, answer, granted
        bus.add_message_handler(self._heard)

    def _heard(self, message: Message) -> Message | bool:
        if message.member != "RequestBackground":
            return False
        options = {key: value.value for key, value in message.body[1].items()}
        self.asked.append(options)
        sender = str(message.sender).removeprefix(":").replace(".", "_")
        path = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token']}"
        results = {"background": Variant("b", True), "autostart": Variant("b", self._granted)}
        response = Message.new_signal(
            path,
            "org.freedesktop.portal.Request",
            "Response",
            "ua{sv}",
            [self._answer, results],
        )
        task = asyncio.ensure_future(self._bus.send(response))  # noqa: TID251 - of a test's bus
        self._sending = task
        return Message.new_method_return(message, "o", [path])


@contextmanager
def portal(folder: Path, answer: int = 0, *, granted: bool = True) -> Iterator[Portal]:
    """On a session bus of its own, served by a thread."""
    made: list[Portal] = []
    ready, end = threading.Event(), threading.Event()

    async def serve() -> None:
        bus = await MessageBus(bus_type=BusType.SESSION).connect()
        made.append(Portal(bus, answer, granted))
        await bus.request_name("org.freedesktop.portal.Desktop")
        ready.set()
        await asyncio.to_thread(end.wait)
        bus.disconnect()

    with session_bus(folder):
        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        try:
            assert ready.wait(20)
            yield made[0]
        finally:
            end.set()
            thread.join()


def test_a_flatpak_asks_the_desktop(session: dict[str, str], tmp_path: Path) -> None:
    with portal(tmp_path) as desktop:
        autostart = Autostart(session, sandboxed=True)
        autostart.turn_on(["byway-desktop", "--minimized"])
        assert autostart.is_on()
        autostart.turn_off()
        assert not autostart.is_on()
    on, off = desktop.asked
    assert on["autostart"] is True
    assert on["commandline"] == ["byway-desktop", "--minimized"]
    assert off["autostart"] is False


@pytest.mark.parametrize(
    ("answer", "granted"), [(0, False), (1, False)], ids=["refused", "dismissed"]
)
def test_a_desktop_that_says_no(
    session: dict[str, str], tmp_path: Path, answer: int, granted: bool
) -> None:
    autostart = Autostart(session, sandboxed=True)
    with portal(tmp_path, answer, granted=granted), pytest.raises(OSError, match="not allow"):
        autostart.turn_on(["byway-desktop"])
    assert not autostart.is_on()


def test_a_desktop_without_portals(session: dict[str, str], tmp_path: Path) -> None:
    autostart = Autostart(session, sandboxed=True)
    with session_bus(tmp_path), pytest.raises(OSError, match="no portal"):
        autostart.turn_on(["byway-desktop"])
    assert not autostart.is_on()
