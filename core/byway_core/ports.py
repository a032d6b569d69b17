"""The edges, as the relay sees them: what a room above or beside it must provide.

Callbacks, not coroutines: the relay runs no tasks of its own.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from byway_core.model.flow import Flow

# (family, address) pairs, best first; an empty list comes with a sentence that says why.
Resolved = Callable[[Sequence[tuple[socket.AddressFamily, str]], str], None]
# The same for one of perhaps two parts, and whether it is the last.
Arrived = Callable[[Sequence[tuple[socket.AddressFamily, str]], str, bool], None]


class Resolver(Protocol):
    """The addresses of names that Byway itself must reach: upstreams, and direct destinations
    that a proxy client gave by name."""

    def lookup(self, host: str, done: Resolved) -> None:
        """Call `done(addresses, error)` exactly once, at once or later, on the host loop."""

    def lookup_in_parts(self, host: str, arrived: Arrived) -> None:
        """For connecting, which need not wait for both families (RFC 8305 3): call
        `arrived(addresses, error, last)` as soon as there are addresses to begin with, and once
        more, at the latest when `lookup` would, with the others, of which there may be none."""


class NameMemory(Protocol):
    """Which names an address was given out for."""

    def names(self, address: str) -> Sequence[str]:
        """Names that are still live for this address, newest first; empty where none is known."""

    def hearsay(self, address: str) -> Sequence[str]:
        """The same, as servers say that some program has chosen: to be believed only where nothing
        better can be had."""

    def fake(self, address: str) -> str | None:
        """The name that a fake address stands for, "" where it stands for none (any more); None
        for all other addresses."""


class FlowSink(Protocol):
    """The ledger's side of a flow. Called on the hot path: appends, never I/O."""

    def decided(self, flow: Flow) -> None:
        """The rules have spoken; from here on the flow is to be shown as live."""

    def closed(self, flow: Flow) -> None:
        """The flow has ended; `flow` is not written again. Comes without `decided` for one that
        ended before its destination was known."""


class SocketSource(Protocol):
    """Sockets for the engine's own traffic: plain here, marked ones from the helper elsewhere."""

    def tcp(self, family: socket.AddressFamily) -> socket.SocketType:
        """A new non-blocking TCP socket, not connected."""

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """A new non-blocking UDP socket, neither bound nor connected."""
