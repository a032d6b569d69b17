"""What pyroute2 was told to do, read back by iproute2."""

from __future__ import annotations

from tests.support.own_network import inside

READ = """
import json, subprocess
from byway_helper.contract import *
from byway_core.intercept.links import Links
from byway_helper.routes import LOOPBACK
def ip(*words):
    listed = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=True)
    return json.loads(listed.stdout or "[]")
routes = Links()
"""


def test_divert():
    """Also with LAN interfaces that are not there yet."""
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
    routes.undivert()
    routes.divert(plan)
    routes.undivert()
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


def test_first():
    """Before all others' rules but the first, also those that come later, and whoever takes them
    away; and then as it was."""
    inside(
        READ
        + """
routes.raise_link(LOOPBACK)
def sh(*lines):
    for line in lines:
        subprocess.run(line.split(), check=True)
def order(family):
    return [r["table"] for r in ip(family, "rule")]
plan = Plan(Mode.GATEWAY, lan=("br0",))
sh("ip rule add pref 100 lookup 200", "ip -6 rule add pref 1 lookup 200")
was = [ip(family, "rule") for family in ("-4", "-6")]
routes.divert(plan)
assert order("-4") == ["local", "7364", "7364", "200", "main", "default"]
assert order("-6") == ["local", "200", "7364", "7364", "main"]
routes.stay_first(plan)
assert order("-4") == ["local", "7364", "7364", "200", "main", "default"]
sh("ip rule add lookup 201")
assert order("-4")[1] == "201"  # which is what makes it necessary
routes.stay_first(plan)
assert order("-4") == ["local", "7364", "7364", "201", "200", "main", "default"]
for family in "-4", "-6":
    sh(f"ip {family} rule del iif lo lookup 7364")
    routes.stay_first(plan)
    assert order(family).count("7364") == 2
routes.undivert()
sh("ip rule del lookup 201")
assert [ip(family, "rule") for family in ("-4", "-6")] == was
"""
    )
