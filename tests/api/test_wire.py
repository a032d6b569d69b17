from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.snapshots import FLOW

from byway_core.api.wire import (
    ActionStatus,
    EngineStatus,
    Hello,
    Reloaded,
    Request,
    flow_from_json,
    flow_to_json,
    hello_from_json,
    line,
    parse,
    parse_request,
    reloaded_from_json,
    reloaded_to_json,
    status_from_json,
    status_to_json,
)
from byway_core.model.decision import Network, Process
from byway_core.model.errors import Problem, ProtocolError
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_core.model.sentence import Sentence, say, taken_apart

TEXT = st.text(max_size=20)
SNAPSHOTS = st.builds(
    FlowSnapshot,
    id=TEXT,
    opened=st.floats(0, 1e10),
    closed=st.floats(0, 1e10),
    network=st.sampled_from(Network),
    source=TEXT,
    source_port=st.integers(0, 65535),
    address=TEXT,
    port=st.integers(0, 65535),
    host=TEXT,
    host_source=st.sampled_from(HostSource),
    action=TEXT,
    rule=TEXT,
    rule_index=st.none() | st.integers(0, 10_000),
    state=st.sampled_from(FlowState),
    up=st.integers(0, 2**63),
    down=st.integers(0, 2**63),
    reason=TEXT,
    program=TEXT,
    process=st.none() | st.builds(Process, TEXT, TEXT, st.integers(-1, 2**32)),
)


@given(SNAPSHOTS)
def test_a_flow_survives_the_wire(flow: FlowSnapshot) -> None:
    sent = line(flow_to_json(flow))
    assert sent.endswith(b"\n")
    assert sent.count(b"\n") == 1
    assert sent.isascii()
    assert flow_from_json(parse(sent)) == flow


def test_a_program_name_that_is_no_text_survives_too() -> None:
    odd = b"prog\xff\n\x1b[31m".decode("utf-8", "surrogateescape")
    assert parse(line({"program": odd})) == {"program": odd}


SILENT = say("the DNS server {server} does not answer: {why}", server="192.0.2.1", why="no answer")


def test_a_status_survives_the_wire() -> None:
    status = EngineStatus(
        pid=4711,
        version="1",
        kind="run",
        since=1.5,
        profile="/home/me/profile.toml",
        program="curl",
        mixed_port=7890,
        workers=2,
        live=1,
        flows=2,
        up=3,
        down=4,
        problems=(SILENT,),
        areas=("names",),
        actions={"DIRECT": ActionStatus(1, 2, 3, 4), "office": ActionStatus()},
        groups=(
            GroupStanding("empty", GroupKind.LOAD_BALANCE, ()),
            GroupStanding(
                "mine",
                GroupKind.SELECT,
                (
                    MemberStanding("office", True, 12.5),
                    MemberStanding("home", False, None, say("{who} is away", who="home")),
                    MemberStanding("DIRECT"),
                ),
                "office",
                "office",
            ),
        ),
    )
    arrived = status_from_json(parse(line(status_to_json(status))))
    assert arrived == status
    (problem,) = arrived.problems  # in words that can be translated
    assert isinstance(problem, Sentence)
    assert problem.words == SILENT.words


def test_what_a_newer_engine_adds_is_passed_over() -> None:
    data = status_to_json(EngineStatus(1, "9", "global", 0.0, ""))
    data["temperature"] = 20
    data["actions"] = {"DIRECT": {"flows": 1, "colour": "blue"}}
    data["groups"] = [{"name": "new", "kind": "by-the-moon", "members": [{"name": "a"}]}]
    status = status_from_json(data)
    assert (status.actions, status.groups) == ({"DIRECT": ActionStatus(1)}, ())
    hello = {"byway": 1, "version": "9", "pid": 1, "kind": "global", "mood": "good"}
    assert hello_from_json(hello) == Hello(1, "9", 1, "global")


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        (b'{"id": 1, "method": "status"}', Request(1, "status", {})),
        (b'{"id": "a", "method": "close", "params": {"id": "1.2"}, "more": 1}\r', None),
    ],
)
def test_requests(text: bytes, request_: Request | None) -> None:
    expected = request_ or Request("a", "close", {"id": "1.2"})
    assert parse_request(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"GET / HTTP/1.1",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"method": "status"}',
        b'{"id": null, "method": "status"}',
        b'{"id": true, "method": "status"}',
        b'{"id": 1}',
        b'{"id": 1, "method": 2}',
        b'{"id": 1, "method": "status", "params": []}',
        b'{"id": ' + b"9" * 5000 + b', "method": "status"}',
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_no_request(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_request(text)


@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_ours(noise: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_request(b"\x00" + noise)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["id", "method", "params", "x"]), JSON))
def test_any_json_is_a_request_or_an_error_of_ours(value: dict[str, Any]) -> None:
    try:
        request = parse_request(json.dumps(value).encode())
    except ProtocolError:
        return
    assert request.method == value["method"]


def test_a_flow_of_an_engine_that_knows_no_processes() -> None:
    data = flow_to_json(FLOW)
    del data["process"]
    assert flow_from_json(data) == FLOW


def test_a_flow_of_an_engine_that_knows_no_groups() -> None:
    data = flow_to_json(FLOW)
    del data["member"], data["because"]
    assert flow_from_json(data) == FLOW


def test_why_a_flow_has_its_member_can_be_said_in_another_language() -> None:
    because = say("{member} is chosen in {group}", member="office", group="mine")
    flow = flow_from_json(flow_to_json(replace(FLOW, member="office", because=because)))
    assert flow.member == "office"
    assert taken_apart(flow.because) == taken_apart(because)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "asleep"},
        {"network": None},
        {"host_source": []},
        {"process": "curl"},
        {"process": {"path": "/usr/bin/curl"}},
    ],
)
def test_a_flow_that_this_version_does_not_know(change: dict[str, Any]) -> None:
    data = {name: 0 for name in FlowSnapshot.__slots__}
    data |= {"network": "tcp", "state": "open", "host_source": "", "process": None} | change
    with pytest.raises(ProtocolError):
        flow_from_json(data)
    del data["id"]
    with pytest.raises(ProtocolError):
        flow_from_json(data)


@pytest.mark.parametrize("data", [{}, {"byway": 2, "pid": 1}, {"byway": 1}])
def test_a_greeting_of_something_else(data: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        hello_from_json(data)


@pytest.mark.parametrize("data", [{}, {"pid": 1, "actions": 3}])
def test_a_status_of_something_else(data: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        status_from_json(data)


PROBLEMS = st.builds(Problem, st.integers(0), st.integers(0), TEXT, TEXT, TEXT, st.booleans())
RELOADED = st.builds(
    Reloaded,
    taken=st.booleans(),
    profile=TEXT,
    rules=st.integers(0),
    upstreams=st.integers(0),
    networks=st.none() | st.integers(0),
    restart=st.lists(TEXT, max_size=3).map(tuple),
    problems=st.lists(PROBLEMS, max_size=3).map(tuple),
)


@given(RELOADED)
def test_what_a_reload_says(said: Reloaded) -> None:
    data = parse(line({**reloaded_to_json(said), "more": 1}))
    assert reloaded_from_json(data) == said


@pytest.mark.parametrize("data", [{}, {"taken": True}, None])
def test_a_reload_of_something_else(data: Any) -> None:
    with pytest.raises(ProtocolError):
        reloaded_from_json(data)
    with pytest.raises(ProtocolError):
        reloaded_from_json(
            {"taken": True, "profile": "", "rules": 1, "upstreams": 1, "problems": [data]}
        )
