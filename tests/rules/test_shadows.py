"""Rules that can never decide."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.strategies import queries, rule_lists

from byway_core.model.decision import Query
from byway_core.model.rule import Rule
from byway_core.rules.naive import decide_naively
from byway_core.rules.parse import parse_rule
from byway_core.rules.shadows import shadowed


@pytest.mark.parametrize(
    ("first", "second", "dead"),
    [
        ("DOMAIN,a.b", "DOMAIN,a.b", True),
        ("DOMAIN,a.b", "DOMAIN,c.b", False),
        ("DOMAIN-SUFFIX,b", "DOMAIN,a.b", True),
        ("DOMAIN-SUFFIX,b", "DOMAIN-SUFFIX,x.a.b", True),
        ("DOMAIN-SUFFIX,a.b", "DOMAIN,a.b", True),
        ("DOMAIN-SUFFIX,a.b", "DOMAIN-SUFFIX,b", False),
        ("DOMAIN,a.b", "DOMAIN-SUFFIX,a.b", False),
        ("IP-CIDR,10.0.0.0/8", "IP-CIDR,10.1.0.0/16", True),
        ("IP-CIDR,10.1.0.0/16", "IP-CIDR,10.0.0.0/8", False),
        ("IP-CIDR,0.0.0.0/0", "IP-CIDR,::/0", False),
        ("PROCESS-NAME,curl", "PROCESS-NAME,CURL", True),
        ("PROCESS-NAME,curl", "PROCESS-PATH,/usr/bin/curl", True),
        ("PROCESS-PATH,/usr/bin/curl", "PROCESS-NAME,curl", False),
        ("UID,1000", "UID,1000/1001", False),
        ("AND,((DOMAIN,a),(DST-PORT,1))", "AND,((DOMAIN,a),(DST-PORT,1))", True),
    ],
)
def test_shadow(first: str, second: str, dead: bool) -> None:
    rules = [parse_rule(f"{first},DIRECT"), parse_rule(f"{second},REJECT")]
    assert list(shadowed(rules)) == ([(1, 0)] if dead else [])


@pytest.mark.parametrize(
    ("first", "second", "dead"),
    [("", ",resolve", False), (",resolve", "", True), (",resolve", ",resolve", True)],
)
def test_a_rule_that_resolves_is_of_use_behind_one_that_does_not(
    first: str, second: str, dead: bool
) -> None:
    rules = [parse_rule(f"IP-CIDR,10.0.0.0/8,DIRECT{option}") for option in (first, second)]
    assert bool(list(shadowed(rules))) is dead


def test_disabled_rules_neither_shadow_nor_are_shadowed() -> None:
    texts = (
        "# DOMAIN,a.b,DIRECT",
        "DOMAIN,a.b,DIRECT",
        "# DOMAIN,a.b,DIRECT",
        "# remark",
        "# remark",
    )
    assert not list(shadowed([parse_rule(text) for text in texts]))


@settings(max_examples=100, deadline=None)
@given(rule_lists, st.lists(queries, max_size=10))
def test_a_shadowed_rule_never_decides(rules: list[Rule], asked: list[Query]) -> None:
    dead = {index for index, _ in shadowed(rules)}
    assert not dead & {decide_naively(rules, query).rule_index for query in asked}
