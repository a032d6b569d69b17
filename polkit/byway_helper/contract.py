"""What may be asked of the kernel: a Plan, checked once when it is made and trusted afterwards.

Pure. Everything in a Plan is a number, an address object, an enum or the name of an interface;
there is no free text that could reach nftables, and nothing that names a file or a command.
"""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import ClassVar, NamedTuple

Network = IPv4Network | IPv6Network

VERSION = 1  # one more whenever a field changes its meaning; a helper refuses another
MAX_BYPASS = 16_384  # loaded at once, in some 100 ms; a country list has about 9,000
MAX_LAN_INTERFACES = 64  # each becomes a routing rule of its own; a desktop has a handful

# What the kernel allows a name to be (dev_valid_name: 15 bytes, no slash, no space), and of that
# only what nftables takes within quotes without escaping.
_INTERFACE = re.compile(r"[A-Za-z0-9_.@:-]{1,15}")


def is_lan_interface(name: str) -> bool:
    """Whether an interface may have that name, and could have clients."""
    return bool(_INTERFACE.fullmatch(name)) and name not in {".", "..", "lo"}


class Mode(Enum):
    """Whose traffic is taken."""

    NAMESPACE = "namespace"  # of one program, in its own network namespace
    GLOBAL = "global"  # of this machine
    GATEWAY = "gateway"  # of this machine and of the LAN's clients


class Family(Enum):
    IPV4 = 4
    IPV6 = 6


class Udp(Enum):
    """How much of UDP is taken in the host's namespace; what is not taken goes its way. In an own
    one, which has no other way out, all is."""

    NAMES = "names"  # port 53 only
    ALL = "all"


class Marks(NamedTuple):
    """Packet marks: four values within `mask`, which stays clear of Tailscale's (0xff0000),
    wg-quick's (0xca6c) and Kubernetes' (0x4000, 0x8000)."""

    mask: int = 0x07000000
    local: int = 1 << 24  # a program's packet on its way to the engine
    gateway: int = 2 << 24  # the same from a client on the LAN
    bypass: int = 3 << 24  # the engine's own connections
    reply: int = 4 << 24  # datagrams the engine answers with


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the engine's sockets of one family listen, on that family's loopback address."""

    tcp: int
    udp: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides the rule set, the routes and the sockets, but for the kernel's choice of
    ports. What is of no family of these is refused.
    `bypass`, never taken, and `lan`, interfaces with clients, are for the host's namespace."""

    mode: Mode
    families: tuple[Family, ...] = (Family.IPV4, Family.IPV6)
    udp: Udp = Udp.NAMES
    bypass: tuple[Network, ...] = ()
    lan: tuple[str, ...] = ()

    marks: ClassVar[Marks] = Marks()
    # Both unused by the usual VPNs; the preference stands before Tailscale's first rule (5210).
    table: ClassVar[int] = 7364
    preference: ClassVar[int] = 4900

    def __post_init__(self) -> None:
        if not self.families or len(set(self.families)) != len(self.families):
            raise ValueError("families must be named once each")
        if self.mode is Mode.NAMESPACE and (self.bypass or self.lan):
            raise ValueError("an own namespace has nothing to bypass: there is no other way out")
        if (self.mode is Mode.GATEWAY) != bool(self.lan):
            raise ValueError("LAN interfaces go with the gateway mode, and it needs at least one")
        if len(self.bypass) > MAX_BYPASS or len(self.lan) > MAX_LAN_INTERFACES:
            raise ValueError(f"more than {MAX_BYPASS} networks or {MAX_LAN_INTERFACES} interfaces")
        if not all(map(is_lan_interface, self.lan)):
            raise ValueError(f"not interfaces that have clients: {self.lan}")
