"""One measure each: which loads are run against a running peer, and which figures come of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.footprint import descriptors, memory
from bench.peers import Peer
from bench.stage import OTHERS, MeasureError, Outcome, Stage
from bench.topology import direct_target, echo_port, upstream_target

# The Go peers give memory back some time after a burst: two seconds let that begin. Longer favours
# nobody visibly.
IDLE_SETTLE = 2.0
MEGABYTE = 1e6
# Seconds there and back in `far`, and how long that lasts: a peer may learn from its first
# connections, which take four round trips, how to do later ones in fewer.
FAR = 0.05
FAR_WARM = 6.0
FAR_SECONDS = 2.0


# Programs' sockets that have a datagram under way each.
ECHOES = (1, 16, 200)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how much; times in seconds. `windows` is how often the peers take turns while
    they run side by side."""

    windows: int
    warm: float
    seconds: float
    idle_connections: int = 2000
    at_a_time: int = 64
    verify_bytes: int = 1 << 25


# A host's load changes every few seconds, so many short windows tell more than a few long ones.
FULL = Pace(windows=5, warm=0.25, seconds=0.75)
QUICK = Pace(windows=3, warm=0.25, seconds=0.5)


@dataclass(slots=True)
class Findings:
    """What one measure found: values by figure key, the loads' errors, and `others`, the largest
    share of the machine that programs of somebody else took meanwhile."""

    figures: dict[str, float] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    others: float = 0.0

    def take(self, outcome: Outcome) -> None:
        self.others = max(self.others, outcome.shares.get(OTHERS, 0.0))
        for what, count in outcome.errors.items():
            self.errors[what] = self.errors.get(what, 0) + count


Step = Callable[[Stage, Peer, Pace], Findings]


def connections(key: str, target: Callable[[int], str] = upstream_target) -> Step:
    def step(stage: Stage, peer: Peer, pace: Pace) -> Findings:
        options = {"warm": pace.warm, "seconds": pace.seconds, "at-a-time": pace.at_a_time}
        outcome = stage.drive(peer, "conn", target(peer.number), options)
        found = Findings(shares=outcome.shares)
        found.figures[f"{key}.rate"] = outcome.done / outcome.seconds
        found.figures[f"{key}.p50"] = outcome.words["p50"] * 1e3
        found.figures[f"{key}.p99"] = outcome.words["p99"] * 1e3
        if outcome.proxy and outcome.done:
            found.figures[f"{key}.cpu"] = outcome.proxy / outcome.done * 1e6
        found.take(outcome)
        return found

    return step


def ttfb(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    options = {"warm": pace.warm, "seconds": pace.seconds}
    outcome = stage.drive(peer, "ttfb", upstream_target(peer.number), options)
    figures = {"ttfb.p50": outcome.words["p50"] * 1e6, "ttfb.p99": outcome.words["p99"] * 1e6}
    found = Findings(figures)
    found.take(outcome)
    return found


def far(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    """The upstream as far away as another continent: only round trips count."""
    options = {"warm": FAR_WARM, "seconds": FAR_SECONDS}
    with stage.topology.far_away(FAR / 2):
        outcome = stage.drive(peer, "ttfb", upstream_target(peer.number), options)
    found = Findings({"far.p50": outcome.words["p50"] * 1e3})
    found.take(outcome)
    return found


def stream(key: str, target: Callable[[int], str] = upstream_target) -> Step:
    """`key` ends in the direction and the number of streams: "bulk.down8"."""
    direction, streams = key.rpartition(".")[2][:-1], int(key[-1])

    def step(stage: Stage, peer: Peer, pace: Pace) -> Findings:
        options = {
            "warm": pace.warm,
            "seconds": pace.seconds,
            "streams": streams,
            "direction": direction,
        }
        outcome = stage.drive(peer, "bulk", target(peer.number), options)
        found = Findings({key: outcome.done * 8 / outcome.seconds / 1e9})
        if outcome.proxy and outcome.done:
            found.figures[f"{key}.cpu"] = outcome.proxy / (outcome.done / 1e9) * 1e3
        found.take(outcome)
        return found

    return step


def echoes(kind: str, count: int, target: Callable[[int], str]) -> Step:
    """Of so many programs' sockets."""
    key = f"udp.{kind}{count}"

    def step(stage: Stage, peer: Peer, pace: Pace) -> Findings:
        options = {"warm": pace.warm, "seconds": pace.seconds, "count": count}
        port = echo_port(peer.number)
        outcome = stage.drive(peer, "udp", target(peer.number), options, port=port)
        found = Findings({key: outcome.done / outcome.seconds})
        if outcome.proxy and outcome.done:
            found.figures[f"{key}.cpu"] = outcome.proxy / outcome.done * 1e6
        found.take(outcome)
        return found

    return step


def wire(key: str) -> Step:
    """Bulk as a slow network card makes it: every packet for itself."""
    as_it_is = stream(key)

    def step(stage: Stage, peer: Peer, pace: Pace) -> Findings:
        stage.topology.offload(on=False)
        try:
            return as_it_is(stage, peer, pace)
        finally:
            stage.topology.offload(on=True)

    return step


def idle(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    """Memory and descriptors, with no connection and with many that have worked and now wait."""
    found = Findings()
    pids = peer.pids()
    found.figures["idle.rest"] = memory(pids).own / MEGABYTE
    at_rest = descriptors(pids)

    def look() -> None:
        time.sleep(IDLE_SETTLE)
        pids = peer.pids()
        held = memory(pids)
        found.figures["idle.own"] = held.own / MEGABYTE
        found.figures["idle.rss"] = held.resident / MEGABYTE
        found.figures["idle.fds"] = (descriptors(pids) - at_rest) / pace.idle_connections

    options = {"count": pace.idle_connections}
    found.take(stage.drive(peer, "idle", upstream_target(peer.number), options, look))
    return found


def verify(stage: Stage, peer: Peer, pace: Pace) -> None:
    """MeasureError unless bytes come back through this peer as they were sent, on both ways."""
    targets = [upstream_target(peer.number)]
    if "direct" not in peer.cannot:
        targets.append(direct_target(peer.number))
    for target in targets:
        outcome = stage.drive(peer, "verify", target, {"size": pace.verify_bytes})
        if outcome.errors:
            raise MeasureError(f"verify {target}: {dict(outcome.errors)}")


# Each measure's steps: one window of one peer each.
MEASURES: dict[str, tuple[Step, ...]] = {
    "conn": (connections("conn"),),
    "ttfb": (ttfb,),
    "far": (far,),
    "bulk": tuple(stream(f"bulk.{key}") for key in ("down1", "up1", "down8", "up8")),
    "idle": (idle,),
    "wire": (wire("wire.down8"), wire("wire.up8")),
    "direct": (
        connections("direct", direct_target),
        stream("direct.down8", direct_target),
        stream("direct.up8", direct_target),
    ),
    "udp": (
        *(echoes("direct", count, direct_target) for count in ECHOES),
        *(echoes("socks", count, upstream_target) for count in ECHOES),
    ),
}
# What has no local port to go through.
INTERCEPTED_ONLY = frozenset({"udp"})
# Once a round, of one freshly started peer after the other: what a busy host does not disturb.
ALONE = frozenset({"far", "idle"})
