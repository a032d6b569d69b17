"""What every load shares: where a connection goes, how it asks, and how a load tells of itself."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass

# A connection that takes longer than this in a network without delay or loss is stuck.
STUCK = 5.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a connection is to go, and the SOCKS5 port it takes; None: straight to the target."""

    target: Address
    via: Address | None

    @property
    def first_hop(self) -> Address:
        return self.via or self.target

    def handshake(self) -> list[tuple[bytes, bytes]]:
        """(what to send, what must come back) pairs that go before the request."""
        if self.via is None:
            return []
        host, port = self.target
        request = b"\x05\x01\x00\x01" + socket.inet_aton(host) + struct.pack("!H", port)
        return [(b"\x05\x01\x00", b"\x05\x00"), (request, b"\x05\x00\x00\x01" + bytes(6))]


def ask(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: origin.bench.test\r\n\r\n".encode()


def say(mark: str, **values: object) -> None:
    print(json.dumps({"mark": mark, **values}), flush=True)


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def connect(route: Route, request: bytes, answer: bytes) -> socket.socket:
    """A blocking connection that has had its answer to its first request."""
    sock = socket.create_connection(route.first_hop, STUCK)
    try:
        for send, expect in [*route.handshake(), (request, answer)]:
            exchange(sock, send, expect)
    except BaseException:
        sock.close()
        raise
    return sock


def exchange(sock: socket.socket, send: bytes, expect: bytes) -> None:
    sock.sendall(send)
    got = sock.recv(len(expect), socket.MSG_WAITALL)
    if got != expect:
        raise ConnectionError(f"expected {expect[:20]!r}, got {got[:20]!r}")
