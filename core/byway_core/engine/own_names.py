"""The names that Byway itself must reach, under whatever profile is in force, and who is asked for
which name at all.

Where the profile names servers for a name these are asked, and nobody else; otherwise libc. Names
of this machine and its neighbourhood (localhost, nas.local) are libc's in any case: no server
elsewhere knows them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from socket import AddressFamily

from byway_core.dns.choice import Choice
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts import hosts_of, known
from byway_core.dns.resolver import SystemResolver
from byway_core.dns.server_resolver import ServerResolver
from byway_core.dns.servers import AsAsked, FixedServers, ServerSource, SystemServers
from byway_core.dns.stack import Tunnel
from byway_core.engine.tunnels import Tunnels
from byway_core.model.fake_addresses import may_be_fake
from byway_core.model.profile import Dns, Profile, Transport
from byway_core.model.sentence import say
from byway_core.ports import Arrived, Resolved, Resolver
from byway_core.relay.routing import Routing
from byway_core.rules.compile import RuleSet
from byway_core.upstreams.standing import Doubt, Standing


class OwnNames:
    """Implements `ports.Resolver`, and outlives profiles: lookups under way go on."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        forwarder: DnsForwarder,
        profile: Profile,
        routing: Routing,
        standing: Standing,
        *,
        as_asked: bool = False,
    ) -> None:
        """`as_asked`: the machine's own questions are intercepted, libc's in this process too."""
        self._standing = standing
        self._as_asked = as_asked
        self._system = SystemResolver(loop, {})
        self._servers = ServerResolver(forwarder, {}, loop.call_later)
        self._forwarder = forwarder
        forwarder.use_lookup(self.lookup)
        forwarder.use_lost(self._lost)
        self.configure(profile, routing)

    def configure(self, profile: Profile, routing: Routing) -> None:
        """A new profile's; the forwarder is given it too."""
        dns, tunnels = profile.dns, Tunnels.of(routing, self._standing)
        self._gateways = routing.gateways
        self._hosts = hosts_of(dns.hosts)
        self._choice = choice_of(dns, tunnels, as_asked=self._as_asked)
        self.fake_choice = fake_choice_of(profile, routing.rules, self._choice)
        self._forwarder.configure(self._choice, self._hosts, tunnels)

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`."""
        found = known(host, self._hosts)
        if found:
            done(found, "")
        elif self._is_faked(host):
            told = partial(_real_part, host, lambda real, error, _last: done(real, error))
            self._servers.lookup(host, lambda found, error: told(found, error, True))
        else:
            self._resolver(host).lookup(host, done)

    def lookup_in_parts(self, host: str, arrived: Arrived) -> None:
        """See `ports.Resolver.lookup_in_parts`."""
        found = known(host, self._hosts)
        if found:
            arrived(found, "", True)
        elif self._is_faked(host):
            self._servers.lookup_in_parts(host, partial(_real_part, host, arrived))
        else:
            self._resolver(host).lookup_in_parts(host, arrived)

    def _resolver(self, host: str) -> Resolver:
        of_system = self._choice.source(host) is self._choice.system
        return self._system if of_system else self._servers

    def _is_faked(self, host: str) -> bool:
        """Whether libc's question would come back to us, and get a fake address."""
        return self._as_asked and self.fake_choice is not None and self.fake_choice.covers(host)

    def _lost(self, tunnel: Tunnel, why: str) -> None:
        words = say("{upstream}: {words}", upstream=tunnel.described, words=why)
        for name, gateway in self._gateways.items():
            if gateway is tunnel:
                self._standing.fail(name, words, Doubt.DEAD)

    def close(self) -> None:
        """Whoever still waits is told so."""
        self._system.close()


def _real_part(
    host: str,
    arrived: Arrived,
    addresses: Sequence[tuple[AddressFamily, str]],
    error: str,
    last: bool,
) -> None:
    """Pass on what was found, but for what leads back here."""
    real = [pair for pair in addresses if not may_be_fake(pair[1])]
    if addresses and not real:
        error = say(
            "the name {host} leads back to Byway: the resolver on this machine asks it in its "
            "turn. dns.servers of the profile can name others",
            host=host,
        )
    if real or last:
        arrived(real, error, last)


def fake_choice_of(profile: Profile, rules: RuleSet, choice: Choice) -> FakeChoice | None:
    """Which names get fake addresses; None where none do."""
    dns = profile.dns
    if not dns.fake_addresses:
        return None
    servers = [*dns.servers, *(each for resolver in dns.resolvers for each in resolver.servers)]
    needed = {each.host for each in servers} | {each.server for each in profile.upstreams}
    return FakeChoice(rules, choice, real=dns.real_names, needed=needed)


def choice_of(dns: Dns, tunnels: Tunnels, *, as_asked: bool = False) -> Choice:
    """Who is asked for names: the profile's servers, or the system's; `as_asked`: the one that the
    program has asked."""
    system: ServerSource = AsAsked() if as_asked else SystemServers()
    plain = [server for server in dns.servers if server.transport is Transport.PLAIN]
    return Choice(
        FixedServers(dns.servers) if dns.servers else system,
        system,
        rules=dns.rules,
        resolvers={
            resolver.name: FixedServers(resolver.servers) if resolver.servers else system
            for resolver in dns.resolvers
        },
        needed=frozenset(_needed(dns, tunnels)),
        plain=FixedServers(plain) if plain else None,
    )


def _needed(dns: Dns, tunnels: Tunnels) -> Iterator[str]:
    """Names without which a server cannot be reached: its own, or its upstream's, to which the
    server's goes as a name."""
    lists = [dns.servers, *(resolver.servers for resolver in dns.resolvers)]
    for server in (server for servers in lists for server in servers):
        if server.via:
            yield from tunnels.servers(server.via)
        if server.address is None and (not server.via or tunnels.may_go_directly(server.via)):
            yield server.host
