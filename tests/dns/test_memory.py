from __future__ import annotations

import marshal
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byway_core.dns.memory import GRACE, LONGEST_TTL, NAMES_PER_ADDRESS, Learned, NameMemory
from byway_core.ports import NameMemory as Port


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_is_the_port() -> None:
    port: Port = NameMemory()
    assert port.names("192.0.2.1") == ()


def test_newest_name_comes_first() -> None:
    memory = NameMemory()
    memory.remember("192.0.2.1", "a.example", 60)
    memory.remember("192.0.2.1", "b.example", 60)
    assert memory.names("192.0.2.1") == ("b.example", "a.example")
    memory.remember("192.0.2.1", "a.example", 60)
    assert memory.names("192.0.2.1") == ("a.example", "b.example")


def test_names_are_bounded_and_the_oldest_goes() -> None:
    memory = NameMemory()
    for number in range(NAMES_PER_ADDRESS + 3):
        memory.remember("192.0.2.1", f"n{number}", 60)
    names = memory.names("192.0.2.1")
    assert len(names) == NAMES_PER_ADDRESS
    assert names[0] == f"n{NAMES_PER_ADDRESS + 2}"
    assert names[-1] == "n3"


@pytest.mark.parametrize(
    ("ttl", "lives"),
    [
        pytest.param(0, GRACE, id="a zero TTL lives through the grace"),
        pytest.param(300, 300 + GRACE, id="TTL, then the grace"),
        pytest.param(2**31 - 1, LONGEST_TTL + GRACE, id="a mad TTL is capped"),
        pytest.param(-5, GRACE, id="a negative TTL is zero"),
    ],
)
def test_life(ttl: int, lives: int) -> None:
    clock = Clock()
    memory = NameMemory(clock=clock)
    memory.remember("192.0.2.1", "a.example", ttl)
    clock.now += lives - 1
    assert memory.names("192.0.2.1") == ("a.example",)
    clock.now += 1
    assert memory.names("192.0.2.1") == ()
    assert len(memory) == 0, "a dead entry gives its place back"


def test_one_of_several_names_dies() -> None:
    clock = Clock()
    memory = NameMemory(clock=clock)
    memory.remember("192.0.2.1", "short.example", 1)
    memory.remember("192.0.2.1", "long.example", 5000)
    memory.remember("192.0.2.1", "middle.example", 100)
    clock.now += GRACE + 50
    assert memory.names("192.0.2.1") == ("middle.example", "long.example")
    clock.now += 51
    assert memory.names("192.0.2.1") == ("long.example",)


def test_a_shorter_answer_does_not_shorten_a_longer_promise() -> None:
    clock = Clock()
    memory = NameMemory(clock=clock)
    memory.remember("192.0.2.1", "a.example", 3000)
    memory.remember("192.0.2.1", "a.example", 1)
    clock.now += 3000
    assert memory.names("192.0.2.1") == ("a.example",)


@pytest.mark.parametrize(
    ("learned", "asked"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:c000:201", "::ffff:c000:201"),
    ],
)
def test_mapped_addresses_are_asked_for_unmapped(learned: str, asked: str) -> None:
    memory = NameMemory()
    memory.remember(learned, "a.example", 60)
    assert memory.names(asked) == ("a.example",)


def test_the_least_used_is_evicted_and_the_bound_holds() -> None:
    memory = NameMemory(capacity=32)
    for number in range(32):
        memory.remember(f"192.0.2.{number}", "a.example", 60)
    assert memory.names("192.0.2.0") == ("a.example",), "a use makes it the youngest"
    memory.remember("192.0.2.200", "b.example", 60)
    assert len(memory) <= 32
    assert memory.names("192.0.2.0") == ("a.example",)
    assert memory.names("192.0.2.1") == ()
    assert memory.names("192.0.2.200") == ("b.example",)


def test_one_name_object_serves_every_repetition() -> None:
    memory = NameMemory()
    first = "".join(["a", ".example"])
    memory.remember("192.0.2.1", first, 60)
    memory.remember("192.0.2.1", "".join(["a", ".example"]), 60)
    assert memory.names("192.0.2.1")[0] is first


def test_a_replica_follows_through_marshalled_batches() -> None:
    batches: list[bytes] = []
    seen: list[Sequence[str]] = []

    def forward(batch: Sequence[Learned]) -> None:
        batches.append(marshal.dumps(tuple(batch)))
        seen.append(original.names(batch[0][0]))

    original = NameMemory(on_learn=forward)
    original.learn([("192.0.2.1", "a.example", 60), ("2001:db8::1", "a.example", 60)])
    original.remember("192.0.2.1", "b.example", 60)
    assert seen == [("a.example",), ("b.example", "a.example")], "in the table before the hook"

    replica = NameMemory()
    for batch in batches:
        replica.learn(marshal.loads(batch))  # noqa: S302 (our own bytes)
    for address in ("192.0.2.1", "2001:db8::1"):
        assert replica.names(address) == original.names(address)


ADDRESSES = st.sampled_from([f"192.0.2.{n}" for n in range(12)])
NAMES = st.sampled_from([f"n{n}.example" for n in range(NAMES_PER_ADDRESS)])


@given(
    st.lists(
        st.one_of(
            st.tuples(ADDRESSES, NAMES, st.integers(-1, 100_000)),
            st.integers(0, 2000),  # time passes
        ),
        max_size=80,
    )
)
def test_it_agrees_with_a_list_read_backwards(steps: list[tuple[str, str, int] | int]) -> None:
    clock = Clock()
    memory = NameMemory(clock=clock)
    history: list[tuple[str, str, float]] = []
    for step in steps:
        if isinstance(step, int):
            clock.now += step
            continue
        address, name, ttl = step
        memory.remember(address, name, ttl)
        history.append((address, name, clock.now + GRACE + min(max(ttl, 0), LONGEST_TTL)))
    for address in {entry[0] for entry in history}:
        newest_first: list[str] = []
        for where, name, _ in reversed(history):
            if where == address and name not in newest_first:
                newest_first.append(name)
        live = [
            name
            for name in newest_first
            if any(a == address and n == name and dies > clock.now for a, n, dies in history)
        ]
        got = list(memory.names(address))
        assert got == live
