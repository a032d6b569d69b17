"""How the privileged helper is installed from where this Byway is."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]


def install_command(checkout: Path = _CHECKOUT) -> str:
    """For a terminal, by an absolute path; "" where the installer is not beside this program, as in
    a distribution's package, whose business it is then."""
    script = checkout / "packaging" / "helper" / "install.py"
    if not script.is_file():
        return ""
    # -I: nothing of the user's is imported by root (packaging/helper/install.py).
    return shlex.join(["sudo", sys.executable, "-I", str(script)])
