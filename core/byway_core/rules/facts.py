"""The facts a condition may ask for, of which some are not always known."""

from __future__ import annotations

from enum import Enum

from byway_core.model.decision import UNKNOWN_PROCESS, Query
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
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.model.sentence import say


class Fact(Enum):
    """Valued as a sentence names it."""

    HOST = say("host")
    ADDRESS = say("address")
    SOURCE = say("source")
    SOURCE_PORT = say("source port")
    PROCESS = say("process")
    PROCESS_PATH = say("process path")
    USER = say("user id")


PROCESS_FACTS = frozenset((Fact.PROCESS, Fact.PROCESS_PATH, Fact.USER))

_ASKS: dict[type, Fact] = {
    Domain: Fact.HOST,
    DomainSuffix: Fact.HOST,
    DomainKeyword: Fact.HOST,
    DomainWildcard: Fact.HOST,
    DomainRegex: Fact.HOST,
    IpCidr: Fact.ADDRESS,
    SourceCidr: Fact.SOURCE,
    SourcePort: Fact.SOURCE_PORT,
    ProcessName: Fact.PROCESS,
    ProcessPath: Fact.PROCESS_PATH,
    UserId: Fact.USER,
}


def fact_of(condition: Condition) -> Fact | None:
    """The fact that a simple condition asks for; None for one that is always known, and for AND,
    OR and NOT, whose parts must be asked."""
    if isinstance(condition, ProcessWildcard | ProcessRegex):
        return Fact.PROCESS_PATH if condition.of_path else Fact.PROCESS
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
    path, name, uid = query.process or UNKNOWN_PROCESS
    known = {
        Fact.HOST: bool(query.host),
        Fact.ADDRESS: query.address is not None,
        Fact.SOURCE: query.source is not None,
        Fact.SOURCE_PORT: query.source_port is not None,
        Fact.PROCESS: bool(path or name),
        Fact.PROCESS_PATH: bool(path),
        Fact.USER: uid >= 0,
    }
    return frozenset(fact for fact, is_known in known.items() if not is_known)
