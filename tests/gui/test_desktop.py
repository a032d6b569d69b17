"""The app on Qt's loop, in this process: what a user does, and what then is seen and happens."""

from __future__ import annotations

import asyncio
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import MakeDesktop
from tests.gui.test_explained import HELPER, answer
from tests.support.byway import DEADLINE, Byway, free_port, upstream
from tests.support.loops import until
from tests.support.origins import Origin, http_origin
from tests.support.snapshots import FLOW

import byway_resources
from byway_core.model.decision import Process
from byway_core.model.errors import HelperFault
from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui import programs, words
from byway_gui.app import Desktop
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.engine_link import back_off
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing

MILLISECONDS = int(DEADLINE * 1000)
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait(qt_loop: asyncio.AbstractEventLoop) -> Wait:
    """Let Qt's loop run until something is true."""
    return lambda happened: until(qt_loop, happened)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with http_origin() as origin:
        yield origin


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A valid one, with a free port."""
    return write(tmp_path, free_port())


def write(folder: Path, port: int | None, *, rule: str = "MATCH,DIRECT", more: str = "") -> Path:
    file = folder / "profile.toml"
    general = "" if port is None else f"[general]\nmixed_port = {port}\n"
    file.write_text(f'version = 1\nrules = ["{rule}"]\n{general}{more}')
    return file


def phase(desktop: Desktop) -> Phase:
    return desktop.steering.standing.phase


def turn_on(desktop: Desktop, wait: Wait) -> int:
    """As its button does; the local port."""
    desktop.actions.toggle.trigger()
    wait(lambda: phase(desktop) is Phase.ON)
    port = desktop.steering.standing.port
    assert port is not None
    return port


def turn_off(desktop: Desktop, wait: Wait) -> None:
    desktop.actions.toggle.trigger()
    wait(lambda: phase(desktop) is Phase.OFF)


def run(desktop: Desktop, qtbot: QtBot, line: str) -> None:
    """Type a command line into the dialog."""
    desktop.actions.run.trigger()
    (dialog,) = desktop.window.findChildren(RunProgramDialog)
    dialog.field.setText(line)
    assert dialog.run.isEnabled()
    with qtbot.waitSignal(dialog.destroyed, timeout=MILLISECONDS):
        qtbot.keyClick(dialog.field, Qt.Key.Key_Return)


def rows(desktop: Desktop) -> list[FlowSnapshot]:
    return [desktop.table.flow(row) for row in range(desktop.table.rowCount())]


def curl(wait: Wait, *arguments: str) -> str:
    """What a real curl gets, while Qt's loop runs."""
    process = QProcess()
    process.start("curl", ["-sS", *arguments])
    wait(lambda: process.state() is QProcess.ProcessState.NotRunning)
    assert process.exitCode() == 0, process.readAllStandardError().data()
    return process.readAllStandardOutput().data().decode()


def accepts(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def said(desktop: Desktop) -> str:
    """What the toast says."""
    return desktop.window.toast.text.text() if desktop.window.toast.isVisible() else ""


# -- on and off --------------------------------------------------------------------------------


@pytest.mark.parametrize("in_process", [False, True])
def test_the_port_opens_serves_and_closes(
    make_desktop: MakeDesktop, wait: Wait, profile: Path, origin: Origin, in_process: bool
) -> None:
    desktop = make_desktop(profile, in_process=in_process)
    assert phase(desktop) is Phase.OFF
    assert desktop.window.header.headline.text() == "Off"
    port = turn_on(desktop, wait)
    assert desktop.window.header.headline.text() == "On"
    assert f"127.0.0.1:{port}" in desktop.window.header.detail.text()
    assert desktop.actions.toggle.text() == "Turn &off"
    url = f"http://{origin.host}:{origin.port}/"
    for scheme in ("http", "socks5h"):
        assert '"method": "GET"' in curl(wait, "-x", f"{scheme}://127.0.0.1:{port}", url)
    wait(lambda: [flow.state for flow in rows(desktop)] == [FlowState.CLOSED] * 2)
    assert {(flow.address, flow.action, flow.reason) for flow in rows(desktop)} == {
        (origin.host, "DIRECT", "")
    }
    desktop.pages.turn_to("connections")
    assert desktop.pages.connections.view.isVisible()
    assert desktop.pages.connections.view.model().rowCount() == 2

    # A connection that lives when it is turned off is reset, and the table says so.
    with socket.create_connection(("127.0.0.1", port)) as sock:
        request = f"CONNECT {origin.host}:{origin.port} HTTP/1.1\r\n\r\n"
        sock.sendall(request.encode())
        wait(lambda: rows(desktop)[0].state is FlowState.OPEN)
        turn_off(desktop, wait)
        assert not accepts(port)
    wait(lambda: rows(desktop)[0].reason == "Byway was stopped")

    # On again: the old rows stay, though the new engine's numbers begin anew.
    turn_on(desktop, wait)
    curl(wait, "-x", f"http://127.0.0.1:{port}", url)
    wait(lambda: len(rows(desktop)) == 4 and rows(desktop)[0].state is FlowState.CLOSED)


@pytest.mark.parametrize("in_process", [False, True])
def test_the_engine_is_seen_from_outside(
    make_desktop: MakeDesktop, wait: Wait, profile: Path, in_process: bool
) -> None:
    desktop = make_desktop(profile, in_process=in_process)
    turn_on(desktop, wait)
    process = QProcess()
    command = Byway(profile.parent).command
    process.start(command[0], [*command[1:], "status", "--json"])
    wait(lambda: process.state() is QProcess.ProcessState.NotRunning)
    text = process.readAllStandardOutput().data().decode()
    assert (f'"pid": {os.getpid()}' in text) is in_process
    assert str(profile) in text


def texts(actions: list[QAction]) -> list[str]:
    return [action.text() for action in actions]


def test_header_and_tray_do_the_same(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, profile: Path
) -> None:
    desktop = make_desktop(profile)
    toggle = desktop.window.header.toggle
    assert toggle.text() == "Turn &on"
    assert not desktop.actions.copy.isEnabled()
    assert not desktop.actions.pause.isEnabled()
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    wait(lambda: phase(desktop) is Phase.ON)
    assert toggle.text() == "Turn &off"
    assert desktop.actions.copy.isEnabled()
    icon = desktop.tray.icon
    assert icon is not None
    assert icon.toolTip() == f"Byway: on, port {desktop.steering.standing.port}"
    menu = texts([each for each in icon.contextMenu().actions() if each.isVisible()])
    assert [text for text in menu if text] == [
        "Turn &off",
        "&Mode",
        desktop.profiles.title(),
        "&Pause for 10 minutes",
        "&Run a program…",
        "&Copy proxy variables",
        "R&epair the network",
        "Open &window",
        "&Quit",
    ]
    assert texts(desktop.actions.modes.actions()) == ["By the &rules", "Everything &directly"]
    # All of it is in the window too: not every desktop has a tray.
    header = desktop.window.header
    assert header.mode.menu() is desktop.actions.modes
    assert header.profile.menu() is desktop.profiles
    rest = {header.toggle.text(), header.run.text(), *texts(header.menu.menu().actions())}
    assert {*menu} - rest == {"&Mode", desktop.profiles.title(), "Open &window"}


def test_variables_are_copied(
    make_desktop: MakeDesktop, wait: Wait, profile: Path, origin: Origin
) -> None:
    desktop = make_desktop(profile)
    port = turn_on(desktop, wait)
    desktop.actions.copy.trigger()
    wait(lambda: said(desktop).startswith("Copied."))
    script = QApplication.clipboard().text()
    assert f"export http_proxy=http://127.0.0.1:{port}\n" in script
    shell = QProcess()
    url = shlex.quote(f"http://{origin.host}:{origin.port}/")
    shell.start("sh", ["-c", f"{script}curl -sS -o /dev/null {url}"])
    wait(lambda: len(rows(desktop)) == 1)
    wait(lambda: shell.state() is QProcess.ProcessState.NotRunning)
    assert shell.exitCode() == 0


def test_why_variables_are_not_copied_is_said_in_ones_language(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("secret")
    file = write(tmp_path, free_port())
    account = 'mixed_username = "me"\nmixed_password = { file = "secret" }\n'
    file.write_text(f"{file.read_text()}{account}")
    desktop = make_desktop(file)
    turn_on(desktop, wait)
    secret.unlink()
    words.use("zh_CN")
    try:
        desktop.actions.copy.trigger()
        wait(lambda: "密码文件" in said(desktop))
        assert said(desktop).endswith("没有该文件或目录。")
    finally:
        words.use("en")


@pytest.mark.parametrize("in_process", [False, True])
def test_a_taken_port_is_said(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, in_process: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        desktop = make_desktop(write(tmp_path, port), in_process=in_process)
        desktop.actions.toggle.trigger()
        wait(lambda: phase(desktop) is Phase.FAILED)
        assert f"Port {port} of 127.0.0.1 is in use" in desktop.window.header.detail.text()
        assert desktop.window.header.headline.text() == "Could not be turned on"
    turn_on(desktop, wait)


@pytest.mark.parametrize("in_process", [False, True])
def test_a_missing_password_is_said(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, in_process: bool
) -> None:
    more = upstream("office", "socks5", "proxy.example.net", 1080, ("me", "secret"))
    more = more.replace('"secret"', '{ file = "secret" }')
    desktop = make_desktop(write(tmp_path, free_port(), more=more), in_process=in_process)
    desktop.actions.toggle.trigger()
    wait(lambda: phase(desktop) is Phase.FAILED)
    assert "password file" in desktop.window.header.detail.text()
    (tmp_path / "secret").touch(0o600)
    (tmp_path / "secret").write_text("secret\n")
    turn_on(desktop, wait)


def test_a_profile_without_a_port_is_said(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path
) -> None:
    """Where the machine's traffic cannot be taken there is nothing else to turn on."""
    desktop = make_desktop(write(tmp_path, None))
    desktop.actions.toggle.trigger()
    assert phase(desktop) is Phase.FAILED
    assert "opens no local port" in desktop.window.header.detail.text()
    write(tmp_path, free_port())
    wait(lambda: desktop.store.profile and desktop.store.profile.general.mixed_port)
    turn_on(desktop, wait)


def test_a_crash_is_seen_and_mended(
    make_desktop: MakeDesktop, wait: Wait, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One notification, if nobody looks, however often it is tried again."""
    monkeypatch.setattr(back_off, "WAITS", (0.01,))
    desktop = make_desktop(profile)
    told: list[str] = []
    monkeypatch.setattr(desktop.notifier, "say", lambda *words: told.append(words[0]))
    turn_on(desktop, wait)

    shown: list[tuple[str, str]] = []
    show = desktop.steering._changed

    def seen(standing: Standing) -> None:
        show(standing)
        if standing.phase is Phase.RESTARTING:  # for some milliseconds
            shown.append((desktop.window.header.headline.text(), desktop.actions.toggle.text()))

    monkeypatch.setattr(desktop.steering, "_changed", seen)

    def crash() -> None:
        assert desktop.steering.process.is_there
        before = len(shown)
        os.kill(desktop.steering.process.pid, signal.SIGKILL)
        wait(lambda: len(shown) > before)
        assert shown[before] == ("Interrupted", "Turn &off")

    crash()
    wait(lambda: phase(desktop) is Phase.ON)
    assert told == []
    desktop.window.hide()
    for _ in range(2):
        crash()
        wait(lambda: phase(desktop) is Phase.STARTING)
    assert told == ["Byway: Interrupted"]
    wait(lambda: phase(desktop) is Phase.ON)
    desktop.window.showMinimized()
    crash()
    assert told == ["Byway: Interrupted"] * 2
    wait(lambda: phase(desktop) is Phase.ON)


def test_modes_are_chosen_and_shown(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, origin: Origin
) -> None:
    more = upstream("R&D", "socks5", "127.0.0.1", 9, None)
    desktop = make_desktop(write(tmp_path, free_port(), rule="MATCH,REJECT", more=more))
    port = turn_on(desktop, wait)
    rules, office, direct = desktop.actions.modes.actions()
    assert (rules.isChecked(), office.text()) == (True, "Everything through R&&D")
    direct.trigger()
    wait(lambda: not desktop.steering._tasks)
    curl(wait, "--fail", "-x", f"http://127.0.0.1:{port}", f"http://{origin.host}:{origin.port}/")
    office.trigger()
    assert desktop.steering.standing.through == "R&D"
    assert [action.isChecked() for action in (rules, office, direct)] == [False, True, False]
    rules.trigger()
    desktop.actions.pause.trigger()
    assert desktop.actions.pause.text() == "End the &pause"
    wait(lambda: desktop.window.header.headline.text() == "Paused")
    desktop.actions.pause.trigger()
    assert desktop.actions.pause.text() == "&Pause for 10 minutes"
    assert desktop.steering.standing.mode is Mode.RULES


def test_a_fault_has_its_cure(make_desktop: MakeDesktop, wait: Wait, profile: Path) -> None:
    desktop = make_desktop(profile)
    header = desktop.window.header
    assert not header.cure.isVisible()
    desktop.steering._become(phase=Phase.FAILED, fault=HelperFault.DISMISSED, sentence="no")
    assert header.cure.text() == "Try again"
    header.cure.click()
    wait(lambda: phase(desktop) is Phase.ON)
    assert not header.cure.isVisible()
    turn_off(desktop, wait)
    desktop.steering._become(phase=Phase.FAILED, guarded=True)
    assert header.cure.text() == "Repair the network"
    assert "kill switch refuses all traffic" in header.detail.text()
    desktop.steering.repaired()
    assert not header.cure.isVisible()


def test_what_is_left_of_a_lost_kill_switch_is_looked_up(
    make_desktop: MakeDesktop, wait: Wait, profile: Path
) -> None:
    """The helper may have gone because somebody has repaired the network: then there is none."""
    desktop = make_desktop(profile)
    header, machine = desktop.window.header, {**HELPER, "kill_switch": True}
    desktop.inquiry._command = (sys.executable, "-c", "import time; time.sleep(1000)")
    desktop.inquiry.ask()  # under way before it happens: its answer is from before
    desktop.steering._become(phase=Phase.FAILED, reach=Reach.MACHINE, guarded=True, sentence="gone")
    for helper, said in (
        (HELPER, "All traffic goes its usual way meanwhile."),
        (machine, "the kill switch refuses all traffic."),
        ({**machine, "mode": "global"}, "All traffic goes its usual way meanwhile."),
        (machine, "the kill switch refuses all traffic."),
        ({**HELPER, "fault": "silent"}, "the kill switch refuses all traffic."),
    ):
        text = answer(helper=helper).decode()
        desktop.inquiry._command = (sys.executable, "-c", f"print({text!r})")
        if desktop.inquiry.asking:
            desktop.inquiry._process.kill()
        else:
            desktop.inquiry.ask()
        wait(lambda: not desktop.inquiry.asking)
        assert header.detail.text().startswith("Gone.")
        assert said in header.detail.text()


# -- the profile -------------------------------------------------------------------------------


def test_a_starter_profile_is_made_and_works(
    make_desktop: MakeDesktop, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "config" / "byway" / "profile.toml"
    desktop = make_desktop(file)
    banner = desktop.window.banner
    assert banner.isVisible()
    assert str(file) in banner.text.text()
    assert not desktop.actions.run.isEnabled()
    desktop.actions.toggle.trigger()
    assert (phase(desktop), said(desktop)) == (Phase.OFF, "There must be a valid profile first.")
    qtbot.mouseClick(banner.starter, Qt.MouseButton.LeftButton)
    assert file.read_text() == byway_resources.starter_profile()
    assert not banner.isVisible()
    assert desktop.store.problems == ()
    assert desktop.actions.run.isEnabled()


def test_a_profile_that_came_meanwhile_is_kept(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    desktop = make_desktop(tmp_path / "profile.toml")
    write(tmp_path, None)
    text = (tmp_path / "profile.toml").read_text()
    desktop.window.banner.starter.click()
    assert (tmp_path / "profile.toml").read_text() == text
    assert desktop.store.is_valid


def test_where_no_profile_can_be_made_is_said(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desktop = make_desktop(tmp_path / "file" / "profile.toml")
    desktop.window.banner.starter.click()
    assert "Not a directory" in said(desktop)


def test_problems_have_their_places(make_desktop: MakeDesktop, wait: Wait, tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text('version = 1\nrules = ["MATCH,nowhere"]\ncolour = "red"\n')
    desktop = make_desktop(file)
    shown = desktop.window.banner.problems
    assert shown.isVisible()
    first, second = shown.toPlainText().splitlines()
    assert first.startswith("line 2, column 17: ")
    assert second.startswith("line 3, column 1: ")
    desktop.actions.toggle.trigger()
    assert phase(desktop) is Phase.OFF
    write(tmp_path, free_port())
    wait(lambda: desktop.store.is_valid)
    assert not shown.isVisible()
    turn_on(desktop, wait)


def test_rules_are_changed_while_on(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, profile: Path, origin: Origin
) -> None:
    """By an editor, in place; nobody has to tell the app."""
    desktop = make_desktop(profile)
    port = turn_on(desktop, wait)
    proxy, url = f"http://127.0.0.1:{port}", f"http://{origin.host}:{origin.port}/"
    curl(wait, "-x", proxy, url)

    write(tmp_path, port, rule="MATCH,nowhere")
    wait(lambda: desktop.window.banner.problems.isVisible())
    assert "what was in force stays so" in desktop.window.banner.text.text()
    assert phase(desktop) is Phase.ON
    curl(wait, "-x", proxy, url)

    write(tmp_path, port, rule="MATCH,REJECT")
    wait(lambda: desktop.store.is_valid and not desktop.steering._tasks)
    curl(wait, "-o", "/dev/null", "-x", proxy, url)
    wait(lambda: [flow.action for flow in rows(desktop)] == ["REJECT", "DIRECT", "DIRECT"])

    write(tmp_path, free_port())
    wait(lambda: "general.mixed_port" in desktop.window.header.detail.text())
    assert desktop.steering.standing.port == port


# -- programs ----------------------------------------------------------------------------------


def test_a_program_runs_under_the_rules(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, tmp_path: Path, origin: Origin
) -> None:
    """In its own network, while the port is closed; a short one's connection is seen all the
    same."""
    desktop = make_desktop(write(tmp_path, None))
    line = f"curl -sS -o {tmp_path / 'got'} http://{origin.host}:{origin.port}/"
    run(desktop, qtbot, line)
    assert desktop.actions.quit.text() == "&Quit (ends 1 program)"
    wait(lambda: not len(desktop.running.programs))
    assert desktop.actions.quit.text() == "&Quit"
    assert said(desktop).startswith("Ended: curl")
    assert '"method": "GET"' in (tmp_path / "got").read_text()
    wait(lambda: [flow.state for flow in rows(desktop)] == [FlowState.CLOSED])
    (flow,) = rows(desktop)
    assert (flow.program, flow.address, flow.action) == (line, origin.host, "DIRECT")
    assert flow.reason == ""


def test_a_program_follows_the_rules_as_they_are(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, tmp_path: Path, origin: Origin
) -> None:
    """Whoever makes a rule of a connection that is seen wants it for the next one."""
    desktop = make_desktop(write(tmp_path, None))
    url = f"http://{origin.host}:{origin.port}/"
    run(desktop, qtbot, f"sh -c 'while sleep 0.1; do curl -s -o /dev/null {url}; done'")
    wait(lambda: [flow.action for flow in rows(desktop)][:1] == ["DIRECT"])
    write(tmp_path, None, rule="MATCH,REJECT")
    wait(lambda: "REJECT" in [flow.action for flow in rows(desktop)])


def test_a_program_that_fails_is_said(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    desktop = make_desktop(write(tmp_path, None))
    run(desktop, qtbot, "sh -c 'exit 7'")
    wait(lambda: not len(desktop.running.programs))
    assert said(desktop) == "Ended with status 7: sh -c 'exit 7'"
    bad = tmp_path / "bad"
    bad.write_text("#!/no/such/interpreter\n")
    bad.chmod(0o755)
    run(desktop, qtbot, str(bad))
    wait(lambda: not len(desktop.running.programs))
    ended, why = said(desktop).splitlines()
    assert ended.startswith("Ended with status 127: ")
    assert why == f"{bad}: the interpreter /no/such/interpreter that it needs is missing"


def test_a_wrong_command_cannot_be_run(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    desktop = make_desktop(write(tmp_path, None))
    desktop.actions.run.trigger()
    (dialog,) = desktop.window.findChildren(RunProgramDialog)
    for typed, problem in (("", ""), ("no-such-program", "There is no program no-such-program.")):
        dialog.field.setText(typed)
        assert (dialog.run.isEnabled(), dialog.problem.text()) == (False, problem)
    dialog.reject()


def test_programs_of_other_engines_are_seen(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, origin: Origin
) -> None:
    """Started in a terminal, before and after the app."""
    byway, url = Byway(tmp_path), f"http://{origin.host}:{origin.port}/"
    profile = write(tmp_path, None)
    command = [*byway.command, "run", "--await-follower", "--profile", str(profile), "--"]
    command += ["curl", "-sS", "-o", "/dev/null"]
    environment = {**byway.environment, "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"]}
    before = subprocess.Popen([*command, f"{url}before"], env=environment)
    desktop = make_desktop(profile)
    after = subprocess.Popen([*command, f"{url}after"], env=environment)
    wait(lambda: [flow.state for flow in rows(desktop)] == [FlowState.CLOSED] * 2)
    ends = {flow.program.rpartition("/")[2] for flow in rows(desktop)}
    assert ends == {"before", "after"}
    for process in (before, after):
        wait(lambda process=process: process.poll() == 0)


def test_quitting_ends_programs(
    make_desktop: MakeDesktop,
    qtbot: QtBot,
    wait: Wait,
    tmp_path: Path,
    qt_loop: object,
) -> None:
    desktop = make_desktop(write(tmp_path, free_port()))
    turn_on(desktop, wait)
    mark = tmp_path / "pid"
    for _ in range(2):
        run(desktop, qtbot, f"sh -c 'echo >> {mark}; exec sleep 1000'")
    wait(lambda: mark.exists() and len(mark.read_text()) == 2)
    assert desktop.actions.quit.text() == "&Quit (ends 2 programs)"
    desktop.actions.quit.trigger()
    assert desktop.quitting.is_set()
    # The fixture closes it now, as the app itself does, and looks that none is left.


def test_a_program_that_will_not_end_is_made_to(
    make_desktop: MakeDesktop,
    qtbot: QtBot,
    wait: Wait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("byway_gui.programs._PATIENCE", 0.2)
    desktop = make_desktop(write(tmp_path, None))
    mark = tmp_path / "ready"
    run(desktop, qtbot, f"sh -c 'trap : TERM; touch {mark}; while :; do sleep 1000; done'")
    wait(mark.exists)


def test_programs_get_the_users_limits(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    """An engine in this process raises its own; what is started afterwards must not notice."""
    desktop = make_desktop(write(tmp_path, free_port()), in_process=True)
    turn_on(desktop, wait)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) >= programs._FILES
    got = tmp_path / "limit"
    run(desktop, qtbot, f"sh -c 'ulimit -n > {got}; kill -0 $$'")
    wait(lambda: not len(desktop.running.programs))
    assert int(got.read_text()) == programs._FILES[0]


# -- windows -----------------------------------------------------------------------------------


def test_closing_the_window_quits_where_there_is_no_tray(
    make_desktop: MakeDesktop, profile: Path
) -> None:
    desktop = make_desktop(profile)
    assert not desktop.tray.is_there  # the offscreen platform has none
    desktop.window.close()
    assert desktop.quitting.is_set()


def test_closing_the_window_keeps_it_in_the_tray(
    make_desktop: MakeDesktop, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is told once."""
    desktop = make_desktop(profile)
    told: list[str] = []
    monkeypatch.setattr(type(desktop.tray), "is_there", True)
    monkeypatch.setattr(desktop.notifier, "say", lambda *words: told.append(words[0]))
    for _ in range(2):
        desktop.show()
        desktop.window.close()
    assert not desktop.quitting.is_set()
    assert told == ["Byway goes on in the tray"]


def test_a_click_on_the_icon_hides_and_shows(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    desktop.tray.clicked.emit()
    assert not desktop.window.isVisible()
    desktop.tray.clicked.emit()
    assert desktop.window.isVisible()


def test_a_minimized_window_comes_back(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    desktop.window.showMinimized()
    desktop.show()
    assert not desktop.window.isMinimized()


def test_why_a_connection_went_there_is_asked_with_its_application(
    make_desktop: MakeDesktop, profile: Path
) -> None:
    desktop = make_desktop(profile)
    tester = desktop.pages.rules.tester
    process = Process("/usr/bin/curl", "curl", 1000)
    desktop.pages.connections.why_wanted.emit(replace(FLOW, process=process))
    assert (tester.place.text(), tester.program.text()) == (FLOW.host, "/usr/bin/curl")
    desktop.pages.connections.why_wanted.emit(replace(FLOW, process=process._replace(path="")))
    assert tester.program.text() == "curl"
    desktop.pages.connections.why_wanted.emit(FLOW)
    assert tester.program.text() == ""


def test_it_looks_while_it_is_looked_at(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    assert desktop.steering._watching is not None
    desktop.window.hide()
    assert desktop.steering._watching is None


def test_every_page_comes_by_its_key(
    make_desktop: MakeDesktop, qtbot: QtBot, profile: Path
) -> None:
    desktop = make_desktop(profile)
    names = desktop.window.names
    qtbot.waitUntil(desktop.window.isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    for row in reversed(range(names.count())):
        qtbot.keyClick(desktop.window, Qt.Key(Qt.Key.Key_1 + row), control)
        assert names.currentRow() == row
        on_page = QApplication.focusWidget()
        assert desktop.window._stack.currentWidget().isAncestorOf(on_page)
    assert on_page is desktop.pages.rules.view
    qtbot.keyClick(desktop.window, Qt.Key.Key_4, control)
    assert QApplication.focusWidget() is desktop.pages.dns.tabs.tabBar()


def test_everything_can_be_reached_by_keyboard(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    window, header = desktop.window, desktop.window.header
    desktop.pages.turn_to("connections")
    reached: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not window:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            reached.append(widget)
        widget = widget.nextInFocusChain()
    above: set[QWidget] = {header.menu, header.run, header.profile, header.mode, header.toggle}
    assert above | {window.names, desktop.pages.connections.view} <= {*reached}
    assert window.names.accessibleName() == "Pages"
    assert desktop.pages.connections.view.accessibleName() == "Connections"
    shortcuts = {action.shortcut().toString() for action in window.actions()}
    assert {"Ctrl+B", "Ctrl+R", "Ctrl+Q"} <= shortcuts


@pytest.fixture(autouse=True)
def no_program_is_left() -> Iterator[None]:
    """Whatever the test did."""
    yield
    with pytest.raises(ChildProcessError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
