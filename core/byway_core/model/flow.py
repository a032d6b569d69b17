"""One connection, from the moment it came in to some time after it ended.

`Flow` is the relay's own record and the one mutable word of the model: plain slots, written only
by the relay, because thousands are made a second. `FlowSnapshot` is what everybody else sees.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

from byway_core.model.decision import Decision, Network, Process


class HostSource(Enum):
    """How the destination's name was learned."""

    NONE = ""
    DNS = "dns"
    SNI = "tls-sni"
    HTTP = "http-host"
    QUIC = "quic-sni"
    REQUEST = "request"  # a proxy client named it
    FAKE = "fake"  # the address that the program has stands for it


class FlowState(Enum):
    SNIFFING = "sniffing"
    CONNECTING = "connecting"
    OPEN = "open"
    CLOSED = "closed"


class Flow:
    """What is known of one connection. Addresses are text as getsockname() writes them.

    `opened` and `closed` are Unix times in seconds (`closed` 0.0 while it lives); `up` counts the
    bytes from the program to the destination, `down` those back; `reason` says in the user's words
    why it ended, "" for a clean end. `asked_address` is "" where a proxy client gave a name only;
    `process` is None where it is not known (yet). Of a group, `member` is the upstream, DIRECT or
    REJECT that was chosen, and `because` says why; both are "" where the rule names no group.
    """

    __slots__ = (
        "asked_address",
        "because",
        "closed",
        "decision",
        "down",
        "host",
        "host_source",
        "id",
        "member",
        "network",
        "opened",
        "port",
        "process",
        "program",
        "reason",
        "source",
        "source_port",
        "state",
        "up",
    )

    def __init__(self, id: int, source: str, source_port: int, address: str, port: int) -> None:
        self.id = id
        self.opened = time.time()
        self.closed = 0.0
        self.network = Network.TCP
        self.source = source
        self.source_port = source_port
        self.asked_address = address
        self.port = port
        self.host = ""
        self.host_source = HostSource.NONE
        self.decision: Decision | None = None
        self.state = FlowState.SNIFFING
        self.up = 0
        self.down = 0
        self.reason = ""
        self.program = ""
        self.process: Process | None = None
        self.member = ""
        self.because = ""


@dataclass(frozen=True, slots=True)
class FlowSnapshot:
    """A flow as shown to people and programs. `id` is unique among all of a user's engines
    ("4711.12": engine's process id, then a number). `rule` is the rule's text, `rule_index` its
    place in the list from 0 (None: none matched, the default held); `action` is DIRECT, REJECT, an
    upstream's or a group's name, "" while it is not decided; `member` and `because` are as in
    `Flow`."""

    id: str
    opened: float
    closed: float
    network: Network
    source: str
    source_port: int
    address: str
    port: int
    host: str
    host_source: HostSource
    action: str
    rule: str
    rule_index: int | None
    state: FlowState
    up: int
    down: int
    reason: str
    program: str
    process: Process | None = None
    member: str = ""
    because: str = ""
