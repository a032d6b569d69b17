"""The rule sets as text, beside what was agreed; and the kernel takes every one.

To accept a change: BYWAY_GOLDEN=write pytest tests/helper/test_render.py, then read the diff.
"""

from __future__ import annotations

import os
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.support.own_network import inside

from byway_core.intercept.own_table import render_own
from byway_helper.contract import Family, Mode, Plan, Ports, Udp
from byway_helper.render import render, render_guard

GOLDEN = Path(__file__).parent / "golden"
PORTS = {Family.IPV4: Ports(40001, 40002), Family.IPV6: Ports(40003, 40004)}

NAMESPACE = Plan(Mode.NAMESPACE, udp=Udp.ALL)
GLOBAL = Plan(
    Mode.GLOBAL,
    bypass=tuple(map(ip_network, ("10.0.0.0/8", "192.168.0.0/16", "192.168.1.0/24", "fc00::/7"))),
)
PLANS = {
    "namespace": NAMESPACE,
    "namespace-ipv4": replace(NAMESPACE, families=(Family.IPV4,)),
    "namespace-ipv6": replace(NAMESPACE, families=(Family.IPV6,)),
    "global": GLOBAL,
    "global-ipv4": replace(GLOBAL, families=(Family.IPV4,), bypass=()),
    "global-all-udp": replace(GLOBAL, udp=Udp.ALL),
    "gateway": replace(GLOBAL, mode=Mode.GATEWAY, lan=("br0", "wlan-guest.12"), udp=Udp.ALL),
}
RENDER = {Mode.NAMESPACE: render_own}
TEXTS = {name: RENDER.get(plan.mode, render)(plan, PORTS) for name, plan in PLANS.items()}
TEXTS |= {f"guard-{name}": render_guard(PLANS[name]) for name in ("global", "gateway")}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_as_agreed(name):
    rendered = TEXTS[name]
    file = GOLDEN / f"{name}.nft"
    if os.environ.get("BYWAY_GOLDEN") == "write":
        file.write_text(rendered)
    assert rendered == file.read_text()


def test_no_golden_file_is_forgotten():
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(TEXTS)


LOAD = """
import sys
from byway_helper.netfilter import Netfilter
with Netfilter() as netfilter:
    for name in sys.argv[1:]:
        text = open(name).read()
        netfilter.run(text)
        netfilter.run(f"delete {text.partition('{')[0]}\\n")
        print(name)
"""


def test_the_kernel_takes_them_all():
    files = [str(file) for file in sorted(GOLDEN.iterdir())]
    assert inside(LOAD, *files).splitlines() == files


def test_a_missing_port_is_a_fault():
    with pytest.raises(KeyError):
        render_own(NAMESPACE, {Family.IPV4: Ports(1, 2)})


@pytest.mark.parametrize("name", [name for name in PLANS if name.startswith("namespace")])
def test_no_connection_tracking_in_a_namespace(name):
    assert " ct " not in render_own(PLANS[name], PORTS)
