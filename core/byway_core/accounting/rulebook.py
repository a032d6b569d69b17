"""The texts and hit counts of one rule list. Pure.

A flow keeps the number of the rule that decided it; after the profile has changed, that number
means another rule. So every flow is kept together with the book that was open when it was decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from byway_core.model.rule import Rule


class RuleBook:
    """Counts are cells (lists of one number) that a book shares with its successor wherever a
    rule's text has stayed: so a user's counts outlive a change of the profile, and a worker's late
    news of an old book counts in the new one too."""

    __slots__ = ("_cells", "texts")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.texts = tuple(rule.text for rule in rules)
        # One for each rule, and one for the flows that no rule matched.
        self._cells = [[0] for _ in range(len(self.texts) + 1)]

    @property
    def hits(self) -> list[int]:
        """How many flows each rule decided; last, how many no rule matched."""
        return [cell[0] for cell in self._cells]

    def count(self, index: int | None) -> None:
        """A flow was decided by that rule; None: no rule matched."""
        self._cells[-1 if index is None else index][0] += 1

    def reset(self) -> None:
        """All counts to zero, those shared with earlier books in both."""
        for cell in self._cells:
            cell[0] = 0

    def text(self, index: int | None) -> str:
        """The rule as its user wrote it; "" where no rule matched."""
        return "" if index is None else self.texts[index]

    def successor(self, rules: Sequence[Rule]) -> RuleBook:
        """The book of the next list."""
        book = RuleBook(rules)
        old: dict[str, list[list[int]]] = {}
        for text, cell in zip(self.texts, self._cells, strict=False):
            old.setdefault(text, []).append(cell)
        for index, text in enumerate(book.texts):
            same = old.get(text)
            if same:
                book._cells[index] = same.pop(0)
        book._cells[-1] = self._cells[-1]
        return book
