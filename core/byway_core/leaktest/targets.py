"""Destinations to try: some for each rule that names any, and two that no rule knows.

Pure. They are told apart by their addresses, of which each has its own pair, from the ranges for
documentation (RFC 5737, RFC 3849): a packet says by its destination which of them it was for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from byway_core.model.decision import Action, Network, Query, Verdict
from byway_core.model.rule import Rule
from byway_core.protocols.host_name import normal_name
from byway_core.rules.compile import RuleSet
from byway_core.rules.shape import fields_of

# Each costs ten connections and look-ups, half a second in all.
MOST = 24
# What a rule without a port is tried with.
WEB_PORT = 80
QUIC_PORT = 443

_FOUR = int(IPv4Address("203.0.113.1"))
_SIX = int(IPv6Address("2001:db8:1::1"))
# Under the name that RFC 2606 keeps for examples: no rule knows them.
_UNKNOWN = "byway-leaktest.example"
# What a wildcard or a keyword is filled with.
_FILLING = "leaktest"


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is "" for one that is known by its addresses only."""

    host: str
    four: str
    six: str
    port: int

    @property
    def label(self) -> str:
        return self.host or self.four

    def query(self, network: Network, port: int, *, six: bool = False) -> Query:
        """What the rules are asked when a program goes there."""
        address = IPv6Address(self.six) if six else IPv4Address(self.four)
        return Query(self.host, address, port, network)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One of the profile's, as it stands on the stage: another address, the same kind. `told`:
    whether it is told where to go, as all are but services."""

    name: str
    address: str
    port: int
    told: bool


def targets_for(rules: Iterable[Rule]) -> tuple[list[Target], int]:
    """The destinations, MOST at most, and for how many rules there was no room."""
    found: list[Target] = []
    left_out = 0
    for rule in rules:
        for host, port in _hosts(rule):
            if len(found) < MOST - 2:
                found.append(_target(len(found), host, port))
            else:
                left_out += 1
    found.append(_target(len(found), _UNKNOWN, WEB_PORT))
    found.append(_target(len(found), "", WEB_PORT))
    return found, left_out


def expected(rules: RuleSet, target: Target, network: Network, port: int, *, six: bool) -> Action:
    """What the rules say of it."""
    return rules.decide(target.query(network, port, six=six)).action


def goes_direct(action: Action) -> bool:
    return action.verdict is Verdict.DIRECT


def _hosts(rule: Rule) -> Iterator[tuple[str, int]]:
    """At most one destination that the rule is about, where that is a name."""
    fields = fields_of(rule.text) if rule.enabled else None
    if fields is None:
        return
    port = _first_port(fields.ports)
    for kind, payload in fields.hosts[:1]:
        name = normal_name(_FILLED[kind](payload).encode()) if kind in _FILLED else ""
        if name:
            yield name, port


_FILLED: Mapping[str, Any] = {
    "DOMAIN": str,
    "DOMAIN-SUFFIX": lambda payload: f"{_FILLING}.{payload.lstrip('+*.')}",
    "DOMAIN-KEYWORD": lambda payload: f"{payload}.example",
    "DOMAIN-WILDCARD": lambda payload: payload.replace("*", _FILLING).replace("?", "x"),
}


def _first_port(ports: str) -> int:
    """Of "22/80/1000-2000"; "" is any."""
    first = ports.partition("/")[0].partition("-")[0].strip()
    return int(first) if first else WEB_PORT


def _target(number: int, host: str, port: int) -> Target:
    four, six = IPv4Address(_FOUR + number), IPv6Address(_SIX + number)
    return Target(host, str(four), str(six), port)
