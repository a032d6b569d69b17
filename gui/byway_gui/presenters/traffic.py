"""Bytes per second over the last two minutes, from counters that only ever grow."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from byway_gui.presenters.flows import size
from byway_gui.words import joined, tr

SPAN = 120.0  # seconds that are kept and shown
# Counters that come closer than this wait for the next ones: rates over less are noise, and what
# is kept stays bounded however often somebody counts.
_CLOSEST = 0.9
# Without counters for so long there was nothing to count: between them lies a gap, not a rate.
_FARTHEST = 3.0
# The axis never ends below this: a keep-alive of some bytes is not to look like a download.
_LEAST_TOP = 1000.0
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Rate:
    """Bytes per second up and down, on average since the counters before it."""

    when: float
    up: float
    down: float


class Traffic:
    """`when` is in seconds of any clock that never goes back, the same for all calls."""

    def __init__(self) -> None:
        self._last: tuple[float, int, int] | None = None
        self._rates: deque[Rate] = deque()
        self._begins: set[float] = set()  # rates that a gap comes before

    def add(self, up_total: int, down_total: int, when: float) -> None:
        """The counters as they are. Those of another engine, which are lower, begin anew."""
        last = self._last
        if last is not None and 0 <= when - last[0] < _CLOSEST:
            if up_total >= last[1] and down_total >= last[2]:
                return
            last = None
        self._last = when, up_total, down_total
        if last is None or not 0 < when - last[0] <= _FARTHEST:
            return
        seconds, up, down = when - last[0], up_total - last[1], down_total - last[2]
        if up < 0 or down < 0:
            return
        if not self._rates or self._rates[-1].when != last[0]:
            self._begins.add(when)
        self._rates.append(Rate(when, up / seconds, down / seconds))
        self._forget(when)

    def runs(self, now: float) -> list[list[Rate]]:
        """What is to be seen at `now`, oldest first; between two runs lies a gap."""
        self._forget(now)
        found: list[list[Rate]] = []
        for rate in self._rates:
            if not found or rate.when in self._begins:
                found.append([])
            found[-1].append(rate)
        return found

    def current(self, now: float) -> Rate | None:
        """The newest rate, or None where nothing is being counted."""
        if self._rates and now - self._rates[-1].when <= _FARTHEST:
            return self._rates[-1]
        return None

    def highest(self, now: float) -> Rate | None:
        """The highest rate up and the highest down, whenever each was."""
        self._forget(now)
        if not self._rates:
            return None
        up, down = (rate.up for rate in self._rates), (rate.down for rate in self._rates)
        return Rate(now, max(up), max(down))

    def _forget(self, now: float) -> None:
        while self._rates and self._rates[0].when < now - SPAN:
            self._begins.discard(self._rates.popleft().when)


def top_of_axis(highest: Rate | None) -> float:
    """A round number that everything fits below: 1, 2 or 5 with zeros behind it."""
    most = max(highest.up, highest.down, _LEAST_TOP) if highest is not None else _LEAST_TOP
    power = 10.0 ** (len(str(int(most))) - 1)
    return next(power * step for step in _STEPS if power * step >= most)


def speed(rate: float) -> str:
    return tr("{size}/s", size=size(round(rate)))


def in_words(current: Rate | None, highest: Rate | None) -> str:
    """The graph for who cannot see it: a sentence or two."""
    if current is not None:
        now = tr("Now {up} up, {down} down.", up=speed(current.up), down=speed(current.down))
    else:
        now = tr("Nothing is being counted now.")
    if highest is None:
        return now
    most = tr(
        "Highest in the last two minutes: {up} up, {down} down.",
        up=speed(highest.up),
        down=speed(highest.down),
    )
    return joined(now, most)


def points(
    run: list[Rate], now: float, top: float, *, up: bool, width: float, height: float
) -> list[tuple[float, float]]:
    """A run as points of a plot of that size, its origin above on the left. A run of one rate is
    as long as the second that it is the average of."""
    if len(run) == 1:
        run = [Rate(run[0].when - 1.0, run[0].up, run[0].down), *run]
    return [
        (
            width * (1 - (now - rate.when) / SPAN),
            height * (1 - (rate.up if up else rate.down) / top),
        )
        for rate in run
    ]
