"""An ordered list of conditions, made ready to say which is the first that holds.

The conditions are spread over one index for each family (see `entries`); each index lowers the
best place found so far, and the ordered rest is walked only up to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from byway_core.model.decision import Query
from byway_core.model.rule import (
    Always,
    Condition,
    DestinationPort,
    Domain,
    DomainKeyword,
    DomainRegex,
    DomainSuffix,
    DomainWildcard,
    IpCidr,
    Or,
    SourceCidr,
    SourcePort,
)
from byway_core.rules.entries import Entry, entries
from byway_core.rules.name_index import NameIndex
from byway_core.rules.number_index import AddressIndex, PortIndex
from byway_core.rules.predicates import Asked, first_of, predicate
from byway_core.rules.text_index import TextIndex

# Below this many, asking each pattern costs less than cutting the host into groups of letters.
_FEW_TEXTS = 16

First = Callable[[Query, int], int]


class Matcher:
    """`nothing`, which must exceed every index, is the answer where no condition holds."""

    def __init__(self, conditions: Iterable[tuple[int, Condition]], nothing: int) -> None:
        filed: dict[type, list[Entry]] = {}
        rest: Asked = []
        self._limit = nothing
        for index, condition in conditions:
            if isinstance(condition, Always):
                self._limit = index  # nothing behind it can ever be the first
                break
            if condition == Or(()):
                continue
            found = entries(index, condition)
            if not found:
                rest.append((index, predicate(condition)))
            for entry in found:
                filed.setdefault(type(entry.key), []).append(entry)
        self._firsts = self._indexes(filed, rest)

    def _indexes(self, filed: dict[type, list[Entry]], rest: Asked) -> tuple[First, ...]:
        """The cheapest first, the rest last: by then most of it is beyond the best place."""
        limit = self._limit
        firsts: list[First] = []
        if names := _together(filed, Domain, DomainSuffix):
            firsts.append(NameIndex(names).first)
        firsts += [PortIndex(filed[each], limit).first for each in _PORTS if each in filed]
        firsts += [AddressIndex(filed[each], limit).first for each in _ADDRESSES if each in filed]
        texts = _together(filed, DomainKeyword, DomainWildcard, DomainRegex)
        if len(texts) > _FEW_TEXTS:
            firsts.append(TextIndex(texts).first)
        else:
            rest += [(each.index, each.check or predicate(each.key)) for each in texts]
        if rest:
            rest.sort(key=lambda each: each[0])
            firsts.append(partial(first_of, rest))
        return tuple(firsts)

    def first(self, query: Query) -> int:
        """The place of the first condition that holds."""
        best = self._limit
        for first in self._firsts:
            best = first(query, best)
        return best


_PORTS = (DestinationPort, SourcePort)
_ADDRESSES = (IpCidr, SourceCidr)


def _together(filed: dict[type, list[Entry]], *kinds: type) -> list[Entry]:
    """The entries of several kinds in the order of the rules."""
    merged = [entry for kind in kinds for entry in filed.get(kind, ())]
    return sorted(merged, key=lambda entry: entry.index)
