"""What is said on the control socket: JSON, one object a line, UTF-8 with everything but ASCII
escaped. Pure: it knows no socket.

    server   {"byway": 1, "version": "0.1.0", "pid": 4711, "kind": "run"}       first, unasked
    client   {"id": 1, "method": "status", "params": {}}
    server   {"id": 1, "result": {…}}
          or {"id": 1, "error": {"code": "unknown-method", "message": "…"}}
          or {"id": 1, "part": […]} any number of times, then a result
          or {"event": "opened", "flow": {…}} to one that follows

What a reader does not know it passes over, so that keys may be added without a new version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any, NamedTuple

from byway_core.model.decision import Network, Process
from byway_core.model.errors import BywayError, Problem, ProtocolError
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_core.model.sentence import say, with_parts, without_parts

PROTOCOL = 1
# A request is some hundred bytes. More than this without a line's end is no client of ours.
LONGEST_REQUEST = 64 * 1024

RequestId = int | str


class ErrorCode(Enum):
    BAD_REQUEST = "bad-request"
    UNKNOWN_METHOD = "unknown-method"
    BAD_PARAMS = "bad-params"
    BUSY = "busy"
    FAILED = "failed"


class ControlError(BywayError, RuntimeError):
    """The engine's no to a request."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Request(NamedTuple):
    id: RequestId
    method: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers: `kind` is what the engine was started for."""

    byway: int
    version: str
    pid: int
    kind: str


@dataclass(frozen=True, slots=True)
class ActionStatus:
    """All flows of one action, ended and live; bytes up and down."""

    flows: int = 0
    live: int = 0
    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One running engine. `since` is a Unix time in seconds; `program` the command line it runs,
    or ""; `everything` the target that all connections have whatever the rules say, or "";
    `fake_addresses`: how many names have one, None while none are given out;
    `kill_switch`: what it took is refused after its end, unless that is an explicit one; `problems`
    are sentences on what does not work at present, `areas` what each of them is about
    (`model.errors.Area`), as far as the engine says so; `actions` is keyed by where flows go, as
    they name their member or their action, and has every upstream of the profile; `groups` are in
    its order."""

    pid: int
    version: str
    kind: str
    since: float
    profile: str
    program: str = ""
    mixed_port: int | None = None
    workers: int = 1
    everything: str = ""
    has_machine: bool = False
    kill_switch: bool = False
    fake_addresses: int | None = None
    live: int = 0
    flows: int = 0
    up: int = 0
    down: int = 0
    problems: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    actions: Mapping[str, ActionStatus] = field(default_factory=dict)
    groups: tuple[GroupStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of a `reload`, and what is in force after it, the old or the new. `problems`:
    why the file was not taken, else warnings; `networks`: how many go directly in the kernel, None
    where the engine has not the whole machine; `restart`: keys that the file has otherwise than
    what is in force, for they cannot be changed while the engine runs."""

    taken: bool
    profile: str
    rules: int
    upstreams: int
    networks: int | None = None
    restart: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def line(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def parse(text: bytes) -> dict[str, Any]:
    """A message as it was sent. ProtocolError for what is no JSON object."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: brackets by the thousand
        raise ProtocolError(say("this is not JSON")) from None
    if not isinstance(message, dict):
        raise ProtocolError(say("a message must be a JSON object"))
    return message


def parse_request(text: bytes) -> Request:
    """ProtocolError where it is none."""
    message = parse(text)
    id_, method, params = message.get("id"), message.get("method"), message.get("params", {})
    if not isinstance(id_, int | str) or isinstance(id_, bool):
        raise ProtocolError(say('a request needs an "id", a number or a text'))
    if not isinstance(method, str):
        raise ProtocolError(say('a request needs a "method"'))
    if not isinstance(params, dict):
        raise ProtocolError(say('"params" must be an object'))
    return Request(id_, method, params)


def flow_to_json(flow: FlowSnapshot) -> dict[str, Any]:
    """All fields of a snapshot, enums by their values; why it ended, and why it has its group's
    member, also as parts, in which another language finds it."""
    flow_as_json: dict[str, Any] = {
        "id": flow.id,
        "opened": flow.opened,
        "closed": flow.closed,
        "network": flow.network.value,
        "source": flow.source,
        "source_port": flow.source_port,
        "address": flow.address,
        "port": flow.port,
        "host": flow.host,
        "host_source": flow.host_source.value,
        "action": flow.action,
        "rule": flow.rule,
        "rule_index": flow.rule_index,
        "state": flow.state.value,
        "up": flow.up,
        "down": flow.down,
        "reason": flow.reason,
        "program": flow.program,
        "process": flow.process and flow.process._asdict(),
        "member": flow.member,
        "because": flow.because,
    }
    return with_parts(flow_as_json) if flow.reason or flow.because else flow_as_json


def flow_from_json(data: Mapping[str, Any]) -> FlowSnapshot:
    """ProtocolError where a field is missing or has a value that this version does not know."""
    try:
        whole = without_parts(data) if "parts" in data else data
        known = {name: whole[name] for name in _FLOW_FIELDS}
        known["network"] = Network(known["network"])
        known["host_source"] = HostSource(known["host_source"])
        known["state"] = FlowState(known["state"])
        for name in _LATER_FIELDS & whole.keys():  # engines before this one do not know them
            known[name] = whole[name]
        process = data.get("process")
        known["process"] = process and Process(process["path"], process["name"], process["uid"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ProtocolError(say("a flow that cannot be read: {error}", error=error)) from error
    return FlowSnapshot(**known)


def error_to_json(code: str, message: str) -> dict[str, Any]:
    return with_parts({"code": code, "message": message})


def error_from_json(data: Mapping[str, Any]) -> ControlError:
    """Whatever it is, it is the engine's no."""
    try:
        message = without_parts(data).get("message")
    except (ValueError, RecursionError):
        message = data.get("message")
    return ControlError(str(data.get("code")), str(message))


def status_to_json(status: EngineStatus) -> dict[str, Any]:
    data = {**asdict(status), "groups": [group_to_json(group) for group in status.groups]}
    return with_parts({**data, "problems": list(status.problems), "areas": list(status.areas)})


def status_from_json(data: Mapping[str, Any]) -> EngineStatus:
    """ProtocolError where what identifies an engine is missing."""
    try:
        data = without_parts(data)
        known = {name: data[name] for name in _STATUS_FIELDS if name in data}
        actions = known.get("actions", {})
        known["actions"] = {name: _known(ActionStatus, action) for name, action in actions.items()}
        for name in ("problems", "areas"):
            known[name] = tuple(map(str, known.get(name, ())))
        kinds = {kind.value for kind in GroupKind}  # a later version may have others
        groups = (each for each in known.get("groups", ()) if each["kind"] in kinds)
        known["groups"] = tuple(map(group_from_json, groups))
        return EngineStatus(**known)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(say("a status that cannot be read: {error}", error=error)) from error


def group_to_json(group: GroupStanding) -> dict[str, Any]:
    return {
        "name": group.name,
        "kind": group.kind.value,
        "members": [with_parts(asdict(member)) for member in group.members],
        "current": group.current,
        "upstream": group.upstream,
    }


def group_from_json(data: Mapping[str, Any]) -> GroupStanding:
    """KeyError, TypeError or ValueError where it is none that this version knows."""
    members = tuple(_known(MemberStanding, without_parts(member)) for member in data["members"])
    return GroupStanding(
        data["name"], GroupKind(data["kind"]), members, data["current"], data["upstream"]
    )


def reloaded_to_json(reloaded: Reloaded) -> dict[str, Any]:
    return {
        **asdict(reloaded),
        "problems": [with_parts(asdict(problem)) for problem in reloaded.problems],
    }


def reloaded_from_json(data: Mapping[str, Any]) -> Reloaded:
    """ProtocolError where it says less than this version wants to know."""
    try:
        known = {each.name: data[each.name] for each in fields(Reloaded) if each.name in data}
        problems = known.get("problems", ())
        known["problems"] = tuple(_known(Problem, without_parts(problem)) for problem in problems)
        known["restart"] = tuple(known.get("restart", ()))
        return Reloaded(**known)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(say("an answer that cannot be read: {error}", error=error)) from error


def hello_from_json(data: Mapping[str, Any]) -> Hello:
    """ProtocolError for another protocol, or another version of this one."""
    if data.get("byway") != PROTOCOL:
        raise ProtocolError(
            say(
                "it is of Byway {version} and speaks protocol {theirs}, this one speaks {ours}: "
                "end it, and start it again from this Byway",
                version=repr(data.get("version")),
                theirs=repr(data.get("byway")),
                ours=PROTOCOL,
            )
        )
    try:
        hello: Hello = _known(Hello, data)
    except TypeError as error:
        raise ProtocolError(say("a greeting that cannot be read: {error}", error=error)) from error
    return hello


def _known(kind: Any, data: Mapping[str, Any]) -> Any:
    return kind(**{each.name: data[each.name] for each in fields(kind) if each.name in data})


_LATER_FIELDS = frozenset({"member", "because"})
_FLOW_FIELDS = tuple(
    each.name for each in fields(FlowSnapshot) if each.name not in {"process", *_LATER_FIELDS}
)
_STATUS_FIELDS = tuple(each.name for each in fields(EngineStatus))
