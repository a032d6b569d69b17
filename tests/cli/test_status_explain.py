"""`byway status --explain` and what `byway up` says first, as a person reads it."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from tests.support.own_network import inside

from byway_core.cli import main
from byway_core.cli.status_explain import Explained, HelperState, as_json, plan_of
from byway_core.cli.status_words import finding_in_words, in_words
from byway_core.coexistence.finding import Finding, Severity
from byway_core.model.errors import HelperFault
from byway_core.model.profile import Machine, Profile
from byway_core.rules.parse import parse_rule
from byway_helper.contract import Mode, Plan

PLAN = Plan(Mode.GLOBAL, bypass=(IPv4Network("10.0.0.0/8"),))
REACHED = HelperState(installed=True, version=1, backend="nftables")
CONFLICT = Finding(
    "ufw", "ENABLED=yes", "It refuses the clients.", Severity.CONFLICT, ("sudo ufw reload",)
)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    monkeypatch.setenv("COLUMNS", "100")


def words(known: Explained) -> str:
    return "\n".join(in_words(known))


def test_the_whole_page() -> None:
    known = Explained(
        replace(REACHED, mode="global", families=(4, 6), owner="process 4711 (byway)"),
        PLAN,
        profile="/home/ann/.config/byway/profile.toml",
        running=True,
        findings=(CONFLICT, Finding("Docker", "interface docker0", "It is left alone.")),
    )
    assert words(known) == textwrap.dedent("""\
        helper        reached, version 1, by nftables
        machine       every program's connections go by the rules, IPv4 and IPv6
        taken by      process 4711 (byway)
        kill switch   off

        profile       /home/ann/.config/byway/profile.toml
        taken         TCP connections and questions for names (port 53) of every program; IPv4 and IPv6
        left alone    10.0.0.0/8
                      this machine's own addresses, multicast, DHCP, ping, other UDP, and packets with a
                      mark (VPNs' own)

        marks         0x01000000 programs', 0x02000000 LAN's, 0x03000000 Byway's own, 0x04000000 answers;
                      mask 0x07000000
        routing       table 7364, rules of preference 4900

        Beside Byway (1 conflict, 1 fine):

          conflict  ufw: ENABLED=yes
                    It refuses the clients.
                      sudo ufw reload

          fine      Docker: interface docker0
                    It is left alone.""")  # noqa: E501


@pytest.mark.parametrize(
    ("helper", "wanted"),
    [
        (
            HelperState(False, HelperFault.MISSING, "no such name"),
            "not installed. `byway install-helper`",
        ),
        (HelperState(False, HelperFault.NO_BUS, "no system bus"), "not reached: no system bus."),
        (HelperState(True, HelperFault.FAILED, "it hangs"), "installed, not reached: it hangs."),
        (REACHED, "nothing is taken; `byway up` starts"),
        (replace(REACHED, version=9), "version 9, this is 1, by nftables Update Byway; or"),
        (replace(REACHED, backend="iptables", why="no nftables"), "by iptables (no nftables)"),
        (replace(REACHED, mode="gateway"), "every program's and the LAN's connections go by"),
        (replace(REACHED, mode="global", kill_switch=True), "on: if Byway dies"),
        (replace(REACHED, kill_switch=True), "on, and Byway is away: connections are refused"),
    ],
)
def test_the_helper(helper: HelperState, wanted: str) -> None:
    assert wanted in " ".join(words(Explained(helper, PLAN)).split())


def test_many_networks_are_counted() -> None:
    networks = tuple(IPv4Network((number << 16, 16)) for number in range(2560, 2800))
    known = Explained(REACHED, replace(PLAN, bypass=networks), direct=40)
    text = " ".join(words(known).split())
    assert "10.0.0.0/16, 10.1.0.0/16" in text
    assert "and 192 more" in text
    assert "40 networks that the rules send directly, unseen" in text


def test_what_the_rules_send_directly_is_counted_apart() -> None:
    rules = tuple(map(parse_rule, ("IP-CIDR,203.0.113.0/24,DIRECT", "MATCH,REJECT")))
    machine = Machine(bypass=(IPv4Network("10.0.0.0/8"),))
    plan, direct = plan_of(Profile(rules=rules, machine=machine))
    assert (len(plan.bypass), direct) == (2, 1)
    plan, direct = plan_of(Profile(rules=rules, machine=replace(machine, see_direct=True)))
    assert (len(plan.bypass), direct) == (1, 0)


def test_commands_are_never_broken_and_nothing_plays_with_the_terminal() -> None:
    command = "sudo sed -i " + "x" * 200
    evil = Finding("docker", "interface \x1b[2Jx", "Follows.", Severity.CONFLICT, (command,))
    lines = finding_in_words(evil)
    assert lines[-1].strip() == command
    assert "\x1b" not in "\n".join(lines)
    assert r"\x1b[2J" in lines[0]


def test_json_has_the_same() -> None:
    known = Explained(replace(REACHED, mode="global", families=(4,)), PLAN, findings=(CONFLICT,))
    data = json.loads(json.dumps(as_json(known)))
    assert data["helper"]["mode"] == "global"
    assert data["helper"]["reached"] is True
    assert data["routing"]["table"] == 7364
    assert data["left_alone"]["networks"] == ["10.0.0.0/8"]
    assert data["findings"][0]["remedy"] == ["sudo ufw reload"]
    assert data["findings"][0]["severity"] == "conflict"


def test_nothing_runs_and_there_is_no_bus(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--explain"]) == 0
    said = capsys.readouterr()
    assert "not reached: no system bus" in said.out
    assert "profile       none; the defaults are shown" in said.out
    assert "10.0.0.0/8, 172.16.0.0/12" in said.out
    assert "System bus: it does not answer" in said.out
    assert said.err == ""
    assert main(["status", "--explain", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["engines"] == []
    assert data["helper"]["fault"] == "no bus"
    assert main(["status"]) == 3


def test_a_profile_that_is_not_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config/byway/profile.toml"
    file.parent.mkdir(parents=True)
    file.write_text("rules = 3\n")
    assert main(["status", "--explain"]) == 0
    said = capsys.readouterr().out
    assert str(file) in said
    assert "the defaults are shown. `byway check` says more" in " ".join(said.split())


STAGE = """
import asyncio, contextlib, json, os, signal, subprocess, sys
from tests.support.helper_stage import *
PROFILE = '''
version = 1
rules = ["IP-CIDR,203.0.113.0/24,DIRECT", "MATCH,REJECT"]
[general]
workers = 1
'''
async def byway(*words):
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "byway_core", *words], capture_output=True,
        text=True, timeout=DEADLINE)
    return done
@contextlib.asynccontextmanager
async def up(place, more=""):
    profile, log = place.folder / "profile.toml", place.folder / "up.log"
    profile.write_text(PROFILE + more)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "byway_core", "up", "--profile", str(profile)], stderr=file)
    try:
        async with asyncio.timeout(DEADLINE):
            while b"goes by the rules" not in log.read_bytes():
                assert process.poll() is None, log.read_text()
                await asyncio.sleep(0.01)
        yield process, log
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0, log.read_text()
async def run():
    async with stage({stage}) as place:
        os.environ["XDG_RUNTIME_DIR"] = str(place.folder)
        os.environ["XDG_CONFIG_HOME"] = str(place.folder)
        await main(place)
async def main(place):
{code}
asyncio.run(run())
"""


def on_stage(code: str, stage: str = "") -> None:
    indented = textwrap.indent(textwrap.dedent(code), "    ")
    inside(STAGE.replace("{stage}", stage).replace("{code}", indented))


def test_a_machine_that_is_taken() -> None:
    on_stage("""
        idle = await byway("status", "--explain")
        assert "nothing is taken" in idle.stdout and idle.returncode == 0, idle
        async with up(place, "[machine]\\nkill_switch = true\\n") as (process, log):
            told = await byway("status", "--explain")
            assert told.returncode == 0 and told.stderr == "", told
            page = " ".join(told.stdout.split())
            for words in (
                f"byway machine, process {process.pid}",
                "helper reached, version 1, by nftables",
                "machine every program's connections go by the rules, IPv4 and IPv6",
                f"taken by process {process.pid} (",
                "kill switch on: if Byway dies, what it takes is refused",
                f"profile {place.folder}/profile.toml taken",
                "1 network that the rules send directly",
            ):
                assert words in page, (words, told.stdout)
            assert "conflict" not in page, told.stdout
            data = json.loads((await byway("status", "--explain", "--json")).stdout)
            assert data["engines"][0]["pid"] == process.pid
            assert data["helper"]["mode"] == "global"
            assert data["left_alone"]["direct_by_rules"] == 1
            assert place.polkit.asked == ["io.github.byway.intercept",
                                          "io.github.byway.kill-switch"]  # up's; status asks none
    """)


def test_a_helper_that_is_not_installed() -> None:
    on_stage(
        """
        told = await byway("status", "--explain")
        assert told.returncode == 0, told
        assert "helper        not installed" in told.stdout, told.stdout
        assert "Password" not in told.stdout  # nobody would ask for one
        """,
        stage="helper=False",
    )


def test_conflicts_are_said_before_polkit_is_asked_and_keep_nobody() -> None:
    on_stage("""
        sh("ip route add default dev out table 99", "ip rule add preference 1 lookup 99")
        seen = []
        async def says(action, asker):
            seen.append((place.folder / "up.log").read_text())
            return YES
        place.polkit.says = says
        async with up(place) as (process, log):
            assert "Routing rules before Byway's: 1: from all lookup 99" in seen[0], seen
            assert "sudo ip rule add from all lookup 99 preference 4901" in seen[0]
            assert "goes by the rules" not in seen[0]
            assert "fine" not in seen[0]
            sh("ip rule add from all lookup 99 preference 4901",
               "ip rule del from all lookup 99 preference 1")
            told = await byway("status", "--explain")
            assert "before Byway's" not in told.stdout, told.stdout
    """)


def test_up_where_ipv6_is_switched_off() -> None:
    on_stage("""
        sh("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        async with up(place) as (process, log):
            told = await byway("status", "--explain")
            assert "go by the rules, IPv4\\n" in told.stdout, told.stdout
            assert "IPv6: it is switched off" in told.stdout, told.stdout
    """)
