"""The facts a condition may ask for, of which some are not always known."""

from __future__ import annotations

from enum import Enum

from byway_core.model.decision import Query
from byway_core.model.rule import (
    And,
    Condition,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    Not,
    Or,
    SourceCidr,
    SourcePort,
)
from byway_core.model.sentence import say


class Fact(Enum):
    """Valued as a sentence names it."""

    HOST = say("host")
    ADDRESS = say("address")
    SOURCE = say("source")
    SOURCE_PORT = say("source port")


_ASKS: dict[type, Fact] = {
    Domain: Fact.HOST,
    DomainSuffix: Fact.HOST,
    DomainKeyword: Fact.HOST,
    DomainWildcard: Fact.HOST,
    DomainRegex: Fact.HOST,
    IpCidr: Fact.ADDRESS,
    SourceCidr: Fact.SOURCE,
    SourcePort: Fact.SOURCE_PORT,
}


def fact_of(condition: Condition) -> Fact | None:
    """The fact that a simple condition asks for; None for one that is always known, and for AND,
    OR and NOT, whose parts must be asked."""
    return _ASKS.get(type(condition))


def facts_of(condition: Condition) -> frozenset[Fact]:
    """All facts, of those above, that a condition asks for."""
    if isinstance(condition, And | Or):
        return frozenset().union(*map(facts_of, condition.parts))
    if isinstance(condition, Not):
        return facts_of(condition.part)
    fact = fact_of(condition)
    return frozenset() if fact is None else frozenset((fact,))


def missing(query: Query) -> frozenset[Fact]:
    """The facts that a query lacks."""
    known = {
        Fact.HOST: bool(query.host),
        Fact.ADDRESS: query.address is not None,
        Fact.SOURCE: query.source is not None,
        Fact.SOURCE_PORT: query.source_port is not None,
    }
    return frozenset(fact for fact, is_known in known.items() if not is_known)
