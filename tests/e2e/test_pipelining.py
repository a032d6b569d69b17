"""Many connections through each real SOCKS5 server: whatever a server does with a request that
comes with the greeting, every connection works."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.byway import Byway, exactly, upstream
from tests.support.origins import echo
from tests.support.servers import SERVERS

from byway_core.relay.pipelining import WORTH_A_TRIAL


@pytest.mark.parametrize("name", ["dante", "microsocks", "mihomo", "sing-box", "ssh-D"])
def test_every_connection_works_before_and_after_the_trial(name: str, tmp_path: Path) -> None:
    with SERVERS[name]() as server, echo("127.0.0.1") as origin:
        table = upstream("up", "socks5", server.host, server.port, None)
        with Byway(tmp_path).serving("MATCH,up", more=table) as serving:
            for number in range(3 * WORTH_A_TRIAL):
                with serving.connect(origin.host, origin.port) as sock:
                    sock.sendall(said := b"%d" % number)
                    assert exactly(sock, len(said)) == said
            assert all(flow["reason"] == "" for flow in serving.connections("--closed"))
