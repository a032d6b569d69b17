"""The app on Qt's loop, in this process: what a user does, and what then is seen and happens."""

from __future__ import annotations

import os
import resource
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from tests.gui.conftest import MakeDesktop
from tests.support.byway import DEADLINE, Byway, free_port, upstream
from tests.support.origins import Origin, http_origin

import byway_resources
from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui import programs
from byway_gui.app import Desktop
from byway_gui.dialogs.run_program import RunProgramDialog
from byway_gui.presenters.standing import Phase

MILLISECONDS = int(DEADLINE * 1000)
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Let Qt's loop run until something is true."""

    def until(happened: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(happened()), timeout=MILLISECONDS)

    return until


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
    return desktop.engine.standing.phase


def toggle(desktop: Desktop, wait: Wait) -> None:
    """As its button does, until it has been done."""
    was_on = desktop.engine.standing.is_on
    desktop.actions.toggle.trigger()
    wait(lambda: desktop.engine.standing.is_on != was_on)


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


# -- on and off --------------------------------------------------------------------------------


def test_the_port_opens_serves_and_closes(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, profile: Path, origin: Origin
) -> None:
    desktop = make_desktop(profile)
    assert phase(desktop) is Phase.OFF
    assert desktop.window.standing.headline.text() == "Off"
    port = desktop.engine.standing.port
    assert port is not None
    assert not accepts(port)

    toggle(desktop, wait)
    assert desktop.actions.toggle.text() == "Turn &off"
    url = f"http://{origin.host}:{origin.port}/"
    for scheme in ("http", "socks5h"):
        assert '"method": "GET"' in curl(wait, "-x", f"{scheme}://127.0.0.1:{port}", url)
    wait(lambda: [flow.state for flow in rows(desktop)] == [FlowState.CLOSED] * 2)
    assert {(flow.address, flow.action, flow.reason) for flow in rows(desktop)} == {
        (origin.host, "DIRECT", "")
    }
    assert desktop.window.view.isVisible()

    # A connection that lives when it is turned off is reset, and the table says so.
    with socket.create_connection(("127.0.0.1", port)) as sock:
        request = f"CONNECT {origin.host}:{origin.port} HTTP/1.1\r\n\r\n"
        sock.sendall(request.encode())
        wait(lambda: rows(desktop)[0].state is FlowState.OPEN)
        toggle(desktop, wait)
        assert not accepts(port)
    wait(lambda: rows(desktop)[0].reason == "Byway was stopped")

    # On again: the old rows stay, though the new engine's numbers begin anew.
    toggle(desktop, wait)
    curl(wait, "-x", f"http://127.0.0.1:{port}", url)
    wait(lambda: len(rows(desktop)) == 4 and rows(desktop)[0].state is FlowState.CLOSED)


def test_the_engine_is_seen_from_outside(
    make_desktop: MakeDesktop, wait: Wait, profile: Path
) -> None:
    desktop = make_desktop(profile)
    toggle(desktop, wait)
    process = QProcess()
    command = Byway(profile.parent).command
    process.start(command[0], [*command[1:], "status", "--json"])
    wait(lambda: process.state() is QProcess.ProcessState.NotRunning)
    assert f'"pid": {os.getpid()}' in process.readAllStandardOutput().data().decode()


def test_buttons_and_tray_do_the_same(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, profile: Path
) -> None:
    desktop = make_desktop(profile)
    buttons = {button.text(): button for button in desktop.window.findChildren(QPushButton)}
    assert {"Turn &on", "&Run a program…", "&Copy proxy variables", "Re&load profile"} <= set(
        buttons
    )
    assert not buttons["&Copy proxy variables"].isEnabled()
    qtbot.mouseClick(buttons["Turn &on"], Qt.MouseButton.LeftButton)
    wait(lambda: desktop.engine.standing.is_on)
    assert buttons["Turn &on"].text() == "Turn &off"
    assert buttons["&Copy proxy variables"].isEnabled()
    icon = desktop.tray.icon
    assert icon is not None
    assert icon.toolTip() == f"Byway: on, port {desktop.engine.standing.port}"
    menu = [action.text() for action in icon.contextMenu().actions()]
    assert menu == [
        "Turn &off",
        "&Run a program…",
        "&Copy proxy variables",
        "Re&load profile",
        "",
        "Open &window",
        "&Quit",
    ]


def test_variables_are_copied(
    make_desktop: MakeDesktop, wait: Wait, profile: Path, origin: Origin
) -> None:
    desktop = make_desktop(profile)
    toggle(desktop, wait)
    desktop.actions.copy.trigger()
    script = QApplication.clipboard().text()
    assert f"export http_proxy=http://127.0.0.1:{desktop.engine.standing.port}\n" in script
    assert desktop.window.notice.text().startswith("Copied.")
    shell = QProcess()
    url = shlex.quote(f"http://{origin.host}:{origin.port}/")
    shell.start("sh", ["-c", f"{script}curl -sS -o /dev/null {url}"])
    wait(lambda: len(rows(desktop)) == 1)
    wait(lambda: shell.state() is QProcess.ProcessState.NotRunning)
    assert shell.exitCode() == 0


def test_a_taken_port_is_said(make_desktop: MakeDesktop, wait: Wait, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        desktop = make_desktop(write(tmp_path, port))
        desktop.actions.toggle.trigger()
        wait(lambda: phase(desktop) is Phase.FAILED)
        assert f"Port {port} of 127.0.0.1 is in use" in desktop.window.standing.detail.text()
    toggle(desktop, wait)


def test_a_missing_password_is_said(make_desktop: MakeDesktop, wait: Wait, tmp_path: Path) -> None:
    more = upstream("office", "socks5", "proxy.example.net", 1080, ("me", "secret"))
    more = more.replace('"secret"', '{ file = "secret" }')
    desktop = make_desktop(write(tmp_path, free_port(), more=more))
    desktop.actions.toggle.trigger()
    wait(lambda: phase(desktop) is Phase.FAILED)
    assert "password file" in desktop.window.standing.detail.text()
    (tmp_path / "secret").touch(0o600)
    (tmp_path / "secret").write_text("secret\n")
    toggle(desktop, wait)


# -- the profile -------------------------------------------------------------------------------


def test_a_starter_profile_is_made_and_works(
    make_desktop: MakeDesktop, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "config" / "byway" / "profile.toml"
    desktop = make_desktop(file)
    assert phase(desktop) is Phase.NO_PROFILE
    assert str(file) in desktop.window.standing.detail.text()
    assert not desktop.actions.toggle.isEnabled()
    assert not desktop.actions.run.isEnabled()
    starter = desktop.window.standing.starter
    assert starter.isVisible()
    qtbot.mouseClick(starter, Qt.MouseButton.LeftButton)
    assert file.read_text() == byway_resources.starter_profile()
    assert phase(desktop) is Phase.OFF
    assert not starter.isVisible()
    assert desktop.engine.standing.problems == ()
    assert desktop.actions.run.isEnabled()


def test_a_profile_that_came_meanwhile_is_kept(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    desktop = make_desktop(tmp_path / "profile.toml")
    write(tmp_path, None)
    text = (tmp_path / "profile.toml").read_text()
    desktop.window.standing.starter.click()
    assert (tmp_path / "profile.toml").read_text() == text
    assert phase(desktop) is Phase.NO_PORT
    assert not desktop.actions.toggle.isEnabled()


def test_where_no_profile_can_be_made_is_said(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desktop = make_desktop(tmp_path / "file" / "profile.toml")
    desktop.window.standing.starter.click()
    assert "Not a directory" in desktop.window.notice.text()


def test_problems_have_their_places(make_desktop: MakeDesktop, tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text('version = 1\nrules = ["MATCH,nowhere"]\ncolour = "red"\n')
    desktop = make_desktop(file)
    assert phase(desktop) is Phase.INVALID
    shown = desktop.window.standing.problems
    assert shown.isVisible()
    first, second = shown.toPlainText().splitlines()
    assert first.startswith("line 2, column 17: ")
    assert second.startswith("line 3, column 1: ")
    assert not desktop.actions.toggle.isEnabled()
    write(tmp_path, free_port())
    desktop.actions.reload.trigger()
    assert phase(desktop) is Phase.OFF
    assert not shown.isVisible()


def test_rules_are_changed_while_on(
    make_desktop: MakeDesktop, wait: Wait, tmp_path: Path, profile: Path, origin: Origin
) -> None:
    desktop = make_desktop(profile)
    toggle(desktop, wait)
    port = desktop.engine.standing.port
    proxy, url = f"http://127.0.0.1:{port}", f"http://{origin.host}:{origin.port}/"
    curl(wait, "-x", proxy, url)

    write(tmp_path, port, rule="MATCH,nowhere")
    desktop.actions.reload.trigger()
    assert desktop.engine.standing.is_on
    assert "the rules of before stay in force" in desktop.window.standing.detail.text().lower()
    assert desktop.window.standing.problems.isVisible()
    curl(wait, "-x", proxy, url)

    write(tmp_path, port, rule="MATCH,REJECT")
    desktop.actions.reload.trigger()
    wait(lambda: desktop.engine.standing.sentence == "")
    curl(wait, "-o", "/dev/null", "-x", proxy, url)
    wait(lambda: [flow.action for flow in rows(desktop)] == ["REJECT", "DIRECT", "DIRECT"])

    write(tmp_path, free_port())
    desktop.actions.reload.trigger()
    wait(lambda: "port changes" in desktop.engine.standing.sentence)
    assert desktop.engine.standing.port == port


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
    wait(lambda: not len(desktop.programs))
    assert desktop.actions.quit.text() == "&Quit"
    assert desktop.window.notice.text().startswith("Ended: curl")
    assert '"method": "GET"' in (tmp_path / "got").read_text()
    wait(lambda: [flow.state for flow in rows(desktop)] == [FlowState.CLOSED])
    (flow,) = rows(desktop)
    assert (flow.program, flow.address, flow.action) == (line, origin.host, "DIRECT")
    assert flow.reason == ""


def test_a_program_that_fails_is_said(
    make_desktop: MakeDesktop, qtbot: QtBot, wait: Wait, tmp_path: Path
) -> None:
    desktop = make_desktop(write(tmp_path, None))
    run(desktop, qtbot, "sh -c 'exit 7'")
    wait(lambda: not len(desktop.programs))
    assert desktop.window.notice.text() == "Ended with status 7: sh -c 'exit 7'"
    bad = tmp_path / "bad"
    bad.write_text("#!/no/such/interpreter\n")
    bad.chmod(0o755)
    run(desktop, qtbot, str(bad))
    wait(lambda: not len(desktop.programs))
    ended, why = desktop.window.notice.text().splitlines()
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
    toggle(desktop, wait)
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
    desktop = make_desktop(write(tmp_path, free_port()))
    toggle(desktop, wait)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) >= programs._FILES
    got = tmp_path / "limit"
    run(desktop, qtbot, f"sh -c 'ulimit -n > {got}; kill -0 $$'")
    wait(lambda: not len(desktop.programs))
    assert int(got.read_text()) == programs._FILES[0]


# -- windows -----------------------------------------------------------------------------------


def test_closing_the_window_quits_where_there_is_no_tray(
    make_desktop: MakeDesktop, profile: Path
) -> None:
    desktop = make_desktop(profile)
    assert not desktop.tray.is_there  # the offscreen platform has none
    desktop.window.close()
    assert desktop.quitting.is_set()


def test_a_click_on_the_icon_hides_and_shows(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    desktop.tray.clicked.emit()
    assert not desktop.window.isVisible()
    desktop.tray.clicked.emit()
    assert desktop.window.isVisible()


def test_everything_can_be_reached_by_keyboard(make_desktop: MakeDesktop, profile: Path) -> None:
    desktop = make_desktop(profile)
    window = desktop.window
    reached, widget = [], window.nextInFocusChain()
    while widget is not window:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            reached.append(widget)
        widget = widget.nextInFocusChain()
    assert window.view in reached
    assert window.view.accessibleName() == "Connections"
    texts = [button.text() for button in reached if hasattr(button, "text")]
    for action in (desktop.actions.toggle, desktop.actions.run, desktop.actions.quit):
        assert action.text() in texts


@pytest.fixture(autouse=True)
def no_program_is_left() -> Iterator[None]:
    """Whatever the test did."""
    yield
    with pytest.raises(ChildProcessError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
