"""Every packet that leaves the machine while programs browse, beside what the rules say: nothing
straight to what they proxy or refuse, and no question in clear for it."""

from __future__ import annotations

import json
import os
import re
import shutil
from functools import partial
from typing import Any

import pytest
from tests.support.captured_run import Left
from tests.support.own_network import inside
from tests.support.processes import PACKAGES
from tests.support.servers import ABSENT
from tests.support.world import ADDRESSES, DANTE, ECHO_PORT, MACHINE

RULES = ("DOMAIN-SUFFIX,refused.test,REJECT", "DOMAIN-SUFFIX,direct.test,DIRECT", "MATCH,office")
# The same, but for one rule.
LEAKING = (*RULES[:2], "MATCH,DIRECT")
FAKE = "[dns]\nservers = ['198.51.100.1']\nfake_addresses = true"
THROUGH = "[dns]\nservers = [{ server = 'tcp://198.51.100.1', via = 'office' }]"
BROWSERS = [each for each in ("chromium", "firefox-esr") if shutil.which(each)]
pytestmark = pytest.mark.skipif("dante" in ABSENT, reason=f"dante is missing: see {PACKAGES}")
WAYS = (("tcp", 80), ("tcp", 443), ("udp", 443), ("udp", ECHO_PORT))
# Only root has a polkit of its own.
POLKIT = ["up-polkit"] if os.geteuid() == 0 else []
MODES = pytest.mark.parametrize("mode", ["run", "up", *POLKIT])
needs_browsers = pytest.mark.skipif(
    len(BROWSERS) < 2, reason="the packages chromium and firefox-esr are not installed"
)


def browsed(
    mode: str, rules: tuple[str, ...], more: str, *browsers: str
) -> tuple[dict[str, Any], set[Left]]:
    code = (
        "from tests.support.captured_run import play\n"
        f"play({mode!r}, {rules!r}, {more!r}, {browsers!r})"
    )
    printed = inside(code, own_mounts=True, real_root=mode == "up-polkit", patience=240.0)
    said = json.loads(printed.splitlines()[-1])
    return said["told"], {Left(**{**each, "names": tuple(each["names"])}) for each in said["left"]}


def is_leak(packet: Left, *, asked: bool) -> bool:
    """Whether the rules do not send this so; `asked`: what is direct is asked for in clear."""
    dante, _ = DANTE
    if packet.port == 53:
        return not (asked and packet.address == dante and packet.question.endswith("direct.test"))
    if packet.address == dante:
        return packet.protocol == "tcp" and packet.port != 1080
    return packet.address not in ADDRESSES["direct"] or packet.names not in ((), ("direct",))


@needs_browsers
@MODES
@pytest.mark.parametrize("names", [FAKE, THROUGH], ids=["fake", "through"])
def test_nothing_leaves_but_by_the_rules(mode: str, names: str) -> None:
    told, left = browsed(mode, RULES, names, *BROWSERS)
    assert not {each for each in left if is_leak(each, asked=names is FAKE)}
    judge(told)
    page = re.search("<p id=.result.>(.*)</p>", told["chromium"])
    assert page, told["chromium"]
    assert re.fullmatch(
        f"www.direct.test ({'|'.join(MACHINE)}); www.proxied.test ({'|'.join(DANTE)})", page[1]
    )
    assert told["firefox-esr"] == "shown"
    # And what may have left has: the packets were read.
    places = {(each.protocol, each.address, each.port) for each in left}
    for address in ADDRESSES["direct"]:
        for protocol, port in WAYS:
            assert (protocol, address, port) in places
    assert ("tcp", DANTE[0], 1080) in places
    questions = {each.question for each in left} - {""}
    direct = {f"{host}.direct.test" for host in ("www", "ipv4", "ipv6")}
    assert questions == (direct if names is FAKE else set())


def judge(told: dict[str, Any]) -> None:
    """Each program got where the rules say, and by the way that they say."""
    for client in "curl", "curl-tls", "echo", "http3":
        for number, family in enumerate((4, 6)):
            by = partial("{} {} {}".format, client)
            assert told[by("direct", family)] == MACHINE[number], (client, family, told)
            assert told[by("proxied", family)] in DANTE, (client, family, told)
            assert told[by("refused", family)] == "", (client, family, told)
    assert told["ssh direct"] in MACHINE
    assert told["ssh proxied"] in DANTE
    assert told["ssh refused"] == ""
    for trial in "direct 4", "direct 6", "proxied 4", "proxied 6":
        lost, _, of = told[f"iperf3 {trial}"].partition(" of ")
        assert int(lost) < int(of) / 10 > 20, (trial, told)
    assert told["iperf3 refused 4"] == ""
    for client in "getent", "drill":
        for number, family in enumerate((4, 6)):
            assert told[f"{client} direct {family}"] == ADDRESSES["direct"][number]
            assert told[f"{client} proxied {family}"]


@MODES
def test_it_would_see_a_leak(mode: str) -> None:
    """One rule is changed to DIRECT, names are asked in clear: all of that is seen."""
    told, left = browsed(mode, LEAKING, "[dns]\nservers = ['198.51.100.1']")
    leaks = {each for each in left if is_leak(each, asked=True)}
    places = {(each.protocol, each.address, each.port) for each in leaks}
    for number in range(2):
        address = ADDRESSES["proxied"][number]
        assert told[f"curl proxied {(4, 6)[number]}"] == MACHINE[number]
        for protocol, port in WAYS:
            assert (protocol, address, port) in places
    assert {each.question for each in leaks} >= {"www.proxied.test", "www.refused.test"}
    # What stays refused goes nowhere under either.
    assert not {each for each in leaks if each.address in ADDRESSES["refused"]}
