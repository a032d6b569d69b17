"""VPNs, and other programs that take a machine's traffic."""

from __future__ import annotations

from byway_core.coexistence.facts import Facts, RoutingRule
from byway_core.coexistence.finding import Finding, Severity
from byway_helper.contract import Plan

_TAILSCALE_TABLE = 52
_TAILSCALE_RULES = range(5200, 5300)
# Programs that intercept or tunnel a whole machine, by their processes' names (comm).
_INTERCEPTORS = {
    "mihomo",
    "clash",
    "clash-meta",
    "verge-mihomo",
    "sing-box",
    "xray",
    "v2ray",
    "v2raya",
    "dae",
    "redsocks",
    "redsocks2",
    "tun2socks",
    "hev-socks5-tunn",
    "hiddify-core",
    "nekobox_core",
    "portmaster-core",
}


def tailscale(facts: Facts, plan: Plan) -> Finding | None:
    links = facts.named("tailscale")
    rules = [
        rule
        for rule in facts.rules
        if rule.table == _TAILSCALE_TABLE and rule.preference in _TAILSCALE_RULES
    ]
    if not links and not rules:
        return None
    where = [f"interface {links[0]}"] if links else []
    if rules:
        where.append(f"routing rule {rules[0].preference}, table {_TAILSCALE_TABLE}")
    node = any(way.link in links for way in facts.ways if way.mark == 0)
    follows = (
        "Its own packets and its network (100.64.0.0/10) are left alone. What your rules send "
        "directly goes on through it where it would without Byway."
    )
    if node:
        follows = "An exit node is set: what your rules send directly leaves by it. " + follows
    return Finding("Tailscale", "; ".join(where), follows)


def wireguard(facts: Facts, plan: Plan) -> Finding | None:
    links = facts.of_kind("wireguard")
    rules = [rule for rule in facts.rules if is_wg_quick(rule)]
    if not links and not rules:
        return None
    where = [f"interface {', '.join(links)}"] if links else []
    if rules:
        where.append(f"routing rule {rules[0].preference}: {rules[0].words()}")
        if facts.sysctls.get("net/ipv4/conf/all/src_valid_mark", "").strip() == "1":
            where.append("net.ipv4.conf.all.src_valid_mark = 1")
    if not rules:
        return Finding(
            "WireGuard",
            "; ".join(where),
            "Its own packets are left alone, and so is its network if that is a private one.",
        )
    return Finding(
        "WireGuard",
        "; ".join(where),
        "It is this machine's way out: what your rules send directly, or to an upstream, goes "
        "through it, and its own packets are left alone. Bring it up before Byway, not while Byway "
        "runs.",
    )


def is_wg_quick(rule: RoutingRule) -> bool:
    """`not fwmark N lookup N`, by which wg-quick sends everything into a tunnel."""
    return rule.inverted and rule.mark is not None and rule.mark == rule.table


def interceptor(facts: Facts, plan: Plan) -> Finding | None:
    """Another that takes everything: by a tun interface that everything leaves by, or by name."""
    running = sorted(_INTERCEPTORS & facts.processes)
    outward = {way.link for way in facts.ways if way.mark == 0}
    by = sorted(set(facts.of_kind("tun")) & outward - set(facts.named("tailscale")))
    where = [f"running: {', '.join(running)}"] if running else []
    where += [f"everything leaves by interface {', '.join(by)}"] if by else []
    seen = "; ".join(where)
    if not running:
        return Finding("VPN or TUN proxy", seen, _TUN, Severity.NOTE) if by else None
    follows, severity = (_BOTH, Severity.CONFLICT) if by else (_UPSTREAM, Severity.NOTE)
    return Finding(running[0], seen, follows, severity, _OWN_MARK)


_TUN = (
    "Byway takes programs' connections first; what it sends directly or to an upstream then goes "
    "through that interface."
)
_BOTH = (
    "Both take everything: its own connections come to Byway, whose direct ones go to it again, in "
    "a circle. Switch its TUN or redirecting off and use it as an upstream, or let Byway see which "
    "connections are its own."
)
_UPSTREAM = (
    "Its own connections go by your rules like every program's: if they send these to an upstream "
    "that is this program, they go in a circle. Connections with a mark are left alone."
)
_OWN_MARK = (
    "# mihomo, Clash, in its config.yaml:   routing-mark: 6666",
    '# sing-box, in its "route":            "default_mark": 6666',
    '# Xray, V2Ray, in "streamSettings":    "sockopt": {"mark": 6666}',
    "# others: in your profile, as first rule for each of its servers: IP-CIDR,ADDRESS/32,DIRECT",
)
