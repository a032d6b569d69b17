"""The routes and routing rules of a Plan, through pyroute2's rtnetlink(7).

Imported late, and only by processes that need it: the library takes longer to load than all the
rest of setting up a namespace.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from byway_helper.contract import Family, Plan

LOOPBACK = 1  # lo's index in every network namespace

AF = {Family.IPV4: socket.AF_INET, Family.IPV6: socket.AF_INET6}


class Routes:
    """One rtnetlink socket in the network namespace of whoever makes it. Every method raises
    OSError with the kernel's errno."""

    def __init__(self) -> None:
        self.netlink = IPRoute()

    def close(self) -> None:
        self.netlink.close()

    def divert(self, plan: Plan) -> None:
        """What the plan's marks need: in its own table everything is local, by way of lo; and
        packets with the mark ask that table. `iif` in the rules, because wg-quick's
        src_valid_mark=1 would otherwise make the reverse-path check follow them too."""
        marks = plan.marks
        asking = [("lo", marks.local), *((name, marks.gateway) for name in plan.lan)]
        for family in plan.families:
            ask(self.netlink.route, "add", **_all_is_local(AF[family], plan))
            for interface, mark in asking:
                ask(
                    self.netlink.rule,
                    "add",
                    family=AF[family],
                    iifname=interface,
                    priority=plan.preference,
                    fwmark=mark,
                    fwmask=marks.mask,
                    table=plan.table,
                )

    def undivert(self, plan: Plan) -> None:
        """Take back what `divert` made for such a plan, or a former one with its table and
        preference; what is not there is no error."""
        for family in AF.values():
            for rule in self.netlink.get_rules(family=family):
                ours = rule.get_attr("FRA_TABLE") == plan.table
                if ours and rule.get_attr("FRA_PRIORITY") == plan.preference:
                    ask(self.netlink.rule, "del", **_rule_key(family, rule))
            for _ in self.netlink.get_routes(family=family, table=plan.table):
                ask(self.netlink.route, "del", **_all_is_local(family, plan))


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


def ask(request: Callable[..., Any], command: str, **fields: object) -> None:
    try:
        request(command, **fields)
    except NetlinkError as error:
        raise OSError(error.code, error.args[1]) from error
