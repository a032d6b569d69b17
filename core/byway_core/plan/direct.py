"""What the kernel may send directly by itself: destinations of which the rules say so by their
address alone, before any rule that could say otherwise.

A connection to one of them costs nothing, and nobody sees it. Never more than what the rules say;
where they are tangled, less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import islice

from byway_core.model.decision import Verdict
from byway_core.model.rule import And, Condition, IpCidr, Not, Or, Rule
from byway_helper.contract import MAX_BYPASS

Network = IPv4Network | IPv6Network

# Of one network with holes: each hole cuts it into up to 128 pieces, and a network with many is
# better looked at by the engine than by sets that nobody can read.
MOST_PIECES = 4096
# Comparisons of two networks: a second of them, at the very most.
MOST_STEPS = 400_000


def direct_networks(rules: Iterable[Rule]) -> tuple[Network, ...]:
    """Those networks, as few as describe them, IPv4 first."""
    found: list[Network] = []
    spoken_for: list[Network] = []  # of which an earlier rule says something else
    steps = 0
    for rule in rules:
        if not rule.enabled:
            continue
        condition, direct = rule.condition, rule.action.verdict is Verdict.DIRECT
        if not isinstance(condition, IpCidr):
            if direct:
                continue  # whatever it asks for, it says the same
            break  # by name, port or source: it may be about any address
        steps += len(spoken_for)
        if steps > MOST_STEPS:
            break
        if direct:
            found += islice(_without(condition.network, spoken_for), MOST_PIECES)
        else:
            spoken_for.append(condition.network)
        if len(found) >= MAX_BYPASS:
            break
    four = [each for each in found if isinstance(each, IPv4Network)]
    six = [each for each in found if isinstance(each, IPv6Network)]
    return (*collapse_addresses(four), *collapse_addresses(six))


def left_alone(networks: Iterable[Network], rules: Iterable[Rule]) -> tuple[Network, ...]:
    """These networks, but for what some rule sends elsewhere by its address: who writes a rule for
    a network at work means it, private or not."""
    meant: list[Network] = []
    for rule in rules:
        if rule.enabled and rule.action.verdict is not Verdict.DIRECT:
            meant += _networks(rule.condition)
    meant = list(dict.fromkeys(meant))
    if len(meant) > MOST_STEPS // 8:
        return ()
    return without(networks, meant)


def without(networks: Iterable[Network], holes: Collection[Network]) -> tuple[Network, ...]:
    """The networks, but for what lies in the holes."""
    return tuple(piece for network in networks for piece in _without(network, holes))


def _networks(condition: Condition) -> Iterator[Network]:
    """The networks that a condition speaks of; all of them where it is of those outside one. Not
    those that are everything."""
    if isinstance(condition, IpCidr):
        if condition.network.prefixlen:
            yield condition.network
    elif isinstance(condition, And | Or):
        for part in condition.parts:
            yield from _networks(part)
    elif isinstance(condition, Not) and any(_networks(condition.part)):
        yield from (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def _without(network: Network, holes: Iterable[Network]) -> Iterator[Network]:
    pieces = [network]
    for hole in holes:
        pieces = [rest for piece in pieces for rest in _cut(piece, hole)]
        if len(pieces) > MOST_PIECES:
            return iter(())
    return iter(pieces)


def _cut(piece: Network, hole: Network) -> Iterable[Network]:
    if isinstance(piece, IPv4Network) and isinstance(hole, IPv4Network):
        if hole.supernet_of(piece):
            return ()
        return piece.address_exclude(hole) if piece.supernet_of(hole) else (piece,)
    if isinstance(piece, IPv6Network) and isinstance(hole, IPv6Network):
        if hole.supernet_of(piece):
            return ()
        return piece.address_exclude(hole) if piece.supernet_of(hole) else (piece,)
    return (piece,)
