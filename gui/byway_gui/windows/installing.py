"""How the helper is installed, for a person with a terminal."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from byway_gui.presenters.installer import install_command
from byway_gui.windows.section import CommandLines, Prose
from byway_gui.words import tr


def installing() -> list[QWidget]:
    command = install_command()
    if not command:
        return [Prose(tr("Its installer comes with Byway's source: packaging/helper/install.py."))]
    return [
        Prose(tr("This installs it, and says each file that it copies:")),
        CommandLines(command),
    ]
