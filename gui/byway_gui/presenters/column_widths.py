"""How the columns of a table share its width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Width:
    """Of a column, in any unit. It is `wanted` wide where there is room, never narrower than
    `least`, and gets `parts` of what is left over."""

    least: int
    wanted: int
    parts: int = 0


def shares(widths: Sequence[Width], room: int) -> list[int]:
    """A width for each: together all of the room, if some column takes what is left over, and more
    than it only where not even the least fits."""
    missing = sum(each.wanted for each in widths) - room
    if missing <= 0:
        given = _split(-missing, [each.parts for each in widths])
        return [each.wanted + more for each, more in zip(widths, given, strict=True)]
    spare = [max(0, each.wanted - each.least) for each in widths]
    taken = _split(min(missing, sum(spare)), spare)
    return [each.wanted - less for each, less in zip(widths, taken, strict=True)]


def _split(amount: int, parts: Sequence[int]) -> list[int]:
    """Whole numbers in the proportion of `parts`, `amount` together."""
    whole, given, done, seen = sum(parts), [], 0, 0
    for part in parts:
        seen += part
        upto = amount * seen // whole if whole else 0
        given.append(upto - done)
        done = upto
    return given
