"""Links, addresses, routes and routing rules, through pyroute2's rtnetlink(7).

Imported late, and only by processes that need it: the library takes longer to load than all the
rest of setting up a namespace.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from byway_helper.contract import Family, Plan

LOOPBACK = 1  # lo's index in every network namespace

# Tried in turn for an interface that only has to be there and up: either is a module that
# distributions ship and the kernel loads on demand.
_LINK_KINDS = ("dummy", "ifb")
# As much as loopback's packets (65,536) that every kind takes: segments stay big.
_LINK_MTU = 65_535

_PERMANENT_NO_DAD = 0x82  # IFA_F_PERMANENT | IFA_F_NODAD, linux/if_addr.h

_AF = {Family.IPV4: socket.AF_INET, Family.IPV6: socket.AF_INET6}


class Routes:
    """One rtnetlink socket in the network namespace of whoever makes it. Every method raises
    OSError with the kernel's errno."""

    def __init__(self) -> None:
        self._netlink = IPRoute()

    def close(self) -> None:
        self._netlink.close()

    def raise_link(self, index: int) -> None:
        """`ip link set dev … up`."""
        _ask(self._netlink.link, "set", index=index, state="up")

    def add_link(self, name: str) -> int | None:
        """A new interface that is up and leads nowhere; its index, or None where this kernel has
        no kind of it (a container's kernel, say)."""
        for kind in _LINK_KINDS:
            try:
                _ask(self._netlink.link, "add", ifname=name, kind=kind, mtu=_LINK_MTU, state="up")
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.ENOENT):
                    raise
            else:
                return socket.if_nametoindex(name)
        return None

    def add_address(self, index: int, address: IPv4Address | IPv6Address) -> None:
        """One address with a full-length prefix, usable at once (no duplicate detection)."""
        _ask(
            self._netlink.addr,
            "add",
            index=index,
            family=_AF[Family(address.version)],
            address=str(address),
            local=str(address),
            prefixlen=address.max_prefixlen,
            flags=_PERMANENT_NO_DAD,
        )

    def add_default(self, index: int, source: IPv4Address | IPv6Address) -> None:
        """`ip route add default dev … src …`."""
        _ask(
            self._netlink.route,
            "add",
            family=_AF[Family(source.version)],
            dst="default",
            oif=index,
            prefsrc=str(source),
            scope="link",
            proto="static",
        )

    def divert(self, plan: Plan) -> None:
        """What the plan's marks need: in its own table everything is local, by way of lo; and
        packets with the mark ask that table. `iif` in the rules, because wg-quick's
        src_valid_mark=1 would otherwise make the reverse-path check follow them too."""
        marks = plan.marks
        asking = [("lo", marks.local), *((name, marks.gateway) for name in plan.lan)]
        for family in plan.families:
            _ask(self._netlink.route, "add", **_all_is_local(_AF[family], plan))
            for interface, mark in asking:
                _ask(
                    self._netlink.rule,
                    "add",
                    family=_AF[family],
                    iifname=interface,
                    priority=plan.preference,
                    fwmark=mark,
                    fwmask=marks.mask,
                    table=plan.table,
                )

    def undivert(self, plan: Plan) -> None:
        """Take back what `divert` made for such a plan, or a former one with its table and
        preference; what is not there is no error."""
        for family in _AF.values():
            for rule in self._netlink.get_rules(family=family):
                ours = rule.get_attr("FRA_TABLE") == plan.table
                if ours and rule.get_attr("FRA_PRIORITY") == plan.preference:
                    _ask(self._netlink.rule, "del", **_rule_key(family, rule))
            for _ in self._netlink.get_routes(family=family, table=plan.table):
                _ask(self._netlink.route, "del", **_all_is_local(family, plan))


def _all_is_local(family: int, plan: Plan) -> dict[str, object]:
    return {
        "family": family,
        "type": "local",
        "dst": "default",
        "oif": LOOPBACK,
        "table": plan.table,
        "scope": "host",
        "proto": "boot",
    }


def _rule_key(family: int, rule: Any) -> dict[str, object]:
    """What tells one of our rules from the others, for its deletion."""
    return {
        "family": family,
        "iifname": rule.get_attr("FRA_IIFNAME"),
        "priority": rule.get_attr("FRA_PRIORITY"),
        "fwmark": rule.get_attr("FRA_FWMARK"),
        "fwmask": rule.get_attr("FRA_FWMASK"),
        "table": rule.get_attr("FRA_TABLE"),
    }


def _ask(request: Callable[..., Any], command: str, **fields: object) -> None:
    try:
        request(command, **fields)
    except NetlinkError as error:
        raise OSError(error.code, error.args[1]) from error
