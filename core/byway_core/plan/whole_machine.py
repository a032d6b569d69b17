"""The plan of `byway up`: this machine's traffic, and that of the LAN's clients where the profile
names interfaces.

What is left alone is so for everybody and for every rule: it never reaches the engine.
"""

from __future__ import annotations

from byway_core.model.profile import Machine
from byway_helper.contract import Family, Mode, Plan, Udp


def plan_whole_machine(machine: Machine, *, ipv6: bool) -> Plan:
    """`ipv6`: whether this kernel has it. ValueError for what no plan can be made of."""
    return Plan(
        mode=Mode.GATEWAY if machine.lan else Mode.GLOBAL,
        families=(Family.IPV4, Family.IPV6) if ipv6 else (Family.IPV4,),
        udp=Udp.NAMES,
        bypass=machine.bypass,
        lan=machine.lan,
    )
