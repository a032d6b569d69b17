"""The profile: everything the user decided, valid and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from byway_core.model.rule import Rule
from byway_core.model.upstream import Secret, Upstream


class LogLevel(Enum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class General:
    """`mixed_port` None: no local proxy port. `workers` None: one for each processor."""

    mixed_port: int | None = None
    mixed_username: str | None = None
    mixed_password: Secret | None = None
    log_level: LogLevel = LogLevel.INFO
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Nameserver:
    """A plain DNS server, asked over UDP, and over TCP where an answer does not fit."""

    address: IPv4Address | IPv6Address
    port: int = 53


@dataclass(frozen=True, slots=True)
class Dns:
    """`servers` empty: the system's own resolvers. `hosts` are answered without asking anyone:
    name (normalised) -> addresses."""

    servers: tuple[Nameserver, ...] = ()
    hosts: tuple[tuple[str, tuple[IPv4Address | IPv6Address, ...]], ...] = ()


# Printers, file servers, routers, other machines of one's own: RFC 1918, RFC 6598 (carriers and
# Tailscale), RFC 4193.
PRIVATE_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
    IPv6Network("fc00::/7"),
)


@dataclass(frozen=True, slots=True)
class Machine:
    """How `byway up` takes the machine's traffic. `bypass`: networks that are left alone, names
    asked of them apart; None: the private ones, but for what a rule sends elsewhere by its address.
    `lan`: interfaces whose clients are taken too. `lan_ports`: ports of this machine's own on those
    interfaces; what comes there goes by the rules as well. `kill_switch`: while Byway is away,
    what it would have taken is refused. `see_direct`: connections that the rules send directly by
    their address come to the engine too, and are seen, where otherwise the kernel serves them."""

    bypass: tuple[IPv4Network | IPv6Network, ...] | None = None
    lan: tuple[str, ...] = ()
    lan_ports: tuple[int, ...] = ()
    kill_switch: bool = False
    see_direct: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    rules: tuple[Rule, ...]
    upstreams: tuple[Upstream, ...] = ()
    general: General = field(default_factory=General)
    dns: Dns = field(default_factory=Dns)
    machine: Machine = field(default_factory=Machine)

    def upstream(self, name: str) -> Upstream:
        """The upstream of that name; KeyError where there is none."""
        for upstream in self.upstreams:
            if upstream.name == name:
                return upstream
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Passwords:
    """The secrets of a profile, revealed: of its upstreams by their names, and of the local proxy
    port. Kept apart from the profile, which is shown and saved."""

    upstreams: Mapping[str, str] = field(default_factory=dict, repr=False)
    mixed: str | None = field(default=None, repr=False)
