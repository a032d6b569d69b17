"""Where the rules send a flow of datagrams. Decides; opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from byway_core.intercept.datagrams import Endpoint
from byway_core.model.decision import DIRECT, Decision, Network, Query, Verdict
from byway_core.model.flow import Flow, HostSource
from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_core.protocols.host_name import packed_address
from byway_core.relay.connection import address_of
from byway_core.relay.routing import Routing
from byway_core.upstreams.gateway import Gateway

_QUIC_PORT = 443


@dataclass(frozen=True, slots=True)
class Course:
    """`refusal` says why a flow goes nowhere, "" for one that goes: to `to`, by `gateway`'s
    associations or, where that is None, straight."""

    refusal: str = ""
    to: Endpoint = ("", 0)
    gateway: Gateway | None = None


def course_of(flow: Flow, names: Sequence[str], routing: Routing) -> Course:
    """Let the rules speak of a flow whose destination's address has these names, newest first.
    Writes the name and the decision on it, and a `reason` where it goes otherwise than its rule
    says."""
    if names:
        flow.host, flow.host_source = names[0], HostSource.DNS
    query = Query(
        flow.host,
        address_of(flow.asked_address),
        flow.port,
        Network.UDP,
        address_of(flow.source),
        flow.source_port,
    )
    flow.decision = decision = routing.rules.decide(query)
    action = decision.action
    if action.verdict is Verdict.REJECT:
        return Course("refused by the rules")
    doubt = _quic_in_doubt(query, names, decision, routing)
    if doubt:
        return Course(doubt)
    if action.verdict is Verdict.UPSTREAM:
        return _by_upstream(flow, decision, routing.gateways[action.upstream])
    return Course(to=(flow.asked_address, flow.port))


def _by_upstream(flow: Flow, decision: Decision, gateway: Gateway) -> Course:
    upstream, there = gateway.upstream, (flow.asked_address, flow.port)
    if upstream.udp is UdpWay.REFUSE:
        return Course(f'{gateway.described} is to carry no datagrams: udp = "refuse"')
    if upstream.udp is UdpWay.DIRECT:
        flow.decision = decision._replace(action=DIRECT)
        flow.reason = f'directly, past {gateway.described}: udp = "direct"'
        return Course(to=there)
    if upstream.kind is UpstreamKind.SERVICE and packed_address(upstream.server):
        return Course(to=gateway.server)  # in the destination's place; it takes them as they are
    if upstream.kind is UpstreamKind.SOCKS5:
        return Course(to=there, gateway=gateway)
    return Course(f"{gateway.described} does not carry datagrams")


def _quic_in_doubt(query: Query, names: Sequence[str], decision: Decision, routing: Routing) -> str:
    """Why QUIC is refused where another name might have another way, "" otherwise. Over TCP the
    first bytes tell the name. Refused, QUIC comes back that way."""
    if query.port != _QUIC_PORT:
        return ""
    if not names and routing.rules.host_matters(query):
        return "its name is not known, and a rule asks for it: over TCP it is told"
    others = (routing.rules.decide(query._replace(host=name)) for name in names[1:])
    if any(other.action != decision.action for other in others):
        return "several names have this address, and go different ways: over TCP it is told"
    return ""
