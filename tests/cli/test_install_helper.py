"""`byway install-helper`: who is asked for root, and for what. What the installer then does is in
tests/helper/test_install.py, that it is found in a wheel in tests/packaging/test_wheel.py."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import byway_resources
from byway_core import cli

INSTALLER = [sys.executable, "-I", str(byway_resources.helper_installer())]
Asked = Callable[..., list[str]]


class ReplacedError(Exception):
    """This process would be another program now."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    """The command line that takes this process's place, for a user with these programs."""

    def replace(file: str, argv: list[str]) -> None:
        assert file == argv[0]
        raise ReplacedError(argv)

    def ask(*words: str, uid: int = 1000, there: tuple[str, ...] = ()) -> list[str]:
        for name in there:
            (tmp_path / name).touch(mode=0o755)
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        monkeypatch.setattr(os, "execv", replace)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ReplacedError) as replaced:
            cli.main(["install-helper", *words])
        return list(replaced.value.args[0])

    return ask


def test_root_is_asked_for_where_it_can_be(
    asked: Asked,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pkexec = [str(tmp_path / "pkexec"), *INSTALLER]
    assert asked(there=("sudo", "pkexec")) == pkexec  # sudo has no terminal here
    assert "install.py" in capsys.readouterr().err  # what root is for is said before
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert asked("--uninstall") == [str(tmp_path / "sudo"), *INSTALLER, "--uninstall"]


def test_nobody_is_asked_where_nothing_is_changed_or_by_root(asked: Asked) -> None:
    assert asked("--list", there=("pkexec",)) == [*INSTALLER, "--list"]
    assert asked(uid=0) == INSTALLER


def test_where_nobody_can_ask_the_command_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["install-helper"]) == 1
    assert f"    {' '.join(INSTALLER)}\n" in capsys.readouterr().err
