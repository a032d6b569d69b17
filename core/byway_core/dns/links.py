"""The connections to all DNS servers that are asked over one: at most one for each."""

from __future__ import annotations

from collections.abc import Mapping

from byway_core.dns.asking import Ask, Asker
from byway_core.dns.link import Link, Surroundings
from byway_core.dns.servers import StreamServer
from byway_core.dns.stack import Tunnel


class Links:
    """Belongs to one loop. Made when they are needed, ended when they are idle."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._links: dict[StreamServer, Link] = {}

    def ask(self, asker: Asker, server: StreamServer) -> Ask:
        """A question for that server, still to be sent."""
        link = self._links.get(server)
        if link is None:
            link = self._links[server] = Link(self.around, server)
        return link.ask(asker)

    def use_tunnels(self, tunnels: Mapping[str, Tunnel]) -> None:
        """Another profile's upstreams, by name. What is under way goes on as it began."""
        self.around.tunnels = tunnels
        for link in self._links.values():
            link.retire()
        self._links.clear()

    def close(self) -> None:
        for link in self._links.values():
            link.close()
        self._links.clear()
