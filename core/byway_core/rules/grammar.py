"""Commas and parentheses: a rule's text cut into fields, each with its place.

Knows the shape `KIND,payload,target,option…` and the nested `((…),(…))` of AND, OR and NOT, but
not what any payload means.
"""

from __future__ import annotations

from dataclasses import dataclass

from byway_core.model.sentence import say
from byway_core.rules.faults import Fault
from byway_core.rules.patterns import class_end

# Deeper nesting is nobody's rule, and every reader of a rule walks it by recursion.
MAX_DEPTH = 32

LOGIC = ("AND", "OR", "NOT")
# Their payloads may contain commas and parentheses.
REGEXES = ("DOMAIN-REGEX", "PROCESS-NAME-REGEX", "PROCESS-PATH-REGEX")
_LONGEST_REGEX = max(map(len, REGEXES))
_GROUP_EXPECTED = say("conditions in parentheses, as in ((NETWORK,UDP),(DST-PORT,443))")


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a rule's text without the blanks around it; `start` is its place in the whole."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition, cut up. `parts` are the clauses inside AND, OR and NOT, whose `payload` is the
    whole parenthesis."""

    kind: Field
    payload: Field
    options: tuple[Field, ...] = ()
    parts: tuple[Clause, ...] = ()


def field(text: str, start: int, end: int) -> Field:
    """The piece of `text` from `start` to `end`, blanks trimmed."""
    piece = text[start:end]
    stripped = piece.strip()
    return Field(stripped, start + len(piece) - len(piece.lstrip()))


def fields(text: str, start: int, end: int) -> list[Field]:
    """That piece of `text`, cut at its commas."""
    found = []
    while (comma := text.find(",", start, end)) >= 0:
        found.append(field(text, start, comma))
        start = comma + 1
    found.append(field(text, start, end))
    return found


def clause(text: str, start: int, end: int, depth: int = 0) -> Clause:
    """The condition that fills `text` from `start` to `end`, as it stands inside AND, OR, NOT."""
    comma = text.find(",", start, end)
    if comma < 0:
        lone = field(text, start, end)
        return Clause(lone, Field("", end))
    kind = field(text, start, comma)
    name = kind.text.upper()
    if name in LOGIC:
        parts, after = group(text, comma + 1, end, depth)
        rest = field(text, after, end)
        if rest.text:
            raise Fault(
                rest.start,
                rest.end,
                say("text after the closing parenthesis"),
                expected=")",
                fix="",
            )
        return Clause(kind, field(text, comma + 1, after), (), parts)
    if name in REGEXES:
        return Clause(kind, field(text, comma + 1, end))
    payload, *options = fields(text, comma + 1, end)
    return Clause(kind, payload, tuple(options))


def group(text: str, start: int, end: int, depth: int = 0) -> tuple[tuple[Clause, ...], int]:
    """The clauses of the parenthesis that begins at `start`, and the place after it."""
    if depth >= MAX_DEPTH:
        raise Fault(
            start,
            end,
            say("more than {n} levels", n=MAX_DEPTH),
            expected=say("a flatter condition"),
        )
    opening = _opening(text, _opening(text, start, end), end)
    clauses: list[Clause] = []
    while True:
        closing = _closing(text, opening, end)
        clauses.append(clause(text, opening, closing, depth + 1))
        at = _blanks(text, closing + 1, end)
        if text.startswith(")", at, end):
            return tuple(clauses), at + 1
        following = _blanks(text, at + text.startswith(",", at, end), end)
        if not text.startswith("(", following, end):
            raise _missing(")", at)
        if following == at:
            raise _missing(",", at)
        opening = following + 1


def _blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _opening(text: str, at: int, end: int) -> int:
    """The place after the `(` that must come next, blanks aside."""
    at = _blanks(text, at, end)
    if text.startswith("(", at, end):
        return at + 1
    raise _missing("(", at)


def _missing(sign: str, at: int) -> Fault:
    return Fault(at, at, say('"{sign}" is missing', sign=sign), expected=_GROUP_EXPECTED, fix=sign)


def _closing(text: str, opening: int, end: int) -> int:
    """The place of the `)` that closes the clause whose text begins at `opening`.

    In a regex, escaped parentheses and those in a character class do not count.
    """
    is_regex = _starts_regex(text, opening, end)
    depth, at = 1, opening
    while at < end:
        sign = text[at]
        if is_regex and sign in "\\[":
            at = at + 2 if sign == "\\" else class_end(text, at)
            continue
        if sign == "(":
            depth += 1
            is_regex = is_regex or _starts_regex(text, at + 1, end)
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise _missing(")", end)


def _starts_regex(text: str, at: int, end: int) -> bool:
    at = _blanks(text, at, end)
    return text[at : at + _LONGEST_REGEX].upper().startswith(REGEXES)
