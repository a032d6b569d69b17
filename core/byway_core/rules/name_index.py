"""Rules filed under a name or a suffix: one look-up for each label of the host."""

from __future__ import annotations

from byway_core.model.decision import Query
from byway_core.model.rule import Domain, DomainSuffix
from byway_core.rules.entries import Entry
from byway_core.rules.predicates import Asked, first_of


class NameIndex:
    """Suffixes stand in the same dicts as whole names, told apart by a dot in front."""

    def __init__(self, filed: list[Entry]) -> None:
        """`filed` in the order of the rules."""
        self._plain: dict[str, int] = {}
        self._asked: dict[str, Asked] = {}
        for entry in filed:
            name = _key(entry)
            if entry.check is None:
                self._plain.setdefault(name, entry.index)
            else:
                self._asked.setdefault(name, []).append((entry.index, entry.check))

    def first(self, query: Query, best: int) -> int:
        """The lowest index, below `best`, of the rules that match; else `best`."""
        name = query.host
        if not name:
            return best
        plain, asked = self._plain, self._asked
        found = plain.get(name)
        if found is not None and found < best:
            best = found
        if name in asked:
            best = first_of(asked[name], query, best)
        name = "." + name
        while name:
            found = plain.get(name)
            if found is not None and found < best:
                best = found
            if name in asked:
                best = first_of(asked[name], query, best)
            dot = name.find(".", 1)
            name = name[dot:] if dot > 0 else ""
        return best


def _key(entry: Entry) -> str:
    match entry.key:
        case Domain(name):
            return name
        case DomainSuffix(name):
            return "." + name
    raise TypeError(f"{entry.key!r} names no host")
