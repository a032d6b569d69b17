"""Overlapping closed intervals of whole numbers, and what is known at a point: the lowest rank, or
everything that covers it. Both are flat sorted boundaries, and a look-up is one bisection.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Lowest:
    """The lowest rank at a point, however many intervals overlap there."""

    def __init__(self, intervals: Iterable[tuple[int, int, int]], nothing: int) -> None:
        """`intervals` are (first, last, rank); `nothing` is the rank where there is none."""
        opening = sorted(intervals)
        self._starts: list[int] = []
        self._ranks: list[int] = []
        live: list[tuple[int, int]] = []  # (rank, last), lowest rank first; ended ones linger
        at = 0
        for point in _boundaries(opening):
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

    def at(self, value: int) -> int:
        """`value` must not be negative."""
        return self._ranks[bisect_right(self._starts, value) - 1]


class Covering(Generic[T]):
    """Everything that covers a point, in the order given. Takes the square of its number in memory
    where all overlap: for hundreds, not for thousands."""

    def __init__(self, intervals: Sequence[tuple[int, int, T]]) -> None:
        """`intervals` are (first, last, what covers)."""
        self._starts = _boundaries(intervals)
        self._lists = [
            [each for first, last, each in intervals if first <= point <= last]
            for point in self._starts
        ]

    def at(self, value: int) -> list[T]:
        """`value` must not be negative."""
        return self._lists[bisect_right(self._starts, value) - 1]


def _boundaries(intervals: Iterable[tuple[int, int, object]]) -> list[int]:
    """Where anything begins, or is over."""
    ends = {point for first, last, _ in intervals for point in (first, last + 1)}
    return sorted({0} | ends)
