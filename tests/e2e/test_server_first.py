"""Servers that speak first, at addresses without a name: waited for once, whichever worker gets a
connection."""

from __future__ import annotations

from pathlib import Path

from tests.support.byway import Byway
from tests.support.origins import greeter
from tests.support.runs import inside

from byway_core.relay.intercepted import SNIFF_SECONDS

WORKERS = 6
CODE = """
import socket, sys, time
for _ in range(40):
    began = time.monotonic()
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as sock:
        assert sock.recv(99) == b"220 ready"
    print(time.monotonic() - began)
"""


def test_the_wait_is_once_for_all_workers(tmp_path: Path) -> None:
    byway = Byway(tmp_path)
    more = f"[general]\nworkers = {WORKERS}\n"
    profile = byway.profile("DOMAIN,other.test,REJECT", "MATCH,DIRECT", more=more)
    with greeter(b"220 ready") as server, inside(byway, profile) as run:
        done = run.python(CODE, server.host, str(server.port))
        assert done.status == 0, done.err
        took = [float(line) for line in done.out.split()]
        relays = {int(flow["id"].partition(".")[2]) % WORKERS for flow in run.connections("--all")}
    assert len(relays) > 3, "all went to a few"
    assert took[0] >= SNIFF_SECONDS
    # One more would be a machine that has other things to do.
    assert sum(each >= SNIFF_SECONDS for each in took) <= 2, took
