"""Rules made of connections."""

from __future__ import annotations

import pytest

from byway_core.model.decision import Process, Query
from byway_core.rules.naive import matches
from byway_core.rules.names import normalise_host, parse_address
from byway_core.rules.parse import parse_rule, read_rule
from byway_core.rules.suggestion import How, Suggestion, program_of, site_of, suggestions


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
    ("how", "host", "address", "condition"),
    [
        (How.EXACT, "www.example.com", "192.0.2.1", "DOMAIN,www.example.com"),
        (How.EXACT, "xn--mnchen-3ya.test", "", "DOMAIN,münchen.test"),
        (How.EXACT, "xn--a.test", "", "DOMAIN,xn--a.test"),
        (How.SITE, "www.example.com", "192.0.2.1", "DOMAIN-SUFFIX,example.com"),
        (How.SUFFIX, "www.example.com", "192.0.2.1", "DOMAIN-SUFFIX,www.example.com"),
        (How.ADDRESS, "www.example.com", "192.0.2.1", "IP-CIDR,192.0.2.1/32"),
        (How.ADDRESS, "", "2001:db8::1", "IP-CIDR6,2001:db8::1/128"),
        (How.NETWORK, "", "192.0.2.1", "IP-CIDR,192.0.2.0/24"),
        (How.NETWORK, "", "2001:db8::1", "IP-CIDR6,2001:db8::/64"),
    ],
)
def test_a_rule_of_a_connection(how: How, host: str, address: str, condition: str) -> None:
    (found,) = [each for each in suggestions(host, address) if each.how is how]
    assert found.condition == condition
    assert not read_rule(f"{condition},DIRECT").faults
    assert matches(
        parse_rule(f"{condition},DIRECT").condition,
        Query(normalise_host(host), parse_address(address), 443),
    )


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
    found = suggestions("", "", process)
    if not program:
        assert found == []
        return
    condition = f"PROCESS-NAME,{program}"
    assert found == [Suggestion(How.PROGRAM, program, condition)]
    query = Query("a.test", None, 443, process=process)
    assert matches(parse_rule(f"{condition},office").condition, query)


@pytest.mark.parametrize(
    ("host", "address", "possible"),
    [
        ("www.example.com", "192.0.2.1", list(How)[1:]),
        ("example.com", "", [How.SUFFIX, How.EXACT]),
        ("nas", "", [How.EXACT]),
        ("", "::1", [How.ADDRESS, How.NETWORK]),
        ("not,a name", "", []),
        ("192.0.2.1", "", []),
    ],
)
def test_what_can_be_made_a_rule_of(host: str, address: str, possible: list[How]) -> None:
    assert [each.how for each in suggestions(host, address)] == possible
