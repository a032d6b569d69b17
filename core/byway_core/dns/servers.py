"""Which servers to ask: the profile's, or the system's, as resolv.conf says at this moment.

It must not know what is asked, nor how the servers fare.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from byway_core.model.profile import Nameserver

SYSTEM_FILE = Path("/etc/resolv.conf")

# glibc reads three nameservers (MAXNS); a fourth would make Byway answer where the system does not.
_SYSTEM_SERVERS = 3
# resolv.conf(5): what glibc silently caps these at.
_LONGEST_TIMEOUT = 30
_MOST_ATTEMPTS = 5
# glibc waits 5 s for a server. The program's own resolver does so too, for *us*: to ask a second
# server and answer within that time, we must be quicker to turn away from the first.
TIMEOUT = 2.0
ATTEMPTS = 2


class Server(NamedTuple):
    """`address` is as connect() wants it; `text` is for people."""

    family: socket.AddressFamily
    address: tuple[str, int] | tuple[str, int, int, int]
    text: str


@dataclass(frozen=True, slots=True)
class ServerList:
    """`timeout` in seconds for one try; `attempts` is how often each server is tried; with
    `rotate` each question starts with another server."""

    servers: tuple[Server, ...]
    timeout: float = TIMEOUT
    attempts: int = ATTEMPTS
    rotate: bool = False


class ServerSource(Protocol):
    def current(self) -> ServerList:
        """The servers as of now. Cheap: asked for every question. Never an error: the list may be
        empty."""


class FixedServers:
    """The profile's `dns.servers`."""

    def __init__(self, servers: Iterable[Nameserver], *, timeout: float = TIMEOUT) -> None:
        found = (server_at(str(server.address), server.port) for server in servers)
        self._list = ServerList(tuple(server for server in found if server), timeout)

    def current(self) -> ServerList:
        return self._list


class SystemServers:
    """resolv.conf, read again whenever it has changed: networks come and go."""

    def __init__(self, path: Path = SYSTEM_FILE) -> None:
        self._path = str(path)
        self._seen: tuple[int, int, int] | None = None
        self._list = parse_resolv_conf("")

    def current(self) -> ServerList:
        try:
            status = os.stat(self._path)  # 1.5 us; follows the usual symlink
        except OSError:
            # Between two networks it may be gone for a moment: as glibc, without a file.
            self._seen, self._list = None, parse_resolv_conf("")
            return self._list
        seen = (status.st_mtime_ns, status.st_ino, status.st_size)
        if seen != self._seen:
            try:
                text = Path(self._path).read_text("utf-8", "replace")
            except OSError:
                return self._list
            self._seen, self._list = seen, parse_resolv_conf(text)
        return self._list


class AsAsked(SystemServers):
    """Each question goes to the server that its program sent it to: where the whole machine's are
    intercepted, those of a resolver on this machine are among them, and asking it in its turn
    would be a circle. The list is for questions that come from nowhere."""


def server_at(address: str, port: int = 53) -> Server | None:
    """None for what is no address, or has a scope that names no interface of this machine."""
    bare, percent, scope = address.partition("%")
    try:
        socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        pass
    else:
        return Server(socket.AF_INET, (address, port), _shown(address, port))
    try:
        socket.inet_pton(socket.AF_INET6, bare)
        index = _scope_id(scope) if percent else 0
    except (OSError, ValueError):
        return None
    return Server(socket.AF_INET6, (bare, port, 0, index), _shown(address, port))


def _scope_id(scope: str) -> int:
    """ValueError or OSError where there is no such interface."""
    return int(scope) if scope.isdecimal() else socket.if_nametoindex(scope)


def _shown(address: str, port: int) -> str:
    if port == 53:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def parse_resolv_conf(text: str) -> ServerList:
    """resolv.conf(5), read as leniently as glibc does: what is not understood is passed over.

    Without a nameserver it is the one on this machine."""
    servers: list[Server] = []
    options: dict[str, str] = {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0][0] in "#;":
            continue
        if words[0] == "nameserver" and len(words) > 1 and len(servers) < _SYSTEM_SERVERS:
            server = server_at(words[1])
            if server:
                servers.append(server)
        elif words[0] == "options":
            for word in words[1:]:
                name, _, value = word.partition(":")
                options[name] = value
    if not servers:
        servers = [Server(socket.AF_INET, ("127.0.0.1", 53), "127.0.0.1")]
    return ServerList(
        tuple(dict.fromkeys(servers)),
        timeout=_bounded(options.get("timeout"), TIMEOUT, _LONGEST_TIMEOUT),
        attempts=int(_bounded(options.get("attempts"), ATTEMPTS, _MOST_ATTEMPTS)),
        rotate="rotate" in options,
    )


def _bounded(value: str | None, default: float, most: int) -> float:
    if value is None or not value.isdecimal():
        return default
    return float(min(max(int(value[:4]), 1), most))
