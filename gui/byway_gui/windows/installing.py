"""How the helper is installed, for a person with a terminal."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

import byway_resources
from byway_core.api.own_program import image
from byway_gui.presenters.installer import install_command
from byway_gui.windows.section import CommandLines, Prose
from byway_gui.words import tr


def installing() -> list[QWidget]:
    command = install_command(byway_resources.helper_installer(), image())
    if not command:
        return [Prose(tr("It comes with the package byway-helper, from where this Byway came."))]
    return [
        Prose(tr("This installs it, and says each file that it copies:")),
        CommandLines(command),
    ]
