"""Intercepted datagrams: taken with their original destination, answered as if from there.

Who sent what is the caller's to remember. The sockets are `byway_helper.sockets`'.
"""

from __future__ import annotations

import socket
import struct
from functools import lru_cache

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


# As the kernel writes it: (address, port) or, for IPv6, (address, port, flow label, scope).
Source = tuple[str, int] | tuple[str, int, int, int]


class Gate:
    """One address family's receiver and raw sender."""

    def __init__(self, receiver: socket.socket, sender: socket.socket) -> None:
        self._receiver = receiver
        self._sender = sender
        self.family = socket.AddressFamily(sender.family)

    def fileno(self) -> int:
        """Readable while datagrams wait."""
        return self._receiver.fileno()

    def receive(self) -> tuple[bytes, Source, bytes]:
        """The next datagram: payload, source, and the original destination packed (`endpoint`).
        BlockingIOError where none waits, another OSError from the kernel."""
        payload, control, _, source = self._receiver.recvmsg(MOST_PAYLOAD_IPV6, _CONTROL)
        for level, kind, data in control:
            if level == socket.IPPROTO_IP and kind == _IP_ORIGDSTADDR:
                return payload, source, data[2:8]
            if level == socket.IPPROTO_IPV6 and kind == _IPV6_ORIGDSTADDR:
                return payload, source, data[2:4] + data[8:24]
        raise InterceptError("a datagram came without its original destination")

    def way(self, *, source: Endpoint, to: Endpoint) -> Way:
        """How datagrams get from `source` to `to`, whose addresses are of this family."""
        kind = Way4 if self.family == socket.AF_INET else Way6
        return kind(self._sender, source, to)

    def close(self) -> None:
        self._receiver.close()
        self._sender.close()


@lru_cache(maxsize=256)  # programs ask one or two servers for names, again and again
def endpoint(packed: bytes) -> Endpoint:
    """The address as text and the port, of a destination as `Gate.receive` gives it."""
    family = socket.AF_INET if len(packed) == 6 else socket.AF_INET6
    return socket.inet_ntop(family, packed[2:]), packed[0] << 8 | packed[1]


def plain(source: Source) -> Endpoint:
    """A source without zone, flow label and scope."""
    return source[0].partition("%")[0], source[1]


class Way4:
    """Sends datagrams to `to` so that they come from `source`, usually the original destination of
    one from there. Everything but the payload is made once.

    Raises ValueError for a payload that fits no datagram, BlockingIOError where the send buffer is
    full (nothing was sent), or another OSError from the kernel.
    """

    __slots__ = ("_control", "_ports", "_sender", "_sum", "_to")

    def __init__(self, sender: socket.socket, source: Endpoint, to: Endpoint) -> None:
        self._sender = sender
        self._ports = source[1], to[1]
        self._to = (to[0], 0)
        self._control, summed = _origin4(source[0])
        self._sum = summed + _origin4(to[0])[1] + socket.IPPROTO_UDP + source[1] + to[1]

    def __call__(self, payload: bytes | memoryview) -> None:
        length = _UDP.size + len(payload)
        if length > MOST_PAYLOAD_IPV4 + _UDP.size:
            raise ValueError(f"{len(payload)} bytes fit no IPv4 datagram")
        # The length counts twice: in the pseudo header and in the real one (RFC 768).
        checksum = 0xFFFF - (self._sum + 2 * length + _sum(payload)) % 0xFFFF
        header = _UDP.pack(*self._ports, length, checksum)
        self._sender.sendmsg((header, payload), self._control, 0, self._to)


@lru_cache(maxsize=1024)  # a way is made for each question; the addresses are the same ones
def _origin4(address: str) -> tuple[list[tuple[int, int, bytes]], int]:
    """What makes a datagram come from that address, and what it adds to the checksum."""
    packed = socket.inet_aton(address)
    # struct in_pktinfo: interface (any), source to send from, unused
    control = (socket.IPPROTO_IP, _IP_PKTINFO, struct.pack("=i4s4x", 0, packed))
    return [control], _sum(packed)


class Way6:
    """As Way4, over IPv6, where the kernel writes the checksum."""

    __slots__ = ("_control", "_ports", "_sender", "_to")

    def __init__(self, sender: socket.socket, source: Endpoint, to: Endpoint) -> None:
        self._sender = sender
        self._ports = source[1], to[1]
        self._to = (to[0], 0)
        # struct in6_pktinfo: source to send from, interface (any)
        info = struct.pack("=16si", socket.inet_pton(socket.AF_INET6, source[0]), 0)
        self._control = [(socket.IPPROTO_IPV6, _IPV6_PKTINFO, info)]

    def __call__(self, payload: bytes | memoryview) -> None:
        if len(payload) > MOST_PAYLOAD_IPV6:
            raise ValueError(f"{len(payload)} bytes fit no IPv6 datagram")
        header = _UDP.pack(*self._ports, _UDP.size + len(payload), 0)
        self._sender.sendmsg((header, payload), self._control, 0, self._to)


Way = Way4 | Way6


def _sum(data: bytes | memoryview) -> int:
    """Of the data's 16-bit words, modulo 65,535. One's complement addition (RFC 1071) is addition
    modulo 65,535, and Python takes the remainder of a long integer faster than it adds words. The
    checksum made of it is never 0, which would mean "no checksum"."""
    number = int.from_bytes(data, "big")
    return (number << 8 if len(data) % 2 else number) % 0xFFFF
