"""The far end of the stage: every address of the world is here, and so are the profile's upstreams.

    TCP   an upstream's address: its handshake, whoever asks may, and then as below, or datagrams
          for whoever asks for that (`association`)
          port 53: names             any other: one HTTP request, answered with who passed it on
    UDP   port 53: names             any other: a datagram back, from the address it was sent to

What comes over the link is read before anything answers: of each packet where it was going, and of
a question in clear what it asks. It runs in a network namespace of its own, as its root.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from byway_core.leaktest.association import REQUEST, serve
from byway_core.leaktest.targets import Target, Upstream
from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import (
    AAAA,
    A,
    Deframer,
    Question,
    Rcode,
    framed,
    parse_query,
    reply,
)
from byway_core.protocols.mixed_server import ServerHandshake

NAMES_PORT = 53
# For a program or an upstream to say the next thing.
_PATIENCE = 5.0
_TTL = 30
_ASSOCIATE = -1
_ETH_P_ALL = 0x0003
_PACKET_OUTGOING = 4  # linux/if_packet.h
_IP_TRANSPARENT, _IPV6_TRANSPARENT = 19, 75
_IP_PKTINFO, _IPV6_RECVPKTINFO, _IPV6_PKTINFO = 8, 49, 50
_PROTOCOLS = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}
_IPV6_HEADER, _IPV4_LEAST = 40, 20


@dataclass(frozen=True, slots=True)
class Seen:
    """Packets that came over the link to one place; `name` is what a question in clear asked."""

    protocol: str
    address: str
    port: int
    name: str = ""


class Internet:
    """Serves on the running loop from `open` to `close`."""

    def __init__(self, targets: Iterable[Target], upstreams: Iterable[Upstream]) -> None:
        self._names = {target.host: target for target in targets if target.host}
        self._ports = {target.port for target in targets}
        self._upstreams = {upstream.address: upstream for upstream in upstreams}
        self._ports |= {upstream.port for upstream in upstreams} | {NAMES_PORT}
        self._open = contextlib.AsyncExitStack()
        self.seen: set[Seen] = set()

    async def open(self, link: str, datagrams: Iterable[int]) -> None:
        """Serve; `datagrams` are the ports that answer over UDP. OSError as the kernel has it."""
        loop = asyncio.get_running_loop()
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        self._open.callback(wire.close)
        wire.bind((link, _ETH_P_ALL))
        wire.setblocking(False)
        loop.add_reader(wire, self._listen, wire)
        self._open.callback(loop.remove_reader, wire)
        for family in socket.AF_INET, socket.AF_INET6:
            for port in self._ports:
                server = await asyncio.start_server(
                    self._serve, sock=_listener(family, port), start_serving=True
                )
                self._open.callback(server.close)
            services = {each.port for each in self._upstreams.values() if not each.told}
            for port in {*datagrams, NAMES_PORT, *services}:
                sock = _receiver(family, port)
                self._open.callback(sock.close)
                loop.add_reader(sock, self._answer, sock)
                self._open.callback(loop.remove_reader, sock)

    async def close(self) -> None:
        await self._open.aclose()

    # -- what comes over the link

    def _listen(self, wire: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, origin = wire.recvfrom(2048)
                seen = read_packet(packet) if origin[2] != _PACKET_OUTGOING else None
                if seen is not None:
                    self.seen.add(seen)

    # -- TCP

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        upstream = self._upstreams.get(address)
        via, carries = "", False
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_PATIENCE):
                if upstream is not None and port == upstream.port:
                    via = upstream.name
                    if upstream.told:
                        port = await _shaken(reader, writer)
                        carries = port == _ASSOCIATE
                if port == NAMES_PORT:
                    await self._tell_names(reader, writer)
                elif port and not carries:
                    await _tell_way(reader, writer, via)
            if carries:
                await self._carry(reader, writer, address, via)
        writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, via: str
    ) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with closing(socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)) as sock:
            _of_any_address(sock)
            sock.bind((address, 0))
            await serve(reader, writer, sock, partial(self._answer_carried, via))

    def _answer_carried(
        self, via: str, name: str, endpoint: bytes, data: bytes
    ) -> tuple[bytes, bytes]:
        """See association.Answer."""
        if name in self._names:
            endpoint = endpoint + IPv4Address(self._names[name].four).packed
        elif name:
            return b"", b""  # nobody has it
        is_names = int.from_bytes(endpoint[:2]) == NAMES_PORT
        return endpoint, self._reply(data) if is_names else _way(via)

    async def _tell_names(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer = Deframer()
        while data := await reader.read(4096):
            for query in deframer.feed(data):
                writer.write(framed(self._reply(query)))

    # -- UDP

    def _answer(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # nothing more, or its program is gone
            while True:
                data, ancillary, _, source = sock.recvmsg(2048, 256)
                _, port = sock.getsockname()[:2]
                said = self._reply(data) if port == NAMES_PORT else _way(self._service(ancillary))
                if said:
                    sock.sendmsg([said], [_from(each) for each in ancillary], 0, source)

    def _service(self, ancillary: Iterable[tuple[int, int, bytes]]) -> str:
        """The upstream that was sent a datagram in its destination's place, "" for none."""
        for level, _, data in ancillary:
            packed = data[8:12] if level == socket.IPPROTO_IP else data[:16]
            upstream = self._upstreams.get(str(ip_address(packed)))
            if upstream is not None:
                return upstream.name
        return ""

    # -- names

    def _reply(self, query: bytes) -> bytes:
        try:
            question = parse_query(query)
        except ProtocolError:
            return b""
        target = self._names.get(question.name)
        if target is None:
            return reply(query, question, Rcode.NXDOMAIN)
        return reply(query, question, Rcode.NOERROR, _addresses(target, question), _TTL)


def _addresses(target: Target, question: Question) -> list[bytes]:
    known = {A: IPv4Address(target.four).packed, AAAA: IPv6Address(target.six).packed}
    return [known[question.qtype]] if question.qtype in known else []


async def _shaken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """As the upstream: the port that is wanted, 0 where it did not come to that, _ASSOCIATE for one
    that will want many."""
    handshake = ServerHandshake()
    while handshake.request is None:
        data = await reader.read(4096)
        if not data:
            return 0
        if data.startswith(REQUEST):
            return _ASSOCIATE
        writer.write(handshake.feed(data))
        if handshake.failed:
            return 0
    writer.write(handshake.success())
    return handshake.request.port


async def _tell_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, via: str) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + _way(via))
    await writer.drain()


def _way(via: str) -> bytes:
    return json.dumps({"via": via}).encode()


def _listener(family: socket.AddressFamily, port: int) -> socket.socket:
    """At every address; that all are to be had here is the routes' doing."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _of_any_address(sock)
    sock.bind(("", port))
    sock.listen()
    return sock


def _receiver(family: socket.AddressFamily, port: int) -> socket.socket:
    """And answers from the address that was asked."""
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    _of_any_address(sock)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    sock.bind(("", port))
    return sock


def _of_any_address(sock: socket.socket) -> None:
    """So that it may send from addresses that no interface has."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_TRANSPARENT, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_TRANSPARENT, 1)


def _from(ancillary: tuple[int, int, bytes]) -> tuple[int, int, bytes]:
    """What makes an answer come from where its question went: ip(7), in_pktinfo has the local
    address second and the destination third; ipv6(7)."""
    level, kind, data = ancillary
    if level == socket.IPPROTO_IP:
        _, _, asked = struct.unpack("=I4s4s", data)
        return level, kind, struct.pack("=I4s4s", 0, asked, bytes(4))
    return level, kind, data[:16] + bytes(4)


def read_packet(packet: bytes) -> Seen | None:
    """Where a packet was going; None for what is neither TCP nor UDP, nor its first fragment."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= _IPV4_LEAST:
        protocol, address, start = packet[9], packet[16:20], (packet[0] & 0x0F) * 4
        if int.from_bytes(packet[6:8]) & 0x1FFF:
            return None
    elif version == 6 and len(packet) >= _IPV6_HEADER:
        protocol, address, start = packet[6], packet[24:40], _IPV6_HEADER
    else:
        return None
    word = _PROTOCOLS.get(protocol)
    if word is None or len(packet) < start + 8:
        return None
    port = int.from_bytes(packet[start + 2 : start + 4])
    name = _asked(packet, protocol, start) if port == NAMES_PORT else ""
    return Seen(word, str(ip_address(address)), port, name)


def _asked(packet: bytes, protocol: int, start: int) -> str:
    """The name that a question in clear is about; "" where there is none in this packet."""
    if protocol == socket.IPPROTO_UDP:
        message = packet[start + 8 :]
    else:
        message = packet[start + (packet[start + 12] >> 4) * 4 + 2 :]
    try:
        return parse_query(message).name
    except ProtocolError:
        return ""


def as_json(seen: Iterable[Seen]) -> list[Mapping[str, Any]]:
    return [asdict(each) for each in seen]
