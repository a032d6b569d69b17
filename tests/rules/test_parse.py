"""Lines of text to rules, and to errors that help."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rules.strategies import conditions

from byway_core.model.decision import DIRECT, REJECT, Action, Network, Verdict
from byway_core.model.errors import RuleError
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
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.parse import KINDS, parse_rule, read_rule
from byway_core.rules.render import render_condition

TEN = ip_network("10.0.0.0/8")
UDP_443 = And((NetworkIs(Network.UDP), DestinationPort(((443, 443),))))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("DOMAIN,example.com,DIRECT", Domain("example.com")),
        ("domain,Example.COM.,DIRECT", Domain("example.com")),
        ("DOMAIN,münchen.test,DIRECT", Domain("xn--mnchen-3ya.test")),
        ("DOMAIN-SUFFIX,example.com,DIRECT", DomainSuffix("example.com")),
        ("DOMAIN-SUFFIX,com,DIRECT", DomainSuffix("com")),
        ("DOMAIN-KEYWORD,GooGle,DIRECT", DomainKeyword("google")),
        ("DOMAIN-WILDCARD,*.Ex?mple.com,DIRECT", DomainWildcard("*.ex?mple.com")),
        (r"DOMAIN-REGEX,^A\.b$,DIRECT", DomainRegex(r"^A\.b$")),
        ("DOMAIN-REGEX,^a{1,2}(b|c),DIRECT", DomainRegex("^a{1,2}(b|c)")),
        ("DOMAIN-REGEX,(?<x>a)\\k<x>\\z,DIRECT", DomainRegex("(?<x>a)\\k<x>\\z")),
        ("DOMAIN-REGEX,a(?i)b,DIRECT", DomainRegex("a(?i)b")),
        ("DOMAIN-REGEX,[[a]b,DIRECT", DomainRegex("[[a]b")),
        ("IP-CIDR,10.0.0.0/8,DIRECT", IpCidr(TEN)),
        ("IP-CIDR,10.0.0.0/8,DIRECT,no-resolve", IpCidr(TEN)),
        ("IP-CIDR,10.0.0.0/8,DIRECT,RESOLVE", IpCidr(TEN, resolve=True)),
        ("IP-CIDR,10.1.2.3/8,DIRECT", IpCidr(TEN)),
        ("IP-CIDR,10.1.2.3,DIRECT", IpCidr(ip_network("10.1.2.3/32"))),
        ("IP-CIDR,fd00::/8,DIRECT", IpCidr(ip_network("fd00::/8"))),
        ("IP-CIDR6,::1,DIRECT", IpCidr(ip_network("::1/128"))),
        ("IP-CIDR6,10.0.0.0/8,DIRECT", IpCidr(TEN)),
        ("IP-CIDR6,::ffff:10.0.0.0/104,DIRECT", IpCidr(TEN)),
        ("IP-CIDR6,::ffff:0:0/95,DIRECT", IpCidr(ip_network("::fffe:0:0/95"))),
        ("SRC-IP-CIDR,10.0.0.0/8,DIRECT", SourceCidr(TEN)),
        ("SRC-IP-CIDR,10.0.0.0/8,DIRECT,no-resolve", SourceCidr(TEN)),
        ("DST-PORT,22/80/1000-2000,DIRECT", DestinationPort(((22, 22), (80, 80), (1000, 2000)))),
        ("DST-PORT, 80 / 90 - 99 ,DIRECT", DestinationPort(((80, 80), (90, 99)))),
        ("DST-PORT,0-65535,DIRECT", DestinationPort(((0, 65535),))),
        ("SRC-PORT,1,DIRECT", SourcePort(((1, 1),))),
        ("NETWORK,tcp,DIRECT", NetworkIs(Network.TCP)),
        ("NETWORK,UDP,DIRECT", NetworkIs(Network.UDP)),
        ("PROCESS-NAME,firefox,DIRECT", ProcessName("firefox")),
        ("process-name,Telegram Desktop.EXE,DIRECT", ProcessName("telegram desktop.exe")),
        ("PROCESS-NAME,Übung,DIRECT", ProcessName("übung")),
        ("PROCESS-NAME,fire*,DIRECT", ProcessWildcard("fire*", False)),
        ("PROCESS-PATH,/usr/bin/Curl,DIRECT", ProcessPath("/usr/bin/curl")),
        ("PROCESS-PATH,/opt/a (b)/c,DIRECT", ProcessPath("/opt/a (b)/c")),
        ("PROCESS-PATH,/opt/*/app?,DIRECT", ProcessWildcard("/opt/*/app?", True)),
        ("PROCESS-PATH,*/app,DIRECT", ProcessWildcard("*/app", True)),
        ("PROCESS-NAME-WILDCARD,Fire?ox,DIRECT", ProcessWildcard("fire?ox", False)),
        ("PROCESS-NAME-WILDCARD,curl,DIRECT", ProcessWildcard("curl", False)),
        ("PROCESS-PATH-WILDCARD,/opt/*,DIRECT", ProcessWildcard("/opt/*", True)),
        ("PROCESS-NAME-REGEX,^a{1,2}(B|c)$,DIRECT", ProcessRegex("^a{1,2}(B|c)$", False)),
        ("PROCESS-PATH-REGEX,^/opt/,DIRECT", ProcessRegex("^/opt/", True)),
        (
            "AND,((PROCESS-PATH-REGEX,^/(a|b){1,2}\\(?[)]),(DOMAIN,c)),DIRECT",
            And((ProcessRegex("^/(a|b){1,2}\\(?[)]", True), Domain("c"))),
        ),
        ("UID,1000,DIRECT", UserId(((1000, 1000),))),
        ("UID, 0 / 1000 - 4294967294 ,DIRECT", UserId(((0, 0), (1000, 4294967294)))),
        ("MATCH,DIRECT", Always()),
        ("final,DIRECT", Always()),
        ("AND,((NETWORK,UDP),(DST-PORT,443)),DIRECT", UDP_443),
        (" and , ( ( network , udp ) , ( DST-PORT , 443 ) ) , DIRECT ", UDP_443),
        ("NOT,((DOMAIN,a.b)),DIRECT", Not(Domain("a.b"))),
        ("OR,((NOT,((DOMAIN,a.b))),(DOMAIN,c)),DIRECT", Or((Not(Domain("a.b")), Domain("c")))),
        (
            "AND,((DOMAIN-REGEX,^(a|b){1,2}\\(?[)]),(IP-CIDR,10.0.0.0/8,resolve)),DIRECT",
            And((DomainRegex("^(a|b){1,2}\\(?[)]"), IpCidr(TEN, resolve=True))),
        ),
        ("OR,((DOMAIN-REGEX,a,b),(DOMAIN,c)),DIRECT", Or((DomainRegex("a,b"), Domain("c")))),
    ],
)
def test_condition(text: str, condition: Condition) -> None:
    rule = parse_rule(text)
    assert rule.condition == condition
    assert (rule.action, rule.enabled, rule.text) == (DIRECT, True, text)


@pytest.mark.parametrize(
    ("target", "action"),
    [
        ("DIRECT", DIRECT),
        ("REJECT", REJECT),
        ("office", Action(Verdict.UPSTREAM, "office")),
        ("direct", Action(Verdict.UPSTREAM, "direct")),
        ("my office (2)", Action(Verdict.UPSTREAM, "my office (2)")),
    ],
)
def test_target(target: str, action: Action) -> None:
    for head in ("DOMAIN,a.b", "DOMAIN-REGEX,a,b", "AND,((DOMAIN,a.b))", "MATCH"):
        read = read_rule(f"{head}, {target} ")
        assert read.rule.action == action
        assert (read.target, read.target_offset) == (target, len(head) + 2)


@pytest.mark.parametrize(
    ("text", "offset", "message", "nearest"),
    [
        ("", 0, "an empty rule", ""),
        ("example.com", 0, "not a rule: it has no comma", ""),
        ("MATCH", 5, "the target is missing", "MATCH,DIRECT"),
        ("DOMAIN,a.b", 10, "the target is missing", ""),
        ("DOMAIN,a.b, ", 12, "the target is missing", ""),
        ("DOMIAN,a.b,DIRECT", 0, "there is no kind DOMIAN", "DOMAIN,a.b,DIRECT"),
        ("- DOMAIN,a.b,DIRECT", 0, "there is no kind - DOMAIN", "DOMAIN,a.b,DIRECT"),
        (",a.b,DIRECT", 0, "the kind is missing", ""),
        ("GEOIP,CN,DIRECT", 0, "the kind GEOIP is not supported yet", ""),
        ("RULE-SET,x,DIRECT", 0, "the kind RULE-SET is not supported yet", ""),
        ("DOMAIN,,DIRECT", 7, "the name is missing", ""),
        ("DOMAIN-SUFFIX,.,DIRECT", 15, "the name is missing", ""),
        ("DOMAIN,a b,DIRECT", 8, "' ' cannot stand in a host name", ""),
        (
            "DOMAIN,a..b,DIRECT",
            7,
            "a dot with no name between it and the next",
            "DOMAIN,a.b,DIRECT",
        ),
        (
            "DOMAIN,*.a.b,DIRECT",
            0,
            "'*' cannot stand in a host name",
            "DOMAIN-WILDCARD,*.a.b,DIRECT",
        ),
        (
            "DOMAIN,https://a.b:8/c,DIRECT",
            7,
            "':' cannot stand in a host name",
            "DOMAIN,a.b,DIRECT",
        ),
        ("DOMAIN,a.b:443,DIRECT", 7, "':' cannot stand in a host name", "DOMAIN,a.b,DIRECT"),
        ("DOMAIN,::1,DIRECT", 0, "an address is no name", "IP-CIDR,::1,DIRECT"),
        ("DOMAIN-KEYWORD,,DIRECT", 15, "the text to look for is missing", ""),
        (
            "DOMAIN-KEYWORD,*ads*,DIRECT",
            15,
            "a keyword has no wildcards: it is found anywhere in a name as it is",
            "DOMAIN-KEYWORD,ads,DIRECT",
        ),
        ("DOMAIN-WILDCARD,a/*,DIRECT", 17, "'/' cannot stand in a host name", ""),
        ("DOMAIN-REGEX,^a(b,DIRECT", 15, "in the pattern: missing ), unterminated subpattern", ""),
        ("DOMAIN-REGEX,,DIRECT", 13, "the pattern is missing", ""),
        ("DOMAIN-REGEX,a", 14, "the target is missing", ""),
        ("IP-CIDR,10.0.0.256,DIRECT", 8, "10.0.0.256 is no address", ""),
        ("IP-CIDR,10/8,DIRECT", 8, "10/8 is no address", "IP-CIDR,10.0.0.0/8,DIRECT"),
        ("IP-CIDR,192.168,DIRECT", 8, "192.168 is no address", "IP-CIDR,192.168.0.0/16,DIRECT"),
        ("IP-CIDR,10.0.0.0/33,DIRECT", 17, "33 is no prefix length", ""),
        ("IP-CIDR,10.0.0.0/,DIRECT", 17, "nothing is no prefix length", ""),
        (
            "IP-CIDR,10.0.0.0/255.0.0.0,DIRECT",
            17,
            "255.0.0.0 is no prefix length",
            "IP-CIDR,10.0.0.0/8,DIRECT",
        ),
        ("IP-CIDR,fe80::1%eth0/64,DIRECT", 8, "fe80::1%eth0/64 is no address", ""),
        ("IP-CIDR,a.example,DIRECT", 0, "a.example is no address", "DOMAIN,a.example,DIRECT"),
        ("IP-CIDR,,DIRECT", 8, "the address is missing", ""),
        (
            "IP-CIDR,10.0.0.0/8,DIRECT,no_resolve",
            26,
            "IP-CIDR has no option no_resolve",
            "IP-CIDR,10.0.0.0/8,DIRECT,no-resolve",
        ),
        (
            "IP-CIDR,10.0.0.0/8,DIRECT,resolve,no-resolve",
            34,
            "resolve and no-resolve exclude each other",
            "",
        ),
        ("DOMAIN,a.b,DIRECT,resolve", 18, "DOMAIN has no option resolve", ""),
        ("DOMAIN,a.b,DIRECT,", 18, "an empty option", ""),
        ("MATCH,DIRECT,x", 13, "MATCH has no option x", ""),
        ("DST-PORT,http,DIRECT", 9, "http is no port", ""),
        ("DST-PORT,80/65536,DIRECT", 12, "65536 is no port", ""),
        ("DST-PORT,80/,DIRECT", 12, "nothing is no port", ""),
        ("DST-PORT,80-,DIRECT", 9, "80- is no port", ""),
        ("NETWORK,TPC,DIRECT", 8, "TPC is no network", "NETWORK,TCP,DIRECT"),
        ("PROCESS-NAME,,DIRECT", 13, "the program's name is missing", ""),
        (
            "PROCESS-NAME,/usr/bin/curl,DIRECT",
            0,
            "a name has no / in it",
            "PROCESS-PATH,/usr/bin/curl,DIRECT",
        ),
        ("PROCESS-NAME,bin/curl,DIRECT", 13, "a name has no / in it", "PROCESS-NAME,curl,DIRECT"),
        ("PROCESS-NAME,bin/,DIRECT", 13, "a name has no / in it", ""),
        (
            "PROCESS-NAME,'curl',DIRECT",
            13,
            "quotes would be a part of it",
            "PROCESS-NAME,curl,DIRECT",
        ),
        ("PROCES-NAME,curl,DIRECT", 0, "there is no kind PROCES-NAME", "PROCESS-NAME,curl,DIRECT"),
        ("PROCESS-PATH,,DIRECT", 13, "the path is missing", ""),
        ("PROCESS-PATH,curl,DIRECT", 0, "a path begins with /", "PROCESS-NAME,curl,DIRECT"),
        ("PROCESS-PATH,C:\\a\\b.exe,DIRECT", 13, "a path begins with /", ""),
        (
            "PROCESS-PATH,~/bin/app,DIRECT",
            13,
            "~ and variables are not replaced here: * stands for any text",
            "PROCESS-PATH,*/bin/app,DIRECT",
        ),
        (
            "PROCESS-PATH,/opt/app/,DIRECT",
            13,
            "a folder is no program",
            "PROCESS-PATH,/opt/app/*,DIRECT",
        ),
        ("PROCESS-NAME-WILDCARD,,DIRECT", 22, "the pattern is missing", ""),
        ("PROCESS-NAME-REGEX,,DIRECT", 19, "the pattern is missing", ""),
        (
            "PROCESS-PATH-REGEX,/(a,DIRECT",
            20,
            "in the pattern: missing ), unterminated subpattern",
            "",
        ),
        ("UID,root,DIRECT", 4, "root is no user id", ""),
        ("UID,0/,DIRECT", 6, "nothing is no user id", ""),
        ("UID,-5,DIRECT", 4, "-5 is no user id", ""),
        ("UID,5/4294967295,DIRECT", 6, "4294967295 is no user id", ""),
        ("UID,5,DIRECT,resolve", 13, "UID has no option resolve", ""),
        ("NOT,(DOMAIN,a.b),DIRECT", 5, '"(" is missing', "NOT,((DOMAIN,a.b)),DIRECT"),
        ("NOT,((DOMAIN,a),(DOMAIN,b)),DIRECT", 4, "NOT takes one condition, not 2", ""),
        (
            "AND,((DOMAIN,a)(DOMAIN,b)),DIRECT",
            15,
            '"," is missing',
            "AND,((DOMAIN,a),(DOMAIN,b)),DIRECT",
        ),
        (
            "AND,((DOMAIN,a),(DOMAIN,b),DIRECT",
            26,
            '")" is missing',
            "AND,((DOMAIN,a),(DOMAIN,b)),DIRECT",
        ),
        ("AND,((DOMAIN,a),(DOMAIN,b,DIRECT", 32, '")" is missing', ""),
        (
            "AND,((DOMAIN,a)) x,DIRECT",
            17,
            "text after the closing parenthesis",
            "AND,((DOMAIN,a)) ,DIRECT",
        ),
        (
            "AND,((OR,((DOMAIN,a))x)),DIRECT",
            21,
            "text after the closing parenthesis",
            "AND,((OR,((DOMAIN,a)))),DIRECT",
        ),
        ("AND,(),DIRECT", 5, '"(" is missing', ""),
        ("AND,((MATCH)),DIRECT", 6, "MATCH stands alone, not inside another condition", ""),
        ("AND,((DOMAIN,a),(NETWORK,X)),DIRECT", 25, "X is no network", ""),
    ],
)
def test_error(text: str, offset: int, message: str, nearest: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    error = caught.value
    assert (error.message, error.offset, error.nearest) == (message, offset, nearest)
    assert error.expected


def test_every_fault_of_a_rule_is_told_in_its_order() -> None:
    read = read_rule("AND,((NETWORK,UPD),(DST-PORT,x),(OR,((IP-CIDR,10/8)))),office")
    assert [fault.offset for fault in read.faults] == [14, 29, 46]
    assert (read.target, read.rule.enabled) == ("office", False)


@pytest.mark.parametrize(
    ("text", "condition", "nearest"),
    [
        ("DOMAIN-SUFFIX,.a.b,DIRECT", DomainSuffix("a.b"), "DOMAIN-SUFFIX,a.b,DIRECT"),
        ("DOMAIN-SUFFIX,+.a.b,DIRECT", DomainSuffix("a.b"), "DOMAIN-SUFFIX,a.b,DIRECT"),
        ("DOMAIN-SUFFIX,*.a.b,DIRECT", DomainSuffix("a.b"), "DOMAIN-SUFFIX,a.b,DIRECT"),
        ("DOMAIN-SUFFIX,a.b.,DIRECT", DomainSuffix("a.b"), "DOMAIN-SUFFIX,a.b,DIRECT"),
        ("DOMAIN,1.2.3.4,DIRECT", Domain("1.2.3.4"), "IP-CIDR,1.2.3.4,DIRECT"),
        ("IP-CIDR,10.1.2.3/8,DIRECT", IpCidr(TEN), "IP-CIDR,10.0.0.0/8,DIRECT"),
        ("DST-PORT,90-80,DIRECT", DestinationPort(((80, 90),)), "DST-PORT,80-90,DIRECT"),
        ("DOMAIN,a.b,DIRECT,no-resolve", Domain("a.b"), ""),
        ("PROCESS-NAME,a,DIRECT,no-resolve", ProcessName("a"), ""),
        ("PROCESS-NAME-REGEX,(a+)+$,DIRECT", ProcessRegex("(a+)+$", False), ""),
        ("UID,5-3,DIRECT", UserId(((3, 5),)), "UID,3-5,DIRECT"),
        ("DOMAIN-REGEX,(a+)+$,DIRECT", DomainRegex("(a+)+$"), ""),
    ],
)
def test_note(text: str, condition: Condition, nearest: str) -> None:
    """Read, but hardly meant as written."""
    read = read_rule(text)
    assert read.rule.condition == condition
    assert [note.nearest for note in read.notes] == [nearest]


@pytest.mark.parametrize(
    ("text", "condition", "notes"),
    [
        ("# DOMAIN,x.y,DIRECT", Domain("x.y"), 0),
        ("  #MATCH,office", Always(), 0),
        ("# DOMIAN,x.y,DIRECT", Or(()), 1),
        ("# my rules", Or(()), 0),
        ("#", Or(()), 0),
    ],
)
def test_disabled(text: str, condition: Condition, notes: int) -> None:
    read = read_rule(text)
    assert not read.rule.enabled
    assert (read.rule.condition, read.rule.text) == (condition, text)
    assert (len(read.notes), read.faults) == (notes, ())


def test_disabled_nearest_is_still_disabled() -> None:
    (note,) = read_rule("# DOMIAN,x.y,DIRECT").notes
    assert (note.offset, note.nearest) == (2, "# DOMAIN,x.y,DIRECT")


def test_limits() -> None:
    with pytest.raises(RuleError, match="characters"):
        parse_rule("DOMAIN," + "a" * 70_000 + ",DIRECT")
    deep = "NOT,((" * 40 + "DOMAIN,a" + "))" * 40
    with pytest.raises(RuleError, match="levels"):
        parse_rule(f"{deep},DIRECT")
    with pytest.raises(RuleError, match="longer than a name"):
        parse_rule(f"DOMAIN,{'a' * 64}.b,DIRECT")
    with pytest.raises(RuleError, match="pattern"):
        parse_rule("DOMAIN-REGEX," + "(" * 5000 + ")" * 5000 + ",DIRECT")


@given(conditions)
@example(IpCidr(ip_network("10.0.0.0/8"), True))
def test_what_is_rendered_is_read_back(condition: Condition) -> None:
    if "(?i)" in repr(condition):
        return  # written as found, so nothing to compare
    text, option, _ = render_condition(condition).rpartition(",resolve")
    if not option or not isinstance(condition, IpCidr):
        text, option = render_condition(condition), ""
    assert parse_rule(f"{text},DIRECT{option}").condition == condition


PIECES = st.sampled_from(
    (
        *KINDS,
        *(",", "(", ")", "((", "))", "),(", "#", " ", "/", "-", ".", "*", "[", "]", "\\", "{1,2}"),
        *(
            "a.b",
            "10.0.0.0/8",
            "::1",
            "443",
            "curl",
            "/usr/bin/curl",
            "~/x",
            "TCP",
            "DIRECT",
            "no-resolve",
            "ü",
            "\0",
            "\ud800",
        ),
    )
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_any_text_is_a_rule_or_an_error_within_it(text: str) -> None:
    read = read_rule(text)
    assert read.rule.text == text
    assert all(0 <= fault.offset <= len(text) for fault in read.faults)
    assert all(0 <= note.offset <= len(text) for note in read.notes)
    for nearest in (fault.nearest for fault in read.faults):
        assert not nearest or not read_rule(nearest).faults
