"""Installed applications from .desktop files, terminals for some, and which were run last."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_gui.presenters.applications import (
    Application,
    fits,
    folders,
    installed,
    read_application,
)
from byway_gui.presenters.terminals import in_terminal
from byway_gui.recent import MOST, Recent, state_folder

Write = Callable[..., Path]


@pytest.fixture
def session(tmp_path: Path) -> dict[str, str]:
    """With a program `tool` in its PATH, and no terminal."""
    program(tmp_path / "bin" / "tool")
    return {
        "HOME": str(tmp_path),
        "PATH": str(tmp_path / "bin"),
        "XDG_DATA_HOME": str(tmp_path / "own"),
        "XDG_DATA_DIRS": f"{tmp_path / 'first'}:relative:{tmp_path / 'second'}",
        "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
        "LANG": "de_DE.UTF-8",
    }


def program(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *lines: str, folder: str = "first", command: str = "tool %U") -> Path:
        file = tmp_path / folder / "applications" / f"{name}.desktop"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = ["[Desktop Entry]", "Type=Application", f"Name={file.stem}", f"Exec={command}"]
        # Of a key that comes twice the first counts.
        file.write_text("\n".join([text[0], *lines, *text[1:]]) + "\n")
        return file

    return write


def names(session: dict[str, str]) -> list[str]:
    return sorted(each.name for each in installed(session))


def only(session: dict[str, str]) -> Application:
    (application,) = installed(session)
    return application


# -- which -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", True),
        ("NoDisplay=true", False),
        ("NoDisplay=false", True),
        ("Hidden=true", False),
        ("OnlyShowIn=KDE;", False),
        ("OnlyShowIn=KDE;GNOME;", True),
        ("OnlyShowIn=", False),
        ("NotShowIn=GNOME;", False),
        ("NotShowIn=KDE", True),
        ("Type=Link", False),
        ("Exec=", False),
        ("Exec=no-such-program", False),
        ('Exec="tool', False),
        ("Exec=%U", False),
        ("TryExec=tool", True),
        ("TryExec=no-such-program", False),
        ("TryExec=/no/such/program", False),
        ("Terminal=true", False),
    ],
)
def test_which_are_shown(session: dict[str, str], write: Write, line: str, shown: bool) -> None:
    write("app", line)
    assert names(session) == (["app"] if shown else [])


def test_the_first_folder_counts(session: dict[str, str], write: Write) -> None:
    write("same", "Name=second", folder="second")
    write("same", "Name=first")
    write("hidden", folder="second")
    write("hidden", "Hidden=true", folder="own")
    write("other", folder="second")
    assert names(session) == ["first", "other"]


def test_ids_are_made_of_folders(session: dict[str, str], write: Write) -> None:
    write("kde/app")
    write("kde-app", "Name=masked", folder="second")
    assert [(each.id, each.name) for each in installed(session)] == [("kde-app.desktop", "app")]


def test_broken_files_break_nothing(session: dict[str, str], write: Write, tmp_path: Path) -> None:
    good = write("good")
    (good.parent / "binary.desktop").write_bytes(bytes(range(256)) * 9)
    (good.parent / "empty.desktop").touch()
    (good.parent / "folder.desktop").mkdir()
    (good.parent / "gone.desktop").symlink_to(tmp_path / "nowhere")
    (good.parent / "loop").symlink_to(good.parent)
    assert names(session) == ["good"]


def test_folders_by_default() -> None:
    home = Path.home()
    assert folders({}) == [
        home / ".local/share/applications",
        Path("/usr/local/share/applications"),
        Path("/usr/share/applications"),
    ]


def test_those_of_this_machine_can_be_run() -> None:
    for application in installed():
        assert application.name
        assert os.access(application.argv[0], os.X_OK) or "/" not in application.argv[0]


# -- what they are -----------------------------------------------------------------------------


def test_names_are_the_sessions(session: dict[str, str], write: Write) -> None:
    write(
        "app",
        "Name=Editor",
        "Name[de]=Bearbeiter",
        "Comment=Edits",
        "Comment[de]=Bearbeitet",
        "Icon=app-icon",
        "Keywords=text;words;",
    )
    found = only(session)
    assert (found.name, found.about, found.icon) == ("Bearbeiter", "Bearbeitet", "app-icon")
    for needle in ("BEARB", "editor", "words", "tool", "editor text", ""):
        assert fits(found, needle)
    assert not fits(found, "editor nothing")


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("tool", ["tool"]),
        ("tool %f", ["tool"]),
        ("tool --new %U --x", ["tool", "--new", "--x"]),
        ("tool --file=%f --y", ["tool", "--y"]),
        ("tool %i", ["tool", "--icon", "pic"]),
        ("tool --name %c", ["tool", "--name", "app"]),
        ("tool 100%% %d%D%n%N%v%m", ["tool", "100%", ""]),
        ('tool "two words" %F', ["tool", "two words"]),
        ("tool @@u %U @@", ["tool", "@@u", "@@"]),
    ],
)
def test_field_codes_go(
    session: dict[str, str], write: Write, command: str, argv: list[str]
) -> None:
    write("app", "Icon=pic", command=command)
    assert only(session).argv == tuple(argv)


def test_the_files_own_place_is_a_field_code(session: dict[str, str], write: Write) -> None:
    file = write("app", command="tool %k")
    assert only(session).argv == ("tool", str(file))


# -- one that is pointed at --------------------------------------------------------------------


def test_what_menus_hide_can_be_pointed_at(session: dict[str, str], write: Write) -> None:
    file = write("app", "NoDisplay=true")
    assert read_application(file, session).argv == ("tool",)


@pytest.mark.parametrize(
    ("lines", "command", "sentence"),
    [
        (["Type=Link"], "tool", "app is nothing that could be run."),
        (["Name=My app"], 'tool "', "My app: its command cannot be read."),
        ([], "no-such-program", "app is not installed: no-such-program"),
        (["Terminal=true"], "tool", "app needs a terminal, and there is none here."),
    ],
)
def test_what_cannot_be_run_is_said(
    session: dict[str, str], write: Write, lines: list[str], command: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        read_application(write("app", *lines, command=command), session)
    assert str(raised.value) == sentence


def test_what_is_no_application_is_said(session: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "x.desktop").write_text("hello")
    with pytest.raises(ValueError, match=r"x\.desktop is no application's file"):
        read_application(tmp_path / "x.desktop", session)
    with pytest.raises(ValueError, match="No such file"):
        read_application(tmp_path / "y.desktop", session)


@given(st.text(max_size=200))
def test_files_raise_nothing_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.desktop"
    file.write_text(f"[Desktop Entry]\nName=x\nExec=sh %c\n{text}", errors="replace")
    try:
        assert read_application(file).argv[0] == "sh"
    except ValueError as error:
        assert str(error)  # noqa: PT017 - it may be raised


# -- terminals ---------------------------------------------------------------------------------


def test_a_terminal_is_found(session: dict[str, str], write: Write, tmp_path: Path) -> None:
    xterm = program(tmp_path / "bin" / "xterm")
    write("app", "Terminal=true", command="tool -a")
    found = only(session)
    assert found.terminal
    assert found.argv == (str(xterm), "-e", "tool", "-a")


def test_the_preferred_terminal_comes_first(session: dict[str, str], tmp_path: Path) -> None:
    for name in ("xterm", "kitty", "foot"):
        program(tmp_path / "bin" / name)
    (tmp_path / "bin" / "x-terminal-emulator").symlink_to(tmp_path / "bin" / "foot")
    assert in_terminal(("a",), session) == (str(tmp_path / "bin" / "foot"), "a")
    assert in_terminal(("a",), {**session, "TERMINAL": "kitty"}) == (
        str(tmp_path / "bin" / "kitty"),
        "a",
    )


def test_a_terminal_that_hands_it_on_is_not_used(session: dict[str, str], tmp_path: Path) -> None:
    """Its server is outside of the network in which the program has to stay."""
    gnome = program(tmp_path / "bin" / "gnome-terminal")
    (tmp_path / "bin" / "x-terminal-emulator").symlink_to(gnome)
    assert in_terminal(("a",), {**session, "TERMINAL": "gnome-terminal"}) == ()
    xterm = program(tmp_path / "bin" / "xterm")
    assert in_terminal(("a",), session) == (str(xterm), "-e", "a")


# -- run last ----------------------------------------------------------------------------------


def test_the_last_come_first(tmp_path: Path) -> None:
    path = tmp_path / "new" / "recent"
    recent = Recent(path)
    assert recent.ids == ()
    for id_ in ("a", "b", "a", "c"):
        recent.add(id_)
    assert Recent(path).ids == ("c", "a", "b")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for n in range(20):
        recent.add(str(n))
    assert len(Recent(path).ids) == MOST


def test_what_cannot_be_kept_is_known_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recent = Recent(tmp_path / "file" / "recent")
    recent.add("a")
    assert recent.ids == ("a",)


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder({"XDG_STATE_HOME": "/x"}) == Path("/x/byway")
    assert state_folder({}) == tmp_path / ".local/state/byway"
