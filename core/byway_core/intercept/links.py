"""The inside of an own namespace: its links and addresses, beside what every plan has.

Imported late, as `byway_helper.routes`.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv4Address, IPv6Address

from byway_helper.contract import Family
from byway_helper.routes import Routes, ask
from byway_helper.sockets import AF

# The interface is there so that programs see a link that is up
# (browsers call themselves offline when they find loopback only).
INTERFACE = "byway0"
# IANA's "IPv4 dummy address" (RFC 7600): never a destination of anybody, so that no host, VPN or
# resolver of the user's becomes unreachable because the namespace has its address.
ADDRESS4 = IPv4Address("192.0.0.8")
# A unique local address (RFC 4193, prefix drawn at random). Its label in RFC 6724 differs from
# that of global addresses, so that getaddrinfo() puts IPv4 first: there is always an IPv4 way
# through an upstream, an IPv6 one only where host or upstream have it.
ADDRESS6 = IPv6Address("fd5b:6177:79e1::8")
# The nameserver that programs are told. Within IANA's protocol assignments (192.0.0.0/24), not
# assigned to anything, never routed; all of port 53 is intercepted whatever the address.
RESOLVER = IPv4Address("192.0.0.53")

# Tried in turn for an interface that only has to be there and up: either is a module that
# distributions ship and the kernel loads on demand.
_LINK_KINDS = ("dummy", "ifb")
# As much as loopback's packets (65,536) that every kind takes: segments stay big.
_LINK_MTU = 65_535

_PERMANENT_NO_DAD = 0x82  # IFA_F_PERMANENT | IFA_F_NODAD, linux/if_addr.h


class Links(Routes):
    """Every method raises OSError with the kernel's errno."""

    def raise_link(self, index: int) -> None:
        """`ip link set dev … up`."""
        ask(self.netlink.link, "set", index=index, state="up")

    def add_link(self, name: str) -> int | None:
        """A new interface that is up and leads nowhere; its index, or None where this kernel has
        no kind of it (a container's kernel, say)."""
        for kind in _LINK_KINDS:
            try:
                ask(self.netlink.link, "add", ifname=name, kind=kind, mtu=_LINK_MTU, state="up")
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.ENOENT):
                    raise
            else:
                return socket.if_nametoindex(name)
        return None

    def add_address(self, index: int, address: IPv4Address | IPv6Address) -> None:
        """One address with a full-length prefix, usable at once (no duplicate detection)."""
        ask(
            self.netlink.addr,
            "add",
            index=index,
            family=AF[Family(address.version)],
            address=str(address),
            local=str(address),
            prefixlen=address.max_prefixlen,
            flags=_PERMANENT_NO_DAD,
        )

    def add_default(self, index: int, source: IPv4Address | IPv6Address) -> None:
        """`ip route add default dev … src …`."""
        ask(
            self.netlink.route,
            "add",
            family=AF[Family(source.version)],
            dst="default",
            oif=index,
            prefsrc=str(source),
            scope="link",
            proto="static",
        )
