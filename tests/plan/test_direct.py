"""Direct in the kernel: never a connection that the rules would send elsewhere."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.strategies import actions, networks, queries, rule_lists

from byway_core.model.decision import DIRECT, REJECT, Address, Query
from byway_core.model.profile import PRIVATE_NETWORKS
from byway_core.model.rule import And, Condition, IpCidr, Or, Rule
from byway_core.plan.direct import direct_networks, left_alone
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
        (["PROCESS-NAME,a,office", "IP-CIDR,10.0.0.0/8,DIRECT"], []),
        (["PROCESS-NAME,a,DIRECT", "UID,7,DIRECT", "IP-CIDR,10.0.0.0/8,DIRECT"], ["10.0.0.0/8"]),
        (["IP-CIDR,10.0.0.0/8,DIRECT", "PROCESS-NAME,a,office"], ["10.0.0.0/8"]),
        (["AND,((UID,7),(IP-CIDR,10.1.0.0/16)),x", "IP-CIDR,10.0.0.0/8,DIRECT"], []),
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


@given(rule_lists, st.lists(queries, min_size=1, max_size=8))
def test_no_network_is_left_alone_of_which_a_rule_speaks(
    rules: list[Rule], asked: list[Query]
) -> None:
    """By its address, that is: without what rules say by name, port or source, a destination that
    is left alone would have gone directly, or by a rule that is about all of them."""
    left = left_alone(PRIVATE_NETWORKS, rules)
    for query in asked:
        address = query.address
        if address is None or not any(address in each for each in left):
            continue
        decision = decide_naively(rules, query)
        if decision.action != DIRECT:
            assert decision.rule_index is not None
            assert not speaks_of(rules[decision.rule_index].condition, address)


def speaks_of(condition: Condition, address: Address) -> bool:
    """Whether a network stands in it that is narrower than everything and holds the address."""
    if isinstance(condition, IpCidr):
        return bool(condition.network.prefixlen) and address in condition.network
    if isinstance(condition, And | Or):
        return any(speaks_of(part, address) for part in condition.parts)
    return False


@pytest.mark.parametrize(
    ("rule", "address"),
    [
        ("OR,((IP-CIDR,10.1.0.0/16),(IP-CIDR,10.2.0.0/16)),work", "10.1.2.3"),
        ("AND,((IP-CIDR,192.168.0.0/16),(DST-PORT,445)),REJECT", "192.168.1.5"),
        ("NOT,((IP-CIDR,192.168.0.0/16)),work", "10.1.2.3"),
    ],
)
def test_rules_of_several_parts_are_meant_too(rule: str, address: str) -> None:
    left = left_alone(PRIVATE_NETWORKS, [parse_rule(rule)])
    assert not any(ip_address(address) in each for each in left)


def test_long_lists_take_a_moment() -> None:
    """Networks and holes by the thousand: what is too much is left to the engine."""
    holes = [IpCidr(ip_network((n << 8, 24))) for n in range(20_000)]
    nets = [IpCidr(ip_network(((1 << 31) + (n << 8), 24))) for n in range(20_000)]
    rules = [Rule(each, REJECT, "") for each in holes] + [Rule(each, DIRECT, "") for each in nets]
    assert len(direct_networks(rules)) < len(nets)
    assert len(left_alone(PRIVATE_NETWORKS, rules)) < 10_000
