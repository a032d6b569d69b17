"""What is known of addresses' names, and what is only said.

Where programs choose their servers, any program can ask a server of its own and so have any name
put to any address, also for the connections of others. So an answer counts as knowledge only if it
came from the system's servers or the profile's. What others say is kept apart: it cannot push out
what is known, and stands back behind what a connection itself says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from byway_core.dns.memory import Learned, NameMemory

# Addresses of which something is said: a resolver of one's own that asks the whole world (unbound,
# an advertisement blocker) makes all its answers hearsay.
_SAID = 16_384


class KnownNames:
    """Implements `ports.NameMemory`. A replica follows by `learn` with what `on_learn` was given:
    the batch, and whether it is hearsay."""

    def __init__(self, on_learn: Callable[[Sequence[Learned], bool], None] | None = None) -> None:
        def hook(hearsay: bool) -> Callable[[Sequence[Learned]], None] | None:
            return None if on_learn is None else lambda batch: on_learn(batch, hearsay)

        self.known = NameMemory(on_learn=hook(False))
        self._said = NameMemory(on_learn=hook(True), capacity=_SAID)
        self.names = self.known.names
        self.hearsay = self._said.names

    def learn(self, batch: Sequence[Learned], *, hearsay: bool = False) -> None:
        """See `NameMemory.learn`."""
        (self._said if hearsay else self.known).learn(batch)

    def leads(self, name: str, addresses: Sequence[str], *, hearsay: bool = False) -> bool:
        """See `NameMemory.leads`."""
        return (self._said if hearsay else self.known).leads(name, addresses)
