"""What goes over a link, read by a packet socket as tcpdump(8) does: each packet's way and content.

For code that `own_network.inside` runs: it takes the root of that network.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from byway_core.model.errors import ProtocolError
from byway_core.protocols.dns_message import parse_query

_ETH_P_ALL = 0x0003
_OUTGOING = 4  # linux/if_packet.h
_SOL_PACKET, _STATISTICS = 263, 6
_PROTOCOLS = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}


@dataclass(frozen=True, slots=True)
class Packet:
    """One of TCP or UDP; `payload` is what follows that header. A later fragment of a datagram has
    no ports of its own: they are 0."""

    outgoing: bool
    protocol: str
    source: str
    address: str
    port: int
    payload: bytes

    @property
    def question(self) -> str:
        """The name that it asks for in clear, "" for none."""
        if self.port != 53:
            return ""
        with contextlib.suppress(ProtocolError):
            return parse_query(self.payload[2:] if self.protocol == "tcp" else self.payload).name
        return ""


@contextlib.contextmanager
def captured(link: str) -> Iterator[list[Packet]]:
    """The packets over that link as they come, and all of them at the end. One that the kernel has
    dropped, for want of room, is an error: nothing could be said of it."""
    packets: list[Packet] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)  # as far as it may
        sock.bind((link, _ETH_P_ALL))
        sock.setblocking(False)
        end = os.eventfd(0)
        thread = threading.Thread(target=_listen, args=(sock, end, packets))
        thread.start()
        try:
            yield packets
        finally:
            os.eventfd_write(end, 1)
            thread.join()
            os.close(end)
        _, dropped = struct.unpack("II", sock.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        assert not dropped, f"{dropped} packets were not read"


def _listen(sock: socket.socket, end: int, packets: list[Packet]) -> None:
    while True:
        ready, _, _ = select.select([sock, end], [], [])
        with contextlib.suppress(BlockingIOError):
            while True:
                data, origin = sock.recvfrom(1 << 17)  # before segmentation they may be long
                packet = read(data, outgoing=origin[2] == _OUTGOING)
                if packet is not None:
                    packets.append(packet)
        if end in ready:
            return


def read(data: bytes, *, outgoing: bool) -> Packet | None:
    """An IP packet (RFC 791, RFC 8200); None for what is neither TCP nor UDP. An IPv6 extension
    header is an error: nobody here sends any but fragments."""
    version = data[0] >> 4 if data else 0
    offset = 0
    if version == 4:
        protocol, source, address = data[9], data[12:16], data[16:20]
        at = (data[0] & 0x0F) * 4
        offset = int.from_bytes(data[6:8]) & 0x1FFF
    elif version == 6:
        protocol, source, address, at = data[6], data[8:24], data[24:40], 40
        if protocol == socket.IPPROTO_FRAGMENT:
            protocol, offset, at = data[40], int.from_bytes(data[42:44]) >> 3, 48
        elif protocol in (0, 43, 60) and data[at] != socket.IPPROTO_ICMPV6:
            raise AssertionError(f"an extension header of kind {protocol}")
    else:
        return None  # ARP
    word = _PROTOCOLS.get(protocol)
    if word is None:
        return None
    ends = str(ip_address(source)), str(ip_address(address))
    if offset:
        return Packet(outgoing, word, *ends, 0, data[at:])
    port = int.from_bytes(data[at + 2 : at + 4])
    head = 8 if word == "udp" else (data[at + 12] >> 4) * 4
    return Packet(outgoing, word, *ends, port, data[at + head :])
