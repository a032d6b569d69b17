"""Light and dark: what is readable, and whose wish goes first."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from tests.gui.test_looks import contrast
from tests.support.keyring_session import session_bus

from byway_gui.theme import Look, Theme, colour, palette

ROLE = QPalette.ColorRole
GROUNDS = (ROLE.Window, ROLE.Base, ROLE.AlternateBase)
# Each pair of text and ground that is used, in widgets of Qt's and in ours.
PAIRS = [
    *product((ROLE.WindowText, ROLE.Text, ROLE.Link, ROLE.LinkVisited), GROUNDS),
    (ROLE.PlaceholderText, ROLE.Base),
    (ROLE.ButtonText, ROLE.Button),
    (ROLE.ToolTipText, ROLE.ToolTipBase),
    (ROLE.HighlightedText, ROLE.Highlight),
]


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = Look(qapp, Theme.LIGHT)
    yield look
    look.want(Theme.LIGHT)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_texts_are_readable(dark: bool, text: ROLE, ground: ROLE) -> None:
    """WCAG 2.2, 1.4.3."""
    made = palette(dark=dark)
    assert contrast(made.color(text), made.color(ground)) >= 4.5


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
@pytest.mark.parametrize("meaning", ["accent", "good", "bad", "warn", "muted"])
def test_meanings_are_readable(look: Look, theme: Theme, meaning: str) -> None:
    look.want(theme)
    made = palette(dark=theme is Theme.DARK)
    for ground in GROUNDS:
        assert contrast(colour(meaning), made.color(ground)) >= 4.5, ground


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", [ROLE.WindowText, ROLE.Text, ROLE.ButtonText])
def test_what_is_off_can_still_be_read(dark: bool, role: ROLE) -> None:
    """WCAG asks for nothing; but a user may want to know what there would be."""
    made = palette(dark=dark)
    off = made.color(QPalette.ColorGroup.Disabled, role)
    for ground in (*GROUNDS, ROLE.Button):
        assert (
            3 <= contrast(off, made.color(ground)) < contrast(made.color(role), made.color(ground))
        )


@pytest.mark.parametrize("dark", [False, True])
def test_every_role_is_ours(qapp: QApplication, dark: bool) -> None:
    """One that a desktop's own palette fills in would fit its theme and not ours."""
    left = {ROLE.NColorRoles, ROLE.NoRole}
    made = palette(dark=dark)
    lacking = [
        role
        for role in ROLE
        if role not in left and not made.isBrushSet(QPalette.ColorGroup.Active, role)
    ]
    assert lacking == []


def test_the_users_word_goes_first(look: Look, qapp: QApplication) -> None:
    heard: list[bool] = []
    look.changed.connect(lambda: heard.append(is_dark(qapp)))
    look.want(Theme.DARK)
    look._like(2)  # the desktop's
    look.want(Theme.LIGHT)
    look._like(1)
    look.want(Theme.SYSTEM)
    assert heard == [True, True, False, False, True]
    look._like(0)  # it has no wish: Qt's hint, which here is none
    assert not is_dark(qapp)


def is_dark(qapp: QApplication) -> bool:
    return qapp.palette().color(ROLE.Window) == QColor(palette(dark=True).color(ROLE.Window))


# -- the desktop's wish ------------------------------------------------------------------------

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
APPEARANCE = "org.freedesktop.appearance"

# Tells what it looks like, at first and after each change.
APP = """
import sys
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from byway_gui.theme import Look
application = QApplication([])
look = Look(application)
def tell():
    light = application.palette().color(QPalette.ColorRole.Window).lightnessF() > 0.5
    print("light" if light else "dark", flush=True)
look.changed.connect(tell)
tell()
application.exec()
"""


class Portal:
    """A desktop with a wish, as xdg-desktop-portal tells it."""

    def __init__(self, bus: MessageBus, scheme: int | None) -> None:
        self._bus = bus
        self.scheme = scheme
        bus.add_message_handler(self._heard)

    def _heard(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.member != "Read":
            return False
        assert (message.path, message.interface) == (PATH, SETTINGS)
        assert message.body == [APPEARANCE, "color-scheme"]
        if self.scheme is None:
            return Message.new_error(message, f"{NAME}.Error.NotFound", "no such setting")
        # Read has a variant in its variant, by a mistake that became the rule.
        inner = Variant("v", Variant("u", self.scheme))
        return Message.new_method_return(message, "v", [inner])

    async def change(self, scheme: int, name: str = "color-scheme") -> None:
        value = Variant("u", scheme)
        await self._bus.send(
            Message.new_signal(PATH, SETTINGS, "SettingChanged", "ssv", [APPEARANCE, name, value])
        )


@asynccontextmanager
async def portal(folder: Path, scheme: int | None) -> AsyncIterator[Portal]:
    with session_bus(folder) as address:
        bus = await MessageBus(bus_address=address).connect()
        there = Portal(bus, scheme)
        await bus.request_name(NAME)
        yield there
        bus.disconnect()
        await bus.wait_for_disconnect()


@asynccontextmanager
async def app() -> AsyncIterator[asyncio.StreamReader]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", APP, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def shows(lines: asyncio.StreamReader, look: str) -> None:
    """Sooner or later, and the next change is after that."""
    async with asyncio.timeout(30):
        while (await lines.readline()).decode().strip() != look:
            pass


async def test_the_desktops_wish_is_followed(tmp_path: Path) -> None:
    async with portal(tmp_path, 1) as desktop, app() as lines:
        await shows(lines, "dark")
        await desktop.change(2)
        await shows(lines, "light")
        await desktop.change(1, "contrast")  # something else: the next that is heard is not that
        await desktop.change(2)
        assert await lines.readline() == b"light\n"
        await desktop.change(1)
        await shows(lines, "dark")
        await desktop.change(0)
        await shows(lines, "light")


async def test_a_desktop_without_a_wish_may_get_one(tmp_path: Path) -> None:
    async with portal(tmp_path, None) as desktop, app() as lines:
        await shows(lines, "light")
        await desktop.change(1)
        await shows(lines, "dark")
