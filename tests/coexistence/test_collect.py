"""The facts of real kernels, buses and files: what is put there is found, by an ordinary user."""

from __future__ import annotations

import socket
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.own_network import inside
from tests.support.system_bus import owns, says_connectivity, system_bus
from tests.support.tun import needs_tun

from byway_core.coexistence import collect as collecting
from byway_core.coexistence.bus import look
from byway_core.coexistence.collect import collect, gathered, has_ipv6, session
from byway_core.coexistence.detect import detect
from byway_core.coexistence.facts import Link, Session
from byway_helper.contract import Mode, Plan

PLAN = Plan(Mode.GLOBAL)

PRELUDE = """
import asyncio, os, pickle, subprocess, sys, time
from pathlib import Path
from byway_core.coexistence import collect as collecting
from byway_core.coexistence.collect import gathered
from byway_core.coexistence.detect import detect
from byway_core.coexistence.facts import *
from byway_core.coexistence.finding import Severity
from byway_helper.contract import Mode, Plan
def sh(*lines):
    for line in lines:
        subprocess.run(line, shell=True, check=True)
def batch(lines):
    subprocess.run(["ip", "-batch", "-"], input="\\n".join(lines), text=True, check=True)
def facts(plan=Plan(Mode.GLOBAL), seconds=40.0):
    return gathered(plan, Bus(), seconds)
def found(plan=Plan(Mode.GLOBAL)):
    return {each.name: each for each in detect(facts(plan), plan, in_force=True)}
sh("ip link set lo up", "ip link add out type veth peer name far",
   "ip addr add 198.51.100.2/24 dev out", "ip -6 addr add 2001:db8::2/64 dev out nodad",
   "ip link set out up", "ip link set far up",
   "ip route add default dev out", "ip -6 route add default dev out")
OURS = ("rule add preference 4900 fwmark 0x1000000/0x7000000 iif lo lookup 7364",
        "route add local default dev lo table 7364")
def ours():
    for family in "-4", "-6":
        sh(*(f"ip {family} {line}" for line in OURS))
"""


def network(code: str) -> str:
    return inside(PRELUDE + textwrap.dedent(code))


def test_links() -> None:
    network("""
        sh("ip link add docker0 type bridge", "ip link add virbr0 type bridge",
           "ip link add br-0123456789ab type bridge", "ip link set docker0 up")
        links = {link.name: link for link in facts().links}
        assert links["docker0"] == Link("docker0", "bridge", True)
        assert links["virbr0"] == Link("virbr0", "bridge", False)
        assert links["out"].kind == "veth"
        assert links["lo"] == Link("lo", "", True)
        assert {"Docker", "libvirt"} <= found().keys()
    """)


@needs_tun
def test_tunnels() -> None:
    network("""
        sh("ip tuntap add tun0 mode tun", "ip tuntap add tap0 mode tap")
        links = {link.name: link for link in facts().links}
        assert (links["tun0"].kind, links["tap0"].kind) == ("tun", "tap")
    """)


def test_routing_rules_as_ip_takes_and_shows_them() -> None:
    network("""
        rules = (
            "not from all fwmark 0xca6c lookup 51820",
            "from all fwmark 0x80000/0xff0000 lookup main",
            "from all fwmark 0x0/0xff lookup 99",
            "from 10.1.0.0/16 to 192.0.2.1/32 iif out lookup 300",
            "from all oif out lookup 4000000000",
            "from all lookup main suppress_prefixlength 0",
            "from all prohibit",
        )
        for place, rule in enumerate(rules):
            sh(f"ip rule add {rule} preference {100 + place}")
        sh("ip rule add uidrange 0-0 lookup 99 preference 200",
           "ip rule add ipproto tcp dport 25 lookup 99 preference 201",
           "ip rule add l3mdev preference 202",
           "ip -6 rule add from 2001:db8:7::/48 lookup 99 preference 203")
        four = {rule.preference: rule for rule in facts().rules if rule.family == 4}
        assert [four[100 + place].words() for place in range(len(rules))] == list(rules)
        assert four[106].action is Action.PROHIBIT
        assert four[200].narrow and four[201].narrow and not four[100].narrow
        assert four[202].vrf and not four[100].vrf
        six = {rule.preference: rule for rule in facts().rules if rule.family == 6}
        assert six[203].words() == "from 2001:db8:7::/48 lookup 99"
        assert 100 not in six and 203 not in four
        order = [rule.preference for rule in facts().rules if rule.family == 4]
        assert order == sorted(order)
    """)


def test_what_tables_cover_and_where_packets_would_go() -> None:
    network("""
        sh("ip route add default dev out table 51820",
           "ip route add 0.0.0.0/1 dev out table 99", "ip route add 128.0.0.0/1 dev out table 99",
           "ip route add 0.0.0.0/1 dev out table 98",
           "ip -6 route add ::/1 dev out table 99", "ip -6 route add 8000::/1 dev out table 99",
           *(f"ip {six} rule add preference {table % 500} lookup {table}"
             for table in (51820, 99, 98, 97) for six in ("-4", "-6")))
        now = facts()
        assert now.table(4, 51820) == Table(4, 51820, all=True, strange=1)
        assert now.table(4, 99) == Table(4, 99, halves=True, strange=2)
        assert now.table(6, 99) == Table(6, 99, halves=True, strange=2)
        assert now.table(4, 98) == Table(4, 98, strange=1)
        assert now.table(4, 97) == Table(4, 97)
        ways = [way for way in now.ways if way.mark == 0]
        assert {(way.family, way.link, way.local) for way in ways} == {
            (4, "out", False), (6, "out", False)}
        assert now.complete
    """)


def test_our_own_rules_are_no_finding_and_are_seen_to_work() -> None:
    network("""
        ours()
        now = facts()
        assert now.table(4, 7364) == Table(4, 7364, all=True)
        assert now.table(6, 7364) == Table(6, 7364, all=True)
        marked = [way for way in now.ways if way.mark]
        assert len(marked) == 4 and all(way.local for way in marked), marked
        assert {"Routing table 7364", "Routing rules before Byway's"}.isdisjoint(found())
        sh("ip route flush table 7364")
        assert "Traffic goes past Byway" in found()
    """)


def test_a_vpn_that_comes_later_goes_before_and_its_remedy_cures() -> None:
    """What the kernel does with rules without a preference, as wg-quick makes them."""
    network("""
        ours()
        def tunnel():
            sh("ip route add default dev out table 51820",
               "ip rule add not fwmark 51820 table 51820",
               "ip rule add table main suppress_prefixlength 0")
        tunnel()
        finding = found()["Routing rules before Byway's"]
        assert finding.severity is Severity.CONFLICT and "4899: not from all" in finding.seen
        assert "byway down" in finding.remedy
        assert not any(way.local for way in facts().ways if way.mark and way.family == 4)
        # The remedy's order: ours away, theirs again, ours.
        sh("ip rule del preference 4900", "ip rule del preference 4899",
           "ip rule del preference 4898", "ip route flush table 51820")
        tunnel()
        sh(f"ip {OURS[0]}")
        assert "Routing rules before Byway's" not in found()
        assert all(way.local for way in facts().ways if way.mark)
    """)


def test_the_commands_of_a_remedy_are_ones_that_ip_takes() -> None:
    network("""
        ours()
        for family in "-4", "-6":
            sh(f"ip {family} route add default dev out table 99",
               f"ip {family} rule add preference 100 lookup 99",
               f"ip {family} rule add preference 101 fwmark 0/0xff lookup 99")
        finding = found()["Routing rules before Byway's"]
        assert finding.severity is Severity.CONFLICT
        sh(*(line.removeprefix("sudo ") for line in finding.remedy if not line.startswith("#")))
        assert "Routing rules before Byway's" not in found()
        assert {4901, 4902, 4903, 4904} <= {rule.preference for rule in facts().rules}
    """)


def test_switches_of_a_gateway_and_their_remedy() -> None:
    network("""
        plan = Plan(Mode.GATEWAY, lan=("out",))
        sh("echo 1 > /proc/sys/net/ipv4/conf/out/rp_filter",
           "echo 0 > /proc/sys/net/ipv4/ip_forward")
        got = found(plan)
        assert "Strict reverse path filter" in got
        assert "net.ipv4.ip_forward = 0" in got["Routing is off"].seen
        words = got["Routing is off"].remedy[0].split()
        assert words[:2] == ["sudo", "sysctl"] and "net.ipv6.conf.out.accept_ra=2" in words
        for word in words[2:]:
            name, _, value = word.partition("=")
            Path("/proc/sys", *name.split(".")).write_text(value)
        assert "Routing is off" not in found(plan)
    """)


def test_ipv6_that_is_off() -> None:
    network("""
        assert "IPv6" not in found()
        sh("echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6")
        assert found()["IPv6"].severity is Severity.CONFLICT
        assert not collecting.ipv6_here()
        sh("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        assert found()["IPv6"].severity is Severity.FINE
        assert facts().complete
    """)


def test_many_links_and_rules_end_in_time() -> None:
    network("""
        batch(f"link add d{number} type bridge" for number in range(200))
        batch(f"rule add preference {1000 + number} from 10.{number // 250}.{number % 250}.0/24 "
              f"lookup {100 + number}" for number in range(3000))
        began = time.process_time()
        now = facts()
        assert now.complete and len(now.links) > 200 and len(now.rules) > 3000
        assert time.process_time() - began < 2
        # And where there is less time than it takes, that much is known, and said.
        began = time.monotonic()
        late = facts(seconds=0.001)
        assert not late.complete and time.monotonic() - began < 1
        assert "This list" in {each.name for each in detect(late, Plan(Mode.GLOBAL),
                                                          in_force=True)}
    """)


def test_a_kernel_that_keeps_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does while another ends a namespace with many links: send(2) does not come back."""
    held = threading.Event()

    class Held(collecting.Netlink):
        def links(self) -> Iterator[tuple[int, Link]]:
            held.wait(30)
            yield from super().links()

    monkeypatch.setattr(collecting, "Netlink", Held)
    began = time.monotonic()
    facts = gathered(PLAN, None, seconds=0.2)
    assert time.monotonic() - began < 10
    held.set()
    assert not facts.complete
    assert facts.rules
    assert not facts.links


async def test_names_on_the_bus(tmp_path: Path) -> None:
    async with system_bus(tmp_path) as bus:
        await owns(bus, "org.fedoraproject.FirewallD1", "org.freedesktop.NetworkManager")
        says_connectivity(bus, 2)
        facts = await collect(PLAN)
        names = {each.name for each in detect(facts, PLAN, in_force=True)}
        assert {"firewalld", "NetworkManager", "Log-in page"} <= names
        assert "systemd-resolved" not in names
        await owns(bus, "org.freedesktop.resolve1")
        facts = await collect(PLAN)
        names = {each.name for each in detect(facts, PLAN, in_force=True)}
        assert "systemd-resolved" in names


async def test_names_that_the_bus_could_start(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services/p.service").write_text(
        "[D-BUS Service]\nName=org.freedesktop.PolicyKit1\nExec=/bin/false\nUser=root\n"
    )
    async with system_bus(tmp_path):
        found = await look(5)
        assert found is not None
        assert found.knows("org.freedesktop.PolicyKit1")
        assert "org.freedesktop.PolicyKit1" not in found.owned


@pytest.mark.parametrize("said", ["garbage", None])
async def test_a_network_manager_that_makes_no_sense(tmp_path: Path, said: str | None) -> None:
    async with system_bus(tmp_path) as bus:
        await owns(bus, "org.freedesktop.NetworkManager")
        says_connectivity(bus, said)
        found = await look(5)
        assert found is not None
        assert found.connectivity == 0
        assert "org.freedesktop.NetworkManager" in found.owned


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "nonsense", "tcp:"])
async def test_no_bus(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    facts = await collect(PLAN)
    assert facts.bus is None
    assert "System bus" in {each.name for each in detect(facts, PLAN, in_force=True)}


async def test_a_bus_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
        began = time.monotonic()
        assert await look(0.2) is None
        assert time.monotonic() - began < 5


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    garbage, loop = tmp_path / "garbage", tmp_path / "loop"
    garbage.write_bytes(b"\xff\xfeENABLED=yes\0" + bytes(200_000))
    loop.symlink_to(loop)
    texts = (str(garbage), str(loop), str(tmp_path), str(tmp_path / "none"))
    monkeypatch.setattr(collecting, "TEXTS", texts)
    monkeypatch.setattr(collecting, "SYSCTLS", ("net/bridge/nothing", "../../etc"))
    monkeypatch.setattr(collecting, "PRESENT", (str(loop), "~nobody-here/x", str(garbage)))
    facts = gathered(PLAN, None)
    assert facts.texts.keys() == {str(garbage)}
    assert len(facts.texts[str(garbage)]) <= 64 * 1024
    assert facts.sysctls == {}
    assert facts.files == {str(garbage)}
    detect(facts, PLAN, in_force=True)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"DISPLAY": ":0"}, Session.GRAPHICAL),
        ({"WAYLAND_DISPLAY": "wayland-0", "SSH_CONNECTION": "x"}, Session.GRAPHICAL),
        ({"XDG_SESSION_TYPE": "wayland"}, Session.GRAPHICAL),
        ({"XDG_SESSION_TYPE": "tty"}, Session.TERMINAL),
        ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, Session.REMOTE),
        ({}, Session.TERMINAL),
    ],
)
def test_sessions(environment: dict[str, str], wanted: Session) -> None:
    assert session(environment) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("00000000000000000000000000000001 01 80 10 80       lo\n", True),
        ("fe800000000000000000000000000001 02 40 20 80     eth0\n", False),
        ("", False),
        ("00000000000000000000000000000001 \n\n garbage", False),
    ],
)
def test_ipv6_by_the_kernels_table(text: str, wanted: bool) -> None:
    assert has_ipv6(text) is wanted
