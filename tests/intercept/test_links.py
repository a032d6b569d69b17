"""Links and addresses of an own namespace, read back by iproute2."""

from __future__ import annotations

from tests.support.own_network import inside

READ = """
import json, subprocess
from byway_core.intercept.links import *
from byway_helper.routes import LOOPBACK
def ip(*words):
    listed = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=True)
    return json.loads(listed.stdout or "[]")
routes = Links()
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
