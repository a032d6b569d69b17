"""The routes and routing rules of a Plan, through pyroute2's rtnetlink(7).

Imported late: the library takes longer to load than all the rest of setting up a namespace.
"""

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
            where = {"family": family, "oif": LOOPBACK, "table": plan.table}
            what = {"type": "local", "dst": "default", "scope": "host", "proto": "boot"}
            ask(self.netlink.route, "add", **where, **what)
            self._ask_at(self._ours(family)[1], family, plan)

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
        that is added without a preference has: the kernel puts it before all but the first. And
        where somebody has taken ours away (`ip rule flush`, a starting systemd-networkd)."""
        for family in (AF[each] for each in plan.families):
            ours, first = self._ours(family)
            if len(ours) <= len(plan.lan):
                self._unask(family, ours)
                ours = []
            if not ours or max(ours) > first:
                self._ask_at(first, family, plan)
                self._unask(family, ours)

    def _ours(self, family: int) -> tuple[list[int], int]:
        """Our rules' preferences, and the one that is right for them: the plan's, or a smaller one
        that stands before all others' but those at 0 and 1."""
        ours, first = [], Plan.preference
        for rule in self.netlink.get_rules(family=family):
            preference = rule.get_attr("FRA_PRIORITY") or 0
            if rule.get_attr("FRA_TABLE") == Plan.table:
                ours.append(preference)
            elif preference > 1:
                first = min(first, preference - 1)
        return ours, first

    def _unask(self, family: int, preferences: list[int]) -> None:
        for preference in preferences:
            ask(self.netlink.rule, "del", family=family, priority=preference, table=Plan.table)

    def undivert(self) -> None:
        """Take back what `divert` made for any plan; what is not there is no error."""
        for family in AF.values():
            self._unask(family, self._ours(family)[0])
            ask(self.netlink.flush_routes, family=family, table=Plan.table)


class First:
    """A plan's rules kept first from here on until `close`, by a thread that hears of every change
    and passes it on. What has been marked and would leave meanwhile the plan's table drops."""

    def __init__(self, plan: Plan, heard: Callable[[], object]) -> None:
        self._changes = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._changes.bind((0, RTMGRP_IPV4_RULE | RTMGRP_IPV6_RULE))
        self._end, self._ended = socket.socketpair()
        self._thread = threading.Thread(target=self._keep, args=(plan, heard), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """When it returns, nothing is made any more."""
        self._end.close()
        self._thread.join()

    def _keep(self, plan: Plan, heard: Callable[[], object]) -> None:
        routes = Routes()
        with self._changes, self._ended, contextlib.closing(routes):
            while True:
                with contextlib.suppress(OSError):  # there may be more to hear of, and then again
                    routes.stay_first(plan)
                if self._ended in select.select((self._changes, self._ended), (), ())[0]:
                    return
                with contextlib.suppress(OSError):  # more than there was room for
                    self._changes.recv(1 << 16)
                heard()


def ask(request: Callable[..., Any], *command: str, **fields: object) -> None:
    try:
        request(*command, **fields)
    except NetlinkError as error:
        raise OSError(error.code, error.args[1]) from error
