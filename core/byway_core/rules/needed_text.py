"""Texts of which every name that a pattern matches must contain one: how patterns are found by
index instead of being tried one after the other.

Deliberately dull: of regexes it reads letters, digits, escaped dots and hyphens, groups and
alternatives, and gives up at anything rare. A miss costs microseconds, a wrong answer would cost
the rule.
"""

from __future__ import annotations

import re

from byway_core.model.rule import Condition, DomainKeyword, DomainRegex, DomainWildcard
from byway_core.rules.patterns import class_end

# The size of the pieces by which the index finds texts; shorter texts are of no use to it.
GRAM = 3
# A pattern is filed under each of its texts; long alternatives would fill the index with one rule.
_MAX_TEXTS = 16
_MAX_DEPTH = 16

Texts = frozenset[str]
_NONE: Texts = frozenset()

_PLAIN = re.compile(r"[A-Za-z0-9_-]|\\[.-]")
# What may follow a part and makes it optional (as far as this cares to know).
_OPTIONAL = ("*", "?", "{")
# Signs that stand for something, or for nothing, but never change what is around them.
_OPAQUE = re.compile(r"[.^$+*?]|\\[dDwWsSbBAZ]|\{[0-9]+(?:,[0-9]*)?\}")


class _Unsure(Exception):
    """There is something in the pattern that is not read here."""


def needed_texts(condition: Condition) -> Texts:
    """Lower-case texts of at least GRAM characters; empty where none can be told for sure, and for
    conditions that are no patterns."""
    match condition:
        case DomainKeyword(text):
            texts = frozenset((text,))
        case DomainWildcard(pattern):
            texts = frozenset((max(re.split(r"[*?]+", pattern), key=len),))
        case DomainRegex(pattern):
            texts = _of_regex(pattern)
        case _:
            return _NONE
    if not texts or _shortest(texts) < GRAM or len(texts) > _MAX_TEXTS:
        return _NONE
    return texts if all(map(str.isascii, texts)) else _NONE


def _shortest(texts: Texts) -> int:
    return min(map(len, texts), default=0)


def _of_regex(pattern: str) -> Texts:
    if not pattern.isascii():
        return _NONE
    try:
        texts, _ = _alternatives(pattern.removeprefix("(?i)"), 0, 0)
    except _Unsure:
        return _NONE
    return frozenset(text.lower() for text in texts)


def _alternatives(pattern: str, at: int, depth: int) -> tuple[Texts, int]:
    """What `a|b|c` needs, and the place of the parenthesis, or the end, behind it."""
    if depth > _MAX_DEPTH:
        raise _Unsure
    found = []
    while True:
        texts, at = _branch(pattern, at, depth)
        found.append(texts)
        if not pattern.startswith("|", at):
            return (frozenset().union(*found) if all(found) else _NONE), at
        at += 1


def _branch(pattern: str, at: int, depth: int) -> tuple[Texts, int]:
    """What one alternative needs: of its parts, the one whose shortest text is longest."""
    best, run = _NONE, ""
    while at < len(pattern) and pattern[at] not in "|)":
        plain = _PLAIN.match(pattern, at)
        if plain:
            texts, at = _NONE, plain.end()
        else:
            texts, at = _part(pattern, at, depth)
        optional = pattern.startswith(_OPTIONAL, at)
        if plain and not optional:
            run += plain.group()[-1]
            continue
        best = max(best, frozenset((run,)), _NONE if optional else texts, key=_shortest)
        run = ""
    return max(best, frozenset((run,)), key=_shortest), at


def _part(pattern: str, at: int, depth: int) -> tuple[Texts, int]:
    """What a group, a class or a sign needs, and the place behind it."""
    if pattern[at] == "[":
        return _NONE, class_end(pattern, at)
    if pattern[at] == "(":
        at += 3 if pattern.startswith("(?:", at) else 1
        if pattern.startswith("?", at):
            raise _Unsure
        texts, at = _alternatives(pattern, at, depth + 1)
        return texts, at + 1
    opaque = _OPAQUE.match(pattern, at)
    if opaque is None:
        raise _Unsure
    return _NONE, opaque.end()
