"""Code that needs a network of its own, run in an unprivileged namespace by a second Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Where Debian has nft and ip, for users whose PATH lacks it.
SEARCH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
PATHS = os.pathsep.join(str(ROOT / package) for package in ("core", "polkit", "."))


def inside(code: str, *arguments: str, real_root: bool = False) -> str:
    """What `code` prints, as root of a new user and network namespace; `real_root`: as the root
    that we are, with a network and mounts of its own."""
    mine = ["--mount"] if real_root else ["--map-root-user", "--user"]
    ended = subprocess.run(
        ["unshare", *mine, "--net", sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": PATHS, "PATH": SEARCH},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
