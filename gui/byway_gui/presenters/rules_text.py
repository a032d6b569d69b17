"""Rules as lines of text: for the clipboard, and what is wrong in an editor's text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from byway_core.api.profiles import Draft, RuleLine
from byway_core.model.errors import Problem

Check = Callable[[str], Sequence[Problem]]
_NO_RULES = "version = 1\nrules = []\n"


def as_text(lines: Sequence[RuleLine]) -> str:
    """A rule a line, with notes and what is off, without the comments between."""
    bare = [replace(line, above="") for line in lines]
    return _empty().with_rules(bare).rules_text()


def from_text(text: str) -> tuple[RuleLine, ...]:
    """The rules in a text, whether they are right or not."""
    return _empty().with_rules_text(text).rules


def problems_in(text: str, rules: Sequence[RuleLine], check: Check) -> Iterator[Problem]:
    """What is wrong in an editor's text, from which `rules` were read, with lines and columns of
    that text. `check` says what is wrong with a rule."""
    lines = text.split("\n")
    at = 0
    for rule in rules:
        at += rule.above.count("\n")
        indent = len(lines[at]) - len(lines[at].lstrip())
        for problem in check(rule.text) if rule.enabled else ():
            yield replace(problem, line=at + 1, column=problem.column + indent)
        at += 1


def _empty() -> Draft:
    return Draft.of(Path("profile.toml"), _NO_RULES)
