"""What can be done to the upstreams of a profile: each gives the profile as it is then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from byway_core.api.profiles import Draft
from byway_core.api.targets import places_by_target, renamed_target, without_target
from byway_core.model.errors import BywayError
from byway_gui.presenters.dns import renamed_way
from byway_gui.presenters.profiles import listed
from byway_gui.presenters.upstream_form import FORM_KEYS, Kept, Place, free_name

Table = Mapping[str, object]
_Member = tuple[str | None, Table]


def name_of(table: Table) -> str:
    return str(table.get("name", ""))


def names(draft: Draft) -> list[str]:
    return [name_of(table) for table in draft.upstreams]


def taken_names(draft: Draft) -> list[str]:
    """Those of all upstreams, then of groups, which are targets of rules alike."""
    return [*names(draft), *(name_of(table) for table in draft.groups)]


def added(draft: Draft, table: Table) -> Draft:
    return draft.with_upstreams([*_members(draft), (None, table)])


def edited(draft: Draft, number: int, table: Table) -> Draft:
    """With another table for one, whose keys that the form does not have stay; rules, and DNS
    servers that are asked through it, follow where it is called otherwise."""
    members = _members(draft)
    former = name_of(draft.upstreams[number])
    members[number] = (former, {**draft.upstreams[number], **dict.fromkeys(FORM_KEYS), **table})
    changed = draft.with_upstreams(members)
    name = name_of(table)
    is_alone = names(draft).count(former) == 1
    if name == former or not is_alone:
        return changed
    return renamed_way(renamed_target(changed, former, name), former, name)


def name_of_copy(draft: Draft, number: int) -> str:
    return free_name(name_of(draft.upstreams[number]), taken_names(draft))


def duplicated(draft: Draft, number: int, name: str) -> Draft:
    """With a copy of that name behind it."""
    members = _members(draft)
    members.insert(number + 1, (None, {**draft.upstreams[number], "name": name}))
    return draft.with_upstreams(members)


def removed(draft: Draft, number: int, target: str | None) -> Draft:
    """Without it; its rules go to `target` where that is not None, and groups have it no more."""
    members = _members(draft)
    del members[number]
    name = name_of(draft.upstreams[number])
    changed = without_target(draft, name, target) if names(draft).count(name) == 1 else draft
    return changed.with_upstreams(members)


def moved(draft: Draft, number: int, to: int) -> Draft:
    members = _members(draft)
    members.insert(to, members.pop(number))
    return draft.with_upstreams(members)


def rules_of(draft: Draft, number: int) -> list[tuple[int, str]]:
    """The rules that would have no target without it: their places from 0, and their texts."""
    name = name_of(draft.upstreams[number])
    if names(draft).count(name) > 1:
        return []
    places = places_by_target(draft.rules).get(name, ())
    return [(place, _shown(draft, place)) for place in places]


def _shown(draft: Draft, place: int) -> str:
    line = draft.rules[place]
    return line.text if line.enabled else f"# {line.text}"


def kept_of(table: Table) -> Kept | None:
    return Kept.of(table.get("password"))


def references(draft: Draft, place: Place) -> set[str]:
    """All the entries, or files, that the profile's passwords refer to."""
    values = [table.get("password") for table in draft.upstreams]
    values.append(draft.value("general", "mixed_password"))
    found = [Kept.of(value) for value in values]
    return {kept.reference for kept in found if kept is not None and kept.place is place}


def beside(profile: Path) -> list[Draft] | None:
    """The other profiles in its folder, which may refer to the same passwords. None where one of
    them cannot be read, and so nobody knows."""
    try:
        return [Draft.read(path) for path in listed(profile) if path != profile]
    except (BywayError, OSError):
        return None


def _members(draft: Draft) -> list[_Member]:
    tables: Sequence[Table] = draft.upstreams
    return [(name_of(table) if "name" in table else None, table) for table in tables]
