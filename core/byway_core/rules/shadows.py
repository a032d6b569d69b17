"""Rules that can never decide, because one before them holds wherever they do.

Finds the plain cases: the same condition again, a name under an earlier suffix, a network in an
earlier one, a program's path behind its name. What only follows from several rules together is not
looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from byway_core.model.rule import (
    Condition,
    Domain,
    DomainSuffix,
    IpCidr,
    ProcessName,
    ProcessPath,
    Rule,
)
from byway_core.rules.bounds import NEVER
from byway_core.rules.processes import own_name


def shadowed(rules: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """(place of the dead rule, place of the one before it that takes its part)."""
    seen: dict[Condition, int] = {}
    lengths: dict[int, set[int]] = {4: set(), 6: set()}  # of the networks seen, by IP version
    for index, rule in enumerate(rules):
        condition = rule.condition
        if not rule.enabled or condition == NEVER:
            continue
        earlier = next((seen[wider] for wider in _wider(condition, lengths) if wider in seen), None)
        if earlier is not None:
            yield index, earlier
            continue
        seen[condition] = index
        if isinstance(condition, IpCidr):
            lengths[condition.network.version].add(condition.network.prefixlen)


def _wider(condition: Condition, lengths: dict[int, set[int]]) -> Iterator[Condition]:
    """The condition itself, and simple ones that hold wherever it does."""
    yield condition
    match condition:
        case Domain(name) | DomainSuffix(name):
            yield DomainSuffix(name)
            while "." in name:
                name = name.partition(".")[2]
                yield DomainSuffix(name)
        case ProcessPath(path):
            yield ProcessName(own_name(path))
        case IpCidr(network, resolve):
            for length in lengths[network.version]:
                if length <= network.prefixlen:
                    yield from _on_network(network.supernet(new_prefix=length), resolve)


def _on_network(network: IPv4Network | IPv6Network, resolve: bool) -> Iterator[Condition]:
    """A rule that resolves is not dead behind one that does not: it makes the address known."""
    yield IpCidr(network, True)
    if not resolve:
        yield IpCidr(network)
