"""The icon of a running desktop app, in the eyes of a tray."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from tests.support.byway import free_port, until
from tests.support.desktop_app import DEADLINE, App, Place, at_desktop
from tests.support.tray_host import TrayItem, tray_host


def write_profile(place: Place) -> int:
    port = free_port()
    place.profile.write_text(
        f'version = 1\nrules = ["MATCH,DIRECT"]\n[general]\nmixed_port = {port}\nworkers = 1\n'
        '[[upstream]]\nname = "a_b & c & d_e"\ntype = "socks5"\nserver = "127.0.0.1"\nport = 1\n'
    )
    return port


def says(tooltip: str):
    async def holds(item: TrayItem) -> bool:
        return await item.tooltip() == tooltip

    return holds


async def shown(place: Place, count: int) -> None:
    """So many main windows are."""

    def there() -> bool:
        return len(place.screen.windows("Byway")) == count

    await asyncio.to_thread(until, there, f"{count} main windows are shown", DEADLINE)


async def test_states_menu_and_quitting(tmp_path: Path) -> None:
    with at_desktop(tmp_path, tray=False) as place:
        port = write_profile(place)
        async with tray_host(place.session_bus) as tray:
            app = App(place, "--minimized", driven=False)
            item = await tray.item()
            await item.until(says("Byway: Off"), "off")
            off = await item.picture()
            menu = await item.menu()
            assert menu.texts == [
                "Turn on",
                "Mode",
                "Profile",
                "Pause for 10 minutes",
                "Run a program…",
                "Copy proxy variables",
                "Repair the network",
                "Open window",
                "Quit",
            ]
            assert not menu.find("Copy proxy variables").enabled

            await item.choose("Turn on")
            await item.until(says(f"Byway: on, port {port}"), "on")
            assert await item.picture() != off
            assert "Turn off" in (await item.menu()).texts

            modes = (await item.menu()).find("Mode")
            assert [(each.text, each.checked) for each in modes.children] == [
                ("By the rules", True),
                ("Everything through a_b & c & d_e", False),
                ("Everything directly", False),
            ]
            await item.choose("Mode", "Everything through a_b & c & d_e")
            await item.until(says("Byway: on, everything through a_b & c & d_e"), "through it")
            on = await item.picture()
            await item.choose("Mode", "Everything directly")
            await item.until(says("Byway: on, everything directly"), "directly")
            assert await item.picture() not in (on, off)
            await item.choose("Mode", "By the rules")
            await item.until(says(f"Byway: on, port {port}"), "by the rules")

            await item.choose("Quit")
            await asyncio.to_thread(app.ends)


GROUPS = """
[[group]]
name = "m_y & own"
type = "select"
members = ["auto", "DIRECT", "REJECT"]
[[group]]
name = "auto"
type = "fallback"
members = ["a_b & c & d_e", "DIRECT"]
"""


async def test_a_member_of_a_group_is_chosen(tmp_path: Path) -> None:
    """Off and on; it is the same after another start."""
    with at_desktop(tmp_path, tray=False) as place:
        port = write_profile(place)
        with place.profile.open("a") as file:
            file.write(GROUPS)

        async def chosen(item: TrayItem) -> list[tuple[str, bool]]:
            groups = (await item.menu()).find("Groups")
            return [(each.text, each.checked) for each in groups.children[0].children]

        def is_chosen(number: int):
            async def holds(item: TrayItem) -> bool:
                return [checked for _, checked in await chosen(item)].index(True) == number

            return holds

        async with tray_host(place.session_bus) as tray:
            app = App(place, "--minimized", driven=False)
            item = await tray.item()
            await item.until(says("Byway: Off"), "off")
            assert await chosen(item) == [("auto", True), ("Directly", False), ("Refused", False)]
            await item.choose("Groups", "m_y & own: auto", "Refused")
            await item.until(is_chosen(2), "it is chosen")
            await item.choose("Turn on")
            await item.until(says(f"Byway: on, port {port}"), "on")
            await item.until(is_chosen(2), "the engine goes by it")
            await item.choose("Groups", "m_y & own: Refused", "Directly")
            await item.until(is_chosen(1), "another one is chosen")
            await item.choose("Quit")
            await asyncio.to_thread(app.ends)
            app = App(place, "--minimized", driven=False)
            again = await tray.item(besides=item)
            await again.until(says("Byway: Off"), "off")
            await again.until(is_chosen(1), "it is kept")
            await again.choose("Quit")
            await asyncio.to_thread(app.ends)


async def test_a_click_toggles_the_window(tmp_path: Path) -> None:
    with at_desktop(tmp_path, tray=False) as place:
        write_profile(place)
        async with tray_host(place.session_bus) as tray:
            app = App(place, "--minimized", driven=False)
            item = await tray.item()
            for count in (1, 0, 1):
                await item.activate()
                await shown(place, count)
            await item.choose("Quit")
            await asyncio.to_thread(app.ends)


async def test_a_tray_that_comes_late_and_again(tmp_path: Path) -> None:
    """Whichever way it comes, the icon is in it, and works."""
    with at_desktop(tmp_path, tray=False) as place:
        write_profile(place)
        async with tray_host(place.session_bus, there=False) as tray:
            app = App(place, driven=False)
            await shown(place, 1)
            await tray.arrive()
            first = await tray.item()
            await first.activate()
            await shown(place, 0)
            await tray.leave()
            await tray.arrive()
            again = await tray.item(besides=first)
            await again.until(says("Byway: Off"), "off")
            await again.activate()
            await shown(place, 1)
            await again.choose("Quit")
            await asyncio.to_thread(app.ends)


async def test_an_engine_that_dies_is_seen(tmp_path: Path) -> None:
    with at_desktop(tmp_path, tray=False) as place:
        port = write_profile(place)
        async with tray_host(place.session_bus) as tray:
            app = App(place, "--minimized", driven=False)
            item = await tray.item()
            await item.until(says("Byway: Off"), "off")
            off = await item.picture()
            await item.choose("Turn on")
            await item.until(says(f"Byway: on, port {port}"), "on")
            on = await item.picture()
            os.kill(await asyncio.to_thread(app.engine), signal.SIGKILL)
            await item.until(says("Byway: Interrupted"), "interrupted")
            assert await item.picture() not in (on, off)
            await item.until(says(f"Byway: on, port {port}"), "on again")
            assert await item.picture() == on
            await item.choose("Quit")
            await asyncio.to_thread(app.ends)
