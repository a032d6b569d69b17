"""What a set of processes costs, read from /proc: processor time, memory, descriptors."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = 1.0 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second may contain anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone since it was listed
            pid = int(path.name)
            children.setdefault(int(_stat(pid)[1]), []).append(pid)
    return children


def kernel_threads() -> list[int]:
    """What works for everybody: softirqs that found no process to run in, for one. The children
    of kthreadd, which is process 2 (none are seen from within a container)."""
    return _children().get(2, [])


def family(root: int) -> list[int]:
    """A process and all its living descendants."""
    children = _children()
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of all threads and of children already waited for (proc(5), stat)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # kernel threads go, too
            # utime, stime, cutime, cstime: fields 14 to 17 of all.
            total += sum(int(value) for value in _stat(pid)[11:15])
    return total * _TICK


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `own` is what the processes take together if no other program maps the same files:
    their anonymous pages, shared ones once, and of each mapped file the resident part, once. PSS
    would count less of a binary that somebody else runs as well; `resident`, the sum of RSS,
    counts shared pages for each process again."""

    own: int
    resident: int


def memory(pids: Iterable[int]) -> Memory:
    own = resident = 0
    files: dict[str, int] = {}
    for pid in pids:
        for file, sizes in _mappings(Path(f"/proc/{pid}/smaps").read_text()):
            resident += sizes["Rss"]
            if file:
                files[file] = max(files.get(file, 0), sizes["Rss"] - sizes["Anonymous"])
            # Anonymous pages in a private mapping of a file count like all others. Forked
            # processes share them, and the kernel gives no proportional size of these alone.
            own += sizes["Pss"] if not file else min(sizes["Pss"], sizes["Anonymous"])
    return Memory(own + sum(files.values()), resident)


def _mappings(smaps: str) -> Iterator[tuple[str, dict[str, int]]]:
    """(which part of which file, or "" for none; sizes in bytes) of each mapping (proc(5))."""
    file, sizes = "", dict[str, int]()
    for line in smaps.splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            sizes[name] = int(value.split()[0]) * 1024
        elif name[:1].islower() or name[:1].isdigit():
            # "address permissions offset device inode path"; inode 0: no file behind it
            if sizes:
                yield file, sizes
            _range, _permissions, offset, device, inode = line.split()[:5]
            file, sizes = ("" if inode == "0" else f"{device} {inode} {offset}"), {}
    if sizes:
        yield file, sizes


def descriptors(pids: Iterable[int]) -> int:
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def machine_seconds() -> tuple[float, float]:
    """(busy, all) processor time of the machine since it started (proc(5), /proc/stat)."""
    fields = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) * _TICK, sum(fields) * _TICK
