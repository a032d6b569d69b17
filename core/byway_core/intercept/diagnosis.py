"""Whose a socket is: the kernel tells it for a connection's two ends (NETLINK_SOCK_DIAG,
sock_diag(7)), to anybody, in 2 µs.

Not by pyroute2, which takes 200 ms to load and 500 µs to read a list of six sockets. A netlink
socket asks about the network namespace that it was made in, whoever has it now: so what the set-up
child has made tells of the programs inside an own namespace. One serves one process and thread.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from typing import NamedTuple

from byway_core.intercept.datagrams import Endpoint
from byway_core.model.decision import Network
from byway_core.model.sentence import say

_SOCK_DIAG = 4  # NETLINK_SOCK_DIAG, linux/netlink.h
_BY_FAMILY = 20  # SOCK_DIAG_BY_FAMILY, linux/sock_diag.h
_REQUEST, _ERROR = 1, 2  # NLM_F_REQUEST, NLMSG_ERROR
_PROTOCOL = {Network.TCP: socket.IPPROTO_TCP, Network.UDP: socket.IPPROTO_UDP}
_KIND = {Network.TCP: socket.SOCK_STREAM, Network.UDP: socket.SOCK_DGRAM}
_ANY = 0xFFFFFFFF  # every state; and INET_DIAG_NOCOOKIE

# nlmsghdr, then inet_diag_req_v2 (linux/inet_diag.h): family, protocol, extensions, states, and the
# socket: two ports, two addresses, interface, cookie.
_HEADER = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBBxI")
_ENDS = struct.Struct("!HH16s16s")
_REST = struct.Struct("=III")
_LENGTH = _HEADER.size + _ASKED.size + _ENDS.size + _REST.size
# inet_diag_msg, behind the header: 4 bytes, the ports; further on user and inode.
_PORTS, _OWNER = struct.Struct("!HH"), struct.Struct("=II")
_PORTS_AT, _OWNER_AT = _HEADER.size + 4, _HEADER.size + 64
_CODE = struct.Struct("=i")


class Holder(NamedTuple):
    """A socket's inode, which names it under /proc too, and the user who made it."""

    inode: int
    uid: int


class Diagnosis:
    """One socket, `sock`, for questions; it belongs to the result. `uid` is what all users are
    taken for, None for what the kernel says."""

    def __init__(self, sock: socket.socket, uid: int | None = None) -> None:
        sock.setblocking(False)  # the answer is there when sending has returned
        self._sock = sock
        self._uid = uid
        self._number = 0

    @classmethod
    def here(cls) -> Diagnosis:
        """For this process's network namespace. OSError where there is no such thing."""
        return cls(open_socket())

    @classmethod
    def inside(cls, sock: socket.socket) -> Diagnosis:
        """By a socket that was made in an own namespace. There an ordinary user is all there is,
        and has another number than here; root has the same users (see `idmaps`)."""
        return cls(sock, os.geteuid() or None)

    def holder(self, network: Network, near: Endpoint, far: Endpoint) -> Holder | None:
        """Of the program's socket, whose own end is `near`. None where there is none (any more), or
        where `near` is another machine's. OSError where the kernel does not answer."""
        found = self._ask(network, near, far)
        if found is None:
            return None
        ports, holder = found
        if network is Network.TCP:
            # Where there is no such connection, what listens on its port is given instead.
            if ports != (near[1], far[1]):
                return None
        # A socket that is not connected is found as one that a datagram to that port would reach,
        # which one to another machine's address does as well.
        elif not (ports[1] or _is_here(near[0])):
            return None
        if not holder.inode:  # the program has closed it, and it has no owner any more
            return None
        return holder if self._uid is None else holder._replace(uid=self._uid)

    def obstacle(self) -> str:
        """Why it will never answer, in the user's words; "" where it does. A kernel without the
        module for a protocol says of every socket that there is none. To be asked of one that is
        `here`."""
        other = ("127.0.0.1", 1)
        for network, kind in _KIND.items():
            with socket.socket(socket.AF_INET, kind) as probe:
                try:
                    probe.bind(("127.0.0.1", 0))
                except OSError:  # without loopback nothing can be found out
                    continue
                if network is Network.TCP:
                    probe.listen(1)
                try:
                    known = self._ask(network, probe.getsockname(), other)
                except OSError as error:
                    return say(
                        "the kernel does not tell whose a socket is ({why})", why=error.strerror
                    )
                if known is None:
                    return say("the kernel lacks a module, {name}", name=f"{network.value}_diag")
        return ""

    def close(self) -> None:
        self._sock.close()

    def _ask(
        self, network: Network, near: Endpoint, far: Endpoint
    ) -> tuple[tuple[int, int], Holder] | None:
        """The found socket's own port and its peer's, and its holder."""
        # Of UDP, what is asked is who would get a datagram: its source comes first ("for historical
        # reasons", udp_dump_one in net/ipv4/udp_diag.c).
        source, destination = (near, far) if network is Network.TCP else (far, near)
        family = socket.AF_INET6 if ":" in source[0] else socket.AF_INET
        self._number = number = (self._number + 1) & _ANY
        self._sock.send(
            _HEADER.pack(_LENGTH, _BY_FAMILY, _REQUEST, number, 0)
            + _ASKED.pack(family, _PROTOCOL[network], 0, _ANY)
            + _ENDS.pack(
                source[1],
                destination[1],
                socket.inet_pton(family, source[0]),
                socket.inet_pton(family, destination[0]),
            )
            + _REST.pack(0, _ANY, _ANY)
        )
        while True:
            said = self._sock.recv(4096)
            _, kind, _, told, _ = _HEADER.unpack_from(said)
            if told == number:
                break
        if kind == _ERROR:
            code = -_CODE.unpack_from(said, _HEADER.size)[0]
            if code == errno.ENOENT:
                return None
            raise OSError(code, os.strerror(code))
        uid, inode = _OWNER.unpack_from(said, _OWNER_AT)
        return _PORTS.unpack_from(said, _PORTS_AT), Holder(inode, uid)


def open_socket() -> socket.socket:
    """What a Diagnosis asks by, in the caller's network namespace. OSError where a sandbox or the
    kernel has none."""
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    return socket.socket(socket.AF_NETLINK, kind, _SOCK_DIAG)


def _is_here(address: str) -> bool:
    """Whether an address is this machine's: the kernel lets a socket be bound to it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            return False
    return True
