"""Where the rules send a flow of datagrams. Decides; opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from byway_core.intercept.datagrams import Endpoint
from byway_core.model.decision import DIRECT, Decision, Network, Query, Verdict
from byway_core.model.flow import Flow, HostSource
from byway_core.model.sentence import in_a_row, say
from byway_core.model.upstream import UdpWay, UpstreamKind
from byway_core.protocols.host_name import packed_address
from byway_core.relay.attempts import MOST_ATTEMPTS
from byway_core.relay.locating import address_of
from byway_core.relay.routing import Routing
from byway_core.upstreams.gateway import Gateway
from byway_core.upstreams.standing import Standing
from byway_core.upstreams.ways import Ways

# A browser that is refused here comes back by TCP, where the first bytes tell the name. On other
# ports nothing is known to do so.
_QUIC_PORT = 443


@dataclass(frozen=True, slots=True)
class Course:
    """`refusal` says why a flow goes nowhere, "" for one that goes: to `to`, a name where its
    address is not known, by `gateway`'s associations or, where that is None, straight. `again` asks
    its group once more, where there is one."""

    refusal: str = ""
    to: Endpoint = ("", 0)
    gateway: Gateway | None = None
    again: Callable[[], Course] | None = None


@dataclass(frozen=True, slots=True)
class Roads:
    """What courses are found by. `refusal` says why no datagrams go by an upstream at present, ""
    where they may."""

    routing: Routing
    standing: Standing
    refusal: Callable[[Gateway], str]


def question(flow: Flow) -> Query:
    """What the rules are asked about it, before a name is known; or by the name alone that its
    fake address stands for."""
    return Query(
        flow.host,
        None if flow.host else address_of(flow.asked_address),
        flow.port,
        Network.UDP,
        address_of(flow.source),
        flow.source_port,
    )


def course_of(flow: Flow, query: Query, roads: Roads, *, unread: bool = False) -> Course:
    """Let the rules speak. `unread`: it may be QUIC, whose name could change what they say, and
    has not been read. Writes the decision on the flow, and a `reason` where it goes otherwise than
    its rule says."""
    flow.decision = decision = roads.routing.rules.decide(query)
    action = decision.action
    if action.verdict is Verdict.REJECT:
        return Course(say("refused by the rules"))
    if unread and flow.port == _QUIC_PORT:
        return Course(
            say("its QUIC name cannot be read, and a rule asks for it: over TCP it is told")
        )
    if action.verdict is Verdict.UPSTREAM:
        gateway = roads.routing.gateways.get(action.upstream)
        if gateway is None:
            return _by_group(flow, query, decision, roads)
        course = _by_upstream(flow, decision, gateway, _there(flow, query))
        return _unless_refused(course, roads)
    return _straight(_there(flow, query))


def _there(flow: Flow, query: Query) -> Endpoint:
    """The destination: what the program's address is, or stands for."""
    if flow.host_source is not HostSource.FAKE:
        return flow.asked_address, flow.port
    return (flow.host if query.address is None else str(query.address)), flow.port


def _straight(to: Endpoint) -> Course:
    if packed_address(to[0]):
        return Course(to=to)
    return Course(say("no address of {host} was found", host=to[0]))


def _by_upstream(flow: Flow, decision: Decision, gateway: Gateway, there: Endpoint) -> Course:
    upstream = gateway.upstream
    if upstream.udp is UdpWay.REFUSE:
        return Course(
            say('{upstream} is to carry no datagrams: udp = "refuse"', upstream=gateway.described)
        )
    if upstream.udp is UdpWay.DIRECT:
        flow.decision = decision._replace(action=DIRECT)
        flow.reason = say('directly, past {upstream}: udp = "direct"', upstream=gateway.described)
        return _straight(there)
    if upstream.kind is UpstreamKind.SERVICE and packed_address(upstream.server):
        return Course(to=gateway.server)  # in the destination's place; it takes them as they are
    if upstream.kind is UpstreamKind.SOCKS5:
        return Course(to=there, gateway=gateway)
    return Course(say("{upstream} does not carry datagrams", upstream=gateway.described))


def _unless_refused(course: Course, roads: Roads) -> Course:
    refusal = "" if course.gateway is None else roads.refusal(course.gateway)
    return Course(refusal) if refusal else course


def _by_group(flow: Flow, query: Query, decision: Decision, roads: Roads) -> Course:
    """By the first of the group's members that takes datagrams."""
    group, there = decision.action.upstream, _there(flow, query)
    ways = Ways(roads.routing.groups, roads.standing)
    roads.standing.use(group)
    refusals: list[str] = []
    for way in islice(ways.of(group, query), MOST_ATTEMPTS):
        flow.decision, flow.reason = decision, ""
        flow.member, flow.because = way.member, ways.because(way)
        if way.member == Verdict.REJECT.value:
            return Course(flow.because)
        if way.member == Verdict.DIRECT.value:
            course = _straight(there)
        else:
            gateway = roads.routing.gateways[way.member]
            course = _unless_refused(_by_upstream(flow, decision, gateway, there), roads)
            if flow.decision.action is DIRECT:
                flow.member = Verdict.DIRECT.value  # past the upstream
        if not course.refusal:
            return replace(course, again=partial(_by_group, flow, query, decision, roads))
        refusals.append(course.refusal)
    return Course(in_a_row(refusals) or ways.none_alive(group))
