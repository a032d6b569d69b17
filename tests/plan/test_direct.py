"""Direct in the kernel: never a connection that the rules would send elsewhere."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.strategies import actions, networks, queries, rule_lists

from byway_core.model.decision import DIRECT, Query
from byway_core.model.rule import IpCidr, Rule
from byway_core.plan.direct import direct_networks
from byway_core.rules.naive import decide_naively
from byway_core.rules.parse import parse_rule

by_address = st.builds(Rule, st.builds(IpCidr, networks), actions, st.just(""), st.booleans())
lists = st.tuples(st.lists(by_address, max_size=8), rule_lists).map(
    lambda both: [*both[0], *both[1]]
)


@given(lists, st.lists(queries, min_size=1, max_size=8))
def test_never_more_than_the_rules_say(rules: list[Rule], asked: list[Query]) -> None:
    networks = direct_networks(rules)
    for query in asked:
        if query.address is not None and any(query.address in each for each in networks):
            assert decide_naively(rules, query).action == DIRECT


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (["MATCH,DIRECT"], []),
        (["IP-CIDR,10.0.0.0/8,DIRECT", "MATCH,office"], ["10.0.0.0/8"]),
        (["IP-CIDR,10.0.0.0/8,office", "IP-CIDR,10.0.0.0/8,DIRECT"], []),
        (
            ["IP-CIDR,10.128.0.0/9,REJECT", "IP-CIDR,10.0.0.0/8,DIRECT"],
            ["10.0.0.0/9"],
        ),
        (["IP-CIDR,10.0.0.0/9,DIRECT", "IP-CIDR,10.128.0.0/9,DIRECT"], ["10.0.0.0/8"]),
        (["DOMAIN,a.test,DIRECT", "IP-CIDR,10.0.0.0/8,DIRECT"], ["10.0.0.0/8"]),
        (["DOMAIN,a.test,office", "IP-CIDR,10.0.0.0/8,DIRECT"], []),
        (["DST-PORT,25,REJECT", "IP-CIDR,10.0.0.0/8,DIRECT"], []),
        (["# DOMAIN,a.test,office", "IP-CIDR,10.0.0.0/8,DIRECT"], ["10.0.0.0/8"]),
        (
            [
                "IP-CIDR6,2001:db8::/33,office",
                "IP-CIDR,0.0.0.0/0,DIRECT",
                "IP-CIDR6,2001:db8::/32,DIRECT",
            ],
            ["0.0.0.0/0", "2001:db8:8000::/33"],
        ),
    ],
)
def test_what_goes(rules: list[str], found: list[str]) -> None:
    parsed = [parse_rule(text.removeprefix("# ")) for text in rules]
    parsed = [
        replace(rule, enabled=False) if text.startswith("#") else rule
        for rule, text in zip(parsed, rules, strict=True)
    ]
    assert direct_networks(parsed) == tuple(map(ip_network, found))
