"""Many changes become few batches."""

from __future__ import annotations

import asyncio

from tests.support.loops import any_loop, until  # noqa: F401
from tests.support.snapshots import FLOW

from byway_gui.engine_link.inbox import Batch, Inbox


def test_one_batch_has_the_last_of_each(any_loop: asyncio.AbstractEventLoop) -> None:  # noqa: F811
    got: list[Batch] = []
    inbox = Inbox(any_loop, got.append)
    inbox.filled_by(lambda: inbox.put(7, FLOW))
    first, second = inbox.new_source(), inbox.new_source()
    assert first != second
    for _ in range(100):
        inbox.put(first, FLOW)
        inbox.put(second, FLOW)
    inbox.void(first)
    inbox.end(second)
    until(any_loop, lambda: got)
    (batch,) = got
    assert (batch.voided, batch.ended) == ({first}, {second})
    assert set(batch.flows) == {(second, FLOW.id), (7, FLOW.id)}
    inbox.put(first, FLOW)
    until(any_loop, lambda: len(got) == 2)
    assert (got[1].voided, got[1].ended) == (frozenset(), frozenset())


def test_after_close_nothing_is_delivered(any_loop: asyncio.AbstractEventLoop) -> None:  # noqa: F811
    got: list[Batch] = []
    closed, witness = Inbox(any_loop, got.append), Inbox(any_loop, got.append)
    closed.put(1, FLOW)
    closed.close()
    witness.put(2, FLOW)
    until(any_loop, lambda: got)
    closed.put(1, FLOW)
    assert [set(batch.flows) for batch in got] == [{(2, FLOW.id)}]
    witness.close()
    closed.close()
