"""Every peer is told the same list, in the same order, and Byway reads its own as meant."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from bench import rules
from bench.topology import direct_target, upstream_target

from byway_core.model.decision import Query
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule


@pytest.mark.parametrize(
    ("address", "action"),
    [(upstream_target(1), rules.UPSTREAM), (direct_target(1), "DIRECT")],
    ids=["upstream", "direct"],
)
def test_byways_profile_decides_as_the_bench_wants(address: str, action: str) -> None:
    lines = [line.strip(' ",') for line in rules.byway_profile().splitlines() if line[:3] == '  "']
    compiled = compile_rules([parse_rule(line) for line in lines])
    query = Query("origin.bench.test", ip_address(address), 80)
    assert str(compiled.decide(query).action) == action


def test_the_lists_are_of_one_length() -> None:
    count = len(rules.rule_list())
    assert len(rules.mihomo_rules()) == count + 1
    assert len(rules.sing_box_rules()) == count
    assert rules.byway_profile().count('\n  "') == count + 1
