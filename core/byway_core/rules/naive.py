"""What conditions mean, said as plainly as possible and one rule after the other.

This is the meaning that `compile` has to keep; it decides nothing in the engine, but `explain`
asks it about single rules. Unknown facts can be treated in two ways: as in the engine, where a
condition on one is false, or as open, where the answer may be "it depends" (Kleene's three-valued
logic).
"""

from __future__ import annotations

from collections.abc import Sequence

from byway_core.model.decision import DIRECT, Decision, Process, Query
from byway_core.model.rule import (
    Always,
    And,
    Condition,
    DestinationPort,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    NetworkIs,
    Not,
    Or,
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    Rule,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.facts import PROCESS_FACTS, Fact, fact_of
from byway_core.rules.names import display_form
from byway_core.rules.patterns import compile_regex, compile_wildcard
from byway_core.rules.processes import names_of, texts_of

NOTHING_OPEN: frozenset[Fact] = frozenset()


def decide_naively(rules: Sequence[Rule], query: Query) -> Decision:
    """The first enabled rule that matches; DIRECT where none does."""
    for index, rule in enumerate(rules):
        if rule.enabled and matches(rule.condition, query):
            return Decision(rule.action, index)
    return Decision(DIRECT, None)


def matches(condition: Condition, query: Query) -> bool:
    """Whether the condition holds; one on a fact that is not known does not."""
    return evaluate(condition, query) is True


def evaluate(
    condition: Condition, query: Query, open_facts: frozenset[Fact] = NOTHING_OPEN
) -> bool | None:
    """Whether the condition holds, None where that depends on `open_facts`, which the query must
    not know."""
    if isinstance(condition, Not):
        value = evaluate(condition.part, query, open_facts)
        return None if value is None else not value
    if isinstance(condition, And | Or):
        # AND is false as soon as one part is; OR is true as soon as one part is.
        decisive = isinstance(condition, Or)
        values = [evaluate(part, query, open_facts) for part in condition.parts]
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    if fact_of(condition) in open_facts:
        return None
    return _simple(condition, query)


def _simple(condition: Condition, query: Query) -> bool:
    match condition:
        case Always():
            return True
        case NetworkIs(network):
            return query.network is network
        case DestinationPort(ranges):
            return any(first <= query.port <= last for first, last in ranges)
        case SourcePort(ranges):
            port = query.source_port
            return port is not None and any(first <= port <= last for first, last in ranges)
        case IpCidr(network=net):
            return query.address is not None and query.address in net
        case SourceCidr(network=net):
            return query.source is not None and query.source in net
    if fact_of(condition) in PROCESS_FACTS:
        return query.process is not None and _matches_process(condition, query.process)
    return bool(query.host) and _matches_host(condition, query.host)


def _matches_process(condition: Condition, process: Process) -> bool:
    match condition:
        case ProcessName(name):
            return name in [text.lower() for text in names_of(process)]
        case ProcessPath(path):
            return path == process.path.lower()
        case ProcessWildcard(pattern, of_path):
            fits = compile_wildcard(pattern).fullmatch
            return any(fits(text.lower()) for text in texts_of(process, of_path))
        case ProcessRegex(pattern, of_path):
            found = compile_regex(pattern).search
            return any(found(text) for text in texts_of(process, of_path))
        case UserId(ranges):
            return any(first <= process.uid <= last for first, last in ranges)
    raise TypeError(f"{condition!r} is no condition on a process")


def _matches_host(condition: Condition, host: str) -> bool:
    match condition:
        case Domain(name):
            return host == name
        case DomainSuffix(name):
            return host == name or host.endswith("." + name)
        case DomainKeyword(text):
            return text in as_compared(text, host)
        case DomainWildcard(pattern):
            return bool(compile_wildcard(pattern).fullmatch(as_compared(pattern, host)))
        case DomainRegex(pattern):
            return bool(compile_regex(pattern).search(as_compared(pattern, host)))
    raise TypeError(f"{condition!r} is no condition on a host")


def as_compared(pattern: str, host: str) -> str:
    """The form of `host` that a pattern speaks of: Unicode where the pattern does."""
    return host if pattern.isascii() else display_form(host)
