"""The programs that a rule may well be for: those that run now, and those of the menu."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from byway_gui.presenters.applications import Application, installed

# They start other programs: a rule for one of them would take what nobody thinks of.
_STARTERS = frozenset({"env", "flatpak", "gtk-launch", "pkexec", "snap", "sudo", "xdg-open"})
_DELETED = " (deleted)"  # what the kernel says of an executable that was replaced meanwhile


@dataclass(frozen=True, slots=True)
class ProgramName:
    """`name` as PROCESS-NAME takes it; `title` is what the menu calls it, or ""."""

    name: str
    title: str = ""


def program_names(
    applications: Iterable[Application] | None = None, processes: Path = Path("/proc")
) -> Iterator[ProgramName]:
    """Each name once, the menu's first. Takes some milliseconds for a hundred of them."""
    seen = set()
    for application in installed() if applications is None else applications:
        name = Path(application.program).name
        if name not in seen and name not in _STARTERS:
            seen.add(name)
            yield ProgramName(name, application.name)
    for name in _running(processes):
        if name not in seen:
            seen.add(name)
            yield ProgramName(name)


def _running(processes: Path) -> Iterator[str]:
    """The executables' names, of those processes whose this user may see."""
    for process in processes.iterdir():
        if process.name.isdigit():
            try:
                path = os.readlink(process / "exe")
            except OSError:
                continue  # another user's, the kernel's own, or gone
            yield Path(path.removesuffix(_DELETED)).name
