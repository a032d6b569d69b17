from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from byway_core.dns.choice import Choice
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.servers import ServerList
from byway_core.model.rule import Domain, DomainSuffix, DomainWildcard
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule


@dataclass
class System:
    """resolv.conf's, as it is now."""

    list: ServerList = field(default_factory=lambda: ServerList((), search=("lab.corp.example",)))

    def current(self) -> ServerList:
        return self.list


def choice(*rules: str, system: System | None = None) -> FakeChoice:
    return FakeChoice(
        compile_rules([parse_rule(rule) for rule in rules or ("MATCH,office",)]),
        Choice(system or System()),
        real=(Domain("one.example"), DomainWildcard("*.real.example"), DomainSuffix("below.test")),
        needed=("proxy.example.net", "dns.example.net"),
    )


@pytest.mark.parametrize(
    "name",
    [
        "www.example.com",
        "example.com",
        "_dmarc.example.com",
        "xn--mnchen-3ya.example",
        "time.com",
        "timetable.example.com",
        "stunning.example.com",
        "real.example",
        "two.example",
        "local.example",
        "corp.example",
        "www.proxy.example.net",
        "www.firefox.com",
    ],
)
def test_covered(name: str) -> None:
    assert choice().covers(name)
    assert choice().covers(name), "remembered"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nas",
        "localhost",
        "app.localhost",
        "printer.local",
        "router.lan",
        "x.home.arpa",
        "db.internal",
        "7.113.0.203.in-addr.arpa",
        "ipv4only.arpa",
        "www.lab.corp.example",
        "lab.corp.example",
        "proxy.example.net",
        "dns.example.net",
        "detectportal.firefox.com",
        "connectivitycheck.gstatic.com",
        "nmcheck.gnome.org",
        "networkcheck.kde.org",
        "www.msftconnecttest.com",
        "captive.apple.com",
        "ntp.ubuntu.com",
        "0.debian.pool.ntp.org",
        "time.windows.com",
        "ntp1.example.com",
        "time-2.example.com",
        "stun.l.google.com",
        "stun1.l.google.com",
        "eu.stun.example.com",
        "one.example",
        "a.b.real.example",
        "below.test",
        "a.below.test",
        "odd\\032name.example",
    ],
)
def test_not_covered(name: str) -> None:
    assert not choice().covers(name)


@pytest.mark.parametrize(
    ("name", "covered"),
    [("a.direct.example", False), ("a.office.example", True), ("b.example", False)],
)
def test_what_goes_directly_is_real(name: str, covered: bool) -> None:
    rules = ("DOMAIN-SUFFIX,direct.example,DIRECT", "DOMAIN-SUFFIX,office.example,office")
    assert choice(*rules, "MATCH,DIRECT").covers(name) is covered
    assert choice(*rules, "DST-PORT,22,office", "MATCH,DIRECT").covers(name) is (
        name != "a.direct.example"
    )


def test_another_network() -> None:
    system = System()
    here = choice(system=system)
    assert here.covers("www.other.example")
    system.list = ServerList((), search=("other.example",))
    assert here._choice.has_changed()
    assert not here.covers("www.other.example")
    assert here.covers("www.lab.corp.example")


def test_more_names_than_are_remembered() -> None:
    here = choice()
    assert all(here.covers(f"n{number}.example") for number in range(5000))
    assert len(here._covered) <= 4096
