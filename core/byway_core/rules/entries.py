"""How the rules are spread over the indexes: each rule is filed under conditions one of which must
be true wherever the rule is.

A rule that is a single condition, or an OR of such, needs no further look once its entry is found.
An AND is filed under its most telling part and then asked as a whole. What offers no such part (a
NOT, a regex of which nothing is sure) has no entries, and stays in the ordered rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.model.rule import (
    And,
    Condition,
    DestinationPort,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    Or,
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.needed_text import needed_texts
from byway_core.rules.predicates import Predicate, predicate

# An AND is filed under each port of a list up to this long, and by ranges beyond.
MAX_SINGLE_PORTS = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One filing of the rule at `index` under `key`; it matches where `check` is None or true."""

    index: int
    key: Condition
    check: Predicate | None


def entries(index: int, condition: Condition) -> list[Entry]:
    """Where to file the rule; empty for the rest."""
    keys = _keys(condition)
    if keys is None:
        return []
    asked: Predicate | None = None
    filed = []
    for key, is_enough in keys:
        if not is_enough and asked is None:
            asked = predicate(condition)
        filed.append(Entry(index, key, None if is_enough else asked))
    return filed


def _keys(condition: Condition) -> list[tuple[Condition, bool]] | None:
    """The conditions, one of which must hold for `condition` to do so, each with whether it is
    enough; None where there are none that an index takes."""
    if isinstance(condition, Or):
        return _keys_of_or(condition)
    if isinstance(condition, And):
        return _keys_of_and(condition)
    return None if _telling(condition) is None else [(condition, True)]


def _keys_of_or(condition: Or) -> list[tuple[Condition, bool]] | None:
    found = []
    for part in condition.parts:
        keys = _keys(part)
        if keys is None:
            return None
        found.extend(keys)
    return found


def _keys_of_and(condition: And) -> list[tuple[Condition, bool]] | None:
    best: list[Condition] | None = None
    least = 0
    for part in condition.parts:
        keys = [key for key, _ in _keys(part) or ()]
        if not keys:
            continue
        rank = max(_telling(key) or 0 for key in keys)
        if best is None or rank < least:
            best, least = keys, rank
    if best is None:
        return None
    return [(key, False) for key in best]


def _telling(condition: Condition) -> int | None:
    """How few queries fulfil a simple condition: 0 for the fewest; None for what no index takes."""
    match condition:
        case Domain():
            return 0
        case DomainSuffix():
            return 1
        case IpCidr(network=net) | SourceCidr(network=net):
            return 2 if net.prefixlen >= 16 else 4
        case ProcessName() | ProcessPath():
            return 2
        case ProcessWildcard() | ProcessRegex() | UserId():
            return 5  # as likely as not: nearly all that runs on a desktop is one user's
        case DestinationPort() | SourcePort():
            return 5 if is_wide(condition) else 3
        case DomainKeyword() | DomainWildcard() | DomainRegex() if needed_texts(condition):
            return 3
    return None


def is_wide(key: Condition) -> bool:
    """Whether it is a port list that covers too much to be filed port by port."""
    if isinstance(key, DestinationPort | SourcePort):
        return sum(last - first + 1 for first, last in key.ranges) > MAX_SINGLE_PORTS
    return False
