"""The pool of pipes: large ones first, smaller ones where there are no more, then none."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator

import pytest

from byway_core.relay.pipes import (
    LARGE_BYTES,
    MOST_IDLE,
    MOST_LARGE,
    MOST_SMALL,
    SMALL_BYTES,
    Pipe,
    PipePool,
)


@pytest.fixture
def pool() -> Iterator[PipePool]:
    pool = PipePool()
    yield pool
    pool.close()


def take_all(pool: PipePool) -> list[Pipe]:
    taken = []
    while (pipe := pool.take()) is not None:
        taken.append(pipe)
    return taken


def test_the_first_are_large_the_next_small_and_then_there_is_none(pool: PipePool) -> None:
    taken = take_all(pool)
    sizes = [fcntl.fcntl(pipe.reader, fcntl.F_GETPIPE_SZ) for pipe in taken]
    for pipe in taken:
        pool.give_back(pipe)
    assert sizes == [LARGE_BYTES] * MOST_LARGE + [SMALL_BYTES] * MOST_SMALL


def test_what_was_given_back_is_taken_again_the_large_ones_first(pool: PipePool) -> None:
    taken = take_all(pool)
    for pipe in taken:
        pool.give_back(pipe)
    again = take_all(pool)
    assert [pipe.size for pipe in again] == [pipe.size for pipe in taken]
    assert set(again[:MOST_IDLE]) <= set(taken)
    for pipe in again:
        pool.give_back(pipe)


def test_where_the_kernel_refuses_large_ones_small_ones_serve(
    pool: PipePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.fcntl

    def fcntl_of_a_limited_user(descriptor: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETPIPE_SZ and argument > SMALL_BYTES:
            raise PermissionError(1, "Operation not permitted")  # pipe(7), pipe-user-pages-soft
        return real(descriptor, command, argument)

    monkeypatch.setattr(fcntl, "fcntl", fcntl_of_a_limited_user)
    pipe = pool.take()
    assert pipe is not None
    assert real(pipe.reader, fcntl.F_GETPIPE_SZ) == SMALL_BYTES
    pool.give_back(pipe)


def test_a_pipe_that_holds_bytes_never_comes_back(pool: PipePool) -> None:
    pipe = pool.take()
    assert pipe is not None
    pipe.held = 1
    pool.give_back(pipe)
    again = pool.take()
    assert again is not None
    assert again is not pipe
    pool.give_back(again)
