"""Where the rules send a flow of datagrams. Decides; opens nothing."""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.intercept.datagrams import Endpoint
from byway_core.model.decision import DIRECT, Decision, Network, Query, Verdict
from byway_core.model.flow import Flow
from byway_core.model.sentence import say
from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_core.protocols.host_name import packed_address
from byway_core.relay.connection import address_of
from byway_core.relay.routing import Routing
from byway_core.upstreams.gateway import Gateway

# A browser that is refused here comes back by TCP, where the first bytes tell the name. On other
# ports nothing is known to do so.
_QUIC_PORT = 443


@dataclass(frozen=True, slots=True)
class Course:
    """`refusal` says why a flow goes nowhere, "" for one that goes: to `to`, by `gateway`'s
    associations or, where that is None, straight."""

    refusal: str = ""
    to: Endpoint = ("", 0)
    gateway: Gateway | None = None


def question(flow: Flow) -> Query:
    """What the rules are asked about it, before a name is known."""
    return Query(
        "",
        address_of(flow.asked_address),
        flow.port,
        Network.UDP,
        address_of(flow.source),
        flow.source_port,
    )


def course_of(flow: Flow, query: Query, routing: Routing, *, unread: bool = False) -> Course:
    """Let the rules speak. `unread`: it may be QUIC, whose name could change what they say, and
    has not been read. Writes the decision on the flow, and a `reason` where it goes otherwise than
    its rule says."""
    flow.decision = decision = routing.rules.decide(query)
    action = decision.action
    if action.verdict is Verdict.REJECT:
        return Course(say("refused by the rules"))
    if unread and flow.port == _QUIC_PORT:
        return Course(
            say("its QUIC name cannot be read, and a rule asks for it: over TCP it is told")
        )
    if action.verdict is Verdict.UPSTREAM:
        return _by_upstream(flow, decision, routing.gateways[action.upstream])
    return Course(to=(flow.asked_address, flow.port))


def _by_upstream(flow: Flow, decision: Decision, gateway: Gateway) -> Course:
    upstream, there = gateway.upstream, (flow.asked_address, flow.port)
    if upstream.udp is UdpWay.REFUSE:
        return Course(
            say('{upstream} is to carry no datagrams: udp = "refuse"', upstream=gateway.described)
        )
    if upstream.udp is UdpWay.DIRECT:
        flow.decision = decision._replace(action=DIRECT)
        flow.reason = say('directly, past {upstream}: udp = "direct"', upstream=gateway.described)
        return Course(to=there)
    if upstream.kind is UpstreamKind.SERVICE and packed_address(upstream.server):
        return Course(to=gateway.server)  # in the destination's place; it takes them as they are
    if upstream.kind is UpstreamKind.SOCKS5:
        return Course(to=there, gateway=gateway)
    return Course(say("{upstream} does not carry datagrams", upstream=gateway.described))
