"""How Byway starts itself again: from a checkout or a wheel by the interpreter, in a bundle by the
one program that is everything (packaging/bundle).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# A bundle's program is the module that follows, of those that it knows (packaging/bundle).
MODULE = "--module"
# Beside the bundle's program, and in a wheel's folder of commands.
DESKTOP = "byway-desktop"


def is_bundled() -> bool:
    """Whether this is PyInstaller's work, whose program takes none of an interpreter's options."""
    return getattr(sys, "frozen", False)


def command_line(*words: str) -> list[str]:
    """What runs `byway WORDS` as this Byway. In an AppImage too by the program in its mount, which
    is there as long as any process of it (packaging/appimage): the file may be another by now."""
    if is_bundled():
        return [sys.executable, *words]
    return [sys.executable, "-m", "byway_core", *words]


def module(name: str) -> list[str]:
    """What runs a module of this Byway that is a program of its own; its words come behind."""
    return [sys.executable, MODULE if is_bundled() else "-m", name]


def desktop(*words: str) -> list[str]:
    """What opens the desktop app of this Byway."""
    if is_bundled():
        return [str(Path(sys.executable).with_name(DESKTOP)), *words]
    return [sys.executable, "-m", "byway_gui", *words]


def image(environment: Mapping[str, str] = os.environ) -> str:
    """The AppImage that this program is in, by its absolute path, or "": the variables may be those
    of another program's, of a terminal for instance."""
    mount, file = environment.get("APPDIR", ""), environment.get("APPIMAGE", "")
    ours = is_bundled() and mount and Path(sys.executable).is_relative_to(mount)
    return file if ours and file.startswith("/") else ""
