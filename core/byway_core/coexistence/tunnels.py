"""VPNs, and other programs that take a machine's traffic."""

from __future__ import annotations

from byway_core.coexistence.facts import Facts, RoutingRule
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.sentence import in_a_row, say
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
    where = [say("interface {name}", name=links[0])] if links else []
    if rules:
        where.append(
            say(
                "routing rule {rule}, table {table}",
                rule=rules[0].preference,
                table=_TAILSCALE_TABLE,
            )
        )
    node = any(way.link in links for way in facts.ways if way.mark == 0)
    follows = say(
        "Its own packets and its network (100.64.0.0/10) are left alone. What your "
        "rules send directly goes on through it where it would without Byway."
    )
    if node:
        follows = say(
            "An exit node is set: what your rules send directly leaves by it. {more}", more=follows
        )
    return Finding("Tailscale", in_a_row(where), follows)


def wireguard(facts: Facts, plan: Plan) -> Finding | None:
    links = facts.of_kind("wireguard")
    rules = [rule for rule in facts.rules if is_wg_quick(rule)]
    if not links and not rules:
        return None
    where: list[str] = [say("interface {name}", name=", ".join(links))] if links else []
    if rules:
        where.append(say("routing rule {rule}", rule=f"{rules[0].preference}: {rules[0].words()}"))
        if facts.sysctls.get("net/ipv4/conf/all/src_valid_mark", "").strip() == "1":
            where.append("net.ipv4.conf.all.src_valid_mark = 1")
    if not rules:
        return Finding(
            "WireGuard",
            in_a_row(where),
            say("Its own packets are left alone, and so is its network if that is a private one."),
        )
    return Finding(
        "WireGuard",
        in_a_row(where),
        say(
            "It is this machine's way out: what your rules send directly, or to an "
            "upstream, goes through it, and its own packets are left alone. Bring it up "
            "before Byway, not while Byway runs."
        ),
    )


def is_wg_quick(rule: RoutingRule) -> bool:
    """`not fwmark N lookup N`, by which wg-quick sends everything into a tunnel."""
    return rule.inverted and rule.mark is not None and rule.mark == rule.table


def interceptor(facts: Facts, plan: Plan) -> Finding | None:
    """Another that takes everything: by a tun interface that everything leaves by, or by name."""
    running = sorted(_INTERCEPTORS & facts.processes)
    outward = {way.link for way in facts.ways if way.mark == 0}
    by = sorted(set(facts.of_kind("tun")) & outward - set(facts.named("tailscale")))
    where = [say("running: {running}", running=", ".join(running))] if running else []
    where += [say("everything leaves by interface {name}", name=", ".join(by))] if by else []
    seen = in_a_row(where)
    if not running:
        return Finding(say("VPN or TUN proxy"), seen, _TUN, Severity.NOTE) if by else None
    follows, severity = (_BOTH, Severity.CONFLICT) if by else (_UPSTREAM, Severity.NOTE)
    return Finding(running[0], seen, follows, severity, _OWN_MARK)


_TUN = say(
    "Byway takes programs' connections first; what it sends directly or to an "
    "upstream then goes through that interface."
)
_BOTH = say(
    "Both take everything: its own connections come to Byway, whose direct ones go "
    "to it again, in a circle. Switch its TUN or redirecting off and use it as an "
    "upstream, or let Byway see which connections are its own."
)
_UPSTREAM = say(
    "Its own connections go by your rules like every program's: if they send these "
    "to an upstream that is this program, they go in a circle. Connections with a "
    "mark are left alone."
)
_OWN_MARK = (
    say("# mihomo, Clash, in its config.yaml:   routing-mark: 6666"),
    say('# sing-box, in its "route":            "default_mark": 6666'),
    say('# Xray, V2Ray, in "streamSettings":    "sockopt": {"mark": 6666}'),
    say(
        "# others: in your profile, as first rule for each of its servers: "
        "IP-CIDR,ADDRESS/32,DIRECT"
    ),
)
