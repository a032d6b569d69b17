"""Rates from counters: gaps, other engines, and a graph in words."""

from __future__ import annotations

import pytest

from byway_gui.presenters.traffic import (
    SPAN,
    Rate,
    Traffic,
    in_words,
    points,
    top_of_axis,
)


def counted(*counters: tuple[float, int, int]) -> Traffic:
    traffic = Traffic()
    for when, up, down in counters:
        traffic.add(up, down, when)
    return traffic


def test_two_counters_make_a_rate() -> None:
    traffic = counted((10, 0, 0), (12, 100, 3000))
    assert traffic.runs(12) == [[Rate(12, 50, 1500)]]
    assert traffic.current(12) == Rate(12, 50, 1500)
    assert traffic.current(16) is None


def test_one_counter_says_nothing() -> None:
    assert counted((10, 10**9, 10**9)).runs(10) == []


@pytest.mark.parametrize(
    ("counters", "runs"),
    [
        ([(0, 0, 0), (1, 1, 1), (2, 2, 2)], [[1, 2]]),
        ([(0, 0, 0), (1, 1, 1), (9, 2, 2), (10, 3, 3)], [[1], [10]]),
        ([(0, 0, 0), (1, 5, 5), (2, 0, 0), (3, 1, 1)], [[1], [3]]),
        ([(0, 0, 0), (1, 5, 5), (1.1, 0, 0), (2.1, 1, 1)], [[1], [2.1]]),
        ([(0, 0, 0), (1, 5, 5), (1.5, 6, 6), (2, 7, 7)], [[1, 2]]),
    ],
    ids=["unbroken", "pause", "another engine", "another engine at once", "too close"],
)
def test_gaps(counters: list[tuple[float, int, int]], runs: list[list[float]]) -> None:
    found = counted(*counters).runs(counters[-1][0])
    assert [[rate.when for rate in run] for run in found] == runs


def test_what_comes_too_close_is_not_lost() -> None:
    traffic = counted((0, 0, 0), (1, 0, 0), (1.5, 1000, 0), (2, 2000, 0))
    assert traffic.current(2) == Rate(2, 2000, 0)


def test_it_is_bounded_and_forgets() -> None:
    traffic = Traffic()
    for tick in range(100_000):
        traffic.add(tick, tick, tick / 100)
    (run,) = traffic.runs(1000)
    assert len(run) <= SPAN / 0.9 + 1
    assert run[0].when >= 1000 - SPAN
    assert traffic.runs(2000) == []
    assert traffic.highest(2000) is None


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 1000), (1000, 1000), (1001, 2000), (2500, 5000), (51_234, 100_000), (10**6, 10**6)],
)
def test_the_axis_ends_at_a_round_number(highest: float, top: float) -> None:
    assert top_of_axis(Rate(0, 0, highest)) == top
    assert top_of_axis(Rate(0, highest, 0)) == top


def test_without_anything_there_is_an_axis() -> None:
    assert top_of_axis(None) == 1000


def test_points_are_in_the_plot() -> None:
    run = [Rate(0, 0, 1000), Rate(SPAN, 1000, 0)]
    found = points(run, SPAN, 1000, up=False, width=600, height=100)
    assert found == [(0, 0), (600, 100)]
    assert points(run, SPAN, 1000, up=True, width=600, height=100) == [(0, 100), (600, 0)]


def test_a_lonely_rate_is_a_line() -> None:
    (left, _), (right, _) = points([Rate(SPAN, 1, 1)], SPAN, 1000, up=True, width=120, height=1)
    assert (left, right) == (119, 120)


def test_words() -> None:
    assert in_words(None, None) == "Nothing is being counted now."
    assert in_words(Rate(0, 1500, 0), Rate(0, 2_000_000, 7)) == (
        "Now 1.5 kB/s up, 0 B/s down. Highest in the last two minutes: 2.0 MB/s up, 7 B/s down."
    )
