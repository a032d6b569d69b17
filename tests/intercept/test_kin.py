from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from byway_core.intercept import kin


@pytest.fixture
def nested() -> Iterator[tuple[int, int]]:
    """A shell in a user namespace, and a child of it in one below: their process ids."""
    script = "exec 3<&0; echo $$; unshare -Ur /bin/sh -c 'echo $$; read word <&3' & wait"
    started = subprocess.Popen(
        ["unshare", "-Ur", "/bin/sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield int(started.stdout.readline()), int(started.stdout.readline())
    started.communicate("end\n", timeout=30)


def test_members_are_those_within_and_below(nested):
    outer, inner = nested
    assert {outer, inner} <= set(kin.members(kin.namespace_of(outer)))
    below = kin.members(kin.namespace_of(inner))
    assert inner in below
    assert outer not in below


def test_this_process_is_never_named():
    assert os.getpid() not in kin.members(kin.namespace_of(os.getpid()))


def test_a_held_namespace_keeps_its_number(nested):
    _, inner = nested
    held = kin.hold(inner)
    assert os.fstat(held).st_ino == kin.namespace_of(inner)
    os.close(held)


def test_no_namespace_has_no_members():
    assert kin.members(0) == []


def test_state_reads_past_odd_names():
    with subprocess.Popen(
        ["/bin/sh", "-c", r"printf 'a) Z (b' > /proc/self/comm; echo; read word"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as odd:
        odd.stdout.readline()
        assert kin.state(odd.pid) in "RS"
        odd.stdin.close()
