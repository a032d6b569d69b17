"""What `byway status --explain --json` says, as facts for a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import byway_resources
from byway_gui.presenters.explained import (
    Fact,
    Severity,
    findings_summary,
    helper_facts,
    helper_state,
    needs_installing,
    plan_facts,
    read,
)
from byway_gui.presenters.installer import install_command, works_meanwhile

HELPER: dict[str, Any] = {
    "installed": True,
    "reached": True,
    "fault": None,
    "message": "",
    "version": 1,
    "expected_version": 1,
    "backend": "nftables",
    "why": "",
    "mode": "",
    "families": [],
    "kill_switch": False,
    "owner": "",
}
ANSWER: dict[str, Any] = {
    "engines": [],
    "helper": HELPER,
    "profile": {"path": "/home/me/profile.toml", "running": False, "error": ""},
    "taken": {"mode": "global", "families": [4, 6], "udp": "all", "lan": []},
    "left_alone": {"networks": ["10.0.0.0/8", "192.0.2.0/24"], "direct_by_rules": 1},
    "findings": [],
    "added later": 1,
}


def answer(**changes: object) -> bytes:
    return json.dumps({**ANSWER, **changes}).encode()


def helper(**changes: object) -> dict[str, str]:
    known = read(answer(helper={**HELPER, **changes}))
    return {fact.name: fact.text for fact in helper_facts(known.helper)}


def test_a_helper_that_idles() -> None:
    assert helper() == {
        "Helper": "Installed and reached, version 1",
        "Works through": "nftables",
        "Whole machine": "Nothing is intercepted",
        "Kill switch": "Off",
    }


def test_a_helper_without_nftables() -> None:
    """Which says why in the kernel's own word."""
    why = "no netlink socket for netfilter: Protocol not supported"
    words = helper(backend="iptables", why=why)["Works through"]
    assert words == f"iptables, as nftables cannot be used here: {why}"


def test_a_helper_at_work() -> None:
    facts = helper(mode="gateway", families=[4], kill_switch=True, owner="process 7 (byway)")
    assert "LAN's clients go by the rules (IPv4)" in facts["Whole machine"]
    assert facts["Taken by"] == "process 7 (byway)"
    assert facts["Kill switch"].startswith("On: ")
    assert (
        "every program go by the rules (IPv4 and IPv6)"
        in (helper(mode="global", families=[4, 6])["Whole machine"])
    )


def test_a_kill_switch_that_was_left() -> None:
    assert "connections are refused" in helper(kill_switch=True)["Kill switch"]


@pytest.mark.parametrize(
    ("changes", "words", "installing"),
    [
        ({"installed": False, "fault": "missing", "message": "x"}, "Not installed.", True),
        ({"installed": False, "fault": "no bus", "message": "no bus"}, "No bus.", True),
        ({"fault": "no bus", "message": "no bus"}, "system bus", False),
        ({"fault": "broken", "message": "it does not start"}, "Install it again.", True),
        ({"fault": "silent", "message": "no answer"}, "Repair network", False),
        ({"fault": "Denied", "message": "no"}, "An administrator can allow it.", False),
        ({"fault": "old helper", "message": "old"}, "older than this Byway", True),
        ({"fault": "of tomorrow", "message": "what"}, "cannot be reached: What.", False),
        ({"version": 2}, "version 2; this Byway needs 1. It is newer than this Byway", True),
        ({"version": 2, "expected_version": 3}, "install it again from here. Until then", True),
        ({}, "Installed and reached", False),
    ],
)
def test_what_is_wrong_with_a_helper(
    changes: dict[str, object], words: str, installing: bool
) -> None:
    assert words in helper(**changes)["Helper"]
    assert needs_installing(read(answer(helper={**HELPER, **changes})).helper) is installing


def test_what_is_taken() -> None:
    profile, taken, left = plan_facts(read(answer()))
    assert profile == Fact("Profile", "/home/me/profile.toml")
    assert taken.text == "TCP and UDP of every program (IPv4 and IPv6)"
    assert left.text.startswith("10.0.0.0/8; 1 network that the rules send directly; this machine")


def test_what_is_taken_of_a_lan() -> None:
    plan = {"mode": "gateway", "families": [6], "udp": "names", "lan": ["br0", "eth1"]}
    _, taken, left = plan_facts(
        read(
            answer(
                taken=plan,
                left_alone={
                    "networks": [f"10.{n}.0.0/16" for n in range(20)],
                    "direct_by_rules": 0,
                },
            )
        )
    )
    assert taken.text.endswith("of every program (IPv6), and of the clients on br0, eth1")
    assert "name lookups" in taken.text
    assert "10.7.0.0/16 and 12 more; " in left.text


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"path": "", "running": False, "error": ""}, "None yet"),
        ({"path": "p", "running": False, "error": "p: no"}, "p: no. The defaults are shown."),
    ],
)
def test_a_profile_that_is_not_there(profile: dict[str, object], words: str) -> None:
    assert words in plan_facts(read(answer(profile=profile)))[0].text


def finding(severity: str) -> dict[str, object]:
    return {"name": severity, "severity": severity, "seen": "", "follows": "", "remedy": ["ls"]}


def test_conflicts_come_first() -> None:
    found = read(answer(findings=[finding(each) for each in ("fine", "conflict", "note")])).findings
    assert [each.severity for each in found] == list(Severity)
    assert findings_summary(found) == "1 thing on this machine is in Byway's way."
    assert findings_summary(found[:1] * 2) == "2 things on this machine are in Byway's way."
    assert findings_summary(found[1:]) == "Nothing here is in Byway's way."
    assert "Nothing else" in findings_summary(())


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"null", b'{"helper": 1}', b"[" * 100_000])
def test_what_is_no_answer_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(key=st.sampled_from([*ANSWER]), value=JSON)
def test_a_wrong_answer_raises_nothing_else(key: str, value: object) -> None:
    try:
        known = read(answer(**{key: value}))
    except ValueError:
        return
    assert helper_facts(known.helper)
    assert plan_facts(known)


def test_the_command_installs_from_where_this_is() -> None:
    """… which in the tests is a checkout."""
    words = install_command(byway_resources.helper_installer(), "").split()
    assert words[0] == "sudo"
    assert words[2] == "-I"
    assert Path(words[3]).is_file()


def test_a_flatpak_does_not_promise_single_programs() -> None:
    missing = read(answer(helper={**ANSWER["helper"], "fault": "missing", "message": "no"})).helper
    assert "Run a program" in helper_state(missing)
    assert "Run a program" not in helper_state(missing, sandboxed=True)
    assert "Run a program" in works_meanwhile()
    assert "Run a program" not in works_meanwhile(sandboxed=True)


def test_elsewhere_there_is_no_command() -> None:
    assert install_command(None, "") == ""
    assert install_command(None, "/my apps/Byway") == "'/my apps/Byway' --install-helper"
