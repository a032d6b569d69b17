"""Links, addresses, routes and routing rules, by rtnetlink(7).

Written out with `struct` and not with a netlink library: these are four messages, the whole of it
is shorter than what it would take to audit such a library in a privileged process, and importing
the usual one takes longer (some 150 ms) than all the rest of setting up a namespace.
Message layouts: linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h, fib_rules.h.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from ipaddress import IPv4Address, IPv6Address

from byway_helper.contract import Family, Plan

LOOPBACK = 1  # lo's index in every network namespace

# Tried in turn for an interface that only has to be there and up: either is a module that
# distributions ship and the kernel loads on demand.
_LINK_KINDS = ("dummy", "ifb")
# As much as loopback's packets (65,536) that every kind takes: segments stay big.
_LINK_MTU = 65_535

_NEWLINK, _NEWADDR, _NEWROUTE, _NEWRULE = 16, 20, 24, 32
_ERROR = 2  # NLMSG_ERROR, also the acknowledgement
_REQUEST_ACK, _EXCLUSIVE, _CREATE = 0x05, 0x200, 0x400
_UP = 0x1
_PERMANENT_NO_DAD = 0x82  # IFA_F_PERMANENT | IFA_F_NODAD
_MAIN_TABLE, _BOOT, _STATIC = 254, 3, 4
_UNIVERSE, _LINK_SCOPE, _HOST_SCOPE = 0, 253, 254
_UNICAST, _LOCAL = 1, 2
_TO_TABLE = 1  # FR_ACT_TO_TBL

# struct nlmsghdr: length, type, flags, sequence, port
_HEADER = struct.Struct("=IHHII")

_AF = {Family.IPV4: socket.AF_INET, Family.IPV6: socket.AF_INET6}


class Routes:
    """One rtnetlink socket in the network namespace of whoever makes it. Every method raises
    OSError with the kernel's errno."""

    def __init__(self) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE
        )
        self._sequence = 0

    def close(self) -> None:
        self._socket.close()

    def raise_link(self, index: int) -> None:
        """`ip link set dev … up`."""
        self._request(_NEWLINK, 0, _link_header(index, _UP))

    def add_link(self, name: str) -> int | None:
        """A new interface that is up and leads nowhere; its index, or None where this kernel has
        no kind of it (a container's kernel, say)."""
        for kind in _LINK_KINDS:
            body = (
                _link_header(0, _UP)
                + _attribute(3, name.encode() + b"\0")  # IFLA_IFNAME
                + _attribute(4, struct.pack("=I", _LINK_MTU))  # IFLA_MTU
                + _attribute(18, _attribute(1, kind.encode()))  # IFLA_LINKINFO, IFLA_INFO_KIND
            )
            try:
                self._request(_NEWLINK, _CREATE | _EXCLUSIVE, body)
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.ENOENT):
                    raise
            else:
                return socket.if_nametoindex(name)
        return None

    def add_address(self, index: int, address: IPv4Address | IPv6Address) -> None:
        """One address with a full-length prefix, usable at once (no duplicate detection)."""
        body = struct.pack(
            "=BBBBI",
            _AF[Family(address.version)],
            address.max_prefixlen,
            _PERMANENT_NO_DAD,
            _UNIVERSE,
            index,
        )
        body += _attribute(2, address.packed) + _attribute(1, address.packed)  # IFA_LOCAL, _ADDRESS
        self._request(_NEWADDR, _CREATE | _EXCLUSIVE, body)

    def add_default(self, index: int, source: IPv4Address | IPv6Address) -> None:
        """`ip route add default dev … src …`."""
        family = Family(source.version)
        header = _route_header(family, _MAIN_TABLE, _STATIC, _LINK_SCOPE, _UNICAST)
        body = header + _number(4, index) + _attribute(7, source.packed)  # RTA_OIF, RTA_PREFSRC
        self._request(_NEWROUTE, _CREATE | _EXCLUSIVE, body)

    def divert(self, plan: Plan) -> None:
        """What the plan's marks need: in its own table everything is local, by way of lo; and
        packets with the mark ask that table. `iif` in the rules, because wg-quick's
        src_valid_mark=1 would otherwise make the reverse-path check follow them too."""
        marks = plan.marks
        asking = [("lo", marks.local), *((name, marks.gateway) for name in plan.lan)]
        for family in plan.families:
            # The compat byte holds tables up to 255 only; RTA_TABLE holds all (RT_TABLE_COMPAT).
            header = _route_header(family, 252, _BOOT, _HOST_SCOPE, _LOCAL)
            body = header + _number(4, LOOPBACK) + _number(15, plan.table)  # RTA_OIF, RTA_TABLE
            self._request(_NEWROUTE, _CREATE | _EXCLUSIVE, body)
            for interface, mark in asking:
                self._request(_NEWRULE, _CREATE | _EXCLUSIVE, _rule(family, plan, interface, mark))

    def _request(self, kind: int, flags: int, body: bytes) -> None:
        self._sequence += 1
        length = _HEADER.size + len(body)
        header = _HEADER.pack(length, kind, _REQUEST_ACK | flags, self._sequence, 0)
        self._socket.send(header + body)
        while True:
            # The acknowledgement repeats at most our request; nothing else is subscribed to.
            answer = self._socket.recv(4096)
            _, kind, _, sequence, _ = _HEADER.unpack_from(answer)
            if kind == _ERROR and sequence == self._sequence:
                break
        (code,) = struct.unpack_from("=i", answer, _HEADER.size)
        if code:
            raise OSError(-code, os.strerror(-code))


def _rule(family: Family, plan: Plan, interface: str, mark: int) -> bytes:
    # struct fib_rule_hdr: family, dst_len, src_len, tos, table, res1, res2, action, flags
    return (
        struct.pack("=BBBBBBBBI", _AF[family], 0, 0, 0, 0, 0, 0, _TO_TABLE, 0)
        + _attribute(3, interface.encode() + b"\0")  # FRA_IIFNAME
        + _number(6, plan.preference)  # FRA_PRIORITY
        + _number(10, mark)  # FRA_FWMARK
        + _number(15, plan.table)  # FRA_TABLE
        + _number(16, plan.marks.mask)  # FRA_FWMASK
    )


def _link_header(index: int, flags: int) -> bytes:
    # struct ifinfomsg: family, pad, type, index, flags, which flags are meant
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, flags, flags)


def _route_header(family: Family, table: int, origin: int, scope: int, kind: int) -> bytes:
    # struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags
    return struct.pack("=BBBBBBBBI", _AF[family], 0, 0, 0, table, origin, scope, kind, 0)


def _attribute(kind: int, value: bytes) -> bytes:
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


def _number(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack("=I", value))
