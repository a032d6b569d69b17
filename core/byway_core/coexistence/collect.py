"""Facts, read once from the machine: what cannot be read is not there, and nothing takes longer
than it is given."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from byway_core.coexistence.bus import look
from byway_core.coexistence.facts import (
    LOCAL_TABLE,
    Bus,
    Facts,
    Link,
    RoutingRule,
    Session,
    Table,
    Way,
    has_ipv6,
)
from byway_core.coexistence.firewalls import FIREWALLD_POLICY, UFW, UFW_RULES
from byway_core.coexistence.netlink import FAMILIES, Netlink
from byway_core.flatpak import is_here
from byway_helper.contract import Plan

# Some 20 ms are enough for a desktop; this is what somebody waits who has 10,000 links.
SECONDS = 1.0
# A table is read for each that a rule before ours names, and the bus is a round trip or three.
_MOST_TABLES = 64
_MOST_PROCESSES = 20_000
# All that is read are some lines; what is larger is not what we take it for.
_LONGEST_TEXT = 64 * 1024

PRESENT = (
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/libvirt/libvirt-sock",
    "/run/libvirt/virtqemud-sock",
    "/var/lib/flatpak",
    "~/.local/share/flatpak",
    "/var/lib/snapd",
    FIREWALLD_POLICY,
    "/usr/share/dbus-1/system-services/io.github.byway.Helper1.service",
)
TEXTS = (UFW, *UFW_RULES, "/etc/resolv.conf", "/proc/net/if_inet6")
SYSCTLS = (
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/rp_filter",
    "net/ipv4/conf/all/src_valid_mark",
    "net/ipv6/conf/all/forwarding",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
)


@dataclass(slots=True)
class _Lists:
    """What the kernel has said so far."""

    links: list[Link] = field(default_factory=list)
    rules: list[RoutingRule] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    complete: bool = False

    def read(self, plan: Plan, deadline: float) -> None:
        names: dict[int, str] = {}
        with contextlib.suppress(OSError), contextlib.closing(Netlink(deadline)) as netlink:
            # First what matters most: a machine with very many links has few rules.
            for family in FAMILIES:
                self.rules.extend(netlink.rules(family))
            for family, number in _tables(plan, self.rules):
                self.tables.append(netlink.table(family, number))
            for index, link in netlink.links():
                names[index] = link.name
                self.links.append(link)
            for family, mark in itertools.product(FAMILIES, (0, plan.marks.local)):
                self.ways += netlink.ways(family, mark, names)
            self.complete = True


async def collect(plan: Plan, seconds: float = SECONDS) -> Facts:
    """All facts; the plan says which marks, tables and interfaces matter. The kernel and the bus
    have so many seconds each at the very most."""
    return gathered(plan, await look(seconds), seconds)


def gathered(plan: Plan, bus: Bus | None, seconds: float = SECONDS) -> Facts:
    """The facts beside what the bus has said."""
    lists = _lists(plan, seconds)
    per_link = [f"net/ipv4/conf/{name}/rp_filter" for name in plan.lan]
    return Facts(
        links=tuple(lists.links),
        rules=tuple(lists.rules),
        tables=tuple(lists.tables),
        ways=tuple(lists.ways),
        sysctls=_read({name: f"/proc/sys/{name}" for name in (*SYSCTLS, *per_link)}),
        bus=bus,
        files=frozenset(each for each in PRESENT if _is_there(each)),
        texts=_read({path: path for path in TEXTS}),
        processes=_processes(),
        session=session(os.environ),
        root=os.geteuid() == 0,
        sandboxed=is_here(),
        complete=lists.complete,
    )


def session(environment: Mapping[str, str]) -> Session:
    """By the environment, which sudo and su may have emptied: then it is a terminal."""
    shown = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    if shown or environment.get("XDG_SESSION_TYPE") in ("wayland", "x11"):  # logind's word
        return Session.GRAPHICAL
    return Session.REMOTE if environment.get("SSH_CONNECTION") else Session.TERMINAL


def ipv6_here() -> bool:
    """`has_ipv6` of this machine."""
    return has_ipv6(_text("/proc/net/if_inet6") or "")


def _lists(plan: Plan, seconds: float) -> _Lists:
    """In a thread, for the kernel may keep a question itself waiting, in which nothing can be
    interrupted: one lock guards all links, and is held while a namespace with many ends. What
    comes too late is lost."""
    lists = _Lists()
    deadline = time.monotonic() + seconds
    thread = threading.Thread(target=lists.read, args=(plan, deadline), daemon=True)
    thread.start()
    thread.join(seconds)
    return lists


def _tables(plan: Plan, rules: Iterable[RoutingRule]) -> list[tuple[int, int]]:
    """Those to be looked into: ours, and those that are asked before it."""
    wanted = [(family, plan.table) for family in FAMILIES]
    wanted += [
        (rule.family, rule.table)
        for rule in rules
        if rule.preference < plan.preference and rule.table not in (0, LOCAL_TABLE)
    ]
    return list(dict.fromkeys(wanted))[:_MOST_TABLES]


def _processes() -> frozenset[str]:
    found = set()
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        numbered = (entry.name for entry in entries if entry.name.isdigit())
        for pid in itertools.islice(numbered, _MOST_PROCESSES):
            name = _text(f"/proc/{pid}/comm")
            found.add((name or "").strip())
    return frozenset(found - {""})


def _read(paths: Mapping[str, str]) -> Mapping[str, str]:
    found = {name: _text(path) for name, path in paths.items()}
    return {name: text for name, text in found.items() if text is not None}


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST_TEXT)
    except OSError:
        return None


def _is_there(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return False
