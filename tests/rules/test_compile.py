"""The compiled list says what the plain reading says, and asks for a fact only where it can."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.strategies import (
    LABELS,
    addresses,
    conditions,
    hosts,
    processes,
    queries,
    rule_lists,
)

from byway_core.model.decision import (
    DIRECT,
    REJECT,
    UNKNOWN_PROCESS,
    Address,
    Decision,
    Network,
    Process,
    Query,
)
from byway_core.model.rule import Always, Condition, Rule
from byway_core.rules.compile import RuleSet, compile_rules
from byway_core.rules.facts import PROCESS_FACTS, Fact, facts_of
from byway_core.rules.naive import NOTHING_OPEN, decide_naively, evaluate, matches
from byway_core.rules.parse import parse_rule, read_rule

CURL = Process("/usr/bin/Curl", "curl", 1000)
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


LAST = Rule(Always(), DIRECT, "the default")


def reachable(rules: list[Rule], query: Query, unknown: frozenset[Fact]) -> list[Rule]:
    """Those that may come to decide, in their order."""
    found = []
    for rule in (*rules, LAST):
        value = evaluate(rule.condition, query, unknown) if rule.enabled else False
        if value is not False:
            found.append(rule)
        if value is True:
            break
    return found


def hinges(
    rules: list[Rule], query: Query, facts: frozenset[Fact], unknown: frozenset[Fact]
) -> bool:
    """Whether a rule that asks for `facts` may come to decide, or one behind it that leads
    elsewhere."""
    ways = reachable(rules, query, unknown)
    return any(
        facts & facts_of(rule.condition) and any(later.action != rule.action for later in ways[i:])
        for i, rule in enumerate(ways[:-1])
    )


@settings(max_examples=100, deadline=None)
@given(rule_lists, queries)
def test_host_matters_is_exactly_what_three_values_say(rules: list[Rule], query: Query) -> None:
    nameless = query._replace(host="")
    without = decide_naively(rules, nameless).action
    matters = compile_rules(rules).host_matters(nameless)
    unknown = HOST | (NOTHING_OPEN if query.process else PROCESS_FACTS)
    assert matters is hinges(rules, nameless, HOST, unknown)
    if query.process:
        ways = reachable(rules, nameless, HOST)
        assert matters is ({rule.action for rule in ways} != {without})


@settings(max_examples=100, deadline=None)
@given(rule_lists, queries)
def test_process_matters_is_exactly_what_three_values_say(rules: list[Rule], query: Query) -> None:
    rule_set = compile_rules(rules)
    anybody = query._replace(process=None)
    resolves = any("resolve=True" in repr(rule.condition) for rule in rules if rule.enabled)
    unknown = PROCESS_FACTS
    if not query.host:
        unknown |= HOST
    elif query.address is None and resolves:
        unknown |= ADDRESS
    assert rule_set.process_matters(anybody) is hinges(rules, anybody, PROCESS_FACTS, unknown)
    if unknown == PROCESS_FACTS:
        ways = {rule.action for rule in reachable(rules, anybody, unknown)}
        without = decide_naively(rules, anybody).action
        assert rule_set.process_matters(anybody) is (ways != {without})


@settings(max_examples=200, deadline=None)
@given(rule_lists, queries, processes, hosts)
def test_what_is_asked_for_is_enough_in_any_order(
    rules: list[Rule], query: Query, process: Process, host: str
) -> None:
    """Who looks for the process and the name only where they matter decides as one who always
    does."""
    rule_set = compile_rules(rules)
    start = query._replace(host="", process=None)
    whole = decide_naively(rules, start._replace(host=host, process=process)).action
    for order in (("host", "process"), ("process", "host")):
        asked = start
        for fact in order:
            if fact == "host" and rule_set.host_matters(asked):
                asked = asked._replace(host=host)
            if fact == "process" and rule_set.process_matters(asked):
                asked = asked._replace(process=process)
        assert rule_set.decide(asked).action == whole


def open_at_resolving(rules: list[Rule], query: Query) -> list[Rule]:
    """The rules up to the deciding one that say `resolve` and depend on the address."""
    unknown = NOTHING_OPEN if query.process else PROCESS_FACTS
    found = []
    for rule in rules:
        if not rule.enabled:
            continue
        depends = evaluate(rule.condition, query, ADDRESS | unknown) is None
        if depends and "resolve=True" in repr(rule.condition):
            found.append(rule)
        if evaluate(rule.condition, query, unknown) is True:
            break
    return found


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


@pytest.mark.parametrize(
    ("rule", "process", "holds"),
    [
        ("PROCESS-NAME,CURL", CURL, True),
        ("PROCESS-NAME,url", CURL, False),
        ("PROCESS-NAME,script", Process("/usr/bin/python3", "script", 0), True),
        ("PROCESS-NAME,python3", Process("/usr/bin/python3", "script", 0), True),
        ("PROCESS-NAME,script", Process("", "Script", 0), True),
        ("PROCESS-NAME,/usr/bin/curl", Process("", "/usr/bin/curl", 0), False),
        ("PROCESS-NAME-WILDCARD,?UR*", CURL, True),
        ("PROCESS-NAME-WILDCARD,*", Process("", "", 0), False),
        ("PROCESS-NAME-REGEX,^(?!curl)", CURL, False),
        ("PROCESS-NAME-REGEX,U.l$", CURL, True),
        ("PROCESS-PATH,/usr/BIN/curl", CURL, True),
        ("PROCESS-PATH,/usr/bin", CURL, False),
        ("PROCESS-PATH,/usr/bin/curl", Process("", "/usr/bin/curl", 0), False),
        ("PROCESS-PATH,/*url", CURL, True),
        ("PROCESS-PATH-WILDCARD,*/bin/*", CURL, True),
        ("PROCESS-PATH-REGEX,/B", CURL, True),
        ("PROCESS-PATH-REGEX,.", Process("", "curl", 0), False),
        ("UID,1000", CURL, True),
        ("UID,0/1001-2000", CURL, False),
        ("UID,0", Process("", "", 0), True),
        ("UID,0-4294967294", Process("/usr/bin/curl", "curl", -1), False),
        ("UID,0-4294967294", None, False),
        ("NOT,((PROCESS-NAME,curl))", None, True),
        ("AND,((PROCESS-NAME,curl),(UID,1000),(DST-PORT,443))", CURL, True),
        ("AND,((UID,1000),(DST-PORT,80))", CURL, False),
        ("OR,((PROCESS-NAME,wget),(UID,1000))", CURL, True),
    ],
)
def test_a_rule_on_a_process(rule: str, process: Process | None, holds: bool) -> None:
    read = read_rule(f"{rule},REJECT")
    query = NUMBERLESS._replace(process=process)
    assert matches(read.rule.condition, query) is holds
    assert (compile_rules([read.rule]).decide(query) == (REJECT, 0)) is holds


@pytest.mark.parametrize(
    ("rules", "matters"),
    [
        pytest.param(["DOMAIN,a.b,office", "MATCH,DIRECT"], False, id="nobody asks"),
        pytest.param(["PROCESS-NAME,a,office", "MATCH,DIRECT"], True, id="another action"),
        pytest.param(["UID,7,office", "MATCH,office"], False, id="the same action"),
        pytest.param(["# UID,7,office", "MATCH,DIRECT"], False, id="disabled"),
        pytest.param(["DST-PORT,443,DIRECT", "UID,7,office"], False, id="decided before"),
        pytest.param(["DST-PORT,80,DIRECT", "UID,7,office"], True, id="not decided before"),
        pytest.param(["AND,((DOMAIN,a.b),(UID,7)),office"], True, id="of some name"),
        pytest.param(["AND,((DST-PORT,80),(UID,7)),office"], False, id="of no port"),
        pytest.param(["NOT,((UID,7)),office", "MATCH,DIRECT"], True, id="by absence"),
        pytest.param(
            ["DOMAIN,a.b,office", "UID,7,DIRECT", "MATCH,DIRECT"], False, id="the same in the end"
        ),
        pytest.param(
            ["UID,7,DIRECT", "DOMAIN,a.b,office", "MATCH,DIRECT"], True, id="not by all names"
        ),
    ],
)
def test_process_matters(rules: list[str], matters: bool) -> None:
    rule_set = compiled(*rules)
    assert rule_set.process_matters(NAMELESS) is matters
    assert not rule_set.process_matters(NAMELESS._replace(process=CURL))


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        ("NOT,((OR,((DOMAIN,a),(PROCESS-PATH,/a)))),x", True),
        ("UID,7,x", True),
        ("# UID,7,x", False),
        ("SRC-PORT,7,x", False),
    ],
)
def test_whether_any_rule_asks_for_the_process(rule: str, asks: bool) -> None:
    assert compiled(rule, "MATCH,DIRECT").asks_process is asks


def test_what_a_process_may_be_makes_the_name_matter() -> None:
    rules = compiled("AND,((DOMAIN,a.b),(PROCESS-NAME,curl)),office", "MATCH,DIRECT")
    assert rules.host_matters(NAMELESS)
    assert rules.host_matters(NAMELESS._replace(process=CURL))
    assert not rules.host_matters(NAMELESS._replace(process=UNKNOWN_PROCESS))


def test_what_a_process_may_be_makes_the_address_wanted() -> None:
    rules = compiled("AND,((IP-CIDR,10.0.0.0/8,resolve),(UID,7)),office", "MATCH,DIRECT")
    assert rules.wants_address(NUMBERLESS)
    assert not rules.wants_address(NUMBERLESS._replace(process=CURL))


def test_thousands_of_processes_are_remembered_and_forgotten() -> None:
    rules = compiled("PROCESS-NAME,p7,REJECT", "PROCESS-NAME-WILDCARD,p*99,office")
    for _ in range(2):
        for number in range(3000):
            process = Process("", f"p{number}", number)
            query = NUMBERLESS._replace(process=process)
            assert rules.decide(query) == decide_naively(rules.rules, query)


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
