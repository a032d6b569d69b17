"""The leak test's dialog, and its words."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.support.processes import lives

from byway_gui.dialogs.leak_test import LeakTestDialog, leaktest
from byway_gui.presenters.leaks import Judgement, lines, read, summary


def trial(**change: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "mode": "run",
        "target": "www.example.com",
        "kind": "tcp",
        "family": 4,
        "rules": "office",
        "way": "upstream",
        "through": "office",
        "error": "",
        "judgement": "right",
    }
    return whole | change


IN_CLEAR = trial(kind="names", family=0, way="in-clear", through="198.51.100.53", judgement="leak")
STRAIGHT = trial(way="direct", through="", judgement="leak")
STUCK = trial(way="refused", through="", error="timed out", judgement="stuck", rules="DIRECT")
RIGHT = [trial(), trial(family=6)]


def printed(*tables: dict[str, object]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in tables).encode()


@pytest.mark.parametrize(
    ("tables", "words", "meaning"),
    [
        (RIGHT, "No leak: everything went as the rules say.", "good"),
        ([STUCK], "No leak. But not everything came through that should have.", "warn"),
        ([STRAIGHT, STUCK], "1 of the trials leaks.", "bad"),
        ([IN_CLEAR, STRAIGHT], "2 of the trials leak. Names that a rule", "bad"),
    ],
)
def test_summary(tables: list[dict[str, object]], words: str, meaning: str) -> None:
    said = summary(read(printed(*tables)))
    assert said[0].startswith(words)
    assert said[1] == meaning


def test_lines() -> None:
    found = lines(read(printed(*RIGHT, STUCK, IN_CLEAR, trial(kind="udp", family=6))))
    assert found == [
        (
            "Leak: byway run: www.example.com, name: asked in clear of 198.51.100.53. "
            "By the rules: office.",
            Judgement.LEAK,
        ),
        (
            "Not through: byway run: www.example.com, TCP IPv4: refused (timed out). "
            "By the rules: directly.",
            Judgement.STUCK,
        ),
        (
            "byway run: www.example.com, TCP: through office. By the rules: office.",
            Judgement.RIGHT,
        ),
        (
            "byway run: www.example.com, UDP IPv6: through office. By the rules: office.",
            Judgement.RIGHT,
        ),
    ]


@pytest.mark.parametrize("output", [b"{}\n", b"no JSON\n", b"[]\n", b'{"judgement": "odd"}\n'])
def test_what_is_no_answer(output: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says
        read(output)


def command(output: bytes, status: int, error: str = "") -> list[str]:
    code = (
        f"import sys; sys.stdout.buffer.write({output!r}); sys.stderr.write({error!r}); "
        f"sys.exit({status})"
    )
    return [sys.executable, "-c", code]


def test_the_dialog(qtbot: QtBot) -> None:
    dialog = LeakTestDialog(command(printed(IN_CLEAR, *RIGHT), 1))
    qtbot.addWidget(dialog)
    assert not dialog.copy.isEnabled()
    qtbot.waitUntil(dialog.copy.isEnabled)
    assert dialog.said.text().startswith("1 of the trials leaks.")
    assert [dialog.trials.item(row).text()[:10] for row in range(2)] == ["Leak: bywa", "byway run:"]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (command(b"", 2, "the stage could not be set up"), "the stage could not be set up"),
        (command(b"", 2), "It ended with status 2."),
        (command(b"nonsense", 0), "Expecting value"),
        (["/nonexistent/byway"], "It could not be tried."),
    ],
)
def test_it_cannot_be_tried(qtbot: QtBot, made: list[str], words: str) -> None:
    dialog = LeakTestDialog(made)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: words in dialog.said.text())
    assert dialog.said.text().startswith("It could not be tried.")
    assert not dialog.copy.isEnabled()


def test_a_closed_dialog_leaves_no_child(qtbot: QtBot) -> None:
    dialog = LeakTestDialog([sys.executable, "-c", "import time; time.sleep(600)"])
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog._process.processId() > 0)
    pid = dialog._process.processId()
    dialog.reject()
    qtbot.waitUntil(lambda: not lives(pid))


def test_the_real_one(qtbot: QtBot, tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('version = 1\nrules = ["MATCH,DIRECT"]\n')
    dialog = LeakTestDialog([*leaktest(profile), "--only", "run"])
    qtbot.addWidget(dialog)
    qtbot.waitUntil(dialog.copy.isEnabled, timeout=60_000)
    assert dialog.said.text().startswith("No leak"), dialog.said.text()
