"""What every load shares: where a connection goes, how it asks, and how a load tells of itself."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass
from typing import NamedTuple

# A connection that takes longer than this in a network without delay or loss is stuck.
STUCK = 5.0

Address = tuple[str, int]


class Step(NamedTuple):
    """One exchange: what to send, how the answer must begin, and how long it must be."""

    send: bytes
    begins: bytes
    length: int

    def fulfilled(self, answer: bytes) -> bool:
        return len(answer) == self.length and answer.startswith(self.begins)


def step(send: bytes, answer: bytes) -> Step:
    """An exchange whose answer is known whole."""
    return Step(send, answer, len(answer))


@dataclass(frozen=True, slots=True)
class Route:
    """Where a connection is to go, and the SOCKS5 port it takes; None: straight to the target."""

    target: Address
    via: Address | None

    @property
    def first_hop(self) -> Address:
        return self.via or self.target

    def handshake(self) -> list[Step]:
        """What goes before the request. Which address a proxy says it is bound to is its own
        affair (RFC 1928 section 6)."""
        if self.via is None:
            return []
        host, port = self.target
        request = b"\x05\x01\x00\x01" + socket.inet_aton(host) + struct.pack("!H", port)
        return [step(b"\x05\x01\x00", b"\x05\x00"), Step(request, b"\x05\x00\x00\x01", 10)]


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
        for each in [*route.handshake(), step(request, answer)]:
            exchange(sock, each)
    except BaseException:
        sock.close()
        raise
    return sock


def exchange(sock: socket.socket, each: Step) -> None:
    sock.sendall(each.send)
    got = sock.recv(each.length, socket.MSG_WAITALL)
    if not each.fulfilled(got):
        raise ConnectionError(f"{got[:40]!r} came for {each.send[:40]!r}")
