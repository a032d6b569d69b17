"""User and group id maps of user namespaces, user_namespaces(7).

Two kinds: the whole map gives every id of the parent namespace to the child under its own number,
and needs root's powers in the parent; the single one maps the caller's own id only and needs none,
at the price that supplementary groups, though still held, have no number inside.
"""

from __future__ import annotations

import os
from pathlib import Path


def identity(uid_map: str) -> str:
    """The whole map for a child of a namespace whose own uid_map or gid_map reads so.

    Each line there is "inside outside count"; the insides are what exists to be passed on, in a
    container perhaps not much.
    """
    extents = [line.split() for line in uid_map.splitlines()]
    return "".join(f"{inside} {inside} {count}\n" for inside, _, count in extents)


def write_whole(pid: int) -> bool:
    """Give process `pid`'s new user namespace all ids of ours. False where this process may not
    (it is not root here, or a root without CAP_SETUID and CAP_SETGID), and nothing was written.
    """
    try:
        _write(pid, "uid_map", identity(Path("/proc/self/uid_map").read_text()))
    except PermissionError:
        return False
    _write(pid, "gid_map", identity(Path("/proc/self/gid_map").read_text()))
    return True


def write_single(pid: int, *, inside: tuple[int, int], outside: tuple[int, int]) -> None:
    """Map one user id and one group id; both pairs are (uid, gid), `outside` as seen here and
    the caller's own. OSError where the kernel refuses."""
    _write(pid, "setgroups", "deny")
    _write(pid, "uid_map", f"{inside[0]} {outside[0]} 1\n")
    _write(pid, "gid_map", f"{inside[1]} {outside[1]} 1\n")


def _write(pid: int, name: str, text: str) -> None:
    # The kernel takes a map in one write(2) only.
    descriptor = os.open(f"/proc/{pid}/{name}", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
