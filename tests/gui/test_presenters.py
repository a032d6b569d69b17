"""Words for what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from byway_core.api.wire import Reloaded
from byway_core.model.errors import HelperFault, Problem
from byway_gui.presenters.command import Command, read_command, shown
from byway_gui.presenters.standing import (
    Mode,
    Phase,
    Reach,
    Standing,
    crash_words,
    detail,
    fault_words,
    headline,
    mode_of,
    problem_line,
    reload_words,
    remedy,
    target_of,
    tooltip,
)

ON = Standing(Phase.ON, port=7890, rules=3)
MACHINE = replace(ON, reach=Reach.MACHINE)
DIRECT = replace(ON, mode=Mode.DIRECT)
THROUGH = replace(ON, mode=Mode.THROUGH, through="office")
CRASHED = replace(ON, phase=Phase.RESTARTING, sentence="it has ended")
FAILED = Standing(Phase.FAILED, sentence="port 7890 is in use")


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_words(phase: Phase, reach: Reach) -> None:
    for sentence in ("", "it went wrong", "It went wrong."):
        standing = Standing(phase, reach, port=7890, rules=3, sentence=sentence)
        assert headline(standing)
        assert detail(standing).endswith(".")
        assert ".." not in detail(standing)
        assert tooltip(standing).startswith("Byway: ")


@pytest.mark.parametrize(
    ("standing", "icon", "says"),
    [
        (ON, "on", "the proxy 127.0.0.1:7890 are served. It goes by 3 rules."),
        (replace(ON, rules=1), "on", "It goes by 1 rule."),
        (replace(ON, foreign="/x.toml"), "on", "It goes by the rules of /x.toml."),
        (replace(ON, sentence="it changed"), "problem", "It changed."),
        (MACHINE, "on", "The traffic of every program on this computer is taken."),
        (DIRECT, "paused", "Everything goes directly for now."),
        (THROUGH, "on", "Everything goes through office."),
        (Standing(), "off", "All traffic goes its usual way."),
        (Standing(guarded=True), "off", "The kill switch refuses all traffic."),
        (FAILED, "problem", "Port 7890 is in use. Byway's local port is closed meanwhile."),
        (CRASHED, "problem", "It has ended. Byway's local port is closed meanwhile."),
        (
            replace(CRASHED, reach=Reach.MACHINE),
            "problem",
            "It has ended. All traffic goes its usual way meanwhile.",
        ),
        (
            replace(CRASHED, reach=Reach.MACHINE, guarded=True),
            "problem",
            "It has ended. Meanwhile the kill switch refuses all traffic.",
        ),
    ],
)
def test_standing(standing: Standing, icon: str, says: str) -> None:
    assert standing.icon == icon
    assert says in detail(standing)


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        (ON, "on, port 7890"),
        (MACHINE, "on, for every program"),
        (DIRECT, "on, everything directly"),
        (THROUGH, "on, everything through office"),
        (CRASHED, "Interrupted"),
    ],
)
def test_tooltips(standing: Standing, text: str) -> None:
    assert tooltip(standing) == f"Byway: {text}"


@pytest.mark.parametrize("everything", ["", "DIRECT", "office"])
def test_modes_and_targets(everything: str) -> None:
    mode, through = mode_of(everything)
    assert target_of(Standing(mode=mode, through=through)) == everything


@pytest.mark.parametrize("fault", HelperFault)
def test_every_fault_says_something(fault: HelperFault) -> None:
    """What it was, or what can be done; where nothing can, there is no button."""
    advice, button = fault_words(fault)
    assert advice or button
    assert fault_words(None) == ("", "")


def test_a_kill_switch_always_has_a_way_out() -> None:
    """Also where nothing can be done about what was in the way."""
    for fault in (None, *HelperFault):
        failed = Standing(Phase.FAILED, fault=fault)
        advice, button = remedy(replace(failed, guarded=True))
        assert button
        assert advice == remedy(failed)[0]
    assert remedy(replace(failed, fault=HelperFault.DENIED))[1] == ""
    assert remedy(Standing(Phase.RESTARTING, guarded=True)) == ("", "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reloaded(True, "", 3, 1), ""),
        (Reloaded(True, "", 3, 1, problems=(Problem(1, 1, "unwise", warning=True),)), ""),
        (
            Reloaded(True, "", 3, 1, restart=("general.mixed_port", "general.workers")),
            "Turn off and on again for general.mixed_port, general.workers to take effect.",
        ),
        (
            Reloaded(
                False,
                "",
                3,
                1,
                problems=(Problem(1, 1, "unwise", warning=True), Problem(2, 1, "wrong")),
            ),
            "The changed profile could not be taken, the one before stays in force: wrong",
        ),
    ],
)
def test_what_became_of_a_changed_profile(answer: Reloaded, words: str) -> None:
    assert reload_words(answer) == words


def test_crashes_in_words() -> None:
    assert "(signal 9). It is started again in 2 s." in crash_words(-9, 2.0)
    assert "(status 3). It is started again in 30 s." in crash_words(3, 30.0)


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
