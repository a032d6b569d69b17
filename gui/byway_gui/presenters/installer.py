"""How the privileged helper is installed from where this Byway is."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def install_command(installer: Path | None) -> str:
    """For a terminal, by an absolute path; "" where no installer is beside this program, as in a
    distribution's package, whose business it is then."""
    if installer is None:
        return ""
    # -I: nothing of the user's is imported by root (packaging/helper/install.py).
    return shlex.join(["sudo", sys.executable, "-I", str(installer)])
