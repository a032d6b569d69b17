"""Which members of a group a connection may take, the best first.

    select         the one that its user has chosen, whatever is known of it
    fallback       those that are alive, in their order
    url-test       the one in use, then the others that are alive by their time
    load-balance   those that are alive, by destination: each has its own order (rendezvous hashing,
                   Thaler and Ravishankar 1998), so that without one of them only its destinations
                   move, and they move to all the others

A member may be a group again; then its ways take its place. Pure: opens nothing, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from byway_core.model.decision import Query
from byway_core.model.group import Group, GroupKind, leaves
from byway_core.model.sentence import in_a_row, say
from byway_core.rules.suggestion import site_of
from byway_core.upstreams.standing import Standing

# Members whose troubles are named where none is alive.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Way:
    """`member` is an upstream's name, DIRECT or REJECT; `steps` the groups that led there, the
    outermost last, each with the member that it chose."""

    member: str
    steps: tuple[tuple[Group, str], ...]


class Ways:
    """Of one profile's groups, as far as `standing` knows them at each moment."""

    def __init__(self, groups: Mapping[str, Group], standing: Standing) -> None:
        self._groups = groups
        self._standing = standing

    def of(self, name: str, query: Query) -> Iterator[Way]:
        """Those of this group for that destination, each member once, found as they are taken."""
        taken: set[str] = set()
        for way in self._through(self._groups[name], query, set()):
            if way.member not in taken:
                taken.add(way.member)
                yield way

    def first(self, name: str, query: Query) -> str:
        """The member that the next connection there would take, as `Way.member`; "" for none."""
        way = next(self.of(name, query), None)
        return way.member if way else ""

    def chosen(self, group: Group) -> str:
        """The member of a select group that is in force: the first where none was chosen, or one
        that it has not any more."""
        chosen = self._standing.known.chosen.get(group.name, "")
        return chosen if chosen in group.members else group.members[0]

    def time(self, member: str, group: Group, query: Query) -> float | None:
        """Milliseconds that this member of the group took at its last test; of a group, those of
        what it would choose. None where it is dead, or was not tested yet."""
        if member in self._groups:
            member = self.first(member, query)
        if not member or self._standing.trouble(member, group.test):
            return None
        return self._standing.known.timed.get((member, group.test))

    def because(self, way: Way) -> str:
        """Why this way, in a sentence without a full stop, the outermost group first."""
        return in_a_row(self._why(group, member, way) for group, member in reversed(way.steps))

    def none_alive(self, name: str) -> str:
        """Why this group has no way."""
        group = self._groups[name]
        troubles = [
            say("{name}: {words}", name=member, words=words)
            for member in leaves(self._groups, name)
            if (words := self._standing.trouble(member, group.test))
        ]
        if not troubles:
            return say("no member of {group} is alive", group=name)
        if len(troubles) > _NAMED:
            troubles = [*troubles[:_NAMED], say("and {n} more", n=len(troubles) - _NAMED)]
        return say(
            "no member of {group} is alive: {troubles}", group=name, troubles=in_a_row(troubles)
        )

    # -- own

    def _through(self, group: Group, query: Query, entered: set[str]) -> Iterator[Way]:
        """Each group is entered once for a connection: what it has, was offered then."""
        entered.add(group.name)
        for member in self._in_order(group, query):
            inner = self._groups.get(member)
            if inner is None:
                found: Iterable[Way] = (Way(member, ()),)
            elif member in entered:
                continue
            else:
                found = self._through(inner, query, entered)
            for way in found:
                if group.kind is GroupKind.SELECT or not self._standing.trouble(
                    way.member, group.test
                ):
                    yield Way(way.member, (*way.steps, (group, member)))

    def _in_order(self, group: Group, query: Query) -> Iterator[str]:
        match group.kind:
            case GroupKind.SELECT:
                yield self.chosen(group)
            case GroupKind.FALLBACK:
                yield from group.members
            case GroupKind.URL_TEST:
                yield from self._by_time(group, query)
            case GroupKind.LOAD_BALANCE:
                yield from by_destination(group.members, place_of(query))

    def _by_time(self, group: Group, query: Query) -> Iterator[str]:
        in_use = self._standing.known.fastest.get(group.name, "")
        if in_use in group.members:
            yield in_use  # most connections need no more than that
        times = {member: self.time(member, group, query) for member in group.members}
        untimed = float("inf")
        for member in sorted(times, key=lambda each: untimed if (t := times[each]) is None else t):
            if member != in_use:
                yield member

    def _why(self, group: Group, member: str, way: Way) -> str:
        match group.kind:
            case GroupKind.SELECT:
                return say("{member} is chosen in {group}", member=member, group=group.name)
            case GroupKind.FALLBACK:
                return say(
                    "{member} is the first of {group} that is alive",
                    member=member,
                    group=group.name,
                )
            case GroupKind.URL_TEST:
                time = self._standing.known.timed.get((way.member, group.test))
                if time is None:
                    return say(
                        "{member} of {group}, before any was timed", member=member, group=group.name
                    )
                return say(
                    "{member} is the fastest of {group} that is alive: {ms} ms",
                    member=member,
                    group=group.name,
                    ms=round(time),
                )
            case GroupKind.LOAD_BALANCE:
                return say(
                    "{member} of {group} has this destination", member=member, group=group.name
                )


def place_of(query: Query) -> str:
    """What of a destination decides: the part of its name that somebody registered, so that a
    website sees one address whatever its servers are called; else the name, or the address."""
    return site_of(query.host) or query.host or str(query.address)


@lru_cache(maxsize=4096)
def by_destination(members: tuple[str, ...], place: str) -> tuple[str, ...]:
    """The members in this place's own order."""
    # Here, as it loads OpenSSL, for those who use it.
    from hashlib import blake2b

    def weight(member: str) -> bytes:
        return blake2b(f"{member}\n{place}".encode(), digest_size=8).digest()

    return tuple(sorted(members, key=weight))
