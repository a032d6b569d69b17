"""Reading, revealing and creating profiles, and the variables that name their port."""

from __future__ import annotations

import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from byway_core.api.profiles import create_profile, read_profile, reveal_passwords
from byway_core.api.proxy_variables import set_commands, unset_command
from byway_core.model.errors import ProfileError, SecretError
from byway_core.model.profile import Passwords

ACCOUNT = """version = 1
rules = ["DOMAIN-SUFFIX,example.com,office", "MATCH,DIRECT"]
[general]
mixed_port = 7890
mixed_username = "a b"
mixed_password = { file = "mixed" }
[[upstream]]
name = "office"
type = "socks5"
server = "proxy.example.net"
port = 1080
username = "me"
password = { file = "office" }
"""
PLAIN = 'version = 1\nrules = ["MATCH,DIRECT"]\n[general]\nmixed_port = 7890\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "profile.toml"
    path.write_text(text)
    return path


def test_passwords_come_from_beside_the_profile(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path, ACCOUNT))
    assert profile.warnings == ()
    with pytest.raises(SecretError, match="office"):
        reveal_passwords(profile)
    for name in ("office", "mixed"):
        (tmp_path / name).touch(0o600)
        (tmp_path / name).write_text(f"{name} p@:$\n")
    assert reveal_passwords(profile) == Passwords({"office": "office p@:$"}, "mixed p@:$")


def test_problems_have_places(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(write(tmp_path, 'version = 1\nrules = ["MATCH,nowhere"]\n'))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 17)


def test_a_first_profile_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "byway" / "profile.toml"
    create_profile(path, PLAIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert read_profile(path).value.general.mixed_port == 7890
    with pytest.raises(FileExistsError):
        create_profile(path, "other")
    assert path.read_text() == PLAIN
    with pytest.raises(NotADirectoryError):
        create_profile(path / "profile.toml", PLAIN)


@pytest.mark.parametrize(
    ("text", "passwords", "user"),
    [
        pytest.param(PLAIN, Passwords(), "", id="anybody"),
        pytest.param(ACCOUNT, Passwords(mixed="p@:$'"), "a%20b:p%40%3A%24%27@", id="account"),
    ],
)
def test_a_shell_takes_the_variables(
    tmp_path: Path, text: str, passwords: Passwords, user: str
) -> None:
    profile = read_profile(write(tmp_path, text)).value
    script = set_commands(1234, profile, passwords)
    show = "".join(
        f"echo ${name} ${name.upper()}\n"
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    )
    shown = subprocess.run(
        ["sh", "-uc", script + show + unset_command() + 'echo "${http_proxy-unset}"'],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shlex.split(shown) == [
        *[f"http://{user}127.0.0.1:1234"] * 4,
        *[f"socks5h://{user}127.0.0.1:1234"] * 2,
        *["localhost,127.0.0.1,::1"] * 2,
        "unset",
    ]
