"""What can be done to the groups of a profile: each gives the profile as it is then."""

from __future__ import annotations

from collections.abc import Mapping

from byway_core.api.profiles import Draft
from byway_core.api.targets import places_by_target, renamed_target, without_target

Table = Mapping[str, object]

# What of a group's table its form has.
FORM_KEYS = ("name", "type", "members", "test", "interval", "tolerance")


def name_of(table: Table) -> str:
    return str(table.get("name", ""))


def names(draft: Draft) -> list[str]:
    return [name_of(table) for table in draft.groups]


def added(draft: Draft, table: Table) -> Draft:
    return draft.with_groups([*_members(draft), (None, table)])


def edited(draft: Draft, number: int, table: Table) -> Draft:
    """With another table for one; rules and groups that named it follow where it is called
    otherwise."""
    members, former = _members(draft), draft.groups[number]
    before, name = name_of(former), name_of(table)
    members[number] = (before, {**former, **dict.fromkeys(FORM_KEYS), **table})
    changed = draft.with_groups(members)
    is_alone = names(draft).count(before) == 1
    return renamed_target(changed, before, name) if name != before and is_alone else changed


def removed(draft: Draft, number: int, target: str | None) -> Draft:
    """Without it; its rules go to `target` where that is not None, and groups have it no more."""
    name, members = name_of(draft.groups[number]), _members(draft)
    del members[number]
    changed = draft.with_groups(members)
    return without_target(changed, name, target)


def rules_of(draft: Draft, name: str) -> list[tuple[int, str]]:
    """The rules that would have no target without it: their places from 0, and their texts."""
    rules = draft.rules
    return [
        (place, rules[place].text if rules[place].enabled else f"# {rules[place].text}")
        for place in places_by_target(rules).get(name, ())
    ]


def _members(draft: Draft) -> list[tuple[str | None, Table]]:
    return [(name_of(table) if "name" in table else None, table) for table in draft.groups]
