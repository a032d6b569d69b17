"""The plan of the whole machine: what is left alone by whom."""

from __future__ import annotations

from ipaddress import ip_network

from byway_core.model.profile import PRIVATE_NETWORKS, Machine, Profile
from byway_core.plan.whole_machine import plan_whole_machine
from byway_core.rules.parse import parse_rule
from byway_helper.contract import MAX_BYPASS, Family, Mode, Plan


def plan(*rules: str, machine: Machine = Machine(), ipv6: bool = True) -> Plan:  # noqa: B008
    profile = Profile(tuple(map(parse_rule, rules)), machine=machine)
    return plan_whole_machine(profile, ipv6=ipv6)


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
