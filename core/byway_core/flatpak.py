"""Whether this process is in a Flatpak's sandbox, and what follows for who is who.

Each start of a Flatpak is a sandbox with process ids of its own, from 1, while sockets of all of
them lie in one folder (flatpak-run(1); XDG_RUNTIME_DIR, since 1.11.2). So an engine's number there
has its sandbox's in it, and a process id is of use within one sandbox only.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

# flatpak-metadata(5): in every sandbox, and made by Flatpak alone.
_INFO = Path("/.flatpak-info")
# Bits of a process id: /proc/sys/kernel/pid_max is 4194304 at most.
_PID_BITS = 22


@functools.cache
def instance(info: Path = _INFO) -> int:
    """The sandbox's number, 0 outside of all."""
    try:
        text = info.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return 0
    except OSError:
        text = ""
    found = re.search(r"^instance-id=(\d+)$", text, re.M)
    return int(found[1]) if found else 1  # one that says no number is one nonetheless


def is_here() -> bool:
    return instance() != 0


def number_of(pid: int, sandbox: int | None = None) -> int:
    """What a process of this sandbox is called by those of all: outside, its process id."""
    return (instance() if sandbox is None else sandbox) << _PID_BITS | pid


def own_number() -> int:
    return number_of(os.getpid())


def pid_of(number: int, sandbox: int | None = None) -> int | None:
    """The process id of who is called so; None for who is in another sandbox, where it has none
    that could be used here."""
    mine = instance() if sandbox is None else sandbox
    return number & (1 << _PID_BITS) - 1 if number >> _PID_BITS == mine else None
