"""One rule of the list, as parsed. The rules room reads and compiles these; nobody else needs to
look inside."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from byway_core.model.decision import Action, Network


@dataclass(frozen=True, slots=True)
class Domain:
    """Exactly this name (normalised)."""

    name: str


@dataclass(frozen=True, slots=True)
class DomainSuffix:
    """This name and everything below it, at label borders."""

    name: str


@dataclass(frozen=True, slots=True)
class DomainKeyword:
    """Any name that contains this text."""

    text: str


@dataclass(frozen=True, slots=True)
class DomainWildcard:
    """`*` stands for any characters, dots too; `?` for exactly one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class DomainRegex:
    """Unanchored, case-insensitive."""

    pattern: str


@dataclass(frozen=True, slots=True)
class IpCidr:
    """The destination's address; `resolve` asks for the name's address where only that is known."""

    network: IPv4Network | IPv6Network
    resolve: bool = False


@dataclass(frozen=True, slots=True)
class SourceCidr:
    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class DestinationPort:
    """Inclusive ranges."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SourcePort:
    """Inclusive ranges."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ProcessName:
    """The executable's own name, or the kernel's word for the process; in lower case, as all that
    is said of processes: it is compared in any letter case."""

    name: str


@dataclass(frozen=True, slots=True)
class ProcessPath:
    """The executable's whole path."""

    path: str


@dataclass(frozen=True, slots=True)
class ProcessWildcard:
    """As DomainWildcard, `*` stands for slashes too; `of_path`: for the path, else the names."""

    pattern: str
    of_path: bool


@dataclass(frozen=True, slots=True)
class ProcessRegex:
    """Unanchored, as written; `of_path` as above."""

    pattern: str
    of_path: bool


@dataclass(frozen=True, slots=True)
class UserId:
    """Of the process. Inclusive ranges."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class NetworkIs:
    network: Network


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Always:
    """MATCH, also written FINAL."""


Condition = (
    Domain
    | DomainSuffix
    | DomainKeyword
    | DomainWildcard
    | DomainRegex
    | IpCidr
    | SourceCidr
    | DestinationPort
    | SourcePort
    | ProcessName
    | ProcessPath
    | ProcessWildcard
    | ProcessRegex
    | UserId
    | NetworkIs
    | And
    | Or
    | Not
    | Always
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`text` is as the user wrote it, for display; a disabled rule never matches."""

    condition: Condition
    action: Action
    text: str
    enabled: bool = True
