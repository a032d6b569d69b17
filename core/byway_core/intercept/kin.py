"""Which processes belong to a user namespace, that is, run in it or in one nested within.

Nothing leaves its user namespace for an outer one, so this finds every process of a `byway run`:
daemons whose parents are gone, and sandboxed ones that have left the network namespace for an
empty one of their own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

_NS_GET_PARENT = 0xB702  # linux/nsfs.h, ioctl_ns(2)


def namespace_of(pid: int) -> int:
    """The inode that identifies a process's user namespace. Only as long as that exists: another
    may get the number afterwards, so who keeps it holds on to the namespace as well."""
    return os.stat(f"/proc/{pid}/ns/user").st_ino


def hold(pid: int) -> int:
    """A descriptor that keeps a process's user namespace in existence."""
    return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)


def members(namespace: int) -> list[int]:
    """Process ids of all that live in `namespace` or below, but for this process and zombies.

    Processes whose namespaces this one may not see are others' (ptrace(2), PTRACE_MODE_READ).
    """
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdecimal() or int(entry) == os.getpid():
            continue
        # It may end while we look.
        with contextlib.suppress(OSError):
            if _is_within(entry, namespace) and state(entry) not in "ZX":
                found.append(int(entry))
    return found


def send_all(namespace: int, signum: int) -> int:
    """Signal every member; how many there were."""
    pids = members(namespace)
    for pid in pids:
        send(pid, signum)
    return len(pids)


def send(pid: int, signum: int) -> None:
    """Signal a process that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signum)


def _is_within(pid: str, namespace: int) -> bool:
    descriptor = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    try:
        while os.fstat(descriptor).st_ino != namespace:
            try:
                parent = fcntl.ioctl(descriptor, _NS_GET_PARENT)
            except PermissionError:  # beyond our own namespace, or the first of all
                return False
            os.close(descriptor)
            descriptor = parent
        return True
    finally:
        os.close(descriptor)


def state(pid: int | str) -> str:
    """The letter of a process's state, proc(5). OSError where there is no such process."""
    # The name, in parentheses, may contain anything: the state follows the last one.
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1].decode()
