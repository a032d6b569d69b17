"""Rules filed under a piece of text that a matching name must contain: keywords, and those
wildcards and regexes from which such a text can be read.

Each is kept under one group of three letters of its text, the one that the fewest others have; a
host has some twenty such groups, so a hundred keywords cost no more than ten.
"""

from __future__ import annotations

from collections import Counter

from byway_core.model.decision import Query
from byway_core.rules.entries import Entry
from byway_core.rules.needed_text import GRAM, needed_texts
from byway_core.rules.predicates import Asked, first_of, predicate


def _grams(text: str) -> list[str]:
    return [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]


class TextIndex:
    def __init__(self, filed: list[Entry]) -> None:
        """`filed` in the order of the rules."""
        needed = [needed_texts(entry.key) for entry in filed]
        counts = Counter(gram for texts in needed for text in texts for gram in set(_grams(text)))
        self._asked: dict[str, Asked] = {}
        for entry, texts in zip(filed, needed, strict=True):
            check = entry.check or predicate(entry.key)
            for rarest in {min(_grams(text), key=counts.__getitem__) for text in texts}:
                self._asked.setdefault(rarest, []).append((entry.index, check))
        self._keys = frozenset(self._asked)

    def first(self, query: Query, best: int) -> int:
        """The lowest index, below `best`, of the rules that match; else `best`."""
        grams = _grams(query.host)
        if self._keys.isdisjoint(grams):
            return best
        for gram in self._keys.intersection(grams):
            best = first_of(self._asked[gram], query, best)
        return best
