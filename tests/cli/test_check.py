"""`byway check` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from byway_core.cli import main

GOOD = 'version = 1\nrules = ["MATCH,DIRECT"]\n'
BAD = 'version = 1\nrules = [\n  "DOMIAN,a.b,DIRECT",\n  "DOMAIN-SUFFIX,.c,DIRECT",\n]\nx = 1\n'


def written(folder: Path, text: str) -> str:
    file = folder / "p.toml"
    file.write_text(text)
    return str(file)


def test_a_valid_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD)
    assert main(["check", file]) == 0
    assert capsys.readouterr().out == f"{file}: valid (1 rules, 0 upstreams)\n"


def test_problems_are_written_as_compilers_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, BAD)
    assert main(["check", file]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{file}:3:4: error: there is no kind DOMIAN"
    assert lines[1].startswith("    expected: one of DOMAIN, DOMAIN-SUFFIX")
    assert lines[2] == "    nearest:  DOMAIN,a.b,DIRECT"
    assert lines[3].startswith(f"{file}:4:18: warning: .c is read as c")
    assert lines[5] == f"{file}:6:1: error: unknown key x"
    assert lines[-1] == f"{file}: 2 errors"


def test_warnings_alone_are_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "version = 1\nrules = []\n")
    assert main(["check", file]) == 0
    assert f"{file}:2:1: warning: no MATCH at the end" in capsys.readouterr().out


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "none.toml")
    assert main(["check", file]) == 1
    assert capsys.readouterr().out == f"{file}: error: there is no such file\n{file}: 1 error\n"


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, BAD)
    assert main(["check", "--json", file]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], found["valid"]) == (file, False)
    assert [(each["line"], each["column"], each["severity"]) for each in found["problems"]] == [
        (3, 4, "error"),
        (4, 18, "warning"),
        (6, 1, "error"),
    ]
    assert main(["check", "--json", written(tmp_path, GOOD)]) == 0
    assert json.loads(capsys.readouterr().out)["valid"] is True


def test_without_a_file_it_is_the_users_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "byway").mkdir()
    (tmp_path / "byway" / "profile.toml").write_text(GOOD)
    assert main(["check"]) == 0
    assert "profile.toml: valid" in capsys.readouterr().out


def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "--nonsense"])
    assert caught.value.code == 2
    assert "usage: byway" in capsys.readouterr().err
