"""Which name a fake address stands for: the way from a connection back to its name.

Pure bookkeeping, as `memory`; a worker process holds a replica.
"""

from __future__ import annotations

from collections.abc import Iterable

from byway_core.model.fake_addresses import fake_number, may_be_fake
from byway_core.rules.names import parse_address

# A number, and the name that it stands for.
Given = tuple[int, str]


class FakeNames:
    """What one engine's fake addresses stand for. `refused` are the numbers that are nothing else
    than that; others may be somebody's, where this engine has given out none."""

    def __init__(self) -> None:
        self.refused = range(0)
        self._names: dict[int, str] = {}

    def learn(self, given: Iterable[Given]) -> None:
        """Of two names of one number the later one counts."""
        self._names.update(given)

    def name(self, address: str) -> str | None:
        """See `ports.NameMemory.fake`."""
        if not may_be_fake(address):
            return None
        parsed = parse_address(address)
        number = None if parsed is None else fake_number(parsed)
        if number is None:
            return None
        return self._names.get(number) or ("" if number in self.refused else None)
