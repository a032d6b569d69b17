"""The table of connections, held against a plain list by Qt's own model tester."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.support.snapshots import FLOW

from byway_core.model.decision import Process
from byway_core.model.flow import FlowSnapshot, FlowState
from byway_gui.engine_link.inbox import Batch, Key
from byway_gui.models.flow_table import FlowTable
from byway_gui.models.rows import runs
from byway_gui.presenters.flow_filter import Filter, Stand
from byway_gui.presenters.flow_order import CHANGING
from byway_gui.presenters.flows import Column
from byway_gui.theme import colour

KEEP = 20
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def batch(
    flows: Mapping[Key, FlowSnapshot] | None = None,
    voided: frozenset[int] = frozenset(),
    ended: frozenset[int] = frozenset(),
) -> Batch:
    return Batch(voided, flows or {}, ended)


def flow(number: int, *, closed: bool = False, up: int = 0, **more: object) -> FlowSnapshot:
    state = FlowState.CLOSED if closed else FlowState.OPEN
    made = replace(FLOW, id=f"1.{number}", opened=float(number), state=state, up=up)
    return replace(made, **more)


def many(first: int, last: int, *, closed: bool = False, source: int = 1, up: int = 0) -> Batch:
    return batch({(source, f"1.{n}"): flow(n, closed=closed, up=up) for n in range(first, last)})


def one(number: int, **more: object) -> Batch:
    return batch({(1, f"1.{number}"): flow(number, **more)})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(qapp: object, clock: Clock) -> FlowTable:
    return made(clock)


def made(clock: Clock) -> FlowTable:
    table = FlowTable(keep_closed=KEEP, clock=clock)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    QAbstractItemModelTester(table, mode, table)
    return table


def ids(table: FlowTable) -> list[str]:
    return [table.flow(row).id for row in range(table.rowCount())]


def numbers(table: FlowTable) -> list[int]:
    return [int(each.partition(".")[2]) for each in ids(table)]


def changes(table: FlowTable) -> list[tuple[int, int, int, int]]:
    """From here on: first and last row, first and last column."""
    spans: list[tuple[int, int, int, int]] = []
    table.dataChanged.connect(
        lambda first, last: spans.append((first.row(), last.row(), first.column(), last.column()))
    )
    return spans


# -- what happens --------------------------------------------------------------------------------


def test_the_newest_is_on_top(table: FlowTable) -> None:
    table.take(many(0, 2))
    table.take(many(2, 4))
    assert ids(table) == ["1.3", "1.2", "1.1", "1.0"]


def test_an_older_one_that_is_told_later_has_its_place(table: FlowTable) -> None:
    table.take(many(4, 6))
    table.take(many(0, 2))
    assert numbers(table) == [5, 4, 1, 0]


def test_only_what_changed_is_told(table: FlowTable) -> None:
    table.take(many(0, 5))
    spans = changes(table)
    table.take(batch({(1, "1.1"): flow(1, up=7), (1, "1.3"): flow(3, up=9)}))
    assert spans == [(1, 1, Column.DOWN_RATE, Column.AGE), (3, 3, Column.DOWN_RATE, Column.AGE)]
    assert [table.flow(row).up for row in range(5)] == [0, 9, 0, 7, 0]
    spans.clear()
    table.take(one(2, closed=True))
    assert spans == [(2, 2, 0, Column.AGE)]


def test_many_scattered_changes_are_told_as_one(table: FlowTable) -> None:
    table.take(many(0, 100))
    spans = changes(table)
    table.take(batch({(1, f"1.{n}"): flow(n, up=1) for n in range(0, 100, 2)}))
    assert spans == [(1, 99, Column.DOWN_RATE, Column.AGE)]


def test_what_lives_is_never_dropped(table: FlowTable) -> None:
    table.take(many(0, 30))
    for start in range(30, 330, 30):
        table.take(many(start, start + 30, closed=True))
    assert table.rowCount() <= 30 + KEEP * 1.1
    assert ids(table)[-30:] == [f"1.{n}" for n in reversed(range(30))]
    assert ids(table)[0] == "1.329"


def test_the_last_that_ended_are_kept(table: FlowTable) -> None:
    """However old they are."""
    table.take(many(0, 1))
    table.take(many(1, 31, closed=True))
    table.take(one(0, closed=True))
    table.take(many(31, 35, closed=True))
    assert 0 in numbers(table)


def test_an_engines_end_ends_what_lived(table: FlowTable, clock: Clock) -> None:
    table.take(many(0, 2))
    table.take(many(2, 4, source=2))
    table.take(batch({(1, "1.9"): flow(9)}, ended=frozenset({1})))
    states = {f.id: (f.state, f.reason) for f in map(table.flow, range(table.rowCount()))}
    ended = (FlowState.CLOSED, "its engine has ended")
    assert [states[f"1.{n}"] for n in (0, 1, 9)] == [ended] * 3
    assert [states[f"1.{n}"] for n in (2, 3)] == [(FlowState.OPEN, "")] * 2
    assert table.flow(0).closed == clock.now


def test_numbers_may_come_again(table: FlowTable) -> None:
    table.take(many(0, 2))
    table.take(many(0, 2, source=2))
    assert table.rowCount() == 4


def test_what_is_told_anew_at_once_keeps_its_row(table: FlowTable) -> None:
    table.take(many(0, 5))
    held = QPersistentModelIndex(table.index(1, 0))
    table.take(batch(many(2, 7).flows, voided=frozenset({1})))
    assert numbers(table) == [6, 5, 4, 3, 2]
    assert held.row() == numbers(table).index(3)


# -- rates ---------------------------------------------------------------------------------------


def rates(table: FlowTable) -> tuple[str, str]:
    """Of the first row: up, down."""
    up = table.index(0, Column.UP_RATE).data()
    return up, table.index(0, Column.DOWN_RATE).data()


def test_a_rate_is_the_difference_of_two_batches(table: FlowTable, clock: Clock) -> None:
    table.take(one(1, up=5_000, down=0))
    assert rates(table) == ("", "")
    clock.now += 2
    table.take(one(1, up=9_000, down=100))
    assert rates(table) == ("2.0 kB/s", "50 B/s")


def test_a_rate_does_not_flicker_between_close_batches(table: FlowTable, clock: Clock) -> None:
    table.take(one(1, up=0, down=0))
    for eighth in range(1, 9):
        clock.now += 0.125
        table.take(one(1, up=eighth * 125, down=0 if eighth < 8 else 10_000))
    assert rates(table) == ("1.0 kB/s", "20.0 kB/s")


def test_a_rate_ends_when_nothing_comes_and_when_it_closes(table: FlowTable, clock: Clock) -> None:
    table.take(one(1, up=0))
    clock.now += 1
    table.take(one(1, up=1000))
    clock.now += 1
    table.tick()
    assert rates(table)[0] == "1.0 kB/s"
    clock.now += 2
    spans = changes(table)
    table.tick()
    assert rates(table)[0] == ""
    assert spans == [(0, 0, Column.DOWN_RATE, Column.AGE), (0, 0, Column.AGE, Column.AGE)]
    # What then comes has come since the engine's last look, and not in all the time of quiet.
    clock.now += 60
    table.take(one(1, up=6000))
    assert rates(table)[0] == "5.0 kB/s"
    table.take(one(1, up=6000, closed=True))
    assert rates(table)[0] == ""


def test_a_clock_that_is_set_back_makes_no_rate(table: FlowTable, clock: Clock) -> None:
    table.take(one(1, up=0))
    clock.now -= 3600
    table.take(one(1, up=100))
    assert rates(table)[0] == ""
    clock.now += 1
    table.take(one(1, up=300))
    assert rates(table)[0] == "300 B/s"


# -- order ---------------------------------------------------------------------------------------


def test_sorted_by_what_does_not_change_rows_come_into_their_places(table: FlowTable) -> None:
    table.sort(Column.DESTINATION, UP)
    for number, host in enumerate("dbeac"):
        table.take(one(number, host=host))
    assert [table.flow(row).host for row in range(5)] == list("abcde")
    table.sort(Column.DESTINATION, DOWN)
    assert [table.flow(row).host for row in range(5)] == list("edcba")


def test_a_word_that_changes_moves_its_row_at_once(table: FlowTable) -> None:
    table.sort(Column.ACTION, UP)
    table.take(batch({(1, f"1.{n}"): flow(n, action="b") for n in range(3)}))
    held = QPersistentModelIndex(table.index(1, 0))
    table.take(one(1, action="a"))
    assert numbers(table) == [1, 0, 2]
    assert held.row() == 0


@pytest.mark.parametrize("column", sorted(CHANGING))
def test_an_order_by_what_changes_waits_for_the_tick(
    table: FlowTable, clock: Clock, column: Column
) -> None:
    table.sort(Column.SENT, DOWN)
    table.take(many(0, 5))
    before = numbers(table)
    clock.now += 1
    table.take(batch({(1, "1.2"): flow(2, up=999)}))
    assert numbers(table) == before
    table.tick()
    assert numbers(table)[0] == 2


def test_equal_ones_stand_by_time(table: FlowTable) -> None:
    table.take(many(0, 6))
    table.sort(Column.PROGRAM, DOWN)
    assert numbers(table) == [5, 4, 3, 2, 1, 0]
    table.sort(Column.PROGRAM, UP)
    assert numbers(table) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("column", Column)
def test_every_column_sorts_as_it_says(table: FlowTable, column: Column) -> None:
    first = flow(1, program="a", host="a", address="198.51.100.1", source="192.0.0.1")
    first = replace(first, action="a", rule_index=0, state=FlowState.CONNECTING, down=1, up=1)
    second = flow(2, program="b", host="b", address="198.51.100.2", source="192.0.0.2")
    second = replace(second, action="b", rule_index=1, state=FlowState.OPEN, down=2, up=2)
    second = replace(second, host_source=type(FLOW.host_source).REQUEST)
    table.take(batch({(1, "1.1"): first, (1, "1.2"): second}))
    table.sort(column, UP)
    # Who came first is older; nothing flows yet, and who are equal stand by time.
    second_is_less = {Column.AGE, Column.LEARNED}
    assert numbers(table) == ([2, 1] if column in second_is_less else [1, 2])


def test_heads_say_which_way_comes_first(table: FlowTable) -> None:
    first = Qt.ItemDataRole.InitialSortOrderRole
    orders = [table.headerData(c, Qt.Orientation.Horizontal, first) for c in Column]
    assert orders[Column.DOWN_RATE] == orders[Column.TIME] == DOWN
    assert orders[Column.PROGRAM] is None


# -- filter --------------------------------------------------------------------------------------


def test_all_words_must_be_found(table: FlowTable) -> None:
    table.take(batch({(1, "1.1"): flow(1, host="mail.example"), (1, "1.2"): flow(2, action="x")}))
    table.choose(Filter(("mail", "office")), Stand.ALL)
    assert numbers(table) == [1]
    table.choose(Filter(("mail", "x")), Stand.ALL)
    assert numbers(table) == [1]  # "x" is in "example"
    table.choose(Filter(("mail", "nowhere")), Stand.ALL)
    assert numbers(table) == []
    assert table.known() == 2


def test_what_ends_leaves_the_live_ones(table: FlowTable) -> None:
    table.choose(Filter(), Stand.LIVE)
    table.take(many(0, 5))
    held = QPersistentModelIndex(table.index(4, 0))
    table.take(batch({(1, f"1.{n}"): flow(n, closed=True) for n in (1, 3)}))
    assert numbers(table) == [4, 2, 0]
    assert held.row() == 2
    assert table.counts() == {Stand.LIVE: 3, Stand.ENDED: 2, Stand.ALL: 5}
    table.choose(Filter(), Stand.ENDED)
    assert numbers(table) == [3, 1]
    table.take(one(0, closed=True))
    assert numbers(table) == [3, 1, 0]


def test_rows_with_many_gaps_keep_what_is_held(table: FlowTable) -> None:
    """More groups than are told one by one, out and in again."""
    odd = {(1, f"1.{n}"): flow(n, program="odd" if n % 2 else "even") for n in range(60)}
    table.take(batch(odd))
    held = [QPersistentModelIndex(table.index(row, 3)) for row in range(60)]
    table.choose(Filter(program="odd"), Stand.ALL)
    assert numbers(table) == list(range(59, 0, -2))
    assert [index.row() for index in held] == [
        row // 2 if row % 2 == 0 else -1 for row in range(60)
    ]
    table.choose(Filter(), Stand.ALL)
    assert numbers(table) == list(range(59, -1, -1))
    assert [index.row() for index in held][::2] == list(range(0, 60, 2))


def test_a_name_that_is_learned_counts_for_the_filter(table: FlowTable) -> None:
    table.choose(Filter(("late",)), Stand.ALL)
    table.take(one(1, host=""))
    assert numbers(table) == []
    table.take(one(1, host="late.example"))
    assert numbers(table) == [1]
    assert table.counts()[Stand.ALL] == 1


def test_one_programs_connections(table: FlowTable) -> None:
    told: list[list[str]] = []
    table.programs_changed.connect(lambda: told.append(table.programs()))
    table.take(batch({(1, "1.1"): flow(1, program="a"), (1, "1.2"): flow(2, program="")}))
    table.take(one(1, program="a", up=5))
    table.choose(Filter(program=""), Stand.ALL)
    assert numbers(table) == [2]
    table.take(batch(voided=frozenset({1})))
    assert told == [["", "a"], []]


def test_a_program_that_becomes_known(table: FlowTable) -> None:
    curl = Process("/usr/bin/curl", "curl", 1000)
    table.take(one(1, program=""))
    table.choose(Filter(program="curl"), Stand.ALL)
    assert numbers(table) == []
    table.take(one(1, program="", process=curl))
    assert numbers(table) == [1]
    assert table.data(table.index(0, Column.PROGRAM)) == "curl"
    assert table.programs() == ["curl"]
    table.take(one(1, program="", process=curl, closed=True))
    assert table.programs() == ["curl"]
    table.choose(Filter(("cur",)), Stand.ENDED)
    assert numbers(table) == [1]


# -- what is shown -------------------------------------------------------------------------------


def test_what_is_shown(table: FlowTable) -> None:
    table.take(batch({(1, "a"): replace(FLOW, program="<b>bold</b> & more")}))
    index = table.index(0, Column.DESTINATION)
    assert table.data(index) == "www.example.com:443"
    tip = table.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b>bold&lt;/b> &amp; more<br>" in tip
    horizontal = Qt.Orientation.Horizontal
    headers = [table.headerData(column, horizontal) for column in range(table.columnCount())]
    assert headers[:3] == ["Started", "Program", "Destination"]
    assert table.headerData(0, Qt.Orientation.Vertical) is None


def test_marks_are_colours_beside_words(table: FlowTable) -> None:
    refused = flow(3, closed=True, action="REJECT", reason="refused by the rules")
    table.take(batch({(1, "1.1"): flow(1), (1, "1.2"): flow(2, closed=True), (1, "1.3"): refused}))
    role = Qt.ItemDataRole.ForegroundRole
    seen = [table.index(row, Column.ACTION).data(role) for row in range(3)]
    assert seen == [colour("bad"), colour("muted"), None]
    assert table.index(0, Column.ACTION).data() == "Refused"
    assert table.index(0, Column.TIME).data(role) == colour("muted")


def test_numbers_are_on_the_right(table: FlowTable) -> None:
    table.take(many(0, 1))
    role = Qt.ItemDataRole.TextAlignmentRole
    right = [c for c in Column if (table.index(0, c).data(role) or 0) & Qt.AlignmentFlag.AlignRight]
    assert right == list(Column)[Column.DOWN_RATE :]


def test_runs() -> None:
    assert runs([]) == []
    assert runs([0, 1, 2, 5, 7, 8]) == [(0, 2), (5, 5), (7, 8)]


# -- against a plain list ------------------------------------------------------------------------

# source, number, closed, up, which of three words
FLOWS = st.tuples(
    st.integers(1, 3), st.integers(0, 60), st.booleans(), st.integers(0, 3), st.integers(0, 2)
)
BATCHES = st.tuples(
    st.lists(FLOWS, max_size=25),
    st.sets(st.integers(1, 3), max_size=1),
    st.sets(st.integers(1, 3), max_size=1),
)
VIEWS = st.tuples(
    st.sampled_from([(), ("aaa",), ("bbb", "443"), ("nothing",)]),
    st.sampled_from(Stand),
    st.sampled_from([Column.TIME, Column.DESTINATION, Column.ACTION, Column.SENT, Column.STATE]),
    st.sampled_from([UP, DOWN]),
)
HOSTS = ("aaa.test", "bbb.test", "")


def naive_order(flows: dict[Key, FlowSnapshot], column: int, came: list[Key]) -> list[Key]:
    """By the column, then by time, then as they came."""
    life = [FlowState.SNIFFING, FlowState.CONNECTING, FlowState.OPEN, FlowState.CLOSED]

    def rank(key: Key) -> tuple[object, ...]:
        f = flows[key]
        by: dict[int, object] = {
            Column.TIME: f.opened,
            Column.DESTINATION: (f.host or f.address, f.port),
            Column.ACTION: f.action,
            Column.SENT: f.up,
            Column.STATE: (life.index(f.state), f.reason or f.state.value),
        }
        return by[column], f.opened, came.index(key)

    return sorted(flows, key=rank)


@settings(max_examples=60, deadline=None)  # the tester looks at every row after every step
@given(st.lists(st.one_of(BATCHES, VIEWS), max_size=14))
def test_any_batches(
    qapp: object, steps: list[tuple[list[tuple[int, ...]], set[int], set[int]]]
) -> None:
    """Against a dictionary: what lives is all there, what has ended as far as it is kept, each in
    its place, and an index that is held stays on its row."""
    clock = Clock()
    table, naive, came = made(clock), dict[Key, FlowSnapshot](), list[Key]()
    words, stand, column, order = (), Stand.ALL, Column.TIME, DOWN
    for step in steps:
        held = {
            table.key(row): QPersistentModelIndex(table.index(row, row % len(Column)))
            for row in range(table.rowCount())
        }
        if len(step) == 4:
            words, stand, column, order = step
            table.sort(column, order)
            table.choose(Filter(words), stand)
        else:
            flows, voided, ended = step
            changed = {
                (s, f"1.{n}"): flow(n, closed=closed, up=up, host=HOSTS[word])
                for s, n, closed, up, word in flows
            }
            table.take(batch(changed, frozenset(voided), frozenset(ended)))
            gone = {key for key in naive if key[0] in voided and key not in changed}
            naive = {key: f for key, f in naive.items() if key not in gone} | changed
            came = [key for key in came if key not in gone]
            came += [key for key in changed if key not in came]
            for key, known in naive.items():
                if key[0] in ended and known.state is FlowState.OPEN:
                    naive[key] = replace(
                        known,
                        state=FlowState.CLOSED,
                        closed=clock.now,
                        reason="its engine has ended",
                    )
            table.tick()
        kept = {key: found[0] for key in naive if (found := table.find(key)) is not None}
        assert all(naive[key] == known for key, known in kept.items())
        closed = [key for key, known in naive.items() if known.state is FlowState.CLOSED]
        lost = [key for key in naive if key not in kept]
        assert set(lost) <= set(closed)
        assert min(len(closed), KEEP) <= len(closed) - len(lost) <= KEEP * 1.1
        naive, came = kept, [key for key in came if key in kept]

        fitting = {
            key: known
            for key, known in naive.items()
            if all(word in f"{known.host or known.address}:443" for word in words)
        }
        live = {key for key, known in fitting.items() if known.state is FlowState.OPEN}
        chosen = {Stand.ALL: set(fitting), Stand.LIVE: live, Stand.ENDED: set(fitting) - live}
        assert table.counts() == {each: len(chosen[each]) for each in Stand}
        expected = naive_order({key: naive[key] for key in chosen[stand]}, column, came)
        shown = [table.key(row) for row in range(table.rowCount())]
        assert shown == (expected if order is UP else expected[::-1])
        for key, index in held.items():
            assert index.row() == table.row_of(key), key
            assert (index.row() >= 0) == (key in shown)
