"""Which name an intercepted flow goes by, where its address alone does not say.

A name from the DNS memory beats a sniffed one: behind an encrypted ClientHello that is only the
provider's public name. Where several names share the address, the sniffed one picks among them.
What is hearsay in the memory beats nothing but no name at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from byway_core.model.decision import Network, Query, Verdict
from byway_core.model.flow import Flow, HostSource
from byway_core.ports import NameMemory
from byway_core.rules.compile import RuleSet


class Names(NamedTuple):
    """What the DNS memory has for an address: `known` names, or where there are none, `hearsay`."""

    known: Sequence[str]
    hearsay: Sequence[str]

    @classmethod
    def of(cls, memory: NameMemory, address: str) -> Names:
        known = memory.names(address)
        return cls(known, () if known else memory.hearsay(address))


def sniffing_helps(rules: RuleSet, query: Query, names: Names) -> bool:
    """Whether another name could change what becomes of a flow whose address has these. `query` has
    none yet."""
    known, hearsay = names
    if len(known) == 1 or query.address is None:
        return False
    # An upstream is told the name, and so must be told the right one; with datagrams it is told the
    # address.
    is_told = query.network is Network.TCP
    if not known:
        return rules.host_matters(query) or (is_told and _passed_on(rules, query, hearsay[:1]))
    actions = {rules.decide(query._replace(host=name)).action for name in known}
    return len(actions) > 1 or (is_told and _passed_on(rules, query, known[:1]))


def _passed_on(rules: RuleSet, query: Query, names: Sequence[str]) -> bool:
    """Whether one of these names would go to an upstream."""
    decided = (rules.decide(query._replace(host=name)).action for name in names)
    return any(action.verdict is Verdict.UPSTREAM for action in decided)


def named(
    flow: Flow,
    query: Query,
    names: Names,
    sniffed: str = "",
    source: HostSource = HostSource.NONE,
) -> Query:
    """The question for the rules, once there is no more to learn; the name is written on the flow.
    `sniffed` "" where nothing was."""
    known, hearsay = names
    if sniffed and (not known or sniffed in known):
        flow.host, flow.host_source = sniffed, source
    elif known or hearsay:
        flow.host, flow.host_source = (known or hearsay)[0], HostSource.DNS
    else:
        return query
    return Query(flow.host, *query[1:])
