"""Words for groups: their kinds, how their members are, what their menu says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from byway_core.api.groups import CheckedGroup
from byway_core.api.targets import members_of
from byway_core.model.group import GroupKind, GroupStanding, MemberStanding
from byway_gui.presenters.targets import target
from byway_gui.presenters.upstreams import problem_text, used_by
from byway_gui.words import full, tr, translated


@dataclass(frozen=True, slots=True)
class MemberRow:
    """`name` is the member's own, the rest is as shown. `meaning` is the colour of `state`."""

    name: str
    shown: str
    state: str = ""
    meaning: str = "muted"
    details: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """`now` is what a new connection takes, or what is wrong with the group."""

    name: str
    kind: str
    used: str
    now: str
    meaning: str
    details: str
    is_choice: bool
    members: tuple[MemberRow, ...]


def group_row(
    table: Mapping[str, object],
    checked: CheckedGroup,
    standing: GroupStanding | None,
    used: tuple[int, ...],
) -> GroupRow:
    """The row of a table as it is written, whether it is right or not. `standing`: as far as that
    is known; `used`: the places of the rules that name it."""
    group = checked.value
    wrong = [problem for found in checked.errors.values() for problem in found]
    known = {} if standing is None else {each.name: each for each in standing.members}
    current = standing.current if standing is not None else ""
    now = current_words(standing) if standing is not None else ""
    return GroupRow(
        name=str(table.get("name", "")),
        kind=kind_name(group.kind) if group is not None else str(table.get("type", "")),
        used=used_by(len(used)),
        now=tr("Not valid: {why}", why=translated(wrong[0].message)) if wrong else now,
        meaning="bad" if wrong or now == tr("none works") else "good" if now else "muted",
        details="\n".join(problem_text(problem) for problem in wrong),
        is_choice=group is not None and group.kind is GroupKind.SELECT,
        members=tuple(
            _member_row(known.get(name) or MemberStanding(name), is_current=name == current)
            for name in members_of(table)
        ),
    )


def _member_row(member: MemberStanding, *, is_current: bool) -> MemberRow:
    state = state_words(member)
    if member.alive and member.ms is not None:
        state = tr("works, {time}", time=time_words(member))
    meaning = {True: "good", False: "bad", None: "muted"}[member.alive]
    details = trouble_sentence(member)
    return MemberRow(member.name, target(member.name), state, meaning, details, is_current)


def kind_name(kind: GroupKind) -> str:
    return {
        GroupKind.SELECT: tr("Your choice"),
        GroupKind.FALLBACK: tr("First that works"),
        GroupKind.URL_TEST: tr("Fastest"),
        GroupKind.LOAD_BALANCE: tr("Shared by destination"),
    }[kind]


def kind_sentence(kind: GroupKind) -> str:
    """What it does, for who has to choose."""
    return {
        GroupKind.SELECT: tr(
            "You choose a member, here or in the tray's menu; all connections take it until you "
            "choose another one."
        ),
        GroupKind.FALLBACK: tr(
            "The first member in the list that works; the others are there for when it does not."
        ),
        GroupKind.URL_TEST: tr(
            "The member that answers fastest, as tests find out while the group is used."
        ),
        GroupKind.LOAD_BALANCE: tr(
            "All members at a time: each destination has its own, and keeps it while that works."
        ),
    }[kind]


def state_words(member: MemberStanding) -> str:
    """Whether it works, in a cell."""
    if member.alive is None:
        return ""
    return tr("works") if member.alive else tr("does not work")


def time_words(member: MemberStanding) -> str:
    return "" if member.ms is None else tr("{n} ms", n=round(member.ms))


def trouble_sentence(member: MemberStanding) -> str:
    return full(translated(member.trouble)) if member.trouble else ""


def current_words(group: GroupStanding) -> str:
    """Which member a new connection takes, in a cell."""
    if not group.current:
        if group.kind is GroupKind.LOAD_BALANCE:
            return tr("by destination")
        return tr("none works") if any(it.alive is False for it in group.members) else ""
    if group.upstream in ("", group.current):
        return target(group.current)
    return tr("{member}, that is {upstream}", member=group.current, upstream=target(group.upstream))


def entry(group: GroupStanding) -> str:
    """A group in a menu: its name, and what it has now."""
    now = current_words(group)
    return tr("{group}: {member}", group=group.name, member=now) if now else group.name


def member_entry(member: MemberStanding) -> str:
    """A member in a menu: its name, and how it is."""
    name = target(member.name)
    if member.alive is False:
        return tr("{member} (does not work)", member=name)
    if member.ms is not None:
        return tr("{member} ({time})", member=name, time=time_words(member))
    return name
