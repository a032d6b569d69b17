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
from byway_core.leaktest.stage import RESOLVER, Mode
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
    for kind in "udp", "quic":  # an HTTP proxy carries none
        assert ways["leaktest.corp.example", kind] == {(Way.UPSTREAM, "office")}
        assert ways["handed.example", kind] == {(Way.UPSTREAM, "service")}
        assert ways["web.example", kind] == {(Way.REFUSED, "")}
        assert ways["direct.example", kind] == {(Way.DIRECT, "")}
        assert ways["203.0.113.7", kind] == {(Way.UPSTREAM, "office")}
    assert not [trial for trial in trials if trial.judgement is Judgement.STUCK]
    assert not [trial for trial in leaks(trials) if trial.kind != "names"]
    # The system's resolver is asked in clear, and it says so.
    assert Counter(trial.judgement for trial in trials if trial.kind == "names") == {
        Judgement.LEAK: 5,
        Judgement.RIGHT: 1,
    }


@MODES
def test_with_fake_addresses_no_name_is_read_on_the_way(mode: Mode, file: Path) -> None:
    """Nor does anything go to such an address. How the names go that no rule knows depends on the
    port: so the program is told fake ones, too, and Byway itself asks."""
    text = PROFILE.replace('"MATCH,office",', '"DST-PORT,8443,office", "MATCH,DIRECT",')
    text += "[dns]\nfake_addresses = true\n"
    file.write_text(text)
    trials = rehearse(text, read_profile(file).value, mode).trials
    assert not leaks(trials)
    ways = by_label(trials)
    assert ways["leaktest.corp.example", "names"] == {(Way.NOT_SEEN, "")}
    assert ways["leaktest.corp.example", "tcp"] == {(Way.UPSTREAM, "office")}
    for kind in "udp", "quic":  # the upstream is told the name
        assert ways["leaktest.corp.example", kind] == {(Way.UPSTREAM, "office")}
    assert ways["web.example", "tcp"] == {(Way.UPSTREAM, "http")}
    assert ways["ads.example", "names"] == {(Way.NOT_SEEN, "")}
    assert ways["ads.example", "tcp"] == ways["ads.example", "udp"] == {(Way.REFUSED, "")}
    assert ways["direct.example", "tcp"] == {(Way.DIRECT, "")}
    unknown = "byway-leaktest.example"
    assert ways[unknown, "tcp"] == ways[unknown, "udp"] == {(Way.DIRECT, "")}
    # Of the two servers that the program has asked, the one is the system's.
    assert ways["direct.example", "names"] == {(Way.IN_CLEAR, DIRECTLY_ASKED[mode])}
    assert ways[unknown, "names"] == {(Way.IN_CLEAR, RESOLVER)}


# In a namespace all questions go where the engine's would.
DIRECTLY_ASKED = {Mode.OWN_NAMESPACE: RESOLVER, Mode.WHOLE_MACHINE: f"192.0.2.53, {RESOLVER}"}


@MODES
def test_what_has_no_name_goes_by_its_address(mode: Mode, file: Path) -> None:
    """QUIC, too: its hello has none, where another's could change the outcome."""
    text = PROFILE.replace('"MATCH,office",', '"MATCH,DIRECT",')
    file.write_text(text)
    trials = rehearse(text, read_profile(file).value, mode).trials
    ways = by_label(trials)
    for kind in "tcp", "udp", "quic":
        assert ways["203.0.113.7", kind] == {(Way.DIRECT, "")}
    assert not [trial for trial in trials if trial.judgement is Judgement.STUCK]


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


GROUPS = """
[[group]]
name = "either"
type = "fallback"
members = ["office", "http"]
[[group]]
name = "open"
type = "select"
members = ["DIRECT", "office"]
"""


@MODES
def test_a_group_may_go_directly_where_that_is_a_member(mode: Mode, file: Path) -> None:
    """And nowhere else."""
    text = PROFILE.replace('corp.example,office"', 'corp.example,either"').replace(
        "direct.example,DIRECT", "direct.example,open"
    )
    file.write_text(text + GROUPS)
    trials = rehearse(text + GROUPS, read_profile(file).value, mode).trials
    assert {trial.kind for trial in leaks(trials)} == {"names"}  # nobody says where to ask
    ways = by_label(trials)
    assert ways["leaktest.corp.example", "tcp"] == {(Way.UPSTREAM, "office")}
    assert ways["direct.example", "tcp"] == {(Way.DIRECT, "")}


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
