"""The syntax of .desktop files."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.byway import until
from tests.support.processes import program

from byway_gui.presenters.desktop_entry import (
    join_exec,
    list_of,
    locales_of,
    localised,
    read_entry,
    split_exec,
    text_of,
)

ENTRY = """# comment
[Other]
Name=Not this
[Desktop Entry]
Name = Editor
Name[de]=Bearbeiter
Name[de_AT]=Bearbeiterl
Name[zh_CN]=编辑器
# Exec=no
Exec=edit %F
Exec=twice
broken line
[Desktop Action new]
Name=New
"""


def test_only_its_own_group_counts() -> None:
    assert read_entry(ENTRY) == {
        "Name": "Editor",
        "Name[de]": "Bearbeiter",
        "Name[de_AT]": "Bearbeiterl",
        "Name[zh_CN]": "编辑器",
        "Exec": "edit %F",
    }


@pytest.mark.parametrize("text", ["", "Name=x", "[Desktop Action]\nName=x\n"])
def test_without_the_group_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no \\[Desktop Entry\\]"):
        read_entry(text)


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ({"LANG": "de_AT.UTF-8"}, "Bearbeiterl"),
        ({"LANG": "de_DE.UTF-8@euro"}, "Bearbeiter"),
        ({"LANG": "C.UTF-8"}, "Editor"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "编辑器"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "Bearbeiter"),
        ({"LANG": "zh_TW.UTF-8"}, "Editor"),
        ({}, "Editor"),
    ],
)
def test_names_are_the_sessions(session: dict[str, str], name: str) -> None:
    assert localised(read_entry(ENTRY), "Name", locales_of(session)) == name


def test_locales_from_most_to_least() -> None:
    assert locales_of({"LANG": "sr_RS.UTF-8@latin"}) == ["sr_RS@latin", "sr_RS", "sr@latin", "sr"]


@pytest.mark.parametrize(
    ("value", "text", "parts"),
    [
        ("GNOME;KDE;", "GNOME;KDE;", ["GNOME", "KDE"]),
        ("GNOME", "GNOME", ["GNOME"]),
        ("a\\;b;c", "a;b;c", ["a;b", "c"]),
        ("a\\sb\\\\;", "a b\\;", ["a b\\"]),
        ("", "", []),
    ],
)
def test_escapes_and_lists(value: str, text: str, parts: list[str]) -> None:
    assert (text_of(value), list_of(value)) == (text, parts)


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        ("edit %F", ["edit", "%F"]),
        ('"/opt/My App/run" --x', ["/opt/My App/run", "--x"]),
        ('sh -c "echo \\\\$HOME \\\\"x\\\\""', ["sh", "-c", 'echo $HOME "x"']),
        ('a "" b', ["a", "", "b"]),
        ("a  \\s b", ["a", "b"]),
        ("it's", ["it's"]),
    ],
)
def test_exec_lines(line: str, argv: list[str]) -> None:
    assert split_exec(line) == argv


@pytest.mark.parametrize("line", ["", "   ", 'a "b'])
def test_wrong_exec_lines(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        split_exec(line)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"))


@given(st.lists(TEXT, min_size=1))
def test_what_is_joined_is_split_again(argv: list[str]) -> None:
    line = join_exec(argv)
    assert "\n" not in line
    assert [word.replace("%%", "%") for word in split_exec(line)] == argv


@given(st.text())
def test_lines_raise_nothing_else(text: str) -> None:
    list_of(text)
    for read in (read_entry, split_exec):
        with suppress(ValueError):
            read(text)


def test_the_desktops_own_tool_starts_the_same(tmp_path: Path) -> None:
    """What we write, started by GLib, which is what desktops use."""
    argv = ["a b", 'c"d', "e$f`g\\h", "100 %", "ü;#"]
    out = tmp_path / "out"
    script = tmp_path / "my script"
    script.write_text(f'#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done > {out}\n')
    script.chmod(0o755)
    file = tmp_path / "x.desktop"
    line = join_exec([str(script), *argv])
    file.write_text(f"[Desktop Entry]\nType=Application\nName=X\nExec={line}\n")
    subprocess.run([program("gio"), "launch", str(file)], check=True)
    until(lambda: out.exists() and out.read_text().endswith("ü;#\n"), "it has run")
    assert out.read_text().splitlines() == argv
