"""From a Flatpak, the helper's installer as a file that its user can run outside of the sandbox.

The package has it (packaging/flatpak/installer.py), below the sandbox's own /app. The data folder
has the same path on both sides.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

_NAME = "install-helper.sh"


def install_by_hand(
    *words: str, prefix: str = sys.prefix, environment: Mapping[str, str] = os.environ
) -> str:
    """The command for a terminal outside, after its file has been put there; `words` are the
    script's. OSError where that cannot be."""
    packed = Path(prefix, "share/byway", _NAME).read_bytes()
    given = environment.get("XDG_DATA_HOME", "")
    home = Path(given) if given.startswith("/") else Path.home() / ".local/share"
    script = home / "byway" / _NAME
    if not script.exists() or script.read_bytes() != packed:
        script.parent.mkdir(parents=True, exist_ok=True)
        fresh = script.with_name(f".{_NAME}.new")
        fresh.write_bytes(packed)
        fresh.chmod(0o755)
        fresh.replace(script)
    return shlex.join(("sudo", "sh", str(script), *words))
