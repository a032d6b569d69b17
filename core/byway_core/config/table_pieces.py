"""A TOML text cut before each of its headers, comments included, so that a table can be changed, or
take another place, with all that was written there. It must not change anything itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from byway_core.config.list_text import value_end
from byway_core.config.positions import Path, Positions

_COMMENT_LINE = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class Piece:
    """A header's place, from the comments that touch it, to where the blank lines behind its table
    begin, and end. `path` () is what comes before all headers."""

    path: Path
    start: int
    body_end: int
    end: int

    def body(self, text: str) -> str:
        return text[self.start : self.body_end]


class Pieces:
    """A text cut before each header and the comments right above it."""

    def __init__(self, text: str, positions: Positions) -> None:
        self._text = text
        self._values = sorted(positions.values.values())
        starts = [self._start(at) for at, _ in positions.headers] + [len(text)]
        self._root = self._piece((), 0, starts[0])
        self.tables = [
            self._piece(path, start, end)
            for (_, path), start, end in zip(positions.headers, starts, starts[1:], strict=False)
        ]

    def home(self, table: Path) -> Piece:
        """Where a key of that table belongs: under its own header, or that of one it is in."""
        found = [slot for slot in self.tables if slot.path == table[: len(slot.path)]]
        return max(found, key=lambda slot: len(slot.path), default=self._root)

    def members(self, array: Path) -> list[Piece]:
        """Those of an array of tables, each with the tables inside it."""
        found: list[Piece] = []
        for piece in self.tables:
            if piece.path[: len(array)] != array:
                continue
            if len(piece.path) > len(array) + 1 and found and found[-1].end == piece.start:
                piece = replace(piece, path=found[-1].path, start=found.pop().start)
            found.append(piece)
        return found

    def _start(self, header: int) -> int:
        """The line's beginning of a header, or of the first of the comments that touch it."""
        text = self._text
        index = bisect_left(self._values, header)
        # A line that begins with "#" may still be the end of a long string.
        least = value_end(text, self._values[index - 1]) if index else 0
        start = text.rfind("\n", 0, header) + 1
        while start:
            above = text.rfind("\n", 0, start - 1) + 1
            if above < least or not _COMMENT_LINE.match(text, above):
                break
            start = above
        return start

    def _piece(self, path: Path, start: int, end: int) -> Piece:
        """Its body ends with its last line."""
        body = self._text[start:end].rstrip(" \t\r\n")
        line = self._text.find("\n", start + len(body), end) + 1
        return Piece(path, start, line or end, end)
