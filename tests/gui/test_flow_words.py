"""A connection in words: its cells, all that is known of it, and the rules that it suggests."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.snapshots import FLOW

from byway_core.api.profiles import read_profile
from byway_core.model.decision import Network, Process
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_gui.presenters.flow_details import as_text, brief, facts
from byway_gui.presenters.flow_filter import haystack, words_of
from byway_gui.presenters.flow_order import value
from byway_gui.presenters.flows import (
    STILL,
    Column,
    Mark,
    cell,
    destination,
    duration,
    header,
    mark,
    rate,
    size,
)
from byway_gui.presenters.rule_offers import offers, target_label

RATES = (5_000.0, 1_200_000.0)
NOW = FLOW.opened + 65


def row(flow: FlowSnapshot) -> list[str]:
    return [cell(flow, column, RATES, NOW) for column in Column]


def test_every_column_has_its_cell_and_head() -> None:
    assert len({header(column) for column in Column}) == len(Column)
    assert row(FLOW) == [
        time.strftime("%H:%M:%S", time.localtime(FLOW.opened)),
        "curl https://www.example.com",
        "www.example.com:443",
        "198.51.100.7",
        "192.0.0.8:40000",
        "TLS name",
        "office",
        "3: DOMAIN-SUFFIX,example.com,office",
        "open",
        "1.2 MB/s",
        "5.0 kB/s",
        "5.7 MB",
        "1.2 kB",
        "5.7 MB",
        "1 min 5 s",
    ]


CLOSED = {"state": FlowState.CLOSED}


@pytest.mark.parametrize(
    ("change", "column", "text"),
    [
        pytest.param({"program": ""}, Column.PROGRAM, "not known", id="no program"),
        pytest.param({"host": ""}, Column.DESTINATION, "198.51.100.7:443", id="no name"),
        pytest.param(
            {"host": "", "address": "2001:db8::7"},
            Column.DESTINATION,
            "[2001:db8::7]:443",
            id="IPv6",
        ),
        pytest.param(
            {"network": Network.UDP}, Column.DESTINATION, "www.example.com:443 udp", id="UDP"
        ),
        pytest.param({"rule_index": None}, Column.RULE, "no rule matched", id="default"),
        pytest.param({"rule_index": None, "action": ""}, Column.RULE, "", id="not decided"),
        pytest.param({"action": "DIRECT"}, Column.ACTION, "Directly", id="direct"),
        pytest.param({"action": "REJECT"}, Column.ACTION, "Refused", id="refused"),
        pytest.param({**CLOSED, "reason": "refused"}, Column.STATE, "refused", id="reason"),
        pytest.param(CLOSED, Column.STATE, "closed", id="closed in order"),
        pytest.param({"closed": FLOW.opened + 3}, Column.AGE, "3 s", id="it has lasted"),
        pytest.param({"opened": NOW + 9}, Column.AGE, "0 s", id="a clock was set"),
    ],
)
def test_what_is_not_known_is_said(change: dict[str, object], column: Column, text: str) -> None:
    assert cell(replace(FLOW, **change), column, STILL, NOW) == text


def test_rates_of_nothing_are_empty() -> None:
    assert cell(FLOW, Column.UP_RATE) == cell(FLOW, Column.DOWN_RATE) == ""
    assert rate(0.4) == ""
    assert rate(1) == "1 B/s"


@pytest.mark.parametrize("source", HostSource)
@pytest.mark.parametrize("state", FlowState)
def test_all_states_and_sources_have_words(source: HostSource, state: FlowState) -> None:
    flow = replace(FLOW, host_source=source, state=state)
    assert cell(flow, Column.LEARNED)
    assert cell(flow, Column.STATE)
    assert all(label and text for label, text in facts(flow, STILL, NOW) if source.value)


def test_marks() -> None:
    assert mark(FLOW) is Mark.LIVE
    assert mark(replace(FLOW, state=FlowState.CLOSED)) is Mark.ENDED
    assert mark(replace(FLOW, action="REJECT")) is Mark.REFUSED


def test_facts_of_a_live_one() -> None:
    found = dict(facts(FLOW, RATES, NOW))
    assert found["Name"] == "www.example.com"
    assert found["Learned from"] == "the server name in the TLS greeting"
    assert found["Port"] == "443 TCP"
    assert found["Goes"] == "through the upstream office"
    assert found["Rule"] == "3: DOMAIN-SUFFIX,example.com,office"
    assert found["Received"] == "5,678,901 bytes  ·  5.7 MB  ·  1.2 MB/s"
    assert found["Age"] == "1 min 5 s"
    assert "Ended" not in found
    assert "Why it ended" not in found


def test_the_process_is_a_fact_of_its_own() -> None:
    assert "Process" not in dict(facts(FLOW, RATES, NOW))
    known = replace(FLOW, process=Process("/opt/far/tool", "tool", 1000))
    assert dict(facts(known, RATES, NOW))["Process"] == "/opt/far/tool, of user number 1000"
    assert dict(facts(known, RATES, NOW))["Program"] == FLOW.program  # what the user has started
    others = replace(FLOW, program="", process=Process("", "", 0))
    assert dict(facts(others, RATES, NOW))["Process"] == "not known, of user number 0"
    assert dict(facts(others, RATES, NOW))["Program"] == "not known"


def test_facts_of_an_ended_one() -> None:
    flow = replace(FLOW, **CLOSED, host="", closed=NOW, reason="closed by the user", up=7)
    found = dict(facts(flow, STILL, NOW))
    assert found["Name"].startswith("not known")
    assert "Learned from" not in found
    assert found["Why it ended"] == "closed by the user"
    assert found["Lasted"] == "1 min 5 s"
    assert found["Sent"] == "7 bytes"
    assert "Why it ended: closed by the user" in as_text(flow, NOW).splitlines()


def test_a_tooltip_has_both_name_and_address() -> None:
    assert brief(replace(FLOW, reason="the program closed")).splitlines() == [
        "curl https://www.example.com",
        "www.example.com:443 (198.51.100.7)",
        "from 192.0.0.8:40000",
        "office · 3: DOMAIN-SUFFIX,example.com,office",
        "1.2 kB sent, 5.7 MB received",
        "the program closed",
    ]
    assert destination(FLOW) == "www.example.com:443"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (1_234_567_890, "1.2 GB"),
        (10**15, "1000 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (599, "9 min 59 s"),
        (3599, "59 min"),
        (3600, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "word",
    ["www.EXAMPLE", ":443", "198.51", "curl", "3:", "suffix,example.com", "office"],
)
def test_what_is_looked_for(word: str) -> None:
    (word,) = words_of(f"  {word} ")
    assert word in haystack(FLOW)


def test_an_action_is_found_by_either_name() -> None:
    assert "reject" in haystack(replace(FLOW, action="REJECT"))
    assert "refused" in haystack(replace(FLOW, action="REJECT"))


def test_addresses_are_sorted_as_numbers() -> None:
    of = value(Column.ADDRESS)
    addresses = ["2001:db8::1", "198.51.100.10", "198.51.100.9", ""]
    ranks = [of(replace(FLOW, address=address), STILL, NOW) for address in addresses]
    assert sorted(ranks) == ranks[::-1]


# -- rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "conditions"),
    [
        pytest.param(
            {},
            [
                "DOMAIN-SUFFIX,example.com",
                "DOMAIN-SUFFIX,www.example.com",
                "DOMAIN,www.example.com",
                "IP-CIDR,198.51.100.7/32",
                "IP-CIDR,198.51.100.0/24",
            ],
            id="name and address",
        ),
        pytest.param(
            {"host": "a.bbc.co.uk", "address": ""},
            ["DOMAIN-SUFFIX,bbc.co.uk", "DOMAIN-SUFFIX,a.bbc.co.uk", "DOMAIN,a.bbc.co.uk"],
            id="below a country",
        ),
        pytest.param(
            {"host": "example.com", "address": ""},
            ["DOMAIN-SUFFIX,example.com", "DOMAIN,example.com"],
            id="a site itself",
        ),
        pytest.param(
            {"host": "", "address": "2001:db8::7"},
            ["IP-CIDR6,2001:db8::7/128", "IP-CIDR6,2001:db8::/64"],
            id="IPv6",
        ),
        pytest.param({"host": "", "address": "fe80::1%eth0"}, [], id="with a zone"),
        pytest.param(
            {"host": "", "address": "", "process": Process("/usr/bin/curl", "curl", 1000)},
            ["PROCESS-NAME,curl"],
            id="application",
        ),
        pytest.param(
            {"host": "", "address": "", "process": Process("", "", 1000)}, [], id="hidden process"
        ),
    ],
)
def test_offers(change: dict[str, object], conditions: list[str]) -> None:
    assert [offer.condition for offer in offers(replace(FLOW, **change))] == conditions


def test_offered_rules_are_rules(tmp_path: Path) -> None:
    odd = Process("/opt/it's (new), really/a (b), c*", "a", 1000)
    flows = [FLOW, replace(FLOW, host="", address="2001:db8::7"), replace(FLOW, process=odd)]
    file = tmp_path / "profile.toml"
    for offer in [offer for flow in flows for offer in offers(flow)]:
        rules = [offer.rule("REJECT"), "MATCH,DIRECT"]
        file.write_text(f"version = 1\nrules = {rules!r}\n")
        read = read_profile(file)
        assert [rule.text for rule in read.value.rules] == rules
        assert read.warnings == ()


def test_targets_have_names() -> None:
    assert target_label("DIRECT") == "Directly"
    assert target_label("REJECT") == "Nowhere: refuse it"
    assert target_label("office") == "Through office"
