"""What connections are decided by, and what they reach the outside with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from byway_core.intercept.desk import Desk
from byway_core.model.group import Group
from byway_core.ports import NameMemory, Resolver, SocketSource
from byway_core.protocols.proxy_request import Account
from byway_core.rules.compile import RuleSet
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Standing


@dataclass(frozen=True, slots=True)
class Routing:
    """The profile, as the relay needs it. Swapped whole; live connections keep their way.
    `account` is what clients of the local proxy port must name, None where anyone may. A rule's
    upstream is a key of `gateways` or of `groups`."""

    rules: RuleSet
    gateways: Mapping[str, Gateway]
    account: Account | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edges:
    """The surroundings, the same for all profiles. `hand_dns` takes over an accepted connection
    to port 53 (non-blocking; it closes it); None where such connections are like all others.
    `desk` knows which processes they come from; None where nobody asks. `standing` is what is known
    of groups and their members."""

    names: NameMemory
    resolver: Resolver
    sockets: SocketSource
    hand_dns: Callable[[socket.socket], None] | None = None
    desk: Desk | None = None
    standing: Standing = field(default_factory=Standing)
