"""Words for a terminal: sizes, times, tables, and text that cannot play tricks on it."""

from __future__ import annotations

import time
from collections.abc import Sequence

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def printable(text: str) -> str:
    """`text` with everything that a terminal could obey (escapes, line ends, right-to-left
    overrides) or not show written as \\x.. or \\u....: names come from strangers."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def shortened(text: str, length: int) -> str:
    """At most so many characters; an ellipsis stands for the rest."""
    return text if len(text) <= length else text[: length - 1] + "…"


def size(count: int) -> str:
    """A number of bytes in at most seven characters: 999 B, 1.5 kB, 25 MB (powers of 1000)."""
    value = float(count)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B" or value >= 9.95:
        return f"{value:.0f} {unit}"
    return f"{value:.1f} {unit}"


def clock(moment: float, now: float | None = None) -> str:
    """A Unix time as the time of day here; with the date where that is not today."""
    then, today = time.localtime(moment), time.localtime(now)
    same_day = (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M:%S", then)


def duration(seconds: float) -> str:
    """The two largest units: 8 s, 2 min 5 s, 3 h 12 min, 4 d 1 h."""
    left = max(0, int(seconds))
    parts: list[str] = []
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def endpoint(host: str, port: int) -> str:
    """host:port, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column."""
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def row(cells: Sequence[str], columns: Sequence[int], right: Sequence[int] = ()) -> str:
    """One line of a table; the columns in `right` are set against the right edge."""
    parts = [
        cell.rjust(width) if index in right else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, columns, strict=True))
    ]
    return "  ".join(parts).rstrip()
