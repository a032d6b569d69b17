"""The profile's rules, compiled: where a flow goes, and whether one more fact could change that.

Made once for a profile and never changed; the questions are asked for every connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from byway_core.model.decision import DIRECT, Decision, Query
from byway_core.model.rule import And, Condition, IpCidr, Not, Or, Rule
from byway_core.rules.bounds import certainly, possibly
from byway_core.rules.facts import PROCESS_FACTS, Fact, facts_of
from byway_core.rules.matcher import Matcher
from byway_core.rules.naive import matches
from byway_core.rules.outlook import Outlook

_HOST = frozenset((Fact.HOST,))
_ADDRESS = frozenset((Fact.ADDRESS,))
_SOURCES = frozenset((Fact.SOURCE, Fact.SOURCE_PORT))
_NOTHING: frozenset[Fact] = frozenset()
_Mattered = dict[tuple[object, ...], bool]

# Answers kept: a desktop talks to some hundred destinations again and again, and a fresh answer
# costs ten times as much as one that is found. About 300 bytes each; when full, all are forgotten.
MOST_REMEMBERED = 4096


def compile_rules(rules: Sequence[Rule]) -> RuleSet:
    return RuleSet(tuple(rules))


class RuleSet:
    """`asks_process`: whether any rule asks for the process or its user."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._enabled = [(i, rule.condition) for i, rule in enumerate(rules) if rule.enabled]
        self._all = self._matcher(self._enabled)
        self._all.prepare()
        asked = frozenset[Fact]().union(*(facts_of(condition) for _, condition in self._enabled))
        self._asks_host = Fact.HOST in asked
        self.asks_process = bool(PROCESS_FACTS & asked)
        # Where the source counts, hardly any two questions are the same: nothing is remembered.
        self._forgetful = bool(_SOURCES & asked)
        self._decided: dict[tuple[object, ...], Decision] = {}
        self._host_mattered: _Mattered = {}
        self._process_mattered: _Mattered = {}
        self._resolving = [each for each in self._enabled if _resolves(each[1])]
        # Built when first asked for: a set without them, or an engine that knows every name,
        # never pays for them.
        self._outlooks: dict[frozenset[Fact], Outlook] = {}
        self._possible_with_address: dict[frozenset[Fact], Matcher] = {}

    def _matcher(self, conditions: Iterable[tuple[int, Condition]]) -> Matcher:
        return Matcher(tuple(conditions), len(self.rules))

    def decide(self, query: Query) -> Decision:
        """The first enabled rule that matches; DIRECT where none does."""
        if self._forgetful:
            return self._decide(query)
        key = query[:4] + query[6:] if self.asks_process else query[:4]
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
        While nobody has looked for the process, it may turn out to be any.

        Never wrongly False. It may be wrongly True where rules contradict themselves (two
        different names in one AND) or stand behind others that say the same.
        """
        if query.host or not self._asks_host:
            return False
        return self._matters(query, _HOST, self._host_mattered)

    def process_matters(self, query: Query) -> bool:
        """The same of the process and its user; False where somebody has looked for it. A name
        that is not known, and an address that a rule asks to be looked up, may yet turn out to be
        any, so it does not matter whether they are learned before or after."""
        if not self.asks_process or query.process is not None:
            return False
        return self._matters(query, PROCESS_FACTS, self._process_mattered)

    def _matters(self, query: Query, facts: frozenset[Fact], memory: _Mattered) -> bool:
        if self._forgetful:
            return self._hinges(query, facts)
        key = query[:4] + query[6:] if self.asks_process else query[:4]
        known = memory.get(key)
        if known is None:
            if len(memory) >= MOST_REMEMBERED:
                memory.clear()
            known = memory[key] = self._hinges(query, facts)
        return known

    def _hinges(self, query: Query, facts: frozenset[Fact]) -> bool:
        return self._outlook(self._open(query)).hinges(query, self._all.first(query), facts)

    def _open(self, query: Query) -> frozenset[Fact]:
        """What may yet be learned of a flow."""
        unknown = self._unknown_process(query)
        if not query.host:
            return unknown | _HOST
        return unknown | _ADDRESS if query.address is None and self._resolving else unknown

    def _unknown_process(self, query: Query) -> frozenset[Fact]:
        return PROCESS_FACTS if self.asks_process and query.process is None else _NOTHING

    def _outlook(self, unknown: frozenset[Fact]) -> Outlook:
        if unknown not in self._outlooks:
            self._outlooks[unknown] = Outlook(self.rules, self._enabled, unknown)
        return self._outlooks[unknown]

    def wants_address(self, query: Query) -> bool:
        """Whether the name is to be resolved before the rules can speak: one that says `resolve`
        stands before the rule that decides and could match some address, or is itself the one
        that decides and might not, were the address known. False where there is no name, or an
        address already. While nobody has looked for the process, it may turn out to be any: who
        looks for it first resolves fewer names."""
        if not self._resolving or not query.host or query.address is not None:
            return False
        unknown = self._open(query)
        if unknown not in self._possible_with_address:
            self._possible_with_address[unknown] = self._matcher(
                (index, possibly(condition, unknown)) for index, condition in self._resolving
            )
        possible = self._possible_with_address[unknown].first(query)
        whoever = self._outlook(self._unknown_process(query))
        decisive = whoever.certain(query, self._all.first(query))
        if possible != decisive or decisive == len(self.rules):
            return possible < decisive
        return not matches(certainly(self.rules[decisive].condition, unknown), query)


def _resolves(condition: Condition) -> bool:
    if isinstance(condition, And | Or):
        return any(map(_resolves, condition.parts))
    if isinstance(condition, Not):
        return _resolves(condition.part)
    return isinstance(condition, IpCidr) and condition.resolve
