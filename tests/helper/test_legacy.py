"""What only the backend for iptables has: its rules as text, beside what was agreed, what iptables
itself makes of them, and the company of others who change the same tables.

To accept a change: BYWAY_GOLDEN=write pytest tests/helper/test_legacy.py, then read the diff.
"""

from __future__ import annotations

import ctypes
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
from byway_helper.render import render_iptables, render_iptables_guard, render_iptables_raw
from byway_iptables.children import _option

GOLDEN = Path(__file__).parent / "golden_iptables"
GATEWAY = replace(GLOBAL, mode=Mode.GATEWAY, lan=("br0", "wlan-guest.12"), udp=Udp.ALL)
TEXTS = {
    "global-4": render_iptables(GLOBAL, Family.IPV4, PORTS[Family.IPV4]),
    "global-6": render_iptables(GLOBAL, Family.IPV6, PORTS[Family.IPV6]),
    "gateway-4": render_iptables(GATEWAY, Family.IPV4, PORTS[Family.IPV4]),
    "gateway-6": render_iptables(GATEWAY, Family.IPV6, PORTS[Family.IPV6]),
    "guard-global-4": render_iptables_guard(GLOBAL, Family.IPV4),
    "guard-gateway-6": render_iptables_guard(GATEWAY, Family.IPV6),
    "raw-4": render_iptables_raw(),
    "raw-6": render_iptables_raw(),
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
from byway_iptables.children import _tell
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
    assert len(theirs) > 1 and not saved(command)
    _tell({family: text})
    assert saved(command) == theirs
    subprocess.run([f"{command}-restore"], input=f"{first}\\nCOMMIT\\n", text=True, check=True)
""",
        *map(str, sorted(GOLDEN.iterdir())),
    )


# Never taken, whatever the plan.
NEVER = [
    ip_network(line.split()[3])
    for family, ports in PORTS.items()
    for line in render_iptables(replace(GLOBAL, bypass=()), family, ports).splitlines()
    if " -d " in line
]


@pytest.mark.parametrize("family", ["IPV4", "IPV6"])
def test_names_of_interfaces_are_compared_whole(family):
    """iptables-save says the same of a mask that is not."""
    without_nftables(
        """
import socket, subprocess, sys
from byway_helper.contract import Family
from byway_iptables.children import _tell
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
rules = "-A OUTPUT -j BYWAY_OUT", "-A BYWAY_OUT -o lan0 -j DROP"
_tell({Family[sys.argv[1]]: "\\n".join(["*mangle", *rules, "COMMIT", ""])})
domain, address = {"IPV4": (2, "127.0.0.1"), "IPV6": (10, "::1")}[sys.argv[1]]
with socket.socket(domain, socket.SOCK_DGRAM) as sock:
    sock.bind((address, 0))
    sock.sendto(b"by way of lo", sock.getsockname())
""",
        family,
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
        chains = tree(render_iptables(plan, family, PORTS[family]))
        edges = [network[place] for network in networks for place in (0, -1)]
        edges += [edge + step for edge in edges for step in (-1, 1)]
        for address in data.draw(st.permutations(edges))[:20]:
            spared = any(address in network for network in networks)
            assert walked(chains, address)[0] == spared


def test_of_the_longest_list_a_packet_sees_little():
    step = (223 << 24) // MAX_BYPASS
    starts = [(1 << 24) + n * step >> 8 << 8 for n in range(MAX_BYPASS)]
    networks = tuple(ip_network((start, 25)) for start in starts)
    chains = tree(
        render_iptables(replace(GLOBAL, bypass=networks), Family.IPV4, PORTS[Family.IPV4])
    )
    asked = [walked(chains, network[0] + past) for network in networks[::50] for past in (0, 200)]
    assert max(count for _, count in asked) <= 72


PRELUDE = """
import os, re, subprocess, sys
from ipaddress import ip_network
from byway_helper.apply import *
from byway_helper.contract import *
from tests.support.kernel_rules import *
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
plan = Plan(Mode.GLOBAL, bypass=(ip_network("10.0.0.0/8"),))
def children():
    return open(f"/proc/self/task/{os.getpid()}/children").read().split()
"""


def test_somebody_changes_the_same_tables_without_our_lock():
    """Each of their rules stays, and all of ours are there: the kernel tells who was late."""
    without_nftables(
        PRELUDE
        + """
other = '''
while [ ! -e /run/stop ]; do
    rule=$((rule + 1))
    for family in iptables ip6tables; do
        until XTABLES_LOCKFILE=/run/other $family-legacy -t mangle -A OUTPUT -p tcp -m tcp \\
            --dport $rule -j ACCEPT 2>/dev/null; do :; done
    done
    sleep 0.01
done
echo $rule'''
force = Force(plan, 1)
mine = shown().count("BYWAY_")
theirs = subprocess.Popen(["sh", "-c", other], stdout=subprocess.PIPE, text=True)
for _ in range(5):
    force.update(plan.bypass)
open("/run/stop", "w").close()
ports = int(theirs.communicate()[0])
there = shown()
assert there.count("BYWAY_") == mine, there
for port in range(1, ports + 1):  # some come twice: iptables reports failures that are none
    assert there.count(f"--dport {port} -j ACCEPT") >= 2, there
force.end(keep_guard=False)
after = shown()
assert after.count("-j ACCEPT") == there.count("-j ACCEPT") and "BYWAY_" not in after, after
"""
    )


def test_two_wait_while_it_is_in_force_and_none_after():
    without_nftables(
        PRELUDE
        + """
force = Force(plan, 1)
assert len(children()) == 2
force.update([])
assert len(children()) == 2
os.kill(int(children()[0]), 9)  # somebody: then it is done without
force.end(keep_guard=False)
assert not children() and not taking(shown())
"""
    )


def test_where_neither_is_there_it_says_what_each_lacks():
    without_nftables(
        PRELUDE
        + """
before = shown()
at = subprocess.run("ldconfig -p | grep -o '/.*libxtables.so.12'", shell=True, capture_output=True,
                    text=True, check=True).stdout.strip()
subprocess.run(["mount", "--bind", "/dev/null", os.path.realpath(at)], check=True)
try:
    Force(plan, 1)
except OSError as error:
    said = str(error)
subprocess.run(["umount", os.path.realpath(at)], check=True)
assert re.search("nftables: .*libnftables.so.1.*; iptables: IPv4: .*libxtables.so.12.*IPv6", said)
assert not children() and shown() == before
"""
    )


CONFINED = """
import ctypes, os
libc = ctypes.CDLL(None)
assert libc.prctl(65, 1, 0, 0, 0) == 0  # PR_SET_MDWE, as MemoryDenyWriteExecute=
from byway_helper.apply import *
from byway_helper.contract import *
from tests.support.kernel_rules import *
for lock in "missing", "there":
    assert os.path.exists("/run/xtables.lock") == (lock == "there")
    force = Force(Plan(Mode.GLOBAL), 1, guarded=True)
    assert taking(shown()) and guard_stands()
    force.end(keep_guard=False)
    assert not taking(shown()) and not guard_stands()
    if lock == "missing":
        assert os.system("mount -o remount,bind,rw /run && touch /run/xtables.lock") != 0
        os.write(1, b"go on")
        os.read(0, 1)
"""


def test_within_what_the_unit_allows():
    """Two capabilities, no new privileges, a read-only /run without iptables' lock and with it, no
    memory that is written and then executed."""
    without_nftables(
        f"""
import subprocess, sys
subprocess.run("ip link set lo up && mount -o remount,bind,ro /run", shell=True, check=True)
confined = ["setpriv", "--bounding-set=-all,+net_admin,+net_raw", "--inh-caps=-all",
            "--no-new-privs", sys.executable, "-c", {CONFINED!r}]
with subprocess.Popen(confined, stdin=-1, stdout=-1) as process:
    assert process.stdout.read(5) == b"go on"
    subprocess.run("mount -o remount,bind,rw /run && touch /run/xtables.lock && "
                   "mount -o remount,bind,ro /run", shell=True, check=True)
    process.stdin.write(b".")
    process.stdin.close()
assert process.returncode == 0
"""
    )


def test_the_longest_list_takes_effect():
    """Both families, with the kill switch, and taken back."""
    without_nftables(
        PRELUDE
        + """
import time
def nets(start, bits, size):
    return [ip_network((start + (n << (bits - size + 1)), size)) for n in range(MAX_BYPASS // 2)]
many = (*nets(1 << 24, 32, 25), *nets(0x2001 << 112, 128, 48))
before = shown()
began = time.monotonic()
force = Force(Plan(Mode.GLOBAL, bypass=many), 1, guarded=True)
print(f"start {time.monotonic() - began:.1f} s")
there = shown()
assert there.count("-d 1.0.0.0/25 ") == 2 == there.count("-d 2001::/48 ")
began = time.monotonic()
force.end(keep_guard=False)
print(f"end {time.monotonic() - began:.1f} s")
assert shown() == before
"""
    )


def option_entry(bound: type) -> type[ctypes.Structure]:
    """struct xt_option_entry of xtables.h, whose bounds are of that type."""
    numbers = [(name, ctypes.c_uint) for name in ("type", "id", "excl", "also", "flags", "to")]
    fields = [("name", ctypes.c_char_p), *numbers, ("size", ctypes.c_size_t)]
    return type(
        "Entry", (ctypes.Structure,), {"_fields_": [*fields, ("min", bound), ("max", bound)]}
    )


@pytest.mark.parametrize("bound", [ctypes.c_uint, ctypes.c_uint64], ids=["1.8.9", "1.8.11"])
@pytest.mark.parametrize("known", [("mark",), ("ctstate", "ctproto", "ctdir")], ids=len)
def test_options_are_found_whichever_iptables_has_made_their_list(bound, known):
    kind = option_entry(bound)
    listed = (kind * (len(known) + 2))(*(kind(name.encode(), max=65535) for name in known))
    options = ctypes.cast(listed, ctypes.POINTER(option_entry(ctypes.c_uint)))
    for place, name in enumerate(known):
        found = _option(options, name.encode())
        assert ctypes.addressof(found) == ctypes.addressof(listed[place])
    assert _option(options, b"other") is None
