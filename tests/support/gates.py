"""A gate without interception: programs say themselves where their datagrams go."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from byway_core.intercept.datagrams import Endpoint, Source

_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
_SIZE = {socket.AF_INET: 6, socket.AF_INET6: 18}


def packed(destination: Endpoint) -> bytes:
    return destination[1].to_bytes(2, "big") + ip_address(destination[0]).packed


def _bound(family: socket.AddressFamily) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    sock.bind((_LOOPBACK[family], 0))
    return sock


class FakeGate:
    """Plays the kernel's part for one family. Each datagram to and from a `Program` begins with the
    destination's port and address; what is repeated for a refusal is kept in `refused`."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.family = family
        self.sock = _bound(family)
        self.programs: set[Endpoint] = set()
        self.refused: list[tuple[Endpoint, Endpoint]] = []

    def fileno(self) -> int:
        return self.sock.fileno()

    def receive(self) -> tuple[bytes, Source, bytes]:
        said, source = self.sock.recvfrom(65536)
        self.programs.add(source[:2])
        size = _SIZE[self.family]
        return said[size:], source, said[:size]

    def way(self, *, source: Endpoint, to: Endpoint) -> Callable[[bytes | memoryview], None]:
        def send(payload: bytes | memoryview) -> None:
            if to in self.programs:
                self.sock.sendto(packed(source) + bytes(payload), to)
            else:
                self.refused.append((source, to))
                raise PermissionError(1, "as the kernel says of what it rejects")

        return send

    def close(self) -> None:
        self.sock.close()


class Program:
    """One UDP socket of a program's."""

    def __init__(self, gate: FakeGate) -> None:
        self.sock = _bound(gate.family)
        self._size = _SIZE[gate.family]
        self._gate = gate.sock.getsockname()

    @property
    def name(self) -> Endpoint:
        return self.sock.getsockname()[:2]

    def send(self, payload: bytes, to: Endpoint) -> None:
        self.sock.sendto(packed(to) + payload, self._gate)

    def got(self) -> tuple[bytes, Endpoint] | None:
        """The next answer and whom it came from, or None."""
        try:
            said = self.sock.recv(65536)
        except BlockingIOError:
            return None
        where = said[: self._size]
        return said[self._size :], (str(ip_address(where[2:])), int.from_bytes(where[:2], "big"))
