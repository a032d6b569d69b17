"""The names that Byway itself must reach, under whatever profile is in force.

With dns.servers in the profile these are asked, and nobody else; otherwise libc. Names of this
machine and its neighbourhood (localhost, nas.local) are libc's in any case: no server elsewhere
knows them.
"""

from __future__ import annotations

import asyncio

from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts import hosts_of, is_near, known
from byway_core.dns.resolver import SystemResolver
from byway_core.dns.server_resolver import ServerResolver
from byway_core.dns.servers import AsAsked, FixedServers, ServerSource, SystemServers
from byway_core.model.profile import Dns
from byway_core.ports import Resolved


class OwnNames:
    """Implements `ports.Resolver`, and outlives profiles: lookups under way go on."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        forwarder: DnsForwarder,
        dns: Dns,
        *,
        as_asked: bool = False,
    ) -> None:
        self._as_asked = as_asked
        self._system = SystemResolver(loop, {})
        self._servers = ServerResolver(forwarder, {})
        self._forwarder = forwarder
        self.configure(dns)

    def configure(self, dns: Dns) -> None:
        """A new profile's; the forwarder is given it too."""
        self._hosts = hosts_of(dns.hosts)
        self._ask = self._servers if dns.servers else self._system
        servers = servers_of(dns, as_asked=self._as_asked)
        self._forwarder.configure(servers, self._hosts)

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`."""
        found = known(host, self._hosts)
        if found:
            done(found, "")
        elif is_near(host):
            self._system.lookup(host, done)
        else:
            self._ask.lookup(host, done)

    def close(self) -> None:
        """Whoever still waits is told so."""
        self._system.close()


def servers_of(dns: Dns, *, as_asked: bool = False) -> ServerSource:
    """Who is asked for names: the profile's servers, or the system's; `as_asked`: the one that the
    program has asked."""
    if dns.servers:
        return FixedServers(dns.servers)
    return AsAsked() if as_asked else SystemServers()
