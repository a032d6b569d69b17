"""What comes back when the helper has put a plan into force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handover:
    """Descriptors, the receiver's: listeners of each worker, UDP receivers, raw senders, and a
    channel of marked sockets for each worker."""

    tcp: tuple[tuple[int, ...], ...]
    udp: tuple[int, ...]
    answers: tuple[int, ...]
    channels: tuple[int, ...]
