"""Wildcards and regular expressions on names: how they are spelled and what they must contain.

The dialect of DOMAIN-REGEX is Python's `re`, unanchored and case-insensitive, plus the spellings
of .NET and Go that the same lists carry elsewhere. Patterns with non-ASCII letters are compared
with the name's Unicode form, all others with its A-labels.
"""

from __future__ import annotations

import re
import warnings

# (?<name> but neither (?<= nor (?<!; \k<name>; \z; an (?i) that says what holds anyway.
_FOREIGN = (
    (re.compile(r"\(\?<(?=[A-Za-z_])"), "(?P<"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\z"), r"\\Z"),
    (re.compile(r"\(\?i\)"), ""),
)


def compile_regex(pattern: str) -> re.Pattern[str]:
    """Raises re.error, whose `pos` is a place in `pattern`, where neither dialect can read it."""
    try:
        return _compile(pattern)
    except re.error as first:
        translated = pattern
        for foreign, ours in _FOREIGN:
            translated = foreign.sub(ours, translated)
        try:
            return _compile(translated)
        except re.error:
            raise first from None


def _compile(pattern: str) -> re.Pattern[str]:
    flags = re.IGNORECASE | (re.ASCII if pattern.isascii() else re.UNICODE)
    with warnings.catch_warnings():
        # "Possible nested set": `[[` may change its meaning some day; these lists mean today's.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern, flags)


# "(a+)+", "([a-z]*)*": one repeated part, repeated. A name that nearly matches is then tried in as
# many ways as it can be cut up, and while that lasts no other flow moves.
_REPEATED_TWICE = re.compile(r"\((?:\?:)?(?:\[[^\]]*\]|\\?[^\\()\[\]])[*+]\)(?:[*+]|\{\d*,)")


def can_run_away(pattern: str) -> bool:
    """Whether a regex has the plainest of the shapes that take exponential time."""
    return _REPEATED_TWICE.search(pattern) is not None


def compile_wildcard(pattern: str) -> re.Pattern[str]:
    """`*` stands for any characters, none and dots too; `?` for exactly one. To be fullmatched.

    Each `*` takes as little as it can and never gives back (an atomic group): for whole-string
    matches of wildcards that is enough, and no pattern can take exponential time.
    """
    head, *rest = re.split(r"\*+", pattern)
    if not rest:
        return re.compile(_literal(head), re.DOTALL)
    *middle, tail = rest
    steps = "".join(f"(?>.*?{_literal(part)})" for part in middle)
    return re.compile(f"{_literal(head)}{steps}.*{_literal(tail)}", re.DOTALL)


def _literal(part: str) -> str:
    return ".".join(re.escape(piece) for piece in part.split("?"))


def class_end(pattern: str, at: int) -> int:
    """The place after the character class whose `[` is at `at`, or the text's end."""
    at += 1
    if pattern.startswith("^", at):
        at += 1
    if pattern.startswith("]", at):  # the first one is a member
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return min(at + 1, len(pattern))
