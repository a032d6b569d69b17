"""What needs no asking: names whose addresses the profile gives, and addresses themselves."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

Addresses = tuple[IPv4Address | IPv6Address, ...]
Found = tuple[tuple[socket.AddressFamily, str], ...]


def hosts_of(entries: Iterable[tuple[str, Addresses]]) -> dict[str, Addresses]:
    """`profile.dns.hosts` as a table; a name that is given twice has all its addresses."""
    table: dict[str, Addresses] = {}
    for name, addresses in entries:
        table[name] = table.get(name, ()) + addresses
    return table


# localhost (RFC 6761), mDNS (RFC 6762), home networks (RFC 8375) and what routers make of them.
_NEAR = (".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home")


def is_here(host: str) -> bool:
    """Whether a name can only be meant here: it has no dot, or is this machine's (RFC 6761 6.3), or
    multicast DNS's (RFC 6762 3). No server elsewhere may ever see these."""
    return "." not in host or host.endswith((".local", ".localhost"))


def is_near(host: str) -> bool:
    """Whether a name is of this machine or its surroundings, of which a server elsewhere knows
    nothing: what has no dot, and what ends like such names. The system is to be asked for these."""
    return "." not in host or host.endswith(_NEAR)


def known(host: str, hosts: Mapping[str, Addresses]) -> Found:
    """The addresses of an address literal or of a name in `hosts`; empty for all others. A scope
    (`fe80::1%eth0`) stays, for the connect to read."""
    return _literal(host) or tuple(
        (socket.AF_INET if address.version == 4 else socket.AF_INET6, str(address))
        for address in hosts.get(host, ())
    )


@lru_cache(maxsize=256)  # asked once for each connection through an upstream, for its server
def _literal(host: str) -> Found:
    for family, text in ((socket.AF_INET, host), (socket.AF_INET6, host.partition("%")[0])):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return ((family, host),)
    return ()
