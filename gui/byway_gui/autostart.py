"""Starting at log-in: a file of the Desktop Application Autostart Specification 0.5.

https://specifications.freedesktop.org/autostart-spec/latest/, or the portal of a Flatpak.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import byway_resources
from byway_core.api.own_program import DESKTOP, desktop, image
from byway_core.flatpak import is_here
from byway_gui.background_portal import request_autostart
from byway_gui.presenters.desktop_entry import read_entry, started_by
from byway_gui.settings import write_whole

NAME = f"{byway_resources.APPLICATION}.desktop"


def command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """What starts this app again, as it was started."""
    if file := image(environment):  # what runs is in a mount that will be gone
        return [file, "--minimized"]
    script = Path(sys.executable).with_name(DESKTOP)
    if script.is_file():
        return [str(script), "--minimized"]
    return desktop("--minimized")


class Autostart:
    """In a Flatpak the file is its sandbox's own, and says what the desktop has been asked for."""

    def __init__(
        self, environment: Mapping[str, str] = os.environ, *, sandboxed: bool = is_here()
    ) -> None:
        self._sandboxed = sandboxed
        given = environment.get("XDG_CONFIG_HOME", "")
        home = Path(given) if given.startswith("/") else Path.home() / ".config"
        self.path = home / "autostart" / NAME
        folders = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        self._others = [
            Path(folder) / "autostart" / NAME
            for folder in folders.split(":")
            if folder.startswith("/")
        ]

    def is_on(self) -> bool:
        """Of files of that name the user's own counts, then the system's."""
        for file in (self.path, *self._others):
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            return _starts(text)
        return False

    def turn_on(self, argv: Sequence[str]) -> None:
        """OSError where the file cannot be written, or the desktop refuses."""
        if self._sandboxed:
            request_autostart(True, argv)
        self._write(started_by(byway_resources.desktop_entry(), argv))

    def turn_off(self) -> None:
        """OSError where that cannot be done."""
        if self._sandboxed:
            request_autostart(False, [])
        if any(os.path.lexists(file) for file in self._others):
            # A system's file is overridden, not removed.
            self._write("[Desktop Entry]\nType=Application\nName=Byway\nHidden=true\n")
        else:
            with suppress(FileNotFoundError):
                self.path.unlink()

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.path, text)


def _starts(text: str) -> bool:
    try:
        entry = read_entry(text)
    except ValueError:
        return False
    # GNOME's settings write their own key and leave the standard one.
    hidden = entry.get("Hidden", "false") == "true"
    return not hidden and entry.get("X-GNOME-Autostart-enabled", "true") != "false"
