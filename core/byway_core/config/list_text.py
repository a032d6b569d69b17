"""A list in a TOML text, line by line: what its user wrote around an entry stays with that entry.

    rules = [          # head                 note: the comment behind an entry, on its line
      # work           above "first"          above: comments and blank lines before an entry
      "first",         # a note
      "second",
      # the rest       tail
    ]

A scanner, not a parser: it runs on text that the real parser has accepted. It must not know what an
entry means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

_GAP = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
# A multi-line string may end in two quotes of its own, before the three that close it.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_OTHER_VALUE = re.compile(r"[^,\]}#\n]*")
_COMMENT = re.compile(r"#[^\n]*")
# What stands behind an entry on its line. The comma may be missing (the last entry's) or stand in
# front of the next one.
_BEHIND = re.compile(r"(?:[ \t]*,)?[ \t]*(?:#(?P<note>[^\n]*))?\r?\n")
# What a comment cannot have (toml.io, "Comment").
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_BLANKS = " \t\r"
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Entry:
    """`raw` is the value as it is written. `note` is the text of a comment; `above` has whole
    lines, each without the blanks at its sides and with "\\n" at its end."""

    raw: str
    note: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class ListText:
    """A list from its bracket at `start` to the place behind the other, `end`."""

    text: str
    start: int
    end: int
    entries: tuple[Entry, ...]
    tail: str
    # For an entry that has lines to itself: what stands there before and behind its value.
    _own: tuple[tuple[str, str] | None, ...] = field(repr=False)
    _head: str = field(repr=False)
    _raw_tail: str = field(repr=False)

    def with_entries(self, entries: Iterable[Entry], tail: str | None = None) -> str:
        """The whole text, with these entries in the list, one a line. One that is there already
        keeps its lines as they are. `tail` None: what is behind the last one stays."""
        newline = line_end(self.text)
        own = dict(zip(self.entries, self._own, strict=True))
        indent = self._indent()
        lines = [_line(entry, own.get(entry), indent, newline) for entry in entries]
        if tail is None or tail == self.tail:
            end = self._raw_tail
        else:
            end = "".join(_comments(tail, indent, newline)) + self._raw_tail.rpartition("\n")[2]
        inside = "".join(_separated(lines)) + end
        head = self._head or newline
        if not head.strip() and not inside.strip():
            head = inside = ""
        return f"{self.text[: self.start + 1]}{head}{inside}{self.text[self.end - 1 :]}"

    def _indent(self) -> str:
        first = next((own for own in self._own if own is not None), None)
        return _INDENT if first is None else first[0].rpartition("\n")[2]


def read_list(text: str, start: int) -> ListText:
    """The list whose opening bracket is at `start` of a valid TOML text."""
    raws, gaps = [], []
    at = start + 1
    while True:
        gap = _GAP.match(text, at)
        gaps.append(_gap(gap.group() if gap else ""))
        at += gap.end() - at if gap else 0
        if text.startswith("]", at):
            break
        end = value_end(text, at)
        raws.append(text[at:end])
        at = end
    entries, own = [], []
    for raw, before, behind in zip(raws, gaps, gaps[1:], strict=False):
        entries.append(Entry(raw, behind.note, before.above))
        alone = before.ends_line and behind.ends_line and not before.has_comma_below
        own.append((before.below, behind.behind) if alone else None)
    last = gaps[-1]
    if last.has_comma_below:
        raw_tail = "".join(_comments(last.above, _INDENT, line_end(text)))
    else:
        raw_tail = last.below if last.ends_line else ""
    return ListText(
        text, start, at + 1, tuple(entries), last.above, tuple(own), gaps[0].behind, raw_tail
    )


def line_end(text: str) -> str:
    """How the lines of a text end; "\\n" where it has none."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def clean_note(note: str) -> str:
    """A note as it can stand in a file, and as it is read from there."""
    return _CONTROL.sub(" ", note).strip(_BLANKS)


def clean_lines(above: str) -> str:
    """Comments and blank lines, likewise; text that is no comment becomes one."""
    return "".join(line + "\n" for line in _clean(above))


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two values: `behind` the one, up to its line's end, and `below`."""

    ends_line: bool
    note: str
    behind: str
    below: str
    above: str
    has_comma_below: bool


@lru_cache(maxsize=256)  # most gaps of a list are the same few
def _gap(text: str) -> _Gap:
    found = _BEHIND.match(text)
    if found is None:
        return _Gap(False, "", "", text, "", False)
    below = text[found.end() :]
    *lines, indent = below.split("\n")
    above, has_comma = "", "," in indent
    for line in lines:
        stripped = line.strip(_BLANKS)
        if stripped.startswith(","):
            has_comma = True
            stripped = stripped[1:].strip(_BLANKS)
            if not stripped:
                continue
        above += stripped + "\n"
    note = (found["note"] or "").strip(_BLANKS)
    return _Gap(True, note, found.group(), below, above, has_comma)


def value_end(text: str, at: int) -> int:
    """The place behind the value that begins at `at`."""
    if text[at] in "[{":
        return _nested_end(text, at)
    pattern = _STRING if text[at] in "\"'" else _OTHER_VALUE
    found = pattern.match(text, at)
    return at + len(found.group().rstrip(_BLANKS)) if found else at


def _nested_end(text: str, at: int) -> int:
    depth = 0
    while True:
        sign = text[at]
        if sign in "\"'#":
            found = (_COMMENT if sign == "#" else _STRING).match(text, at)
            at = found.end() if found else at + 1
            continue
        depth += (sign in "[{") - (sign in "]}")
        at += 1
        if depth == 0:
            return at


def _line(entry: Entry, own: tuple[str, str] | None, indent: str, newline: str) -> tuple[str, str]:
    """An entry's lines, up to its value's end and from there."""
    if own is not None:
        return own[0] + entry.raw, own[1]
    note = clean_note(entry.note)
    above = "".join(_comments(entry.above, indent, newline))
    return f"{above}{indent}{entry.raw}", f",{'  # ' if note else ''}{note}{newline}"


def _separated(lines: list[tuple[str, str]]) -> Iterator[str]:
    """Each line with its comma; the last one's is its user's choice."""
    for number, (value, behind) in enumerate(lines, 1):
        yield value
        if number < len(lines) and not behind.lstrip(_BLANKS).startswith(","):
            yield ","
        yield behind


def _comments(above: str, indent: str, newline: str) -> Iterator[str]:
    for line in _clean(above):
        yield f"{indent}{line}{newline}" if line else newline


def _clean(above: str) -> Iterator[str]:
    lines = above.split("\n")
    for line in lines if lines[-1] else lines[:-1]:
        line = _CONTROL.sub(" ", line).strip(_BLANKS)
        yield line if not line or line.startswith("#") else f"# {line}"
