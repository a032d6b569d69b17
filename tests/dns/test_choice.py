from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.choice import Choice, is_private_reverse
from byway_core.dns.servers import FixedServers, ServerList
from byway_core.model.profile import Nameserver
from byway_core.rules.parse import parse_rule


@dataclass
class System:
    """resolv.conf's, as it is now."""

    list: ServerList = field(default_factory=lambda: ServerList((), search=("lab.corp.example",)))

    def current(self) -> ServerList:
        return self.list


def fixed(address: str) -> FixedServers:
    return FixedServers([Nameserver(ip_address(address))])


SYSTEM, PROFILE, CORP, PLAIN = System(), fixed("192.0.2.1"), fixed("10.0.0.53"), fixed("192.0.2.9")
NAMES = {id(SYSTEM): "system", id(PROFILE): "profile", id(CORP): "corp", id(PLAIN): "plain"}
RULES = (
    "# DOMAIN,off.corp.example,corp",
    "DOMAIN,www.corp.example,system",
    "DOMAIN-SUFFIX,corp.example,corp",
    "DOMAIN-SUFFIX,corp.internal,corp",
    "DOMAIN-SUFFIX,9.168.192.in-addr.arpa,corp",
    "DOMAIN-KEYWORD,printer,corp",
)


def choice(rules: tuple[str, ...] = RULES) -> Choice:
    return Choice(
        PROFILE,
        SYSTEM,
        rules=[parse_rule(rule) for rule in rules],
        resolvers={"corp": CORP},
        needed=("dns.example", "dns.corp.example"),
        plain=PLAIN,
    )


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("example.org", "profile"),
        ("corp.example", "corp"),
        ("a.b.corp.example", "corp"),
        ("www.corp.example", "system"),
        ("corp.internal", "corp"),
        ("other.internal", "system"),
        ("nas.lan", "system"),
        ("nas", "system"),
        ("printer", "system"),
        ("printer.local", "system"),
        ("app.localhost", "system"),
        ("", "system"),
        ("dns.example", "plain"),
        ("dns.corp.example", "plain"),
        ("sub.dns.example", "profile"),
        ("4.3.2.10.in-addr.arpa", "system"),
        ("1.9.168.192.in-addr.arpa", "corp"),
        ("8.8.8.8.in-addr.arpa", "profile"),
    ],
)
def test_who_is_asked(name: str, source: str) -> None:
    chooser = choice()
    for _ in range(2):
        assert NAMES[id(chooser.source(name))] == source


def test_search_domains_are_the_systems_and_change_with_the_network() -> None:
    system = System()
    chooser = Choice(PROFILE, system)
    assert chooser.source("web.lab.corp.example") is system
    assert chooser.source("web.home.example") is PROFILE
    assert not chooser.has_changed()
    system.list = ServerList((), search=("home.example", "com"))
    assert chooser.has_changed()
    assert chooser.source("web.lab.corp.example") is PROFILE
    assert chooser.source("web.home.example") is system
    assert chooser.source("bank.com") is PROFILE, "no network gets a whole top level"


def test_without_a_profiles_servers_all_is_the_systems() -> None:
    chooser = Choice(SYSTEM)
    for name in ("example.org", "nas.lan", "nas", "dns.example"):
        assert chooser.source(name) is SYSTEM


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("1.0.0.10.in-addr.arpa", True),
        ("10.in-addr.arpa", True),
        ("31.172.in-addr.arpa", True),
        ("32.172.in-addr.arpa", False),
        ("1.1.168.192.in-addr.arpa", True),
        ("1.0.0.127.in-addr.arpa", True),
        ("1.1.254.169.in-addr.arpa", True),
        ("1.64.100.in-addr.arpa", True),
        ("8.8.8.8.in-addr.arpa", False),
        ("300.0.0.10.in-addr.arpa", False),
        ("x.10.in-addr.arpa", False),
        ("in-addr.arpa", False),
        (".".join("1" + "0" * 29 + "df") + ".ip6.arpa", True),
        ("c.f.ip6.arpa", True),
        ("0.8.e.f.ip6.arpa", True),
        ("8.b.d.0.1.0.0.2.ip6.arpa", False),
        ("zz.ip6.arpa", False),
        ("example.org", False),
    ],
)
def test_reverse_names_of_the_own_network(name: str, private: bool) -> None:
    assert is_private_reverse(name) is private


@given(st.text())
def test_any_name(name: str) -> None:
    choice().source(name)
    is_private_reverse(name + ".in-addr.arpa")
    is_private_reverse(name + ".ip6.arpa")
