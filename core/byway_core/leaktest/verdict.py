"""What left by which way, beside what the rules say. Pure.

A leak is a packet over the link that goes straight to where a rule sends nothing straight, or a
question in clear for the name of such a destination. That something does not get through where it
should is no leak, but told as well.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from byway_core.leaktest.internet import Seen
from byway_core.leaktest.prober import DATAGRAM_PORT, Said
from byway_core.leaktest.targets import QUIC_PORT, Target, expected, goes_direct
from byway_core.model.decision import Action, Network, Verdict
from byway_core.model.group import Group, GroupKind
from byway_core.model.profile import Profile
from byway_core.model.upstream import UdpWay, Upstream, UpstreamKind
from byway_core.rules.compile import RuleSet


class Way(Enum):
    DIRECT = "direct"
    UPSTREAM = "upstream"
    IN_CLEAR = "in-clear"  # a name, asked so that the network reads it
    NOT_SEEN = "not-seen"  # a name that was asked of nobody in clear
    REFUSED = "refused"


class Judgement(Enum):
    RIGHT = "right"
    LEAK = "leak"
    STUCK = "stuck"  # it should have come through


@dataclass(frozen=True, slots=True)
class Trial:
    """`kind` is "names", "tcp", "udp" or "quic"; `family` 4 or 6, 0 for names. `rules` is what the
    rules say ("DIRECT", "REJECT", an upstream's name); `through` the upstream that it came by, or
    who was asked in clear; `error` what the program was told where nothing came through."""

    target: Target
    kind: str
    family: int
    rules: str
    way: Way
    through: str
    error: str
    judgement: Judgement


_PORTS = {"udp": DATAGRAM_PORT, "quic": QUIC_PORT}


def judged(
    rules: RuleSet,
    targets: Sequence[Target],
    ways: Mapping[str, UdpWay],
    said: Iterable[Said],
    seen: Iterable[Seen],
    *,
    may_be_direct: Container[str] = (),
) -> list[Trial]:
    """Every trial, by targets; `ways` says of each upstream and group what becomes of datagrams.
    `may_be_direct`: groups that have DIRECT as a member."""
    answers = {(each.target, each.trial): each for each in said}
    packets = frozenset(seen)
    found = []
    for number, target in enumerate(targets):
        if target.host:
            answer = answers.get((number, "name"))
            found.append(_names(rules, target, answer, packets, may_be_direct))
        for kind in "tcp", "udp", "quic":
            for family in 4, 6:
                answer = answers.get((number, f"{kind}{family}"))
                found.append(
                    _way(rules, target, ways, kind, family, answer, packets, may_be_direct)
                )
    return found


def _names(
    rules: RuleSet,
    target: Target,
    answer: Said | None,
    seen: frozenset[Seen],
    may_be_direct: Container[str],
) -> Trial:
    action = expected(rules, target, Network.TCP, target.port, six=False)
    asked = sorted({each.address for each in seen if each.name == target.host})
    way = Way.IN_CLEAR if asked else Way.NOT_SEEN
    error = answer.error if answer is not None else "not tried"
    if asked and not (goes_direct(action) or str(action) in may_be_direct):
        judgement = Judgement.LEAK
    elif error and action.verdict is not Verdict.REJECT:
        judgement = Judgement.STUCK
    else:
        judgement = Judgement.RIGHT
    return Trial(target, "names", 0, str(action), way, ", ".join(asked), error, judgement)


def _way(
    rules: RuleSet,
    target: Target,
    ways: Mapping[str, UdpWay],
    kind: str,
    family: int,
    answer: Said | None,
    seen: frozenset[Seen],
    may_be_direct: Container[str],
) -> Trial:
    network = Network.TCP if kind == "tcp" else Network.UDP
    port = _PORTS.get(kind, target.port)
    action = expected(rules, target, network, port, six=family == 6)
    told = answer.address if answer is not None else ""
    places = {told, target.six if family == 6 else target.four}
    straight = any(
        each.address in places and each.protocol == network.value and each.port == port
        for each in seen
    )
    via = (answer and answer.via) or ""
    through = answer is not None and answer.via is not None
    # By a fake address of one family it may have gone to a real one of the other.
    is_direct = straight or (through and not via)
    way = Way.DIRECT if is_direct else Way.UPSTREAM if via else Way.REFUSED
    meant = _meant(action, network, ways)
    if straight and meant is not Verdict.DIRECT and str(action) not in may_be_direct:
        judgement = Judgement.LEAK
    elif through == (meant is not Verdict.REJECT):
        judgement = Judgement.RIGHT
    else:
        judgement = Judgement.STUCK
    error = "" if through or answer is None else answer.error
    return Trial(target, kind, family, str(action), way, via, error, judgement)


def _meant(action: Action, network: Network, ways: Mapping[str, UdpWay]) -> Verdict:
    """What becomes of it by the rules, and by what the profile says of datagrams: many upstreams
    carry none, which are refused, so that programs come by TCP."""
    if network is Network.TCP or action.verdict is not Verdict.UPSTREAM:
        return action.verdict
    return _MEANT[ways[action.upstream]]


def datagram_way(upstream: Upstream) -> UdpWay:
    """What becomes of datagrams that a rule sends there: REFUSE also where its kind has none."""
    if upstream.udp is UdpWay.CARRY and upstream.kind not in _CARRYING:
        return UdpWay.REFUSE
    return upstream.udp


def datagram_ways(profile: Profile) -> dict[str, UdpWay]:
    """The same for all its upstreams, and for groups in which nothing has been chosen."""
    ways = {each.name: datagram_way(each) for each in profile.upstreams}
    ways |= {"DIRECT": UdpWay.DIRECT, "REJECT": UdpWay.REFUSE}
    groups = {group.name: group for group in profile.groups}

    def find(name: str) -> UdpWay:
        if name not in ways:
            ways[name] = of_members(groups[name])
        return ways[name]

    def of_members(group: Group) -> UdpWay:
        if group.kind is GroupKind.SELECT:
            return find(group.members[0])
        taking = (way for member in group.members if (way := find(member)) is not UdpWay.REFUSE)
        return next(taking, UdpWay.REFUSE)

    for name in groups:
        find(name)
    return ways


_CARRYING = (UpstreamKind.SOCKS5, UpstreamKind.SERVICE)
_MEANT = {
    UdpWay.CARRY: Verdict.UPSTREAM,
    UdpWay.REFUSE: Verdict.REJECT,
    UdpWay.DIRECT: Verdict.DIRECT,
}


def leaks(trials: Iterable[Trial]) -> list[Trial]:
    return [trial for trial in trials if trial.judgement is Judgement.LEAK]


def as_json(trial: Trial) -> Mapping[str, object]:
    return {
        "target": trial.target.label,
        "kind": trial.kind,
        "family": trial.family,
        "rules": trial.rules,
        "way": trial.way.value,
        "through": trial.through,
        "error": trial.error,
        "judgement": trial.judgement.value,
    }
