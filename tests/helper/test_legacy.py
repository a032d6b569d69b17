"""What only the backend for iptables has: its rules as text, beside what was agreed, what iptables
itself makes of them, and the company of others who change the same tables.

To accept a change: BYWAY_GOLDEN=write pytest tests/helper/test_legacy.py, then read the diff.
"""

from __future__ import annotations

import functools
import os
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helper.test_render import GLOBAL, PORTS
from tests.support.own_network import inside

from byway_helper.contract import MAX_BYPASS, Family, Mode, Udp
from byway_helper.legacy_rules import render, render_guard
from byway_helper.render import NEVER

GOLDEN = Path(__file__).parent / "golden_iptables"
GATEWAY = replace(GLOBAL, mode=Mode.GATEWAY, lan=("br0", "wlan-guest.12"), udp=Udp.ALL)
TEXTS = {
    "global-4": render(GLOBAL, Family.IPV4, PORTS[Family.IPV4]),
    "global-6": render(GLOBAL, Family.IPV6, PORTS[Family.IPV6]),
    "gateway-4": render(GATEWAY, Family.IPV4, PORTS[Family.IPV4]),
    "gateway-6": render(GATEWAY, Family.IPV6, PORTS[Family.IPV6]),
    "guard-global-4": render_guard(GLOBAL, Family.IPV4),
    "guard-gateway-6": render_guard(GATEWAY, Family.IPV6),
}

without_nftables = functools.partial(inside, without_nftables=True)


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_as_agreed(name):
    file = GOLDEN / f"{name}.rules"
    if os.environ.get("BYWAY_GOLDEN") == "write":
        file.write_text(TEXTS[name])
    assert TEXTS[name] == file.read_text()


def test_no_golden_file_is_forgotten():
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(TEXTS)


def test_iptables_itself_makes_the_same_of_them():
    """By iptables-restore, and by us; what iptables-save then says is equal."""
    without_nftables(
        """
import re, subprocess, sys
from pathlib import Path
from byway_helper.contract import Family
from byway_helper.legacy import _change
def saved(command):
    told = subprocess.run([f"{command}-save"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in told.splitlines() if line[0] != "#"]
    return [re.sub(r" \\[.*", "", line) for line in lines if line.startswith(("-A", ":BYWAY"))]
for file in sys.argv[1:]:
    text = Path(file).read_text()
    family = Family(int(Path(file).stem[-1]))
    command = "iptables-legacy" if family is Family.IPV4 else "ip6tables-legacy"
    chains = sorted(set(re.findall(r"-A (BYWAY\\w+)", text)))
    first, rest = text.split("\\n", 1)
    whole = "\\n".join([first, *(f":{chain} - [0:0]" for chain in chains), rest])
    subprocess.run([f"{command}-restore"], input=whole, text=True, check=True)
    theirs = saved(command)
    subprocess.run([f"{command}-restore"], input=f"{first}\\nCOMMIT\\n", text=True, check=True)
    assert len(theirs) > 20 and not saved(command)
    _change({family: text})
    assert saved(command) == theirs
    _change({family: f"{first}\\nCOMMIT\\n"})
    assert not saved(command)
""",
        *map(str, sorted(GOLDEN.iterdir())),
    )


def tree(text: str) -> dict[str, list[list[str]]]:
    """The chains of the bypassed networks, without what else is near."""
    chains: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        _, chain, *rule = line.split() if line.startswith("-A BYWAY_NEAR") else ("", "", "-p")
        if ("-d" in rule and ip_network(rule[1]) not in NEVER) or rule[0] == "-g":
            chains.setdefault(chain, []).append(rule)
    return chains


def walked(
    chains: dict[str, list[list[str]]], address: IPv4Address | IPv6Address
) -> tuple[bool, int]:
    """Whether the bypassed networks spare this destination, and how many rules were asked."""
    chain, asked = chains["BYWAY_NEAR"], 0
    while True:
        for rule in chain:
            asked += 1
            if rule[0] != "-d" or address in ip_network(rule[1]):
                break
        if rule[-2:] == ["-j", "RETURN"]:
            return True, asked
        if rule[-1] == "BYWAY_END":
            return False, asked
        chain = chains[rule[-1]]


networks4 = st.builds(
    lambda bits, size: ip_network((bits >> (32 - size) << (32 - size), size)),
    st.integers(1 << 24, (1 << 24) + 0xFFFFFF),
    st.integers(9, 32),
)
networks6 = st.builds(
    lambda bits, size: ip_network(((0x2001 << 112) | bits >> (128 - size) << (128 - size), size)),
    st.integers(0, (1 << 20) - 1).map(lambda bits: bits << 70),
    st.integers(17, 64),
)


@given(
    st.lists(networks4, max_size=60),
    st.lists(networks6, max_size=60),
    st.data(),
)
def test_the_tree_of_networks_means_what_the_list_means(four, six, data):
    plan = replace(GLOBAL, bypass=(*four, *six))
    for family, networks in ((Family.IPV4, four), (Family.IPV6, six)):
        chains = tree(render(plan, family, PORTS[family]))
        edges = [network[place] for network in networks for place in (0, -1)]
        edges += [edge + step for edge in edges for step in (-1, 1)]
        for address in data.draw(st.permutations(edges))[:20]:
            spared = any(address in network for network in networks)
            assert walked(chains, address)[0] == spared


def test_of_the_longest_list_a_packet_sees_little():
    step = (223 << 24) // MAX_BYPASS
    starts = [(1 << 24) + n * step >> 8 << 8 for n in range(MAX_BYPASS)]
    networks = tuple(ip_network((start, 25)) for start in starts)
    chains = tree(render(replace(GLOBAL, bypass=networks), Family.IPV4, PORTS[Family.IPV4]))
    asked = [walked(chains, network[0] + past) for network in networks[::50] for past in (0, 200)]
    assert max(count for _, count in asked) <= 72
