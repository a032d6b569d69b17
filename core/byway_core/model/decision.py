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


class Process(NamedTuple):
    """The program at the near end of a connection. `path` is its executable's, as /proc/PID/exe
    has it, "" where that is not to be seen (another user's); `name` is the kernel's word for it
    (/proc/PID/comm, 15 bytes at most; a script's own name), "" likewise; `uid` is its user's, -1
    where that is not known."""

    path: str
    name: str
    uid: int


UNKNOWN_PROCESS = Process("", "", -1)  # one that was looked for in vain


class Query(NamedTuple):
    """A flow as the rules see it. A tuple for speed: one is made for every connection.

    `host` is normalised (lower case, A-labels, no trailing dot) and "" where no name is known;
    `address` is the destination's, never v4-mapped, and None where only a name is known.
    `source` and `source_port` are None where they are not known (`byway explain`), `process` where
    it is not, or nobody has looked yet.
    """

    host: str
    address: Address | None
    port: int
    network: Network = Network.TCP
    source: Address | None = None
    source_port: int | None = None
    process: Process | None = None


class Decision(NamedTuple):
    """The first matching rule's action. `rule_index` is the rule's place in the profile's list,
    from 0 and counting disabled rules; None where none matched and the default (DIRECT) holds."""

    action: Action
    rule_index: int | None
