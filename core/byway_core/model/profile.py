"""The profile: everything the user decided, valid and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from byway_core.model.group import Group
from byway_core.model.rule import Condition, Rule
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


class Transport(Enum):
    """How a DNS server is asked."""

    PLAIN = "udp"  # and over TCP where an answer does not fit
    TCP = "tcp"
    TLS = "tls"  # RFC 7858
    HTTPS = "https"  # RFC 8484


@dataclass(frozen=True, slots=True)
class Nameserver:
    """A DNS server. `host` is its name (normalised), which its certificate must have, or "" where
    only its address is known; `address` is None where that is to be looked up; one of the two is
    there. `path` is of HTTPS alone; `via` is the upstream that it is asked through, "" for none."""

    address: IPv4Address | IPv6Address | None
    port: int = 53
    transport: Transport = Transport.PLAIN
    host: str = ""
    path: str = ""
    via: str = ""

    def __str__(self) -> str:
        """As the profile has it, with its upstream."""
        where = self.host or str(self.address)
        if self.port != STANDARD_PORTS[self.transport]:
            where = f"[{where}]:{self.port}" if ":" in where else f"{where}:{self.port}"
        elif ":" in where and self.transport is not Transport.PLAIN:
            where = f"[{where}]"
        scheme = "" if self.transport is Transport.PLAIN else f"{self.transport.value}://"
        via = f" via {self.via}" if self.via else ""
        return f"{scheme}{where}{self.path}{via}"


STANDARD_PORTS = {
    Transport.PLAIN: 53,
    Transport.TCP: 53,
    Transport.TLS: 853,
    Transport.HTTPS: 443,
}


@dataclass(frozen=True, slots=True)
class DnsResolver:
    """Servers with a name, for `dns.rules`; none: the system's."""

    name: str
    servers: tuple[Nameserver, ...] = ()


@dataclass(frozen=True, slots=True)
class Dns:
    """`servers` empty: the system's own resolvers. `hosts` are answered without asking anyone:
    name (normalised) -> addresses. `rules` say by name which of `resolvers` is asked; the action
    of each is that resolver's name in an upstream's place. `fake_addresses`: names that do not go
    directly in any case get addresses that stand for them, but for `real_names`, conditions on
    names."""

    servers: tuple[Nameserver, ...] = ()
    hosts: tuple[tuple[str, tuple[IPv4Address | IPv6Address, ...]], ...] = ()
    resolvers: tuple[DnsResolver, ...] = ()
    rules: tuple[Rule, ...] = ()
    fake_addresses: bool = False
    real_names: tuple[Condition, ...] = ()


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
    groups: tuple[Group, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """What rules may send to beside DIRECT and REJECT."""
        return (*(each.name for each in self.upstreams), *(each.name for each in self.groups))

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
