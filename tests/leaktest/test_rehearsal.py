"""The stage itself, with real engines, on this machine's kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from byway_core.api.profiles import read_profile
from byway_core.leaktest.rehearsal import rehearse, staged
from byway_core.leaktest.stage import Mode
from byway_core.leaktest.targets import Upstream
from byway_core.leaktest.verdict import Judgement, Trial, Way, leaks

PROFILE = """version = 1
rules = [
  "DOMAIN-SUFFIX,corp.example,office",
  "DOMAIN,web.example,http",
  "DOMAIN,direct.example,DIRECT",
  "DOMAIN-KEYWORD,ads,REJECT",
  "DOMAIN,handed.example,service",
  "IP-CIDR,127.0.0.0/8,DIRECT",
  "IP-CIDR,::1/128,DIRECT",
  "MATCH,office",
]

[[upstream]]
name = "office"  # behind a name that nobody has
type = "socks5"
server = "proxy.corp.example"
port = 1080
username = "me"
password = { env = "OFFICE_PASSWORD" }

[[upstream]]
name = "http"
type = "http"
server = "127.0.0.1"
port = 3128

[[upstream]]
name = "service"
type = "service"
server = "192.168.7.7"
port = 9000
"""
MODES = pytest.mark.parametrize("mode", Mode)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "profile.toml"
    file.write_text(PROFILE)
    return file


def by_label(trials: list[Trial]) -> dict[tuple[str, str], set[tuple[Way, str]]]:
    found: dict[tuple[str, str], set[tuple[Way, str]]] = {}
    for trial in trials:
        found.setdefault((trial.target.label, trial.kind), set()).add((trial.way, trial.through))
    return found


@MODES
def test_each_goes_by_its_rule_and_no_other_way(mode: Mode, file: Path) -> None:
    trials = rehearse(PROFILE, read_profile(file).value, mode).trials
    ways = by_label(trials)
    assert ways["leaktest.corp.example", "tcp"] == {(Way.UPSTREAM, "office")}
    assert ways["web.example", "tcp"] == {(Way.UPSTREAM, "http")}
    assert ways["handed.example", "tcp"] == {(Way.UPSTREAM, "service")}
    assert ways["direct.example", "tcp"] == {(Way.DIRECT, "")}
    assert ways["ads.example", "tcp"] == ways["ads.example", "udp"] == {(Way.REFUSED, "")}
    assert ways["203.0.113.7", "tcp"] == {(Way.UPSTREAM, "office")}
    assert not [trial for trial in leaks(trials) if trial.kind != "names"]
    # The system's resolver is asked in clear, and it says so.
    assert Counter(trial.judgement for trial in trials if trial.kind == "names") == {
        Judgement.LEAK: 5,
        Judgement.RIGHT: 1,
    }


@MODES
def test_it_would_see_a_leak(mode: Mode, file: Path) -> None:
    """All goes directly, and is held against rules that say otherwise."""
    direct = PROFILE.replace('"MATCH,office",', '"MATCH,DIRECT",')
    for target in "office", "http", "service", "REJECT":
        direct = direct.replace(f',{target}",', ',DIRECT",')
    found = leaks(rehearse(direct, read_profile(file).value, mode).trials)
    kinds = Counter(trial.kind for trial in found)
    assert kinds["tcp"] == 2 * 6  # all but one of seven
    if mode is Mode.WHOLE_MACHINE:
        assert kinds["udp"] == kinds["quic"] == 2 * 6


def test_the_profile_on_the_stage() -> None:
    upstreams = [Upstream(name, f"192.0.2.{n}", 1, told=True) for n, name in enumerate("abc")]
    text = staged(PROFILE + "\n[general]\nmixed_port = 7890\n", upstreams)
    assert "behind a name that nobody has" in text
    for gone in "OFFICE_PASSWORD", "username", "proxy.corp", "192.168.7.7", "mixed_port":
        assert gone not in text
    assert [text.count(f'"192.0.2.{number}"') for number in range(3)] == [1, 1, 1]


def leaktest(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "byway_core", "leaktest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command(file: Path) -> None:
    told = leaktest("--profile", str(file), "--only", "run")
    assert told.returncode == 1, told.stderr
    assert "names that were asked in clear" in told.stdout
    assert "leaktest.corp.example, by the rules office" in told.stdout
    told = leaktest("--profile", str(file), "--only", "run", "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert {line["mode"] for line in lines} == {"run"}
    assert {"names", "tcp", "udp", "quic"} == {line["kind"] for line in lines}


def test_a_profile_that_is_wrong(file: Path) -> None:
    file.write_text("version = 1\nrules = ['DOMAIN,a.example']\n")
    told = leaktest("--profile", str(file))
    assert told.returncode == 2
    assert "the target is missing" in told.stderr
