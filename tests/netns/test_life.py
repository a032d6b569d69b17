"""A program's life: how it starts, or does not, how it ends, and what outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from tests.netns.conftest import leftover

STATUSES = [
    pytest.param("exit 0", 0, id="success"),
    pytest.param("exit 7", 7, id="failure"),
    pytest.param("exit 255", 255, id="greatest"),
    pytest.param("kill -TERM $$", 128 + 15, id="SIGTERM"),
    pytest.param("kill -KILL $$", 128 + 9, id="SIGKILL"),
    pytest.param("kill -SEGV $$", 128 + 11, id="crash"),
]


@pytest.mark.parametrize(("command", "status"), STATUSES)
def test_status_is_the_programs(run, command, status):
    started = run("/bin/sh", "-c", command)
    assert started.result() == (status, "")
    assert [event["event"] for event in started.seen] == ["ready", "Started", "Finished", "closed"]


def test_streams_are_the_programs(run):
    started = run("cat", stdin=subprocess.PIPE)
    output, _ = started.process.communicate("through\n", timeout=30)
    assert (started.process.returncode, output) == (0, "through\n")


def test_launcher_does_not_hold_the_streams(run):
    """A pipe's reader must see the end when the program is gone, whatever lives on."""
    started = run("/bin/sh", "-c", "sleep 1000 & echo done")
    launcher = started.event("ready")["launcher"]
    started.event("ProgramExited")
    assert {os.readlink(f"/proc/{launcher}/fd/{fd}") for fd in range(3)} == {"/dev/null"}
    started.command("leave")
    assert started.result() == (0, "done\n")


@pytest.fixture
def folder(stage, person):
    """Things that are not programs, in a folder of this test process's own."""
    made = stage.folder / f"programs-{os.getpid()}"
    if not made.exists():
        made.mkdir()
        files = {
            "plain": ("echo plain", 0o644),
            "no-interpreter": ("#!/no/such/interpreter -x\n", 0o755),
            "no-shebang": ("echo read by sh: $1\n", 0o755),
            "shebang": ("#!/bin/sh\necho read by its own: $1\n", 0o755),
        }
        for name, (text, mode) in files.items():
            (made / name).write_text(text)
            (made / name).chmod(mode)
        (made / "binary").write_bytes(b"\x7fELF\0\0\0 no")
        (made / "binary").chmod(0o755)
        (made / "directory").mkdir()
    return made


NOT_EXECUTED = [
    pytest.param("no-such-program", 127, "no-such-program: no such program in PATH", id="name"),
    pytest.param("{}/absent", 127, "{}/absent: no such file", id="path"),
    pytest.param("{}/plain/x", 127, "{}/plain/x: no such file", id="path through a file"),
    pytest.param("", 127, "an empty name: no such program in PATH", id="empty name"),
    pytest.param("{}/plain", 126, "{}/plain: not executable (permission denied)", id="mode"),
    pytest.param("{}/directory", 126, "{}/directory: is a directory", id="directory"),
    pytest.param("{}/binary", 126, "{}/binary: not a program of this machine", id="broken binary"),
    pytest.param(
        "{}/no-interpreter",
        127,
        "{}/no-interpreter: the interpreter /no/such/interpreter that it needs is missing",
        id="interpreter",
    ),
]


@pytest.mark.parametrize(("program", "status", "sentence"), NOT_EXECUTED)
def test_what_cannot_be_executed(run, folder, program, status, sentence):
    started = run(program.format(folder))
    event = started.event("NotExecuted")
    assert (event["status"], event["sentence"]) == (status, sentence.format(folder))
    assert started.result() == (status, "")
    assert started.seen[-2] == {"event": "Finished", "status": status, "lost": False}


@pytest.mark.parametrize(
    ("program", "output"),
    [
        pytest.param("shebang", "read by its own: x\n", id="script"),
        pytest.param("no-shebang", "read by sh: x\n", id="script without #!"),
    ],
)
@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "by path"])
def test_scripts(run, folder, program, output, by_name):
    """By name in the given PATH, past what is no program."""
    env = {"PATH": f"/no/such:{folder}/directory:{folder}:/usr/bin:/bin"}
    name = program if by_name else f"{folder}/{program}"
    assert run(name, "x", env=env).result() == (0, output)


def test_working_directory_that_is_not_there(run):
    started = run("true", options=("--cwd", "/no/such/folder"))
    assert started.event("NotExecuted")["sentence"] == "/no/such/folder: No such file or directory"
    assert started.result()[0] == 126


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGKILL])
def test_signals_reach_the_program(run, number):
    started = run("sleep", "1000")
    started.event("Started")
    started.command(f"signal {number}")
    assert started.result() == (128 + number, "")


def test_signals_reach_what_outlives_the_program(run):
    started = run("/bin/sh", "-c", "sleep 1000 & sleep 1000 & exit 3")
    assert started.event("ProgramExited") == {
        "event": "ProgramExited",
        "status": 3,
        "remaining": 2,
    }
    started.command(f"signal {int(signal.SIGTERM)}")
    assert started.result() == (3, "")


def test_children_that_end_with_the_program_are_not_reported(run):
    """A browser's go a moment after it."""
    started = run("/bin/sh", "-c", "(sleep 0.02) & exit 0")
    assert started.result() == (0, "")
    assert "ProgramExited" not in [event["event"] for event in started.seen]


DAEMON = """
import os, sys, time
if os.fork():
    os._exit(5)
os.setsid()
if os.fork():
    os._exit(0)
read, write = os.pipe()
if os.fork() == 0:
    os.execvp("unshare", ["unshare", "-Urn", "sleep", "1000"])
time.sleep(1000)
"""


def test_daemons_are_waited_for_and_ended(script):
    """Twice forked, in a session of its own, and one more in a network of its own: `leave` ends
    them all."""
    started = script(DAEMON)
    assert started.event("ProgramExited")["status"] == 5
    assert len(started.inhabitants()) >= 3
    started.command("leave")
    assert started.result()[0] == 0
    assert leftover(started) == []


STUBBORN = """
import os, signal, subprocess, sys
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork():
    print("ready", flush=True)
signal.pause()
"""


def test_who_ignores_sigterm_gets_sigkill(script):
    started = script(STUBBORN)
    assert started.process.stdout.readline() == "ready\n"
    started.command("leave")
    assert started.result()[0] == 0
    assert leftover(started) == []


def test_a_stopped_program_ends_too(script):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    started = script(code, options=("--stay",))
    started.event("Stopped")
    started.command("leave")
    assert started.result()[0] == 0
    assert leftover(started) == []


def test_worker_processes_with_copies_hold_nothing_up(run):
    started = run("sleep", "1000", options=("--fork",))
    began = time.monotonic()
    started.event("Started")
    started.command("leave")
    started.event("closed")
    assert time.monotonic() - began < 5
    assert started.result()[0] == 0
