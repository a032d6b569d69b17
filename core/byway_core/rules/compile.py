"""The profile's rules, compiled: where a flow goes, and whether one more fact could change that.

Made once for a profile and never changed; the questions are asked for every connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from byway_core.model.decision import DIRECT, Action, Decision, Query
from byway_core.model.rule import And, Condition, IpCidr, Not, Or, Rule
from byway_core.rules.bounds import ALWAYS, certainly, possibly
from byway_core.rules.facts import Fact, facts_of
from byway_core.rules.matcher import Matcher
from byway_core.rules.naive import matches

_HOST = frozenset((Fact.HOST,))
_ADDRESS = frozenset((Fact.ADDRESS,))
_SOURCES = frozenset((Fact.SOURCE, Fact.SOURCE_PORT))

# Answers kept: a desktop talks to some hundred destinations again and again, and a fresh answer
# costs ten times as much as one that is found. About 300 bytes each; when full, all are forgotten.
MOST_REMEMBERED = 4096


def compile_rules(rules: Sequence[Rule]) -> RuleSet:
    return RuleSet(tuple(rules))


class RuleSet:
    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._enabled = [(i, rule.condition) for i, rule in enumerate(rules) if rule.enabled]
        self._all = self._matcher(self._enabled)
        self._all.prepare()
        # Where the source counts, hardly any two questions are the same: nothing is remembered.
        self._forgetful = any(_SOURCES & facts_of(condition) for _, condition in self._enabled)
        self._decided: dict[tuple[object, ...], Decision] = {}
        self._mattered: dict[tuple[object, ...], bool] = {}
        self._on_host = {
            index: condition
            for index, condition in self._enabled
            if Fact.HOST in facts_of(condition)
        }
        self._resolving = [each for each in self._enabled if _resolves(each[1])]
        # Built when first asked for: a set without them, or an engine that knows every name,
        # never pays for them.
        self._certain_without_host: Matcher | None = None
        self._possible_with_host: dict[Action, Matcher] = {}
        self._possible_with_address: Matcher | None = None

    def _matcher(self, conditions: Iterable[tuple[int, Condition]]) -> Matcher:
        return Matcher(tuple(conditions), len(self.rules))

    def decide(self, query: Query) -> Decision:
        """The first enabled rule that matches; DIRECT where none does."""
        if self._forgetful:
            return self._decide(query)
        key = query[:4]
        known = self._decided.get(key)
        if known is None:
            if len(self._decided) >= MOST_REMEMBERED:
                self._decided.clear()
            known = self._decided[key] = self._decide(query)
        return known

    def _decide(self, query: Query) -> Decision:
        first = self._all.first(query)
        if first == len(self.rules):
            return Decision(DIRECT, None)
        return Decision(self.rules[first].action, first)

    def host_matters(self, query: Query) -> bool:
        """Whether some name, were it known, could change the action; False where one is known.

        Never wrongly False. It may be wrongly True where rules contradict themselves (two
        different names in one AND) or stand behind others that say the same.
        """
        if query.host or not self._on_host:
            return False
        if self._forgetful:
            return self._host_matters(query)
        key = query[1:4]
        known = self._mattered.get(key)
        if known is None:
            if len(self._mattered) >= MOST_REMEMBERED:
                self._mattered.clear()
            known = self._mattered[key] = self._host_matters(query)
        return known

    def _host_matters(self, query: Query) -> bool:
        decisive = certain = self._all.first(query)
        action = self._action(decisive)
        if decisive in self._on_host:
            # It holds because no name is known (a NOT): which rule would hold under any name?
            certain = self._certain(query)
            if self._action(certain) != action:
                return True
        return self._possible(action).first(query) < certain

    def _certain(self, query: Query) -> int:
        if self._certain_without_host is None:
            self._certain_without_host = self._matcher(
                (index, certainly(condition, _HOST)) for index, condition in self._enabled
            )
        return self._certain_without_host.first(query)

    def _possible(self, action: Action) -> Matcher:
        """The rules that would do something else than `action`, were the name right for them."""
        if action not in self._possible_with_host:
            self._possible_with_host[action] = self._matcher(self._possible_conditions(action))
        return self._possible_with_host[action]

    def _possible_conditions(self, action: Action) -> Iterator[tuple[int, Condition]]:
        for index, condition in self._on_host.items():
            if self.rules[index].action != action:
                bound = possibly(condition, _HOST)
                yield index, bound
                if bound == ALWAYS:
                    return  # as any name alone may be; what comes behind is of no interest

    def wants_address(self, query: Query) -> bool:
        """Whether the name is to be resolved before the rules can speak: one that says `resolve`
        stands before the rule that decides and could match some address, or is itself the one
        that decides and might not, were the address known. False where there is no name, or an
        address already."""
        if not self._resolving or not query.host or query.address is not None:
            return False
        if self._possible_with_address is None:
            self._possible_with_address = self._matcher(
                (index, possibly(condition, _ADDRESS)) for index, condition in self._resolving
            )
        possible = self._possible_with_address.first(query)
        decisive = self._all.first(query)
        if possible != decisive or decisive == len(self.rules):
            return possible < decisive
        condition = certainly(self.rules[decisive].condition, _ADDRESS)
        return not matches(condition, query)

    def _action(self, index: int) -> Action:
        return DIRECT if index == len(self.rules) else self.rules[index].action


def _resolves(condition: Condition) -> bool:
    if isinstance(condition, And | Or):
        return any(map(_resolves, condition.parts))
    if isinstance(condition, Not):
        return _resolves(condition.part)
    return isinstance(condition, IpCidr) and condition.resolve
