"""Ratios and verdicts: the arithmetic that decides what the bench says."""

from __future__ import annotations

import pytest
from bench.report import as_markdown, as_text, table
from bench.results import FIGURES, Against, Figure, Record, ratio, reference, verdict

RATE = Figure("rate", "Rate", "/s", True, factor=1.2)
COST = Figure("cost", "Cost", "µs", False, factor=0.7, against=Against.MIHOMO)


def recorded(key: str, **peers: list[float]) -> Record:
    record = Record()
    for peer, values in peers.items():
        for number, value in enumerate(values):
            record.add(peer.replace("_", "-"), number, {key: value})
    return record


@pytest.mark.parametrize(
    ("figure", "mihomo", "sing_box", "expected"),
    [
        pytest.param(RATE, [10.0], [12.0], "sing-box", id="more is better"),
        pytest.param(COST, [10.0], [1.0], "mihomo", id="one peer is named"),
        pytest.param(Figure("x", "", "", False), [10.0], [12.0], "mihomo", id="less is better"),
        pytest.param(RATE, [1.0, 1.0, 99.0], [2.0, 2.0, 2.0], "sing-box", id="by the median"),
    ],
)
def test_reference(
    figure: Figure, mihomo: list[float], sing_box: list[float], expected: str
) -> None:
    assert reference(recorded(figure.key, mihomo=mihomo, sing_box=sing_box), figure) == expected


def test_no_reference_where_nobody_was_measured() -> None:
    assert reference(recorded("rate", byway=[1.0]), RATE) is None
    assert verdict(recorded("rate", byway=[1.0]), RATE).kept is None


def test_a_slow_round_cancels_out() -> None:
    record = recorded("rate", byway=[120.0, 12.0, 120.0], mihomo=[100.0, 10.0, 100.0])
    assert ratio(record, RATE, "byway", "mihomo") == pytest.approx(1.2)


def test_only_rounds_that_both_have_are_compared() -> None:
    record = recorded("rate", byway=[120.0, 999.0], mihomo=[100.0])
    assert ratio(record, RATE, "byway", "mihomo") == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("figure", "ours", "kept"),
    [
        pytest.param(RATE, 120.0, True, id="at least, kept"),
        pytest.param(RATE, 119.0, False, id="at least, missed"),
        pytest.param(COST, 70.0, True, id="at most, kept"),
        pytest.param(COST, 71.0, False, id="at most, missed"),
        pytest.param(Figure("free", "", "", True), 1.0, None, id="not promised"),
    ],
)
def test_verdict(figure: Figure, ours: float, kept: bool | None) -> None:
    record = recorded(figure.key, byway=[ours], mihomo=[100.0])
    assert verdict(record, figure).kept is kept


def test_tables_are_whole() -> None:
    record = Record()
    for figure in FIGURES:
        record.add("byway", 0, {figure.key: 1.0})
        record.add("mihomo", 0, {figure.key: 2.0})
    rows = table(record, ["byway", "mihomo"], spread=True)
    assert len(rows) == len(FIGURES) + 1
    assert {len(row) for row in rows} == {6}
    assert len(as_text(rows).splitlines()) == len(as_markdown(rows).splitlines()) == len(rows) + 1
