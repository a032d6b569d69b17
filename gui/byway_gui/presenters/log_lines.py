"""Lines of a log: from logging, from an engine's standard error, and as text again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from byway_core.model.decision import REJECT
from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.presenters.flows import destination
from byway_gui.words import tr, translated


class Level(IntEnum):
    """With logging's own numbers."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class Column(IntEnum):
    TIME = 0
    LEVEL = 1
    FLOW = 2
    TEXT = 3


@dataclass(frozen=True, slots=True)
class Record:
    """One line. `when` is a Unix time; `flow` the id of the connection that it is about, or ""."""

    when: float
    level: Level
    flow: str
    text: str


# Characters. What is longer is cut: a line is for reading, and a child that never ends one must not
# fill the memory. UTF-8 has at most four bytes for each.
LONGEST = 4096

_OURS = re.compile(r"byway(?: \w+)?: (?:(DEBUG|INFO|WARNING|ERROR|CRITICAL): )?(.*)", re.DOTALL)
_FLOW = re.compile(r"\b(?:flow|connection) (\d+\.\d+)\b")


def level_of(number: int) -> Level:
    """logging has levels in between and above."""
    return max((each for each in Level if each <= number), default=Level.DEBUG)


def records(when: float, level: Level, text: str, flow: str = "") -> list[Record]:
    """One for each line of a text, as a traceback has many."""
    if not flow and (found := _FLOW.search(text)) is not None:
        flow = found[1]
    return [Record(when, level, flow, line[:LONGEST]) for line in text.splitlines()]


def of_flow(flow: FlowSnapshot) -> Record | None:
    """What there is to log of a connection: that it has not ended well, and why. One that the rules
    refuse has ended as its user wants it."""
    if flow.state is not FlowState.CLOSED or not flow.reason:
        return None
    where = destination(flow)
    why = translated(flow.reason)
    text = f"{where} ({flow.action}): {why}" if flow.action else f"{where}: {why}"
    level = Level.INFO if flow.action == str(REJECT) else Level.WARNING
    return Record(flow.closed, level, flow.id, text[:LONGEST])


class StderrReader:
    """An engine's standard error: `byway: LEVEL: text`, a line each, in pieces as they come. A line
    of another form belongs to the one before and has its level."""

    def __init__(self) -> None:
        self._rest = b""
        self._level = Level.INFO

    def feed(self, piece: bytes, when: float) -> list[Record]:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._rest = self._rest[: LONGEST * 4]
        return [record for line in lines for record in self._read(line, when)]

    def end(self, when: float) -> list[Record]:
        """What has come without a line's end."""
        rest, self._rest = self._rest, b""
        return self._read(rest, when) if rest else []

    def _read(self, line: bytes, when: float) -> list[Record]:
        text = line[: LONGEST * 4].decode(errors="replace")
        found = _OURS.fullmatch(text)
        if found is not None:
            name, text = found.groups()
            self._level = level_of(_NUMBERS.get(name, Level.INFO))
        where = _FLOW.search(text)
        text = text.rstrip("\r")[:LONGEST]
        return [Record(when, self._level, where[1] if where is not None else "", text)]


_NUMBERS = {**Level.__members__, "CRITICAL": Level.ERROR}


# -- words


def level_word(level: Level) -> str:
    return {
        Level.DEBUG: tr("Debug"),
        Level.INFO: tr("Info"),
        Level.WARNING: tr("Warning"),
        Level.ERROR: tr("Error"),
    }[level]


def at_least(level: Level) -> str:
    """A choice of what is shown."""
    return {
        Level.DEBUG: tr("Everything"),
        Level.INFO: tr("Info and above"),
        Level.WARNING: tr("Warnings and errors"),
        Level.ERROR: tr("Errors only"),
    }[level]


def header(column: int) -> str:
    return {
        Column.TIME: tr("Time"),
        Column.LEVEL: tr("Level"),
        Column.FLOW: tr("Connection"),
        Column.TEXT: tr("What happened"),
    }[Column(column)]


def cell(record: Record, column: int) -> str:
    match column:
        case Column.TIME:
            return time.strftime("%H:%M:%S", time.localtime(record.when))
        case Column.LEVEL:
            return level_word(record.level)
        case Column.FLOW:
            return record.flow
    return record.text


def as_text(lines: Iterable[Record]) -> str:
    """For the clipboard and for files: not translated, so that anybody can be asked about it."""
    return "".join(f"{_line(record)}\n" for record in lines)


def _line(record: Record) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.when))
    flow = f" [{record.flow}]" if record.flow else ""
    return f"{when} {record.level.name}{flow} {record.text}"
