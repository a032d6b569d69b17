from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.cli.terminal import clock, duration, endpoint, printable, row, size, widths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("www.example.com", "www.example.com"),
        ("bücher.example", "bücher.example"),
        ("a b", "a b"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("\x9b31m", "\\x9b31m"),
        ("evil\u202egpj.exe", "evil\\u202egpj.exe"),
        ("prog\udcff", "prog\\udcff"),
        ("\x7f\x00", "\\x7f\\x00"),
    ],
    ids=ascii,
)
def test_nothing_reaches_the_terminal_that_it_could_obey(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_anything_becomes_printable(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1549, "1.5 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
        (10**18, "1000 PB"),
    ],
)
def test_sizes(count: int, shown: str) -> None:
    assert size(count) == shown


@given(st.integers(0, 10**18))
def test_a_size_fits_its_column(count: int) -> None:
    assert len(size(count)) <= 7


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3.0, "0 s"),
        (0.9, "0 s"),
        (8, "8 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (11_520, "3 h 12 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_the_date_is_told_where_it_is_not_today() -> None:
    noon = time.mktime((2025, 6, 15, 12, 0, 0, 0, 0, -1))
    assert clock(noon - 60, noon) == "11:59:00"
    assert clock(noon - 86_400, noon) == "2025-06-14 12:00:00"


def test_a_table() -> None:
    rows = [["A", "BB", ""], ["aaa", "b", "why"]]
    columns = widths(rows)
    assert [row(cells, columns, right=(1,)) for cells in rows] == ["A    BB", "aaa   b  why"]


def test_endpoints() -> None:
    assert endpoint("a.example", 443) == "a.example:443"
    assert endpoint("2001:db8::1", 443) == "[2001:db8::1]:443"
