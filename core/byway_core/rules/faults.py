"""Where and why a rule's text cannot be read, and how a correction of it is found.

Raised inside the parser only; `parse` turns a fault into the domain's RuleError.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class Fault(Exception):
    """`start` and `end` bound the offending part of the whole text; `fix` is what to put there to
    make it right, None where that cannot be guessed."""

    def __init__(
        self, start: int, end: int, message: str, *, expected: str, fix: str | None = None
    ):
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message
        self.expected = expected
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that can be read, but is hardly meant as written; the fields are Fault's."""

    start: int
    end: int
    message: str
    fix: str | None = None


def closest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The choice most like `word`, letter case aside; None where none is near."""
    by_fold = {choice.casefold(): choice for choice in reversed(list(choices))}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else None
