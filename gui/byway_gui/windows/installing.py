"""How the helper is installed, for a person with a terminal."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

import byway_resources
from byway_core.api.helper_script import install_by_hand
from byway_core.api.own_program import image
from byway_core.flatpak import is_here
from byway_gui.presenters.installer import install_command
from byway_gui.windows.section import CommandLines, Prose
from byway_gui.words import tr


def installing() -> list[QWidget]:
    if is_here():
        return _outside()
    command = install_command(byway_resources.helper_installer(), image())
    if not command:
        return [Prose(tr("It comes with the package byway-helper, from where this Byway came."))]
    return [
        Prose(tr("This installs it, and says each file that it copies:")),
        CommandLines(command),
    ]


def _outside() -> list[QWidget]:
    """From a Flatpak."""
    try:
        command = install_by_hand()
    except OSError as error:
        why = tr(
            "Its installer could not be written. {file}: {why}",
            file=error.filename,
            why=error.strerror,
        )
        return [Prose(why, "bad")]
    about = tr(
        "A Flatpak may not install it. This does, in a terminal, and says each file that it copies:"
    )
    package = tr("So does the package byway-helper, where there is one for your system.")
    return [Prose(about), CommandLines(command), Prose(package, "muted")]
