"""The plan of the whole machine: what is left alone by whom."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from byway_core.model.fake_addresses import FAKE_NETWORKS
from byway_core.model.profile import PRIVATE_NETWORKS, Machine, Profile
from byway_core.plan.whole_machine import plan_whole_machine
from byway_core.rules.parse import parse_rule
from byway_helper.contract import MAX_BYPASS, Family, Mode, Plan


def plan(
    *rules: str,
    machine: Machine = Machine(),  # noqa: B008
    ipv6: bool = True,
    fakes: bool = False,
) -> Plan:
    profile = Profile(tuple(map(parse_rule, rules)), machine=machine)
    return plan_whole_machine(profile, ipv6=ipv6, fakes=fakes)


def test_private_networks_are_left_alone() -> None:
    found = plan("MATCH,office")
    assert (found.mode, found.bypass) == (Mode.GLOBAL, PRIVATE_NETWORKS)


def test_but_not_against_a_rule() -> None:
    found = plan("DOMAIN,a.test,office", "IP-CIDR,10.128.0.0/9,office", "IP-CIDR,0.0.0.0/0,office")
    assert ip_network("10.0.0.0/9") in found.bypass
    assert ip_network("192.168.0.0/16") in found.bypass
    assert not any(
        ip_network("10.128.0.1/32").subnet_of(each) for each in found.bypass if each.version == 4
    )


def test_what_the_profile_says_is_as_it_says() -> None:
    found = plan("IP-CIDR,10.0.0.0/8,office", machine=Machine((ip_network("10.1.0.0/16"),)))
    assert found.bypass == (ip_network("10.1.0.0/16"),)


def test_direct_connections_are_the_kernels_unless_they_shall_be_seen() -> None:
    rules = ("IP-CIDR,203.0.113.0/24,DIRECT", "MATCH,office")
    assert plan(*rules, machine=Machine(())).bypass == (ip_network("203.0.113.0/24"),)
    assert plan(*rules, machine=Machine((), see_direct=True)).bypass == ()


def test_never_more_than_a_plan_may_have() -> None:
    many = tuple(ip_network((n << 8, 24)) for n in range(MAX_BYPASS))
    assert plan("IP-CIDR,203.0.113.0/24,DIRECT", machine=Machine(many)).bypass == many


def test_the_lan() -> None:
    found = plan("MATCH,DIRECT", machine=Machine((), ("br0",)), ipv6=False)
    assert (found.mode, found.families, found.lan) == (Mode.GATEWAY, (Family.IPV4,), ("br0",))


@pytest.mark.parametrize(
    "machine",
    [
        Machine(),
        Machine((ip_network("0.0.0.0/0"), ip_network("::/0"))),
        Machine(FAKE_NETWORKS),
        Machine((ip_network("198.18.4.0/24"), ip_network("fd87:dfc7:76a7:1::/64"))),
    ],
)
def test_fake_addresses_are_taken_whatever_is_left_alone(machine: Machine) -> None:
    rules = ("IP-CIDR,198.0.0.0/8,DIRECT", "IP-CIDR6,fd00::/8,DIRECT", "MATCH,office")
    found = plan(*rules, machine=machine, fakes=True)
    assert not [each for each in found.bypass for fake in FAKE_NETWORKS if each.overlaps(fake)]
    without = plan(*rules, machine=machine)
    assert [each for each in without.bypass for fake in FAKE_NETWORKS if each.overlaps(fake)]
    # Nothing else is.
    for near in "198.17.255.255", "198.20.0.0", "fd87:dfc7:76a6::1", "fd87:dfc7:76a8::1":
        here = ip_network(near)
        assert any(here.version == e.version and here.subnet_of(e) for e in found.bypass)
