"""A condition as one function of a query, with everything looked up beforehand.

For the hot path: each costs some tens of nanoseconds. The meaning is `naive`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from byway_core.model.decision import Address, Process, Query
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
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.facts import PROCESS_FACTS, fact_of
from byway_core.rules.names import display_form
from byway_core.rules.patterns import compile_regex, compile_wildcard
from byway_core.rules.processes import names_of, texts_of

Predicate = Callable[[Query], bool]
# Rules with the question that remains of each, in the order of their places.
Asked = list[tuple[int, Predicate]]

# What a condition costs, roughly and in its own order: parts of AND and OR are asked the cheap
# ones first, since their order has no meaning.
_COST: tuple[type, ...] = (
    NetworkIs,
    DestinationPort,
    SourcePort,
    IpCidr,
    SourceCidr,
    Domain,
    DomainKeyword,
    DomainSuffix,
    UserId,
    ProcessPath,
    ProcessName,
)


def first_of(asked: Asked, query: Query, best: int) -> int:
    """The place of the first that says yes, where that is below `best`; else `best`."""
    for index, check in asked:
        if index >= best:
            break
        if check(query):
            return index
    return best


def predicate(condition: Condition) -> Predicate:
    match condition:
        case And(parts):
            return _all([predicate(part) for part in sorted(parts, key=_cost)])
        case Or(parts):
            return _any([predicate(part) for part in sorted(parts, key=_cost)])
        case Not(part):
            inner = predicate(part)
            return lambda query: not inner(query)
        case Always():
            return lambda query: True
        case NetworkIs(network):
            return lambda query: query.network is network
        case DestinationPort(ranges):
            return _on_port(ranges)
        case SourcePort(ranges):
            return _on_source_port(ranges)
        case IpCidr(network=net):
            family, shift, wanted = _bits(net)
            return lambda query: (
                type(query.address) is family and int(query.address) >> shift == wanted
            )
        case SourceCidr(network=net):
            family, shift, wanted = _bits(net)
            return lambda query: (
                type(query.source) is family and int(query.source) >> shift == wanted
            )
    on_its_fact = _on_process if fact_of(condition) in PROCESS_FACTS else _on_host
    return on_its_fact(condition)


def _cost(condition: Condition) -> int:
    kind = type(condition)
    return _COST.index(kind) if kind in _COST else len(_COST)


def _all(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda query: first(query) and second(query)
    return lambda query: all(part(query) for part in parts)


def _any(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda query: first(query) or second(query)
    return lambda query: any(part(query) for part in parts)


def _on_port(ranges: tuple[tuple[int, int], ...]) -> Predicate:
    if len(ranges) == 1:
        first, last = ranges[0]
        return lambda query: first <= query.port <= last
    return lambda query: any(first <= query.port <= last for first, last in ranges)


def _on_source_port(ranges: tuple[tuple[int, int], ...]) -> Predicate:
    if len(ranges) == 1:
        first, last = ranges[0]
        return lambda query: query.source_port is not None and first <= query.source_port <= last
    return lambda query: (
        query.source_port is not None
        and any(first <= query.source_port <= last for first, last in ranges)
    )


def _bits(network: IPv4Network | IPv6Network) -> tuple[type[Address], int, int]:
    """The family, how far to shift an address right, and what is left of one that is inside."""
    family: type[Address] = IPv4Address if network.version == 4 else IPv6Address
    shift = network.max_prefixlen - network.prefixlen
    return family, shift, int(network.network_address) >> shift


def _on_process(condition: Condition) -> Predicate:
    holds = of_process(condition)
    return lambda query: query.process is not None and holds(query.process)


def of_process(condition: Condition) -> Callable[[Process], bool]:
    """A condition on a process, asked of one."""
    match condition:
        case ProcessName(name):
            return lambda process: any(text.lower() == name for text in names_of(process))
        case ProcessPath(path):
            return lambda process: process.path.lower() == path
        case ProcessWildcard(pattern, of_path):
            fits = compile_wildcard(pattern).fullmatch
            return lambda process: any(fits(text.lower()) for text in texts_of(process, of_path))
        case ProcessRegex(pattern, of_path):
            found = compile_regex(pattern).search
            return lambda process: any(found(text) for text in texts_of(process, of_path))
        case UserId(ranges):
            return lambda process: any(first <= process.uid <= last for first, last in ranges)
    raise TypeError(f"{condition!r} is no condition on a process")


def _on_host(condition: Condition) -> Predicate:
    match condition:
        case Domain(name):
            return lambda query: query.host == name
        case DomainSuffix(name):
            tail = "." + name
            return lambda query: query.host.endswith(tail) or query.host == name
        case DomainKeyword(text):
            if text.isascii():
                return lambda query: text in query.host
            return lambda query: text in display_form(query.host)
        case DomainWildcard(pattern):
            return _on_pattern(compile_wildcard(pattern).fullmatch, pattern)
        case DomainRegex(pattern):
            return _on_pattern(compile_regex(pattern).search, pattern)
    raise TypeError(f"{condition!r} is no condition on a host")


def _on_pattern(match: Callable[[str], object], pattern: str) -> Predicate:
    if pattern.isascii():
        return lambda query: query.host != "" and match(query.host) is not None
    return lambda query: query.host != "" and match(display_form(query.host)) is not None
