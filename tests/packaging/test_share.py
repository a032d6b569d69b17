"""What goes to a system's share folder: true to the commands, and clean to what reads it."""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import byway_resources
from byway_core import cli
from byway_core.version import __version__
from byway_gui.__main__ import command_line as desktop_command_line
from byway_gui.presenters.desktop_entry import read_entry, split_exec
from byway_gui.words import LANGUAGES
from byway_share.manual import usage_of
from byway_share.metainfo import Release, releases
from byway_share.profile_page import profile_page, section
from byway_share.roff import Page
from byway_share.tree import ROOT, share_files, write

DAY = date(2026, 1, 31)
NAME = byway_resources.APPLICATION


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    write(folder, share_files(with_pictures=True))
    return folder


def told(*command: str | Path) -> str:
    """What a tool says, and it is content."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def commands() -> dict[str, argparse.ArgumentParser]:
    """`byway`, `byway up` and so on, and `byway-desktop`."""
    parser = cli.command_line()
    subparsers = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    every = (parser, *subparsers.choices.values(), desktop_command_line())
    return {each.prog: each for each in every}


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {name for action in parser._actions for name in action.option_strings}


def test_the_same_tree_gives_the_same_files() -> None:
    assert share_files(with_pictures=True) == share_files(with_pictures=True)


# -- manual pages ------------------------------------------------------------------------------


PAGES = ("man1/byway.1", "man1/byway-desktop.1", "man5/byway-profile.5")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_clean(share: Path, page: str) -> None:
    assert told("mandoc", "-T", "lint", "-W", "style", share / "man" / page) == ""
    assert told("groff", "-man", "-ww", "-z", "-K", "utf8", share / "man" / page) == ""


def in_plain(share: Path, page: str) -> str:
    """As a terminal has it, in long lines; a bold letter is printed twice there."""
    text = told("mandoc", "-T", "utf8", "-O", "width=999", share / "man" / page)
    return re.sub(r".\x08", "", text)


def test_each_command_and_option_is_in_the_manual(share: Path) -> None:
    parts = re.split(r"^   (?=byway )", in_plain(share, PAGES[0]), flags=re.M)
    for prog, parser in commands().items():
        if prog == "byway-desktop":
            text = in_plain(share, PAGES[1])
        elif prog == "byway":
            text = parts[0]
        else:
            text = next(part for part in parts if part.startswith(f"{prog} "))
        for option in options(parser) - {"-h", "--help"}:
            assert re.search(rf"^       {option}\b", text, re.M), (prog, option)


def test_the_usage_is_that_of_the_help() -> None:
    up = commands()["byway up"]
    help_line = " ".join(up.format_usage().removeprefix("usage:").split())
    assert usage_of(up).replace(r"\-", "-").replace(r"\fBbyway up\fP", "byway up") == help_line


def test_each_key_and_kind_of_rule_is_in_the_profiles_page(share: Path) -> None:
    page = in_plain(share, PAGES[2])
    docs = ROOT / "docs" / "internals"
    for file, title in (("profile.md", "Keys"), ("rules.md", "The language")):
        table = section((docs / file).read_text(), title)
        tags = re.findall(r"^\| `(.+?)` \|", table, re.M)
        assert len(tags) > 10
        for tag in tags:
            assert f"       {tag.replace('`', '')}" in page, tag
    assert "Missing: one for each processor" in page


@pytest.mark.parametrize(
    ("text", "what"),
    [("1. numbered\n", "ordered_list"), ("![a](b.png)\n", "image"), ("### deeper\n", "heading")],
)
def test_what_has_no_form_in_a_page_is_no_silence(tmp_path: Path, text: str, what: str) -> None:
    for name in ("profile.md", "rules.md"):
        (tmp_path / name).write_text((ROOT / "docs/internals" / name).read_text())
    with (tmp_path / "profile.md").open("a") as file:
        file.write("\n")
    changed = (tmp_path / "profile.md").read_text().replace("## Keys\n", f"## Keys\n\n{text}\n")
    (tmp_path / "profile.md").write_text(changed)
    with pytest.raises(ValueError, match=what):
        profile_page(tmp_path, DAY)
    with pytest.raises(ValueError, match="no heading 'Locks'"):
        section(changed, "Locks")


def test_text_is_never_a_request() -> None:
    page = Page("x", 1, "y", made=DAY, source="z")
    page.paragraph(".so /etc/passwd")
    page.example(["'quoted", r"back\slash", "", "a-b"])
    lines = str(page).splitlines()
    assert [line for line in lines if line.startswith((".so", "'"))] == []
    assert lines[-6:-2] == [r"\&'quoted", r"back\eslash", "", r"a\-b"]


# -- completions -------------------------------------------------------------------------------


def by_bash(share: Path, *words: str) -> set[str]:
    """What it offers for the last word."""
    program = words[0]
    script = """
        source "$1/bash-completion/completions/$2"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        [[ $(complete -p "$1") =~ -F\\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" "$1" "${@: -1}" "${@: -2:1}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    return set(told("bash", "-c", script, "bash", share, program, *words[1:]).split())


def by_fish(share: Path, line: str) -> set[str]:
    source = share / f"fish/vendor_completions.d/{line.split()[0]}.fish"
    script = 'source $argv[1]; complete -C "$argv[2]"'
    found = told("fish", "--no-config", "-c", script, source, line)
    return {each.partition("\t")[0] for each in found.splitlines()}


@pytest.mark.parametrize("prog", commands())
def test_bash_offers_each_option(share: Path, prog: str) -> None:
    assert by_bash(share, *prog.split(), "-") == options(commands()[prog])


@pytest.mark.parametrize("prog", commands())
def test_fish_offers_each_option(share: Path, prog: str) -> None:
    assert by_fish(share, f"{prog} -") == options(commands()[prog])


@pytest.mark.parametrize("prog", commands())
def test_zsh_knows_each_option(share: Path, prog: str) -> None:
    file = share / "zsh/site-functions" / f"_{prog.split()[0]}"
    told("zsh", "-n", file)
    name = prog.replace(" ", "_").replace("-", "_")
    found = re.search(rf"^_shtab_{name}_options=\((.*?)^\)", file.read_text(), re.M | re.S)
    assert found is not None
    known = set(re.findall(r"(--?[a-z][a-z-]*)(?=[\[,}=])", found[1]))
    assert known == options(commands()[prog])


def test_commands_files_and_programs_are_offered(share: Path, tmp_path: Path) -> None:
    assert set(cli.COMMANDS) <= by_bash(share, "byway", "")
    assert set(cli.COMMANDS) <= by_fish(share, "byway ")
    (tmp_path / "office.toml").touch()
    for line in (["byway", "check"], ["byway", "up", "--profile"], ["byway-desktop", "--profile"]):
        start = str(tmp_path / "off")
        assert by_bash(share, *line, start) == {f"{start}ice.toml"}
        assert by_fish(share, " ".join([*line, start])) == {f"{start}ice.toml"}
    assert "desktop-file-validate" in by_bash(share, "byway", "run", "--", "desktop-file-v")
    assert "desktop-file-validate" in by_fish(share, "byway run -- desktop-file-v")


# -- desktop file, AppStream, icons ------------------------------------------------------------


def test_desktops_take_the_desktop_file(share: Path) -> None:
    assert told("desktop-file-validate", share / f"applications/{NAME}.desktop") == ""


def test_each_line_of_it_starts_the_app() -> None:
    text = byway_resources.desktop_entry()
    lines = re.findall(r"^Exec=(.+)$", text, re.M)
    assert len(lines) == 1 + len(re.findall(r"^\[Desktop Action", text, re.M)) == 3
    for line in lines:
        program, *arguments = split_exec(line)
        assert program == "byway-desktop"
        desktop_command_line().parse_args(arguments)


def test_what_is_read_there_is_in_each_language() -> None:
    text = byway_resources.desktop_entry()
    for group in re.split(r"^\[.+\]$", text, flags=re.M)[1:]:
        keys = dict(re.findall(r"^(.+?)=(.+)$", group, re.M))
        for key in {"GenericName", "Comment", "Keywords", "Name"} & keys.keys():
            for language in LANGUAGES:
                known = language == "en" or keys[key] == "Byway" or f"{key}[{language}]" in keys
                assert known, (key, language)


def test_byway_alone_takes_what_the_app_takes() -> None:
    """`byway --minimized` is the app; the profile is left to commands, which have it too."""
    taken = options(desktop_command_line()) - {"-h", "--help", "--profile"}
    assert set(cli.DESKTOP) == taken


def test_software_centres_take_the_metainfo(share: Path) -> None:
    file = share / f"metainfo/{NAME}.metainfo.xml"
    told("appstreamcli", "validate", "--no-net", file)
    text = file.read_text()
    assert f"<summary>{read_entry(byway_resources.desktop_entry())['Comment']}</summary>" in text
    assert f'<release version="{__version__}"' in text
    pictures = re.findall(rf"/v{re.escape(__version__)}/docs/images/(.+?)<", text)
    assert sorted(pictures) == sorted(path.name for path in (ROOT / "docs/images").iterdir())


CHANGES = "# Changelog\n\nWords.\n\n## Unreleased\n\n{}## 0.2.0 (2026-01-02)\n\n- a `b`\n  c\n- d\n"
DONE = Release("0.2.0", date(2026, 1, 2), ("a `b` c", "d"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHANGES.format(""), [DONE]),
        (CHANGES.format("- e\n\n"), [Release(__version__, DAY, ("e",), development=True), DONE]),
        ("# Changelog\n", []),
    ],
)
def test_releases_are_the_changelogs(text: str, expected: list[Release]) -> None:
    assert releases(text, DAY) == expected


@pytest.mark.parametrize("heading", ["0.2", "0.2.0", "0.2.0 - 2026-01-02", "v1.0.0 (2026-01-02)"])
def test_another_heading_is_an_error(heading: str) -> None:
    with pytest.raises(ValueError, match=re.escape(heading)):
        releases(f"## {heading}\n\n- x\n", DAY)


def test_pictures_are_of_their_folders_size(share: Path) -> None:
    from PySide6.QtGui import QImage

    found = sorted(share.glob("icons/hicolor/*/apps/*.png"))
    assert len(found) > 5
    for path in found:
        size = int(path.parts[-3].partition("x")[0])
        assert struct.unpack(">II", path.read_bytes()[16:24]) == (size, size)
        image = QImage(str(path))
        assert image.pixelColor(0, 0).alpha() == 0  # round corners
        assert image.pixelColor(size // 2, size // 2).alpha() == 255


def test_the_symbolic_icon_has_one_colour() -> None:
    """Desktops replace it by their own."""
    colours: Any = set(re.findall(rb"#[0-9a-f]{3,6}", byway_resources.icon("byway-symbolic")))
    assert colours == {b"#2e3436"}
