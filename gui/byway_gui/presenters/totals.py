"""What has gone through an engine since it was turned on, by target."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import IntEnum

from byway_core.api.wire import EngineStatus
from byway_gui.presenters.flows import size
from byway_gui.presenters.targets import target
from byway_gui.words import joined, tr, tr_n

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Column(IntEnum):
    TARGET = 0
    FLOWS = 1
    LIVE = 2
    UP = 3
    DOWN = 4


@dataclass(frozen=True, slots=True)
class Target:
    """One row; bytes."""

    name: str
    flows: int
    live: int
    up: int
    down: int


def targets(status: EngineStatus) -> tuple[Target, ...]:
    """In the profile's order."""
    return tuple(
        Target(name, each.flows, each.live, each.up, each.down)
        for name, each in status.actions.items()
    )


def header(column: int) -> str:
    return {
        Column.TARGET: tr("Goes"),
        Column.FLOWS: tr("Connections"),
        Column.LIVE: tr("Live"),
        Column.UP: tr("Sent"),
        Column.DOWN: tr("Received"),
    }[Column(column)]


def cell(row: Target, column: int) -> str:
    match column:
        case Column.FLOWS:
            return f"{row.flows:,}"
        case Column.LIVE:
            return f"{row.live:,}"
        case Column.UP:
            return size(row.up)
        case Column.DOWN:
            return size(row.down)
    return target(row.name)


def summary(status: EngineStatus | None, now: float) -> str:
    """The engine in two sentences; `now` is a Unix time."""
    if status is None:
        return tr("Byway is off: nothing is counted.")
    since = tr(
        "On since {clock}, for {duration}.",
        clock=clock(status.since, now),
        duration=duration(now - status.since),
    )
    live = f"{status.live:,}"
    flows = tr_n(
        "{n} connection, {live} live.", "{n} connections, {live} live.", status.flows, live=live
    )
    sizes = tr("{up} sent, {down} received.", up=size(status.up), down=size(status.down))
    return joined(since, flows, sizes)


def clock(when: float, now: float) -> str:
    """A time of day; with its date where it is not today."""
    then, today = time.localtime(when), time.localtime(now)
    same = then[:3] == today[:3]
    return time.strftime("%H:%M:%S" if same else "%Y-%m-%d %H:%M:%S", then)


def duration(seconds: float) -> str:
    """The largest unit that is full."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return tr_n("{n} second", "{n} seconds", whole)
    if whole < _HOUR:
        return tr_n("{n} minute", "{n} minutes", whole // _MINUTE)
    if whole < _DAY:
        return tr_n("{n} hour", "{n} hours", whole // _HOUR)
    return tr_n("{n} day", "{n} days", whole // _DAY)
