"""What processes cost, measured on processes whose cost is known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from bench.footprint import descriptors, family, memory, processor_seconds

MEGABYTE = 1 << 20

# Touches 64 MiB, forks a child that shares them, and both wait for the end of their input.
PARENT_AND_CHILD = """
import os, sys
held = bytearray(os.urandom(1) * (64 << 20))
child = os.fork()
print("ready", flush=True) if child else None
sys.stdin.read()
"""


@pytest.fixture
def pair() -> Iterator[int]:
    command = [sys.executable, "-c", PARENT_AND_CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.communicate()


def test_pages_that_forked_processes_share_count_once(pair: int) -> None:
    pids = family(pair)
    assert len(pids) == 2
    held = memory(pids)
    assert 64 * MEGABYTE < held.own < 100 * MEGABYTE
    assert held.resident > 128 * MEGABYTE


def test_a_binary_that_others_run_too_counts_whole(pair: int) -> None:
    alone = memory([pair]).own
    with open(f"/proc/{pair}/smaps_rollup") as file:
        sizes = dict(line.split(":") for line in file.read().splitlines()[1:])
    proportional = int(sizes["Pss"].split()[0]) * 1024
    # This very test runs the same interpreter.
    assert alone > proportional


def test_descriptors(pair: int) -> None:
    assert descriptors([pair]) == 3
    assert descriptors(family(pair)) == 6


def test_processor_time_counts_children_that_were_waited_for() -> None:
    before = processor_seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", "for _ in range(3_000_000): pass"], check=True)
    assert processor_seconds([os.getpid()]) > before


def test_processor_time_of_one_that_is_gone_is_none() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert processor_seconds([process.pid]) == 0
