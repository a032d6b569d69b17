"""The routes and routing rules of a Plan, through pyroute2's rtnetlink(7).

Imported late: the library takes longer to load than all the rest of setting up a namespace.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from typing import Any

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError
from pyroute2.netlink.rtnl import RTMGRP_IPV4_RULE, RTMGRP_IPV6_RULE

from byway_helper.contract import Plan
from byway_helper.sockets import AF

LOOPBACK = 1  # lo's index in every network namespace


class Routes:
    """One rtnetlink socket in the network namespace of whoever makes it. Every method raises
    OSError with the kernel's errno."""

    def __init__(self) -> None:
        self.netlink = IPRoute()

    def close(self) -> None:
        self.netlink.close()

    def divert(self, plan: Plan) -> None:
        """What the plan's marks need: in its own table everything is local, by way of lo; and
        packets with the mark ask that table, before anything that others ask."""
        for family in (AF[each] for each in plan.families):
            ask(self.netlink.route, "add", **_all_is_local(family, plan))
            _, first = self._ours(family, plan)
            self._ask_at(first, family, plan)

    def _ask_at(self, preference: int, family: int, plan: Plan) -> None:
        """`iif` in the rules, because wg-quick's src_valid_mark=1 would otherwise make the
        reverse-path check follow them too."""
        marks = plan.marks
        for name, mark in [("lo", marks.local), *((name, marks.gateway) for name in plan.lan)]:
            where = {"family": family, "iifname": name, "priority": preference}
            what = {"fwmark": mark, "fwmask": marks.mask, "table": plan.table}
            ask(self.netlink.rule, "add", **where, **what)

    def stay_first(self, plan: Plan) -> None:
        """Where somebody's rule has come to stand before ours, ours are made anew before it. Each
        that is added without a preference has: the kernel puts it before all but the first."""
        for family in (AF[each] for each in plan.families):
            ours, first = self._ours(family, plan)
            if any(rule.get_attr("FRA_PRIORITY") > first for rule in ours):
                self._ask_at(first, family, plan)
                for rule in ours:
                    ask(self.netlink.rule, "del", **_rule_key(family, rule))

    def _ours(self, family: int, plan: Plan) -> tuple[list[Any], int]:
        """Our rules, and the preference that is right for them: the plan's, or a smaller one that
        stands before all others' but those at 0 and 1."""
        ours, first = [], plan.preference
        for rule in self.netlink.get_rules(family=family):
            preference = rule.get_attr("FRA_PRIORITY") or 0
            if rule.get_attr("FRA_TABLE") == plan.table:
                ours.append(rule)
            elif preference > 1:
                first = min(first, preference - 1)
        return ours, first

    def undivert(self, plan: Plan) -> None:
        """Take back what `divert` made for such a plan, or a former one with its table; what is
        not there is no error."""
        for family in AF.values():
            for rule in self._ours(family, plan)[0]:
                ask(self.netlink.rule, "del", **_rule_key(family, rule))
            for _ in self.netlink.get_routes(family=family, table=plan.table):
                ask(self.netlink.route, "del", **_all_is_local(family, plan))


class First:
    """A plan's rules kept first from here on until `close`, by a thread that hears of every change.
    What has been marked and would leave meanwhile is dropped by the plan's table."""

    def __init__(self, plan: Plan) -> None:
        self._changes = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._changes.bind((0, RTMGRP_IPV4_RULE | RTMGRP_IPV6_RULE))
        self._end, self._ended = socket.socketpair()
        self._thread = threading.Thread(target=self._keep, args=(plan,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """When it returns, nothing is made any more."""
        self._end.close()
        self._thread.join()

    def _keep(self, plan: Plan) -> None:
        routes = Routes()
        with self._changes, self._ended, contextlib.closing(routes):
            while True:
                with contextlib.suppress(OSError):  # there may be more to hear of, and then again
                    routes.stay_first(plan)
                if self._ended in select.select((self._changes, self._ended), (), ())[0]:
                    return
                with contextlib.suppress(OSError):  # more than there was room for
                    self._changes.recv(1 << 16)


def _all_is_local(family: int, plan: Plan) -> dict[str, object]:
    route = {"family": family, "type": "local", "dst": "default", "oif": LOOPBACK}
    return {**route, "table": plan.table, "scope": "host", "proto": "boot"}


def _rule_key(family: int, rule: Any) -> dict[str, object]:
    """What tells one of our rules from the others, for its deletion."""
    fields = ("iifname", "priority", "fwmark", "fwmask", "table")
    return {"family": family} | {each: rule.get_attr(f"FRA_{each.upper()}") for each in fields}


def ask(request: Callable[..., Any], command: str, **fields: object) -> None:
    try:
        request(command, **fields)
    except NetlinkError as error:
        raise OSError(error.code, error.args[1]) from error
