"""The detectors, over snapshots: one machine a line."""

from __future__ import annotations

import dataclasses
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from byway_core.coexistence.detect import detect
from byway_core.coexistence.facts import (
    Action,
    Bus,
    Facts,
    Link,
    RoutingRule,
    Session,
    Table,
    Way,
)
from byway_core.coexistence.finding import Finding, Severity
from byway_helper.contract import Mode, Plan

GLOBAL = Plan(Mode.GLOBAL)
GATEWAY = Plan(Mode.GATEWAY, lan=("lan0",))
CONFLICT, NOTE, FINE = Severity
BEFORE = "Routing rules before Byway's"
IF_INET6 = "00000000000000000000000000000001 01 80 10 80       lo\n"
QUIET = Facts(bus=Bus(), texts={"/proc/net/if_inet6": IF_INET6})
HELPER = "io.github.byway.Helper1"
POLKIT = "org.freedesktop.PolicyKit1"


def machine(**changed: object) -> Facts:
    """A machine where nothing is but this."""
    texts = changed.pop("texts", {})
    assert isinstance(texts, dict)
    merged = {**QUIET.texts, **texts}
    return dataclasses.replace(QUIET, texts=merged, **changed)  # type: ignore[arg-type]


def bus(*names: str, connectivity: int = 0) -> Facts:
    return machine(bus=Bus(frozenset(names), connectivity=connectivity))


def found(facts: Facts, plan: Plan = GLOBAL, *, in_force: bool = True) -> dict[str, Finding]:
    return {each.name: each for each in detect(facts, plan, in_force=in_force)}


UFW = {"/etc/ufw/ufw.conf": "# comment\nENABLED=yes\nLOGLEVEL=low\n"}
MARK_RULE = "-A ufw-before-input -m mark --mark 0x2000000/0x7000000 -j ACCEPT\n"
OURS = tuple(
    RoutingRule(family, 4900, 7364, mark=0x1000000, mask=0x7000000, interface="lo")
    for family in (4, 6)
)
WG = RoutingRule(4, 4899, 51820, mark=51820, inverted=True)
WG_TABLE = Table(4, 51820, all=True, strange=1)
TUN_OUT = {"links": (Link("Meta", "tun"),), "ways": (Way(4, 0, "Meta"), Way(4, 0, "Meta"))}
BRIDGED = {"net/bridge/bridge-nf-call-iptables": "1\n"}

CASES = {
    "nothing": (machine(), GLOBAL, {}),
    "ufw": (machine(texts=UFW), GLOBAL, {"ufw": FINE}),
    "ufw-quoted": (machine(texts={"/etc/ufw/ufw.conf": 'ENABLED="yes"'}), GLOBAL, {"ufw": FINE}),
    "ufw-off": (machine(texts={"/etc/ufw/ufw.conf": "#ENABLED=yes\nENABLED=no\n"}), GLOBAL, {}),
    "ufw-gateway": (machine(texts=UFW), GATEWAY, {"ufw": CONFLICT}),
    "ufw-gateway-and-told": (
        machine(
            texts={
                **UFW,
                "/etc/ufw/before.rules": MARK_RULE,
                "/etc/ufw/before6.rules": MARK_RULE.replace("ufw", "ufw6"),
            }
        ),
        GATEWAY,
        {"ufw": FINE},
    ),
    "ufw-gateway-and-told-of-ipv4-only": (
        machine(texts={**UFW, "/etc/ufw/before.rules": MARK_RULE}),
        GATEWAY,
        {"ufw": CONFLICT},
    ),
    "firewalld-gateway-and-told": (
        machine(
            bus=Bus(frozenset({"org.fedoraproject.FirewallD1"})),
            files=frozenset({"/etc/firewalld/policies/byway.xml"}),
        ),
        GATEWAY,
        {"firewalld": FINE},
    ),
    "firewalld": (bus("org.fedoraproject.FirewallD1"), GLOBAL, {"firewalld": FINE}),
    "firewalld-gateway": (bus("org.fedoraproject.FirewallD1"), GATEWAY, {"firewalld": CONFLICT}),
    "firewalld-only-installed": (
        machine(bus=Bus(activatable=frozenset({"org.fedoraproject.FirewallD1"}))),
        GATEWAY,
        {},
    ),
    "br-netfilter": (machine(sysctls=BRIDGED), GATEWAY, {"br_netfilter": FINE}),
    "br-netfilter-off": (
        machine(sysctls={"net/bridge/bridge-nf-call-iptables": "0\n"}),
        GATEWAY,
        {},
    ),
    "br-netfilter-lan": (
        machine(sysctls=BRIDGED, links=(Link("lan0", "bridge"),)),
        GATEWAY,
        {"br_netfilter": CONFLICT},
    ),
    "docker": (machine(links=(Link("docker0", "bridge"),)), GLOBAL, {"Docker": FINE}),
    "docker-network": (machine(links=(Link("br-0123456789ab"),)), GLOBAL, {"Docker": FINE}),
    "docker-without-containers": (
        machine(files=frozenset({"/run/docker.sock"})),
        GLOBAL,
        {"Docker": FINE},
    ),
    "docker-gateway": (machine(links=(Link("docker0"),)), GATEWAY, {"Docker": NOTE}),
    "docker-is-the-lan": (
        machine(links=(Link("docker0"),)),
        Plan(Mode.GATEWAY, lan=("docker0",)),
        {"Docker": FINE},
    ),
    "a-bridge-of-ones-own": (machine(links=(Link("br-lan", "bridge"),)), GLOBAL, {}),
    "podman": (machine(links=(Link("podman0", "bridge"),)), GLOBAL, {"Podman": FINE}),
    "libvirt": (machine(links=(Link("virbr0", "bridge"),)), GLOBAL, {"libvirt": FINE}),
    "libvirt-without-machines": (
        machine(files=frozenset({"/run/libvirt/virtqemud-sock"})),
        GLOBAL,
        {"libvirt": FINE},
    ),
    "calico": (machine(links=(Link("cali12345678901"),)), GLOBAL, {"Calico": CONFLICT}),
    "flatpak-and-snap": (
        machine(files=frozenset({"/var/lib/flatpak", "/var/lib/snapd"})),
        GLOBAL,
        {"Flatpak and Snap": FINE},
    ),
    "tailscale": (
        machine(
            links=(Link("tailscale0", "tun"),),
            rules=(
                RoutingRule(4, 5210, 254, mark=0x80000, mask=0xFF0000),
                RoutingRule(4, 5270, 52),
            ),
        ),
        GLOBAL,
        {"Tailscale": FINE},
    ),
    "tailscale-exit-node": (
        machine(links=(Link("tailscale0", "tun"),), ways=(Way(4, 0, "tailscale0"),)),
        GLOBAL,
        {"Tailscale": FINE},
    ),
    "wireguard-for-some-networks": (
        machine(links=(Link("wg0", "wireguard"),)),
        GLOBAL,
        {"WireGuard": FINE},
    ),
    "wg-quick-first": (
        machine(rules=(dataclasses.replace(WG, preference=32765),)),
        GLOBAL,
        {"WireGuard": FINE},
    ),
    "wg-quick-after-byway": (
        machine(rules=(WG, *OURS), tables=(WG_TABLE,)),
        GLOBAL,
        {BEFORE: CONFLICT, "WireGuard": FINE},
    ),
    # As the helper makes it, which hears of such rules and stays before them.
    "wg-quick-after-byway-and-mended": (
        machine(
            rules=(WG, *(dataclasses.replace(each, preference=4896) for each in OURS)),
            tables=(WG_TABLE,),
        ),
        GLOBAL,
        {"WireGuard": FINE},
    ),
    "mullvad-first": (
        machine(rules=(RoutingRule(4, 32765, 0x6D6F6C65, mark=0x6D6F6C65, inverted=True),)),
        GLOBAL,
        {"WireGuard": FINE},
    ),
    "a-tun-that-takes-all": (machine(**TUN_OUT), GLOBAL, {"VPN or TUN proxy": NOTE}),
    "a-tap-of-a-virtual-machine": (
        machine(links=(Link("tap0", "tap"),), ways=(Way(4, 0, "eth0"),)),
        GLOBAL,
        {},
    ),
    "mihomo-as-an-upstream": (
        machine(processes=frozenset({"mihomo", "bash"})),
        GLOBAL,
        {"mihomo": NOTE},
    ),
    "mihomo-with-tun": (
        machine(processes=frozenset({"mihomo"}), **TUN_OUT),
        GLOBAL,
        {"mihomo": CONFLICT},
    ),
    "marks-are-ours": (
        machine(rules=(RoutingRule(4, 100, 99, mark=0x1000000, mask=0xFFFF0000),)),
        GLOBAL,
        {"Packet marks": CONFLICT},
    ),
    "table-is-used": (
        machine(rules=(RoutingRule(4, 9000, 7364),)),
        GLOBAL,
        {"Routing table 7364": CONFLICT},
    ),
    "table-has-routes": (
        machine(tables=(Table(6, 7364, strange=2),)),
        GLOBAL,
        {"Routing table 7364": CONFLICT},
    ),
    "table-is-in-order": (machine(tables=(Table(4, 7364, all=True),)), GLOBAL, {}),
    "routing-off-here": (machine(sysctls={"net/ipv4/ip_forward": "0\n"}), GLOBAL, {}),
    "routing-off-on-a-gateway": (
        machine(sysctls={"net/ipv4/ip_forward": "0\n"}),
        GATEWAY,
        {"Routing is off": CONFLICT},
    ),
    "routing-on": (
        machine(sysctls={"net/ipv4/ip_forward": "1\n", "net/ipv6/conf/all/forwarding": "1\n"}),
        GATEWAY,
        {},
    ),
    "strict-rp-filter": (
        machine(sysctls={"net/ipv4/conf/lan0/rp_filter": "1", "net/ipv4/conf/all/rp_filter": "0"}),
        GATEWAY,
        {"Strict reverse path filter": NOTE},
    ),
    "loose-rp-filter-wins": (
        machine(sysctls={"net/ipv4/conf/lan0/rp_filter": "1", "net/ipv4/conf/all/rp_filter": "2"}),
        GATEWAY,
        {},
    ),
    "strict-rp-filter-here": (
        machine(sysctls={"net/ipv4/conf/all/rp_filter": "1"}),
        GLOBAL,
        {},
    ),
    "ipv6-not-built": (dataclasses.replace(QUIET, texts={}), GLOBAL, {"IPv6": FINE}),
    "ipv6-off": (machine(texts={"/proc/net/if_inet6": ""}), GLOBAL, {"IPv6": FINE}),
    "ipv6-off-on-lo-only": (
        machine(texts={"/proc/net/if_inet6": IF_INET6.replace("lo", "eth0").replace("1 ", "2 ")}),
        GLOBAL,
        {"IPv6": CONFLICT},
    ),
    "network-manager": (
        bus("org.freedesktop.NetworkManager", connectivity=4),
        GLOBAL,
        {"NetworkManager": FINE},
    ),
    "captive-portal": (
        bus("org.freedesktop.NetworkManager", connectivity=2),
        GLOBAL,
        {"Log-in page": CONFLICT, "NetworkManager": FINE},
    ),
    "offline": (
        bus("org.freedesktop.NetworkManager", connectivity=1),
        GLOBAL,
        {"Connection": NOTE, "NetworkManager": FINE},
    ),
    "resolved": (bus("org.freedesktop.resolve1"), GLOBAL, {"systemd-resolved": FINE}),
    "resolved-without-a-name": (
        machine(texts={"/etc/resolv.conf": "# x\nnameserver 127.0.0.53\noptions edns0\n"}),
        GLOBAL,
        {"systemd-resolved": FINE},
    ),
    "no-bus": (machine(bus=None), GLOBAL, {"System bus": CONFLICT}),
    "no-polkit": (bus(HELPER), GLOBAL, {"polkit": CONFLICT}),
    "no-agent": (bus(HELPER, POLKIT), GLOBAL, {"Password": NOTE}),
    "an-agent": (
        machine(bus=Bus(frozenset({HELPER, POLKIT})), processes=frozenset({"lxpolkit"})),
        GLOBAL,
        {},
    ),
    "root-needs-no-agent": (
        machine(bus=Bus(frozenset({HELPER, POLKIT})), root=True),
        GLOBAL,
        {},
    ),
    "in-a-flatpak": (
        machine(bus=Bus(frozenset({HELPER})), sandboxed=True),
        GLOBAL,
        {"This list": NOTE},
    ),
    "not-all-read": (machine(complete=False), GLOBAL, {"This list": NOTE}),
}


@pytest.mark.parametrize(("facts", "plan", "wanted"), CASES.values(), ids=CASES)
def test_what_is_recognised(facts: Facts, plan: Plan, wanted: dict[str, Severity]) -> None:
    assert {name: each.severity for name, each in found(facts, plan).items()} == wanted


def test_every_finding_can_be_read_and_every_conflict_has_a_remedy() -> None:
    for facts, plan, _ in CASES.values():
        for finding in detect(facts, plan, in_force=True):
            assert finding.name
            assert finding.seen, finding
            assert finding.follows.endswith("."), finding
            assert bool(finding.remedy) >= (finding.severity is CONFLICT), finding
            assert all(line and "\n" not in line for line in finding.remedy)


def test_conflicts_come_first() -> None:
    facts = machine(
        texts=UFW, links=(Link("docker0"),), processes=frozenset({"xray"}), sysctls=BRIDGED
    )
    severities = [each.severity for each in detect(facts, GATEWAY, in_force=True)]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is CONFLICT


MAIN = Table(4, 254, all=True, strange=3)
DEFAULT = Table(4, 99, all=True, strange=1)


@pytest.mark.parametrize(
    ("rule", "table", "plan", "severity"),
    [
        pytest.param(RoutingRule(4, 100, 99), DEFAULT, GLOBAL, CONFLICT, id="everything"),
        pytest.param(RoutingRule(4, 4900, 99), DEFAULT, GLOBAL, None, id="same-preference"),
        pytest.param(RoutingRule(4, 5270, 99), DEFAULT, GLOBAL, None, id="behind"),
        pytest.param(RoutingRule(4, 0, 255), Table(4, 255, strange=9), GLOBAL, None, id="local"),
        pytest.param(RoutingRule(4, 100, 99), Table(4, 99), GLOBAL, None, id="empty-table"),
        pytest.param(
            RoutingRule(4, 100, 99), Table(4, 99, strange=3), GLOBAL, NOTE, id="some-networks"
        ),
        pytest.param(
            RoutingRule(4, 100, 99), Table(4, 99, halves=True, strange=2), GLOBAL, CONFLICT,
            id="two-halves",
        ),
        pytest.param(
            RoutingRule(4, 100, 254, suppressed=0), MAIN, GLOBAL, NOTE, id="main-but-its-default"
        ),
        pytest.param(
            RoutingRule(4, 100, 254, suppressed=0),
            dataclasses.replace(MAIN, halves=True), GLOBAL, CONFLICT, id="halves-are-there",
        ),
        pytest.param(
            RoutingRule(4, 100, 254, suppressed=1),
            dataclasses.replace(MAIN, halves=True), GLOBAL, NOTE, id="halves-are-suppressed-too",
        ),
        pytest.param(RoutingRule(4, 100, 99, mark=0x80000, mask=0xFF0000), DEFAULT, GLOBAL, None,
                     id="another-mark"),
        pytest.param(RoutingRule(4, 100, 99, mark=0, mask=0xFF0000), DEFAULT, GLOBAL, CONFLICT,
                     id="no-mark-within-a-mask"),
        pytest.param(RoutingRule(4, 100, 99, mark=0x1000000, inverted=True), DEFAULT, GLOBAL, None,
                     id="all-but-ours"),
        pytest.param(RoutingRule(4, 100, 99, source="10.0.0.0/8"), DEFAULT, GLOBAL, CONFLICT,
                     id="one-source"),
        pytest.param(RoutingRule(4, 100, 99, narrow=True), DEFAULT, GLOBAL, CONFLICT, id="a-user"),
        pytest.param(RoutingRule(4, 100, 99, interface="eth0"), DEFAULT, GLOBAL, None,
                     id="what-comes-in"),
        pytest.param(RoutingRule(4, 100, 99, interface="lan0"), DEFAULT, GLOBAL, None,
                     id="what-comes-in-from-no-lan-of-ours"),
        pytest.param(RoutingRule(4, 100, 99, interface="lan0"), DEFAULT, GATEWAY, CONFLICT,
                     id="what-comes-in-from-the-lan"),
        pytest.param(RoutingRule(4, 100, 99, outgoing="eth0"), DEFAULT, GLOBAL, None,
                     id="bound-sockets"),
        pytest.param(RoutingRule(4, 1000, vrf=True), DEFAULT, GLOBAL, None, id="vrf"),
        pytest.param(RoutingRule(4, 100, action=Action.PROHIBIT), DEFAULT, GLOBAL, CONFLICT,
                     id="forbidden"),
        pytest.param(RoutingRule(4, 100, action=Action.NOP), DEFAULT, GLOBAL, None, id="nop"),
    ],
)  # fmt: skip
def test_rules_before_ours(
    rule: RoutingRule, table: Table, plan: Plan, severity: Severity | None
) -> None:
    got = found(machine(rules=(rule, *OURS), tables=(table,)), plan).get(BEFORE)
    assert (got.severity if got else None) is severity


def test_the_commands_of_a_remedy() -> None:
    rule = RoutingRule(6, 100, 99, source="2001:db8::/32", mark=0, mask=0xFF)
    facts = machine(rules=(rule, *OURS), tables=(Table(6, 99, all=True, strange=1),))
    assert found(facts)[BEFORE].remedy[1:] == (
        "sudo ip -6 rule add from 2001:db8::/32 fwmark 0x0/0xff lookup 99 preference 4901",
        "sudo ip -6 rule del from 2001:db8::/32 fwmark 0x0/0xff lookup 99 preference 100",
    )


def test_what_is_left_over_is_only_so_without_a_helper() -> None:
    ours = RoutingRule(4, 4900, 7364, mark=0x1000000, mask=0x7000000, interface="lo")
    facts = machine(rules=(ours,), tables=(Table(4, 7364, all=True),))
    assert found(facts, in_force=True) == {}
    assert found(facts, in_force=False)["Left over from Byway"].remedy == ("byway repair",)


def test_an_exit_node_of_tailscale_is_said() -> None:
    link = (Link("tailscale0", "tun"),)
    plain = found(machine(links=link, ways=(Way(4, 0, "eth0"),)))["Tailscale"]
    node = found(machine(links=link, ways=(Way(4, 0, "tailscale0"),)))["Tailscale"]
    assert "exit node" not in plain.follows
    assert "An exit node is set" in node.follows


@pytest.mark.parametrize("local", [True, False])
def test_a_marked_packet_that_does_not_come_to_us(local: bool) -> None:
    ours = RoutingRule(4, 4900, 7364, mark=0x1000000, mask=0x7000000, interface="lo")
    ways = (Way(4, 0, "eth0"), Way(4, 0x1000000, "lo" if local else "eth0", local))
    wanted = set() if local else {"Traffic goes past Byway"}
    assert found(machine(rules=(ours,), ways=ways)).keys() == wanted
    # Without our rule there is nothing to expect.
    assert found(machine(ways=ways)) == {}


def test_the_way_of_sitting_before_a_machine_is_said() -> None:
    for session, words in (
        (Session.GRAPHICAL, "a graphical session"),
        (Session.TERMINAL, "no graphical session"),
        (Session.REMOTE, "over SSH"),
    ):
        facts = machine(bus=Bus(frozenset({HELPER, POLKIT})), session=session)
        assert words in found(facts)["Password"].seen


def test_a_machine_with_very_much_on_it() -> None:
    rules = tuple(
        RoutingRule(4, 100 + number % 4000, 1000 + number % 64) for number in range(20_000)
    )
    tables = tuple(Table(4, 1000 + number, all=True, strange=1) for number in range(64))
    links = tuple(Link(f"veth{number}", "veth") for number in range(20_000))
    began = time.process_time()
    facts = machine(rules=(*rules, *OURS), tables=tables, links=links)
    got = found(facts)[BEFORE]
    assert time.process_time() - began < 2
    assert "and " in got.seen
    assert len(got.seen) < 300
    assert len(got.remedy) < 5


# As ufw 0.36 installs them; before6.rules says ufw6.
BEFORE_RULES = """\
*filter
:ufw-before-input - [0:0]
:ufw-not-local - [0:0]
# End required lines


# allow all on loopback
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-output -o lo -j ACCEPT
COMMIT
"""


def test_ufws_remedy_puts_its_line_before_all_others(tmp_path: Path) -> None:
    *edits, reload = found(machine(texts=UFW), GATEWAY)["ufw"].remedy[1:]
    assert reload == "sudo ufw reload"
    for edit, six in zip(edits, ("", "6"), strict=True):
        rules = tmp_path / f"before{six}.rules"
        rules.write_text(BEFORE_RULES.replace("ufw-", f"ufw{six}-"))
        command = shlex.split(edit.replace("/etc/ufw", str(tmp_path)))
        assert command.pop(0) == "sudo"
        subprocess.run(command, check=True)
        lines = [line for line in rules.read_text().splitlines() if line.startswith("-A")]
        added = f"-A ufw{six}-before-input -m mark --mark 0x2000000/0x7000000 -j ACCEPT"
        assert lines[:2] == [added, f"-A ufw{six}-before-input -i lo -j ACCEPT"]
