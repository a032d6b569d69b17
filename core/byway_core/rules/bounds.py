"""A condition made independent of facts that are not known: what holds whatever they turn out to
be, and what could hold for some.

Both replace the simple conditions on those facts by a constant, according to the number of NOTs
around them, and fold what becomes constant. They bound the truth and may overstate it: AND of two
different names "could" hold here. `compile` builds its answers to "would the name matter?" on it.
"""

from __future__ import annotations

from byway_core.model.rule import Always, And, Condition, Not, Or
from byway_core.rules.facts import Fact, fact_of

ALWAYS: Condition = Always()
NEVER: Condition = Or(())


def certainly(condition: Condition, facts: frozenset[Fact]) -> Condition:
    """True only where `condition` is true for every value of `facts`."""
    return _bound(condition, facts, NEVER)


def possibly(condition: Condition, facts: frozenset[Fact]) -> Condition:
    """True at least where `condition` is true for some value of `facts`."""
    return _bound(condition, facts, ALWAYS)


def _bound(condition: Condition, facts: frozenset[Fact], stand_in: Condition) -> Condition:
    if isinstance(condition, Not):
        opposite = NEVER if stand_in == ALWAYS else ALWAYS
        part = _bound(condition.part, facts, opposite)
        return {ALWAYS: NEVER, NEVER: ALWAYS}.get(part) or Not(part)
    if isinstance(condition, And):
        parts = tuple(_bound(part, facts, stand_in) for part in condition.parts)
        if NEVER in parts:
            return NEVER
        return _joined(And, tuple(part for part in parts if part != ALWAYS), ALWAYS)
    if isinstance(condition, Or):
        parts = tuple(_bound(part, facts, stand_in) for part in condition.parts)
        if ALWAYS in parts:
            return ALWAYS
        return _joined(Or, tuple(part for part in parts if part != NEVER), NEVER)
    return stand_in if fact_of(condition) in facts else condition


def _joined(
    kind: type[And] | type[Or], parts: tuple[Condition, ...], empty: Condition
) -> Condition:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else kind(parts)
