"""At a terminal, under an interactive shell: Ctrl-C, Ctrl-Z, fg, and shells within."""

from __future__ import annotations

import fcntl
import os
import re
import select
import shlex
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.netns.conftest import leftover
from tests.support.own_namespace import DEADLINE, Run

PROMPT = "outer> "
INNER = "inner> "


class Terminal:
    """A shell on a pseudo-terminal; `type` writes keys, `expect` reads until a text appears."""

    def __init__(self, run) -> None:
        self.master, slave = os.openpty()
        attributes = termios.tcgetattr(slave)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, attributes)

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.run: Run = run(
            "none",
            # The harness's engine command becomes a command of the shell's: `go PROGRAM`.
            prefix=["/bin/sh", "-c", _SHELL, "sh"],
            env={"PS1": PROMPT, "TERM": "dumb", "HISTFILE": "", "INPUTRC": "/dev/null"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=take_terminal,
        )
        os.close(slave)
        self.text = ""
        self.expect(PROMPT)

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def expect(self, wanted: str) -> str:
        """Everything up to `wanted`, which is taken off with it."""
        end = time.monotonic() + DEADLINE
        while wanted not in self.text:
            left = max(0.0, end - time.monotonic())
            ready = select.select([self.master], [], [], left)[0]
            assert ready, f"no {wanted!r} in {self.text!r}"
            self.text += os.read(self.master, 65536).decode().replace("\r", "")
        before, _, self.text = self.text.partition(wanted)
        return before

    def line(self, command: str, prompt: str = PROMPT) -> str:
        self.type(f"{command}\n")
        return self.expect(prompt)

    def close(self) -> None:
        self.run.close()
        os.close(self.master)


# Gets the engine's command line, of which the last word is the program `none`, and makes it a
# command `go`. A script and not a function: its process is to be the shell's own child.
_SHELL = """
PATH=$(mktemp -d "$HOME/bin-XXXXXX"):$PATH
for word; do
    test "$word" = none || engine="$engine '$word'"
done
printf '#!/bin/sh\\nexec %s "$@"\\n' "$engine" > "${PATH%%:*}/go"
chmod +x "${PATH%%:*}/go"
exec bash --noprofile --rcfile /dev/fd/9 -i 9<<'END'
bind 'set enable-bracketed-paste off' 2>/dev/null
PS1='outer> '
END
"""


@pytest.fixture
def terminal(run):
    made = Terminal(run)
    yield made
    made.close()
    assert leftover(made.run) == []


def state(pid: int) -> str:
    """Its state's letter, proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


def sleeps(terminal: Terminal) -> bool:
    """Whether a `sleep` has been executed and sleeps."""
    for pid in terminal.run.inhabitants():
        try:
            if Path(f"/proc/{pid}/comm").read_text() == "sleep\n" and state(pid) == "S":
                return True
        except OSError:
            continue
    return False


def _until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.01)


def test_interrupt_ends_the_program(terminal):
    terminal.type("go sleep 1000\n")
    terminal.run.event("Started")
    terminal.type("\x03")
    terminal.expect(PROMPT)
    assert terminal.line("echo status $?").strip() == "status 130"


def test_interrupt_is_the_programs_decision(terminal):
    """… and nobody else dies of it."""
    program = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit("caught"))
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""
    terminal.type(f"go $PYTHON -c {shlex.quote(program)}\n")
    terminal.expect("ready\n")
    terminal.type("\x03")
    terminal.expect("caught\n")
    terminal.expect(PROMPT)
    assert terminal.line("echo status $?").strip() == "status 1"


def test_stop_and_foreground(terminal):
    terminal.type("go sh -c 'echo ready; read word; echo got $word'\n")
    terminal.expect("ready\n")
    terminal.type("\x1a")
    assert "Stopped" in terminal.expect(PROMPT)
    assert terminal.run.event("Stopped")["signum"] == 20
    terminal.type("fg\n")
    terminal.run.event("continued")
    terminal.type("this\n")
    terminal.expect("got this\n")
    terminal.expect(PROMPT)
    assert terminal.line("echo status $?").strip() == "status 0"


def test_stopped_twice(terminal):
    terminal.type("go sleep 1000\n")
    terminal.run.event("Started")
    for _ in range(3):
        terminal.type("\x1a")
        assert "Stopped" in terminal.expect(PROMPT)
        terminal.type("fg\n")
        terminal.run.event("continued")
        _until(lambda: sleeps(terminal), "sleep goes on")
    terminal.type("\x03")
    terminal.expect(PROMPT)
    assert terminal.line("echo status $?").strip() == "status 130"


def test_who_ignores_ctrl_z_is_not_stopped(terminal):
    """As an editor in raw mode: then the engine goes on as well, and its traffic."""
    terminal.type("go sh -c 'trap \"\" TSTP; echo ready; read word; echo got $word'\n")
    terminal.expect("ready\n")
    terminal.type("\x1a")
    terminal.type("this\n")
    terminal.expect("got this\n")
    terminal.expect(PROMPT)
    assert "Stopped" not in [event["event"] for event in terminal.run.seen]


def test_background_and_foreground(terminal):
    """A program in the background that reads is stopped, as any; in the foreground it reads on."""
    terminal.type("go sh -c 'read word; echo got $word' &\n")
    terminal.expect(PROMPT)
    assert terminal.run.event("Stopped")["signum"] == 21
    _until(lambda: "Stopped" in terminal.line("jobs"), "the shell hears of it")
    terminal.type("fg\n")
    terminal.run.event("continued")
    terminal.type("this\n")
    terminal.expect("got this\n")
    terminal.expect(PROMPT)


def test_pipes(terminal):
    assert terminal.line("echo through | go cat | tr a-z A-Z").strip() == "THROUGH"


def test_shell_within(terminal):
    """`byway run -- bash`: its own jobs, its own Ctrl-C and Ctrl-Z, `suspend`, and back."""
    terminal.type("go env PS1='inner> ' bash --norc --noprofile -i\n")
    terminal.expect(INNER)
    assert terminal.line("echo $((6 * 7))", INNER).strip().endswith("42")
    terminal.type("sleep 1000\n")
    _until(lambda: sleeps(terminal), "sleep runs")
    terminal.type("\x03")
    terminal.expect(INNER)
    terminal.type("sleep 1000\n")
    _until(lambda: sleeps(terminal), "sleep runs")
    terminal.type("\x1a")
    assert "Stopped" in terminal.expect(INNER)
    terminal.type("fg\n")
    _until(lambda: sleeps(terminal), "sleep goes on")
    terminal.type("\x03")
    terminal.expect(INNER)
    terminal.type("suspend -f\n")
    assert "Stopped" in terminal.expect(PROMPT)
    assert terminal.line("echo outside").strip() == "outside"
    terminal.type("fg\n")
    terminal.run.event("continued")
    terminal.type("echo in''side\n")
    terminal.expect("inside\n")
    terminal.expect(INNER)
    terminal.type("exit 4\n")
    terminal.expect(PROMPT)
    assert re.search(r"status 4$", terminal.line("echo status $?").strip())


def test_terminal_that_goes_away_ends_all(run):
    """The shell gets SIGHUP and passes it on; a program that does not ignore it ends."""
    terminal = Terminal(run)
    terminal.type("go sleep 1000\n")
    terminal.run.event("Started")
    os.close(terminal.master)
    assert leftover(terminal.run) == []
    terminal.run.close()
