"""The file that says which fake address stands for which name, from one engine to the next.

    198.18.7.21 www.example.com        a line for each that was given out; of two that cannot both
    198.18.99.3 api.example.com        be true the later one is

A line is written before anybody is told the address, without fsync: what a process has written
outlives it, and after a power failure hardly any program is left that holds an address. What was
torn is dropped, and its address refused then. At each start, and at times, the file is written anew
with what counts. One engine at a time has it; a lock beside it says so, which the kernel takes away
with the process.

It tells where somebody has been, so nobody else may read it.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from byway_core.model.fake_addresses import FAKE_IPV4, fake_number, fake_pair
from byway_core.protocols.host_name import normal_name
from byway_core.rules.names import parse_address

# 65,536 of the longest names, each twice, are half of that: anything longer is not ours.
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_LINE = 300
_AT_ONCE = fcntl.LOCK_EX | fcntl.LOCK_NB


class FakeLog:
    """Open, and this process's alone. `known`: names and their numbers at the start, as `read_log`
    has them; `lines`: how many there are now."""

    def __init__(self, path: Path, slots: range) -> None:
        """`slots`: the numbers that this file is about. BlockingIOError where another process has
        it, OSError where it cannot be had."""
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = -1
        self._lock = _opened_lock(path)
        try:
            fcntl.flock(self._lock, _AT_ONCE)
            self.known = read_log(path, slots)
            self.rewrite(self.known)
        except OSError:
            self.close()
            raise

    def append(self, name: str, number: int) -> None:
        """OSError as the system has it. What is left of a line then spoils at most the next one."""
        line = _line(name, number)
        if os.write(self._file, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.lines += 1

    def rewrite(self, numbers: Mapping[str, int]) -> None:
        """Have these and no others. What was there stays until all of it is on the disk."""
        fresh = self._path.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(fresh, flags, 0o600)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.writelines(_line(name, number) for name, number in numbers.items())
            os.fsync(descriptor)
            os.replace(fresh, self._path)
        except OSError:
            os.close(descriptor)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file = descriptor
        self.lines = len(numbers)

    def close(self) -> None:
        """Somebody else may have it."""
        for descriptor in self._file, self._lock:
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1


def remove_log(path: Path) -> None:
    """Nobody is to know any more. OSError where there is none, or a process has it."""
    lock = _opened_lock(path)
    try:
        fcntl.flock(lock, _AT_ONCE)
        path.unlink()
    finally:
        os.close(lock)


def _opened_lock(path: Path) -> int:
    return os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def read_log(path: Path, slots: range) -> dict[str, int]:
    """Names and their numbers, the longest unused first; empty where there is no such file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return {}
    return parse_log(data, slots) if len(data) <= _MOST_BYTES else {}


def parse_log(data: bytes, slots: range) -> dict[str, int]:
    """What a file says, whatever has happened to it: lines that are none are passed over. No two
    names have the same number."""
    names: dict[int, str] = {}
    *lines, _torn = data.split(b"\n")
    for line in lines:
        number, name = _parsed(line, slots)
        if number is not None:
            names.pop(number, None)
            names[number] = name
    found: dict[str, int] = {}
    for number, name in names.items():
        found.pop(name, None)
        found[name] = number
    return found


def _parsed(line: bytes, slots: range) -> tuple[int | None, str]:
    text, _, raw = line.partition(b" ")
    name = normal_name(raw) if len(line) <= _LONGEST_LINE else ""
    if not name or name.encode() != raw:
        return None, ""
    address = parse_address(text.decode("ascii", "replace"))
    if address is None or address not in FAKE_IPV4:
        return None, ""
    number = fake_number(address)
    return (number if number in slots else None), name


def _line(name: str, number: int) -> bytes:
    return f"{fake_pair(number)[0]} {name}\n".encode()
