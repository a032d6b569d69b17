"""Which name an intercepted flow goes by, where its address alone does not say.

A name from the DNS memory beats a sniffed one: behind an encrypted ClientHello that is only the
provider's public name. Where several names share the address, the sniffed one picks among them.
"""

from __future__ import annotations

from collections.abc import Sequence

from byway_core.model.decision import Network, Query, Verdict
from byway_core.model.flow import Flow, HostSource
from byway_core.rules.compile import RuleSet


def sniffing_helps(rules: RuleSet, query: Query, names: Sequence[str]) -> bool:
    """Whether another name could change what becomes of a flow whose address has these names in the
    DNS memory. `query` has none yet."""
    if len(names) == 1 or query.address is None:
        return False
    if not names:
        return rules.host_matters(query)
    # Several names share the address. It matters which one is meant if they go different ways, or
    # if an upstream is to be told the name; with datagrams it is told the address.
    actions = {rules.decide(query._replace(host=name)).action for name in names}
    if len(actions) > 1:
        return True
    return actions.pop().verdict is Verdict.UPSTREAM and query.network is Network.TCP


def named(
    flow: Flow,
    query: Query,
    names: Sequence[str],
    sniffed: str = "",
    source: HostSource = HostSource.NONE,
) -> Query:
    """The question for the rules, once there is no more to learn; the name is written on the flow.
    `sniffed` "" where nothing was."""
    if sniffed and (not names or sniffed in names):
        flow.host, flow.host_source = sniffed, source
    elif names:
        flow.host, flow.host_source = names[0], HostSource.DNS
    else:
        return query
    return Query(flow.host, *query[1:])
