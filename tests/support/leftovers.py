"""All that a program may leave in its network namespace."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.kernel_rules import shown


def everything() -> tuple[str, list[str], list[str]]:
    """Rules and routes; sockets that listen, take datagrams or are raw; processes by command."""
    listed = subprocess.run(
        ["ss", "-Hltuwn", "-a", "state", "all", "exclude", "time-wait"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    waiting = ("LISTEN", "UNCONN")
    sockets = sorted(" ".join(each.split()[:2] + each.split()[4:5]) for each in listed)
    return shown(), [each for each in sockets if any(w in each for w in waiting)], _processes()


def _processes() -> list[str]:
    here, found = os.readlink("/proc/self/ns/net"), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "ns/net") == here:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it has gone, or is somebody else's
    return sorted(found)
