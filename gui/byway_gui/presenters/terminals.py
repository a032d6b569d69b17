"""Terminal emulators in which a program can be run so that it stays in its network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

# Of each: what makes it run a command itself, in its own process. Many hand it to a server of
# theirs that runs already, outside of the network that the rules govern: its connections would go
# past them, unseen. GNOME's (gnome-terminal, ptyxis, kgx) always do, so they are not here.
_EMULATORS = {
    "konsole": ("--separate", "-e"),
    "xfce4-terminal": ("--disable-server", "-x"),
    "mate-terminal": ("--disable-factory", "-x"),
    "kitty": (),
    "alacritty": ("-e",),
    "foot": (),
    "qterminal": ("-e",),
    "terminator": ("--no-dbus", "-x"),
    "urxvt": ("-e",),
    "st": ("-e",),
    "xterm": ("-e",),
}


def in_terminal(
    argv: tuple[str, ...], environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """What runs it in a terminal: the one that the user prefers, else one that is here; () where
    there is none."""
    path = environment.get("PATH")
    preferred = [environment.get("TERMINAL", ""), "x-terminal-emulator"]
    for name in (*preferred, *_EMULATORS):
        found = shutil.which(name, path=path) if name else None
        # Debian's alternative, and others, are links.
        flags = _EMULATORS.get(Path(found).resolve().name) if found is not None else None
        if found is not None and flags is not None:
            return (str(Path(found).resolve()), *flags, *argv)
    return ()
