"""Rules and queries from a small world, so that they meet: few labels, few networks, few ports."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import strategies as st

from byway_core.model.decision import DIRECT, REJECT, Action, Network, Process, Query, Verdict
from byway_core.model.rule import (
    Always,
    And,
    Condition,
    DestinationPort,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    NetworkIs,
    Not,
    Or,
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    Rule,
    SourceCidr,
    SourcePort,
    UserId,
)

LABELS = ("a", "ab", "abc", "bcd", "abcd", "x-y", "xn--mnchen-3ya", "test", "com")
hosts = st.lists(st.sampled_from(LABELS), min_size=1, max_size=4).map(".".join)
ADDRESSES = (
    "0.0.0.0",
    "10.0.0.1",
    "10.1.2.3",
    "10.255.255.255",
    "192.168.1.1",
    "255.255.255.255",
    "::",
    "::1",
    "2001:db8::1",
    "2001:db8:1::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)
addresses = st.sampled_from(ADDRESSES).map(ip_address)
ports = st.sampled_from((0, 1, 22, 53, 80, 443, 444, 8080, 65535))
networks = st.builds(
    lambda address, wide: ip_network((address, min(wide, address.max_prefixlen)), strict=False),
    addresses,
    st.sampled_from((0, 7, 8, 16, 24, 31, 32, 48, 64, 128)),
)
port_ranges = st.lists(
    st.tuples(ports, ports).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=3
).map(tuple)
wildcards = st.lists(
    st.sampled_from((*LABELS, "*", "?", ".", "**", "ü")), min_size=1, max_size=5
).map("".join)
keywords = st.sampled_from(("a", "b.", "abc", ".com", "bcd", "est", "n--m", "münch", "-y."))
regexes = st.lists(
    st.sampled_from(
        (
            *("a", "b", "bcd", r"\.", ".", "^", "$", "[ab]", "[^c]", "(a|b)", "(bc)?", "c*", "d+"),
            *("t{1,2}", "(?i)", r"\bx", "abc|bcd", r"\x61", r"\w+", "test", "ü", "[]a-]", "e?"),
        )
    ),
    min_size=1,
    max_size=5,
).map("".join)
PROGRAMS = ("curl", "curl2", "firefox", "Firefox", "a b", "übung", "gnome-terminal-")
FOLDERS = ("", "/usr/bin/", "/opt/App/")
programs = st.sampled_from(PROGRAMS)
paths = st.builds(str.__add__, st.sampled_from(FOLDERS[1:]), programs)
users = st.sampled_from((0, 1, 999, 1000, 1001, 65534, 4294967294))
user_ranges = st.lists(
    st.tuples(users, users).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=3
).map(tuple)
program_wildcards = st.lists(
    st.sampled_from((*(each.lower() for each in PROGRAMS), *FOLDERS[1:], "*", "?", "fire", "u")),
    min_size=1,
    max_size=4,
).map("".join)
program_regexes = st.lists(
    st.sampled_from(("curl", "fox", "/", "^", "$", ".", "[0-9]", "(a|F)", "(?!curl)", "ü", "x*")),
    min_size=1,
    max_size=4,
).map("".join)
processes = st.builds(
    Process,
    st.one_of(st.just(""), paths),
    st.one_of(st.just(""), programs, st.just("/usr/bin/curl")),
    st.one_of(st.just(-1), users),
)


def _compiles(pattern: str) -> bool:
    import re

    from byway_core.rules.patterns import compile_regex

    try:
        compile_regex(pattern)
    except re.error:
        return False
    return True


simple: st.SearchStrategy[Condition] = st.one_of(
    hosts.map(Domain),
    hosts.map(DomainSuffix),
    keywords.map(DomainKeyword),
    wildcards.map(DomainWildcard),
    regexes.filter(_compiles).map(DomainRegex),
    st.builds(IpCidr, networks, st.booleans()),
    networks.map(SourceCidr),
    port_ranges.map(DestinationPort),
    port_ranges.map(SourcePort),
    st.sampled_from(Network).map(NetworkIs),
    programs.map(str.lower).map(ProcessName),
    paths.map(str.lower).map(ProcessPath),
    st.builds(ProcessWildcard, program_wildcards.map(str.lower), st.booleans()),
    st.builds(ProcessRegex, program_regexes, st.booleans()),
    user_ranges.map(UserId),
)


def _logic(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(parts.map(And), parts.map(Or), inner.map(Not))


conditions: st.SearchStrategy[Condition] = st.recursive(simple, _logic, max_leaves=6)
actions = st.sampled_from(
    (DIRECT, REJECT, Action(Verdict.UPSTREAM, "office"), Action(Verdict.UPSTREAM, "home"))
)
rules = st.builds(
    lambda condition, action, enabled: Rule(condition, action, "as built", enabled > 0),
    st.one_of(conditions, conditions, conditions, simple, st.just(Always())),
    actions,
    st.integers(0, 9),
)
rule_lists = st.lists(rules, max_size=20)
queries = st.builds(
    Query,
    st.one_of(st.just(""), hosts),
    st.one_of(st.none(), addresses),
    ports,
    st.sampled_from(Network),
    st.one_of(st.none(), addresses),
    st.one_of(st.none(), ports),
    st.one_of(st.none(), processes),
)
