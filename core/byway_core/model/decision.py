"""What the rules are asked about a flow, and what they answer."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

Address = IPv4Address | IPv6Address


class Network(Enum):
    TCP = "tcp"
    UDP = "udp"

    # Enum's own is Python code, and this is part of keys that are looked up for each connection.
    __hash__ = object.__hash__


class Verdict(Enum):
    """The kinds of action a rule can name."""

    DIRECT = "DIRECT"
    REJECT = "REJECT"
    UPSTREAM = "upstream"


class Action(NamedTuple):
    """Where traffic goes: `upstream` is the name of one, and only set for Verdict.UPSTREAM."""

    verdict: Verdict
    upstream: str = ""

    def __str__(self) -> str:
        return self.upstream or self.verdict.value


DIRECT = Action(Verdict.DIRECT)
REJECT = Action(Verdict.REJECT)


class Query(NamedTuple):
    """A flow as the rules see it. A tuple for speed: one is made for every connection.

    `host` is normalised (lower case, A-labels, no trailing dot) and "" where no name is known;
    `address` is the destination's, never v4-mapped, and None where only a name is known.
    `source` and `source_port` are None where they are not known (`byway explain`).
    """

    host: str
    address: Address | None
    port: int
    network: Network = Network.TCP
    source: Address | None = None
    source_port: int | None = None


class Decision(NamedTuple):
    """The first matching rule's action. `rule_index` is the rule's place in the profile's list,
    from 0 and counting disabled rules; None where none matched and the default (DIRECT) holds."""

    action: Action
    rule_index: int | None
