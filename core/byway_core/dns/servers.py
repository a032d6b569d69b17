"""Which servers to ask: the profile's, or the system's, as resolv.conf says at this moment.

It must not know what is asked, nor how the servers fare.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from byway_core.model.profile import Nameserver, Transport
from byway_core.protocols.host_name import normal_name

SYSTEM_FILE = Path("/etc/resolv.conf")
# systemd-resolved.service(8): whom it asks itself, and where it listens.
RESOLVED_FILE = Path("/run/systemd/resolve/resolv.conf")
_STUBS = ("127.0.0.53", "127.0.0.54")

# glibc reads three nameservers (MAXNS); a fourth would make Byway answer where the system does not.
_SYSTEM_SERVERS = 3
# resolv.conf(5): what glibc silently caps these at.
_LONGEST_TIMEOUT = 30
_MOST_ATTEMPTS = 5
# glibc waits 5 s for a server. The program's own resolver does so too, for *us*: to ask a second
# server and answer within that time, we must be quicker to turn away from the first.
TIMEOUT = 2.0
ATTEMPTS = 2
# The first question to a server over TLS, by an upstream, waits for up to five round trips; with a
# second try it is still within `exchange.LONGEST`.
STREAM_TIMEOUT = 4.0


class Server(NamedTuple):
    """`address` is as connect() wants it; `text` is for people."""

    family: socket.AddressFamily
    address: tuple[str, int] | tuple[str, int, int, int]
    text: str


class StreamServer(NamedTuple):
    """One that is asked over a connection for many questions: TCP, TLS, HTTPS."""

    nameserver: Nameserver
    text: str


AnyServer = Server | StreamServer

# resolv.conf(5): who is asked where nobody is named.
_OWN = Server(socket.AF_INET, ("127.0.0.1", 53), "127.0.0.1")


@dataclass(frozen=True, slots=True)
class ServerList:
    """`timeout` in seconds for one try; `attempts` is how often each server is tried; with
    `rotate` each question starts with another server; `search` are the domains in which short
    names are completed, normalised."""

    servers: tuple[AnyServer, ...]
    timeout: float = TIMEOUT
    attempts: int = ATTEMPTS
    rotate: bool = False
    search: tuple[str, ...] = ()


class ServerSource(Protocol):
    def current(self) -> ServerList:
        """The servers as of now. Cheap: asked for every question. Never an error: the list may be
        empty."""


class FixedServers:
    """The profile's servers."""

    def __init__(self, servers: Iterable[Nameserver], *, timeout: float = TIMEOUT) -> None:
        found = tuple(server for server in map(_server_of, servers) if server)
        if any(isinstance(server, StreamServer) for server in found):
            timeout = max(timeout, STREAM_TIMEOUT)
        self._list = ServerList(found, timeout)

    def current(self) -> ServerList:
        return self._list


def _server_of(nameserver: Nameserver) -> AnyServer | None:
    if nameserver.transport is Transport.PLAIN:
        return server_at(str(nameserver.address), nameserver.port)
    return StreamServer(nameserver, str(nameserver))


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


class AsAsked:
    """Each question goes to the server that its program sent it to: where the whole machine's are
    intercepted, those of a resolver on this machine are among them, and asking it in its turn
    would be a circle. The list is for questions that come from nowhere, and has the servers of
    systemd-resolved in the place of its stub."""

    def __init__(self, path: Path = SYSTEM_FILE, resolved: Path = RESOLVED_FILE) -> None:
        self._system, self._resolved = SystemServers(path), SystemServers(resolved)
        self._list = ServerList(())
        self._of: tuple[ServerList, ServerList] | None = None
        self._endpoints: frozenset[tuple[str, int]] = frozenset()

    def knows(self, endpoint: tuple[str, int]) -> bool:
        """Whether it is one of the system's, as of the last `current`."""
        return endpoint in self._endpoints

    def current(self) -> ServerList:
        of = self._system.current(), self._resolved.current()
        if of != self._of:
            self._of, self._list = of, _without_stub(*of)
            self._endpoints = frozenset(
                (str(server.address[0]), server.address[1])
                for server in self._list.servers
                if isinstance(server, Server)
            )
        return self._list


def _without_stub(system: ServerList, resolved: ServerList) -> ServerList:
    servers: list[AnyServer] = []
    for server in system.servers:
        is_stub = isinstance(server, Server) and server.address[0] in _STUBS
        # No file, or none that names a server, is read as this machine's own.
        has_others = resolved.servers != (_OWN,)
        servers += resolved.servers if is_stub and has_others else (server,)
    return replace(system, servers=tuple(dict.fromkeys(servers)))


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
    search: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0][0] in "#;":
            continue
        if words[0] == "nameserver" and len(words) > 1 and len(servers) < _SYSTEM_SERVERS:
            server = server_at(words[1])
            if server:
                servers.append(server)
        elif words[0] in ("search", "domain"):
            search = words[1:]  # the last line counts
        elif words[0] == "options":
            for word in words[1:]:
                name, _, value = word.partition(":")
                options[name] = value
    if not servers:
        servers = [_OWN]
    return ServerList(
        tuple(dict.fromkeys(servers)),
        timeout=_bounded(options.get("timeout"), TIMEOUT, _LONGEST_TIMEOUT),
        attempts=int(_bounded(options.get("attempts"), ATTEMPTS, _MOST_ATTEMPTS)),
        rotate="rotate" in options,
        search=tuple(filter(None, (normal_name(word.encode()) for word in search))),
    )


def _bounded(value: str | None, default: float, most: int) -> float:
    if value is None or not value.isdecimal():
        return default
    return float(min(max(int(value[:4]), 1), most))
