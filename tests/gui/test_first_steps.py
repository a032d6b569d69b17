"""The first steps: by the keyboard alone, and what has been written in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import MakeDesktop
from tests.support.byway import DEADLINE, free_port

import byway_resources
from byway_core.api.profiles import Draft
from byway_gui import installed
from byway_gui.autostart import Autostart
from byway_gui.dialogs.first_steps import FirstStepsDialog
from byway_gui.presenters.first_steps import (
    Beginning,
    Start,
    Wanted,
    profile_with,
    shown,
    start_words,
    through,
    turn_on_words,
)
from byway_gui.presenters.standing import Phase, Reach
from byway_gui.presenters.upstream_form import Place
from byway_gui.prober import Prober
from byway_gui.profile_store import ProfileStore
from byway_gui.secrets import Secrets
from byway_gui.settings import SettingsFile, settings_path
from byway_gui.welcome import Welcome

TABLE = {"name": "proxy", "type": "socks5", "server": "proxy.example.com", "port": 1080}
MINE = """# mine
version = 1
rules = [
  "DOMAIN-SUFFIX,example.com,office",  # work
  "MATCH,DIRECT",
]

[[upstream]]  # the company's
name = "office"
type = "http"
server = "192.0.2.1"
port = 3128
"""


def beginning(path: Path, text: str = "") -> Beginning:
    starter = Draft.of(path, byway_resources.starter_profile())
    draft = Draft.of(path, text) if text else starter
    return Beginning(draft, starter, is_new=not text)


# -- the profile that comes of it --------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "last", "count"),
    [
        (Start.DIRECT, "MATCH,DIRECT", 11),
        (Start.THROUGH, "MATCH,proxy", 11),
        (Start.NONE, "MATCH,DIRECT", 1),
    ],
)
def test_a_first_profile(tmp_path: Path, start: Start, last: str, count: int) -> None:
    begun, wanted = beginning(tmp_path / "profile.toml"), Wanted(TABLE, start)
    draft = profile_with(begun, wanted)
    assert draft.check().warnings == ()
    assert len(draft.rules) == count
    assert draft.rules[-1].text == last
    assert all(rule.text.endswith(",DIRECT") for rule in draft.rules[:-1])
    assert draft.upstreams == (TABLE,)
    assert draft.value("general", "mixed_port") == 7890
    assert shown(begun, wanted) == (draft.rules_text(), "")


def test_a_profile_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    begun = beginning(tmp_path / "profile.toml", MINE)
    assert begun.starts()[0] is Start.KEEP
    assert profile_with(begun, Wanted()).text == MINE
    assert shown(begun, Wanted()) == ("", "")


def test_what_changes_is_shown_line_by_line(tmp_path: Path) -> None:
    begun = beginning(tmp_path / "profile.toml", MINE)
    text, why_not = shown(begun, Wanted(TABLE, Start.KEEP))
    assert why_not == ""
    added = [line[1:] for line in text.splitlines() if line.startswith("+")]
    assert [line for line in text.splitlines() if line.startswith("-")] == []
    assert "\n".join(added) in profile_with(begun, Wanted(TABLE, Start.KEEP)).text
    text, _ = shown(begun, Wanted(None, Start.NONE))
    gone = [line for line in text.splitlines() if line.startswith("-")]
    assert '-  "DOMAIN-SUFFIX,example.com,office",  # work' in gone
    # What is no rule stays, with what its user wrote beside it.
    kept = profile_with(begun, Wanted(None, Start.NONE)).text
    assert kept.startswith("# mine\n")
    assert "[[upstream]]  # the company's" in kept


def test_everything_through_one_that_is_there(tmp_path: Path) -> None:
    begun = beginning(tmp_path / "profile.toml", MINE)
    assert through(begun, None) == "office"
    assert through(begun, TABLE) == "proxy"
    assert profile_with(begun, Wanted(None, Start.THROUGH)).rules[-1].text == "MATCH,office"


def test_a_profile_with_an_error_is_not_made_worse(tmp_path: Path) -> None:
    broken = MINE.replace("port = 3128", "port = 0")
    text, why_not = shown(beginning(tmp_path / "profile.toml", broken), Wanted(TABLE, Start.NONE))
    assert text == ""
    assert why_not.startswith("The profile cannot be changed so: ")


def test_words() -> None:
    assert "&through R&&D," in start_words(Start.THROUGH, "R&D")
    assert "none yet" in start_words(Start.THROUGH, "")
    assert "every program" in turn_on_words(Reach.MACHINE, 7890)
    assert "127.0.0.1:7890" in turn_on_words(Reach.PORT, 7890)
    assert "nothing to take" in turn_on_words(Reach.PORT, None)
    assert "Run a program" in turn_on_words(Reach.PORT, 7890)
    assert "Run a program" not in turn_on_words(Reach.PORT, 7890, sandboxed=True)


# -- the dialog --------------------------------------------------------------------------------


class Steps:
    """The dialog, opened as the app opens it; `asked` is how often turning on was."""

    def __init__(self, welcome: Welcome, qtbot: QtBot) -> None:
        self.asked, self.said = 0, []
        welcome.turn_on_wanted.connect(self._ask)
        welcome.said.connect(self.said.append)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        dialog = welcome.open(self.window, is_on=False)
        assert dialog is not None
        self.dialog, self._qtbot = dialog, qtbot
        self.until(dialog.isActiveWindow)

    said: list[str]

    def _ask(self) -> None:
        self.asked += 1

    def key(self, *keys: Qt.Key) -> None:
        """To whatever has the keyboard."""
        for key in keys:
            self._qtbot.keyClick(self.dialog.focusWidget() or self.dialog, key)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.dialog.focusWidget(), text)

    def until(self, happened: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(happened()), timeout=int(DEADLINE * 1000))


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "config" / "byway" / "profile.toml")


@pytest.fixture
def open_steps(
    qt_loop: asyncio.AbstractEventLoop,
    qtbot: QtBot,
    store: ProfileStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Steps]:
    monkeypatch.setattr(installed, "helper_is_there", lambda: False)
    kept: list[Welcome] = []

    def make() -> Steps:
        store.read()
        parts = Secrets(qt_loop), Prober(qt_loop), Autostart()
        kept.append(Welcome(store, *parts, lambda: Reach.PORT))
        return Steps(kept[-1], qtbot)

    return make


def test_by_keyboard_from_nothing_to_on(
    open_steps: Callable[[], Steps], store: ProfileStore
) -> None:
    steps = open_steps()
    dialog = steps.dialog
    assert dialog.focusWidget() is dialog.next
    assert not dialog.back.isEnabled()
    steps.key(Qt.Key.Key_Return)
    assert (dialog.page, dialog.focusWidget()) == (1, dialog.upstream.one)
    while dialog.focusWidget() is not dialog.upstream.fields.server:
        steps.key(Qt.Key.Key_Tab)
    steps.type("proxy.example.com")
    steps.key(Qt.Key.Key_Return)
    assert dialog.page == 2
    steps.key(Qt.Key.Key_Down)
    assert dialog.rules.start is Start.THROUGH
    assert "MATCH,proxy" in dialog.rules.text.toPlainText()
    assert not store.path.exists()
    steps.key(Qt.Key.Key_Return)
    assert dialog.page == 3
    steps.key(Qt.Key.Key_Tab, Qt.Key.Key_Space)
    assert dialog.on.at_login.isChecked()
    steps.key(Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert store.is_valid
    assert store.draft is not None
    assert (store.draft.rules[-1].text, store.draft.upstreams) == ("MATCH,proxy", (TABLE,))
    assert steps.asked == 1
    assert Autostart().is_on()


def test_without_an_upstream(open_steps: Callable[[], Steps], store: ProfileStore) -> None:
    steps = open_steps()
    dialog = steps.dialog
    steps.key(Qt.Key.Key_Return, Qt.Key.Key_Down)
    assert not dialog.upstream.fields.isVisible()
    steps.key(Qt.Key.Key_Return)
    assert not dialog.rules.starts[Start.THROUGH].isEnabled()
    steps.key(Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert (steps.asked, steps.said) == (0, ["Your profile has been made."])
    assert store.path.read_text() == byway_resources.starter_profile()
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert not Autostart().is_on()


def test_what_is_missing_stands_beside_its_field(open_steps: Callable[[], Steps]) -> None:
    steps = open_steps()
    steps.key(Qt.Key.Key_Return, Qt.Key.Key_Return)
    fields = steps.dialog.upstream.fields
    assert steps.dialog.page == 1
    assert fields.notes["server"].isVisible()
    assert steps.dialog.focusWidget() is fields.server


def test_back_keeps_what_was_typed(open_steps: Callable[[], Steps]) -> None:
    steps = open_steps()
    dialog = steps.dialog
    steps.key(Qt.Key.Key_Return)
    dialog.upstream.fields.server.setText("proxy.example.com")
    steps.key(Qt.Key.Key_Return)
    dialog.rules.starts[Start.THROUGH].click()
    dialog.back.click()
    dialog.upstream.none.click()
    dialog.next.click()
    assert dialog.rules.start is Start.DIRECT
    dialog.back.click()
    dialog.upstream.one.click()
    assert dialog.upstream.fields.server.text() == "proxy.example.com"


@pytest.mark.parametrize("page", range(4))
def test_skipped_anywhere_nothing_is_written(
    open_steps: Callable[[], Steps], store: ProfileStore, page: int
) -> None:
    steps = open_steps()
    fields = steps.dialog.upstream.fields
    fields.server.setText("proxy.example.com")
    fields.username.setText("me")
    fields.password.choose(Place.FILE)
    fields.password.field.setText("s3cret")
    for _ in range(page):
        steps.dialog.next.click()
    assert steps.dialog.page == page
    steps.key(Qt.Key.Key_Escape)
    assert not steps.dialog.isVisible()
    assert [file for file in store.path.parent.rglob("*") if file.is_file()] == []
    assert (steps.asked, steps.said) == (0, [])


def test_a_password_in_a_file_stays_with_its_upstream(
    open_steps: Callable[[], Steps], store: ProfileStore
) -> None:
    steps = open_steps()
    steps.dialog.next.click()
    fields = steps.dialog.upstream.fields
    fields.server.setText("proxy.example.com")
    fields.username.setText("me")
    fields.password.choose(Place.FILE)
    fields.password.field.setText("s3cret")
    for _ in range(3):
        steps.dialog.next.click()
    assert store.draft is not None
    password = store.draft.upstreams[0]["password"]
    assert isinstance(password, dict)
    assert (store.path.parent / password["file"]).read_text().strip() == "s3cret"


def test_an_upstream_is_tested_before_it_is_kept(open_steps: Callable[[], Steps]) -> None:
    steps = open_steps()
    steps.dialog.next.click()
    page, port = steps.dialog.upstream, free_port()
    page.test.click()
    assert page.result.text() == "Mend what is marked above first."
    page.fields.server.setText("127.0.0.1")
    page.fields.port.setText(str(port))
    page.test.click()
    steps.until(lambda: page.result.text().startswith("Refused: "))
    page.fields.username.setText("")
    steps._qtbot.keyClicks(page.fields.username, "m")
    assert page.result.text() == ""


def test_the_helper_is_noticed(
    open_steps: Callable[[], Steps], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = open_steps()
    page = steps.dialog.helper
    assert "not installed yet" in page.state.text()
    monkeypatch.setattr(installed, "helper_is_there", lambda: True)
    QApplication.sendEvent(page, QEvent(QEvent.Type.ActivationChange))
    assert page.state.text().startswith("The helper is installed")


# -- a profile that is there -------------------------------------------------------------------


def write(store: ProfileStore, text: str) -> None:
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.write_text(text)


def test_what_would_change_is_shown_first(
    open_steps: Callable[[], Steps], store: ProfileStore
) -> None:
    write(store, MINE)
    steps = open_steps()
    dialog = steps.dialog
    assert not dialog.upstream.is_one
    dialog.next.click()
    dialog.next.click()
    assert dialog.rules.start is Start.KEEP
    assert not dialog.rules.text.isVisible()
    dialog.rules.starts[Start.NONE].click()
    assert '-  "DOMAIN-SUFFIX,example.com,office",' in dialog.rules.text.toPlainText()
    assert store.path.read_text() == MINE
    dialog.next.click()
    dialog.next.click()
    assert store.draft is not None
    assert [rule.text for rule in store.draft.rules] == ["MATCH,DIRECT"]


def test_what_came_meanwhile_is_not_overwritten(
    open_steps: Callable[[], Steps], store: ProfileStore
) -> None:
    steps = open_steps()
    steps.dialog.upstream.none.click()
    write(store, MINE)
    for _ in range(4):
        steps.dialog.next.click()
    assert store.path.read_text() == MINE
    assert steps.said == ["Not saved: another program has made a profile meanwhile. Here it is."]
    assert steps.asked == 0


def test_what_was_changed_meanwhile_is_not_overwritten(
    open_steps: Callable[[], Steps], store: ProfileStore
) -> None:
    write(store, MINE)
    steps = open_steps()
    failed: list[str] = []
    store.failed.connect(failed.append)
    steps.dialog.rules.starts[Start.NONE].click()
    write(store, f"{MINE}# more\n")
    for _ in range(4):
        steps.dialog.next.click()
    assert store.path.read_text() == f"{MINE}# more\n"
    assert len(failed) == 1
    assert steps.asked == 0


def test_another_profile_is_not_taken_for_this_one(
    open_steps: Callable[[], Steps], store: ProfileStore, tmp_path: Path
) -> None:
    """The tray can choose one while the steps are open."""
    steps = open_steps()
    steps.dialog.upstream.none.click()
    store.open(tmp_path / "other.toml")
    for _ in range(4):
        steps.dialog.next.click()
    assert steps.said == ["Not saved: another profile has been chosen meanwhile."]
    assert not store.path.exists()
    assert steps.asked == 0


# -- when they are shown -----------------------------------------------------------------------


def dialogs(window: QWidget) -> list[FirstStepsDialog]:
    return [each for each in window.findChildren(FirstStepsDialog) if each.isVisible()]


def test_they_are_shown_once(make_desktop: MakeDesktop, qtbot: QtBot, tmp_path: Path) -> None:
    desktop = make_desktop(tmp_path / "none" / "profile.toml")
    desktop.greet()
    assert dialogs(desktop.window) == []  # not before the window has its place
    qtbot.waitUntil(desktop.window.windowHandle().isExposed)
    (dialog,) = dialogs(desktop.window)
    dialog.skip.click()
    assert SettingsFile(settings_path()).value.welcomed
    desktop.greet()
    assert dialogs(desktop.window) == []
    desktop.window.banner.steps.click()
    assert len(dialogs(desktop.window)) == 1  # and the app ends well with it


def test_who_has_a_profile_is_not_asked(
    make_desktop: MakeDesktop, qtbot: QtBot, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(MINE)
    desktop = make_desktop(profile)
    desktop.greet()
    qtbot.waitUntil(desktop.window.windowHandle().isExposed)
    assert dialogs(desktop.window) == []
    desktop.pages.setup.app.steps.click()
    assert len(dialogs(desktop.window)) == 1


def test_the_last_of_them_turns_it_on(
    make_desktop: MakeDesktop, qtbot: QtBot, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(f"{MINE}\n[general]\nmixed_port = {free_port()}\n")
    desktop = make_desktop(profile)
    desktop.show_first_steps()
    (dialog,) = dialogs(desktop.window)
    for _ in range(4):
        dialog.next.click()
    qtbot.waitUntil(
        lambda: desktop.steering.standing.phase is Phase.ON, timeout=int(DEADLINE * 1000)
    )
    desktop.show_first_steps()
    (again,) = dialogs(desktop.window)
    assert again.on.now.isHidden()


def test_a_profile_that_cannot_be_read_is_left_alone(
    make_desktop: MakeDesktop, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text("version =")
    desktop = make_desktop(profile)
    desktop.show_first_steps()
    assert dialogs(desktop.window) == []
    assert "cannot be read" in desktop.window.toast.text.text()
