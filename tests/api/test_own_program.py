"""How Byway starts itself, from an interpreter and from a bundle."""

from __future__ import annotations

import subprocess
import sys

import pytest

from byway_core.api.own_program import command_line, desktop, image, module
from byway_core.version import __version__

MOUNT = {"APPIMAGE": "/home/me/Byway.AppImage", "APPDIR": "/tmp/.mount_byway"}


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/tmp/.mount_byway/usr/lib/byway/byway")


def test_by_the_interpreter() -> None:
    command = command_line("--version")
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert __version__ in said.stdout
    assert desktop("--minimized")[1:] == ["-m", "byway_gui", "--minimized"]
    assert module("byway_core.leaktest.stage")[1:] == ["-m", "byway_core.leaktest.stage"]
    assert image(MOUNT) == ""


@pytest.mark.usefixtures("bundled")
def test_by_the_bundles_program() -> None:
    assert command_line("up") == ["/tmp/.mount_byway/usr/lib/byway/byway", "up"]
    assert module("byway_core.leaktest.stage")[1:] == ["--module", "byway_core.leaktest.stage"]
    assert desktop("--minimized") == [
        "/tmp/.mount_byway/usr/lib/byway/byway-desktop",
        "--minimized",
    ]


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "/home/me/Byway.AppImage"),
        ({"APPDIR": "/tmp/.mount_terminal"}, ""),  # we were started from another AppImage
        ({"APPDIR": ""}, ""),
        ({"APPIMAGE": ""}, ""),
        ({"APPIMAGE": "Byway.AppImage"}, ""),
    ],
)
def test_the_image_is_ours_or_none(change: dict[str, str], expected: str) -> None:
    assert image(MOUNT | change) == expected
