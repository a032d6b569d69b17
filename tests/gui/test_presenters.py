"""Words for what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from byway_core.model.errors import Problem
from byway_gui.presenters.command import Command, read_command, shown
from byway_gui.presenters.standing import (
    Phase,
    Standing,
    detail,
    empty_hint,
    headline,
    problem_line,
    tooltip,
)

FILE = Path("/home/me/.config/byway/profile.toml")


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_words(phase: Phase) -> None:
    standing = Standing(phase, FILE, 3, 7890, "it went wrong")
    assert headline(standing)
    assert detail(standing).endswith(".")
    assert empty_hint(standing).endswith(".")
    assert tooltip(standing).startswith("Byway: ")


@pytest.mark.parametrize(
    ("standing", "icon", "says"),
    [
        (Standing(Phase.ON, FILE, 3, 7890), "on", "127.0.0.1:7890 go where the rules say: 3 rules"),
        (Standing(Phase.ON, FILE, 1, 7890), "on", "1 rule in"),
        (Standing(Phase.ON, FILE, 1, 7890, "it changed"), "problem", "It changed."),
        (Standing(Phase.OFF, FILE, 3, 7890), "off", "port 7890 is closed"),
        (Standing(Phase.NO_PORT, FILE, 3), "off", "mixed_port"),
        (Standing(Phase.NO_PROFILE, FILE), "off", str(FILE)),
        (Standing(Phase.INVALID, FILE), "problem", str(FILE)),
        (Standing(Phase.FAILED, FILE, 3, 7890, "port 7890 is in use"), "problem", "Port 7890 is"),
    ],
)
def test_standing(standing: Standing, icon: str, says: str) -> None:
    assert standing.icon == icon
    assert says in detail(standing)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem(3, 7, "unknown key", "version", "versoin"),
            "line 3, column 7: unknown key; expected version; nearest valid form: versoin",
        ),
        (Problem(0, 0, "there is no such file"), "there is no such file"),
        (Problem(1, 1, "unwise", warning=True), "line 1, column 1: warning: unwise"),
    ],
)
def test_problem_lines(problem: Problem, text: str) -> None:
    assert problem_line(problem) == text


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        pytest.param("", Command(), id="nothing"),
        pytest.param("   ", Command(), id="blanks"),
        pytest.param("sh -c 'echo a  b'", Command(("sh", "-c", "echo a  b")), id="quoted"),
        pytest.param('sh "', Command(problem="A quotation mark is missing."), id="half a quote"),
        pytest.param(
            "no-such-program-here x",
            Command(("no-such-program-here", "x"), "There is no program no-such-program-here."),
            id="unknown",
        ),
    ],
)
def test_commands(typed: str, command: Command) -> None:
    assert read_command(typed) == command
    assert command.can_run == (typed.startswith("sh -c"))


def test_a_program_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    tool = tmp_path / "tool"
    tool.touch(0o755)
    assert read_command("~/tool '~'").argv == (str(tool), "~")


def test_a_long_command_is_cut_for_a_line() -> None:
    assert shown(("echo", "a b")) == "echo 'a b'"
    assert len(shown(("echo", "x" * 1000))) == 60
