"""One measure each: which loads are run against a running peer, and which figures come of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.footprint import descriptors, memory
from bench.peers import Peer
from bench.stage import OTHERS, MeasureError, Outcome, Stage
from bench.topology import direct_target, upstream_target

# The Go peers give memory back some time after a burst: two seconds let that begin. Longer favours
# nobody visibly.
IDLE_SETTLE = 2.0
MEGABYTE = 1e6
# Seconds there and back in `far`.
FAR = 0.05


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how much; times in seconds."""

    warm: float
    seconds: float
    bulk_seconds: float
    idle_connections: int = 2000
    at_a_time: int = 64
    verify_bytes: int = 1 << 25


FULL = Pace(warm=1.0, seconds=4.0, bulk_seconds=3.0)
QUICK = Pace(warm=0.5, seconds=1.5, bulk_seconds=1.0)


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


def _connections(
    stage: Stage, peer: Peer, pace: Pace, target: str, key: str, found: Findings
) -> None:
    options = {"warm": pace.warm, "seconds": pace.seconds, "at-a-time": pace.at_a_time}
    outcome = stage.drive(peer, "conn", target, options)
    found.take(outcome)
    found.figures[f"{key}.rate"] = outcome.done / outcome.seconds
    found.figures[f"{key}.p50"] = outcome.words["p50"] * 1e3
    found.figures[f"{key}.p99"] = outcome.words["p99"] * 1e3
    if outcome.proxy and outcome.done:
        found.figures[f"{key}.cpu"] = outcome.proxy / outcome.done * 1e6
    found.shares = outcome.shares


def _stream(stage: Stage, peer: Peer, pace: Pace, target: str, key: str, found: Findings) -> None:
    """`key` ends in the direction and the number of streams: "bulk.down8"."""
    direction, streams = key.rpartition(".")[2][:-1], int(key[-1])
    options = {
        "warm": pace.warm / 2,
        "seconds": pace.bulk_seconds,
        "streams": streams,
        "direction": direction,
    }
    outcome = stage.drive(peer, "bulk", target, options)
    found.take(outcome)
    found.figures[key] = outcome.done * 8 / outcome.seconds / 1e9
    if outcome.proxy and outcome.done:
        found.figures[f"{key}.cpu"] = outcome.proxy / (outcome.done / 1e9) * 1e3


def conn(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    found = Findings()
    _connections(stage, peer, pace, upstream_target(peer.number), "conn", found)
    return found


def ttfb(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    options = {"warm": pace.warm / 2, "seconds": pace.seconds / 2}
    outcome = stage.drive(peer, "ttfb", upstream_target(peer.number), options)
    figures = {"ttfb.p50": outcome.words["p50"] * 1e6, "ttfb.p99": outcome.words["p99"] * 1e6}
    found = Findings(figures)
    found.take(outcome)
    return found


def far(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    """The upstream as far away as another continent: only round trips count."""
    options = {"warm": 2 * FAR, "seconds": pace.seconds}
    with stage.topology.far_away(FAR / 2):
        outcome = stage.drive(peer, "ttfb", upstream_target(peer.number), options)
    found = Findings({"far.p50": outcome.words["p50"] * 1e3})
    found.take(outcome)
    return found


def bulk(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    found = Findings()
    for key in ("bulk.down1", "bulk.up1", "bulk.down8", "bulk.up8"):
        _stream(stage, peer, pace, upstream_target(peer.number), key, found)
    return found


def direct(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    found = Findings()
    _connections(stage, peer, pace, direct_target(peer.number), "direct", found)
    for key in ("direct.down8", "direct.up8"):
        _stream(stage, peer, pace, direct_target(peer.number), key, found)
    return found


def wire(stage: Stage, peer: Peer, pace: Pace) -> Findings:
    """Bulk as a slow network card makes it: every packet for itself."""
    found = Findings()
    stage.topology.offload(on=False)
    try:
        for key in ("wire.down8", "wire.up8"):
            _stream(stage, peer, pace, upstream_target(peer.number), key, found)
    finally:
        stage.topology.offload(on=True)
    return found


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


MEASURES: dict[str, Callable[[Stage, Peer, Pace], Findings]] = {
    "conn": conn,
    "ttfb": ttfb,
    "far": far,
    "bulk": bulk,
    "idle": idle,
    "wire": wire,
    "direct": direct,
}
