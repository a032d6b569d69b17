"""The nftables table of a program's own network namespace.

Pure, on top of `byway_helper.render`, which has what both share. No rule here reads connection
tracking: nothing needs it, so programs never meet a full table and connections cost less.
"""

from __future__ import annotations

from collections.abc import Mapping

from byway_helper.contract import Family, Plan, Ports, Udp
from byway_helper.render import (
    NFPROTO,
    OUTPUT,
    OWN_DESTINATION,
    PREROUTING,
    Lines,
    chain,
    marked,
    table,
    taking,
)


def render_own(plan: Plan, ports: Mapping[Family, Ports]) -> str:
    """The table for libnftables. `ports` has every family of the plan, else KeyError."""
    return table(
        [
            chain("out", _out(plan)),
            chain("pre", _pre(plan)),
            chain("loopback", _LOOPBACK),
            *taking(plan, ports),
        ]
    )


def _out(plan: Plan) -> Lines:
    local = f"meta mark set {plan.marks.local:#010x}"
    rules = [
        OUTPUT,
        # The engine's packets; a program inside has not the power to set a mark.
        f"meta mark & {plan.marks.mask:#010x} != 0 accept",
        f"{OWN_DESTINATION} accept",
    ]
    rules += [f"meta nfproto {NFPROTO[f]} goto refuse" for f in Family if f not in plan.families]
    rules += [
        f"meta l4proto tcp {local} accept",
        f"udp dport 53 {local} accept"
        if plan.udp is Udp.NAMES
        else f"meta l4proto udp {local} accept",
        # Here and not in `pre`: the sender learns of it by the call (EPERM), even on a socket that
        # is not connected and would never see the ICMP message.
        "goto refuse",
    ]
    return rules


def _pre(plan: Plan) -> Lines:
    return [
        PREROUTING,
        f"{marked(plan, plan.marks.local)} goto divert",
        f"meta mark & {plan.marks.mask:#010x} != 0 accept",
        "ip daddr 127.0.0.0/8 goto loopback",
        "ip6 daddr ::1 goto loopback",
    ]


# A socket inside wins; what nobody inside listens to is the host's. It must be asked here: in the
# output hook `socket` finds the sender's own. `take` comes back for packets of a handshake that an
# inside listener has begun (`socket` does not see those), and they go on as they are; and UDP
# other than name questions stays inside.
_LOOPBACK = [
    "socket wildcard { 0, 1 } accept",
    "meta l4proto tcp jump take",
    "udp dport 53 jump take",
]
