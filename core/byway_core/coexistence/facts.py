"""What is looked at, as values: a snapshot, from which everything else is concluded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

NETWORK_MANAGER = "org.freedesktop.NetworkManager"


class Action(Enum):
    """What a routing rule does (linux/fib_rules.h)."""

    LOOKUP = 1
    GOTO = 3
    NOP = 4
    BLACKHOLE = 6
    UNREACHABLE = 7
    PROHIBIT = 8


class Session(Enum):
    """How this process' user sits before the machine, as far as its environment says."""

    GRAPHICAL = "graphical"
    TERMINAL = "terminal"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface. `kind` is rtnetlink's ("bridge", "wireguard"; "" for hardware); a "tun"
    that carries Ethernet frames, as virtual machines have, is a "tap" here."""

    name: str
    kind: str = ""
    up: bool = True


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A line of `ip rule`. `family` is 4 or 6; `mark` None: any; `suppressed` is
    suppress_prefixlength, -1 where there is none; `narrow`: it asks for something else too
    (a user, a port, a protocol, …)."""

    family: int
    preference: int
    table: int = 0
    action: Action = Action.LOOKUP
    mark: int | None = None
    mask: int = 0xFFFFFFFF
    inverted: bool = False
    interface: str = ""
    outgoing: str = ""
    source: str = ""
    destination: str = ""
    suppressed: int = -1
    narrow: bool = False
    vrf: bool = False

    def words(self) -> str:
        """As `ip rule add` takes it, without its preference; complete but for `narrow`."""
        parts = ["not"] if self.inverted else []
        parts.append(f"from {self.source or 'all'}")
        parts += [f"to {self.destination}"] if self.destination else []
        parts += [f"iif {self.interface}"] if self.interface else []
        parts += [f"oif {self.outgoing}"] if self.outgoing else []
        if self.mark is not None:
            masked = "" if self.mask == 0xFFFFFFFF else f"/{self.mask:#x}"
            parts.append(f"fwmark {self.mark:#x}{masked}")
        if self.action is Action.LOOKUP:
            parts.append(f"lookup {_TABLES.get(self.table, str(self.table))}")
        else:
            parts.append(self.action.name.lower())
        parts += [f"suppress_prefixlength {self.suppressed}"] if self.suppressed >= 0 else []
        return " ".join(parts)


LOCAL_TABLE, MAIN_TABLE, DEFAULT_TABLE = 255, 254, 253
_TABLES = {LOCAL_TABLE: "local", MAIN_TABLE: "main", DEFAULT_TABLE: "default"}


@dataclass(frozen=True, slots=True)
class Table:
    """A routing table of one family, and how much it covers: `all`: it has a default route;
    `halves`: two routes that are everything together, a VPN's way to leave the default alone;
    `strange`: routes that are not Byway's `local default dev lo`."""

    family: int
    number: int
    all: bool = False
    halves: bool = False
    strange: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """Where the kernel would send a packet of a program's with this mark to a place far away:
    `link` "" where it has no route; `local`: to a socket of this machine."""

    family: int
    mark: int
    link: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class Bus:
    """The system bus' names: with an owner, and those that it could start. `connectivity` is what
    NetworkManager says of the network, as NMConnectivityState; 0 where it says nothing."""

    owned: frozenset[str] = frozenset()
    activatable: frozenset[str] = frozenset()
    connectivity: int = 0

    def knows(self, name: str) -> bool:
        return name in self.owned or name in self.activatable


@dataclass(frozen=True, slots=True)
class Facts:
    """`bus` None: there is no system bus. `files`: of those that are looked for, which are there.
    `texts`: files' contents by path. `sysctls` as below /proc/sys. `processes`: the short names of
    what runs. `sandboxed`: in a Flatpak, whose files and processes these are, and whose bus has the
    helper's name only. `complete` False: there was not the time to read it all."""

    links: tuple[Link, ...] = ()
    rules: tuple[RoutingRule, ...] = ()
    tables: tuple[Table, ...] = ()
    ways: tuple[Way, ...] = ()
    sysctls: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    bus: Bus | None = None
    files: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    processes: frozenset[str] = frozenset()
    session: Session = Session.TERMINAL
    root: bool = False
    sandboxed: bool = False
    complete: bool = True

    def named(self, *prefixes: str) -> list[str]:
        """The names of the links that begin with one of these."""
        return [link.name for link in self.links if link.name.startswith(prefixes)]

    def of_kind(self, kind: str) -> list[str]:
        return [link.name for link in self.links if link.kind == kind and link.up]

    def table(self, family: int, number: int) -> Table:
        for table in self.tables:
            if (table.family, table.number) == (family, number):
                return table
        return Table(family, number)

    def on_bus(self, name: str) -> bool:
        return self.bus is not None and name in self.bus.owned


def has_ipv6(if_inet6: str) -> bool:
    """Whether IPv6 is on where interception needs it, on lo; by /proc/net/if_inet6, which is empty
    where it is switched off and missing where the kernel has none."""
    return any(
        line.startswith("00000000000000000000000000000001 ") and line.split()[-1] == "lo"
        for line in if_inet6.splitlines()
    )
