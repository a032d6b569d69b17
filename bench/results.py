"""What is measured, what is promised, and what comes out: figures, medians, ratios, verdicts.

Pure: numbers in, numbers and words out.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

SUBJECT = "byway"
RIVALS = ("mihomo", "sing-box")


class Against(Enum):
    """Whom a figure is held against."""

    BETTER_RIVAL = "the better of mihomo and sing-box"
    MIHOMO = "mihomo"
    SING_BOX = "sing-box"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `factor` is the promise as a ratio: at least it where higher is better,
    at most it where lower is; None: shown, not promised."""

    key: str
    title: str
    unit: str
    higher_is_better: bool
    digits: int = 0
    factor: float | None = None
    against: Against = Against.BETTER_RIVAL


_MORE, _LESS = True, False

FIGURES = (
    Figure("conn.rate", "New connections, through SOCKS5, 64 at a time", "/s", _MORE, 0, 1.2),
    Figure("conn.cpu", "… processor time for each", "µs", _LESS, 0, 0.7, Against.MIHOMO),
    Figure("conn.p50", "… time for each, p50", "ms", _LESS, 1),
    Figure("conn.p99", "… time for each, p99", "ms", _LESS, 1),
    Figure("bulk.down1", "Bulk down, 1 stream", "Gbit/s", _MORE, 1, 0.95),
    Figure("bulk.up1", "Bulk up, 1 stream", "Gbit/s", _MORE, 1, 0.95),
    Figure("bulk.down8", "Bulk down, 8 streams", "Gbit/s", _MORE, 1, 0.95),
    Figure("bulk.up8", "Bulk up, 8 streams", "Gbit/s", _MORE, 1, 0.95),
    Figure("bulk.down8.cpu", "… processor time for each GB, 8 streams down", "ms", _LESS),
    Figure("wire.down8", "Bulk down, 8 streams, 1,500-byte packets", "Gbit/s", _MORE, 1),
    Figure("wire.up8", "Bulk up, 8 streams, 1,500-byte packets", "Gbit/s", _MORE, 1),
    Figure("ttfb.p50", "Time to first byte, one at a time, p50", "µs", _LESS, 0, 0.85),
    Figure("ttfb.p99", "Time to first byte, one at a time, p99", "µs", _LESS),
    Figure("far.p50", "Time to first byte, the upstream 50 ms away, p50", "ms", _LESS),
    Figure("idle.own", "Memory at 2,000 idle connections", "MB", _LESS, 1, 0.5, Against.SING_BOX),
    Figure("idle.rss", "… as a sum of RSS", "MB", _LESS, 1),
    Figure("idle.rest", "Memory at rest", "MB", _LESS, 1),
    Figure("idle.fds", "Descriptors for each connection", "", _LESS, 1),
    Figure("direct.rate", "New connections, direct, 64 at a time", "/s", _MORE),
    Figure("direct.cpu", "… processor time for each", "µs", _LESS),
    Figure("direct.down8", "Bulk down, direct, 8 streams", "Gbit/s", _MORE, 1),
    Figure("direct.up8", "Bulk up, direct, 8 streams", "Gbit/s", _MORE, 1),
    Figure("udp.direct1", "UDP echoes, direct, 1 flow", "/s", _MORE, 0, 1.2, Against.MIHOMO),
    Figure("udp.direct16", "UDP echoes, direct, 16 flows", "/s", _MORE, 0, 1.2, Against.MIHOMO),
    Figure("udp.direct200", "UDP echoes, direct, 200 flows", "/s", _MORE, 0, 1.2, Against.MIHOMO),
    Figure("udp.direct16.cpu", "… processor time for each, 16 flows", "µs", _LESS),
    Figure("udp.socks1", "UDP echoes, through SOCKS5, 1 flow", "/s", _MORE, 0, 1.0, Against.MIHOMO),
    Figure(
        "udp.socks16", "UDP echoes, through SOCKS5, 16 flows", "/s", _MORE, 0, 1.0, Against.MIHOMO
    ),
    Figure(
        "udp.socks200", "UDP echoes, through SOCKS5, 200 flows", "/s", _MORE, 0, 1.0, Against.MIHOMO
    ),
    Figure("udp.socks16.cpu", "… processor time for each, 16 flows", "µs", _LESS),
)


@dataclass(slots=True)
class Record:
    """All that a run found: values[figure][peer][window] is a number; a failed window has none,
    and a line in `failures`. `others` are the shares of the machine that other programs took."""

    values: dict[str, dict[str, dict[int, float]]] = field(default_factory=dict)
    errors: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    shares: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    others: list[float] = field(default_factory=list)

    def add(self, peer: str, window: int, values: Mapping[str, float]) -> None:
        for key, value in values.items():
            self.values.setdefault(key, {}).setdefault(peer, {})[window] = value

    def add_errors(self, peer: str, where: str, errors: Mapping[str, int]) -> None:
        for what, count in errors.items():
            counts = self.errors.setdefault(peer, {})
            counts[f"{where}: {what}"] = counts.get(f"{where}: {what}", 0) + count

    def add_shares(self, peer: str, shares: Mapping[str, float]) -> None:
        for who, share in shares.items():
            self.shares.setdefault(peer, {}).setdefault(who, []).append(share)

    def median(self, figure: str, peer: str) -> float | None:
        windows = self.values.get(figure, {}).get(peer)
        return statistics.median(windows.values()) if windows else None

    def spread(self, figure: str, peer: str) -> tuple[float, float] | None:
        """Between which two values the middle half of the windows lies."""
        windows = self.values.get(figure, {}).get(peer)
        if not windows:
            return None
        ordered = sorted(windows.values())
        cut = len(ordered) // 4
        return ordered[cut], ordered[-1 - cut]


def reference(record: Record, figure: Figure) -> str | None:
    """The peer that this figure is held against; None where none was measured."""
    if figure.against is not Against.BETTER_RIVAL:
        return figure.against.value if record.median(figure.key, figure.against.value) else None
    medians = {peer: record.median(figure.key, peer) for peer in RIVALS}
    known = {peer: value for peer, value in medians.items() if value is not None}
    if not known:
        return None
    return (max if figure.higher_is_better else min)(known, key=lambda peer: known[peer])


def ratio(record: Record, figure: Figure, peer: str, other: str) -> float | None:
    """The median of the windows' own ratios: what slows a while down cancels out."""
    windows = record.values.get(figure.key, {})
    ours, theirs = windows.get(peer, {}), windows.get(other, {})
    ratios = [ours[n] / theirs[n] for n in sorted(ours) if theirs.get(n)]
    return statistics.median(ratios) if ratios else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kept` is None where nothing is promised or one side was not measured."""

    ratio: float | None
    other: str | None
    kept: bool | None


def verdict(record: Record, figure: Figure) -> Verdict:
    other = reference(record, figure)
    found = ratio(record, figure, SUBJECT, other) if other else None
    if found is None or figure.factor is None:
        return Verdict(found, other, None)
    kept = found >= figure.factor if figure.higher_is_better else found <= figure.factor
    return Verdict(found, other, kept)
