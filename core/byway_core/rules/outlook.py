"""What the rules may come to while some facts could still turn out to be anything.

In three values each rule is true, false or open. The first that is true whatever comes decides at
the latest (`certain`); every open one before it is a way that things may go. A fact changes the
action if an open rule that asks for it leads elsewhere than something behind it.

The questions are put to ordinary Matchers over `bounds`, each built when it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from byway_core.model.decision import DIRECT, Action, Query
from byway_core.model.rule import Condition, Rule
from byway_core.rules.bounds import ALWAYS, certainly, possibly
from byway_core.rules.facts import Fact, facts_of
from byway_core.rules.matcher import Matcher
from byway_core.rules.predicates import Asked, Predicate, predicate


class Outlook:
    """`unknown` are the facts that may turn out to be anything."""

    def __init__(
        self,
        rules: Sequence[Rule],
        enabled: Sequence[tuple[int, Condition]],
        unknown: frozenset[Fact],
    ) -> None:
        self._rules = rules
        self._enabled = enabled
        self._unknown = unknown
        self._open = {i: each for i, each in enabled if unknown & facts_of(each)}
        self._certainly: Matcher | None = None
        self._elsewhere: dict[tuple[frozenset[Fact], Action], Matcher] = {}
        self._there: dict[tuple[frozenset[Fact], Action], tuple[Matcher, Asked]] = {}

    def certain(self, query: Query, decisive: int) -> int:
        """The first rule that holds whatever comes; `decisive` is the first that holds as things
        are, which is the same unless it holds because something is not known (a NOT)."""
        if decisive not in self._open:
            return decisive
        if self._certainly is None:
            self._certainly = self._matcher(
                (index, certainly(condition, self._unknown)) for index, condition in self._enabled
            )
        return self._certainly.first(query)

    def hinges(self, query: Query, decisive: int, facts: frozenset[Fact]) -> bool:
        """Whether `facts`, which are among the unknown, could change the action."""
        certain = self.certain(query, decisive)
        action = DIRECT if certain == len(self._rules) else self._rules[certain].action
        key = facts, action
        if key not in self._elsewhere:
            self._elsewhere[key] = self._matcher(self._asking(facts, action, same=False))
        if self._elsewhere[key].first(query) < certain:
            return True
        if facts == self._unknown:
            return False
        # All that asks for them leads to the same in the end: is there anything else in between?
        if key not in self._there:
            self._there[key] = (
                self._matcher(self._asking(facts, action, same=True)),
                list(self._others(facts, action)),
            )
        there, others = self._there[key]
        first = there.first(query)
        return any(first < index < certain and holds(query) for index, holds in others)

    def _matcher(self, conditions: Iterator[tuple[int, Condition]]) -> Matcher:
        return Matcher(tuple(conditions), len(self._rules))

    def _asking(
        self, facts: frozenset[Fact], action: Action, *, same: bool
    ) -> Iterator[tuple[int, Condition]]:
        """When the rules that ask for `facts`, and lead to `action` or elsewhere, are open."""
        for index, condition in self._open.items():
            if facts & facts_of(condition) and (self._rules[index].action == action) is same:
                bound = possibly(condition, self._unknown)
                yield index, bound
                if bound == ALWAYS:
                    return  # as any name alone may be; what comes behind is of no interest

    def _others(self, facts: frozenset[Fact], action: Action) -> Iterator[tuple[int, Predicate]]:
        """The rules that are open without `facts`, and lead elsewhere."""
        for index, condition in self._open.items():
            if not facts & facts_of(condition) and self._rules[index].action != action:
                yield index, predicate(possibly(condition, self._unknown))
