"""Intercepted datagrams: taken with their original destination, answered as if from there.

Sans state: who asked what is the caller's to remember. The sockets are `byway_helper.sockets`'.
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from byway_core.model.errors import InterceptError

Endpoint = tuple[str, int]

# The greatest UDP payload there is over IPv4; jumbograms aside, IPv6 has 20 more.
MOST_PAYLOAD_IPV4 = 65_507
MOST_PAYLOAD_IPV6 = 65_527

# linux/in.h, linux/in6.h: the control messages have the numbers of the options that ask for them.
_IP_ORIGDSTADDR = 20
_IPV6_ORIGDSTADDR = 74
_IPV6_PKTINFO = 50
_IP_PKTINFO = 8

_CONTROL = socket.CMSG_SPACE(28)  # struct sockaddr_in6, the larger of the two
_UDP = struct.Struct("!HHHH")  # source port, destination port, length, checksum (RFC 768)


class Datagram(NamedTuple):
    payload: bytes
    source: Endpoint
    destination: Endpoint  # what the program sent it to


def receive(receiver: socket.socket) -> Datagram:
    """The next datagram; BlockingIOError where none waits, another OSError from the kernel."""
    payload, control, _, source = receiver.recvmsg(MOST_PAYLOAD_IPV6, _CONTROL)
    for level, kind, data in control:
        if level == socket.IPPROTO_IP and kind == _IP_ORIGDSTADDR:
            # struct sockaddr_in: family (host order), then port and address
            (port,) = struct.unpack_from("!H", data, 2)
            destination = socket.inet_ntop(socket.AF_INET, data[4:8])
            return Datagram(payload, (source[0], source[1]), (destination, port))
        if level == socket.IPPROTO_IPV6 and kind == _IPV6_ORIGDSTADDR:
            # struct sockaddr_in6: family, port, flow label, address, scope
            (port,) = struct.unpack_from("!H", data, 2)
            destination = socket.inet_ntop(socket.AF_INET6, data[8:24])
            return Datagram(payload, (_no_zone(source[0]), source[1]), (destination, port))
    raise InterceptError("a datagram came without its original destination")


def answer(sender: socket.socket, payload: bytes, *, source: Endpoint, to: Endpoint) -> None:
    """Sends `payload` to `to` so that it comes from `source`, usually a datagram's original
    destination. `sender` is the raw socket of their family.

    Raises ValueError for a payload that fits no datagram, BlockingIOError where the send buffer is
    full (nothing was sent), or another OSError from the kernel.
    """
    if sender.family == socket.AF_INET:
        _answer4(sender, payload, source, to)
    else:
        _answer6(sender, payload, source, to)


def _answer4(sender: socket.socket, payload: bytes, source: Endpoint, to: Endpoint) -> None:
    if len(payload) > MOST_PAYLOAD_IPV4:
        raise ValueError(f"{len(payload)} bytes fit no IPv4 datagram")
    address = socket.inet_aton(source[0])
    length = _UDP.size + len(payload)
    pseudo = address + socket.inet_aton(to[0]) + struct.pack("!HH", socket.IPPROTO_UDP, length)
    checksum = _checksum(pseudo + _UDP.pack(source[1], to[1], length, 0) + payload)
    # struct in_pktinfo: interface (any), source to send from, unused
    control = (socket.IPPROTO_IP, _IP_PKTINFO, struct.pack("=i4s4x", 0, address))
    header = _UDP.pack(source[1], to[1], length, checksum)
    sender.sendmsg([header, payload], [control], 0, (to[0], 0))


def _answer6(sender: socket.socket, payload: bytes, source: Endpoint, to: Endpoint) -> None:
    if len(payload) > MOST_PAYLOAD_IPV6:
        raise ValueError(f"{len(payload)} bytes fit no IPv6 datagram")
    # struct in6_pktinfo: source to send from, interface (any)
    info = struct.pack("=16si", socket.inet_pton(socket.AF_INET6, source[0]), 0)
    header = _UDP.pack(source[1], to[1], _UDP.size + len(payload), 0)  # the kernel sums it up
    control = (socket.IPPROTO_IPV6, _IPV6_PKTINFO, info)
    sender.sendmsg([header, payload], [control], 0, (to[0], 0))


def _checksum(data: bytes) -> int:
    """RFC 1071. One's complement addition of 16-bit words is addition modulo 65,535, and Python
    takes the remainder of a long integer faster than it adds words. Never 0, which would mean
    "no checksum": the remainder is at most 65,534."""
    return 0xFFFF - int.from_bytes(data + b"\0" * (len(data) % 2), "big") % 0xFFFF


def _no_zone(address: str) -> str:
    return address.partition("%")[0]
