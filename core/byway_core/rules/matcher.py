"""An ordered list of conditions, made ready to say which is the first that holds.

The conditions are spread over one index for each family (see `entries`); each index lowers the
best place found so far, and the ordered rest is walked only up to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from byway_core.model.decision import Network, Query
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
    ProcessName,
    ProcessPath,
    ProcessRegex,
    ProcessWildcard,
    SourceCidr,
    SourcePort,
    UserId,
)
from byway_core.rules.bounds import NEVER, on_network
from byway_core.rules.entries import Entry, entries, is_wide
from byway_core.rules.name_index import NameIndex
from byway_core.rules.number_index import AddressIndex, PortIndex
from byway_core.rules.predicates import Asked, first_of, predicate
from byway_core.rules.process_index import ProcessIndex
from byway_core.rules.text_index import TextIndex
from byway_core.rules.tidy import tidied

# Below this many, asking each pattern costs less than cutting the host into groups of letters.
_FEW_TEXTS = 16
# Questions behind wide port ranges cost memory by the square of their number: this many, a megabyte
# at the very worst. Whatever comes behind them is asked in order.
_MANY_WIDE = 256

First = Callable[[Query, int], int]


class Matcher:
    """`nothing`, which must exceed every index, is the answer where no condition holds.

    One set of indexes a network, since most rules that name one are then simple; each is built
    when it is first asked for, or by `prepare`.
    """

    def __init__(self, conditions: Sequence[tuple[int, Condition]], nothing: int) -> None:
        self._conditions = conditions
        self._nothing = nothing
        self._tcp: _Indexes | None = None
        self._udp: _Indexes | None = None

    def prepare(self) -> None:
        """Build now what TCP needs, so that no connection waits for it."""
        self._tcp = self._built(Network.TCP)

    def first(self, query: Query) -> int:
        """The place of the first condition that holds."""
        if query.network is Network.TCP:
            if self._tcp is None:
                self._tcp = self._built(Network.TCP)
            return self._tcp.first(query)
        if self._udp is None:
            self._udp = self._built(Network.UDP)
        return self._udp.first(query)

    def _built(self, network: Network) -> _Indexes:
        simpler = ((i, tidied(on_network(each, network))) for i, each in self._conditions)
        return _Indexes(simpler, self._nothing)


class _Indexes:
    def __init__(self, conditions: Iterable[tuple[int, Condition]], nothing: int) -> None:
        filed: dict[type, list[Entry]] = {}
        rest: Asked = []
        self._limit = nothing
        wide = 0
        for index, condition in conditions:
            if isinstance(condition, Always):
                self._limit = index  # nothing behind it can ever be the first
                break
            if condition == NEVER:
                continue
            found = entries(index, condition)
            is_one_wide = any(entry.check is not None and is_wide(entry.key) for entry in found)
            wide += is_one_wide
            if not found or (is_one_wide and wide > _MANY_WIDE):
                rest.append((index, predicate(condition)))
                continue
            for entry in found:
                filed.setdefault(type(entry.key), []).append(entry)
        self._firsts = self._indexes(filed, rest)

    def _indexes(self, filed: dict[type, list[Entry]], rest: Asked) -> tuple[First, ...]:
        """The cheapest first, the rest last: by then most of it is beyond the best place."""
        limit = self._limit
        firsts: list[First] = []
        if names := _together(filed, Domain, DomainSuffix):
            firsts.append(NameIndex(names).first)
        if processes := _together(filed, *_PROCESSES):
            firsts.append(ProcessIndex(processes, limit).first)
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
        best = self._limit
        for first in self._firsts:
            best = first(query, best)
        return best


_PORTS = (DestinationPort, SourcePort)
_PROCESSES = (ProcessName, ProcessPath, ProcessWildcard, ProcessRegex, UserId)
_ADDRESSES = (IpCidr, SourceCidr)


def _together(filed: dict[type, list[Entry]], *kinds: type) -> list[Entry]:
    """The entries of several kinds in the order of the rules."""
    merged = [entry for kind in kinds for entry in filed.get(kind, ())]
    return sorted(merged, key=lambda entry: entry.index)
