"""The app's settings in their file, starting at log-in, and the Settings page."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

import byway_resources
from byway_gui import installed
from byway_gui.autostart import Autostart, command
from byway_gui.presenters.desktop_entry import read_entry, split_exec
from byway_gui.presenters.interfaces import Interface, interfaces
from byway_gui.presenters.profile_values import read_ports
from byway_gui.settings import (
    Settings,
    SettingsFile,
    read_settings,
    settings_path,
    write_settings,
)
from byway_gui.theme import Look, Theme, colour, palette
from byway_gui.windows.profile_settings import ProfileSettings
from byway_gui.windows.settings_page import AppSettings, SettingsPage

CHANGED = Settings("zh_CN", Theme.DARK, notifications=False, keep_in_tray=False)

# -- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [Settings(), CHANGED])
def test_what_is_written_is_read(settings: Settings) -> None:
    assert read_settings(write_settings("", settings)) == settings


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", Settings()),
        ("[desktop]\ntheme = dark\n", Settings(theme=Theme.DARK)),
        ("[desktop]\ntheme = mauve\nnotifications = false\n", Settings(notifications=False)),
        ("[desktop]\nlanguage = tlh\nkeep_in_tray = maybe\n", Settings()),
        ("[desktop]\nnotifications = FALSE\nnotifications = true\n", Settings(notifications=False)),
        ("[window]\ntheme = dark\n", Settings()),
        ("theme = dark\n", Settings()),
        ("[desktop]\ntest_target = a.b:80\n", Settings(test_target="a.b:80")),
        ("[desktop]\n\0\n=\n[[[\n[desktop]\n theme=light ", Settings(theme=Theme.LIGHT)),
    ],
)
def test_garbage_falls_back(text: str, settings: Settings) -> None:
    assert read_settings(text) == settings


def test_what_is_not_ours_stays() -> None:
    text = (
        "# mine\n[window]\nwidth = 5\n\n[desktop]\ntheme = mauve\n; why\nfuture = 1\ntheme = dark\n"
        "\n[other]\ntheme = 3\n"
    )
    assert write_settings(text, replace(CHANGED, language="")) == (
        "# mine\n[window]\nwidth = 5\n\n[desktop]\ntheme = dark\n; why\nfuture = 1\n"
        "language = \nnotifications = false\nkeep_in_tray = false\nwhole_machine = true\n"
        "welcomed = false\ntold_of_tray = false\ntest_target = example.com:443\nprofile = \n"
        "\n[other]\ntheme = 3\n"
    )


@given(st.text())
def test_any_text_can_be_written_to(text: str) -> None:
    read_settings(text)
    once = write_settings(text, CHANGED)
    assert read_settings(once) == CHANGED
    assert write_settings(once, CHANGED) == once


def test_the_file_is_where_it_should_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/byway/desktop.ini")
    monkeypatch.setenv("HOME", str(tmp_path))
    for session in ({}, {"XDG_CONFIG_HOME": "relative"}):
        assert settings_path(session) == tmp_path / ".config/byway/desktop.ini"


def test_the_file_is_made_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desktop.ini"
    SettingsFile(path).change(CHANGED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(path.read_bytes() + b"caf\xe9 = 1\n")
    SettingsFile(path).change(Settings())
    assert b"caf\xe9 = 1\n" in path.read_bytes()
    assert SettingsFile(path).value == Settings()
    assert [each.name for each in path.parent.iterdir()] == ["desktop.ini"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    path = tmp_path / "desktop.ini"
    path.symlink_to(tmp_path / "dotfiles" / "byway.ini")
    SettingsFile(path).change(CHANGED)
    assert path.is_symlink()
    assert SettingsFile(path).value == CHANGED


def test_what_cannot_be_kept_is_in_force_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = SettingsFile(tmp_path / "file" / "desktop.ini")
    with pytest.raises(OSError, match=r"."):
        file.change(CHANGED)
    assert file.value == CHANGED


# -- starting at log-in ------------------------------------------------------------------------


@pytest.fixture
def session(tmp_path: Path) -> dict[str, str]:
    return {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CONFIG_DIRS": f"relative:{tmp_path / 'system'}",
    }


def test_it_is_turned_on_and_off(session: dict[str, str]) -> None:
    autostart = Autostart(session)
    assert not autostart.is_on()
    autostart.turn_on(["/opt/my app/byway-desktop", "--minimized"])
    assert autostart.is_on()
    assert autostart.path.name == "io.github.byway.Byway.desktop"
    entry = read_entry(autostart.path.read_text())
    assert split_exec(entry.pop("Exec")) == ["/opt/my app/byway-desktop", "--minimized"]
    shown = read_entry(byway_resources.desktop_entry())
    assert shown.items() > entry.items()  # else as desktops know it
    assert shown.keys() - entry.keys() == {"Exec", "Actions"}
    autostart.turn_off()
    assert not autostart.path.exists()
    autostart.turn_off()
    assert not autostart.is_on()


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("Hidden=true", False),
        ("Hidden=false", True),
        ("X-GNOME-Autostart-enabled=false", False),
        ("", True),
    ],
)
def test_what_others_have_written_counts(session: dict[str, str], line: str, on: bool) -> None:
    autostart = Autostart(session)
    autostart.path.parent.mkdir(parents=True)
    autostart.path.write_text(f"[Desktop Entry]\nType=Application\nExec=x\n{line}\n")
    assert autostart.is_on() is on
    autostart.turn_on(["x"])
    assert autostart.is_on()


def test_a_systems_file_is_overridden(session: dict[str, str], tmp_path: Path) -> None:
    autostart = Autostart(session)
    theirs = tmp_path / "system" / "autostart" / autostart.path.name
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Desktop Entry]\nType=Application\nExec=x\n")
    assert autostart.is_on()
    autostart.turn_off()
    assert not autostart.is_on()
    assert theirs.exists()


def test_garbage_starts_nothing(session: dict[str, str]) -> None:
    autostart = Autostart(session)
    autostart.path.parent.mkdir(parents=True)
    autostart.path.write_bytes(b"\xff\0")
    assert not autostart.is_on()


def test_the_command_starts_this_app() -> None:
    assert command({})[-1] == "--minimized"
    assert Path(command({})[0]).is_file()


def test_the_command_starts_the_appimage_that_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"APPIMAGE": "/home/me/Byway.AppImage", "APPDIR": "/tmp/.mount"}
    assert command(variables)[0] != "/home/me/Byway.AppImage"  # another program's
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/tmp/.mount/usr/lib/byway/byway")
    assert command(variables) == ["/home/me/Byway.AppImage", "--minimized"]
    assert command({})[0] == "/tmp/.mount/usr/lib/byway/byway-desktop"


# -- the app's part of the page ----------------------------------------------------------------


@dataclass
class App:
    widget: AppSettings
    settings: SettingsFile
    autostart: Autostart
    look: Look


@pytest.fixture
def app(qtbot: QtBot, qapp: QApplication, own_folders: Path) -> App:
    settings, autostart, look = SettingsFile(settings_path()), Autostart(), Look(qapp)
    widget = AppSettings(settings, autostart, look.want)
    qtbot.addWidget(widget)
    widget.show()
    return App(widget, settings, autostart, look)


def click(qtbot: QtBot, widget: QWidget) -> None:
    """On a box's sign."""
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(8, widget.height() // 2))


def choose(qtbot: QtBot, box: QComboBox, row: int) -> None:
    """By keyboard."""
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_the_theme_changes_at_once(app: App, qtbot: QtBot, qapp: QApplication) -> None:
    choose(qtbot, app.widget.theme, 2)
    assert qapp.palette().window().color() == palette(dark=True).window().color()
    assert SettingsFile(settings_path()).value == Settings(theme=Theme.DARK)
    choose(qtbot, app.widget.theme, 1)
    assert qapp.palette().window().color() == palette(dark=False).window().color()


def test_texts_follow_the_theme(app: App, qtbot: QtBot) -> None:
    def fits() -> bool:
        shown = app.widget.later.palette().color(QPalette.ColorRole.WindowText)
        return shown == colour("muted")

    for row in (2, 1, 2):
        choose(qtbot, app.widget.theme, row)
        qtbot.waitUntil(fits)


def test_a_language_says_when_it_comes(app: App, qtbot: QtBot) -> None:
    assert not app.widget.later.isVisible()
    choose(qtbot, app.widget.language, 2)
    assert app.widget.language.currentText() == "简体中文"
    assert app.widget.later.isVisible()
    assert SettingsFile(settings_path()).value.language == "zh_CN"
    choose(qtbot, app.widget.language, 0)
    assert not app.widget.later.isVisible()


def test_boxes_are_kept(app: App, qtbot: QtBot) -> None:
    click(qtbot, app.widget.notifications)
    click(qtbot, app.widget.tray)
    kept = SettingsFile(settings_path()).value
    assert (kept.notifications, kept.keep_in_tray) == (False, False)


def test_starting_at_login(app: App, qtbot: QtBot) -> None:
    click(qtbot, app.widget.login)
    assert Autostart().is_on()
    app.widget.hide()
    Autostart().turn_off()  # in the desktop's own settings, say
    app.widget.show()
    assert not app.widget.login.isChecked()


def test_without_a_helper_not_every_program(
    app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_again() -> bool:
        app.widget.hide()
        app.widget.show()
        return app.widget.no_helper.isVisible()

    monkeypatch.setattr(installed, "helper_is_there", lambda: False)
    assert look_again()
    click(qtbot, app.widget.machine)
    assert not app.widget.no_helper.isVisible()  # nobody wants it
    click(qtbot, app.widget.machine)
    assert app.widget.no_helper.isVisible()
    monkeypatch.setattr(installed, "helper_is_there", lambda: True)
    assert not look_again()


def test_what_cannot_be_kept_is_said(app: App, qtbot: QtBot, own_folders: Path) -> None:
    (own_folders / "config").write_text("no folder")
    click(qtbot, app.widget.login)
    assert not app.widget.login.isChecked()
    assert app.widget.problem.isVisible()
    assert "config" in app.widget.problem.text()
    click(qtbot, app.widget.notifications)
    assert app.widget.problem.isVisible()
    (own_folders / "config").unlink()
    click(qtbot, app.widget.login)
    assert app.widget.login.isChecked()
    assert not app.widget.problem.isVisible()


def test_a_wheel_changes_nothing(app: App) -> None:
    box = app.widget.theme
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(box.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.currentIndex() == 0


# -- the profile's part ------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    values: dict[tuple[str, ...], object] = field(default_factory=dict)

    def value(self, *keys: str) -> object | None:
        return self.values.get(keys)

    def with_value(self, value: object | None, *keys: str) -> Draft:
        return Draft({**self.values, keys: value})


class Store(QObject):
    """As the app's, in memory; it refuses while `refuses` says why."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, draft: Draft | None) -> None:
        super().__init__()
        self.draft = draft
        self.refuses = ""
        self.commits = 0

    def commit(self, draft: Draft) -> bool:
        self.commits += 1
        if self.refuses:
            self.failed.emit(self.refuses)
            return False
        self.draft = draft
        self.changed.emit()
        return True

    def get(self, *keys: str) -> object:
        assert self.draft is not None
        return self.draft.value(*keys)


MakeProfile = Callable[..., tuple[ProfileSettings, Store]]
THERE = [Interface("br0", "bridge"), Interface("eth0", "network card")]


@pytest.fixture
def make_profile(qtbot: QtBot) -> MakeProfile:
    def make(values: dict[tuple[str, ...], object] | None = None) -> Any:
        store = Store(Draft(values or {}))
        widget = ProfileSettings(store, lambda: list(THERE))
        store.setParent(widget)
        qtbot.addWidget(widget)
        widget.resize(700, 800)
        widget.show()
        return widget, store

    return make


def test_boxes_change_the_profile(make_profile: MakeProfile, qtbot: QtBot) -> None:
    widget, store = make_profile()
    for box, key in ((widget.kill_switch, "kill_switch"), (widget.see_direct, "see_direct")):
        assert not box.isChecked()
        click(qtbot, box)
        assert store.get("machine", key) is True
        click(qtbot, box)
        assert store.get("machine", key) is False


def test_interfaces_are_chosen(make_profile: MakeProfile, qtbot: QtBot) -> None:
    widget, store = make_profile({("machine", "lan"): ["wlan9"]})
    assert [(box.text(), box.isChecked()) for box in widget.lan.values()] == [
        ("br0: bridge", False),
        ("eth0: network card", False),
        ("wlan9: not on this machine now", True),
    ]
    click(qtbot, widget.lan["br0"])
    assert store.get("machine", "lan") == ["br0", "wlan9"]
    click(qtbot, widget.lan["wlan9"])
    assert store.get("machine", "lan") == ["br0"]
    assert list(widget.lan) == ["br0", "eth0"]
    click(qtbot, widget.lan["br0"])
    assert store.get("machine", "lan") is None


def test_ports_of_ones_own(make_profile: MakeProfile, qtbot: QtBot) -> None:
    widget, store = make_profile()
    assert not widget.lan_ports.isEnabled()
    click(qtbot, widget.lan["br0"])
    assert widget.lan_ports.isEnabled()
    widget.lan_ports.setFocus()
    qtbot.keyClicks(widget.lan_ports, "50080, 80")
    assert widget.ports_problem.text() == "“80” is no port from 1024 to 65535."
    assert widget.ports_problem.isVisible()
    qtbot.keyClick(widget.lan_ports, Qt.Key.Key_Return)
    assert store.get("machine", "lan_ports") is None
    store.changed.emit()  # somebody else's change takes away nothing that is being typed
    assert widget.lan_ports.text() == "50080, 80"
    qtbot.keyClicks(widget.lan_ports, "80 50080")
    assert not widget.ports_problem.isVisible()
    qtbot.keyClick(widget.lan_ports, Qt.Key.Key_Return)
    assert store.get("machine", "lan_ports") == [50080, 8080]
    assert widget.lan_ports.text() == "50080, 8080"


def test_the_local_port(make_profile: MakeProfile, qtbot: QtBot) -> None:
    widget, store = make_profile()
    assert not widget.port.isEnabled()
    click(qtbot, widget.use_port)
    assert store.get("general", "mixed_port") == 7890
    widget.port.setFocus()
    widget.port.selectAll()
    qtbot.keyClicks(widget.port, "1080")
    assert store.commits == 1  # not at each digit
    qtbot.keyClick(widget.port, Qt.Key.Key_Return)
    assert store.get("general", "mixed_port") == 1080
    click(qtbot, widget.use_port)
    assert store.get("general", "mixed_port") is None
    click(qtbot, widget.use_port)
    assert store.get("general", "mixed_port") == 1080


def test_what_is_not_kept_is_shown_as_it_was(make_profile: MakeProfile, qtbot: QtBot) -> None:
    widget, store = make_profile()
    store.refuses = "profile.toml: Read-only file system"
    click(qtbot, widget.kill_switch)
    assert not widget.kill_switch.isChecked()
    assert widget.problem.isVisible()
    assert widget.problem.text() == store.refuses
    store.refuses = ""
    click(qtbot, widget.kill_switch)
    assert widget.kill_switch.isChecked()
    assert not widget.problem.isVisible()


def test_what_others_fail_in_is_not_said_here(make_profile: MakeProfile) -> None:
    widget, store = make_profile()
    store.failed.emit("a rule")
    assert not widget.problem.isVisible()


def test_looking_changes_nothing(make_profile: MakeProfile) -> None:
    odd = {
        ("machine", "lan"): "br0",
        ("machine", "lan_ports"): [True, "x", 80, 50080],
        ("machine", "kill_switch"): 1,
        ("general", "mixed_port"): 99999,
    }
    widget, store = make_profile(odd)
    store.changed.emit()
    assert store.commits == 0
    assert widget.lan_ports.text() == "50080"
    assert not widget.kill_switch.isChecked()
    assert not widget.use_port.isChecked()


def test_without_a_profile_it_says_so(make_profile: MakeProfile) -> None:
    widget, store = make_profile()
    store.draft = None
    store.changed.emit()
    assert widget.missing.isVisible()
    assert not widget.kill_switch.isEnabled()
    store.draft = Draft()
    store.changed.emit()
    assert not widget.missing.isVisible()
    assert widget.kill_switch.isEnabled()


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("", ()),
        (" , ", ()),
        ("50080", (50080,)),
        ("50080,50080 1024;65535", (50080, 1024, 65535)),
    ],
)
def test_ports_are_read(text: str, ports: tuple[int, ...]) -> None:
    assert read_ports(text) == ports


@pytest.mark.parametrize("text", ["1023", "65536", "-1", "x", "٥٠٠٨٠", "1" * 5000, "1024.5"])
def test_what_is_no_port_is_named(text: str) -> None:
    assert "is no port" in str(read_ports(text))


def test_ports_end_somewhere() -> None:
    assert read_ports(" ".join(map(str, range(2000, 2065)))) == "At most 64 ports."


def test_interfaces_of_this_machine() -> None:
    found = interfaces()
    assert "lo" not in {each.name for each in found}
    assert {each.name for each in found} == {
        each.name for each in Path("/sys/class/net").iterdir() if each.is_dir()
    } - {"lo"}
    assert all(each.kind for each in found)


@pytest.mark.parametrize(
    ("uevent", "inside", "kind"),
    [
        ("DEVTYPE=bridge\n", "bridge", "bridge: "),
        ("INTERFACE=x\nDEVTYPE=wlan\n", "device", "Wi-Fi"),
        ("DEVTYPE=wireguard\n", "", "WireGuard"),
        ("INTERFACE=x\n", "device", "network card"),
        ("", "tun_flags", "VPN or virtual machine"),
        ("", "", "virtual"),
    ],
)
def test_kinds_of_interfaces(tmp_path: Path, uevent: str, inside: str, kind: str) -> None:
    for name in ("a0", "x0"):
        (tmp_path / name).mkdir()
    (tmp_path / "x0" / "uevent").write_text(uevent)
    if inside:
        (tmp_path / "x0" / inside).mkdir()
    found = {each.name: each.kind for each in interfaces(tmp_path)}
    assert kind in found["x0"]
    assert (next(iter(found)) == "x0") is (inside == "bridge")
    assert interfaces(tmp_path / "none") == []


# -- the whole page ----------------------------------------------------------------------------


class Opener(QObject):
    """In the place of the desktop's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[SettingsPage]:
    (tmp_path / "profile.toml").touch()
    places = [("Profile", tmp_path / "profile.toml"), ("Data", tmp_path / "none" / "there")]
    store = Store(Draft({("general", "mixed_port"): 1, ("machine", "lan"): ["br0"]}))
    page = SettingsPage(
        AppSettings(SettingsFile(settings_path()), Autostart(), Look(qapp).want),
        ProfileSettings(store, lambda: list(THERE)),
        places,
    )
    qtbot.addWidget(page)
    page.show()
    yield page
    store.deleteLater()


def test_folders_are_opened(page: SettingsPage, qtbot: QtBot, tmp_path: Path) -> None:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    profile, data = page.places
    for place in (profile, data):
        click(qtbot, place.open)
    QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == [str(tmp_path)]
    assert not profile.problem.isVisible()
    assert data.problem.text() == f"There is no folder {tmp_path / 'none'} yet."


def test_everything_can_be_reached_by_keyboard(page: SettingsPage) -> None:
    app, profile = page.app, page.profile
    reached, each = [], page.nextInFocusChain()
    while each is not page:
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled():
            reached.append(each)
        each = each.nextInFocusChain()
    assert set(page.findChildren(QCheckBox)) <= set(reached)
    order = [
        app.language,
        app.theme,
        app.login,
        profile.kill_switch,
        profile.lan["br0"],
        profile.lan_ports,
        profile.use_port,
        profile.port,
        page.places[0].open,
    ]
    assert [each for each in reached if each in order] == order
