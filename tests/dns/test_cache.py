from __future__ import annotations

import gc
import struct
import tracemalloc

import pytest
from tests.support.dns_server import query, response

from byway_core.dns.cache import AnswerCache, Kept
from byway_core.protocols.dns_message import parse_query
from byway_core.protocols.dns_stored import StoredAnswer, stored


def answer(name: str = "web.example", count: int = 1, ttl: int = 60) -> StoredAnswer:
    asked = query(name)
    addresses = [f"192.0.2.{number}" for number in range(count)]
    found = stored(response(asked, *addresses, ttl=ttl), parse_query(asked))
    assert found is not None
    return found


def kept(now: float = 0.0, **how: int) -> Kept:
    return Kept(answer(**how), ("192.0.2.0",), now)  # type: ignore[arg-type]


def test_found_until_less_than_a_second_is_left() -> None:
    cache, mine = AnswerCache(), kept(now=100.0, ttl=10)
    cache.keep("a", mine)
    assert cache.find("b", 100.0) is None
    assert cache.find("a", 100.0) is cache.find("a", 109.0) is mine
    assert cache.find("a", 109.1) is None
    assert len(cache) == 0


def test_the_last_one_counts() -> None:
    cache, new = AnswerCache(), kept()
    cache.keep("a", kept())
    cache.keep("a", new)
    assert cache.find("a", 0.0) is new
    assert len(cache) == 1


def test_the_longest_unused_go_first() -> None:
    cache = AnswerCache(entries=32)
    for number in range(32):
        cache.keep(number, kept())
    cache.find(0, 0.0)
    cache.keep(32, kept())
    assert len(cache) == 30
    assert cache.find(0, 0.0) is not None
    assert cache.find(1, 0.0) is None


def test_bytes_are_bounded_too() -> None:
    cache = AnswerCache(octets=1600)
    for number in range(200):
        cache.keep(number, kept(count=5))  # 80 bytes each
        cache.find(number // 2, 0.0)
        if number % 7 == 0:
            cache.keep(number, kept(count=1))
    assert 0 < sum(len(each.answer) for each in cache._table.values()) <= 1600
    assert cache._held == sum(len(each.answer) for each in cache._table.values())
    cache.keep("long", kept(count=200))
    assert len(cache) == 0, "longer than all that there may be"
    assert cache._held == 0


def test_cleared() -> None:
    cache = AnswerCache()
    cache.keep("a", kept())
    cache.clear()
    assert cache.find("a", 0.0) is None
    assert len(cache) == cache._held == 0


@pytest.mark.alone
def test_memory_stays_flat() -> None:
    """100,000 names, and no more than what a full cache takes."""
    cache = AnswerCache()
    packed = struct.Struct(">I").pack

    def fill(start: int, count: int) -> None:
        for number in range(start, start + count):
            cache.keep((f"n{number}.example", 1, 1, 256), kept(count=1 + packed(number)[3] % 3))

    tracemalloc.start()
    fill(0, 20_000)
    gc.collect()
    full = tracemalloc.get_traced_memory()[0]
    fill(20_000, 100_000)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert full < 16 * 1024 * 1024
    assert after < full * 1.05 + 100_000
