"""The sockets of a Plan: made here with the network namespace's privileges, used elsewhere
without any. The engine that gets them can neither re-bind nor re-mark them.

All are non-blocking and close on exec. IP_TRANSPARENT (ip(7), Documentation/networking/tproxy.rst)
is what lets a socket accept, receive for and send from addresses that are not this host's.
"""

import ctypes
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from byway_helper.contract import Family, Plan, Ports

# linux/in.h and linux/in6.h; the socket module has no names for these. _IP: the level of options,
# IP_TRANSPARENT or IPV6_TRANSPARENT, IP_RECVORIGDSTADDR or IPV6_RECVORIGDSTADDR.
_IP = {Family.IPV4: (socket.IPPROTO_IP, 19, 20), Family.IPV6: (socket.IPPROTO_IPV6, 75, 74)}
_IPV6_CHECKSUM = 7
_SO_LOCK_FILTER = 44
_SO_ATTACH_FILTER = 26
_SO_BINDTOIFINDEX = 62

# The kernel caps it at net.core.somaxconn (4096 by default). A browser opens hundreds at once and
# a worker may be busy for a while; a connection beyond it is retried by its client after 1 s.
_BACKLOG = 4096

# Some 1,000 datagrams of name questions (the kernel counts 768 bytes at least for each), while the
# engine is busy with other things. The kernel gives of it what net.core.rmem_max allows.
_RECEIVE_BUFFER = 1 << 20

_UDP_CHECKSUM_OFFSET = 6  # RFC 768

AF = {Family.IPV4: socket.AF_INET, Family.IPV6: socket.AF_INET6}
_LOOPBACK = {Family.IPV4: "127.0.0.1", Family.IPV6: "::1"}


@dataclass(frozen=True, slots=True)
class SocketSet:
    """`tcp` has a tuple of listeners for each worker, `udp` a receiver and `answers` a raw sender
    for each family, all in the order of the plan's families."""

    tcp: tuple[tuple[socket.socket, ...], ...]
    udp: tuple[socket.socket, ...]
    answers: tuple[socket.socket, ...]
    ports: dict[Family, Ports]

    def __iter__(self) -> Iterator[socket.socket]:
        for listeners in self.tcp:
            yield from listeners
        yield from self.udp
        yield from self.answers

    def close(self) -> None:
        for each in self:
            each.close()


def make(plan: Plan, workers: int) -> SocketSet:
    """All sockets of the plan, in the network namespace of the caller; ports are the kernel's
    choice. Raises OSError (EPERM without CAP_NET_ADMIN and CAP_NET_RAW there)."""
    by_family = [tcp_listeners(family, workers, plan.marks.bypass) for family in plan.families]
    receivers = tuple(udp_receiver(family, plan.marks.bypass) for family in plan.families)
    return SocketSet(
        tcp=tuple(zip(*by_family, strict=True)),
        udp=receivers,
        answers=tuple(udp_sender(family, plan.marks.reply) for family in plan.families),
        ports={
            family: Ports(tcp=listeners[0].getsockname()[1], udp=receiver.getsockname()[1])
            for family, listeners, receiver in zip(plan.families, by_family, receivers, strict=True)
        },
    )


def tcp_listeners(family: Family, count: int, mark: int) -> tuple[socket.socket, ...]:
    """`count` listeners on one port, among which the kernel spreads the connections by hash.
    Accepted sockets inherit the mark; their getsockname() is the original destination."""
    listeners: list[socket.socket] = []
    port = 0
    for _ in range(count):
        listener = _transparent(family, socket.SOCK_STREAM, 0, mark)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((_LOOPBACK[family], port))
        listener.listen(_BACKLOG)
        port = listener.getsockname()[1]
        listeners.append(listener)
    return tuple(listeners)


def udp_receiver(family: Family, mark: int) -> socket.socket:
    """Receives datagrams for any destination, which comes with each as IP_ORIGDSTADDR or
    IPV6_ORIGDSTADDR."""
    receiver = _transparent(family, socket.SOCK_DGRAM, 0, mark)
    level, _, original = _IP[family]
    receiver.setsockopt(level, original, 1)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    receiver.bind((_LOOPBACK[family], 0))
    return receiver


def udp_sender(family: Family, mark: int) -> socket.socket:
    """A raw socket that sends datagrams from any address and port, whoever's they are; the mark
    tells the rules. It never receives: the filter drops all and is locked. One serves every port,
    which no bound socket can, and needs none below 1024."""
    sender = _transparent(family, socket.SOCK_RAW, socket.IPPROTO_UDP, mark)
    # struct sock_fprog over one classic BPF instruction: BPF_RET | BPF_K, 0 bytes.
    drop_all = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))
    program = struct.pack("@HP", 1, ctypes.addressof(drop_all))
    sender.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    sender.setsockopt(socket.SOL_SOCKET, _SO_LOCK_FILTER, 1)
    if family is Family.IPV6:
        # The kernel fills the checksum in; over IPv4 the sender writes it itself.
        sender.setsockopt(socket.IPPROTO_IPV6, _IPV6_CHECKSUM, _UDP_CHECKSUM_OFFSET)
    return sender


def end_sender(sender: socket.socket) -> None:
    """Whoever has a raw sender, of which this is a copy, sends nothing by it any more: it belongs
    to an interface that is none, and to take it away from there needs privilege (CAP_NET_RAW)."""
    with sender:
        sender.setsockopt(socket.SOL_SOCKET, _SO_BINDTOIFINDEX, 0x7FFFFFFF)


def outgoing(family: Family, kind: socket.SocketKind, mark: int) -> socket.socket:
    """An unbound socket whose packets bear the mark: what the engine connects or sends with."""
    made = socket.socket(AF[family], kind | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    return made


def _transparent(family: Family, kind: int, protocol: int, mark: int) -> socket.socket:
    made = socket.socket(AF[family], kind | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, protocol)
    level, transparent, _ = _IP[family]
    made.setsockopt(level, transparent, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    if family is Family.IPV6 and kind != socket.SOCK_RAW:  # a raw one is so, and refuses
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made
