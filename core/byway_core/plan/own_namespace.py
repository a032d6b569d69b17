"""The plan of `byway run`: everything that is not local to the namespace is taken.

No network is exempt, private ones neither: the namespace has no other way out, and what the rules
send DIRECT the engine connects from the host's side.
"""

from __future__ import annotations

from byway_helper.contract import Family, Mode, Plan, Udp


def plan_own_namespace(*, ipv6: bool) -> Plan:
    """`ipv6`: whether this kernel has it."""
    families = (Family.IPV4, Family.IPV6) if ipv6 else (Family.IPV4,)
    return Plan(mode=Mode.NAMESPACE, families=families, udp=Udp.ALL)
