"""Who is asked for which name.

    names that are needed to reach a server   plain servers only, so that nothing waits for itself
    nas, nas.local, localhost                 the system, whatever the profile says
    what a rule of the profile names          that rule's resolver
    the neighbourhood's other names           the system: no server elsewhere knows them
    all the rest                              the profile's servers, or the system's

It must not know how anybody is asked, nor what for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address

from byway_core.dns.hosts import is_here, is_near
from byway_core.dns.servers import ServerSource
from byway_core.model.decision import Query
from byway_core.model.profile import PRIVATE_NETWORKS
from byway_core.model.rule import Rule
from byway_core.rules.compile import compile_rules

# Names whose choice is remembered, 100 bytes each; when full, all are forgotten.
_REMEMBERED = 4096
_PORT = 53
_IPV4_REVERSE, _IPV6_REVERSE = ".in-addr.arpa", ".ip6.arpa"
SYSTEM = "system"


class Choice:
    """For one profile. Names are normalised."""

    def __init__(
        self,
        default: ServerSource,
        system: ServerSource | None = None,
        *,
        rules: Sequence[Rule] = (),
        resolvers: Mapping[str, ServerSource] | None = None,
        needed: Collection[str] = (),
        plain: ServerSource | None = None,
    ) -> None:
        """`system`: the machine's own servers, the default where None. Each of `rules` names one
        of `resolvers`, or the system. `needed`: what must be known before other servers can be
        asked; `plain` is asked for these, the system where None."""
        self.default = default
        self.system = system or default
        self._rules = compile_rules(rules) if rules else None
        self._resolvers = {SYSTEM: self.system, **(resolvers or {})}
        self._needed = frozenset(needed)
        self._plain = plain or self.system
        self._chosen: dict[str, ServerSource] = {}
        self._seen = self.system.current()

    def source(self, name: str) -> ServerSource:
        """Whom to ask for this name."""
        chosen = self._chosen.get(name)
        if chosen is None:
            if len(self._chosen) >= _REMEMBERED:
                self._chosen.clear()
            chosen = self._chosen[name] = self._choose(name)
        return chosen

    def sources(self) -> Iterator[ServerSource]:
        """All that may be asked."""
        yield self.default
        yield self._plain
        yield from self._resolvers.values()

    def has_changed(self) -> bool:
        """Whether the system's servers are others than at the last look: another network."""
        seen, self._seen = self._seen, self.system.current()
        if seen == self._seen:
            return False
        self._chosen.clear()
        return True

    def resolver(self, name: str) -> str:
        """The resolver that a rule names for it, "" where none does."""
        if self._rules is None:
            return ""
        decision = self._rules.decide(Query(name, None, _PORT))
        return "" if decision.rule_index is None else decision.action.upstream

    def described(self, name: str) -> str:
        """Whom `source` is, in words."""
        source, resolver = self.source(name), self.resolver(name)
        if source is self.system:
            return "the system's own servers"
        servers = ", ".join(server.text for server in source.current().servers)
        is_ruled = resolver and self._resolvers[resolver] is source
        return f"{resolver} ({servers})" if is_ruled else servers

    def _choose(self, name: str) -> ServerSource:
        if name in self._needed:
            return self._plain
        if is_here(name):
            return self.system
        resolver = self.resolver(name)
        if resolver:
            return self._resolvers[resolver]
        if is_near(name) or is_private_reverse(name) or self._is_searched(name):
            return self.system
        return self.default

    def _is_searched(self, name: str) -> bool:
        """Below one of the domains in which the network completes short names. One of a single
        label does not count: a network could claim all of `com` by it."""
        return any(
            name == domain or name.endswith("." + domain)
            for domain in self._seen.search
            if "." in domain
        )


def is_private_reverse(name: str) -> bool:
    """Whether it is what an address of the own network, or of this machine, is asked by: who
    answers for the world knows nothing of these (RFC 6303)."""
    address = _reversed_address(name)
    if address is None:
        return False
    return (
        address.is_link_local
        or address.is_loopback
        or any(address in network for network in PRIVATE_NETWORKS)
    )


def _reversed_address(name: str) -> IPv4Address | IPv6Address | None:
    """The address, zeros for what the name leaves out, in a name of a reverse zone."""
    if name.endswith(_IPV4_REVERSE):
        parts = name.removesuffix(_IPV4_REVERSE).split(".")[::-1]
        if len(parts) <= 4 and all(part.isdecimal() and int(part) < 256 for part in parts):
            packed = bytes(int(part) for part in parts)
            return IPv4Address(packed.ljust(4, b"\0"))
    elif name.endswith(_IPV6_REVERSE):
        digits = name.removesuffix(_IPV6_REVERSE).split(".")[::-1]
        if len(digits) <= 32 and all(len(digit) == 1 and digit in _HEX for digit in digits):
            return IPv6Address(int("".join(digits).ljust(32, "0"), 16))
    return None


_HEX = "0123456789abcdef"
