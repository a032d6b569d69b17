"""Undoing one change of a text after others have been made to it."""

from __future__ import annotations

from difflib import SequenceMatcher


def rebased(now: str, former: str, wanted: str) -> str | None:
    """`now` with what leads from `former` to `wanted` done to it; None where `now` has been changed
    at the same places, or right beside them."""
    if now == former:
        return wanted
    lines, old, new = (text.splitlines(keepends=True) for text in (now, former, wanted))
    kept = SequenceMatcher(None, old, lines).get_matching_blocks()
    made: list[str] = []
    at = 0
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        # With a line on each side, so that what goes in has its place.
        begin, end = max(first - 1, 0), min(last + 1, len(old))
        block = next((each for each in kept if each.a <= begin and end <= each.a + each.size), None)
        if block is None:
            return None
        start = block.b + first - block.a
        made += lines[at:start]
        made += new[new_first:new_last]
        at = start + last - first
    return "".join(made + lines[at:])
