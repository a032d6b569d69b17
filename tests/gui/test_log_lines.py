"""Lines of a log, read and written."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.snapshots import FLOW

from byway_core.model.flow import FlowState
from byway_gui.presenters.log_lines import (
    LONGEST,
    Level,
    Record,
    StderrReader,
    as_text,
    at_least,
    cell,
    header,
    level_of,
    of_flow,
    records,
)

CASES = [
    (b"byway: INFO: it runs\n", [(Level.INFO, "", "it runs")]),
    (b"byway: WARNING: a: b\n", [(Level.WARNING, "", "a: b")]),
    (b"byway: CRITICAL: all is lost\n", [(Level.ERROR, "", "all is lost")]),
    (b"byway: without a level\n", [(Level.INFO, "", "without a level")]),
    (b"byway up: the helper is away\n", [(Level.INFO, "", "the helper is away")]),
    (
        b"byway: ERROR: it fell\nTraceback (most recent call last):\n  File x\nbyway: INFO: up\n",
        [
            (Level.ERROR, "", "it fell"),
            (Level.ERROR, "", "Traceback (most recent call last):"),
            (Level.ERROR, "", "  File x"),
            (Level.INFO, "", "up"),
        ],
    ),
    (b"byway: INFO: flow 47.1 is late\r\n", [(Level.INFO, "47.1", "flow 47.1 is late")]),
    (b"something else\n", [(Level.INFO, "", "something else")]),
    (b"byway: INFO: \xff\n", [(Level.INFO, "", "�")]),
    (b"\n", [(Level.INFO, "", "")]),
    (b"byway: INFO: " + b"x" * 9999 + b"\n", [(Level.INFO, "", "x" * LONGEST)]),
    (b"", []),
]


def read(*pieces: bytes) -> list[tuple[Level, str, str]]:
    reader = StderrReader()
    found = [record for piece in pieces for record in reader.feed(piece, 1.0)]
    return [(each.level, each.flow, each.text) for each in [*found, *reader.end(1.0)]]


@pytest.mark.parametrize(("text", "lines"), CASES)
def test_an_engines_standard_error(text: bytes, lines: list[tuple[Level, str, str]]) -> None:
    """Whole, byte by byte, without the last line's end, and with more behind it."""
    assert read(text) == lines
    assert read(*(text[at : at + 1] for at in range(len(text)))) == lines
    assert read(text + b"byway: INFO: more\n") == [*lines, (Level.INFO, "", "more")]
    if len(text) > 1:
        assert read(text.removesuffix(b"\n").removesuffix(b"\r")) == lines


@given(st.lists(st.binary(max_size=60)))
def test_pieces_do_not_matter(pieces: list[bytes]) -> None:
    assert read(*pieces) == read(b"".join(pieces))


def test_a_line_without_end_is_bounded() -> None:
    reader = StderrReader()
    for _ in range(100):
        assert reader.feed(b"x" * 65536, 1.0) == []
    assert len(reader._rest) == LONGEST * 4
    (record,) = reader.feed(b"\n", 1.0)
    assert record.text == "x" * LONGEST


@pytest.mark.parametrize(
    ("number", "level"),
    [(0, Level.DEBUG), (10, Level.DEBUG), (25, Level.INFO), (30, Level.WARNING), (50, Level.ERROR)],
)
def test_levels(number: int, level: Level) -> None:
    assert level_of(number) is level


def test_a_text_has_a_record_for_each_line() -> None:
    assert records(1.0, Level.ERROR, "connection 1.2 fell\nwhy") == [
        Record(1.0, Level.ERROR, "1.2", "connection 1.2 fell"),
        Record(1.0, Level.ERROR, "1.2", "why"),
    ]
    assert records(1.0, Level.ERROR, "") == []


def test_a_connection_that_ends_badly_is_logged() -> None:
    failed = replace(FLOW, state=FlowState.CLOSED, closed=5.0, reason="timed out", action="office")
    record = of_flow(failed)
    assert record is not None
    assert (record.when, record.level, record.flow) == (5.0, Level.WARNING, FLOW.id)
    assert record.text.endswith(" (office): timed out")
    refused = of_flow(replace(failed, action="REJECT"))
    assert refused is not None
    assert refused.level is Level.INFO  # as its user wants it
    assert of_flow(replace(failed, reason="")) is None
    assert of_flow(replace(failed, state=FlowState.OPEN)) is None


def test_lines_as_text() -> None:
    when = time.mktime((2024, 5, 6, 7, 8, 9, 0, 0, -1))
    lines = [Record(when, Level.WARNING, "1.2", "so"), Record(when, Level.INFO, "", "well")]
    assert as_text(lines) == (
        "2024-05-06 07:08:09 WARNING [1.2] so\n2024-05-06 07:08:09 INFO well\n"
    )
    assert [cell(lines[0], column) for column in range(4)] == ["07:08:09", "Warning", "1.2", "so"]


def test_every_level_and_column_has_words() -> None:
    assert len({at_least(level) for level in Level}) == len(Level)
    assert len({header(column) for column in range(4)}) == 4
