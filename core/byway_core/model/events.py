"""What happens to flows, as told to whoever follows along."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from byway_core.model.flow import FlowSnapshot


class EventKind(Enum):
    OPENED = "opened"
    UPDATED = "updated"  # its state, byte counts or process; at most about once a second
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class FlowEvent:
    kind: EventKind
    flow: FlowSnapshot
