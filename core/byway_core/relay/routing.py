"""What connections are decided by, and what they reach the outside with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from byway_core.intercept.desk import Desk
from byway_core.ports import NameMemory, Resolver, SocketSource
from byway_core.protocols.proxy_request import Account
from byway_core.rules.compile import RuleSet
from byway_core.upstreams.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Routing:
    """The profile, as the relay needs it. Swapped whole; live connections keep their way.
    `account` is what clients of the local proxy port must name, None where anyone may."""

    rules: RuleSet
    gateways: Mapping[str, Gateway]
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Edges:
    """The surroundings, the same for all profiles. `hand_dns` takes over an accepted connection
    to port 53 (non-blocking; it closes it); None where such connections are like all others.
    `desk` knows which processes they come from; None where nobody asks."""

    names: NameMemory
    resolver: Resolver
    sockets: SocketSource
    hand_dns: Callable[[socket.socket], None] | None = None
    desk: Desk | None = None
