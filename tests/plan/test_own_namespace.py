from __future__ import annotations

import pytest

from byway_core.plan.own_namespace import plan_own_namespace
from byway_helper.contract import Family, Mode, Udp


@pytest.mark.parametrize(
    ("ipv6", "families"),
    [(True, (Family.IPV4, Family.IPV6)), (False, (Family.IPV4,))],
    ids=["both families", "ipv4 alone"],
)
def test_everything_of_the_families_is_taken(ipv6, families):
    plan = plan_own_namespace(ipv6=ipv6)
    assert plan.mode is Mode.NAMESPACE
    assert plan.families == families
    assert plan.bypass == ()
    assert plan.udp is Udp.ALL
