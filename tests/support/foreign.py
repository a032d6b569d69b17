"""Other programs' rules as these programs make them, shortened to what decides about packets; and
what tells whether a machine's traffic is right beside them. For code that `on_stage` runs."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.helper_stage import Stage, sh, shown, until
from tests.support.kernel_rules import has_nftables
from tests.support.own_network import linked_with_nftables
from tests.support.whole_machine import Up, curl, dig

# firewalld 1.3, zone public with ssh: its chains that drop, and how a reload makes them anew.
FIREWALLD = """
table inet firewalld
delete table inet firewalld
table inet firewalld {
  chain filter_PREROUTING {
    type filter hook prerouting priority filter + 10; policy accept;
    icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
    meta nfproto ipv6 fib saddr . mark . iif oif missing drop
  }
  chain filter_INPUT {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    goto filter_IN_public
  }
  chain filter_FORWARD {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    reject with icmpx admin-prohibited
  }
  chain filter_OUTPUT {
    type filter hook output priority filter + 10; policy accept;
    ct state { established, related } accept
    oifname "lo" accept
  }
  chain filter_IN_public {
    jump filter_IN_public_allow
    icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit, nd-router-advert, nd-redirect } accept
    meta l4proto { icmp, ipv6-icmp } accept
    reject with icmpx admin-prohibited
  }
  chain filter_IN_public_allow {
    tcp dport 22 accept
  }
}
"""
# Up to 1.2 it filters IPv6 by the way back at raw, and does not ask for the mark.
FIREWALLD_OLD = FIREWALLD.replace(
    "hook prerouting priority filter + 10", "hook prerouting priority raw + 10"
).replace("saddr . mark . iif", "saddr . iif")

# The same with FirewallBackend=iptables, which flushes all tables first, others' rules too.
FIREWALLD_IPTABLES = """*mangle
{rpfilter}
COMMIT
*nat
COMMIT
*filter
:INPUT_direct - [0:0]
:IN_public - [0:0]
:IN_public_allow - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -j INPUT_direct
-A INPUT -g IN_public
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
-A FORWARD -i lo -j ACCEPT
-A FORWARD -j REJECT --reject-with {prohibited}
-A OUTPUT -o lo -j ACCEPT
-A IN_public -j IN_public_allow
-A IN_public -p {icmp} -j ACCEPT
-A IN_public -m conntrack --ctstate INVALID -j DROP
-A IN_public -j REJECT --reject-with {prohibited}
-A IN_public_allow -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT
COMMIT
"""
# Up to 1.2 in table raw, and without --validmark.
RPFILTER = """-A PREROUTING -p ipv6-icmp -m icmp6 --icmpv6-type router-advertisement -j ACCEPT
-A PREROUTING -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-solicitation -j ACCEPT
-A PREROUTING -m rpfilter {} --invert -j DROP"""

# ufw 0.36, `ufw enable` (incoming denied, routed denied), and before.rules or before6.rules.
UFW = """*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-input - [0:0]
:ufw-before-forward - [0:0]
:ufw-before-output - [0:0]
:ufw-not-local - [0:0]
:ufw-user-input - [0:0]
-A INPUT -j ufw-before-input
-A FORWARD -j ufw-before-forward
-A OUTPUT -j ufw-before-output
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-output -o lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-output -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
{icmp}
{remedy}
-A ufw-before-input -j ufw-not-local
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -j DROP
-A ufw-before-input -j ufw-user-input
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""
UFW_ICMP = {
    4: "-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT",
    6: "\n".join(
        f"-A ufw-before-input -p ipv6-icmp -m icmp6 --icmpv6-type {kind} -j ACCEPT"
        for kind in (128, 133, 134, 135, 136)
    ),
}


class Iptables:
    """One of its two kinds, "nft" or "legacy", which do not see each other's rules."""

    def __init__(self, kind: str, place: Stage) -> None:
        self.kind = kind
        if has_nftables():  # where it is not, the stage has a /run of its own
            os.environ["XTABLES_LOCKFILE"] = str(place.folder / "xtables.lock")

    def restore(self, text: str, version: int = 4) -> None:
        """In place of all that the tables in `text` have had."""
        command = f"{_IPTABLES[version]}-{self.kind}-restore"
        done = subprocess.run([command], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def ufw(self, remedy: str = "") -> None:
        for version, icmp in UFW_ICMP.items():
            self.restore(UFW.format(icmp=icmp, remedy=remedy), version)

    def firewalld(self, *, old: bool = False) -> None:
        icmp4 = {"icmp": "icmp", "prohibited": "icmp-host-prohibited", "rpfilter": ""}
        self.restore(FIREWALLD_IPTABLES.format(**icmp4))
        icmp6 = {"icmp": "ipv6-icmp", "prohibited": "icmp6-adm-prohibited"}
        rpfilter = RPFILTER.format("" if old else "--validmark")
        if old:
            rpfilter = f"COMMIT\n*raw\n{rpfilter}"
        self.restore(FIREWALLD_IPTABLES.format(rpfilter=rpfilter, **icmp6), 6)


_IPTABLES = {4: "iptables", 6: "ip6tables"}

# Tailscale 1.80, as `tailscale up` leaves them: packets of its own have 0x80000 of 0xff0000.
TAILSCALE = """*filter
:ts-input - [0:0]
:ts-forward - [0:0]
-A ts-input -s 100.64.0.9/32 -i lo -j ACCEPT
-A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
-A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
-A ts-input -i tailscale0 -j ACCEPT
-A ts-input -p udp -m udp --dport 41641 -j ACCEPT
-A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
-A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP
-A ts-forward -o tailscale0 -j ACCEPT
-A INPUT -j ts-input
-A FORWARD -j ts-forward
COMMIT
*nat
:ts-postrouting - [0:0]
-A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
-A POSTROUTING -j ts-postrouting
COMMIT
"""
TAILSCALE_WAYS = (
    "ip {v} rule add pref 5210 fwmark 0x80000/0xff0000 lookup main",
    "ip {v} rule add pref 5230 fwmark 0x80000/0xff0000 lookup default",
    "ip {v} rule add pref 5250 fwmark 0x80000/0xff0000 unreachable",
    "ip {v} rule add pref 5270 lookup 52",
)

# Docker 27 with one container whose port 80 is published as 80, on the default bridge.
DOCKER = """*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
"""

# libvirt 9, network "default": one guest network behind NAT, with dnsmasq on the bridge.
LIBVIRT = """*filter
:LIBVIRT_INP - [0:0]
:LIBVIRT_OUT - [0:0]
:LIBVIRT_FWO - [0:0]
:LIBVIRT_FWI - [0:0]
-A INPUT -j LIBVIRT_INP
-A OUTPUT -j LIBVIRT_OUT
-A FORWARD -j LIBVIRT_FWI
-A FORWARD -j LIBVIRT_FWO
-A LIBVIRT_INP -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
-A LIBVIRT_INP -i virbr0 -p tcp -m tcp --dport 53 -j ACCEPT
-A LIBVIRT_INP -i virbr0 -p udp -m udp --dport 67 -j ACCEPT
-A LIBVIRT_OUT -o virbr0 -p udp -m udp --dport 68 -j ACCEPT
-A LIBVIRT_FWI -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
-A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A LIBVIRT_FWO -i virbr0 -j REJECT --reject-with icmp-port-unreachable
COMMIT
*nat
:LIBVIRT_PRT - [0:0]
-A POSTROUTING -j LIBVIRT_PRT
-A LIBVIRT_PRT -s 192.168.122.0/24 -d 224.0.0.0/24 -j RETURN
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p udp -j MASQUERADE --to-ports 1024-65535
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE
COMMIT
"""

# What others do not track, or in a zone: by nft at prerouting and output, by iptables in table raw.
TRACKED_OTHERWISE = {
    "servers": (
        "udp dport 53 notrack; tcp dport 80 notrack",
        "udp sport 53 notrack; tcp sport 80 notrack",
        "-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack",
        "-A PREROUTING -p tcp -m tcp --dport 80 -j CT --notrack",
        "-A OUTPUT -p udp -m udp --sport 53 -j CT --notrack",
        "-A OUTPUT -p tcp -m tcp --sport 80 -j CT --notrack",
    ),
    "loopback": (
        "iif lo notrack",
        "oif lo notrack",
        "-A PREROUTING -i lo -j CT --notrack",
        "-A OUTPUT -o lo -j CT --notrack",
    ),
    "zone": (
        "iifname out ct zone set 5",
        "oifname out ct zone set 5",
        "-A PREROUTING -i out -j CT --zone 5",
        "-A OUTPUT -o out -j CT --zone 5",
    ),
    "zone-remedy": (
        "iifname out ct zone set 5",
        "oifname { out, lo } ct zone set 5",
        "-A PREROUTING -i out -j CT --zone 5",
        "-A OUTPUT -o out -j CT --zone 5",
        "-A OUTPUT -o lo -j CT --zone 5",
    ),
}
_RAW_NFT = """
table inet others
delete table inet others
table inet others {{
  chain pre {{ type filter hook prerouting priority raw;
    {}
  }}
  chain out {{ type filter hook output priority raw;
    {}
  }}
}}
"""


def load_nft(place: Stage, text: str) -> None:
    file = place.folder / "others.nft"
    file.write_text(text)
    sh(f"nft -f {file}")


def track_otherwise(place: Stage, name: str) -> None:
    pre, out, *lines = TRACKED_OTHERWISE[name]
    if has_nftables():
        load_nft(place, _RAW_NFT.format(pre, out))
    else:
        for version in _IPTABLES:
            Iptables("legacy", place).restore("\n".join(["*raw", *lines, "COMMIT", ""]), version)


# What `wg-quick up` runs for Address = 10.9.0.2/32, fd09::2/128 and all AllowedIPs, from when the
# device is there.
WG_QUICK = (
    "wg setconf wg0 {conf}",
    "ip -4 address add 10.9.0.2/32 dev wg0",
    "ip -6 address add fd09::2/128 dev wg0 nodad",
    "ip link set mtu 1420 up dev wg0",
    "wg set wg0 fwmark 51820",
    "ip -6 route add ::/0 dev wg0 table 51820",
    "ip -6 rule add not fwmark 51820 table 51820",
    "ip -6 rule add table main suppress_prefixlength 0",
    "{load6} {folder}/wg6.rules",
    "ip -4 route add 0.0.0.0/0 dev wg0 table 51820",
    "ip -4 rule add not fwmark 51820 table 51820",
    "ip -4 rule add table main suppress_prefixlength 0",
    "sysctl -q net.ipv4.conf.all.src_valid_mark=1",
    "{load4} {folder}/wg4.rules",
)
WG_QUICK_NFT = """
table {ip} wg-quick-wg0 {{
  chain preraw {{
    type filter hook prerouting priority -300;
    iifname != "wg0" {ip} daddr {address} fib saddr type != local drop
  }}
  chain premangle {{
    type filter hook prerouting priority -150;
    meta l4proto udp meta mark set ct mark
  }}
  chain postmangle {{
    type filter hook postrouting priority -150;
    meta l4proto udp mark 0x0000ca6c ct mark set mark
  }}
}}
"""
# Where there is no nft.
WG_QUICK_IPTABLES = """*raw
-I PREROUTING ! -i wg0 -d {address} -m addrtype ! --src-type LOCAL -j DROP
COMMIT
*mangle
-I POSTROUTING -m mark --mark 51820 -p udp -j CONNMARK --save-mark
-I PREROUTING -p udp -j CONNMARK --restore-mark
COMMIT
"""
_WG_FAR = (
    "wg setconf wg1 {conf}",
    "ip addr add 10.9.0.1/24 dev wg1",
    "ip addr add fd09::1/64 dev wg1 nodad",
    "ip link set wg1 up",
)


def _listens(path: Path) -> bool:
    """Its name is there before it does; wg(8) asks the kernel then, which has no such interface."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        return sock.connect_ex(str(path)) == 0


@contextlib.asynccontextmanager
async def wireguard(place: Stage, far: list[str]) -> AsyncIterator[Callable[[], None]]:
    """A tunnel for everything between the stage and its far end; what makes it, as wg-quick would.
    WireGuard in user space: every kernel has what that needs."""
    folder = place.folder
    # `wg` looks for its devices there, and the folder is root's.
    with_run = ["unshare", "--mount", "sh", "-c", f'mount --bind {folder}/run /run; exec "$@"', "-"]
    (folder / "run/wireguard").mkdir(parents=True)
    keys = [sh("wg genkey").strip() for _ in range(2)]
    public = [sh(f"echo {key} | wg pubkey").strip() for key in keys]
    conf = "[Interface]\nPrivateKey={}\n{}\n[Peer]\nPublicKey={}\nAllowedIPs={}\n{}\n"
    (folder / "wg0.conf").write_text(
        conf.format(keys[0], "", public[1], "0.0.0.0/0,::/0", "Endpoint=198.51.100.1:51820")
    )
    (folder / "wg1.conf").write_text(
        conf.format(keys[1], "ListenPort=51820", public[0], "10.9.0.2/32,fd09::2/128", "")
    )
    rules = WG_QUICK_NFT if has_nftables() else WG_QUICK_IPTABLES
    loads = {}
    for version, ip, address in (4, "ip", "10.9.0.2"), (6, "ip6", "fd09::2"):
        (folder / f"wg{version}.rules").write_text(rules.format(ip=ip, address=address))
        restore = f"{_IPTABLES[version]}-legacy-restore -n"
        loads[f"load{version}"] = "nft -f" if has_nftables() else restore
    # The far end first: a handshake that nobody answers is tried again after 5 s only.
    ends = ("wg1", far, _WG_FAR), ("wg0", [], WG_QUICK)
    daemons: list[subprocess.Popen[bytes]] = []

    def make(name: str, where: list[str], lines: Sequence[str]) -> None:
        command = [*where, *with_run, "wireguard-go", "-f", name]
        log = folder / f"{name}.log"
        with log.open("wb") as told:
            daemons.append(subprocess.Popen(command, stdout=told, stderr=told))
        while not _listens(folder / f"run/wireguard/{name}.sock"):
            assert daemons[-1].poll() is None, log.read_text()
            time.sleep(0.01)
        for line in lines:
            words = line.format(conf=folder / f"{name}.conf", folder=folder, **loads).split()
            subprocess.run([*where, *with_run, *words], check=True)

    def load() -> None:
        if not daemons:
            for end in ends:
                make(*end)

    try:
        yield load
    finally:
        for each in daemons:
            each.kill()
            each.wait()


def once(*lines: str) -> Callable[[], None]:
    """Runs these commands the first time that it is called, as what stays through a reload."""
    left = [*lines]

    def load() -> None:
        while left:
            sh(left.pop(0))

    return load


def theirs() -> str:
    """All that others have in the kernel: rules of every kind, routes and routing rules."""
    said = ""
    if has_nftables():
        tables = [
            f"{each['table']['family']} {each['table']['name']}"
            for each in json.loads(sh("nft -j list tables"))["nftables"]
            if "table" in each and not each["table"]["name"].startswith("byway")
        ]
        said = sh(*(f"nft -s list table {each}" for each in tables))
    for kind in ("legacy",) if has_nftables() else ("legacy", "nft"):
        saved = sh(*(f"{each}-{kind}-save" for each in _IPTABLES.values()))
        # Not which empty tables there are: one is made by asking for it.
        lines = [line for line in saved.splitlines() if line.startswith((":", "-A"))]
        lines = [line.partition(" [")[0] for line in lines if "BYWAY_" not in line]
        said += "\n".join(line for line in lines if not line.endswith(" ACCEPT") or line[0] == "-")
    for version in "-4", "-6":
        ways = sh(f"ip {version} rule", f"ip {version} route show table all")
        said += "\n".join(line for line in ways.splitlines() if "7364" not in line)
    return said


ask = asyncio.to_thread
_names = itertools.count(10)


async def by_the_rules(
    own: Sequence[str] = ("198.51.100.2", "2001:db8::2"),
    where: Sequence[str] = (),
    names: Sequence[str] = ("+notcp", "+tcp"),
) -> None:
    """Each way of whole_machine.PROFILE in both families; `own`: who asks when it is the engine,
    directly. A new name each time: what Byway has learned of one before does not help."""
    number = next(_names)
    for address, mine in zip(("203.0.113.1", "[2001:db8:1::1]"), own, strict=True):
        assert await ask(curl, address, "direct.test", where) == mine, address
        assert await ask(curl, address, "www.proxied.test", where) == "198.51.100.1", address
        assert await ask(curl, address, "refused.test", where) == 56, address  # reset
    for tcp in names:
        question = tcp, "@198.51.100.1", f"{number}.proxied.test"
        answer = await ask(functools.partial(dig, *question, where=where))
        assert answer == [f"203.0.113.{number}"], (tcp, answer)
    # That Byway has seen the question is what sends the address alone to the upstream.
    assert await ask(curl, f"203.0.113.{number}", "", where) == "198.51.100.1"


# This machine's addresses, and who asks them: from the far end, from the LAN.
FAR_ASKS = {"198.51.100.2": "198.51.100.1", "[2001:db8::2]": "2001:db8::1"}
LAN_ASKS = {"192.0.2.1": "192.0.2.2", "[2001:db8:2::1]": "2001:db8:2::2"}


async def only_ssh_is_open(asks: Mapping[str, str], where: Sequence[str], closed: int) -> None:
    """Of this machine's ports 22 and 80; `closed`: curl's word for the other one."""
    for own, asker in asks.items():
        assert await ask(curl, f"{own}:22", "", where) == asker, own
        patience = 0.3 if closed == 28 else 5
        assert await ask(curl, own, "", where, patience) == closed, own


# What leads to ours from others' chains, and by what word of iptables': "-I" is in front.
_JUMPS = {
    "mangle": (("PREROUTING", "BYWAY_IN", "-I"), ("OUTPUT", "BYWAY_OUT", "-A")),
    "raw": (("PREROUTING", "BYWAY_RAW", "-I"),),
    "filter": (("OUTPUT", "BYWAY_GUARD", "-I"),),
}


def stands(*tables: str) -> bool:
    """Whether these tables of x_tables, of those that are there, lead to ours."""
    for command in _IPTABLES.values():
        for section in sh(f"{command}-legacy-save").split("COMMIT\n"):
            table = section.partition("*")[2].split("\n")[0]
            for chain, ours, word in _JUMPS[table] if table in tables else ():
                rules = [line for line in section.splitlines() if line.startswith(f"-A {chain} ")]
                if f"-A {chain} -j {ours}" not in (rules[:1] if word == "-I" else rules):
                    return False
    return True


async def beside(
    place: Stage,
    order: str,
    load: Callable[[], None],
    right: Callable[[], Coroutine[Any, Any, None]],
    still: Callable[[], Coroutine[Any, Any, None]],
    **machine: str,
) -> None:
    """`right` is what holds while Byway is in force, `still` what is theirs and holds always.
    Their rules are loaded before (and once more meanwhile), or meanwhile only; after `byway down`
    all that is theirs is what it was."""
    if order == "before":
        load()
        was = theirs()
        await still()
    up = Up(place, **machine)
    await up.ready()
    if order == "before":
        assert theirs() == was
        await right()
        await still()
    load()
    if not has_nftables():
        await until(lambda: stands("mangle", "raw"))
    was = theirs()
    await right()
    await still()
    told = await ask(up.ask, "down")
    assert (told.returncode, up.process.wait()) == (0, 0), (told, up.log.read_text())
    assert theirs() == was
    assert "byway" not in shown().lower()
    assert "7364" not in shown()
    await still()


@contextlib.asynccontextmanager
async def dnsmasq(address: str, *more: str) -> AsyncIterator[None]:
    """The real one, asking the far end. It keeps no answers: each question is asked."""
    command = [*linked_with_nftables(), "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null"]
    command += ["--no-resolv", "--server=198.51.100.1", "--cache-size=0", "--no-ping"]
    command += ["--user=", "--group="]
    command += [
        "--bind-interfaces",
        f"--listen-address={address}",
        "--pid-file=",
        "--log-facility=-",
        *more,
    ]
    daemon = await ask(functools.partial(subprocess.Popen, command, stderr=subprocess.PIPE))
    try:
        assert daemon.stderr is not None
        while b"started" not in (line := await ask(daemon.stderr.readline)):
            assert line, "dnsmasq has ended"
        yield
    finally:
        daemon.kill()
        daemon.wait()
        daemon.stderr.close()


# Prints the address that it is offered (RFC 2131) at the interface it is given.
DHCP_CLIENT = """
import socket, struct, sys
me = b"\\x02\\0\\0\\0\\0\\x01"
head = struct.pack(">BBBBIHH16x", 1, 1, 6, 0, 7, 0, 0x8000) + me + bytes(10 + 64 + 128)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(5)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
    sock.bind(("", 68))
    sock.sendto(head + b"\\x63\\x82\\x53\\x63" + b"\\x35\\1\\1" + b"\\xff", ("255.255.255.255", 67))
    print(socket.inet_ntoa(sock.recv(2048)[16:20]))
"""
