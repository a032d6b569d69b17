"""Where a profile's rules send things, by the text of their lines: to rename a target in all of
them, and to say which rules name one.

By the text and not by the parsed rule: lines that are off or cannot be read yet have a target too,
and of the rest of a line not a blank may change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from byway_core.rules.parse import OPTIONS

if TYPE_CHECKING:
    from byway_core.api.profiles import Draft, RuleLine

__all__ = ["places_by_target", "renamed_target", "target_of", "with_target"]


def target_of(text: str) -> str:
    """The target of a rule's text; "" where it has none."""
    start, end = _span(text)
    return text[start:end]


def with_target(text: str, target: str) -> str:
    """The same rule with another target; as it is where it has none."""
    start, end = _span(text)
    return f"{text[:start]}{target}{text[end:]}" if start < end else text


def places_by_target(rules: Iterable[RuleLine]) -> dict[str, tuple[int, ...]]:
    """Each target that a line names, whether it is on or off, with the lines' places from 0."""
    found: dict[str, list[int]] = {}
    for place, line in enumerate(rules):
        if target := target_of(line.text):
            found.setdefault(target, []).append(place)
    return {target: tuple(places) for target, places in found.items()}


def renamed_target(draft: Draft, old: str, new: str) -> Draft:
    """`draft` with every rule that went to `old`, off or on, going to `new`. The upstream itself
    keeps its name."""
    lines = draft.rules
    changed = [
        replace(line, text=with_target(line.text, new)) if target_of(line.text) == old else line
        for line in lines
    ]
    return draft if list(lines) == changed else draft.with_rules(changed)


def _span(text: str) -> tuple[int, int]:
    """The last field that is no option, without the blanks around it. Targets have no commas, and
    no target is called like an option (`config.upstream_section`); payloads, which may have both,
    stand before it."""
    end = len(text)
    while (comma := text.rfind(",", 0, end)) >= 0:
        field = text[comma + 1 : end]
        word = field.strip()
        if word and word.lower() not in OPTIONS:
            start = comma + 1 + len(field) - len(field.lstrip())
            return start, start + len(word)
        end = comma
    return 0, 0
