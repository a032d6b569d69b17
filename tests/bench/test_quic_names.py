"""The bench of QUIC's names measures verdicts that are right, and prints each."""

from __future__ import annotations

import pytest
from bench.quic_names import flight, main, microseconds


def test_a_short_run(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "1", "--times", "3"])
    told = capsys.readouterr().out
    assert told.count(" µs\n") == 5
    assert " MiB\n" in told


def test_a_wrong_verdict_is_no_measurement() -> None:
    with pytest.raises(AssertionError):
        microseconds(flight(), "other.example", 1, 1)
