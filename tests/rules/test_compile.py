"""The compiled list says what the plain reading says, and asks for a fact only where it can."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.strategies import LABELS, addresses, conditions, hosts, queries, rule_lists

from byway_core.model.decision import DIRECT, REJECT, Address, Decision, Network, Query
from byway_core.model.rule import Condition, Rule
from byway_core.rules.compile import RuleSet, compile_rules
from byway_core.rules.facts import Fact
from byway_core.rules.naive import decide_naively, evaluate, matches
from byway_core.rules.parse import parse_rule

NAMELESS = Query("", ip_address("10.1.2.3"), 443)
HOST = frozenset((Fact.HOST,))
ADDRESS = frozenset((Fact.ADDRESS,))
NUMBERLESS = Query("www.a.test", None, 443)


@settings(max_examples=150, deadline=None)
@given(rule_lists, st.lists(queries, min_size=1, max_size=8))
def test_compiled_equals_naive(rules: list[Rule], asked: list[Query]) -> None:
    compiled = compile_rules(rules)
    for query in asked:
        assert compiled.decide(query) == decide_naively(rules, query)


@settings(max_examples=100, deadline=None)
@given(rule_lists, queries, st.lists(hosts, max_size=20))
def test_if_some_host_changes_the_action_then_the_host_matters(
    rules: list[Rule], query: Query, names: list[str]
) -> None:
    nameless = query._replace(host="")
    without = decide_naively(rules, nameless).action
    if not compile_rules(rules).host_matters(nameless):
        for name in (*names, *LABELS):
            assert decide_naively(rules, nameless._replace(host=name)).action == without


@settings(max_examples=100, deadline=None)
@given(rule_lists, queries)
def test_host_matters_is_exactly_what_three_values_say(rules: list[Rule], query: Query) -> None:
    nameless = query._replace(host="")
    without = decide_naively(rules, nameless).action
    reachable = set()
    for rule in rules:
        value = evaluate(rule.condition, nameless, HOST) if rule.enabled else False
        if value is not False:
            reachable.add(rule.action)
        if value is True:
            break
    else:
        reachable.add(DIRECT)
    assert compile_rules(rules).host_matters(nameless) is (reachable != {without})


def open_at_resolving(rules: list[Rule], query: Query) -> list[Rule]:
    """The rules up to the deciding one that say `resolve` and depend on the address."""
    end = decide_naively(rules, query).rule_index
    return [
        rule
        for rule in rules[: len(rules) if end is None else end + 1]
        if rule.enabled
        and "resolve=True" in repr(rule.condition)
        and evaluate(rule.condition, query, ADDRESS) is None
    ]


@settings(max_examples=100, deadline=None)
@given(rule_lists, queries)
def test_wants_address_is_exactly_what_three_values_say(rules: list[Rule], query: Query) -> None:
    numberless = query._replace(address=None)
    wanted = bool(numberless.host) and bool(open_at_resolving(rules, numberless))
    assert compile_rules(rules).wants_address(numberless) is wanted


@given(conditions, queries, addresses)
def test_three_values_leave_nothing_out(
    condition: Condition, query: Query, address: Address
) -> None:
    value = evaluate(condition, query._replace(address=None), ADDRESS)
    assert value in (None, matches(condition, query._replace(address=address)))


def compiled(*texts: str) -> RuleSet:
    return compile_rules([parse_rule(text) for text in texts])


@pytest.mark.parametrize(
    ("rules", "matters"),
    [
        pytest.param(["MATCH,office"], False, id="no rule on hosts"),
        pytest.param([], False, id="no rule"),
        pytest.param(["DOMAIN,a.b,office", "MATCH,DIRECT"], True, id="another action"),
        pytest.param(["DOMAIN,a.b,office", "MATCH,office"], False, id="the same action"),
        pytest.param(["DOMAIN,a.b,DIRECT"], False, id="the default anyway"),
        pytest.param(
            ["IP-CIDR,10.0.0.0/8,DIRECT", "DOMAIN,a.b,office"],
            False,
            id="address decides before",
        ),
        pytest.param(
            ["IP-CIDR,11.0.0.0/8,DIRECT", "DOMAIN,a.b,office"], True, id="not decided by address"
        ),
        pytest.param(["AND,((DST-PORT,443),(DOMAIN,a.b)),office"], True, id="and, port fits"),
        pytest.param(["AND,((DST-PORT,22),(DOMAIN,a.b)),office"], False, id="and, port does not"),
        pytest.param(["AND,((SRC-PORT,1),(DOMAIN,a.b)),office"], False, id="and, unknown source"),
        pytest.param(
            ["OR,((DST-PORT,443),(DOMAIN,a.b)),office", "MATCH,DIRECT"],
            False,
            id="or, holds anyway",
        ),
        pytest.param(["NOT,((DOMAIN,a.b)),office", "MATCH,DIRECT"], True, id="not, by absence"),
        pytest.param(["NOT,((DOMAIN,a.b)),office", "MATCH,office"], False, id="not, same action"),
        pytest.param(
            ["NOT,((DOMAIN,a.b)),office", "DST-PORT,22,REJECT", "MATCH,office"],
            False,
            id="what comes instead is the same",
        ),
        pytest.param(
            ["NOT,((AND,((DST-PORT,22),(DOMAIN,a.b)))),office"],
            False,
            id="not of and",
        ),
        pytest.param(["# DOMAIN,a.b,office", "MATCH,DIRECT"], False, id="disabled"),
        pytest.param(["MATCH,DIRECT", "DOMAIN,a.b,office"], False, id="never reached"),
    ],
)
def test_host_matters(rules: list[str], matters: bool) -> None:
    assert compiled(*rules).host_matters(NAMELESS) is matters


def test_a_known_host_does_not_matter_any_more() -> None:
    assert not compiled("DOMAIN,a.b,office").host_matters(NUMBERLESS)


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        pytest.param(["IP-CIDR,10.0.0.0/8,office"], False, id="does not ask"),
        pytest.param(["IP-CIDR,10.0.0.0/8,office,resolve"], True, id="asks"),
        pytest.param(
            ["DOMAIN-SUFFIX,test,DIRECT", "IP-CIDR,10.0.0.0/8,office,resolve"], False, id="too late"
        ),
        pytest.param(
            ["DOMAIN-SUFFIX,else,DIRECT", "IP-CIDR,10.0.0.0/8,office,resolve"], True, id="in time"
        ),
        pytest.param(
            ["AND,((DST-PORT,22),(IP-CIDR,10.0.0.0/8,resolve)),office"], False, id="cannot match"
        ),
        pytest.param(
            ["AND,((DST-PORT,443),(IP-CIDR,10.0.0.0/8,resolve)),office"], True, id="can match"
        ),
        pytest.param(["NOT,((IP-CIDR,10.0.0.0/8,resolve)),office"], True, id="holds by absence"),
        pytest.param(
            ["OR,((DST-PORT,443),(IP-CIDR,10.0.0.0/8,resolve)),office"], False, id="holds anyway"
        ),
        pytest.param(["# IP-CIDR,10.0.0.0/8,office,resolve"], False, id="disabled"),
        pytest.param(["AND,((NOT,((DST-PORT,1))),(IP-CIDR,::/0,resolve)),office"], True, id="deep"),
    ],
)
def test_wants_address(rules: list[str], wanted: bool) -> None:
    rule_set = compiled(*rules)
    assert rule_set.wants_address(NUMBERLESS) is wanted
    assert not rule_set.wants_address(NAMELESS)
    assert not rule_set.wants_address(NUMBERLESS._replace(address=ip_address("10.0.0.1")))


def test_the_place_counts_disabled_rules() -> None:
    rules = compiled("# MATCH,REJECT", "DOMAIN,a.b,REJECT", "MATCH,DIRECT")
    assert rules.decide(NUMBERLESS) == Decision(DIRECT, 2)
    assert rules.decide(Query("a.b", None, 1)) == Decision(REJECT, 1)


def test_the_default_is_direct() -> None:
    assert compiled().decide(NUMBERLESS) == Decision(DIRECT, None)
    assert compiled("DOMAIN,a.b,REJECT").decide(NUMBERLESS) == Decision(DIRECT, None)


def test_many_wide_port_ranges_spill_over_into_the_rest() -> None:
    """More than the index of ranges takes; the first that fits still wins."""
    rules = compiled(
        *(f"AND,((NOT,((DOMAIN,n{i}.test))),(DST-PORT,{i}-{i + 99})),REJECT" for i in range(600)),
        "DOMAIN,late.test,REJECT",
    )
    for port in (0, 99, 100, 300, 650, 698):
        query = Query("n1.test", None, port)
        assert rules.decide(query) == decide_naively(rules.rules, query)
    assert rules.decide(Query("late.test", None, 60_000)).rule_index == 600


def test_many_texts_are_found_by_index_as_they_are_one_by_one() -> None:
    rules = compiled(
        *(f"DOMAIN-KEYWORD,k{i:03}x,REJECT" for i in range(40)),
        *(rf"DOMAIN-REGEX,^(r{i:03}|s{i:03})\.,DIRECT" for i in range(40)),
        *(f"DOMAIN-WILDCARD,*.w{i:03}.*,REJECT" for i in range(40)),
    )
    for host in ("ak007xb.test", "s039.test", "r000.k001x.test", "a.w010.b", "none.test", "ab"):
        query = Query(host, None, 1, Network.UDP)
        assert rules.decide(query) == decide_naively(rules.rules, query)
