"""The same condition with its NOTs as far inside as they go, so that the indexes can take more.

NOT before AND or OR moves to their parts (De Morgan). NOT before ports of the destination, which
are always known, becomes the other ports.
"""

from __future__ import annotations

from byway_core.model.rule import And, Condition, DestinationPort, Not, Or
from byway_core.rules.bounds import ALWAYS, NEVER

_LAST_PORT = 0xFFFF


def tidied(condition: Condition) -> Condition:
    """Equal to `condition` for every query."""
    match condition:
        case And(parts):
            return And(tuple(map(tidied, parts)))
        case Or(parts):
            return Or(tuple(map(tidied, parts)))
        case Not(part):
            return _negated(part)
    return condition


def _negated(condition: Condition) -> Condition:
    match condition:
        case And(parts):
            return Or(tuple(map(_negated, parts)))
        case Or(parts):
            return And(tuple(map(_negated, parts)))
        case Not(part):
            return tidied(part)
        case DestinationPort(ranges):
            return DestinationPort(_other_ports(ranges))
    return {ALWAYS: NEVER, NEVER: ALWAYS}.get(condition) or Not(condition)


def _other_ports(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    others = []
    start = 0
    for first, last in sorted(ranges):
        if start < first:
            others.append((start, first - 1))
        start = max(start, last + 1)
    if start <= _LAST_PORT:
        others.append((start, _LAST_PORT))
    return tuple(others)
