"""Which process inside a connection comes from, as the engine outside finds out: as root, and as an
ordinary user, whose programs are in user namespaces below its own."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from tests.support.own_namespace import USER

DIAL = """
import socket, sys
for family, address in ("AF_INET", "198.51.100.7"), ("AF_INET6", "2001:db8::7"), (
    "AF_INET6", "::ffff:198.51.100.8"
):
    with socket.socket(getattr(socket, family)) as sock:
        sock.settimeout(20)
        sock.connect((address, 443))
        print(sock.makefile().readline(), end="", flush=True)
"""


@pytest.mark.parametrize("workers", ["1", "3"])
def test_its_path_name_and_user_are_known(run, stage, person, workers):
    tool = stage.folder / "sonderling"
    shutil.copy(os.path.realpath("/usr/bin/python3"), tool)
    started = run(str(tool), "-ISc", DIAL, options=("--processes", "--workers", workers))
    status, output = started.result()
    assert status == 0
    told = [json.loads(line) for line in output.splitlines()]
    assert [line["address"] for line in told] == ["198.51.100.7", "2001:db8::7", "198.51.100.8"]
    uid = USER if person == "user" and os.geteuid() == 0 else os.geteuid()
    assert [line["process"] for line in told] == [[str(tool), "sonderling", uid]] * 3


def test_a_child_in_a_namespace_of_its_own_too(script, person):
    """As browsers' sandboxes are: one more user namespace, the same network."""
    code = f"""
import ctypes, os, subprocess, sys
if ctypes.CDLL(None).unshare(0x10000000):
    raise OSError("unshare")
exec({DIAL!r})
"""
    status, output = script(code, options=("--processes",)).result()
    assert status == 0
    for line in output.splitlines():
        assert json.loads(line)["process"][1].startswith("python")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user, so root")
def test_another_users_process(script, person):
    """Inside, root has everybody's numbers; and sees everybody's processes."""
    code = f"""
import os
os.setgid(1235); os.setuid(1234)
exec({DIAL!r})
"""
    status, output = script(code, options=("--processes",)).result()
    if person == "user":
        assert status != 0  # there is nobody else
        return
    assert status == 0
    assert {tuple(json.loads(line)["process"])[2] for line in output.splitlines()} == {1234}
