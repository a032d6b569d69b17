"""What can be said of a run without starting one. The rest is tests/netns."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from tests.support.own_network import PATHS

from byway_core.intercept.namespace import Preparation


def test_a_program_must_be_named():
    code = "from byway_core.intercept.namespace import Preparation as P; P([], workers=1)"
    ended = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": PATHS}, capture_output=True, check=False
    )
    assert b"ValueError: no program named" in ended.stderr


def test_a_process_with_threads_is_refused():
    """A fork would copy their locks in whatever state."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with pytest.raises(RuntimeError, match="threads"):
        Preparation(["true"], workers=1)
    done.set()
    thread.join()


def test_the_engines_side_stays_light():
    """ctypes and netlink are for the forked processes."""
    code = """
import sys
import byway_core.intercept.namespace, byway_core.intercept.datagrams
import byway_core.intercept.origin
heavy = {"ctypes", "asyncio", "pyroute2", "json", "subprocess"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": PATHS}, check=True)


def test_the_launcher_stays_light():
    code = """
import sys
import byway_core.intercept.launcher
heavy = {"asyncio", "pyroute2", "json", "subprocess", "threading"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": PATHS}, check=True)
