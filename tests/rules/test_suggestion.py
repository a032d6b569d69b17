"""Rules made of connections."""

from __future__ import annotations

import pytest

from byway_core.model.decision import Network, Process, Query
from byway_core.rules.naive import matches
from byway_core.rules.parse import parse_rule, read_rule
from byway_core.rules.suggestion import How, program_of, rule_for, site_of, ways


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.example.com", "example.com"),
        ("example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("example.com.cn", "example.com.cn"),
        ("co.uk", ""),
        ("t.co", "t.co"),
        ("cdn.go.com", "go.com"),
        ("nas", ""),
        ("com", ""),
        ("", ""),
        ("192.0.2.1", ""),
    ],
)
def test_the_site_of_a_name(host: str, site: str) -> None:
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("how", "host", "address", "rule"),
    [
        (How.EXACT, "www.example.com", "192.0.2.1", "DOMAIN,www.example.com,office"),
        ("exact", "xn--mnchen-3ya.test", "", "DOMAIN,münchen.test,office"),
        ("exact", "xn--a.test", "", "DOMAIN,xn--a.test,office"),
        ("suffix", "www.example.com", "192.0.2.1", "DOMAIN-SUFFIX,example.com,office"),
        ("address", "www.example.com", "192.0.2.1", "IP-CIDR,192.0.2.1/32,office"),
        ("address", "", "2001:db8::1", "IP-CIDR6,2001:db8::1/128,office"),
        ("network", "", "192.0.2.1", "IP-CIDR,192.0.2.0/24,office"),
        ("network", "", "2001:db8::1", "IP-CIDR6,2001:db8::/64,office"),
    ],
)
def test_a_rule_of_a_connection(how: How, host: str, address: str, rule: str) -> None:
    assert rule_for(host, address, 443, Network.TCP, how, "office") == rule
    only = rule_for(host, address, 443, Network.UDP, how, "office", only_port=True)
    condition = rule.rpartition(",")[0]
    assert only == f"AND,(({condition}),(DST-PORT,443),(NETWORK,UDP)),office"
    assert not read_rule(rule).faults
    assert not read_rule(only).faults


@pytest.mark.parametrize(
    ("path", "name", "program"),
    [
        ("/usr/lib/firefox-esr/firefox-esr", "firefox-esr", "firefox-esr"),
        ("/usr/libexec/gnome-terminal-server", "gnome-terminal-", "gnome-terminal-server"),
        ("/opt/Chat/chat", "MainThread", "chat"),
        ("/usr/bin/python3.11", "streamlink", "streamlink"),
        ("/usr/bin/python3.11", "python3", "python3.11"),
        ("/usr/bin/python3.11", "", "python3.11"),
        ("/usr/bin/wine64-preloader", "Telegram.exe", "Telegram.exe"),
        ("", "curl", "curl"),
        ("", "", ""),
        ("/opt/a (b), c*", "", "a ?b?? c?"),
        ("/opt/'x ", "", "?x?"),
    ],
)
def test_a_rule_of_a_process(path: str, name: str, program: str) -> None:
    process = Process(path, name, 1000)
    assert program_of(process) == program
    if not program:
        assert ways("", "", process) == ()
        return
    assert ways("", "", process) == (How.PROGRAM,)
    rule = rule_for("", "", 443, Network.TCP, How.PROGRAM, "office", process=process)
    assert rule == f"PROCESS-NAME,{program},office"
    only = rule_for(
        "", "", 443, Network.TCP, How.PROGRAM, "office", only_port=True, process=process
    )
    for text in (rule, only):
        query = Query("a.test", None, 443, process=process)
        assert matches(parse_rule(text).condition, query)


@pytest.mark.parametrize(
    ("host", "address", "possible"),
    [
        ("www.example.com", "192.0.2.1", tuple(How)[1:]),
        ("nas", "", (How.EXACT,)),
        ("", "::1", (How.ADDRESS, How.NETWORK)),
        ("not,a name", "", ()),
        ("192.0.2.1", "", ()),
    ],
)
def test_what_can_be_made_a_rule_of(host: str, address: str, possible: tuple[How, ...]) -> None:
    assert ways(host, address) == possible
    for how in set(How) - set(possible):
        with pytest.raises(ValueError, match="no rule by"):
            rule_for(host, address, 1, Network.TCP, how, "DIRECT")
