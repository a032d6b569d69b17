"""What was given out, kept over crashes, and read back whatever has happened to the file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.fake_log import FakeLog, parse_log, read_log

SLOTS = range(256)
GOOD = b"198.18.0.1 a.test\n198.18.0.2 b.test\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state/machine.log"


@pytest.fixture
def log(path: Path) -> Iterator[FakeLog]:
    log = FakeLog(path, SLOTS)
    yield log
    log.close()


def test_what_is_appended_is_there_after_a_crash(log: FakeLog, path: Path) -> None:
    log.append("a.test", 1)
    log.append("b.test", 255)
    assert read_log(path, SLOTS) == {"a.test": 1, "b.test": 255}
    assert path.read_bytes() == b"198.18.0.1 a.test\n198.18.0.255 b.test\n"


def test_nobody_else_reads_where_somebody_has_been(log: FakeLog, path: Path) -> None:
    for each in path, path.with_suffix(".lock"), path.parent:
        assert not stat.S_IMODE(each.stat().st_mode) & 0o077


def test_one_process_at_a_time_has_it(log: FakeLog, path: Path) -> None:
    with pytest.raises(BlockingIOError):
        FakeLog(path, SLOTS)
    log.close()
    FakeLog(path, SLOTS).close()


def test_a_start_leaves_what_counts(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(GOOD + b"198.18.0.1 c.test\nrubbish\n198.18.0.9 torn.te")
    log = FakeLog(path, SLOTS)
    assert log.known == {"b.test": 2, "c.test": 1}
    assert log.lines == 2
    log.append("d.test", 9)
    log.close()
    assert path.read_bytes() == b"198.18.0.2 b.test\n198.18.0.1 c.test\n198.18.0.9 d.test\n"


def test_a_rewriting_that_fails_leaves_what_was_there(log: FakeLog, path: Path) -> None:
    log.append("a.test", 1)
    path.with_suffix(".new").mkdir()
    with pytest.raises(IsADirectoryError):
        log.rewrite({"b.test": 2})
    log.append("c.test", 3)
    assert read_log(path, SLOTS) == {"a.test": 1, "c.test": 3}


def test_no_link_is_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    os.symlink(tmp_path / "elsewhere", path.with_suffix(".new"))
    with pytest.raises(OSError, match="symbolic"):
        FakeLog(path, SLOTS)
    assert not (tmp_path / "elsewhere").exists()
    path.with_suffix(".new").unlink()
    FakeLog(path, SLOTS).close()  # nor is it locked by what failed


def test_what_is_missing_or_far_too_long_is_nothing(path: Path) -> None:
    assert read_log(path, SLOTS) == {}
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert read_log(path, SLOTS) == {}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", {}),
        (GOOD, {"a.test": 1, "b.test": 2}),
        (GOOD[:-1], {"a.test": 1}),  # torn
        (GOOD[:-4] + b"198.18.0.3 c.test\n", {"a.test": 1}),  # torn, and written on
        (GOOD + b"198.18.0.1 c.test\n", {"b.test": 2, "c.test": 1}),  # a.test has lost it
        (GOOD + b"198.18.0.7 a.test\n", {"b.test": 2, "a.test": 7}),
        (GOOD + b"198.18.0.1 b.test\n", {"b.test": 1}),
        (b"198.18.1.0 a.test\n", {}),  # another part
        (b"192.0.2.1 a.test\nfd87:dfc7:76a7::1 a.test\n198.18.0.01 a.test\n", {}),
        (b"198.18.0.1 A.test\n198.18.0.1 a..test\n198.18.0.1 a.test \n198.18.0.1\n", {}),
        (b"198.18.0.1 " + b"a." * 126 + b"a\n", {"a." * 126 + "a": 1}),
        (b"198.18.0.1 " + b"a." * 200 + b"a\n", {}),
        (b"\0" * 4096 + b"\n" + GOOD, {"a.test": 1, "b.test": 2}),  # a disk after a power failure
        ("198.18.0.1 ä.test\n".encode(), {}),
    ],
)
def test_reading(data: bytes, found: dict[str, int]) -> None:
    assert parse_log(data, SLOTS) == found
    assert list(parse_log(data, SLOTS)) == list(found), "the longest unused first"


_LINES = st.one_of(
    st.builds(
        lambda number, name: f"198.18.0.{number} {name}".encode(),
        st.integers(0, 300),
        st.sampled_from(["a.test", "b.test", "c.test", "x", "-", "1.2.3.4", "A.test", ""]),
    ),
    st.binary(max_size=40),
)


@given(st.lists(_LINES), st.binary(max_size=40))
def test_whatever_is_in_it_no_two_names_have_one_address(lines: list[bytes], rest: bytes) -> None:
    data = b"".join(line + b"\n" for line in lines) + rest
    found = parse_log(data, SLOTS)
    assert len(set(found.values())) == len(found)
    assert all(number in SLOTS for number in found.values())
    again = b"".join(f"198.18.0.{number} {name}\n".encode() for name, number in found.items())
    assert parse_log(again, SLOTS) == found


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcd")), max_size=30), st.integers(0))
def test_what_is_left_of_it_was_true_once(given_out: list[tuple[int, str]], cut: int) -> None:
    """Cut anywhere, it says what it said when it was so long."""
    written = [f"198.18.0.{number} {name}.test\n".encode() for number, name in given_out]
    data = b"".join(written)
    data = data[: cut % (len(data) + 1)]
    whole = data[: data.rfind(b"\n") + 1]
    assert parse_log(data, SLOTS) == parse_log(whole, SLOTS)
