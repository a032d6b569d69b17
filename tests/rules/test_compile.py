"""The compiled list says what the plain reading says, and asks for a fact only where it can."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byway_core.model.decision import DIRECT, REJECT, Decision, Network, Query
from byway_core.model.rule import Rule
from byway_core.rules.compile import RuleSet, compile_rules
from byway_core.rules.naive import decide_naively
from byway_core.rules.parse import parse_rule
from tests.rules.strategies import LABELS, addresses, hosts, queries, rule_lists

NAMELESS = Query("", ip_address("10.1.2.3"), 443)
NUMBERLESS = Query("www.a.test", None, 443)


@settings(max_examples=400, deadline=None)
@given(rule_lists, st.lists(queries, min_size=1, max_size=8))
def test_compiled_equals_naive(rules: list[Rule], asked: list[Query]) -> None:
    compiled = compile_rules(rules)
    for query in asked:
        assert compiled.decide(query) == decide_naively(rules, query)


@settings(max_examples=300, deadline=None)
@given(rule_lists, queries, st.lists(hosts, max_size=20))
def test_if_some_host_changes_the_action_then_the_host_matters(
    rules: list[Rule], query: Query, names: list[str]
) -> None:
    nameless = query._replace(host="")
    without = decide_naively(rules, nameless).action
    if not compile_rules(rules).host_matters(nameless):
        for name in (*names, *LABELS):
            assert decide_naively(rules, nameless._replace(host=name)).action == without


@settings(max_examples=300, deadline=None)
@given(rule_lists, queries, st.lists(addresses, max_size=12))
def test_an_address_is_wanted_where_a_resolving_rule_could_decide(
    rules: list[Rule], query: Query, known: list
) -> None:
    """The rules that do not say `resolve` profit from an address, but never ask for one."""
    numberless = query._replace(address=None)
    before = decide_naively(rules, numberless)
    if not compile_rules(rules).wants_address(numberless):
        for address in known:
            after = decide_naively(rules, numberless._replace(address=address))
            if after != before and after.rule_index is not None:
                assert "resolve" not in repr_of(rules[after.rule_index]) or not numberless.host


def repr_of(rule: Rule) -> str:
    return repr(rule.condition).replace("resolve=False", "").replace("resolve=True", "resolve")


def compiled(*texts: str) -> RuleSet:
    return compile_rules([parse_rule(text) for text in texts])
