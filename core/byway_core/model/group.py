"""Groups of upstreams: one name for rules, and a member of it for each connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from byway_core.model.sentence import say

# Seconds between tests, as other programs have it: few enough for servers that are others'.
INTERVAL = 300
# Milliseconds: less than that nobody notices, and every change of servers is one for websites too.
TOLERANCE = 50


class GroupKind(Enum):
    """How a group chooses among its members."""

    SELECT = "select"  # its user does
    FALLBACK = "fallback"  # the first that is alive
    URL_TEST = "url-test"  # the fastest
    LOAD_BALANCE = "load-balance"  # by the destination, each time the same


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are names of upstreams and other groups, DIRECT, and for SELECT also REJECT; never
    none, and no group is in itself by any way. `test` is the host (normalised, or an address
    literal without brackets) and port that its members are tested with; None: their servers are
    only connected to. `interval` is in seconds, `tolerance` in milliseconds."""

    name: str
    kind: GroupKind
    members: tuple[str, ...]
    test: tuple[str, int] | None = None
    interval: int = INTERVAL
    tolerance: int = TOLERANCE


def leaves(groups: Mapping[str, Group], name: str) -> tuple[str, ...]:
    """All that a target may come down to, through groups in groups: upstreams, DIRECT and REJECT,
    each once."""
    found: dict[str, None] = {}
    entered: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        group = groups.get(each)
        if group is None:
            found[each] = None
        elif each not in entered:
            entered.add(each)
            waiting += reversed(group.members)
    return tuple(found)


def no_choice(name: str, kind: GroupKind, members: Iterable[str], member: str) -> str:
    """Why that member cannot be chosen in the group of that name, "" where it can."""
    names = list(members)
    if kind is not GroupKind.SELECT:
        return say("{group} chooses by itself: it is a {kind} group", group=name, kind=kind.value)
    if member in names:
        return ""
    return say(
        "{member} is no member of {group}, which has {members}",
        member=repr(member),
        group=name,
        members=", ".join(names),
    )


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """How a group's member is. `alive` is None where that is not known; `ms`: milliseconds of its
    last test, None where there was none or it failed; `trouble` says why it is dead."""

    name: str
    alive: bool | None = None
    ms: float | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """How a group is. `current`: the member that a new connection takes, "" where that depends on
    the destination or none is alive; `upstream`: what that comes down to, through groups in
    groups."""

    name: str
    kind: GroupKind
    members: tuple[MemberStanding, ...]
    current: str = ""
    upstream: str = ""
