from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.fake_log import FakeLog, read_log
from byway_core.dns.fake_names import FakeNames, Given
from byway_core.dns.fake_pool import FakePool
from byway_core.model.fake_addresses import FAKES, fake_number, fake_pair, may_be_fake

SLOTS = range(1000, 1016)  # of which 12 are in use at most


class Room:
    def __init__(self, log: FakeLog | None = None, slots: range = SLOTS) -> None:
        self.told: list[Given] = []
        self.busy: Collection[str] = ()
        self.pool = FakePool(slots, log, self.told.extend, lambda: self.busy)

    def give(self, *names: str) -> list[int]:
        numbers = [self.pool.give(name) for name in names]
        assert None not in numbers
        return [number for number in numbers if number is not None]


def names(count: int, start: int = 0) -> list[str]:
    return [f"n{number}.test" for number in range(start, start + count)]


def test_each_name_has_one_of_its_own() -> None:
    room = Room()
    numbers = room.give(*names(12))
    assert len(set(numbers)) == 12
    assert set(numbers) <= set(SLOTS)
    assert room.give(*names(12)) == numbers
    assert room.told == list(zip(numbers, names(12), strict=True))
    assert len(room.pool) == 12


def test_the_longest_unused_goes_first() -> None:
    room = Room()
    numbers = room.give(*names(12))
    room.give("n0.test")
    room.give("new.test")
    assert dict(map(reversed, room.pool.given())).keys() == {*names(12), "new.test"} - {"n1.test"}
    assert room.give("n0.test") == numbers[:1]


def test_what_is_in_use_stays() -> None:
    room = Room()
    numbers = room.give(*names(12))
    four, _ = fake_pair(numbers[0])
    _, six = fake_pair(numbers[1])
    room.busy = {str(four), str(six), "192.0.2.1", ""}
    room.give(*names(10, 100))
    assert room.give("n0.test", "n1.test") == numbers[:2]
    assert {"n0.test", "n1.test"} <= {name for _, name in room.pool.given()}


def test_where_all_are_in_use_there_is_none() -> None:
    room = Room()
    room.busy = {str(fake_pair(number)[0]) for number in room.give(*names(12))}
    assert room.pool.give("new.test") is None
    assert len(room.pool) == 12
    room.busy = ()
    assert room.pool.give("new.test") is not None


def test_a_restart_knows_them_all(tmp_path: Path) -> None:
    path = tmp_path / "pool.log"
    before = Room(FakeLog(path, SLOTS))
    numbers = before.give(*names(12))
    before.give("new.test")  # n0.test has lost its own
    before.pool.close()
    after = Room(FakeLog(path, SLOTS))
    assert after.give(*names(11, 1)) == numbers[1:]
    after.give("another.test")
    after.pool.close()


def test_more_names_in_the_log_than_there_is_room_for(tmp_path: Path) -> None:
    """It does not tell who has lost theirs."""
    path = tmp_path / "pool.log"
    path.write_text("".join(f"{fake_pair(n)[0]} n{n}.test\n" for n in SLOTS))
    room = Room(FakeLog(path, SLOTS))
    assert len(room.pool) == 16
    room.give("new.test")
    assert len(room.pool) == 12
    assert room.give("n1015.test") == [1015]
    room.pool.close()


def test_the_log_stays_bounded(tmp_path: Path) -> None:
    path = tmp_path / "pool.log"
    room = Room(FakeLog(path, SLOTS))
    room.give(*names(500))
    assert len(path.read_bytes().splitlines()) <= 24
    assert read_log(path, SLOTS).items() >= {name: n for n, name in room.pool.given()}.items()
    room.pool.close()


def test_a_full_disk_is_a_problem_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FakeLog(tmp_path / "pool.log", SLOTS)
    room = Room(log)
    with monkeypatch.context() as patch, open("/dev/full", "wb") as full:
        patch.setattr(log, "_file", full.fileno())
        room.give("a.test")
        assert room.pool.problem.endswith("will not outlive this engine: No space left on device")
    room.give("b.test")
    assert not room.pool.problem
    assert set(read_log(tmp_path / "pool.log", SLOTS)) == {"b.test"}
    room.pool.close()


@given(st.lists(st.integers(0, 40), max_size=120))
def test_no_two_names_ever_have_the_same(asked: list[int]) -> None:
    room = Room()
    for number in asked:
        room.give(f"n{number}.test")
        given_out = room.pool.given()
        assert len({number for number, _ in given_out}) == len(given_out) <= 12


def test_what_a_number_stands_for() -> None:
    fakes = FakeNames()
    four, six = map(str, fake_pair(70_000))
    assert (four, six) == ("198.19.17.112", "fd87:dfc7:76a7::1:1170")
    assert fakes.name(four) is fakes.name(six) is None, "no address of ours yet"
    fakes.refused = range(FAKES // 2, FAKES + 1)
    fakes.learn([(70_000, "a.test")])
    assert fakes.name(four) == fakes.name(six) == fakes.name(f"::ffff:{four}") == "a.test"
    assert fakes.name("198.19.0.0") == fakes.name("fd87:dfc7:76a7:ffff::1") == ""
    assert fakes.name("198.18.0.1") is None, "another engine's"
    for other in "192.0.2.1", "198.20.0.1", "198.1.0.1", "fd87:dfc7:76a8::1", "::ffff:198.1.0.1":
        assert fakes.name(other) is None
    fakes.learn([(70_000, "b.test")])
    assert fakes.name(six) == "b.test"


@given(st.integers(0, FAKES - 1))
def test_numbers_and_addresses(number: int) -> None:
    for address in fake_pair(number):
        assert fake_number(address) == number
        assert may_be_fake(str(address))


@given(st.integers(0, 2**128 - 1) | st.integers(0, 2**32 - 1))
def test_what_is_in_neither_range_is_no_number(value: int) -> None:
    address = ip_address(value)
    is_one = str(address).startswith(("198.18.", "198.19.", "fd87:dfc7:76a7:"))
    assert (fake_number(address) is not None) == is_one
