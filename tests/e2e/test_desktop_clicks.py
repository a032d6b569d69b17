"""The desktop app on a desktop: a real window manager, panel, pointer and keyboard."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.byway import free_port, hosts, until
from tests.support.desktop_app import App, Place, Seen, at_desktop
from tests.support.origins import Origin, http_origin
from tests.support.screen import panel

NAME = "www.example.test"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with http_origin() as origin:
        yield origin


def write_profile(place: Place, origin: Origin, *rules: str) -> int:
    """With a local port, which is returned, and a name for the origin."""
    port = free_port()
    listed = "".join(f'  "{rule}",\n' for rule in (*rules, "MATCH,DIRECT"))
    place.profile.write_text(
        f"version = 1\nrules = [\n{listed}]\n[general]\nmixed_port = {port}\nworkers = 1\n"
        f"{hosts({NAME: origin.host})}"
    )
    return port


def curl(port: int, origin: Origin) -> int:
    """Through the local port; curl's exit status."""
    url = f"http://{NAME}:{origin.port}/"
    argv = ["curl", "-s", "-o", "/dev/null", "-x", f"socks5h://127.0.0.1:{port}", url]
    return subprocess.run(argv, check=False, timeout=60).returncode


def test_the_icon_in_the_tray(tmp_path: Path, origin: Origin) -> None:
    """A click shows and hides the window; its menu turns on and off, and quits."""
    with at_desktop(tmp_path) as place:
        port = write_profile(place, origin)
        app = App(place, "--minimized")
        app.click_tray()
        app.until(lambda seen: seen.is_active, "the window is there")
        app.click_tray()
        app.until(lambda seen: not seen.is_open, "the window is hidden")
        # A menu that opens while the keyboard is still on its way from the hidden window closes
        # at once: so it is opened beside one that is shown.
        app.click_tray()
        app.until(lambda seen: seen.is_active, "the window is there again")
        app.click_tray(button=3)
        app.click("Turn on", kind="entry")
        app.phase("on")
        assert curl(port, origin) == 0
        app.click_tray(button=3)
        app.click("Turn off", kind="entry")
        app.phase("off")
        assert curl(port, origin) != 0
        app.click_tray(button=3)
        app.click("Quit", kind="entry")
        app.ends()


def test_a_panel_that_comes_after_the_app(tmp_path: Path, origin: Origin) -> None:
    """As at login: until it is there, the window is minimized, so that it can be found at all."""
    with at_desktop(tmp_path, tray=False) as place:
        write_profile(place, origin)
        app = App(place, "--minimized")
        app.until(lambda seen: seen.window(title="Byway", minimized=True), "it is minimized")
        with panel(place.screen, tmp_path / "screen"):
            app.click_tray()
            app.until(lambda seen: seen.is_active, "the window is there")
        with panel(place.screen, tmp_path / "screen"):  # it has been started again
            app.click_tray()
            app.until(lambda seen: not seen.is_open, "the window is hidden")
            app.click_tray()
            app.quit()


def test_a_window_that_is_closed(tmp_path: Path, origin: Origin) -> None:
    """Where there is a tray the app goes on there; without one nobody would find it again."""
    with at_desktop(tmp_path, tray=False) as place:
        write_profile(place, origin)
        with panel(place.screen, tmp_path / "screen"):
            app = App(place)
            app.close()
            app.until(lambda seen: not seen.is_open, "the window is hidden")
            app.click_tray()
            app.until(lambda seen: seen.is_active, "the window is there again")
            app.quit()
        app = App(place)
        app.click("Turn on", kind="ActionButton")
        app.phase("on")
        app.close()
        app.ends()


def test_a_second_start_brings_the_window(tmp_path: Path, origin: Origin) -> None:
    with at_desktop(tmp_path) as place:
        write_profile(place, origin)
        app = App(place)
        app.until(lambda seen: seen.is_active, "the window is there")
        app.minimize()
        for hide in (None, app.click_tray):
            if hide is not None:
                hide()
                app.until(lambda seen: not seen.is_open, "the window is hidden")
            second = App(place, driven=False)
            second.ends()
            app.until(lambda seen: seen.is_active, "the window is there again")
        app.quit()


def test_a_program_its_connection_and_a_rule_from_it(tmp_path: Path, origin: Origin) -> None:
    """Typed into the dialog, seen in the list, refused by a rule that is made from it there."""
    with at_desktop(tmp_path) as place:
        write_profile(place, origin)
        app = App(place)
        got, line = (
            place.folder / "got",
            f"curl -sS -o {place.folder}/got http://{NAME}:{origin.port}/",
        )

        def run_it() -> None:
            app.keys("ctrl+r")
            app.type_into("Command line", line)
            app.click("Run", kind="QPushButton")

        run_it()
        app.until(lambda seen: seen.toast.startswith("Ended: curl"), "it has ended")
        assert '"method": "GET"' in got.read_text()
        seen = app.until(
            lambda seen: [f for f in seen.flows if f["state"] == "closed"], "it is told"
        )
        (flow,) = seen.flows
        assert (flow["host"], flow["action"]) == (NAME, "DIRECT")

        app.keys("ctrl+2")
        app.click_row(NAME)
        app.click_row(NAME, button=3)
        app.click("Make a rule from this", kind="entry")
        app.click(f"Exactly {NAME}", kind="entry")
        app.click("Nowhere: refuse it", kind="entry")
        app.until(
            lambda seen: seen.has(f"DOMAIN,{NAME},REJECT", kind="QLineEdit"), "it is proposed"
        )
        app.click("OK", kind="QPushButton")
        app.until(lambda seen: seen.row(NAME), "it is in the list of rules")
        until(
            lambda: f'"DOMAIN,{NAME},REJECT"' in place.profile.read_text(), "it is in the profile"
        )
        assert '"MATCH,DIRECT"' in place.profile.read_text()

        got.unlink()
        run_it()
        seen = app.until(lambda seen: "Ended with status" in seen.toast, "it has ended")
        # It is reset, as early as may be.
        assert re.match(r"Ended with status (7|56): curl", seen.toast), seen.toast
        assert not got.exists()
        app.until(lambda seen: _actions(seen) == {"DIRECT", "REJECT"}, "it is told")
        app.quit()


def _actions(seen: Seen) -> set[str]:
    return {flow["action"] for flow in seen.flows}
