"""A name with several addresses, of which some are dead: they refuse, or are silent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest
from tests.support.relaying import DEADLINE, FakeSocks5, echo, rig, served, set_reset

from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay.dialing import by_turns

# Nobody listens at the second: servers of these tests are at 127.0.0.1 only.
ALIVE, DEAD = "127.0.0.1", "127.0.0.2"
HOURS = 10_000.0


@contextlib.contextmanager
def silence(port: int, address: str = DEAD) -> Iterator[socket.socket]:
    """A listener whose backlog is full: the kernel drops further SYNs (tcp_abort_on_overflow)."""
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        while True:
            filler = opened.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                filler.close()
                break
        yield listener


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch):
    """Sets the two time limits of dialing, in seconds."""

    def use(attempt: float = HOURS, whole: float = HOURS) -> None:
        monkeypatch.setattr("byway_core.relay.dialing.ATTEMPT_SECONDS", attempt)
        monkeypatch.setattr("byway_core.relay.dialing.DIAL_SECONDS", whole)

    return use


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


async def ping(relay, port: int) -> None:
    async with asyncio.timeout(DEADLINE):
        reader, writer = await relay.tunnel("host", port)
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
        writer.close()


async def test_beside_one_that_is_silent_the_next_is_tried(patience) -> None:
    patience(attempt=0.01)
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD} {ALIVE}") as relay:
        with silence(port):
            await ping(relay, port)
        assert (await relay.record.wait_closed()).reason == ""


async def test_one_that_refuses_costs_no_time(patience) -> None:
    patience()
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD} {ALIVE}") as relay:
        await ping(relay, port)


async def test_a_slow_one_may_still_win(patience) -> None:
    """The first is silent until there is room again; the second is all the time."""
    patience(attempt=0.01)
    async with served(echo) as alive, rig("MATCH,DIRECT", host=f"{DEAD} 127.0.0.3") as relay:
        with silence(alive) as slow, silence(alive, "127.0.0.3"):

            async def make_room() -> socket.socket:
                await relay.record.wait_decided()
                return slow.accept()[0]

            async with asyncio.timeout(DEADLINE):  # its SYN is sent again after a second
                (_reader, writer), first = await asyncio.gather(
                    relay.tunnel("host", alive), make_room()
                )
            writer.close()
            first.close()


async def test_when_all_are_silent_it_ends(patience) -> None:
    patience(attempt=0.01, whole=0.05)
    async with rig("MATCH,DIRECT", host=f"{DEAD} 127.0.0.3") as relay:
        with silence(0) as first:
            port = first.getsockname()[1]
            with silence(port, "127.0.0.3"):
                with pytest.raises(ConnectionError):
                    await relay.tunnel("host", port)
                reason = (await relay.record.wait_closed()).reason
    assert reason == f"host:{port} did not answer in time", reason
    assert relay.relay.live == 0


async def test_the_program_leaves_meanwhile(patience) -> None:
    patience(attempt=0.01)
    async with rig("MATCH,DIRECT", host=f"{DEAD} 127.0.0.3") as relay:
        with silence(0) as first:
            port = first.getsockname()[1]
            with silence(port, "127.0.0.3"):
                _reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
                writer.write(b"\5\1\0" + b"\5\1\0\3\4host" + port.to_bytes(2))
                await relay.record.wait_decided()
                set_reset(writer)
                writer.close()
                assert "gave up" in (await relay.record.wait_closed()).reason


async def test_an_upstreams_silent_address(patience) -> None:
    patience(attempt=0.01)
    async with served(FakeSocks5(then=echo)) as port:
        upstream = Upstream("up", UpstreamKind.SOCKS5, "proxy", port)
        async with rig("MATCH,up", upstreams=[upstream], proxy=f"{DEAD} {ALIVE}") as relay:
            with silence(port):
                _reader, writer = await relay.tunnel("some.example", 80)
                writer.close()


def test_families_by_turns() -> None:
    four, six = socket.AF_INET, socket.AF_INET6
    targets = [(six, "::1"), (six, "::2"), (six, "::3"), (four, "127.0.0.1")]
    assert by_turns(targets) == [targets[0], targets[3], *targets[1:3]]
    assert by_turns([]) == []
