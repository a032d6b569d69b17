"""The variables for the local port, copied for a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from byway_core.api.profiles import ReadProfile, reveal_passwords
from byway_core.api.proxy_variables import set_commands
from byway_core.model.errors import SecretError
from byway_gui.aside import aside
from byway_gui.words import full, tr, translated


def copy_variables(
    loop: asyncio.AbstractEventLoop, port: int, profile: ReadProfile, say: Callable[[str], None]
) -> None:
    """To the clipboard, later: the port's account may be in a keyring, which may ask its user.
    `say(sentence)` when that is done, or why it cannot be."""

    def copy(answer: str | SecretError) -> None:
        if isinstance(answer, SecretError):
            say(full(translated(str(answer))))
            return
        QApplication.clipboard().setText(answer)
        say(tr("Copied. Paste into a terminal: programs started there use the local port."))

    def make() -> str | SecretError:
        try:
            return set_commands(port, profile.value, reveal_passwords(profile))
        except SecretError as error:
            return error

    aside(loop, make, copy, "byway-passwords")
