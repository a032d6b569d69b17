"""A gate without interception: programs say themselves where their datagrams go."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from byway_core.intercept.datagrams import Endpoint, Source


def packed(destination: Endpoint) -> bytes:
    return destination[1].to_bytes(2, "big") + ip_address(destination[0]).packed


class FakeGate:
    """Plays the kernel's part for IPv4. Each datagram to and from a `Program` begins with the
    destination's port and address; what is repeated for a refusal is kept in `refused`."""

    family = socket.AF_INET

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.sock.bind(("127.0.0.1", 0))
        self.programs: set[Endpoint] = set()
        self.refused: list[tuple[Endpoint, Endpoint]] = []

    def fileno(self) -> int:
        return self.sock.fileno()

    def receive(self) -> tuple[bytes, Source, bytes]:
        said, source = self.sock.recvfrom(65536)
        self.programs.add(source)
        return said[6:], source, said[:6]

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
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.sock.bind(("127.0.0.1", 0))
        self._gate = gate.sock.getsockname()

    @property
    def name(self) -> Endpoint:
        return self.sock.getsockname()

    def send(self, payload: bytes, to: Endpoint) -> None:
        self.sock.sendto(packed(to) + payload, self._gate)

    def got(self) -> tuple[bytes, Endpoint] | None:
        """The next answer and whom it came from, or None."""
        try:
            said = self.sock.recv(65536)
        except BlockingIOError:
            return None
        return said[6:], (str(ip_address(said[2:6])), int.from_bytes(said[:2], "big"))
