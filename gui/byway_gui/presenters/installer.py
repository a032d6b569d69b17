"""How the privileged helper is installed from where this Byway is, and what goes on without it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from byway_gui.words import tr


def install_command(installer: Path | None, image: str) -> str:
    """For a terminal, by an absolute path; "" where no installer is beside this program, as in a
    distribution's package, whose business it is then. `image`: the AppImage that this is, or ""."""
    if image:
        return shlex.join([image, "--install-helper"])
    if installer is None:
        return ""
    # -I: nothing of the user's is imported by root (packaging/helper/install.py).
    return shlex.join(["sudo", sys.executable, "-I", str(installer)])


def works_meanwhile() -> str:
    """For who has a helper of another version."""
    return tr("Until then “Run a program…” and the local port work as always.")
