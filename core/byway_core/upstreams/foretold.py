"""What a group would do with a destination, in sentences, where nothing is known of its members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from byway_core.model.decision import Query
from byway_core.model.group import Group, GroupKind
from byway_core.model.sentence import say
from byway_core.upstreams.standing import Known, Standing
from byway_core.upstreams.ways import Ways, by_destination, place_of


def foretell(
    groups: Mapping[str, Group], chosen: Mapping[str, str], name: str, query: Query
) -> Iterator[str]:
    """A sentence without a full stop for the group, and for each that is chosen in it; none where
    `name` is no group. `chosen`: members of select groups."""
    ways = Ways(groups, Standing(Known(chosen=chosen)))
    while (group := groups.get(name)) is not None:
        members = ", ".join(group.members)
        match group.kind:
            case GroupKind.SELECT:
                name = ways.chosen(group)
                yield say(
                    "{group} is a group of {members}: {member} is chosen",
                    group=group.name,
                    members=members,
                    member=name,
                )
                continue
            case GroupKind.FALLBACK:
                yield say(
                    "{group} is a group of {members}: the first that is alive takes it",
                    group=group.name,
                    members=members,
                )
            case GroupKind.URL_TEST:
                yield say(
                    "{group} is a group of {members}: the fastest that is alive takes it",
                    group=group.name,
                    members=members,
                )
            case GroupKind.LOAD_BALANCE:
                place = place_of(query)
                yield say(
                    "{group} is a group: what goes to {place} takes the first that is alive of "
                    "{members}",
                    group=group.name,
                    place=place,
                    members=", ".join(by_destination(group.members, place)),
                )
        return
