"""`python -m bench.connections_page`: how long the page of connections keeps the GUI's loop.

2,000 live connections, all of which change in each of ten batches a second. A timer without an
interval beats whenever the loop has been round once, so a gap between two beats is a turn, whatever
was in it: taking a batch in, sorting, painting. Each batch's longest turn until the next batch
counts, by the wall clock and by the thread's processor time, which other programs do not disturb.
Batches are made beforehand. No network and no root; it draws on the screen there is, else on none.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from bench.report import as_text
from byway_core.model.decision import Network
from byway_core.model.flow import FlowSnapshot, FlowState, HostSource
from byway_gui.engine_link.inbox import Batch, Key
from byway_gui.garbage import collect_here
from byway_gui.models.flow_table import FlowTable
from byway_gui.presenters.flows import Column
from byway_gui.theme import Look, Theme
from byway_gui.windows.connections_page import ConnectionsPage

ROWS = 2000
BATCHES_A_SECOND = 10
# What a turn may take: a frame at 60 Hz has 16.7 ms.
TARGET = 20.0
# Of those that come and go, in each batch: 200 a second.
TURNOVER = 20
# The first batches warm everything up; a second of them has rates and a renewed order too.
WARM = 12

_HOSTS = ("www.example.com", "api.example.net", "cdn.static.example.org", "mail.example")
_RULES = (("DOMAIN-SUFFIX,example.com,office", 0, "office"), ("MATCH,DIRECT", 99, "DIRECT"))


@dataclass(frozen=True, slots=True)
class Scene:
    title: str
    arrange: Callable[[ConnectionsPage], None]
    turnover: int = 0


def _by_rate(page: ConnectionsPage) -> None:
    page.view.sortByColumn(Column.DOWN_RATE, Qt.SortOrder.DescendingOrder)


def _filtered(page: ConnectionsPage) -> None:
    page.bar.line.setText("example office")


def _scrolled(page: ConnectionsPage) -> None:
    page.view.selectRow(ROWS // 2)
    page.view.scrollTo(page.view.currentIndex())


def _everything(page: ConnectionsPage) -> None:
    _by_rate(page)
    page.does.details.setChecked(True)
    page.view.selectAll()


SCENES = (
    Scene("newest first", lambda page: None),
    Scene("sorted by a rate", _by_rate),
    Scene("filtered by two words", _filtered),
    Scene("200/s come and go, scrolled", _scrolled, TURNOVER),
    Scene("200/s, by a rate, all chosen, details", _everything, TURNOVER),
)


def flow(number: int, now: float) -> FlowSnapshot:
    rule, index, action = _RULES[number % len(_RULES)]
    return FlowSnapshot(
        id=f"4711.{number}",
        opened=now - 60 + number / 1000,
        closed=0.0,
        network=Network.TCP,
        source="127.0.0.1",
        source_port=1024 + number % 60000,
        address=f"198.51.100.{number % 250}",
        port=443,
        host=f"{number}.{_HOSTS[number % len(_HOSTS)]}",
        host_source=HostSource.DNS,
        action=action,
        rule=rule,
        rule_index=index,
        state=FlowState.OPEN,
        up=0,
        down=0,
        reason="",
        program=f"program-{number % 5} --quiet",
    )


def batches(count: int, turnover: int) -> Iterator[Batch]:
    """The first has all rows; each next one changes every live row's byte counts."""
    now, chance = time.time(), random.Random(7)
    live: dict[Key, FlowSnapshot] = {(1, f"4711.{n}"): flow(n, now) for n in range(ROWS)}
    yield Batch(frozenset(), dict(live), frozenset())
    for batch in range(count):
        told: dict[Key, FlowSnapshot] = {}
        for key, known in live.items():
            up, down = chance.randrange(2_000), chance.randrange(200_000)
            told[key] = live[key] = replace(known, up=known.up + up, down=known.down + down)
        for key in list(live)[:turnover]:
            told[key] = replace(live.pop(key), state=FlowState.CLOSED, closed=now)
        for number in range(ROWS + batch * turnover, ROWS + (batch + 1) * turnover):
            key = (1, f"4711.{number}")
            told[key] = live[key] = flow(number, now)
        yield Batch(frozenset(), told, frozenset())


class Beats:
    """The loop's turns. `longest` has one pair for each batch: wall clock, processor time; ms."""

    def __init__(self, page: ConnectionsPage, told: Sequence[Batch], table: FlowTable) -> None:
        self.longest: list[tuple[float, float]] = []
        self._table, self._left = table, list(reversed(told))
        self._worst = (0.0, 0.0)
        self._last = (time.perf_counter(), time.thread_time())
        self._beat = QTimer(page)
        self._beat.timeout.connect(self._turn)
        self._feed = QTimer(page)
        self._feed.setTimerType(Qt.TimerType.PreciseTimer)
        self._feed.setInterval(1000 // BATCHES_A_SECOND)
        self._feed.timeout.connect(self._next)

    def run(self, application: QApplication) -> None:
        self._feed.start()
        self._beat.start(0)
        application.exec()

    def _turn(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        wall, processor = ((b - a) * 1000 for a, b in zip(self._last, now, strict=True))
        self._worst = max(self._worst[0], wall), max(self._worst[1], processor)
        self._last = now

    def _next(self) -> None:
        self.longest.append(self._worst)
        self._worst = (0.0, 0.0)
        if not self._left:
            self._feed.stop()
            self._beat.stop()
            QApplication.exit()
            return
        self._table.take(self._left.pop())


def measure(application: QApplication, scene: Scene, seconds: float) -> list[tuple[float, float]]:
    """Each batch's longest turn."""
    first, *told = batches(int(seconds * BATCHES_A_SECOND) + WARM, scene.turnover)
    with tempfile.TemporaryDirectory() as folder:
        kept = QSettings(str(Path(folder) / "page.ini"), QSettings.Format.IniFormat)
        table = FlowTable()
        page = ConnectionsPage(table, kept, lambda: ["DIRECT", "REJECT"], lambda key: None)
        page.resize(1280, 800)
        page.show()
        table.take(first)
        scene.arrange(page)
        application.processEvents()
        gc.collect()
        gc.freeze()  # the app has no batches of the future, which the collector would look through
        beats = Beats(page, told, table)
        beats.run(application)
        page.hide()
        page.deleteLater()
        application.processEvents()
        kept.sync()
    return beats.longest[1 + WARM :]


def row(title: str, turns: Sequence[tuple[float, float]]) -> list[str]:
    cells = [title]
    for each in zip(*turns, strict=True):
        ordered = sorted(each)
        most = ordered[int(len(ordered) * 0.99)]
        cells += [f"{statistics.median(each):.1f}", f"{most:.1f}", f"{ordered[-1]:.1f}"]
    worst = max(processor for _, processor in turns)
    return [*cells, "kept" if worst < TARGET else "MISSED"]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.connections_page", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each scene (10)")
    options = parser.parse_args(argv)
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication([])
    Look(application, Theme.LIGHT)
    collect_here(application)
    rows = [["ms a turn", "median", "99 %", "worst", "CPU median", "99 %", "worst", f"< {TARGET}"]]
    for scene in SCENES:
        rows.append(row(scene.title, measure(application, scene, options.seconds)))
    print(f"{ROWS:,} live connections, all changing {BATCHES_A_SECOND} times a second;", end=" ")
    print(f"each batch's longest turn of the loop, on {application.platformName()}\n")
    print(as_text(rows))
    return int(any(cells[-1] == "MISSED" for cells in rows[1:]))


if __name__ == "__main__":
    sys.exit(main())
