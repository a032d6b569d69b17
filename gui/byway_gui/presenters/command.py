"""A command line as a user types it."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass

from byway_gui.words import tr


@dataclass(frozen=True, slots=True)
class Command:
    """The words, and what is wrong: "" if nothing, and while there is nothing to judge."""

    argv: tuple[str, ...] = ()
    problem: str = ""

    @property
    def can_run(self) -> bool:
        return bool(self.argv) and not self.problem


def read_command(text: str) -> Command:
    """Split as a shell would, without its other powers, and look the program up."""
    try:
        argv = tuple(shlex.split(text))
    except ValueError:
        return Command(problem=tr("A quotation mark is missing."))
    if not argv:
        return Command()
    argv = (os.path.expanduser(argv[0]), *argv[1:])
    if shutil.which(argv[0]) is None:
        return Command(argv, tr("There is no program {name}.", name=argv[0]))
    return Command(argv)


def shown(argv: tuple[str, ...]) -> str:
    """The words as one would type them, and not too many for a line."""
    text = shlex.join(argv)
    return text if len(text) <= 60 else f"{text[:59]}…"
