"""The XDG folders, and what /tmp may hold in their place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from byway_core.config import paths
from byway_core.config.paths import RuntimeFolderError, config_dir, default_profile, runtime_dir


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CONFIG_HOME": "/x"}, Path("/x/byway")),
        ({"XDG_CONFIG_HOME": ""}, Path.home() / ".config/byway"),
        ({"XDG_CONFIG_HOME": "relative"}, Path.home() / ".config/byway"),
        ({}, Path.home() / ".config/byway"),
    ],
)
def test_config_dir(environment: dict[str, str], folder: Path) -> None:
    assert config_dir(environment) == folder
    assert default_profile(environment) == folder / "profile.toml"


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_runtime_dir_of_the_session(tmp_path: Path) -> None:
    folder = runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert folder == tmp_path / "byway"
    assert mode(folder) == 0o700
    assert runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)}) == folder


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "byway").mkdir(mode=0o777)
    assert mode(runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})) == 0o700


@pytest.mark.parametrize("session", ["", "relative", "/does/not/exist"])
def test_without_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: str) -> None:
    monkeypatch.setattr(paths, "_TEMPORARY", str(tmp_path))
    folder = runtime_dir({"XDG_RUNTIME_DIR": session})
    assert folder == tmp_path / f"byway-{os.getuid()}"
    assert mode(folder) == 0o700


def test_a_link_in_our_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "byway").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RuntimeFolderError, match="belongs to somebody else"):
        runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_file_in_our_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "byway").touch()
    with pytest.raises(RuntimeFolderError, match="exists"):
        runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_strangers_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To us, a folder of ours looks a stranger's when it is we who are somebody else."""
    (tmp_path / "byway").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    with pytest.raises(RuntimeFolderError, match="belongs to somebody else"):
        runtime_dir({"XDG_RUNTIME_DIR": str(tmp_path)})
