"""The rule that decided, those that nearly did, and those that could not be judged."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from tests.rules.strategies import queries, rule_lists

from byway_core.model.decision import DIRECT, Network, Process, Query
from byway_core.model.rule import Rule
from byway_core.rules.compile import compile_rules
from byway_core.rules.explain import Explanation, explain
from byway_core.rules.facts import Fact
from byway_core.rules.parse import parse_rule

NAMED = Query("www.example.com", None, 443)
CURL = NAMED._replace(process=Process("/usr/bin/curl", "curl", 1000))
SOMEBODY = NAMED._replace(process=Process("", "", 7))
NAMELESS = NAMED._replace(process=Process("", "nobody", -1))
SCRIPT = NAMED._replace(process=Process("/usr/bin/python3.11", "gnome-terminal-", 1000))
NUMBERED = Query("", ip_address("10.1.2.3"), 443, Network.UDP, ip_address("10.9.0.1"), 4000)


def explained(query: Query, *texts: str) -> Explanation:
    return explain(compile_rules([parse_rule(text) for text in texts]), query)


@pytest.mark.parametrize(
    ("query", "text", "reason"),
    [
        (NAMED, "DOMAIN,example.com,x", "DOMAIN is example.com alone"),
        (NAMED, "DOMAIN,static.www.example.com,x", "it is about static.www.example.com"),
        (NAMED, "DOMAIN,www.exmaple.com,x", "one letter apart"),
        (NAMED, "DOMAIN,ww.example.com,x", "one letter apart"),
        (NAMED, "DOMAIN-SUFFIX,exampl.com,x", "example.com and exampl.com are one letter apart"),
        (NAMED, "DOMAIN-SUFFIX,ample.com,x", "not after a dot"),
        (NAMED, "DOMAIN-SUFFIX,a.www.example.com,x", "which is below www.example.com"),
        (NAMED, "DOMAIN-WILDCARD,*.www.example.com,x", "wants something before the dot"),
        (NAMED, "AND,((DST-PORT,443),(NETWORK,UDP)),x", "every part holds but NETWORK,UDP"),
        (
            NAMED,
            "AND,((DST-PORT,443),(DOMAIN,example.com)),x",
            "every part holds but DOMAIN,example.com: DOMAIN is example.com alone",
        ),
        (NAMED, "OR,((DST-PORT,80),(DOMAIN,example.com)),x", "DOMAIN is example.com alone"),
        (NAMED, "# DOMAIN-KEYWORD,example,x", "it matches, but is disabled"),
        (NUMBERED, "IP-CIDR,10.1.3.0/24,x", "just outside 10.1.3.0/24 (both are in 10.1.0.0/20)"),
        (NUMBERED, "SRC-IP-CIDR,10.9.0.0/32,x", "10.9.0.1 is just outside"),
        (CURL, "PROCESS-NAME,curl2,x", "the process is curl, not curl2"),
        (CURL, "PROCESS-NAME,crul,x", "the process is curl, not crul"),
        (CURL, "PROCESS-NAME,curl-impersonate,x", "the process is curl, not curl-impersonate"),
        (CURL, "PROCESS-PATH,/opt/bin/curl,x", "the process is /usr/bin/curl, not /opt/bin/curl"),
        (CURL, "AND,((PROCESS-NAME,CURL),(UID,0)),x", "every part holds but UID,0"),
        (CURL, "# PROCESS-NAME,curl,x", "it matches, but is disabled"),
        (SCRIPT, "PROCESS-NAME,python3,x", "the process is python3.11, not python3"),
        (SCRIPT, "PROCESS-NAME,gnome-terminal-server,x", "the kernel keeps 15 bytes of its name"),
    ],
)
def test_near_miss(query: Query, text: str, reason: str) -> None:
    (near,) = explained(query, text, "MATCH,DIRECT").near
    assert reason in near.reason
    assert (near.index, near.rule.text) == (0, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (NAMED, "DOMAIN,other.test,x"),
        (NAMED, "DOMAIN-SUFFIX,org,x"),
        (NAMED, "DST-PORT,80,x"),
        (NAMED, "AND,((DST-PORT,80),(NETWORK,UDP)),x"),
        (NAMED, "# DOMAIN-KEYWORD,other,x"),
        (NAMED, "# nothing, really"),
        (NUMBERED, "IP-CIDR,192.168.0.0/16,x"),
        (NUMBERED, "IP-CIDR,0.0.0.0/32,x"),
        (NUMBERED, "IP-CIDR6,2001:db8::/32,x"),
        (NUMBERED, "NOT,((NETWORK,UDP)),x"),
        (CURL, "PROCESS-NAME,firefox,x"),
        (CURL, "PROCESS-NAME,cur,x"),
        (CURL, "PROCESS-PATH,/usr/bin/curl2,x"),
        (CURL, "UID,1001,x"),
    ],
)
def test_no_near_miss(query: Query, text: str) -> None:
    found = explained(query, text, "MATCH,DIRECT")
    assert (found.near, found.open) == ((), ())


@pytest.mark.parametrize(
    ("query", "text", "facts"),
    [
        (NAMED, "IP-CIDR,10.0.0.0/8,x", {Fact.ADDRESS}),
        (NAMED, "SRC-IP-CIDR,10.0.0.0/8,x", {Fact.SOURCE}),
        (NAMED, "SRC-PORT,1,x", {Fact.SOURCE_PORT}),
        (NUMBERED, "DOMAIN,a.b,x", {Fact.HOST}),
        (NAMED, "AND,((DST-PORT,443),(IP-CIDR,::/0)),x", {Fact.ADDRESS}),
        (NAMED, "AND,((SRC-PORT,1),(IP-CIDR,::/0)),x", {Fact.SOURCE_PORT, Fact.ADDRESS}),
        (NAMED, "PROCESS-NAME,curl,x", {Fact.PROCESS}),
        (NAMED, "PROCESS-PATH-REGEX,curl,x", {Fact.PROCESS_PATH}),
        (NAMED, "AND,((UID,1),(PROCESS-NAME,a*)),x", {Fact.USER, Fact.PROCESS}),
        (SOMEBODY, "AND,((UID,7),(PROCESS-NAME,a*)),x", {Fact.PROCESS}),
        (NAMELESS, "AND,((UID,7),(PROCESS-NAME,nobody)),x", {Fact.USER}),
        (NAMELESS, "PROCESS-PATH,/bin/nobody,x", {Fact.PROCESS_PATH}),
    ],
)
def test_open_question(query: Query, text: str, facts: set[Fact]) -> None:
    (question,) = explained(query, text, "MATCH,DIRECT").open
    assert (question.index, question.facts) == (0, facts)


def test_no_question_where_the_missing_fact_changes_nothing() -> None:
    assert not explained(NAMED, "AND,((DST-PORT,80),(IP-CIDR,::/0)),x", "MATCH,DIRECT").open


def test_a_rule_that_holds_because_something_is_not_known() -> None:
    found = explained(NAMED, "NOT,((IP-CIDR,10.0.0.0/8)),x", "MATCH,DIRECT")
    assert found.by_absence == {Fact.ADDRESS}
    assert explained(NAMED, "NOT,((DST-PORT,80)),x").by_absence == set()


def test_later_rules_that_match_too() -> None:
    found = explained(
        NAMED,
        "DOMAIN-SUFFIX,example.com,DIRECT",
        "DOMAIN-KEYWORD,www,DIRECT",
        "DOMAIN-KEYWORD,example,REJECT",
        "# DOMAIN-KEYWORD,www,REJECT",
        "MATCH,REJECT",
    )
    assert [index for index, _ in found.later] == [2]


def test_no_rule_matches() -> None:
    found = explained(NAMED, "DOMAIN,example.com,REJECT")
    assert (found.rule, found.decision) == (None, (DIRECT, None))
    assert len(found.near) == 1


@settings(max_examples=50, deadline=None)
@given(rule_lists, queries)
def test_any_question_has_an_explanation(rules: list[Rule], query: Query) -> None:
    found = explain(compile_rules(rules), query)
    end = len(rules) if found.decision.rule_index is None else found.decision.rule_index
    near = {each.index for each in found.near}
    asking = {each.index for each in found.open}
    assert not near & asking
    assert all(index < end for index in near | asking)
    assert all(index > end for index, _ in found.later)
