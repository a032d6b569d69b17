"""Where a profile's rules send things, by the text of their lines: to rename a target in all of
them and in the groups that have it, and to say which name one.

By the text and not by the parsed rule: lines that are off or cannot be read yet have a target too,
and of the rest of a line not a blank may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from byway_core.model.group import Group, GroupKind, leaves
from byway_core.rules.parse import OPTIONS

if TYPE_CHECKING:
    from byway_core.api.profiles import Draft, RuleLine

__all__ = [
    "ends_of",
    "groups_with",
    "members_of",
    "places_by_target",
    "redirected",
    "renamed_target",
    "target_of",
    "with_member",
    "with_target",
    "without_target",
]


def target_of(text: str) -> str:
    """The target of a rule's text; "" where it has none."""
    start, end = _span(text)
    return text[start:end]


def with_target(text: str, target: str) -> str:
    """The same rule with another target; as it is where it has none."""
    start, end = _span(text)
    return f"{text[:start]}{target}{text[end:]}" if start < end else text


def places_by_target(rules: Iterable[RuleLine]) -> dict[str, tuple[int, ...]]:
    """Each target that a line names, whether it is on or off, with the lines' places from 0."""
    found: dict[str, list[int]] = {}
    for place, line in enumerate(rules):
        if target := target_of(line.text):
            found.setdefault(target, []).append(place)
    return {target: tuple(places) for target, places in found.items()}


def renamed_target(draft: Draft, old: str, new: str) -> Draft:
    """`draft` with every rule that went to `old`, off or on, going to `new`, and groups likewise.
    The upstream or group itself keeps its name."""
    return with_member(redirected(draft, old, new), old, new)


def redirected(draft: Draft, old: str, new: str) -> Draft:
    """The same for the rules alone."""
    lines = draft.rules
    changed = [
        replace(line, text=with_target(line.text, new)) if target_of(line.text) == old else line
        for line in lines
    ]
    return draft if list(lines) == changed else draft.with_rules(changed)


def without_target(draft: Draft, name: str, target: str | None) -> Draft:
    """`draft` without that upstream or group as a target: rules that went there go to `target`,
    where that is not None; groups lose it, and one that had no other gets that in its place."""
    if target is not None:
        draft = redirected(draft, name, target)
        for group in draft.groups:
            if members_of(group) == [name]:
                return with_member(draft, name, target)
    return with_member(draft, name, None)


def with_member(draft: Draft, old: str, new: str | None) -> Draft:
    """`draft` with `new` in the place of `old` in each group that has it, where it is not there
    already; None: without it."""
    if not any(old in members_of(group) for group in draft.groups):
        return draft
    return draft.with_groups(
        (str(group.get("name")) if "name" in group else None, _with_member(group, old, new))
        for group in draft.groups
    )


def members_of(group: Mapping[str, object]) -> list[str]:
    """The names in a group's table, whether it is right or not."""
    members = group.get("members")
    return [each for each in members if isinstance(each, str)] if isinstance(members, list) else []


def groups_with(draft: Draft, name: str) -> list[str]:
    """The names of the groups that have it."""
    return [str(group.get("name", "")) for group in draft.groups if name in members_of(group)]


def ends_of(draft: Draft, name: str) -> tuple[str, ...]:
    """All that a target may come down to, through groups in groups, whether they are right or not:
    for an upstream itself."""
    tables = {str(table.get("name", "")): table for table in draft.groups}
    groups = {
        each: Group(each, GroupKind.SELECT, tuple(members_of(table)))
        for each, table in tables.items()
    }
    return leaves(groups, name)


def _with_member(group: Mapping[str, object], old: str, new: str | None) -> Mapping[str, object]:
    members = members_of(group)
    if old not in members:
        return group
    others = {each for each in members if each != old} | {group.get("name")}
    kept = [new if each == old else each for each in members if each != old or new not in others]
    return {**group, "members": [each for each in kept if each is not None]}


def _span(text: str) -> tuple[int, int]:
    """The last field that is no option, without the blanks around it. Targets have no commas, and
    no target is called like an option (`config.upstream_section`); payloads, which may have both,
    stand before it."""
    end = len(text)
    while (comma := text.rfind(",", 0, end)) >= 0:
        field = text[comma + 1 : end]
        word = field.strip()
        if word and word.lower() not in OPTIONS:
            start = comma + 1 + len(field) - len(field.lstrip())
            return start, start + len(word)
        end = comma
    return 0, 0
