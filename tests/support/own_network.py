"""Code that needs a network of its own, run in an unprivileged namespace by a second Python."""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Where Debian has nft and ip, for users whose PATH lacks it.
SEARCH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
PATHS = os.pathsep.join(
    str(ROOT / package) for package in ("core", "polkit", "packaging/bundle", ".")
)


# A machine without libnftables, and with a lock of its own for iptables.
WITHOUT = 'mount --bind /dev/null "$0" && mount -t tmpfs tmpfs /run && exec "$@"'


def inside(
    code: str,
    *arguments: str,
    real_root: bool = False,
    without_nftables: bool = False,
    own_mounts: bool = False,
    patience: float = 60.0,
) -> str:
    """What `code` prints, as root of a new user and network namespace, with `own_mounts` of a mount
    namespace, too; `real_root`: as the root that we are, with a network and mounts of its own.
    `patience` in seconds."""
    # One after the other: the network's files in /proc belong to who is root when it is made.
    mine = [] if real_root else ["unshare", "--map-root-user", "--user"]
    mounts = ["--mount"] if real_root or without_nftables or own_mounts else []
    hidden = ["sh", "-c", WITHOUT, _libnftables()] if without_nftables else []
    ended = subprocess.run(
        [*mine, "unshare", "--net", *mounts, *hidden, sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": PATHS, "PATH": SEARCH},
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def linked_with_nftables() -> list[str]:
    """What to put before a program that needs the library, though this machine is to have none."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    hidden = [each for each in mounts if "libnftables" in each]
    return ["unshare", "--mount", "sh", "-c", 'umount "$0" && exec "$@"', *hidden] if hidden else []


@functools.cache
def _libnftables() -> str:
    """Where the library is, links followed."""
    ctypes.CDLL("libnftables.so.1")
    loaded = Path("/proc/self/maps").read_text().split()
    return next(word for word in loaded if "libnftables" in word)
