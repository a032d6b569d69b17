"""Datagrams that wait until their flow has a name and a process, where these matter."""

from __future__ import annotations

from dataclasses import dataclass, field

from byway_core.intercept.datagrams import Gate
from byway_core.model.flow import Flow
from byway_core.relay.inquiry import Inquiry

# Flows that wait at a time; beyond that the rules speak without the process. Each does for a
# millisecond, so that is more new flows at once than file sharers have.
MOST_WAITING = 128
# What programs send before they have an answer: a ClientHello in QUIC takes two or three datagrams,
# a game repeats itself. What is beyond is lost, as a network without room loses it.
MOST_DATAGRAMS = 16
MOST_BYTES = 64 * 1024


@dataclass(slots=True)
class Held:
    """A flow's first datagrams, in order. `inquiry` None: nobody looks for its process; `unread` as
    `course` has it."""

    gate: Gate
    flow: Flow
    inquiry: Inquiry | None = None
    unread: bool = False
    payloads: list[bytes] = field(default_factory=list)
    size: int = 0

    def keep(self, payload: bytes) -> None:
        """One more, if there is room."""
        if len(self.payloads) < MOST_DATAGRAMS and self.size + len(payload) <= MOST_BYTES:
            self.payloads.append(payload)
            self.size += len(payload)
