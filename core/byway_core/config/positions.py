"""Where in a TOML text each key and each value stands.

A scanner, not a parser: it runs only on text that the real parser has accepted, so it looks for
the shape and never for mistakes, and only when there is something to report. TOML 1.0 (toml.io),
and what 1.1 adds to strings and inline tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

import tomli

# A key's way from the top: names of tables and keys, and numbers in arrays.
Path = tuple[str | int, ...]

_BLANKS = re.compile(r"[ \t]*")
_FILL = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A multi-line string may end in two quotes of its own, before the three that close it.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_OTHER_VALUE = re.compile(r"[^,\]}#\n]*")
_CHARACTER = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|(?P<none>[ \t]*\n[ \t\n]*)|.)|.",
    re.DOTALL,
)


@dataclass(slots=True)
class Positions:
    """Places as offsets into the text, and those as lines and columns (both from 1, columns in
    characters)."""

    text: str
    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    # Where each `[header]` or `[[header]]` begins, and what path it opens, in the text's order.
    headers: list[tuple[int, Path]] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)

    def place_of_key(self, path: Path) -> tuple[int, int]:
        """Where the last part of `path` is written as a key; for what has no key of its own (an
        array's member), where it begins. (0, 0) for what is not in the text."""
        return self._place(self.keys.get(path, self.values.get(path)))

    def place_of_value(self, path: Path, offset: int | None = None) -> tuple[int, int]:
        """Where the value begins; inside a string, where its character number `offset` stands.
        For what has no value of its own (a table), where its key is."""
        start = self.values.get(path)
        if start is None:
            return self.place_of_key(path)
        if offset is not None:
            start = _inside(self.text, start, offset)
        return self._place(start)

    def _place(self, at: int | None) -> tuple[int, int]:
        if at is None:
            return 0, 0
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1


def scan(text: str) -> Positions:
    """`text` must be valid TOML. Places inside strings (`offset`) and columns are right where its
    lines end in "\\n"; offsets of keys and values are where they end in "\\r\\n" too."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


def _inside(text: str, start: int, offset: int) -> int:
    """The place of a string's character number `offset`; of its end where there are fewer."""
    quote = text[start]
    long = text.startswith(quote * 3, start)
    at = start + (3 if long else 1)
    if long and text.startswith("\n", at):
        at += 1  # the first line's end does not count
    if quote == "'":
        return at + offset
    while offset:
        match = _CHARACTER.match(text, at)
        if match is None or (match.group() == quote and not long):
            break
        offset -= match["none"] is None
        at = match.end()
    return at


class _Scanner:
    def __init__(self, text: str) -> None:
        self.found = Positions(text)
        self._text = text
        self._at = 0
        self._members: dict[Path, int] = {}  # the last number in each array of tables

    def document(self) -> None:
        table: Path = ()
        while self._skip(_FILL) < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Pass over what matches; the place behind it."""
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return self._at

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that the following keys are in."""
        start = self._at
        is_member = self._takes("[[") or not self._takes("[")
        path = self._key((), through_members=True)
        self._skip(_BLANKS)
        self._at += 2 if is_member else 1
        if is_member:
            self._members[path] = self._members.get(path, -1) + 1
        path = self._in_last_member(path)
        if is_member:
            self.found.keys[path] = start
        self.found.headers.append((start, path))
        return path

    def _in_last_member(self, path: Path) -> Path:
        number = self._members.get(path)
        return path if number is None else (*path, number)

    def _key(self, table: Path, *, through_members: bool = False) -> Path:
        """A dotted key; notes where each of its parts stands."""
        path = table
        while True:
            start = self._skip(_BLANKS)
            path = (*path, self._key_part())
            self.found.keys.setdefault(path, start)
            self._skip(_BLANKS)
            if not self._takes("."):
                return path
            if through_members:
                path = self._in_last_member(path)

    def _key_part(self) -> str:
        start = self._at
        if self._text[start] not in "\"'":
            return self._text[start : self._skip(_BARE_KEY)]
        written = self._text[start : self._skip(_STRING)]
        return str(tomli.loads(f"key = {written}")["key"])

    def _pair(self, table: Path) -> None:
        path = self._key(table)
        self._takes("=")
        self._skip(_BLANKS)
        self._value(path)

    def _value(self, path: Path) -> None:
        self.found.values[path] = self._at
        if self._takes("["):
            self._array(path)
        elif self._takes("{"):
            self._inline_table(path)
        elif self._text[self._at] in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_OTHER_VALUE)

    def _array(self, path: Path) -> None:
        number = 0
        self._skip(_FILL)
        while not self._takes("]"):
            self._value((*path, number))
            number += 1
            self._skip(_FILL)
            self._takes(",")
            self._skip(_FILL)

    def _inline_table(self, path: Path) -> None:
        self._skip(_FILL)
        while not self._takes("}"):
            self._pair(path)
            self._skip(_FILL)
            self._takes(",")
            self._skip(_FILL)
