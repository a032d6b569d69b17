"""How the privileged helper is installed from where this Byway is, and what goes on without it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from byway_core.flatpak import is_here
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


def why_no_programs() -> str:
    """Of a Flatpak, for who wants to run a single program under the rules."""
    return tr(
        "This Byway is a Flatpak. Its sandbox may make no networks of its own, and a program under "
        "your rules needs one: single programs cannot be run from here. Turn Byway on for every "
        "program instead, for which it needs its helper. The Debian package and the AppImage of "
        "Byway can run single programs too."
    )


def works_meanwhile(*, sandboxed: bool = is_here()) -> str:
    """For who has a helper of another version."""
    if sandboxed:
        return tr("Until then the local port works as always.")
    return tr("Until then “Run a program…” and the local port work as always.")
