"""`[[group]]`: targets that choose one of several upstreams for each connection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from byway_core.config.findings import Findings
from byway_core.config.name_field import read_name
from byway_core.config.section import PORT_RANGE, Section, type_name
from byway_core.model.group import INTERVAL, TOLERANCE, Group, GroupKind
from byway_core.model.sentence import say
from byway_core.rules.faults import closest
from byway_core.rules.name_payloads import is_name
from byway_core.rules.names import normalise_host, parse_address

_KEY = "group"
_KEYS = ("name", "type", "members", "test", "interval", "tolerance")
_RESERVED = ("DIRECT", "REJECT")
# A group's name and all that it may come down to are gone through for a connection, and tested.
_MOST_MEMBERS = 256
# More often is a burden for others' servers; a member that fails is noticed at once anyway.
_INTERVAL = (10, 86_400)
# Beyond ten seconds nothing would ever be faster by so much.
_TOLERANCE = (0, 10_000)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*):(?P<port>\d{1,5})", re.ASCII)
# What Clash has in this place.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\]/]*\]|[^:/\[\]@?#]+)(?::(?P<port>\d{1,5}))?(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)


def read_groups(
    findings: Findings, value: object, upstreams: Sequence[str]
) -> tuple[tuple[Group, ...], list[str]]:
    """The groups that are right, and the names of all, so that rules may name wrong ones without
    being wrong themselves. `upstreams` are the names of those."""
    if value is None:
        return (), []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        message = say("group is {type}", type=type_name(value))
        findings.error(
            (_KEY,), message, expected=say("a table for each"), nearest="[[group]]", at_key=True
        )
        return (), []
    sections = [
        Section(findings, (_KEY, number), table, _KEYS) for number, table in enumerate(value)
    ]
    names: list[str] = []
    own: list[str] = []
    for section in sections:
        own.append(_read_name(section, names, upstreams) or "")
        if own[-1]:
            names.append(own[-1])
    targets = (*upstreams, *names, *_RESERVED)
    read = [_read_one(*each, targets) for each in zip(sections, own, strict=True)]
    if _has_loops(sections, own):
        return (), names
    return tuple(group for group in read if group is not None), names


def _read_name(section: Section, names: Sequence[str], upstreams: Sequence[str]) -> str | None:
    name = section.raw("name")
    if isinstance(name, str) and name in upstreams:
        section.error(
            "name",
            say("there already is {what} {name}", what=say("an upstream"), name=name),
            expected=say("a name for the rules, as in office"),
        )
        return None
    return read_name(section, names, (say("the group"), say("a group")), _RESERVED)


def _read_one(section: Section, name: str, targets: Sequence[str]) -> Group | None:
    kind = section.choice("type", GroupKind)
    if kind is None and not section.has("type"):
        expected = say("one of {choices}", choices=", ".join(each.value for each in GroupKind))
        section.error("type", say("the type is missing"), expected=expected)
    members = _read_members(section, kind, targets)
    test = _read_test(section, kind)
    interval = section.integer("interval", _INTERVAL)
    tolerance = section.integer("tolerance", _TOLERANCE)
    if kind is GroupKind.SELECT and section.has("interval"):
        message = say("a {kind} group is tested when its user asks for it only", kind=kind.value)
        section.error("interval", message, expected=say("no interval"))
    if kind not in (None, GroupKind.URL_TEST) and section.has("tolerance"):
        message = say("only a url-test group chooses by time")
        section.error("tolerance", message, expected=say("no tolerance"))
    if kind is None or not name or not members:
        return None
    return Group(
        name,
        kind,
        members,
        test,
        INTERVAL if interval is None else interval,
        TOLERANCE if tolerance is None else tolerance,
    )


def _read_members(
    section: Section, kind: GroupKind | None, targets: Sequence[str]
) -> tuple[str, ...]:
    expected = say('names of upstreams, as in ["office", "home"]')
    value = section.raw("members")
    if not isinstance(value, list):
        if section.has("members"):
            nearest = f'members = ["{value}"]' if isinstance(value, str) and value else ""
            message = say("{key} is {type}", key="members", type=type_name(value))
            section.error("members", message, expected=expected, nearest=nearest)
        else:
            section.error("members", say("the group has no members"), expected=expected)
        return ()
    if not value:
        section.error("members", say("the group has no members"), expected=expected)
    elif len(value) > _MOST_MEMBERS:
        expected = say("at most {most}", most=_MOST_MEMBERS)
        section.error("members", say("{n} members", n=len(value)), expected=expected)
        return ()
    members: list[str] = []
    for number, name in enumerate(value):
        if _is_member(section, number, name, kind, targets, members):
            members.append(str(name))
    return tuple(members)


def _is_member(
    section: Section,
    number: int,
    name: object,
    kind: GroupKind | None,
    targets: Sequence[str],
    before: Sequence[str],
) -> bool:
    """Whether it can be one; reported where it cannot."""
    message, expected, nearest = "", "", ""
    if not isinstance(name, str):
        message = say("a member is {type}", type=type_name(name))
        expected = say("a string")
    elif name in before:
        message = say("{name} is a member already", name=name)
        expected = say("each member once")
    elif name not in targets:
        message = say("there is no upstream or group {name}", name=repr(name))
        expected = say("one of {choices}", choices=", ".join(targets))
        likely = closest(name, targets)
        nearest = f'"{likely}"' if likely else ""
    elif name == "REJECT" and kind not in (None, GroupKind.SELECT):
        message = say("without a member that is alive a group refuses by itself")
        expected = say("REJECT in select groups only")
    if message:
        path = (*section.path, "members", number)
        section.findings.error(path, message, expected=expected, nearest=nearest)
    return not message


def _read_test(section: Section, kind: GroupKind | None) -> tuple[str, int] | None:
    expected = say('a host and a port, as in "www.example.com:443"')
    text = section.string("test")
    if text is None:
        if kind is GroupKind.URL_TEST and not section.has("test"):
            message = say("nothing is said of what its members are timed with")
            section.error(
                "test", message, expected=expected, nearest='test = "www.example.com:443"'
            )
        return None
    match = _HOST_AND_PORT.fullmatch(text)
    host = _host(match["host"]) if match else ""
    if match is None or not host:
        message = say("{text} is no host and port", text=repr(text))
        section.error("test", message, expected=expected, nearest=_nearest_test(text))
        return None
    port = int(match["port"])
    if not PORT_RANGE[0] <= port <= PORT_RANGE[1]:
        message = say("{port} is no port", port=port)
        section.error("test", message, expected=say("a port from 1 to 65535"))
        return None
    return host, port


def _host(text: str) -> str:
    """In its normal form; "" where it is none."""
    address = parse_address(text)
    if address is not None and "%" not in text:
        return str(address)
    return normalise_host(text) if is_name(text) else ""


def _nearest_test(text: str) -> str:
    url = _URL.fullmatch(text)
    if url is not None:
        port = url["port"] or ("443" if url["scheme"].lower() == "https" else "80")
        return f'test = "{url["host"]}:{port}"'
    return f'test = "{text}:443"' if _host(text) and ":" not in text else ""


def _has_loops(sections: Sequence[Section], names: Sequence[str]) -> bool:
    """Whether groups are in themselves; reported once, at the member that leads back."""
    lists = {
        name: [str(each) for each in members]
        for name, section in zip(names, sections, strict=True)
        if name and isinstance(members := section.raw("members"), list)
    }
    by_name = dict(zip(names, sections, strict=True))
    loops = list(_loops(lists))
    for way in loops:
        section, member = by_name[way[-2]], way[-1]
        path = (*section.path, "members", lists[way[-2]].index(member))
        message = say("{name} would be in itself: {way}", name=member, way=" → ".join(way))
        section.findings.error(path, message, expected=say("groups that do not lead back"))
    return bool(loops)


def _loops(lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Ways back, each from a group to itself. Depth first, and every group is left once; without
    recursion, as there may be more groups than Python has levels."""
    left: set[str] = set()
    for start in lists:
        stack = [(start, iter(lists[start]))] if start not in left else []
        while stack:
            name, members = stack[-1]
            member = next((each for each in members if each in lists and each not in left), None)
            if member is None:
                left.add(name)
                stack.pop()
                continue
            on_way = [each for each, _ in stack]
            if member in on_way:
                yield (*on_way[on_way.index(member) :], member)
            else:
                stack.append((member, iter(lists[member])))
