"""The plan of `byway up`: this machine's traffic, and that of the LAN's clients where the profile
names interfaces.

What is left alone is so for everybody and for every rule: it never reaches the engine.
"""

from __future__ import annotations

from byway_core.model.fake_addresses import FAKE_NETWORKS
from byway_core.model.profile import PRIVATE_NETWORKS, Profile
from byway_core.plan.direct import direct_networks, left_alone, without
from byway_helper.contract import MAX_BYPASS, Family, Mode, Plan, Udp


def plan_whole_machine(profile: Profile, *, ipv6: bool, fakes: bool = False) -> Plan:
    """`ipv6`: whether this kernel has it; `fakes`: whether programs may hold fake addresses, which
    are to be taken whatever else is left alone. ValueError for what no plan can be made of."""
    machine, rules = profile.machine, profile.rules
    bypass = left_alone(PRIVATE_NETWORKS, rules) if machine.bypass is None else machine.bypass
    if not machine.see_direct:
        bypass = (*bypass, *direct_networks(rules))
    if fakes:
        bypass = without(bypass, FAKE_NETWORKS)
    return Plan(
        mode=Mode.GATEWAY if machine.lan else Mode.GLOBAL,
        families=(Family.IPV4, Family.IPV6) if ipv6 else (Family.IPV4,),
        udp=Udp.ALL,
        bypass=bypass[:MAX_BYPASS],
        lan=machine.lan,
    )
