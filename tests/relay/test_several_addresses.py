"""A name with several addresses, the first of which is dead."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, echo, rig, served

from byway_core.model.upstream import Upstream, UpstreamKind

pytestmark = pytest.mark.asyncio
# Nobody listens at the second: servers of these tests are at 127.0.0.1 only.
ALIVE, DEAD = "127.0.0.1", "127.0.0.2"


@pytest.mark.parametrize(
    "rules",
    [
        ["MATCH,DIRECT"],
        ["IP-CIDR,10.0.0.0/8,REJECT,resolve", "MATCH,DIRECT"],
        ["IP-CIDR,127.0.0.2/32,DIRECT,resolve", "MATCH,DIRECT"],
    ],
    ids=["not resolved for the rules", "resolved", "another rule, but the same action"],
)
async def test_the_next_address_is_tried(rules: list[str]) -> None:
    async with served(echo) as port, rig(*rules, host=f"{DEAD} {ALIVE}") as relay:
        reader, writer = await relay.tunnel("host", port)
        writer.write(b"ping")
        async with asyncio.timeout(DEADLINE):
            assert await reader.readexactly(4) == b"ping"
        writer.close()


async def test_but_none_that_the_rules_send_elsewhere() -> None:
    rules = ["IP-CIDR,127.0.0.1/32,REJECT,resolve", "MATCH,DIRECT"]
    async with served(echo) as port, rig(*rules, host=f"{DEAD} {ALIVE}") as relay:
        with pytest.raises(ConnectionError):
            await relay.tunnel("host", port)
        assert (await relay.record.wait_closed()).reason == f"host:{port} refused the connection"


async def test_an_upstreams_next_address_is_tried() -> None:
    async with served(FakeSocks5(then=echo)) as port:
        upstream = Upstream("up", UpstreamKind.SOCKS5, "proxy", port)
        async with rig("MATCH,up", upstreams=[upstream], proxy=f"{DEAD} {ALIVE}") as relay:
            _reader, writer = await relay.tunnel("some.example", 80)
            writer.close()
