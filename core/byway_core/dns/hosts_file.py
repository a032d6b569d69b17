"""/etc/hosts: names that whoever keeps this machine has given addresses to.

libc reads it by itself, so most of its names are never asked of any server; but what speaks DNS by
itself (a browser, Go, a container) asks, and the system's resolver would answer from it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from byway_core.dns.hosts import Addresses
from byway_core.protocols.host_name import normal_name
from byway_core.rules.names import parse_address

FILE = Path("/etc/hosts")

# Block lists of 200,000 lines are in use: 6 MB, half a second to read, 40 MB to keep. What comes
# behind that is left to the system's servers.
_MAX_BYTES = 8 * 1024 * 1024


class HostsFile:
    """Read again whenever it has changed."""

    def __init__(self, path: Path = FILE) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self.names: Mapping[str, Addresses] = {}

    def look(self) -> bool:
        """Whether it has changed since the last look; then `names` has what it says now."""
        try:
            status = os.stat(self._path)
        except OSError:
            seen, text = None, ""
        else:
            seen = status.st_mtime_ns, status.st_ino, status.st_size
        if seen == self._seen:
            return False
        self._seen = seen
        if seen is not None:
            try:
                with self._path.open("rb") as file:
                    text = file.read(_MAX_BYTES).decode("utf-8", "replace")
            except OSError:
                text = ""
        self.names = parse_hosts(text)
        return True


def parse_hosts(text: str) -> dict[str, Addresses]:
    """hosts(5), read as leniently as glibc does: what is not understood is passed over."""
    found: dict[str, Addresses] = {}
    # A block list has one address for all of its names: one tuple for them all.
    alone: dict[str, Addresses] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        addresses = alone.get(words[0])
        if addresses is None:
            address = parse_address(words[0])
            addresses = alone[words[0]] = () if address is None else (address,)
        for word in words[1:] if addresses else ():
            name = normal_name(word.encode())
            before = found.get(name, ()) if name else addresses
            if addresses[0] not in before:
                found[name] = before + addresses if before else addresses
    return found
