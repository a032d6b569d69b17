"""How servers fare: who was silent is asked last for a while, and the user is told of it."""

from __future__ import annotations

import logging
import time

from byway_core.dns.servers import AnyServer, ServerList
from byway_core.model.sentence import say

_log = logging.getLogger(__name__)

# A server that was silent is asked last for this long, so that a dead first server costs one
# question in half a minute its two seconds, not each.
_REST = 30.0


class Health:
    """Belongs to one forwarder."""

    def __init__(self) -> None:
        self._resting: dict[AnyServer, tuple[float, str]] = {}
        self._turn = 0

    def silent(self, server: AnyServer, why: str) -> None:
        """It did not answer, or cannot be reached. Said once, until it answers again."""
        if server not in self._resting:
            _log.warning("%s", _sentence(server, why))
        self._resting[server] = time.monotonic() + _REST, why

    def answered(self, server: AnyServer) -> None:
        if self._resting.pop(server, None) is not None:
            _log.info("the DNS server %s answers again", server.text)

    def forget(self) -> None:
        """The servers are others now."""
        self._resting.clear()

    def problems(self) -> tuple[str, ...]:
        """A sentence for each server that has not answered since it was last silent."""
        return tuple(_sentence(server, why) for server, (_, why) in self._resting.items())

    def ordered(self, current: ServerList) -> tuple[AnyServer, ...]:
        """The servers in the order in which to ask them for the next question."""
        servers = current.servers
        if len(servers) < 2 or not (current.rotate or self._resting):
            return servers
        if current.rotate:
            self._turn = (self._turn + 1) % len(servers)
            servers = servers[self._turn :] + servers[: self._turn]
        now = time.monotonic()
        return tuple(sorted(servers, key=lambda server: self._rests(server, now)))

    def _rests(self, server: AnyServer, now: float) -> bool:
        resting = self._resting.get(server)
        return resting is not None and resting[0] > now


def _sentence(server: AnyServer, why: str) -> str:
    return say("the DNS server {server} does not answer: {why}", server=server.text, why=why)
