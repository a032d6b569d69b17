"""Which process has a socket, and what it is: /proc (proc(5)).

Only where one may look (ptrace(2), PTRACE_MODE_READ): this user's own processes, unless they have a
capability that this one has not, or have made themselves unreadable (PR_SET_DUMPABLE, as key agents
do).

What a process is called is read each time and never remembered: exec(2) changes it under the same
number and start time, and reading it takes a tenth of finding the process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Looked at before all others. Who has connected lately does so again: a browser's network process,
# and few beside it. More of them would delay what has just been started, which comes next.
RECENT = 8

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DELETED = " (deleted)"


class Program(NamedTuple):
    """What a process executes: `path` as /proc/PID/exe has it, "" where it is not to be seen, and
    `name` as /proc/PID/comm."""

    path: str
    name: str


class ProcessFinder:
    """Remembers who was found, to look there first."""

    def __init__(self) -> None:
        self._recent: list[int] = []  # process ids, the last one found first

    def find(self, inodes: Iterable[int]) -> Iterator[tuple[int, Program]]:
        """Each of these sockets with the program that has it, as soon as it is found. Of several
        processes that share one, any. All of /proc is walked through where one is nobody's."""
        wanted = {b"socket:[%d]" % inode: inode for inode in inodes}
        for pid in self._pids(bool(wanted)):
            yield from self._within(pid, wanted)
            if not wanted:
                return

    def _pids(self, any_wanted: bool) -> Iterator[int]:
        if not any_wanted:
            return
        recent = tuple(self._recent)
        yield from recent
        # This process's sockets are connections already taken in; there may be thousands.
        aside = {*recent, os.getpid()}
        others = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
        # The newest first: what was started just now is asked for the first time.
        yield from sorted((pid for pid in others if pid not in aside), reverse=True)

    def _within(self, pid: int, wanted: dict[bytes, int]) -> Iterator[tuple[int, Program]]:
        """Takes out of `wanted` what it gives. The folder, once opened, is that process's and
        never a successor's under its number."""
        try:
            folder = os.open(f"/proc/{pid}/fd", _DIRECTORY)
        except OSError:  # another user's, or it has ended
            if pid in self._recent:
                self._recent.remove(pid)
            return
        try:
            found = list(_sockets(folder, wanted))
            if found:
                program = _program(folder)
                self._remember(pid)
                for inode in found:
                    yield inode, program
        finally:
            os.close(folder)

    def _remember(self, pid: int) -> None:
        if pid in self._recent:
            self._recent.remove(pid)
        self._recent.insert(0, pid)
        del self._recent[RECENT:]


def _sockets(folder: int, wanted: dict[bytes, int]) -> Iterator[int]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            inode = wanted.pop(os.readlink(name.encode(), dir_fd=folder), None)
        except OSError:  # closed meanwhile, or the process has ended
            continue
        if inode is not None:
            yield inode
            if not wanted:
                return


def _program(folder: int) -> Program:
    """Of the process whose descriptors these are."""
    try:
        # A program that was replaced while it runs, as by an update, is still that program.
        path = os.readlink(b"../exe", dir_fd=folder).decode(errors="replace")
        path = path.removesuffix(_DELETED)
    except OSError:
        path = ""
    try:
        descriptor = os.open("../comm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            name = os.read(descriptor, 64).decode(errors="replace").rstrip("\n")
        finally:
            os.close(descriptor)
    except OSError:
        name = ""
    return Program(path, name)
