"""The bundle's own part, as code; image_in_use.py has it as what users get."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from byway_bundle import environment, integration, start
from byway_gui.presenters.desktop_entry import read_entry, split_exec
from byway_iptables import children
from byway_share.tree import ROOT, share_files, write

CORE = sorted((ROOT / "core").rglob("*.py"))


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ({"LD_LIBRARY_PATH": "/bundle"}, {}),
        (
            {"LD_LIBRARY_PATH": "/bundle:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"},
            {"LD_LIBRARY_PATH": "/mine"},
        ),
        # Empty is not the same as not there: the linker takes it for the current folder.
        ({"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": ""}, {"LD_LIBRARY_PATH": ""}),
        ({"_PYI_ARCHIVE_FILE": "x", "ARGV0": "x", "OWD": "/", "APPDIR": "/m"}, {"APPDIR": "/m"}),
        ({"HOME": "/home/me"}, {"HOME": "/home/me"}),
    ],
)
def test_the_environment_is_its_users(found: dict[str, str], left: dict[str, str]) -> None:
    environment.restore(found)
    assert found == left


def test_a_child_for_iptables_is_called_by_one_name() -> None:
    assert start._IPTABLES_CHILD == children.IN_BUNDLE


@pytest.mark.parametrize("name", start._MODULES)
def test_modules_that_are_programs_of_their_own(name: str) -> None:
    """And each that the core starts is one of them."""
    assert callable(import_module(name).main)
    named = re.findall(r'module\("([\w.]+)"\)', "".join(map(Path.read_text, CORE)))
    assert set(named) == set(start._MODULES)


@pytest.mark.parametrize("option", ["--install-helper", "--uninstall-helper", "--integrate"])
def test_what_only_an_image_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setattr("sys.argv", ["byway", option])
    assert start.main() == 2
    assert capsys.readouterr().err == f"byway: {option} is for the AppImage; this is none\n"


def test_the_menus_entries_start_the_image(tmp_path: Path) -> None:
    write(tmp_path, share_files(with_pictures=False))
    image = "/home/me/my 100% apps/Byway.AppImage"
    made = dict(integration.contents(tmp_path, image))
    entry = made[Path("applications/io.github.byway.Byway.desktop")].decode()
    assert split_exec(read_entry(entry)["Exec"])[0].replace("%%", "%") == image
    lines = [line for line in entry.splitlines() if line.startswith("Exec=")]
    assert len(lines) > 1
    assert all('100%% apps/Byway.AppImage"' in line for line in lines)
    assert Path("icons/hicolor/scalable/apps/io.github.byway.Byway.svg") in made
    assert all(place.parts[0] in ("applications", "icons") for place in made)


def test_a_desktop_file_of_another_command_is_none_of_ours(tmp_path: Path) -> None:
    write(tmp_path, {"applications/x.desktop": b"[Desktop Entry]\nExec=other %u\n"})
    with pytest.raises(ValueError, match="another command than byway-desktop"):
        list(integration.contents(tmp_path, "/image"))
