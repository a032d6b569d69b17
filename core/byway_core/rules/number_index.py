"""Rules filed under networks or ports, of the destination or of the source.

Plain ones are flat intervals. Those with further questions hang on dicts: a network's under its
length and leading bits, a port's under the port; wide ranges of ports on intervals again.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from operator import attrgetter

from byway_core.model.decision import Address, Query
from byway_core.model.rule import DestinationPort, IpCidr, SourceCidr, SourcePort
from byway_core.rules.entries import Entry, is_wide
from byway_core.rules.intervals import Covering, Lowest
from byway_core.rules.predicates import Asked, Predicate, first_of


class _Family:
    """The networks of one address family."""

    def __init__(self, filed: list[Entry], version: int, nothing: int) -> None:
        plain: list[tuple[int, int, int]] = []
        by_shift: dict[int, dict[int, Asked]] = {}
        for entry in filed:
            net = _network(entry)
            if net.version != version:
                continue
            first, last = int(net.network_address), int(net.broadcast_address)
            if entry.check is None:
                plain.append((first, last, entry.index))
                continue
            shift = net.max_prefixlen - net.prefixlen
            at_shift = by_shift.setdefault(shift, {})
            at_shift.setdefault(first >> shift, []).append((entry.index, entry.check))
        self._plain = Lowest(plain, nothing)
        self._by_shift = list(by_shift.items())

    def first(self, number: int, query: Query, best: int) -> int:
        best = min(best, self._plain.at(number))
        for shift, asked in self._by_shift:
            found = asked.get(number >> shift)
            if found is not None:
                best = first_of(found, query, best)
        return best


def _network(entry: Entry) -> IPv4Network | IPv6Network:
    match entry.key:
        case IpCidr(network=net) | SourceCidr(network=net):
            return net
    raise TypeError(f"{entry.key!r} has no network")


class AddressIndex:
    def __init__(self, filed: list[Entry], nothing: int) -> None:
        """`filed`: in the order of the rules, either all of destinations or all of sources."""
        of_destination = isinstance(filed[0].key, IpCidr)
        self._address: Callable[[Query], Address | None] = attrgetter(
            "address" if of_destination else "source"
        )
        self._v4 = _Family(filed, 4, nothing)
        self._v6 = _Family(filed, 6, nothing)

    def first(self, query: Query, best: int) -> int:
        """The lowest index, below `best`, of the rules that match; else `best`."""
        address = self._address(query)
        if address is None:
            return best
        family = self._v4 if type(address) is IPv4Address else self._v6
        return family.first(int(address), query, best)


class PortIndex:
    def __init__(self, filed: list[Entry], nothing: int) -> None:
        """As AddressIndex."""
        of_destination = isinstance(filed[0].key, DestinationPort)
        self._port: Callable[[Query], int | None] = attrgetter(
            "port" if of_destination else "source_port"
        )
        plain: list[tuple[int, int, int]] = []
        self._asked: dict[int, Asked] = {}
        wide: list[tuple[int, int, tuple[int, Predicate]]] = []
        for entry in filed:
            for first, last in _ranges(entry):
                if entry.check is None:
                    plain.append((first, last, entry.index))
                elif is_wide(entry.key):
                    wide.append((first, last, (entry.index, entry.check)))
                else:
                    for port in range(first, last + 1):
                        self._asked.setdefault(port, []).append((entry.index, entry.check))
        self._plain = Lowest(plain, nothing)
        self._wide = Covering(wide)

    def first(self, query: Query, best: int) -> int:
        """The lowest index, below `best`, of the rules that match; else `best`."""
        port = self._port(query)
        if port is None:
            return best
        best = min(best, self._plain.at(port))
        found = self._asked.get(port)
        if found is not None:
            best = first_of(found, query, best)
        found = self._wide.at(port)
        return first_of(found, query, best) if found else best


def _ranges(entry: Entry) -> tuple[tuple[int, int], ...]:
    match entry.key:
        case DestinationPort(ranges) | SourcePort(ranges):
            return ranges
    raise TypeError(f"{entry.key!r} has no ports")
