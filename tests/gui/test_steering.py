"""The engine of the desktop, on Qt's loop: real ones, real connections, real deaths."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support.byway import Byway, children, free_port, upstream
from tests.support.loops import DEADLINE, aside, until
from tests.support.origins import Origin, http_origin

from byway_core.api.wire import EngineStatus
from byway_core.model.errors import HelperFault
from byway_gui.engine_link import adopted as adopted_module
from byway_gui.engine_link import back_off, engine_process
from byway_gui.engine_link import steering as module
from byway_gui.engine_link.child import Child
from byway_gui.engine_link.hosts import GiveBack, StartHost, start_child, start_in_process
from byway_gui.engine_link.steering import Steering
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing, detail, remedy

PORT = Reach.PORT
Loop = asyncio.AbstractEventLoop


class Seen:
    """A steering, and all that it has told."""

    def __init__(
        self, loop: Loop, profile: Path, start: StartHost, give_back: GiveBack | None = None
    ) -> None:
        self.loop = loop
        self.standings: list[Standing] = []
        self.looks: list[tuple[EngineStatus, list[int]]] = []
        self.lines: list[str] = []
        self.it = Steering(
            loop,
            profile,
            start,
            give_back or _no_guard,
            changed=self.standings.append,
            looked=lambda *look: self.looks.append(look),
            said=self.lines.append,
        )

    @property
    def now(self) -> Standing:
        return self.it.standing

    @property
    def phases(self) -> list[Phase]:
        """Without those that come twice in a row."""
        found: list[Phase] = []
        for each in self.standings:
            if found[-1:] != [each.phase]:
                found.append(each.phase)
        return found

    @property
    def pid(self) -> int:
        return self.it.process.pid

    def until(self, happened: Callable[[], object]) -> None:
        until(self.loop, happened)

    def reaches(self, phase: Phase) -> None:
        self.until(lambda: self.now.phase is phase)

    def turn_on(self) -> None:
        self.it.turn_on(PORT)
        self.reaches(Phase.ON)

    def turn_off(self) -> None:
        self.it.turn_off()
        self.reaches(Phase.OFF)


def _no_guard(told: object, said: object, ended: object) -> Child:
    raise AssertionError("nobody has a kill switch")


Make = Callable[..., Seen]


@pytest.fixture
def make(qt_loop: Loop, caplog: pytest.LogCaptureFixture) -> Iterator[Make]:
    """A steering; at the end it is closed, and no task may have failed."""
    made: list[Seen] = []

    def steering(
        profile: Path, start: StartHost | None = None, give_back: GiveBack | None = None
    ) -> Seen:
        made.append(Seen(qt_loop, profile, start or start_child(qt_loop), give_back))
        return made[-1]

    yield steering
    for each in made:
        if each.it._is_closed:
            continue
        qt_loop.run_until_complete(asyncio.wait_for(each.it.close(), DEADLINE))
        assert not each.it._tasks
    assert not [record.message for record in caplog.records if record.levelname == "ERROR"]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with http_origin() as origin:
        yield origin


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return write(tmp_path, free_port())


def write(
    folder: Path, port: int | None, *rules: str, more: str = "", name: str = "profile.toml"
) -> Path:
    """By a rename, as editors do; never half a file is there."""
    file, new = folder / name, folder / f".{name}"
    general = "workers = 1\n" if port is None else f"mixed_port = {port}\nworkers = 1\n"
    listed = ", ".join(f'"{rule}"' for rule in rules or ("MATCH,DIRECT",))
    new.write_text(f"version = 1\nrules = [{listed}]\n[general]\n{general}{more}")
    new.replace(file)
    return file


def curl(seen: Seen, origin: Origin) -> bool:
    """Whether a real curl gets it through the local port."""
    command = ["curl", "-sS", "-o", "/dev/null", "--fail", "-m", "20"]
    command += ["-x", f"http://127.0.0.1:{seen.now.port}", f"http://{origin.host}:{origin.port}/"]
    done = aside(seen.loop, lambda: subprocess.run(command, check=False, capture_output=True))
    return done.returncode == 0


def flows(status: EngineStatus) -> dict[str, int]:
    return {name: action.flows for name, action in status.actions.items() if action.flows}


def went(seen: Seen) -> dict[str, int]:
    """How many connections went where."""
    before = len(seen.looks)
    seen.it.watch(True)
    seen.until(lambda: len(seen.looks) > before)
    seen.it.watch(False)
    return flows(seen.looks[-1][0])


# -- on and off --------------------------------------------------------------------------------


def test_it_is_turned_on_and_off(make: Make, profile: Path, origin: Origin) -> None:
    seen = make(profile)
    seen.turn_on()
    assert (seen.now.reach, seen.now.rules, seen.now.sentence) == (PORT, 1, "")
    assert curl(seen, origin)
    seen.turn_off()
    assert not curl(seen, origin)
    assert seen.phases == [Phase.STARTING, Phase.ON, Phase.STOPPING, Phase.OFF]


def test_two_clicks_are_one(make: Make, profile: Path) -> None:
    seen = make(profile)
    seen.it.turn_on(PORT)
    pid = seen.pid
    seen.it.turn_on(PORT)
    seen.reaches(Phase.ON)
    assert seen.pid == pid
    seen.it.turn_off()
    seen.it.turn_off()
    seen.it.turn_on(PORT)
    seen.reaches(Phase.OFF)
    assert seen.phases == [Phase.STARTING, Phase.ON, Phase.STOPPING, Phase.OFF]


def test_it_is_turned_off_while_it_starts(make: Make, profile: Path) -> None:
    """However far it has come by then: at once, or when it says that it serves."""
    seen = make(profile)
    seen.it.turn_on(PORT)
    seen.turn_off()
    assert Phase.ON not in seen.phases
    told = seen.it.process._told

    def late(event: Mapping[str, Any]) -> None:
        seen.it.turn_off()
        told(event)

    seen.it.process._told = late  # type: ignore[method-assign]  # as if both came in one turn of the loop
    seen.it.turn_on(PORT)
    seen.reaches(Phase.OFF)
    assert Phase.ON not in seen.phases


def test_a_taken_port_is_said(make: Make, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        seen = make(write(tmp_path, port))
        seen.it.turn_on(PORT)
        seen.reaches(Phase.FAILED)
    assert detail(seen.now) == (
        f"Port {port} of 127.0.0.1 is in use by another program: choose another "
        "general.mixed_port. Byway's local port is closed meanwhile."
    )
    seen.turn_on()
    assert seen.now.sentence == ""


def test_a_profile_that_cannot_be_used_is_said(make: Make, tmp_path: Path) -> None:
    more = upstream("office", "socks5", "proxy.example.net", 1080, ("me", "secret"))
    more = more.replace('"secret"', '{ file = "secret" }')
    seen = make(write(tmp_path, free_port(), more=more))
    seen.it.turn_on(PORT)
    seen.reaches(Phase.FAILED)
    assert "password file" in seen.now.sentence


def test_a_program_that_is_missing_is_said(make: Make, profile: Path) -> None:
    def start(*_: object) -> Child:
        raise OSError(8, "Exec format error")

    seen = make(profile, start)
    seen.it.turn_on(PORT)
    assert seen.now.phase is Phase.FAILED
    assert "Exec format error" in seen.now.sentence


def test_one_in_this_process(make: Make, qt_loop: Loop, profile: Path, origin: Origin) -> None:
    seen = make(profile, start_in_process(qt_loop))
    seen.turn_on()
    assert curl(seen, origin)
    seen.it.set_mode(Mode.DIRECT)
    seen.until(lambda: seen.looks[-1][0].everything == "DIRECT")
    seen.turn_off()
    assert not curl(seen, origin)
    seen.it.turn_on(PORT)
    seen.turn_off()  # before it has read its profile
    assert seen.phases[-3:] == [Phase.STARTING, Phase.STOPPING, Phase.OFF]


# -- crashes -----------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_off, "WAITS", (0.05, 0.1, 0.15))


@pytest.mark.usefixtures("quick")
def test_one_that_crashes_comes_back(make: Make, profile: Path, origin: Origin) -> None:
    seen = make(profile)
    seen.turn_on()
    os.kill(seen.pid, signal.SIGKILL)
    seen.reaches(Phase.RESTARTING)
    assert detail(seen.now) == (
        "The engine has ended unexpectedly (signal 9). It is started again in 0 s. "
        "Byway's local port is closed meanwhile."
    )
    assert seen.now.is_on
    seen.reaches(Phase.ON)
    assert curl(seen, origin)
    assert seen.now.sentence == ""


def test_the_wait_grows(make: Make, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it crashes after its start, where it does before, and where both alternate; one that
    has lived long enough begins anew."""
    monkeypatch.setattr(back_off, "WAITS", (0.01, 0.02, 0.03))
    seen = make(profile)
    waits: list[float] = []
    later = seen.loop.call_later

    def call_later(delay: float, callback: Any, *rest: Any, **named: Any) -> asyncio.TimerHandle:
        if delay in back_off.WAITS:
            waits.append(delay)
        return later(delay, callback, *rest, **named)

    monkeypatch.setattr(seen.loop, "call_later", call_later)
    seen.turn_on()
    for n, phase in enumerate([Phase.ON, Phase.STARTING, Phase.ON, Phase.STARTING], 1):
        seen.reaches(phase)
        os.kill(seen.pid, signal.SIGKILL)
        seen.until(lambda n=n: len(waits) == n)
    assert waits == [0.01, 0.02, 0.03, 0.03]
    seen.reaches(Phase.ON)
    monkeypatch.setattr(back_off, "HEALTHY", 0.0)
    os.kill(seen.pid, signal.SIGKILL)
    seen.until(lambda: len(waits) == 5)
    assert waits[-1] == 0.01


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_asked_to_end_does_not_come_back(
    make: Make, profile: Path, signum: int
) -> None:
    """As `byway down` does."""
    seen = make(profile)
    seen.turn_on()
    os.kill(seen.pid, signum)
    seen.reaches(Phase.OFF)
    assert Phase.RESTARTING not in seen.phases
    assert seen.now.sentence == ""


def test_turning_off_ends_the_waiting(make: Make, profile: Path) -> None:
    seen = make(profile)
    seen.turn_on()
    os.kill(seen.pid, signal.SIGKILL)
    seen.reaches(Phase.RESTARTING)
    seen.it.turn_off()
    assert (seen.now.phase, seen.now.sentence) == (Phase.OFF, "")
    assert not seen.it._back_off.is_waiting


def test_turning_on_does_not_wait(make: Make, profile: Path) -> None:
    seen = make(profile)
    seen.turn_on()
    os.kill(seen.pid, signal.SIGKILL)
    seen.reaches(Phase.RESTARTING)
    seen.it.turn_on(PORT)
    assert seen.now.phase is Phase.STARTING
    seen.reaches(Phase.ON)


def test_one_that_dies_as_it_serves_is_not_on(make: Make, profile: Path) -> None:
    """Its last words are read with its death, in one turn of the loop."""
    seen = make(profile)
    told = seen.it.process._told

    def killed(event: Mapping[str, Any]) -> None:
        if event.get("event") == "in-force":
            os.kill(seen.pid, signal.SIGKILL)
        told(event)

    seen.it.process._told = killed  # type: ignore[method-assign]
    seen.it.turn_on(PORT)
    seen.reaches(Phase.RESTARTING)
    seen.it.turn_off()
    seen.until(lambda: not seen.it._tasks)
    assert seen.phases[-2:] == [Phase.RESTARTING, Phase.OFF]


def test_one_that_does_not_end_is_killed(
    make: Make, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "_PATIENCE", 0.1)
    seen = make(profile)
    seen.turn_on()
    os.kill(seen.pid, signal.SIGSTOP)
    seen.turn_off()
    assert seen.now.sentence == ""


def test_quitting_ends_ours(make: Make, profile: Path) -> None:
    seen = make(profile)
    seen.turn_on()
    pid = seen.pid
    seen.loop.run_until_complete(seen.it.close())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# -- modes and pauses --------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Iterator[str]:
    """An [[upstream]] that is a Byway of its own."""
    folder = tmp_path / "office"
    folder.mkdir()
    with Byway(folder).serving("MATCH,DIRECT") as serving:
        yield upstream("office", "socks5", "127.0.0.1", serving.port, None)


def test_modes_say_where_everything_goes(
    make: Make, tmp_path: Path, office: str, origin: Origin
) -> None:
    port = free_port()
    seen = make(write(tmp_path, port, "MATCH,REJECT", more=office))
    seen.turn_on()
    assert not curl(seen, origin)
    seen.it.set_mode(Mode.DIRECT)
    seen.until(lambda: seen.looks[-1][0].everything == "DIRECT")
    assert curl(seen, origin)
    seen.it.set_mode(Mode.THROUGH, "office")
    seen.until(lambda: seen.looks[-1][0].everything == "office")
    assert curl(seen, origin)
    assert went(seen) == {"REJECT": 1, "DIRECT": 1, "office": 1}
    # It survives a changed profile, and a new start.
    write(tmp_path, port, "DOMAIN,example.com,DIRECT", "MATCH,REJECT", more=office)
    seen.it.reload()
    seen.until(lambda: not seen.it._tasks)
    assert curl(seen, origin)
    assert went(seen)["office"] == 2
    seen.turn_off()
    seen.turn_on()
    assert curl(seen, origin)
    assert went(seen) == {"office": 1}
    # And an end by itself: the next one has it from the start.
    seen.looks.clear()
    os.kill(seen.pid, signal.SIGKILL)
    seen.reaches(Phase.RESTARTING)
    seen.reaches(Phase.ON)
    assert {status.everything for status, _ in seen.looks} == {"office"}
    assert "--everything=office" in Path(f"/proc/{seen.pid}/cmdline").read_text().split("\0")
    seen.it.set_mode(Mode.RULES)
    seen.until(lambda: seen.looks[-1][0].everything == "")
    assert not curl(seen, origin)
    assert (seen.now.mode, seen.now.rules) == (Mode.RULES, 2)


def test_the_mode_is_never_another_for_a_moment(make: Make, tmp_path: Path, office: str) -> None:
    """Nor by an answer that was on its way when it was wished."""
    seen = make(write(tmp_path, free_port(), more=office))
    seen.turn_on()
    seen.standings.clear()
    assert seen.it._helm is not None
    seen.it.do(seen.it._helm.look())
    seen.it.set_mode(Mode.THROUGH, "office")
    seen.it.do(seen.it._helm.look())
    seen.until(lambda: not seen.it._tasks)
    assert {each.mode for each in seen.standings} == {Mode.THROUGH}


def test_an_upstream_that_is_removed_meanwhile(
    make: Make, tmp_path: Path, office: str, origin: Origin
) -> None:
    """The profile of before stays in force, and so does the mode; that is said. A new start is
    refused until another mode is chosen: nothing goes by the rules that was to go there."""
    port = free_port()
    seen = make(write(tmp_path, port, more=office))
    seen.turn_on()
    seen.it.set_mode(Mode.THROUGH, "office")
    seen.until(lambda: not seen.it._tasks)
    write(tmp_path, port)
    seen.it.reload()
    seen.until(lambda: not seen.it._tasks)
    assert "there is no office" in seen.now.sentence
    assert (seen.now.mode, seen.now.through) == (Mode.THROUGH, "office")
    assert curl(seen, origin)
    assert went(seen) == {"office": 1}
    seen.turn_off()
    seen.it.turn_on(Reach.PORT)
    seen.reaches(Phase.FAILED)
    assert "there is no office" in seen.now.sentence
    seen.it.set_mode(Mode.RULES)
    seen.turn_on()
    assert (seen.now.sentence, seen.now.mode) == ("", Mode.RULES)


def test_a_pause_ends_by_itself(make: Make, tmp_path: Path, origin: Origin) -> None:
    seen = make(write(tmp_path, free_port(), "MATCH,REJECT"))
    seen.turn_on()
    seen.it.pause(1000.0, now=5.0)
    seen.it.pause(1000.0, now=6.0)  # again: what it interrupts is the same
    assert (seen.now.mode, seen.now.paused_until) == (Mode.DIRECT, 1006.0)
    seen.until(lambda: seen.looks[-1][0].everything == "DIRECT")
    assert curl(seen, origin)
    seen.it.pause(0.1, now=7.0)
    seen.until(lambda: not seen.now.paused_until and not seen.it._tasks)
    assert seen.now.mode is Mode.RULES
    assert not curl(seen, origin)


def test_a_pause_is_ended_early(make: Make, tmp_path: Path, office: str) -> None:
    seen = make(write(tmp_path, free_port(), more=office))
    seen.turn_on()
    seen.it.set_mode(Mode.THROUGH, "office")
    seen.it.pause(1000.0, now=5.0)
    seen.it.end_pause()
    seen.until(lambda: not seen.it._tasks)
    assert (seen.now.mode, seen.now.through) == (Mode.THROUGH, "office")
    assert seen.looks[-1][0].everything == "office"
    seen.it.end_pause()  # there is none
    assert seen.now.mode is Mode.THROUGH


@pytest.mark.parametrize("how", ["off", "mode"])
def test_a_pause_ends_with_what_it_interrupts(make: Make, profile: Path, how: str) -> None:
    seen = make(profile)
    seen.turn_on()
    seen.it.pause(1000.0, now=5.0)
    if how == "off":
        seen.turn_off()
        assert seen.now.mode is Mode.RULES
        seen.turn_on()
    else:
        seen.it.set_mode(Mode.RULES)
        seen.until(lambda: not seen.it._tasks)
    assert seen.now.paused_until == 0.0
    assert not seen.it._pause.is_on
    assert (seen.now.mode, seen.now.phase) == (Mode.RULES, Phase.ON)


@pytest.mark.usefixtures("quick")
def test_a_pause_survives_a_crash(make: Make, tmp_path: Path, origin: Origin) -> None:
    seen = make(write(tmp_path, free_port(), "MATCH,REJECT"))
    seen.turn_on()
    seen.it.pause(1000.0, now=5.0)
    seen.until(lambda: not seen.it._tasks)
    os.kill(seen.pid, signal.SIGKILL)
    seen.reaches(Phase.RESTARTING)
    seen.reaches(Phase.ON)
    assert curl(seen, origin)
    assert seen.now.paused_until == 1005.0


def test_a_pause_that_is_not_taken_is_none(make: Make, tmp_path: Path, profile: Path) -> None:
    seen = make(profile)
    seen.turn_on()
    profile.write_text("nonsense")
    seen.it.pause(1000.0, now=5.0)
    seen.until(lambda: not seen.it._tasks)
    assert (seen.now.mode, seen.now.paused_until) == (Mode.RULES, 0.0)
    assert "could not be taken" in seen.now.sentence


# -- a changed profile -------------------------------------------------------------------------


def test_a_changed_profile_is_taken(make: Make, tmp_path: Path, origin: Origin) -> None:
    port = free_port()
    seen = make(write(tmp_path, port))
    seen.turn_on()
    assert curl(seen, origin)
    assert went(seen) == {"DIRECT": 1}
    assert seen.looks[-1][1] == [1]
    seen.it.reset_hits()
    seen.until(lambda: seen.looks[-1][1] == [0])

    write(tmp_path, port, "MATCH,nowhere")
    seen.it.reload()
    seen.until(lambda: seen.now.sentence)
    assert "the one before stays in force: " in seen.now.sentence
    assert curl(seen, origin)

    write(tmp_path, port, "DOMAIN,example.com,DIRECT", "MATCH,REJECT")
    seen.it.reload()
    seen.until(lambda: seen.now.rules == 2)
    assert seen.now.sentence == ""
    assert not curl(seen, origin)

    write(tmp_path, free_port())
    seen.it.reload()
    seen.until(lambda: "general.mixed_port" in seen.now.sentence)
    assert (seen.now.port, seen.now.phase) == (port, Phase.ON)


def test_a_profile_without_rules(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(f"version = 1\nrules = []\n[general]\nmixed_port = {free_port()}\n")
    seen = make(file)
    seen.turn_on()
    assert (seen.now.rules, seen.looks[-1][1]) == (0, [])


def test_what_changes_while_it_starts_is_not_missed(make: Make, tmp_path: Path) -> None:
    """It may have read the file before: its user is asked for passwords for as long as he likes."""
    port = free_port()
    seen = make(write(tmp_path, port))
    told = seen.it.process._told

    def changed(event: Mapping[str, Any]) -> None:
        write(tmp_path, port, "DOMAIN,example.com,DIRECT", "MATCH,REJECT")
        seen.it.reload()
        told(event)

    seen.it.process._told = changed  # type: ignore[method-assign]
    seen.turn_on()
    assert seen.now.rules == 2


def test_whoever_does_not_look_costs_nothing(
    make: Make, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.02)
    seen = make(profile)
    seen.turn_on()
    before = len(seen.looks)
    seen.it.watch(True)
    seen.it.watch(True)
    seen.until(lambda: len(seen.looks) >= before + 3)
    seen.it.watch(False)
    assert seen.it._watching is None
    # One that hangs is asked one question, not one each second.
    os.kill(seen.pid, signal.SIGSTOP)
    try:
        seen.until(lambda: not seen.it._tasks)
        seen.it.watch(True)
        end = seen.loop.time() + 0.2
        seen.until(lambda: seen.loop.time() > end)
        assert len(seen.it._tasks) == 1
    finally:
        os.kill(seen.pid, signal.SIGCONT)


def test_a_lost_socket_is_found_again(
    make: Make, profile: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its traffic does not depend on it; and it may be steered again."""
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.02)
    seen = make(profile)
    told, away = seen.it.process._told, own_folders / "away"

    def hidden(event: Mapping[str, Any]) -> None:
        path = own_folders / "runtime" / "byway" / f"{seen.pid}.sock"
        path.rename(away)
        told(event)

    seen.it.process._told = hidden  # type: ignore[method-assign]
    seen.turn_on()
    assert "cannot be steered" in seen.now.sentence
    away.rename(own_folders / "runtime" / "byway" / f"{seen.pid}.sock")
    seen.it.watch(True)
    seen.until(lambda: seen.looks)
    assert seen.now.sentence == ""


# -- one that is there already -----------------------------------------------------------------


@pytest.fixture
def by_hand(own_folders: Path) -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """`byway serve` in a terminal, until it serves."""
    started: list[subprocess.Popen[bytes]] = []

    def serve(profile: Path) -> subprocess.Popen[bytes]:
        command = [*Byway(own_folders).command, "serve", "--profile", str(profile)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        started.append(process)
        assert process.stderr is not None
        assert b"serving" in process.stderr.readline()
        return process

    yield serve
    for process in started:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.terminate()
        process.communicate()


Serve = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture(params=["here", "in another sandbox"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the adopted one is: from another Flatpak's sandbox it has no process id."""
    if request.param != "here":
        monkeypatch.setattr(adopted_module, "pid_of", lambda number: None)


def adopted(make: Make, profile: Path) -> Seen:
    seen = make(profile)
    seen.it.adopt()
    seen.reaches(Phase.ON)
    seen.until(lambda: seen.looks)
    return seen


@pytest.mark.usefixtures("place")
def test_one_that_runs_is_adopted(
    make: Make, profile: Path, by_hand: Serve, origin: Origin
) -> None:
    process = by_hand(profile)
    seen = adopted(make, profile)
    assert (seen.now.reach, seen.now.rules, seen.now.foreign) == (PORT, 1, "")
    assert curl(seen, origin)
    seen.it.adopt()
    seen.it.turn_on(PORT)
    assert seen.pid == process.pid
    seen.turn_off()
    assert process.wait() == 0
    assert seen.phases == [Phase.ON, Phase.STOPPING, Phase.OFF]


def test_what_it_was_told_is_known(
    make: Make, profile: Path, by_hand: Serve, own_folders: Path
) -> None:
    """The window that has told it may have died."""
    by_hand(profile)
    first = adopted(make, profile)
    first.it.set_mode(Mode.DIRECT)
    first.until(lambda: not first.it._tasks)
    first.loop.run_until_complete(first.it.close())
    second = adopted(make, profile)
    assert {each.mode for each in second.standings} == {Mode.DIRECT}


@pytest.mark.usefixtures("place")
def test_quitting_leaves_an_adopted_one(make: Make, profile: Path, by_hand: Serve) -> None:
    process = by_hand(profile)
    seen = adopted(make, profile)
    seen.loop.run_until_complete(seen.it.close())
    assert process.poll() is None


@pytest.mark.usefixtures("place")
def test_the_end_of_an_adopted_one_is_seen(make: Make, profile: Path, by_hand: Serve) -> None:
    process = by_hand(profile)
    seen = adopted(make, profile)
    process.send_signal(signal.SIGINT)
    seen.reaches(Phase.OFF)
    assert seen.now.sentence == ""


@pytest.mark.usefixtures("place")
def test_the_crash_of_an_adopted_one_is_said(make: Make, profile: Path, by_hand: Serve) -> None:
    """It is not ours to start again."""
    process = by_hand(profile)
    seen = adopted(make, profile)
    process.kill()
    seen.reaches(Phase.FAILED)
    assert seen.now.sentence == "The engine has ended unexpectedly."


def test_an_adopted_one_that_does_not_end_is_killed(
    make: Make, profile: Path, by_hand: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "_PATIENCE", 0.1)
    process = by_hand(profile)
    seen = adopted(make, profile)
    process.send_signal(signal.SIGSTOP)
    seen.turn_off()
    assert process.wait() == -signal.SIGKILL


def test_what_changed_before_the_window_came_is_taken(
    make: Make, tmp_path: Path, by_hand: Serve
) -> None:
    port = free_port()
    profile = write(tmp_path, port)
    by_hand(profile)
    write(tmp_path, port, "DOMAIN,example.com,DIRECT", "MATCH,REJECT")
    assert adopted(make, profile).now.rules == 2


def test_engines_for_something_else_are_left(
    make: Make, tmp_path: Path, profile: Path, by_hand: Serve
) -> None:
    """And asked once, however often their folder changes."""
    by_hand(write(tmp_path, free_port(), name="other.toml"))
    seen = make(profile)
    for _ in range(3):
        seen.it.adopt()
        assert len(seen.it._tasks) <= 1
        seen.until(lambda: not seen.it._tasks)
    seen.it.adopt()
    assert not seen.it._tasks
    assert seen.standings == []


def test_one_that_comes_while_ours_runs_is_adopted_afterwards(
    make: Make, profile: Path, by_hand: Serve, qt_loop: Loop, tmp_path: Path
) -> None:
    seen = make(profile)
    seen.turn_on()
    seen.it.adopt()
    assert not seen.it._tasks
    ours = seen.pid
    # The port is taken until ours ends, so this one has another, and the same name.
    text = profile.read_text()
    write(tmp_path, free_port())
    process = by_hand(profile)
    profile.write_text(text)
    seen.it.turn_off()
    seen.until(lambda: seen.it.process.is_there and seen.pid == process.pid)
    assert seen.pid != ours
    assert seen.now.phase is Phase.ON


def test_dead_sockets_are_nobodys(make: Make, profile: Path, by_hand: Serve) -> None:
    process = by_hand(profile)
    process.kill()
    process.wait()
    seen = make(profile)
    seen.it.adopt()
    seen.until(lambda: not seen.it._tasks)
    assert seen.standings == []


WINDOW = """
import asyncio, sys
from pathlib import Path
from byway_gui.engine_link.hosts import start_child, start_give_back
from byway_gui.engine_link.steering import Steering
from byway_gui.presenters.standing import Phase, Reach

def changed(standing):
    if standing.phase is Phase.ON:
        print(steering.process.pid, flush=True)

loop = asyncio.new_event_loop()
steering = Steering(loop, Path(sys.argv[1]), start_child(loop), start_give_back(loop),
                    changed=changed, looked=lambda *_: None, said=lambda _: None)
steering.turn_on(Reach.PORT)
loop.run_forever()
"""


def test_an_engine_outlives_its_window(make: Make, tmp_path: Path, origin: Origin) -> None:
    """However that ends; the next one takes it over. Nobody reads what it says meanwhile."""
    more = 'log_level = "debug"\n'
    profile = write(tmp_path, free_port(), more=more)
    window = subprocess.Popen([sys.executable, "-c", WINDOW, profile], stdout=subprocess.PIPE)
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    window.kill()
    window.wait()
    window.stdout.close()
    seen = adopted(make, profile)
    assert seen.pid == pid
    for _ in range(3):
        assert curl(seen, origin)
    seen.turn_off()
    assert not curl(seen, origin)


# -- the helper's words, and the kill switch's -------------------------------------------------


class Fake:
    """An engine of the whole machine, and what ends its kill switch."""

    pid = 0

    def __init__(self) -> None:
        self.signals: list[int] = []

    def start(
        self, reach: Reach, profile: Path, everything: str, told: Any, said: Any, ended: Any
    ) -> Fake:
        self.everything = everything
        self.told, self.said, self.ended = told, said, ended
        return self

    def end(self, signum: int = signal.SIGINT) -> None:
        self.signals.append(signum)

    def give_back(self, told: Any, said: Any, ended: Any) -> Fake:
        self.told, self.said, self.given_back = told, said, ended
        return self


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.mark.parametrize("fault", [HelperFault.MISSING, HelperFault.NO_AGENT, HelperFault.BUSY])
def test_a_helpers_no_is_said(make: Make, profile: Path, fake: Fake, fault: HelperFault) -> None:
    seen = make(profile, fake.start)
    seen.it.turn_on(Reach.MACHINE)
    fake.told({"event": "failed", "text": "the helper said no", "fault": fault.value})
    fake.said("byway up: the helper said no, at length")
    fake.ended(1)
    assert (seen.now.phase, seen.now.fault) == (Phase.FAILED, fault)
    assert detail(seen.now) == ("The helper said no. All traffic goes its usual way meanwhile.")
    seen.it.turn_on(Reach.MACHINE)
    assert (seen.now.phase, seen.now.fault, seen.now.sentence) == (Phase.STARTING, None, "")
    fake.ended(0)
    seen.it.turn_off()


def test_a_lost_helper_is_no_crash(make: Make, profile: Path, fake: Fake) -> None:
    seen = make(profile, fake.start)
    seen.it.turn_on(Reach.MACHINE)
    fake.told({"event": "lost", "text": "the rules are gone"})
    fake.ended(1)
    assert (seen.now.phase, seen.now.sentence) == (Phase.FAILED, "the rules are gone")
    assert not seen.it._back_off.is_waiting


def guarded(make: Make, profile: Path, fake: Fake) -> Seen:
    """On, with a kill switch."""
    seen = make(profile, fake.start, fake.give_back)
    seen.it.turn_on(Reach.MACHINE)
    status = EngineStatus(1, "0", "machine", 0.0, str(profile), has_machine=True, kill_switch=True)
    seen.it._become(phase=Phase.ON)
    seen.it._take(status, [1])
    assert seen.now.guarded
    return seen


def test_a_kill_switch_after_a_crash(make: Make, profile: Path, fake: Fake) -> None:
    """What is said of the traffic is true, and turning off ends it, though no engine is there."""
    seen = guarded(make, profile, fake)
    fake.ended(-9)
    assert detail(seen.now).endswith(" Meanwhile the kill switch refuses all traffic.")
    seen.it.turn_off()
    assert seen.now.phase is Phase.STOPPING
    seen.it.turn_on(Reach.MACHINE)
    assert seen.now.phase is Phase.STOPPING
    fake.given_back(0)
    assert detail(seen.now) == "All traffic goes its usual way."
    assert not seen.now.guarded


def test_a_lost_helper_may_have_left_a_kill_switch_or_not(
    make: Make, profile: Path, fake: Fake
) -> None:
    """Whoever ran `byway repair` has ended it too; who looks at the machine says so."""
    seen = guarded(make, profile, fake)
    seen.it.found_guard(False)
    assert seen.now.guarded, "an engine runs, and knows better"
    fake.told({"event": "lost", "text": "the rules are gone"})
    fake.ended(1)
    assert detail(seen.now).endswith(" Meanwhile the kill switch refuses all traffic.")
    seen.it.found_guard(False)
    assert detail(seen.now) == "The rules are gone. All traffic goes its usual way meanwhile."
    seen.it.turn_off()
    seen.it.found_guard(True)
    assert detail(seen.now) == "The kill switch refuses all traffic."
    assert remedy(seen.now) == ("", "Repair the network")
    seen.it.repaired()
    assert detail(seen.now) == "All traffic goes its usual way."


def test_a_kill_switch_that_cannot_be_ended(make: Make, profile: Path, fake: Fake) -> None:
    seen = guarded(make, profile, fake)
    fake.ended(-9)
    seen.it.turn_off()
    fake.said("byway repair: you may not, at length")
    fake.told({"event": "failed", "text": "you may not", "fault": HelperFault.DENIED.value})
    fake.given_back(1)
    assert detail(seen.now) == "You may not. Meanwhile the kill switch refuses all traffic."
    assert seen.now.fault is HelperFault.DENIED
    seen.it.repaired()
    assert not seen.now.guarded


def test_a_kill_switch_of_one_that_had_to_be_killed(
    make: Make, profile: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "_PATIENCE", 0.01)
    seen = guarded(make, profile, fake)
    seen.it.turn_off()
    seen.until(lambda: fake.signals == [signal.SIGINT, signal.SIGKILL])
    fake.ended(-9)
    assert seen.now.phase is Phase.STOPPING
    fake.given_back(3)
    assert (seen.now.phase, seen.now.guarded) == (Phase.OFF, False)


def test_a_kill_switch_ends_with_the_engine(make: Make, profile: Path, fake: Fake) -> None:
    seen = guarded(make, profile, fake)
    seen.it.turn_off()
    fake.ended(0)
    assert (seen.now.phase, seen.now.guarded) == (Phase.OFF, False)


def test_a_session_that_ends_leaves_a_kill_switch(make: Make, profile: Path, fake: Fake) -> None:
    seen = guarded(make, profile, fake)
    closing = seen.loop.create_task(seen.it.close(signal.SIGTERM))
    seen.until(lambda: fake.signals)
    assert fake.signals == [signal.SIGTERM]
    fake.ended(0)
    seen.until(closing.done)
    # … and one that has crashed is not asked about.
    seen = guarded(make, profile, fake)
    fake.ended(-9)
    seen.loop.run_until_complete(seen.it.close(signal.SIGTERM))
    assert not hasattr(fake, "given_back")


@pytest.fixture(autouse=True)
def no_engine_is_left() -> Iterator[None]:
    yield
    assert children(os.getpid()) == []
