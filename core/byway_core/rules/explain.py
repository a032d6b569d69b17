"""Why did this go there? The rule that decided, and every one that nearly did.

For one question at a time: it reads all rules plainly, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from byway_core.model.decision import Decision, Query
from byway_core.model.rule import Always, Rule
from byway_core.model.sentence import say
from byway_core.rules.compile import RuleSet
from byway_core.rules.facts import Fact, facts_of, missing
from byway_core.rules.naive import evaluate, matches
from byway_core.rules.near_misses import near_miss


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule before the deciding one that did not match for little."""

    index: int
    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A rule before the deciding one that would have matched, or not, had `facts` been known."""

    index: int
    rule: Rule
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`rule` is None where none matched and the default holds. `by_absence` are the facts whose
    lack made the deciding rule hold (as a NOT does). `later` are rules behind it that match too,
    but lead elsewhere. `host_matters`, `process_matters` and `wants_address` are RuleSet's."""

    query: Query
    decision: Decision
    rule: Rule | None
    by_absence: frozenset[Fact]
    near: tuple[NearMiss, ...]
    open: tuple[OpenQuestion, ...]
    later: tuple[tuple[int, Rule], ...]
    host_matters: bool
    process_matters: bool
    wants_address: bool


def explain(rules: RuleSet, query: Query) -> Explanation:
    decision = rules.decide(query)
    end = len(rules.rules) if decision.rule_index is None else decision.rule_index
    before = list(enumerate(rules.rules[:end]))
    rule = None if decision.rule_index is None else rules.rules[end]
    return Explanation(
        query=query,
        decision=decision,
        rule=rule,
        by_absence=frozenset() if rule is None else _open_facts(rule, query),
        near=tuple(_near(before, query)),
        open=tuple(_open(before, query)),
        later=tuple(_later(rules.rules, end + 1, decision, query)),
        host_matters=rules.host_matters(query),
        process_matters=rules.process_matters(query),
        wants_address=rules.wants_address(query),
    )


def _open_facts(rule: Rule, query: Query) -> frozenset[Fact]:
    """The unknown facts on which the rule depends; empty where it holds, or not, in any case."""
    unknown = missing(query)
    if evaluate(rule.condition, query, unknown) is not None:
        return frozenset()
    return facts_of(rule.condition) & unknown


def _open(before: list[tuple[int, Rule]], query: Query) -> Iterator[OpenQuestion]:
    for index, rule in before:
        facts = _open_facts(rule, query)
        if rule.enabled and facts:
            yield OpenQuestion(index, rule, facts)


def _near(before: list[tuple[int, Rule]], query: Query) -> Iterator[NearMiss]:
    for index, rule in before:
        if not rule.enabled:
            reason = say("it matches, but is disabled") if matches(rule.condition, query) else ""
        elif _open_facts(rule, query):
            continue
        else:
            reason = near_miss(rule.condition, query)
        if reason:
            yield NearMiss(index, rule, reason)


def _later(
    rules: tuple[Rule, ...], start: int, decision: Decision, query: Query
) -> Iterator[tuple[int, Rule]]:
    for index in range(start, len(rules)):
        rule = rules[index]
        if not rule.enabled or rule.action == decision.action:
            continue
        if not isinstance(rule.condition, Always) and matches(rule.condition, query):
            yield index, rule
