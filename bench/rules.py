"""The one rule list that every peer is given, in each one's own words.

A hundred rules as a user's list has them: names first, addresses after, and the one that decides
near the end, so that a peer that reads its list in order reads all of it for every connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bench.topology import SERVER, SOCKS_PORT, UPSTREAM_NET

UPSTREAM = "office"


class Kind(Enum):
    """Names as the Clash family writes them."""

    DOMAIN = "DOMAIN"
    SUFFIX = "DOMAIN-SUFFIX"
    KEYWORD = "DOMAIN-KEYWORD"
    CIDR = "IP-CIDR"


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    value: str
    action: str


def rule_list() -> list[Line]:
    """98 rules that match nothing here, then the one that sends upstream; the rest is direct."""
    actions = ("DIRECT", UPSTREAM, "REJECT")
    lines = [Line(Kind.SUFFIX, f"site{i}.example", actions[i % 3]) for i in range(50)]
    lines += [Line(Kind.DOMAIN, f"www.host{i}.example", actions[i % 3]) for i in range(20)]
    lines += [Line(Kind.KEYWORD, f"tracker{i}", "REJECT") for i in range(8)]
    lines += [Line(Kind.CIDR, f"192.0.2.{i * 8}/29", actions[i % 3]) for i in range(20)]
    return [*lines, Line(Kind.CIDR, UPSTREAM_NET, UPSTREAM)]


def byway_profile() -> str:
    """TOML, as a user writes it."""
    rules = "".join(f'  "{x.kind.value},{x.value},{x.action}",\n' for x in rule_list())
    return (
        f'version = 1\nrules = [\n{rules}  "MATCH,DIRECT",\n]\n\n[[upstream]]\n'
        f'name = "{UPSTREAM}"\ntype = "socks5"\nserver = "{SERVER}"\nport = {SOCKS_PORT}\n'
    )


def mihomo_rules() -> list[str]:
    """`no-resolve` keeps its DNS out of it, as Byway's default does."""
    lines = [
        f"{x.kind.value},{x.value},{x.action}{',no-resolve' if x.kind is Kind.CIDR else ''}"
        for x in rule_list()
    ]
    return [*lines, "MATCH,DIRECT"]


_SING_BOX_FIELDS = {
    Kind.DOMAIN: "domain",
    Kind.SUFFIX: "domain_suffix",
    Kind.KEYWORD: "domain_keyword",
    Kind.CIDR: "ip_cidr",
}


def sing_box_rules() -> list[dict[str, object]]:
    """What no rule takes goes to the route's `final`."""
    rules: list[dict[str, object]] = []
    for x in rule_list():
        rule: dict[str, object] = {_SING_BOX_FIELDS[x.kind]: [x.value]}
        if x.action == "REJECT":
            rule["action"] = "reject"
        else:
            rule["outbound"] = x.action.lower()
        rules.append(rule)
    return rules
