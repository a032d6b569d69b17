"""Rules as a form shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.strategies import queries, simple

from byway_core.model.decision import Query
from byway_core.model.rule import And, Condition, Or
from byway_core.rules.naive import matches
from byway_core.rules.parse import parse_rule, read_rule
from byway_core.rules.render import render_condition
from byway_core.rules.shape import RuleFields, fields_of, text_of

HOST = (("DOMAIN", "a.example"),)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("MATCH,office", RuleFields(target="office")),
        ("domain, a.example ,office", RuleFields(HOST, target="office")),
        ("IP-CIDR,192.0.2.0/24,x,no-resolve", RuleFields((), ("192.0.2.0/24",), target="x")),
        (
            "IP-CIDR6,fd00::/8,x,resolve",
            RuleFields((), ("fd00::/8",), target="x", resolve=True),
        ),
        ("DST-PORT,22/80,x", RuleFields(ports="22/80", target="x")),
        ("NETWORK,udp,REJECT", RuleFields(network="UDP", target="REJECT")),
        (
            "DOMAIN-REGEX,^a{1,2}$,x",
            RuleFields((("DOMAIN-REGEX", "^a{1,2}$"),), target="x"),
        ),
        (
            "AND,((OR,((DOMAIN,a.example),(IP-CIDR,192.0.2.1,resolve))),(DST-PORT,443),"
            "(NETWORK,TCP)),x",
            RuleFields(HOST, ("192.0.2.1",), "443", "TCP", "x", True),
        ),
        ("AND,((NETWORK,UDP),(DST-PORT,443)),x", RuleFields((), (), "443", "UDP", "x")),
        ("process-name,Telegram Desktop,x", RuleFields(target="x", programs=("Telegram Desktop",))),
        ("PROCESS-PATH,/opt/*,x", RuleFields(target="x", programs=("/opt/*",))),
        ("PROCESS-NAME-WILDCARD,fire*,x", RuleFields(target="x", programs=("fire*",))),
        (
            "AND,((OR,((PROCESS-NAME,curl),(PROCESS-PATH,/opt/a))),(DOMAIN,a.example),"
            "(DST-PORT,443)),x",
            RuleFields(HOST, (), "443", target="x", programs=("curl", "/opt/a")),
        ),
        (
            "AND,((IP-CIDR,192.0.2.1),(PROCESS-NAME,curl)),x",
            RuleFields((), ("192.0.2.1",), target="x", programs=("curl",)),
        ),
    ],
)
def test_the_fields_of_a_rule(text: str, fields: RuleFields) -> None:
    assert fields_of(text) == fields
    assert fields_of(text_of(fields)) == fields


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# DOMAIN,a.example,x",
        "DOMAIN,a.example",
        "NOT,((DOMAIN,a.example)),x",
        "SRC-PORT,7,x",
        "UID,7,x",
        "PROCESS-NAME-REGEX,^a,x",
        "PROCESS-PATH,*a,x",
        "PROCESS-NAME-WILDCARD,a,x",
        "PROCESS-NAME-WILDCARD,a/*,x",
        "OR,((PROCESS-NAME,a),(DOMAIN,a.example)),x",
        "OR,((DOMAIN,a.example),(PROCESS-NAME,a)),x",
        "AND,((PROCESS-NAME,a),(PROCESS-NAME,b)),x",
        "AND,((DST-PORT,1),(DST-PORT,2)),x",
        "AND,((DOMAIN-SUFFIX,example),(DOMAIN-KEYWORD,a)),x",
        "OR,((DST-PORT,1),(DOMAIN,a.example)),x",
        "OR,((IP-CIDR,192.0.2.1),(IP-CIDR,192.0.2.2,resolve)),x",
        "AND,((AND,((DST-PORT,1),(NETWORK,UDP))),(DOMAIN,a.example)),x",
    ],
)
def test_what_has_another_shape(text: str) -> None:
    assert fields_of(text) is None


few = st.lists(simple, min_size=1, max_size=3).map(tuple)
either = st.one_of(simple, few.map(Or))
conditions = st.one_of(either, st.lists(either, min_size=1, max_size=3).map(tuple).map(And))


@given(conditions, queries)
def test_a_form_means_what_the_rule_means(condition: Condition, query: Query) -> None:
    text = f"{render_condition(condition)},office"
    if read_rule(text).faults:
        text = "MATCH,office"
    fields = fields_of(text)
    if fields is not None:
        again = text_of(fields)
        assert fields_of(again) == fields
        assert matches(parse_rule(again).condition, query) == matches(
            parse_rule(text).condition, query
        )


PORTS = st.sampled_from(["", "443", "22/80/1000-2000"])
HOSTS = st.sampled_from(
    [*HOST, ("DOMAIN-REGEX", "^a(,|b)[)]$"), ("DOMAIN-WILDCARD", "*.a"), ("DOMAIN-KEYWORD", "k")]
)


@given(
    st.builds(
        RuleFields,
        st.lists(HOSTS, max_size=3).map(tuple),
        st.lists(st.sampled_from(["192.0.2.0/24", "::1"]), max_size=2).map(tuple),
        PORTS,
        st.sampled_from(["", "TCP", "UDP"]),
        st.sampled_from(["DIRECT", "b c"]),
        programs=st.lists(st.sampled_from(["curl", "a (b)", "/opt/*", "?"]), max_size=3).map(tuple),
    )
)
def test_what_a_form_says_is_what_it_shows(fields: RuleFields) -> None:
    assert fields_of(text_of(fields)) == fields
