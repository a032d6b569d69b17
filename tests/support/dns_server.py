"""A DNS server on loopback that does what a test tells it, well or badly. UDP and TCP, one port.

Writes its messages with code of its own, so that reader and writer cannot share a mistake.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address

Script = Callable[[bytes, bool], Iterable[bytes]]


def wire_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"


def query(name: str, qtype: int = 1, id_: int = 0x1234, *, edns: int = 0) -> bytes:
    head = struct.pack(">HHHHHH", id_, 0x0100, 1, 0, 0, 1 if edns else 0)
    tail = struct.pack(">BHHIH", 0, 41, edns, 0, 0) if edns else b""
    return head + wire_name(name) + struct.pack(">HH", qtype, 1) + tail


def question_of(message: bytes) -> tuple[str, int]:
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels), struct.unpack_from(">H", message, at + 1)[0]


def record(owner: bytes, text: str, ttl: int = 60) -> bytes:
    """An A or AAAA record for an address, a CNAME for a name."""
    try:
        address = ip_address(text)
    except ValueError:
        kind, data = 5, wire_name(text)
    else:
        kind, data = (1 if isinstance(address, IPv4Address) else 28), address.packed
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def response(
    asked: bytes,
    *addresses: str,
    rcode: int = 0,
    ttl: int = 60,
    truncated: bool = False,
    id_: int | None = None,
    name: str = "",
) -> bytes:
    """An answer to `asked` with these addresses, or with one thing wrong as the arguments say."""
    end = 12
    while asked[end]:
        end += 1 + asked[end]
    asks = asked[12 : end + 5]
    if name:
        asks = wire_name(name) + asks[-4:]
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    own = struct.unpack(">H", asked[:2])[0] if id_ is None else id_
    head = struct.pack(">HHHHHH", own, flags, 1, len(addresses), 0, 0)
    return head + asks + b"".join(record(b"\xc0\x0c", text, ttl) for text in addresses)


def fixed(*addresses: str, **how: int) -> Script:
    """Answers every question with those of the addresses that are of its type."""

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        _, qtype = question_of(asked)
        mine = [text for text in addresses if qtype == (28 if ":" in text else 1)]
        return [response(asked, *mine, **how)]  # type: ignore[arg-type]

    return script


def silent(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
    return []


@dataclass
class DnsServer:
    """`script(query, over_tcp)` gives the messages to send back. `asked` has every query."""

    script: Script
    host: str = "127.0.0.1"
    asked: list[tuple[bytes, bool]] = field(default_factory=list)
    sources: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        while True:
            self._udp = socket.socket(family, socket.SOCK_DGRAM)
            self._udp.bind((self.host, 0))
            self.port: int = self._udp.getsockname()[1]
            self._tcp = socket.socket(family, socket.SOCK_STREAM)
            self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                self._tcp.bind((self.host, self.port))
            except OSError:
                self._udp.close()
                self._tcp.close()
                continue
            break
        self._tcp.listen(64)
        self._open: set[socket.socket] = {self._udp, self._tcp}
        self._threads: list[threading.Thread] = []
        self._run(self._serve_udp)
        self._run(self._accept)

    def names(self) -> list[str]:
        return [question_of(message)[0] for message, _ in self.asked]

    @contextlib.contextmanager
    def answering(self, script: Script) -> Iterator[None]:
        """With another script for a while."""
        before, self.script = self.script, script
        try:
            yield
        finally:
            self.script = before

    def send(self, message: bytes, source: tuple[str, int]) -> None:
        """An answer over UDP, late."""
        self._udp.sendto(message, source)

    def close(self) -> None:
        with socket.socket(self._udp.family, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._udp.getsockname())
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        for sock in list(self._open):
            sock.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve_udp(self) -> None:
        while True:
            try:
                message, source = self._udp.recvfrom(65535)
            except OSError:
                return
            if not message:  # from close()
                return
            self.asked.append((message, False))
            self.sources.append(source[:2])
            for answer in self.script(message, False):
                with contextlib.suppress(OSError):
                    self._udp.sendto(answer, source)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._tcp.accept()
            except OSError:
                return
            self._open.add(peer)
            self._run(lambda peer=peer: self._serve_tcp(peer))  # type: ignore[misc]

    def _serve_tcp(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error), peer.makefile("rb") as stream:
            while True:
                (length,) = struct.unpack(">H", stream.read(2))
                message = stream.read(length)
                self.asked.append((message, True))
                answers = list(self.script(message, True))
                for answer in answers:
                    peer.sendall(struct.pack(">H", len(answer)) + answer)
                if not answers:
                    break
        self._open.discard(peer)
        peer.close()


@contextlib.contextmanager
def dns_server(script: Script, host: str = "127.0.0.1") -> Iterator[DnsServer]:
    server = DnsServer(script, host)
    try:
        yield server
    finally:
        server.close()
