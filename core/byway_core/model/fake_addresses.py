"""The addresses that stand for names: which they are, and which number each has.

A number stands for an IPv4 address and an IPv6 one, which mean the same name. Nobody on the
Internet has either: RFC 2544 keeps the first for benchmarks, and the second is a unique local
prefix (RFC 4193, drawn at random) of Byway's own.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

FAKE_IPV4 = IPv4Network("198.18.0.0/15")
FAKE_IPV6 = IPv6Network("fd87:dfc7:76a7::/48")
FAKE_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = (FAKE_IPV4, FAKE_IPV6)
# How many there are.
FAKES = FAKE_IPV4.num_addresses

_FOUR, _SIX = int(FAKE_IPV4.network_address), int(FAKE_IPV6.network_address)
# How each of them begins as text: a look at that is all that most connections need.
_BEGINNINGS = ("198.18.", "198.19.", "fd87:dfc7:76a7:", "::ffff:198.1")


def fake_pair(number: int) -> tuple[IPv4Address, IPv6Address]:
    """The addresses of a number below FAKES."""
    return IPv4Address(_FOUR + number), IPv6Address(_SIX + number)


def fake_number(address: IPv4Address | IPv6Address) -> int | None:
    """The number of an address, FAKES for one of the prefix that has none; None where it is of
    neither range."""
    if isinstance(address, IPv6Address):
        if address in FAKE_IPV6:
            return min(int(address) - _SIX, FAKES)
        if address.ipv4_mapped is None:
            return None
        address = address.ipv4_mapped
    return int(address) - _FOUR if address in FAKE_IPV4 else None


def may_be_fake(text: str) -> bool:
    """Whether an address, as getsockname() writes it, is worth a closer look."""
    return text.startswith(_BEGINNINGS)
