"""Names whose addresses the profile gives: answered without asking anyone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

Addresses = tuple[IPv4Address | IPv6Address, ...]


def hosts_of(entries: Iterable[tuple[str, Addresses]]) -> dict[str, Addresses]:
    """`profile.dns.hosts` as a table; a name that is given twice has all its addresses."""
    table: dict[str, Addresses] = {}
    for name, addresses in entries:
        table[name] = table.get(name, ()) + addresses
    return table
