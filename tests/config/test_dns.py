"""`[dns]`: servers of every kind, resolvers by name, and the rules that name them."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.config.load import loads
from byway_core.model.errors import Problem, ProfileError
from byway_core.model.profile import Dns, DnsResolver, Nameserver, Transport
from byway_core.model.rule import DomainSuffix, DomainWildcard

TLS, HTTPS, TCP = Transport.TLS, Transport.HTTPS, Transport.TCP
HEAD = 'version = 1\nrules = ["MATCH,DIRECT"]\n'
UPSTREAMS = """
[[upstream]]
name = "office"
type = "socks5"
server = "proxy.example.net"
port = 1080
[[upstream]]
name = "box"
type = "service"
server = "192.0.2.7"
port = 1
"""


def dns(text: str) -> Dns:
    return loads(f"{HEAD}{text}{UPSTREAMS}")[0].dns


def problems(text: str) -> list[Problem]:
    try:
        return list(loads(f"{HEAD}{text}{UPSTREAMS}")[1])
    except ProfileError as error:
        return list(error.problems)


ONE = ip_address("192.0.2.1")
SIX = ip_address("2001:db8::1")


@pytest.mark.parametrize(
    ("entry", "server", "shown"),
    [
        ('"192.0.2.1"', Nameserver(ONE), "192.0.2.1"),
        ('"udp://192.0.2.1:54"', Nameserver(ONE, 54), "192.0.2.1:54"),
        ('"tcp://192.0.2.1"', Nameserver(ONE, 53, TCP), "tcp://192.0.2.1"),
        ('"tls://192.0.2.1"', Nameserver(ONE, 853, TLS), "tls://192.0.2.1"),
        ('"TLS://DNS.Example."', Nameserver(None, 853, TLS, "dns.example"), "tls://dns.example"),
        ('"tls://[2001:db8::1]:8853"', Nameserver(SIX, 8853, TLS), "tls://[2001:db8::1]:8853"),
        ('"tls://[2001:db8::1]"', Nameserver(SIX, 853, TLS), "tls://[2001:db8::1]"),
        (
            '"https://dns.example/dns-query{?dns}"',
            Nameserver(None, 443, HTTPS, "dns.example", "/dns-query"),
            "https://dns.example/dns-query",
        ),
        (
            '"https://dns.example"',
            Nameserver(None, 443, HTTPS, "dns.example", "/dns-query"),
            "https://dns.example/dns-query",
        ),
        (
            '"https://192.0.2.1:8443/me/abc?x=1"',
            Nameserver(ONE, 8443, HTTPS, "", "/me/abc?x=1"),
            "https://192.0.2.1:8443/me/abc?x=1",
        ),
        (
            '{ server = "tls://dns.example", address = "192.0.2.1", via = "office" }',
            Nameserver(ONE, 853, TLS, "dns.example", via="office"),
            "tls://dns.example via office",
        ),
        (
            '{ server = "tcp://192.0.2.1", via = "office" }',
            Nameserver(ONE, 53, TCP, via="office"),
            "tcp://192.0.2.1 via office",
        ),
        ('{ server = "192.0.2.1" }', Nameserver(ONE), "192.0.2.1"),
    ],
)
def test_servers(entry: str, server: Nameserver, shown: str) -> None:
    (found,) = dns(f"[dns]\nservers = [{entry}]\n").servers
    assert found == server
    assert str(found) == shown


@pytest.mark.parametrize(
    ("entry", "seen", "message", "nearest"),
    [
        ('"dns.test"', '"dns.test"', "'dns.test' is no address", '"tls://dns.test"'),
        (
            '"dot://dns.test"',
            '"dot://',
            "there is no way dot:// to ask a DNS server",
            '"tls://dns.test"',
        ),
        (
            '"quic://dns.test"',
            '"quic://',
            "there is no way quic:// to ask a DNS server",
            "",
        ),
        (
            '"htps://dns.test/q"',
            '"htps',
            "there is no way htps:// to ask a DNS server",
            '"https://dns.test/q"',
        ),
        ('"udp://dns.test"', '"udp', "'dns.test' is no address", ""),
        ('"tls://"', '"tls', "'' is no server", ""),
        ('"tls://me@dns.test"', '"tls', "'tls://me@dns.test' is no URL of a DNS server", ""),
        ('"tls://dns.test:0"', '"tls', "0 is no port", ""),
        ('"tls://dns.test/x"', '"tls', "tls:// has no path", '"tls://dns.test"'),
        ("7", "7", "a server is a whole number", ""),
        ("{ via = 'office' }", "{ via", "the server is missing", ""),
        ("{ server = 7 }", "7 }", "server is a whole number", 'server = "7"'),
        ("{ server = 'tls://a.b', port = 1 }", "port", "unknown key port", ""),
        (
            "{ server = 'tls://a.b', via = 'ofice' }",
            "'ofice'",
            "there is no upstream ofice",
            'via = "office"',
        ),
        (
            "{ server = 'tls://a.b', via = 'box' }",
            "'box'",
            "box is a service: it answers itself, and leads to no DNS server",
            "",
        ),
        (
            "{ server = '192.0.2.1', via = 'office' }",
            "'office'",
            "upstreams do not carry the datagrams of a plain server",
            'server = "tcp://192.0.2.1"',
        ),
        (
            "{ server = 'tls://a.b', address = 'c.d' }",
            "'c.d'",
            "'c.d' is no address",
            "",
        ),
        (
            "{ server = 'tls://192.0.2.1', address = '192.0.2.2' }",
            "'192.0.2.2'",
            "the server is an address already",
            "",
        ),
    ],
)
def test_wrong_servers(entry: str, seen: str, message: str, nearest: str) -> None:
    line = f"servers = [{entry}]"
    found = [problem for problem in problems(f"[dns]\n{line}\n") if not problem.warning]
    assert [(each.message, each.nearest) for each in found] == [(message, nearest)]
    assert (found[0].line, found[0].column) == (4, line.index(seen) + 1)


RESOLVERS = """
[dns]
servers = ["tls://192.0.2.1"]
rules = [
  "DOMAIN-SUFFIX,corp.example,corp",   # ours
  "# DOMAIN,off.example,corp",
  "OR,((DOMAIN-KEYWORD,lab),(DOMAIN-REGEX,^x)),system",
]
[[dns.resolver]]
name = "corp"
servers = ["10.0.0.53", "10.0.0.54"]
"""


def test_resolvers_and_rules() -> None:
    found = dns(RESOLVERS)
    first, second = Nameserver(ip_address("10.0.0.53")), Nameserver(ip_address("10.0.0.54"))
    assert found.resolvers == (DnsResolver("corp", (first, second)),)
    assert [(str(rule.action), rule.enabled) for rule in found.rules] == [
        ("corp", True),
        ("corp", False),
        ("system", True),
    ]
    assert problems(RESOLVERS) == []


@pytest.mark.parametrize(
    ("old", "new", "seen", "message", "nearest"),
    [
        (
            "corp.example,corp",
            "corp.example,crop",
            "crop",
            "there is no resolver crop",
            "DOMAIN-SUFFIX,corp.example,corp",
        ),
        (
            "corp.example,corp",
            "corp.example,DIRECT",
            "DIRECT",
            "there is no resolver DIRECT",
            "",
        ),
        (
            "DOMAIN-SUFFIX,corp.example,corp",
            "MATCH,corp",
            '"MATCH',
            "what no rule matches is asked of dns.servers",
            "",
        ),
        (
            "DOMAIN-SUFFIX,corp.example,corp",
            "NOT,((DST-PORT,53)),corp",
            '"NOT',
            "a question has a name, and neither port nor address",
            "",
        ),
        (
            "DOMAIN-SUFFIX,corp.example",
            "DOMIAN,corp.example",
            "DOMIAN",
            "there is no kind DOMIAN",
            "DOMAIN,corp.example,corp",
        ),
        ('"corp"\n', '"system"\n', '"system"', "system has a meaning of its own in rules", ""),
        ('name = "corp"\n', "", "[[dns.resolver]]", "the resolver has no name", ""),
        (
            'servers = ["10.0.0.53", "10.0.0.54"]',
            "",
            "[[dns.resolver]]",
            "the servers are missing",
            "",
        ),
        ('"10.0.0.54"', '"ten"', '"ten"', "'ten' is no address", ""),
        ("rules = [", "rules = 7 #[", "7", "rules is a whole number", ""),
    ],
)
def test_wrong_rules(old: str, new: str, seen: str, message: str, nearest: str) -> None:
    text = RESOLVERS.replace(old, new, 1)
    if new.startswith("rules = 7"):
        before, _, after = text.partition("rules = 7")
        text = before + "rules = 7\n" + after[after.index("[[") :]
    found = next(each for each in problems(text) if each.message == message)
    assert (found.warning, found.nearest) == (False, nearest)
    lines = f"{HEAD}{text}".splitlines()
    assert lines[found.line - 1][found.column - 1 :].startswith(seen)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "# DOMAIN,off.example",
            "DOMAIN,a.corp.example",
            "never decides: rule 1, DOMAIN-SUFFIX,corp.example,corp, comes first",
        ),
        (
            "corp.example,corp",
            "corp.example,system",
            "no rule of dns.rules names the resolver corp",
        ),
        ('"10.0.0.54"', '"10.0.0.53"', "10.0.0.53 is in the list already"),
    ],
)
def test_warnings(old: str, new: str, message: str) -> None:
    text = RESOLVERS.replace(old, new, 1).replace('"# DOMAIN,off.example,corp",', "")
    assert [(each.message, each.warning) for each in problems(text)] == [(message, True)]


def test_two_resolvers_of_one_name() -> None:
    text = RESOLVERS + '[[dns.resolver]]\nname = "corp"\nservers = ["system"]\n'
    assert "there already is a resolver corp" in [each.message for each in problems(text)]


def test_a_resolver_may_be_the_systems() -> None:
    assert dns(RESOLVERS.replace('["10.0.0.53", "10.0.0.54"]', '["system"]')).resolvers == (
        DnsResolver("corp"),
    )


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="'"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for entry in (f"'{text}'", f"'https://{text}'", f"'tls://{text}'"):
        for problem in problems(f"[dns]\nservers = [{entry}]\n"):
            assert problem.line == 4


def test_fake_addresses() -> None:
    assert not dns("").fake_addresses
    read = dns(
        "[dns]\nfake_addresses = true\n"
        'real_names = ["one.Example", "*.two.example", "+.three.example", "a?.example"]\n'
    )
    assert read.fake_addresses
    assert read.real_names == (
        DomainWildcard("one.example"),
        DomainWildcard("*.two.example"),
        DomainSuffix("three.example"),
        DomainWildcard("a?.example"),
    )


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ('fake_addresses = "yes"', "fake_addresses is a string", 4),
        ('fake_addresses = true\nreal_names = "a.example"', "real_names is a string", 5),
        ("fake_addresses = true\nreal_names = [1]", "this is a whole number", 5),
        ('fake_addresses = true\nreal_names = ["a b"]', "' ' cannot stand in a host name", 5),
        ('fake_addresses = true\nreal_names = ["+."]', "the name is missing", 5),
        ('fake_addresses = true\nreal_names = [""]', "the text to look for is missing", 5),
        (
            'real_names = ["a.example"]',
            "real_names without fake_addresses = true: all are real anyhow",
            4,
        ),
    ],
)
def test_what_is_wrong_with_fake_addresses(text: str, said: str, line: int) -> None:
    (problem,) = problems(f"[dns]\n{text}\n")
    assert (problem.message, problem.line) == (said, line)


def test_too_many_real_names() -> None:
    names = ", ".join(f'"n{number}.example"' for number in range(1001))
    (problem,) = problems(f"[dns]\nfake_addresses = true\nreal_names = [{names}]\n")
    assert (problem.message, problem.expected) == ("1001 names", "at most 1000")


def test_a_key_at_the_top_belongs_elsewhere() -> None:
    with pytest.raises(ProfileError) as caught:
        loads(f"fake_addresses = true\n{HEAD}")
    assert caught.value.problems[0].nearest == "fake_addresses in the table [dns]"
