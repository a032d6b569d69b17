"""What pyroute2 was told to do, read back by iproute2."""

from __future__ import annotations

from tests.support.own_network import inside

READ = """
import json, subprocess
from byway_helper.contract import *
from byway_helper.routes import LOOPBACK, Routes
def ip(*words):
    listed = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=True)
    return json.loads(listed.stdout or "[]")
routes = Routes()
"""


def test_links():
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
assert "UP" in ip("link", "show", "lo")[0]["flags"]
index = routes.add_link("byway0")
link = ip("link", "show", "byway0")[0]
assert link["ifindex"] == index and "UP" in link["flags"] and link["mtu"] == 65535, link
"""
    )


def test_addresses_and_defaults():
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
for address in ADDRESS4, ADDRESS6:
    routes.add_address(LOOPBACK, address)
    routes.add_default(LOOPBACK, address)
    family = f"-{address.version}"
    found = [a for a in ip(family, "address", "show", "lo")[0]["addr_info"]
             if a["local"] == str(address)]
    assert found[0]["prefixlen"] == address.max_prefixlen and found[0]["scope"] == "global", found
    assert not found[0].get("tentative")
    (default,) = ip(family, "route", "show", "default")
    assert default["dev"] == "lo" and default["prefsrc"] == str(address), default
"""
    )


def test_divert():
    """Also with a table beyond one byte, other marks, and LAN interfaces that are not there yet."""
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
plan = Plan(Mode.GATEWAY, lan=("br0", "lan1"))
routes.divert(plan)
for family in "-4", "-6":
    (route,) = ip(family, "route", "show", "table", str(plan.table))
    assert (route["type"], route["dst"], route["dev"]) == ("local", "default", "lo"), route
    rules = [r for r in ip(family, "rule") if r["priority"] == plan.preference]
    assert [(r["iif"], r["fwmark"], r["fwmask"], r["table"]) for r in rules] == [
        ("lo", "0x1000000", "0x7000000", "7364"),
        ("br0", "0x2000000", "0x7000000", "7364"),
        ("lan1", "0x2000000", "0x7000000", "7364"),
    ], rules
"""
    )


def test_undivert():
    """All of ours goes, however often it was made, and nothing else."""
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
def shown():
    route = "route show table all".split()
    return [ip(family, *what) for family in ("-4", "-6") for what in (["rule"], route)]
def sh(*lines):
    for line in lines:
        subprocess.run(line.split(), check=True)
before = shown()
plan = Plan(Mode.GATEWAY, lan=("br0", "lan1"))
sh("ip rule add pref 4900 fwmark 7 lookup main", "ip route add local 192.0.2.1 dev lo table 7365")
foreign = shown()
for again in range(2):
    routes.undivert(plan)
    routes.divert(plan)
    routes.undivert(plan)
assert shown() == foreign
sh("ip rule del pref 4900 fwmark 7 lookup main", "ip route flush table 7365")
assert shown() == before
"""
    )


def test_one_family_only():
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
routes.divert(Plan(Mode.NAMESPACE, families=(Family.IPV6,)))
assert [r["priority"] for r in ip("-4", "rule")].count(4900) == 0
assert [r["priority"] for r in ip("-6", "rule")].count(4900) == 1
"""
    )


def test_refusals_are_the_kernels():
    inside(
        READ
        + """
import errno
for call, code in {
    "routes.raise_link(77)": errno.ENODEV,
    "routes.add_default(LOOPBACK, ADDRESS4)": errno.ENETDOWN,
    "routes.add_link('lo')": errno.EEXIST,
    "routes.add_address(77, ADDRESS4)": errno.ENODEV,
}.items():
    try:
        eval(call)
    except OSError as error:
        assert error.errno == code, (call, error)
    else:
        raise AssertionError(call)
"""
    )
