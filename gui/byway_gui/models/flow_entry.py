"""A connection as its table keeps it. Plain slots, not a frozen value: 2,000 of them change ten
times a second."""

from __future__ import annotations

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.engine_link.inbox import Key
from byway_gui.presenters.flow_filter import haystack
from byway_gui.presenters.flows import STILL, Rates

# Seconds of traffic that a rate is the mean of, at least. An engine looks at byte counts once a
# second, and each batch waits up to a tenth; of less than half of that a rate would only flicker.
SHORTEST = 0.5
# Without news for so long, two looks and a batch's wait, nothing moves.
QUIET = 2.5
# What comes after such a quiet time has come since the engine's last look.
LOOK = 1.0

# Where it stands in an order: the column's value, then time and arrival, so that no two are equal
# and an order is the same however it came about.
Rank = tuple[object, float, int]


class Entry:
    """`row` is its place in the table, -1 while it is not shown; `fits` whether the filter's words
    and program do; `rank` is set when it gets a row."""

    __slots__ = (
        "_down",
        "_hay",
        "_since",
        "_up",
        "fits",
        "flow",
        "key",
        "number",
        "rank",
        "rates",
        "row",
    )

    def __init__(self, key: Key, flow: FlowSnapshot, number: int, now: float) -> None:
        self.key = key
        self.flow = flow
        self.number = number
        self.row = -1
        self.fits = True
        self.rank: Rank = ("", flow.opened, number)
        self.rates: Rates = STILL
        self._hay = ""
        self._since, self._up, self._down = now, flow.up, flow.down

    @property
    def is_live(self) -> bool:
        return self.flow.state is not FlowState.CLOSED

    def become(self, flow: FlowSnapshot, now: float) -> bool:
        """Its newest snapshot; True where its words have changed, and not only its byte counts."""
        before, self.flow = self.flow, flow
        if flow.state is FlowState.CLOSED:
            self.rates = STILL
        else:
            elapsed = now - self._since
            if elapsed >= SHORTEST:
                self._measure(elapsed if elapsed < QUIET else LOOK, now)
            elif elapsed < 0:  # the clock was set back
                self._since = now
        same = (
            before.state is flow.state
            and before.host == flow.host
            and before.action == flow.action
            and before.member == flow.member
            and before.rule == flow.rule
            and before.rule_index == flow.rule_index
            and before.reason == flow.reason
            and before.address == flow.address
            and before.process == flow.process
        )
        if not same:
            self._hay = ""
        return not same

    def settle(self, now: float) -> bool:
        """Nothing has come of late: a rate ends. True where it has changed."""
        elapsed = now - self._since
        if elapsed < QUIET:
            return False
        before = self.rates
        if self.flow.up != self._up or self.flow.down != self._down:
            self._measure(elapsed, now)
        else:
            self.rates = STILL
        return self.rates != before

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether all of them are found; words as `words_of` gives them."""
        if not self._hay:
            self._hay = haystack(self.flow)
        return all(word in self._hay for word in words)

    def _measure(self, seconds: float, now: float) -> None:
        flow = self.flow
        # A source that was voided may begin anew, with less than was told before.
        self.rates = (
            max(0.0, (flow.up - self._up) / seconds),
            max(0.0, (flow.down - self._down) / seconds),
        )
        self._since, self._up, self._down = now, flow.up, flow.down
