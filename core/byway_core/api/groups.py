"""Groups where no engine runs: what was chosen in them, and one while it is being edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from byway_core.api.checked_table import Checked, check_last
from byway_core.config.group_choices import keep_choices, read_choices
from byway_core.config.group_section import read_groups
from byway_core.model.errors import NotTakenError
from byway_core.model.group import Group, GroupKind, GroupStanding, MemberStanding, no_choice
from byway_core.model.profile import Profile

CheckedGroup = Checked[Group]

__all__ = ["CheckedGroup", "check_group", "keep_choice", "read_choices", "resting_groups"]


def resting_groups(profile: Profile, path: Path) -> Iterator[GroupStanding]:
    """A profile's groups, of whose members nothing is known but what was chosen."""
    chosen = read_choices(path) if profile.groups else {}
    for group in profile.groups:
        current = ""
        if group.kind is GroupKind.SELECT:
            current = chosen.get(group.name, "")
            current = current if current in group.members else group.members[0]
        yield GroupStanding(
            group.name, group.kind, tuple(map(MemberStanding, group.members)), current
        )


def keep_choice(path: Path, group: GroupStanding, member: str) -> None:
    """Let it hold from the next start on. NotTakenError where that is no choice of the group,
    OSError where it cannot be kept."""
    if why := no_choice(group.name, group.kind, (each.name for each in group.members), member):
        raise NotTakenError(why)
    keep_choices(path, {**read_choices(path), group.name: member})


def check_group(
    table: Mapping[str, object],
    upstreams: Iterable[str],
    others: Iterable[Mapping[str, object]] = (),
) -> CheckedGroup:
    """Read the table as the profile's reader does. `upstreams`: the names of those; `others`: the
    tables of the other groups."""
    names = list(upstreams)
    return check_last(
        [*others, table], lambda findings, all_: read_groups(findings, all_, names)[0]
    )
