"""Overlapping closed intervals of whole numbers, each with a rank: the lowest rank at a point."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable


class Intervals:
    """Flat sorted boundaries; a look-up is one bisection, however many intervals overlap."""

    def __init__(self, intervals: Iterable[tuple[int, int, int]], nothing: int) -> None:
        """`intervals` are (first, last, rank); `nothing` is the rank where there is none."""
        opening = sorted(intervals)
        points = sorted({0, *(a for a, _, _ in opening), *(b + 1 for _, b, _ in opening)})
        self._starts: list[int] = []
        self._ranks: list[int] = []
        live: list[tuple[int, int]] = []  # (rank, last), lowest rank first; ended ones linger
        at = 0
        for point in points:
            while at < len(opening) and opening[at][0] == point:
                _, last, rank = opening[at]
                heapq.heappush(live, (rank, last))
                at += 1
            while live and live[0][1] < point:
                heapq.heappop(live)
            rank = live[0][0] if live else nothing
            if not self._ranks or self._ranks[-1] != rank:
                self._starts.append(point)
                self._ranks.append(rank)

    def lowest(self, value: int) -> int:
        """`value` must not be negative."""
        return self._ranks[bisect_right(self._starts, value) - 1]
