"""Plan -> the text of one nftables table, `inet byway`, for the host's network namespace.

Pure: nothing is looked up and nothing is run. The text is made of numbers, address objects and
names that `contract` has checked. Which chain does what is drawn in docs/internals/interception.md;
the golden files of the tests show the whole result, and the kernel loads them.

After every `tproxy` stands a refusal: tproxy lets a packet pass when nobody listens, and what
passes would go direct.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network

from byway_helper.contract import Family, Mode, Plan, Ports, Udp

TABLE = "byway"
GUARD = "byway_guard"  # the kill switch's; no `flags owner`, for it outlives the helper

Network = IPv4Network | IPv6Network

# Destinations that never leave the machine or its link, or cannot be relayed: this host, loopback,
# link-local, multicast, reserved (RFC 6890 and RFC 4291).
NEVER: tuple[Network, ...] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/4"),
    IPv4Network("240.0.0.0/4"),
    IPv6Network("::/127"),
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)

# At mangle (-150), firewalld's IPv6 rpfilter drops what tproxy has taken; after filter it does not.
PREROUTING = "type filter hook prerouting priority filter + 20; policy accept;"
# `type route`: the kernel asks the routing tables again for a packet whose mark has changed.
OUTPUT = "type route hook output priority mangle; policy accept;"

_POSTROUTING = "type filter hook postrouting priority filter; policy accept;"

OWN_DESTINATION = "fib daddr type { local, broadcast, anycast, multicast }"
_DHCP = "udp dport { 67, 68, 546, 547 }"

Lines = list[str]


def table(chains: Iterable[Lines]) -> str:
    """The text for libnftables, ending in a newline."""
    return "\n".join([f"table inet {TABLE} {{", *(line for c in chains for line in c), "}", ""])


def chain(name: str, rules: Iterable[str]) -> Lines:
    return [f"  chain {name} {{", *(f"    {rule}" for rule in rules), "  }"]


def marked(plan: Plan, value: int) -> str:
    """Matches a packet with one of the plan's marks."""
    return f"meta mark & {plan.marks.mask:#010x} == {value:#010x}"


def taking(plan: Plan, ports: Mapping[Family, Ports]) -> list[Lines]:
    """`divert` hands the packet to the engine's socket, or refuses it where nobody listens; `take`
    comes back then. `ports` has every family of the plan, else KeyError."""
    rules = []
    for family in plan.families:
        protocol, address = _TPROXY[family]
        for transport in ("tcp", "udp"):
            port = getattr(ports[family], transport)
            rules.append(
                f"meta nfproto {NFPROTO[family]} meta l4proto {transport} "
                f"tproxy {protocol} to {address}:{port} accept"
            )
    divert = chain("divert", ["jump take", "goto refuse"])
    return [divert, chain("take", rules), chain("refuse", _REFUSE)]


_TPROXY = {Family.IPV4: ("ip", "127.0.0.1"), Family.IPV6: ("ip6", "[::1]")}
NFPROTO = {Family.IPV4: "ipv4", Family.IPV6: "ipv6"}

# An engine that is gone means a prompt refusal, not a connection that hangs.
_REFUSE = [
    "meta l4proto tcp reject with tcp reset",
    "meta l4proto udp reject with icmpx port-unreachable",
    "reject with icmpx admin-prohibited",
]


def render(plan: Plan, ports: Mapping[Family, Ports]) -> str:
    """The whole table. `ports` has every family of the plan, else KeyError."""
    chains = [
        ["  flags owner;"],  # the table dies with the helper's netlink socket
        *_bypass_sets(plan.bypass),
        chain("out", _host_out(plan)),
        chain("pre", _host_pre(plan)),
        *_veiled(plan),
        # Somebody's routing rule has come before ours: Routes.stay_first is about to mend it.
        chain("astray", [_POSTROUTING, f'oifname != "lo" {marked(plan, plan.marks.local)} drop']),
    ]
    if plan.mode is Mode.GATEWAY:
        chains.append(chain("clients", _host_clients(plan)))
    chains.append(chain("answers", _ANSWERS))
    return table([*chains, *taking(plan, ports)])


# Of the engine's raw senders: answers to what programs sent. And where it sends a program's
# datagram once more, the kernel tells the program that nobody takes it.
_ANSWERS = [
    "meta l4proto udp ct direction reply accept",
    # Name servers' rules often leave what comes from port 53 untracked; here are none but ours.
    'oifname "lo" udp sport 53 ct state untracked accept',
    "meta l4proto udp ct status & confirmed != 0 reject with icmpx port-unreachable",
    "counter drop",
]

_SETS = {"bypass4": (4, "ipv4_addr"), "bypass6": (6, "ipv6_addr")}


def _bypass_sets(bypass: Iterable[Network]) -> list[Lines]:
    return [
        [
            f"  set {name} {{",
            f"    type {kind};",
            "    flags interval;",
            "    auto-merge;",
            *(f"    elements = {each}" for each in _elements(bypass, version)),
            "  }",
        ]
        for name, (version, kind) in _SETS.items()
    ]


def _elements(networks: Iterable[Network], version: int) -> Lines:
    """Those of one family as nft takes them; none where there are none."""
    texts = [str(network) for network in networks if network.version == version]
    return ["{\n      " + ",\n      ".join(texts) + "\n    }"] if texts else []


def _never(version: int) -> str:
    return ", ".join(str(network) for network in NEVER if network.version == version)


def _spared(plan: Plan) -> Lines:
    """What is never taken, from this machine or from the LAN."""
    rules = [
        "meta l4proto != { tcp, udp } return",
        # What is not tracked says nothing of its direction: servers that are run so must go on.
        "ct state untracked return",
        "ct direction reply return",
        f"{_DHCP} return",
        f"{OWN_DESTINATION} return",
        f"ip daddr {{ {_never(4)} }} return",
        f"ip6 daddr {{ {_never(6)} }} return",
        # Questions for names are taken from bypassed networks too: most resolvers are in one, and
        # rules by name need what they answer.
        "th dport != 53 ip daddr @bypass4 return",
        "th dport != 53 ip6 daddr @bypass6 return",
    ]
    rules += [f"meta nfproto {NFPROTO[f]} return" for f in Family if f not in plan.families]
    if plan.udp is Udp.NAMES:
        rules.append("meta l4proto udp udp dport != 53 return")
    return rules


def _host_out(plan: Plan) -> Lines:
    rules = [
        OUTPUT,
        f"{marked(plan, plan.marks.reply)} goto answers",
        # Any mark: our own sockets have one, and so have those of every VPN.
        "meta mark != 0 return",
    ]
    taken = f"meta mark set {plan.marks.local:#010x}"
    later = [f"{each} {taken} accept" for each in _taken(plan)]
    return [*rules, *later, *_spared(plan), *_begun(plan, _OWNED), taken]


def _taken(plan: Plan) -> Lines:
    """Later packets of what was taken, whatever is bypassed by now."""
    ours = f"ct direction original ct mark & {plan.marks.mask:#010x} == {plan.marks.local:#010x}"
    tcp = f"meta l4proto tcp {ours} tcp flags & (syn | ack) != syn"
    return [tcp] if plan.udp is Udp.NAMES else [tcp, f"meta l4proto udp {ours}"]


def _begun(plan: Plan, owned: str) -> Lines:
    """What was open before goes on as it is: TCP is taken from its SYN on, UDP from a datagram on
    that no connection is known of (yet), or not at all. Which are taken is kept in the
    connection's mark, in the bits that are ours. `owned` must hold for UDP too."""
    keep = ~plan.marks.mask & 0xFFFFFFFF
    begin = f"ct mark set ct mark & {keep:#010x} | {plan.marks.local:#010x}"
    others = f"ct mark & {plan.marks.mask:#010x} != {plan.marks.local:#010x} return"
    tcp = [f"tcp flags & (syn | ack) == syn {begin}", f"meta l4proto tcp {others}"]
    # Questions for names are each one of their own: they are taken in any case. Theirs is marked
    # too, for wg-quick restores the mark of all UDP from the connection's.
    names = f"udp dport 53 {begin}"
    if plan.udp is Udp.NAMES:
        return [*tcp, names]
    return [*tcp, names, f"{_NEW_UDP} {owned}{begin}", f"udp dport != 53 {others}"]


_NEW_UDP = "meta l4proto udp ct status & confirmed == 0"
# A datagram of a program's. What the kernel sends itself (WireGuard, VXLAN) has no owner, and `meta
# skuid` of none does not match.
_OWNED = "meta skuid 0-4294967294 "


def _host_pre(plan: Plan) -> Lines:
    rules = [
        PREROUTING,
        "ct direction reply accept",  # whatever mark others have restored
        f'iifname "lo" {marked(plan, plan.marks.local)} goto divert',
    ]
    if plan.lan:
        names = ", ".join(f'"{name}"' for name in plan.lan)
        rules.append(f"iifname {{ {names} }} goto clients")
    return rules


def _veiled(plan: Plan) -> list[Lines]:
    """Answers to this machine's programs come over lo and from addresses that are not its own. At
    raw, wg-quick drops what so comes to the tunnel's address (CVE-2019-14899), which every program
    has that goes by the tunnel. There, and only there, they are addressed otherwise."""
    ours = f"ct mark & {plan.marks.mask:#010x} == {plan.marks.local:#010x}"
    rules = [
        f'iifname "lo" ct direction reply {ours} {key} daddr set {key} daddr ^ {bit}'
        for key, bit in (("ip", "128.0.0.0"), ("ip6", "8000::"))
    ]
    return [
        chain(name, [f"type filter hook prerouting priority {at}; policy accept;", *rules])
        for name, at in (("veil", "raw - 1"), ("unveil", "raw + 1"))
    ]


def _host_clients(plan: Plan) -> Lines:
    keep = ~plan.marks.mask & 0xFFFFFFFF
    taken = f"meta mark set meta mark & {keep:#010x} | {plan.marks.gateway:#010x}"
    go = f"{taken} goto divert"
    later = [f"{each} {go}" for each in _taken(plan)]
    return [*later, _PUBLISHED, *_spared(plan), *_begun(plan, ""), go]


# A port of this machine that others' rules send on, to a container say: it was meant for us.
_PUBLISHED = "ct status dnat return"


def update(bypass: Iterable[Network]) -> str:
    """Commands that put other networks into the table's sets, in one transaction."""
    networks = tuple(bypass)
    lines = []
    for name, (version, _) in _SETS.items():
        of = f"inet {TABLE} {name}"
        lines.append(f"flush set {of}")
        lines += [f"add element {of} {each}" for each in _elements(networks, version)]
    return "\n".join([*lines, ""])


def render_guard(plan: Plan) -> str:
    """The kill switch: what `render(plan, …)` would take is refused where that has not marked it.
    Beside the plan's own table it has nothing to do; without that, it refuses at once."""
    # Connections from before go on here as well: they have no mark of the plan's table.
    unmarked = f"ct mark & {plan.marks.mask:#010x} == 0 return"
    before = [f"tcp flags & (syn | ack) != syn {unmarked}"]
    if plan.udp is Udp.ALL:
        before.append(f"udp dport != 53 ct status & confirmed != 0 {unmarked}")
    refused = [*_spared(plan), *before]
    others = "meta mark != 0 return"  # taken, or the engine's own, or a VPN's
    owned = ["meta l4proto tcp goto refuse", f"{_OWNED}goto refuse"]
    chains = [
        *_bypass_sets(plan.bypass),
        chain("out", [_GUARD_OUT, others, *refused, *owned]),
        chain("refuse", _REFUSE),
    ]
    if plan.lan:
        names = ", ".join(f'"{name}"' for name in plan.lan)
        chains.append(
            chain(
                "clients",
                [
                    _GUARD_FORWARD,
                    f"iifname != {{ {names} }} return",
                    _PUBLISHED,
                    *refused,
                    "goto refuse",
                ],
            )
        )
    return "\n".join([f"table inet {GUARD} {{", *(line for c in chains for line in c), "}", ""])


# After every chain that marks.
_GUARD_OUT = "type filter hook output priority filter; policy accept;"
_GUARD_FORWARD = "type filter hook forward priority filter; policy accept;"
