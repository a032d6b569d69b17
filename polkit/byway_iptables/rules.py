"""Plan -> the same rules for x_tables, one family, in the words of iptables-restore(8).

Pure, and the twin of byway_helper/rules/, which says what a condition means and why it is there.
Our chains begin with BYWAY_; a `goto` among them ends with a return to a built-in chain. TPROXY
drops what nobody listens for, and a datagram that the engine refuses is dropped as well: at these
places x_tables cannot say no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import groupby
from operator import itemgetter
from typing import Any

from byway_helper.contract import Family, Plan, Ports, Udp
from byway_helper.render import Network

OURS = "BYWAY_"

# What never leaves the machine or its link, or cannot be relayed: RFC 6890 and RFC 4291.
NEVER: tuple[Network, ...] = (
    *map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")),
    *map(IPv6Network, ("::/127", "fe80::/10", "ff00::/8")),
)

# Of IPv6, MULTICAST beside others asks for both at once, and no address is; NEVER has it.
_OWN = {Family.IPV4: "LOCAL,BROADCAST,ANYCAST,MULTICAST", Family.IPV6: "LOCAL,ANYCAST"}
_OWNERLESS = "-A {} -p udp -m owner ! --socket-exists -j RETURN"
_FEW = 8  # so many networks are asked one by one


def table(name: str, rules: Iterable[str] = ()) -> str:
    """All that shall be ours in a table: these rules, or nothing."""
    return "\n".join([f"*{name}", *rules, "COMMIT", ""])


def render(plan: Plan, family: Family, ports: Ports) -> str:
    """Table mangle: what takes packets."""
    marks, address = plan.marks, "127.0.0.1" if family is Family.IPV4 else "::1"
    on = f"--on-ip {address} --tproxy-mark 0x0/0x0"
    values = (marks.local, marks.gateway, marks.reply, marks.bypass)
    local, gateway, reply, bypass = (f"{value:#x}/{marks.mask:#x}" for value in values)
    taken = f"-m conntrack --ctdir ORIGINAL -m connmark --mark {local} -g BYWAY_TAKEN"
    rules = [
        "-I PREROUTING -j BYWAY_IN",
        "-A OUTPUT -j BYWAY_OUT",  # at the end: others have marked by then, as with nftables
        f"-A BYWAY_OUT -p udp -m mark --mark {reply} -m conntrack --ctdir REPLY "
        f"-m connmark --mark {local} -j RETURN",
        # Name servers' rules often leave what comes from port 53 untracked; here are none but ours.
        f"-A BYWAY_OUT -o lo -p udp -m udp --sport 53 -m mark --mark {reply} "
        "-m conntrack --ctstate UNTRACKED -j RETURN",
        f"-A BYWAY_OUT -m mark --mark {reply} -j DROP",
        f"-A BYWAY_OUT -m mark --mark {bypass} -m conntrack --ctdir ORIGINAL "
        "-m addrtype ! --src-type LOCAL -j DROP",
        "-A BYWAY_OUT -m mark ! --mark 0x0 -j RETURN",
        _OWNERLESS.format("BYWAY_OUT"),
        "-A BYWAY_OUT -g BYWAY_ANY",
        "-A BYWAY_IN -m conntrack --ctdir REPLY -j RETURN",
        f"-A BYWAY_IN -i lo -m mark --mark {local} -g BYWAY_TPROXY",
        *(f"-A BYWAY_IN -i {name} -g BYWAY_CLIENT" for name in plan.lan),
        "-A BYWAY_CLIENT -j BYWAY_ANY",
        f"-A BYWAY_CLIENT -m mark ! --mark {local} -j RETURN",
        f"-A BYWAY_CLIENT -j MARK --set-xmark {gateway}",
        "-A BYWAY_CLIENT -g BYWAY_TPROXY",
        f"-A BYWAY_UDP -p udp {taken}",
        # What is in no connection goes on as it began: others have left its answers untracked.
        *_spared(plan, family, "BYWAY", [taken, f"-m connmark ! --mark {local} -j RETURN"]),
        f"-A BYWAY_END -j CONNMARK --set-xmark {local}",
        "-A BYWAY_END -g BYWAY_TAKEN",
        f"-A BYWAY_TAKEN -j MARK --set-xmark {local}",
        f"-A BYWAY_TPROXY -p tcp -j TPROXY --on-port {ports.tcp} {on}",
        f"-A BYWAY_TPROXY -p udp -j TPROXY --on-port {ports.udp} {on}",
        "-A BYWAY_TPROXY -j DROP",
        "-A POSTROUTING -j BYWAY_ASTRAY",
        "-A BYWAY_ASTRAY -o lo -j RETURN",
        "-A BYWAY_ASTRAY -m owner --uid-owner 0 -j RETURN",
        f"-A BYWAY_ASTRAY -m mark --mark {local} -j DROP",
    ]
    return table("mangle", rules)


def render_guard(plan: Plan, family: Family) -> str:
    """Table filter: the kill switch. At the front, for an ACCEPT before it would open it."""
    icmp = "icmp" if family is Family.IPV4 else "icmp6"
    rules = [
        "-I OUTPUT -j BYWAY_GUARD",
        *(f"-I FORWARD -i {name} -j BYWAY_GUARD_CLIENT" for name in plan.lan),
        "-A BYWAY_GUARD_CLIENT -m conntrack --ctstate DNAT -j RETURN",
        "-A BYWAY_GUARD_CLIENT -g BYWAY_GUARD_ANY",
        "-A BYWAY_GUARD -m mark ! --mark 0x0 -j RETURN",
        _OWNERLESS.format("BYWAY_GUARD"),
        "-A BYWAY_GUARD -g BYWAY_GUARD_ANY",
        *_spared(plan, family, "BYWAY_GUARD", [_before(plan)]),
        "-A BYWAY_GUARD_END -p tcp -j REJECT --reject-with tcp-reset",
        f"-A BYWAY_GUARD_END -j REJECT --reject-with {icmp}-port-unreachable",
    ]
    return table("filter", rules)


def _before(plan: Plan) -> str:
    return f"-m connmark --mark 0x0/{plan.marks.mask:#x} -j RETURN"


def _spared(plan: Plan, family: Family, ours: str, later: list[str]) -> Iterator[str]:
    """What is spared returns, all else goes on to END; `later`: of TCP what is no SYN. Only SYNs
    and datagrams come as far as the networks: x_tables asks one rule after the other."""
    networks: Any = [net for net in plan.bypass if net.version == family.value]
    near, end = f"-A {ours}_NEAR", f"-g {ours}_END"
    yield from (f"-A {ours}_ANY -p {kind} -g {ours}_{kind.upper()}" for kind in ("tcp", "udp"))
    yield from (f"-A {ours}_TCP -p tcp -m tcp ! --tcp-flags SYN,ACK SYN {rule}" for rule in later)
    yield f"-A {ours}_TCP -g {ours}_NEAR"
    open_before = f"-m conntrack --ctstatus CONFIRMED {_before(plan)}"
    yield f"-A {ours}_UDP -p udp -m udp ! --dport 53 {open_before}"
    yield f"-A {ours}_UDP -p udp -m multiport --dports 67,68,546,547 -j RETURN"
    if plan.udp is Udp.NAMES:
        yield f"-A {ours}_UDP -p udp -m udp ! --dport 53 -j RETURN"
    yield f"-A {ours}_UDP -g {ours}_NEAR"
    yield f"{near} -m conntrack --ctstate UNTRACKED -j RETURN"
    yield f"{near} -m conntrack --ctdir REPLY -j RETURN"
    yield f"{near} -m addrtype --dst-type {_OWN[family]} -j RETURN"
    yield from (f"{near} -d {net} -j RETURN" for net in NEVER if net.version == family.value)
    yield from (f"{near} -p {kind} -m {kind} --dport 53 {end}" for kind in ("tcp", "udp"))
    yield from _tree(f"{ours}_NEAR", list(collapse_addresses(networks)), end)


def _tree(root: str, networks: list[Network], end: str) -> Iterator[str]:
    """The networks (sorted, none in another) as chains, one for each four bits of the prefix."""
    chains = [(root, networks, 4)]
    for chain, inside, size in chains:  # it grows meanwhile
        parts = [(n.supernet(new_prefix=size) if n.prefixlen > size else n, n) for n in inside]
        for part, group in groupby(parts, itemgetter(0)):
            members = [network for _, network in group]
            if len(inside) <= _FEW or len(members) == 1:
                yield from (f"-A {chain} -d {network} -j RETURN" for network in members)
            else:
                chains.append((f"{root}_{len(chains)}", members, size + 4))
                yield f"-A {chain} -d {part} -g {chains[-1][0]}"
        yield f"-A {chain} {end}"
