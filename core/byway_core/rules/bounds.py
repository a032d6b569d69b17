"""A condition with some of its simple parts replaced by constants, and what follows from them.

Facts that are not known: what holds whatever they turn out to be, and what could hold for some.
Both are bounds that may overstate: AND of two different names "could" hold here. `compile` builds
its answers to "would the name matter?" on them. The network, which is always known: a rule for TCP
alone says nothing of it any more.
"""

from __future__ import annotations

from collections.abc import Callable

from byway_core.model.decision import Network
from byway_core.model.rule import Always, And, Condition, NetworkIs, Not, Or
from byway_core.rules.facts import Fact, fact_of

ALWAYS: Condition = Always()
NEVER: Condition = Or(())


def certainly(condition: Condition, facts: frozenset[Fact]) -> Condition:
    """True only where `condition` is true for every value of `facts`."""
    return _fold(condition, lambda each, sign: _constant(not sign, each, facts), True)


def possibly(condition: Condition, facts: frozenset[Fact]) -> Condition:
    """True at least where `condition` is true for some value of `facts`."""
    return _fold(condition, lambda each, sign: _constant(sign, each, facts), True)


def on_network(condition: Condition, network: Network) -> Condition:
    """The same for flows of that network, without asking for it."""
    return _fold(condition, lambda each, _: _on_network(each, network), True)


def _constant(value: bool, condition: Condition, facts: frozenset[Fact]) -> Condition:
    if fact_of(condition) not in facts:
        return condition
    return ALWAYS if value else NEVER


def _on_network(condition: Condition, network: Network) -> Condition:
    if not isinstance(condition, NetworkIs):
        return condition
    return ALWAYS if condition.network is network else NEVER


def _fold(
    condition: Condition, replaced: Callable[[Condition, bool], Condition], sign: bool
) -> Condition:
    """`replaced` gets each simple condition, and whether it stands under an even number of NOTs."""
    if isinstance(condition, Not):
        part = _fold(condition.part, replaced, not sign)
        return {ALWAYS: NEVER, NEVER: ALWAYS}.get(part) or Not(part)
    if isinstance(condition, And):
        parts = [_fold(part, replaced, sign) for part in condition.parts]
        return _joined(And, parts, ALWAYS, NEVER)
    if isinstance(condition, Or):
        parts = [_fold(part, replaced, sign) for part in condition.parts]
        return _joined(Or, parts, NEVER, ALWAYS)
    return replaced(condition, sign)


def _joined(
    kind: type[And] | type[Or], parts: list[Condition], neutral: Condition, decisive: Condition
) -> Condition:
    if decisive in parts:
        return decisive
    rest = tuple(part for part in parts if part != neutral)
    if not rest:
        return neutral
    return rest[0] if len(rest) == 1 else kind(rest)
