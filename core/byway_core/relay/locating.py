"""A name's addresses, looked up before the rules speak, where rules or the way need them.

Whoever is known by its name alone may go on by it: rules ask for its address only where they say
`resolve`, and most upstreams are told names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import ip_address

from byway_core.model.decision import Address, Network, Query, Verdict
from byway_core.model.flow import Flow, HostSource
from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_core.relay.dialing import Target
from byway_core.relay.routing import Edges, Routing
from byway_core.rules.compile import RuleSet
from byway_core.upstreams.standing import Standing
from byway_core.upstreams.ways import Ways

# Goes on with the query, and the addresses that are as good as the one in it; empty where none
# were looked up, or there are none.
Located = Callable[[Query, Sequence[Target]], None]


@lru_cache(maxsize=4096)
def address_of(text: str) -> Address:
    """The address that getsockname() wrote as text; a v4-mapped one as IPv4."""
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def with_address(flow: Flow, query: Query, routing: Routing, edges: Edges, go_on: Located) -> None:
    """Call `go_on`, now or later, with the query and what was looked up for it. Where nothing was
    found, no rule can match that asks for an address."""
    rules = routing.rules
    if rules.wants_address(query) or _way_needs_it(flow, query, routing, edges.standing):
        edges.resolver.lookup(query.host, partial(_found, flow, rules, query, go_on))
    else:
        go_on(query, ())


def _way_needs_it(flow: Flow, query: Query, routing: Routing, standing: Standing) -> bool:
    """Of a fake address: a proxy client that has named a host knows what it can be told."""
    if flow.host_source is not HostSource.FAKE or query.address is not None:
        return False
    verdict, name = routing.rules.decide(query).action
    if verdict is Verdict.UPSTREAM and name not in routing.gateways:
        name = Ways(routing.groups, standing).first(name, query)
    gateway = routing.gateways.get(name)
    is_tcp = query.network is Network.TCP
    if gateway is None:  # DIRECT or REJECT, the rule's or the group's
        is_direct = (name or verdict.value) == Verdict.DIRECT.value
        return is_direct and not is_tcp  # dialing looks up names by itself
    upstream = gateway.upstream
    return upstream.kind is UpstreamKind.SOCKS4 if is_tcp else upstream.udp is UdpWay.DIRECT


def _found(
    flow: Flow,
    rules: RuleSet,
    query: Query,
    go_on: Located,
    addresses: Sequence[Target],
    error: str,
) -> None:
    """The first address counts; as good are those for which the rules say the same."""
    if not addresses:
        go_on(query, ())
        return
    if query.network is Network.UDP:  # of which only one is tried: as the program would have
        is_six = ":" in flow.asked_address
        addresses = sorted(addresses, key=lambda target: (":" in target[1]) is not is_six)
    located = [query._replace(address=address_of(address)) for _, address in addresses]
    action = rules.decide(located[0]).action
    targets = [
        target
        for target, each in zip(addresses, located, strict=True)
        if rules.decide(each).action == action
    ]
    go_on(located[0], targets)
