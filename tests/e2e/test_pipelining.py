"""Many connections through each real SOCKS5 server: whatever a server does with a request that
comes with the greeting, or with data that comes with the request, every connection works."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.support.byway import Byway, exactly, upstream
from tests.support.origins import echo, http_origin
from tests.support.servers import SERVERS

from byway_core.relay.pipelining import WORTH_A_TRIAL

every_server = pytest.mark.parametrize(
    "name", ["dante", "microsocks", "mihomo", "sing-box", "ssh-D"]
)

# One request a connection, one after the other; prints what came back, a line each.
ASKING = """
import http.client, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(count):
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", f"/{number}")
    answer = connection.getresponse()
    print(answer.status, f"/{number}" in answer.read().decode())
    connection.close()
"""


@every_server
def test_every_connection_works_before_and_after_the_trial(name: str, tmp_path: Path) -> None:
    with SERVERS[name]() as server, echo("127.0.0.1") as origin:
        table = upstream("up", "socks5", server.host, server.port, None)
        with Byway(tmp_path).serving("MATCH,up", more=table) as serving:
            for number in range(3 * WORTH_A_TRIAL):
                with serving.connect(origin.host, origin.port) as sock:
                    sock.sendall(said := b"%d" % number)
                    assert exactly(sock, len(said)) == said
            assert all(flow["reason"] == "" for flow in serving.connections("--closed"))


@every_server
def test_every_program_that_speaks_first_is_answered(name: str, tmp_path: Path) -> None:
    """The rules want its name, so its first bytes are at hand when the upstream is asked."""
    with SERVERS[name]() as server, http_origin() as origin:
        table = upstream("up", "socks5", server.host, server.port, None)
        byway = Byway(tmp_path)
        more = f"[general]\nworkers = 1\n{table}"
        profile = byway.profile("DOMAIN,other.test,REJECT", "MATCH,up", more=more)
        count = 3 * WORTH_A_TRIAL
        asked = [sys.executable, "-c", ASKING, origin.host, str(origin.port), str(count)]
        done = byway.run(profile, *asked)
    assert done.stdout.splitlines() == ["200 True"] * count, done.stderr
