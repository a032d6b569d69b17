"""Byway's own questions, asked as the profile says: of its servers where it names some, else of the
system. It must not know how either is asked.
"""

from __future__ import annotations

import asyncio

from byway_core.dns.asking import MakeSocket, plain_tcp, plain_udp
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts import hosts_of
from byway_core.dns.memory import NameMemory
from byway_core.dns.resolver import SystemResolver
from byway_core.dns.server_resolver import ServerResolver
from byway_core.dns.servers import FixedServers
from byway_core.model.profile import Dns
from byway_core.ports import Resolved, Resolver

# Names of this machine and its surroundings, of which a server elsewhere knows nothing: localhost
# (RFC 6761), mDNS (RFC 6762), home networks (RFC 8375) and what has no dot at all.
_NEAR = (".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home")


class ProfileResolver:
    """Implements `ports.Resolver`. Where the profile names servers and they do not answer, the
    system is not asked instead: that would tell it what the user chose to keep from it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        dns: Dns,
        *,
        udp: MakeSocket = plain_udp,
        tcp: MakeSocket = plain_tcp,
    ) -> None:
        """`udp` and `tcp` make the sockets to the profile's servers (see `DnsForwarder`)."""
        self._loop = loop
        self._udp = udp
        self._tcp = tcp
        self._system = SystemResolver(loop, {})
        self._forwarder: DnsForwarder | None = None
        self._far: Resolver = self._system
        self.use(dns)

    def use(self, dns: Dns) -> None:
        """A new profile. Lookups under way end as they began."""
        hosts = hosts_of(dns.hosts)
        self._system.use_hosts(hosts)
        if not dns.servers:
            self._far = self._system
            return
        servers = FixedServers(dns.servers)
        if self._forwarder is None:
            # Its memory is for programs' questions; nobody connects to what is asked for here.
            memory = NameMemory(capacity=16)
            self._forwarder = DnsForwarder(
                self._loop, servers, hosts, memory, udp=self._udp, tcp=self._tcp
            )
        else:
            self._forwarder.configure(servers, hosts)
        self._far = ServerResolver(self._forwarder, hosts)

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`; the error is a sentence that names the host."""
        near = "." not in host or host.endswith(_NEAR)
        (self._system if near else self._far).lookup(host, done)

    def close(self) -> None:
        """Whoever still waits is told so."""
        self._system.close()
        if self._forwarder is not None:
            self._forwarder.close()
