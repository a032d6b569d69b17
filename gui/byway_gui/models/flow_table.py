"""Connections as a table: all that live and the last that ended, those of them that are wanted, in
the order that is wanted.

Filtered and sorted here and not by a QSortFilterProxyModel, which asks `data` for each comparison:
with 2,000 rows that takes a hundred times as long as list.sort.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain, count
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.engine_link.inbox import Batch, Key
from byway_gui.models.flow_entry import Entry
from byway_gui.models.rows import Rows, runs
from byway_gui.presenters.flow_details import brief
from byway_gui.presenters.flow_filter import Filter, Stand
from byway_gui.presenters.flow_order import CHANGING, value
from byway_gui.presenters.flows import (
    COUNTERS,
    NUMBERS,
    Column,
    Mark,
    Rates,
    application,
    cell,
    header,
    mark,
)
from byway_gui.theme import colour
from byway_gui.words import tr

Index = QModelIndex | QPersistentModelIndex
# Ended connections that are kept: as many as an engine keeps.
KEEP_CLOSED = 1000
# Spans of changed rows that are told one by one; more are told as one, and the view paints those
# that it shows.
_MOST_SPANS = 16

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LAST = len(Column) - 1
# Plain numbers: `data` is asked seven times for each cell that is painted, and looking an enum's
# member up costs as much as the answer.
_TEXT = int(Qt.ItemDataRole.DisplayRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_COLOUR = int(Qt.ItemDataRole.ForegroundRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_FIRST_ORDER = int(Qt.ItemDataRole.InitialSortOrderRole)
# Where a row's mark is seen as a colour; the words beside it say the same.
_MARKED = frozenset({Column.ACTION, Column.STATE})

_rank = attrgetter("rank")


class FlowTable(Rows):
    """`taking` comes before rows may come and go, so that a view can keep its place; `taken` after
    each change of rows or cells; `programs_changed` when there are connections of other
    programs."""

    taking = Signal()
    taken = Signal()
    programs_changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        keep_closed: int = KEEP_CLOSED,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._keep_closed = keep_closed
        self._clock = clock
        self._numbers = count()
        self._live: dict[Key, Entry] = {}
        self._ended: dict[Key, Entry] = {}  # in the order in which they ended
        self._programs: Counter[str] = Counter()
        self._filter, self._stand = Filter(), Stand.ALL
        self._column, self._descending = int(Column.TIME), True
        self._value = value(Column.TIME)
        self.recolour()

    # -- what happens

    def take(self, batch: Batch) -> None:
        """Take a batch in. What is looked at in an order that changes all the time is put in its
        place once, and moved by the next `tick`."""
        self.taking.emit()
        now, programs = self._clock(), set(self._programs)
        flows = self._flows_of(batch, now)
        voided: list[Entry] = []
        if batch.voided:  # those that are told anew at once keep their rows
            keys = [key for key in self._keys() if key[0] in batch.voided and key not in flows]
            voided = [self._forget(key) for key in keys]
        changed, worded, coming = self._become(flows, now)
        leaving = [e for e in (*voided, *self._forget_oldest(), *worded) if not self._is_shown(e)]
        moved = self._column not in CHANGING and self._rerank(worded, now)
        self._take_out(leaving)
        if moved:
            self._permute(self._sorted(self._rows))
        coming = [entry for entry in coming if self._is_shown(entry)]
        if coming:
            self._rerank(coming, now)
            # Two sorted runs: a merge.
            self._put_in(self._sorted([*self._rows, *self._sorted(coming)]))
        first = 0 if worded else COUNTERS[0]
        self._tell([entry.row for entry in changed if entry.row >= 0], first, _LAST)
        if programs != set(self._programs):
            self.programs_changed.emit()
        self.taken.emit()

    def tick(self) -> None:
        """What changes with time alone: ages, rates that have ended, and an order by what changes.
        To be called once a second while somebody looks."""
        now = self._clock()
        settled = [entry for entry in self._live.values() if entry.settle(now)]
        if self._column in CHANGING:
            self._reorder(now)
        self._tell([entry.row for entry in settled if entry.row >= 0], *COUNTERS)
        aged = [entry.row for entry in self._live.values() if entry.row >= 0]
        self._tell(aged, Column.AGE, Column.AGE)
        self.taken.emit()

    def _flows_of(self, batch: Batch, now: float) -> dict[Key, FlowSnapshot]:
        """The batch's, and those that end with their source."""
        flows = dict(batch.flows)
        for key, entry in self._live.items() if batch.ended else ():
            if key[0] in batch.ended and key[0] not in batch.voided:
                flows.setdefault(key, entry.flow)
        for key, flow in flows.items() if batch.ended else ():
            if key[0] in batch.ended and flow.state is not FlowState.CLOSED:
                flows[key] = replace(
                    flow, state=FlowState.CLOSED, closed=now, reason=tr("its engine has ended")
                )
        return flows

    def _become(
        self, flows: dict[Key, FlowSnapshot], now: float
    ) -> tuple[list[Entry], list[Entry], list[Entry]]:
        """The entries that have changed, those of them whose words have, and those that have no
        row yet."""
        changed, worded, coming = [], [], []
        live, ended, chosen = self._live, self._ended, self._filter
        for key, flow in flows.items():
            entry = live.get(key) or ended.get(key)
            if entry is None:
                entry = Entry(key, flow, next(self._numbers), now)
                self._programs[application(flow)] += 1
                renamed = True
            else:
                if entry.flow.process != flow.process:
                    self._discount(entry.flow)
                    self._programs[application(flow)] += 1
                renamed = entry.become(flow, now)
                changed.append(entry)
            if not renamed:
                continue
            worded.append(entry)
            entry.fits = self._fits(entry, chosen)
            self._file(entry)
            if entry.row < 0:
                coming.append(entry)
        return changed, worded, coming

    def _file(self, entry: Entry) -> None:
        here, there = self._live, self._ended
        if not entry.is_live:
            here, there = there, here
        there.pop(entry.key, None)
        here[entry.key] = entry

    def _forget_oldest(self) -> list[Entry]:
        # Some at once, as every removal costs a walk through the table.
        if len(self._ended) <= self._keep_closed * 1.1:
            return []
        keys = list(self._ended)
        return [self._forget(key) for key in keys[: len(keys) - self._keep_closed]]

    def _forget(self, key: Key) -> Entry:
        entry = self._live.pop(key, None) or self._ended.pop(key)
        entry.fits = False
        self._discount(entry.flow)
        return entry

    def _discount(self, flow: FlowSnapshot) -> None:
        program = application(flow)
        self._programs[program] -= 1
        if not self._programs[program]:
            del self._programs[program]

    def _tell(self, rows: list[int], first: int, last: int) -> None:
        """That cells of these rows have changed."""
        spans = runs(sorted(rows))
        if len(spans) > _MOST_SPANS:
            spans = [(spans[0][0], spans[-1][1])]
        for top, bottom in spans:
            self.dataChanged.emit(self.index(top, first), self.index(bottom, last))

    # -- what is wanted

    def choose(self, chosen: Filter, stand: Stand) -> None:
        """Show those that the filter takes and that stand so."""
        self.taking.emit()
        if chosen != self._filter:
            for entry in chain(self._live.values(), self._ended.values()):
                entry.fits = self._fits(entry, chosen)
        self._filter, self._stand = chosen, stand
        coming = [
            entry
            for entry in chain(self._live.values(), self._ended.values())
            if entry.row < 0 and self._is_shown(entry)
        ]
        self._rerank(coming, self._clock())
        stay = [entry for entry in self._rows if self._is_shown(entry)]
        self._shift(self._sorted([*stay, *coming]))
        self.taken.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column = column if 0 <= column <= _LAST else int(Column.TIME)
        self._descending = order is Qt.SortOrder.DescendingOrder
        self._value = value(self._column)
        self._reorder(self._clock())

    def _reorder(self, now: float) -> None:
        self._rerank(self._rows, now)
        self._permute(self._sorted(self._rows))

    def _rerank(self, entries: Iterable[Entry], now: float) -> bool:
        """True where one that is shown may stand in another place now."""
        moved, of = False, self._value
        for entry in entries:
            flow = entry.flow
            rank = (of(flow, entry.rates, now), flow.opened, entry.number)
            if rank != entry.rank:
                entry.rank = rank
                moved = moved or entry.row >= 0
        return moved

    def _sorted(self, entries: list[Entry]) -> list[Entry]:
        return sorted(entries, key=_rank, reverse=self._descending)

    def _is_shown(self, entry: Entry) -> bool:
        if not entry.fits or self._stand is Stand.ALL:
            return entry.fits
        return entry.is_live is (self._stand is Stand.LIVE)

    @staticmethod
    def _fits(entry: Entry, chosen: Filter) -> bool:
        if chosen.takes_all:
            return True
        fits_program = chosen.program is None or chosen.program == application(entry.flow)
        return fits_program and entry.has(chosen.words)

    # -- what is known

    def flow(self, row: int) -> FlowSnapshot:
        return self._rows[row].flow

    def key(self, row: int) -> Key:
        return self._rows[row].key

    def is_live(self, row: int) -> bool:
        return self._rows[row].is_live

    def find(self, key: Key) -> tuple[FlowSnapshot, Rates] | None:
        """One that is known, shown or not."""
        entry = self._live.get(key) or self._ended.get(key)
        return None if entry is None else (entry.flow, entry.rates)

    def row_of(self, key: Key) -> int:
        """-1 where it is not shown."""
        entry = self._live.get(key) or self._ended.get(key)
        return -1 if entry is None else entry.row

    def counts(self) -> dict[Stand, int]:
        """How many the filter takes of each stand."""
        live, ended = len(self._live), len(self._ended)
        if not self._filter.takes_all:
            live = sum(entry.fits for entry in self._live.values())
            ended = sum(entry.fits for entry in self._ended.values())
        return {Stand.LIVE: live, Stand.ENDED: ended, Stand.ALL: live + ended}

    def known(self) -> int:
        """How many there are, shown or not."""
        return len(self._live) + len(self._ended)

    def programs(self) -> list[str]:
        """What connections come from, as `application` has it."""
        return sorted(self._programs)

    def _keys(self) -> list[Key]:
        return [*self._live, *self._ended]

    # -- what is shown

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _TEXT) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == _TEXT:
            return header(section)
        if role == _ALIGNMENT:
            return _RIGHT if section in NUMBERS else _LEFT
        if role == _FIRST_ORDER and (section in NUMBERS or section == Column.TIME):
            return Qt.SortOrder.DescendingOrder
        return None

    def data(self, index: Index, role: int = _TEXT) -> Any:
        if role == _TEXT:
            entry = self._rows[index.row()]
            return cell(entry.flow, index.column(), entry.rates, self._clock())
        if role == _ALIGNMENT:
            return _RIGHT if index.column() in NUMBERS else None
        if role == _COLOUR:
            found = mark(self._rows[index.row()].flow)
            if found is Mark.REFUSED and index.column() not in _MARKED:
                found = Mark.ENDED
            return self._colours[found]
        if role == _TIP:
            return _plain(brief(self._rows[index.row()].flow))
        return None

    def recolour(self) -> None:
        """After a change of the palette."""
        self._colours = {
            Mark.LIVE: None,  # the view's own
            Mark.ENDED: colour("muted"),
            Mark.REFUSED: colour("bad"),
        }
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, _LAST))


def _plain(text: str) -> str:
    """A host's name must not be taken for markup by the tooltip."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"
