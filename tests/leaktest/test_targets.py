"""What is tried for which rules."""

from __future__ import annotations

import pytest

from byway_core.leaktest.targets import MOST, targets_for
from byway_core.rules.parse import parse_rule

ALWAYS = [("byway-leaktest.example", 80), ("", 80)]


@pytest.mark.parametrize(
    ("rule", "host", "port"),
    [
        ("DOMAIN,a.example,DIRECT", "a.example", 80),
        ("DOMAIN-SUFFIX,a.example,DIRECT", "leaktest.a.example", 80),
        ("DOMAIN-SUFFIX,+.a.example,DIRECT", "leaktest.a.example", 80),
        ("DOMAIN-KEYWORD,ads,REJECT", "ads.example", 80),
        ("DOMAIN-WILDCARD,*.a?.example,DIRECT", "leaktest.ax.example", 80),
        ("AND,((DOMAIN,a.example),(DST-PORT,8443/22)),DIRECT", "a.example", 8443),
        ("OR,((DOMAIN,a.example),(DOMAIN,b.example)),DIRECT", "a.example", 80),
    ],
)
def test_one_for_a_rule_that_names_any(rule: str, host: str, port: int) -> None:
    targets, left_out = targets_for([parse_rule(rule)])
    assert [(each.host, each.port) for each in targets] == [(host, port), *ALWAYS]
    assert left_out == 0


@pytest.mark.parametrize(
    "rule",
    ["MATCH,DIRECT", "IP-CIDR,10.0.0.0/8,DIRECT", "#DOMAIN,a.example,DIRECT", "DST-PORT,22,DIRECT"],
)
def test_none_for_what_names_none(rule: str) -> None:
    targets, _ = targets_for([parse_rule(rule)])
    assert [(each.host, each.port) for each in targets] == ALWAYS


def test_not_more_than_there_is_time_for() -> None:
    rules = [parse_rule(f"DOMAIN,{number}.example,DIRECT") for number in range(MOST + 8)]
    targets, left_out = targets_for(rules)
    assert len(targets) == MOST
    assert left_out == 10
    assert len({each.four for each in targets} | {each.six for each in targets}) == 2 * MOST
