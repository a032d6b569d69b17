"""Others' routing rules and tables, and the kernel's switches that interception depends on.

A packet that Byway takes has a mark, and one rule sends what has it to the engine. Rules that the
kernel asks before that one can send it elsewhere: past all of the user's rules, and silently.
"""

from __future__ import annotations

from enum import Enum

from byway_core.coexistence.facts import LOCAL_TABLE, Action, Facts, RoutingRule, has_ipv6
from byway_core.coexistence.finding import Finding, Severity
from byway_core.coexistence.tunnels import is_wg_quick
from byway_core.model.sentence import in_a_row, say
from byway_helper.contract import Family, Mode, Plan

# Where there are many, some are enough to see whose they are.
_SHOWN = 4


class _Share(Enum):
    """How much of what Byway takes a rule takes away."""

    NOTHING = 0
    NETWORKS = 1  # to destinations of which its table has a route
    SOME = 2  # that ask for something else besides: a source, a user, a port
    ALL = 3


def taken_over(facts: Facts, plan: Plan) -> Finding | None:
    """Foreign rules before ours that match what has our marks."""
    shares: dict[_Share, list[RoutingRule]] = {share: [] for share in _Share}
    first = _first(facts, plan)
    for rule in facts.rules:
        if rule.preference < first:
            shares[_share(rule, facts, plan)].append(rule)
    lost, networks = [*shares[_Share.ALL], *shares[_Share.SOME]], shares[_Share.NETWORKS]
    if lost:
        follows = say(
            "While Byway runs, what it takes goes by these instead, past your rules, or is "
            "dropped. The kernel asks them before Byway's own (from {first} on).",
            first=first,
        )
        if not shares[_Share.ALL]:
            follows = say(
                "While Byway runs, some of what it takes goes by these instead, past your rules, "
                "or is dropped. The kernel asks them before Byway's own (from {first} on).",
                first=first,
            )
        return Finding(
            _BEFORE, _listed(lost), follows, Severity.CONFLICT, _moved(lost, facts, plan)
        )
    if networks:
        follows = say(
            "They have no way to everywhere: only connections to the networks in their "
            "tables go past your rules."
        )
        return Finding(_BEFORE, _listed(networks), follows, Severity.NOTE)
    return None


_BEFORE = say("Routing rules before Byway's")


def not_reached(facts: Facts, plan: Plan) -> Finding | None:
    """Our rule is there, and the kernel sends what has its mark elsewhere nonetheless."""
    families = {rule.family for rule in facts.rules if is_ours(rule, plan)}
    lost = {
        way.link or "nowhere"
        for way in facts.ways
        if way.mark == plan.marks.local and way.family in families and not way.local
    }
    if not lost:
        return None
    return Finding(
        say("Traffic goes past Byway"),
        say("the kernel sends marked packets to {lost}", lost=", ".join(sorted(lost))),
        say(
            "Your rules are not applied to it now: Byway's routing rule or its table are "
            "not as Byway has made them."
        ),
        Severity.CONFLICT,
        ("byway down", "byway up"),
    )


def is_ours(rule: RoutingRule, plan: Plan) -> bool:
    return rule.table == plan.table and rule.mask == plan.marks.mask


def _first(facts: Facts, plan: Plan) -> int:
    """Where ours stand, or would: before all others but those at 0 and 1."""
    return min((rule.preference for rule in facts.rules if is_ours(rule, plan)), default=2)


def _share(rule: RoutingRule, facts: Facts, plan: Plan) -> _Share:
    if rule.table in (LOCAL_TABLE, plan.table):
        return _Share.NOTHING
    ways = [("lo", plan.marks.local), *((name, plan.marks.gateway) for name in plan.lan)]
    matches = max((_matches(rule, link, mark) for link, mark in ways), key=_value)
    if matches is _Share.NOTHING or rule.action is not Action.LOOKUP:
        return matches if rule.action not in (Action.NOP, Action.GOTO) else _Share.NOTHING
    table = facts.table(rule.family, rule.table)
    # suppress_prefixlength N: routes with a prefix of N bits or less do not count.
    if (table.all and rule.suppressed < 0) or (table.halves and rule.suppressed < 1):
        return matches
    return _Share.NETWORKS if table.strange else _Share.NOTHING


def _value(share: _Share) -> int:
    return share.value


def _matches(rule: RoutingRule, link: str, mark: int) -> _Share:
    """Of packets with this mark that come from this interface."""
    if rule.vrf or rule.outgoing:
        return _Share.NOTHING  # packets within a VRF, or of sockets bound to an interface
    fits = rule.interface in ("", link)
    if rule.mark is not None:
        fits &= mark & rule.mask == rule.mark
    partial = rule.narrow or bool(rule.source or rule.destination)
    if rule.inverted:
        return _Share.ALL if not fits else _Share.SOME if partial else _Share.NOTHING
    return _Share.NOTHING if not fits else _Share.SOME if partial else _Share.ALL


def _listed(rules: list[RoutingRule]) -> str:
    texts = list(dict.fromkeys(f"{rule.preference}: {rule.words()}" for rule in rules))
    listed = "; ".join(texts[:_SHOWN])
    more = len(texts) - _SHOWN
    return say("{listed}, and {n} more", listed=listed, n=more) if more > 0 else listed


def _moved(rules: list[RoutingRule], facts: Facts, plan: Plan) -> tuple[str, ...]:
    if any(is_wg_quick(rule) for rule in rules):
        tunnel = next(iter(facts.of_kind("wireguard")), "INTERFACE")
        return (
            say(
                "# The VPN's rules go before whatever is there, so it must come first (with "
                "wg-quick;"
            ),
            say("# other programs: disconnect and connect):"),
            "byway down",
            f"sudo wg-quick down {tunnel} && sudo wg-quick up {tunnel}",
            "byway up",
        )
    if len(rules) > _SHOWN or any(rule.narrow for rule in rules):
        return (
            say(
                "# Give them a preference behind Byway's, where they were made, or make them before"
            ),
            say(
                "# `byway up` without one: ip rule add … preference {preference}",
                preference=plan.preference + 1,
            ),
        )
    lines: list[str] = [
        say("# Behind Byway's, until the program that has made them makes them again:")
    ]
    for place, rule in enumerate(rules, start=1):
        command = "sudo ip -6 rule" if rule.family == 6 else "sudo ip rule"
        lines.append(f"{command} add {rule.words()} preference {plan.preference + place}")
        lines.append(f"{command} del {rule.words()} preference {rule.preference}")
    return tuple(lines)


def strangers(facts: Facts, plan: Plan) -> Finding | None:
    """Others in our routing table."""
    rules = [rule for rule in facts.rules if rule.table == plan.table and not is_ours(rule, plan)]
    routes = [table for table in facts.tables if table.number == plan.table and table.strange]
    if not rules and not routes:
        return None
    where = [say("routing rule {rule}", rule=_listed(rules))] if rules else []
    where += [
        say("IPv{family} routes in it: {strange}", family=table.family, strange=table.strange)
        for table in routes
    ]
    families = {rule.family for rule in rules} | {table.family for table in routes}
    six = " -6" if 6 in families else ""
    return Finding(
        say("Routing table {table}", table=plan.table),
        in_a_row(where),
        say(
            "Another program uses Byway's routing table: what it puts there takes Byway's "
            "traffic, and `byway up` removes routes from that table."
        ),
        Severity.CONFLICT,
        (
            say("# See whose they are, and give that program another table:"),
            f"ip{six} route show table {plan.table}",
            f"ip{six} rule show table {plan.table}",
        ),
    )


def left_over(facts: Facts, plan: Plan, *, in_force: bool) -> Finding | None:
    """Our own rules with nobody behind them; `in_force` as the helper says."""
    ours = [rule for rule in facts.rules if is_ours(rule, plan)]
    if in_force or not ours:
        return None
    return Finding(
        say("Left over from Byway"),
        say("routing rule {rule}", rule=_listed(ours[:1])),
        say("It does nothing without the helper; the next `byway up` removes it, or now:"),
        Severity.NOTE,
        ("byway repair",),
    )


def marks(facts: Facts, plan: Plan) -> Finding | None:
    """Foreign rules that ask for one of our marks."""
    own = plan.marks
    values = {own.local, own.gateway, own.bypass, own.reply}
    rules = [
        rule
        for rule in facts.rules
        if rule.mark and rule.mark & plan.marks.mask in values and rule.table != plan.table
    ]
    if not rules:
        return None
    return Finding(
        say("Packet marks"),
        _listed(rules),
        say(
            "Another program marks packets in the bits that Byway uses ({mask}): what it "
            "marks is no program's for Byway, and is left alone or taken for Byway's own.",
            mask=f"{plan.marks.mask:#010x}",
        ),
        Severity.CONFLICT,
        (
            say(
                "# Give that program marks without the bits {mask}", mask=f"{plan.marks.mask:#010x}"
            ),
        ),
    )


def ipv6(facts: Facts, plan: Plan) -> Finding | None:
    text = facts.texts.get("/proc/net/if_inet6")
    if text is None:
        return Finding("IPv6", say("this kernel has none"), say("Only IPv4 is there to be taken."))
    if has_ipv6(text):
        return None
    if not text.strip():
        return Finding("IPv6", say("it is switched off"), say("Only IPv4 is there to be taken."))
    return Finding(
        "IPv6",
        say("it is switched off on lo, and on elsewhere"),
        say("Byway cannot take IPv6: it goes its way past your rules."),
        Severity.CONFLICT,
        ("sudo sysctl net.ipv6.conf.lo.disable_ipv6=0", "byway down", "byway up"),
    )


def forwarding(facts: Facts, plan: Plan) -> Finding | None:
    """A gateway's other half, which is the kernel's."""
    if plan.mode is not Mode.GATEWAY:
        return None
    switches = [("net/ipv4/ip_forward", "net.ipv4.ip_forward")]
    if Family.IPV6 in plan.families:
        switches.append(("net/ipv6/conf/all/forwarding", "net.ipv6.conf.all.forwarding"))
    off = [name for path, name in switches if facts.sysctls.get(path, "").strip() == "0"]
    if not off:
        return None
    values = [f"{name}=1" for name in off]
    if "net.ipv6.conf.all.forwarding" in off:
        # Forwarding makes the kernel deaf to the router that it has its own IPv6 network from.
        uplinks = {way.link for way in facts.ways if way.family == 6 and not way.mark and way.link}
        values += [f"net.ipv6.conf.{each.replace('.', '/')}.accept_ra=2" for each in uplinks]
    lines = " ".join(values)
    return Finding(
        say("Routing is off"),
        ", ".join(f"{name} = 0" for name in off),
        say(
            "What Byway leaves alone of the clients on {lan} (bypassed networks, UDP, "
            "ping) does not pass this machine; the rest does.",
            lan=", ".join(plan.lan),
        ),
        Severity.CONFLICT,
        (
            f"sudo sysctl {lines}",
            f"printf '%s\\n' {lines} | sudo tee /etc/sysctl.d/60-byway-gateway.conf",
        ),
    )


def strict(facts: Facts, plan: Plan) -> Finding | None:
    """rp_filter = 1: the higher of the interface's and of `all` counts."""
    if plan.mode is not Mode.GATEWAY:
        return None
    names = ["all", *plan.lan]
    values = {
        name: facts.sysctls.get(f"net/ipv4/conf/{name}/rp_filter", "").strip() for name in names
    }
    found = [name for name in plan.lan if max(values["all"], values[name]) == "1"]
    if not found:
        return None
    return Finding(
        say("Strict reverse path filter"),
        say("rp_filter = 1 for {found}", found=", ".join(found)),
        say(
            "It works with Byway. The kernel drops clients whose answers would leave by "
            "another interface than the one that they come from, before Byway sees them."
        ),
        Severity.NOTE,
    )
