"""A name with several addresses, of which some are dead: they refuse, or are silent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest
from tests.support.datagrams import until
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


# -- addresses that come in two parts, "|" between


async def arrives_late(relay) -> None:
    """The second part, once the first is being tried."""
    await relay.record.wait_decided()
    (late,) = relay.names.late
    late()


async def test_those_that_come_later_are_tried_beside_a_silent_one(patience) -> None:
    patience(attempt=0.01)
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD}|{ALIVE}") as relay:
        with silence(port):
            async with asyncio.timeout(DEADLINE):
                await asyncio.gather(ping(relay, port), arrives_late(relay))


async def test_also_when_it_is_their_turn_for_long(patience) -> None:
    patience(attempt=0.01)
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD}|{ALIVE}") as relay:
        limits = relay.relay.deadlines

        async def when_it_is_their_turn() -> None:
            await until(lambda: limits._queues.get(HOURS))  # the limit of the last attempt
            await arrives_late(relay)

        with silence(port):
            async with asyncio.timeout(DEADLINE):
                await asyncio.gather(ping(relay, port), when_it_is_their_turn())


async def test_also_when_all_others_have_failed_by_then(patience) -> None:
    patience()
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD}|{ALIVE}") as relay:
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(ping(relay, port), arrives_late(relay))


async def test_none_come_and_those_before_have_failed(patience) -> None:
    patience()
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{DEAD}| ") as relay:
        with pytest.raises(ConnectionError):
            await asyncio.gather(relay.tunnel("host", port), arrives_late(relay))
        assert (await relay.record.wait_closed()).reason == f"host:{port} refused the connection"


async def test_none_come_and_the_one_before_is_silent(patience) -> None:
    patience(attempt=0.01, whole=0.05)
    async with rig("MATCH,DIRECT", host=f"{DEAD}| ") as relay:
        with silence(0) as first:
            port = first.getsockname()[1]
            with pytest.raises(ConnectionError):
                await asyncio.gather(relay.tunnel("host", port), arrives_late(relay))
            reason = (await relay.record.wait_closed()).reason
    assert reason == f"host:{port} did not answer in time"


async def test_the_rest_comes_when_a_connection_stands(patience) -> None:
    patience()
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"{ALIVE}|{DEAD}") as relay:
        reader, writer = await relay.tunnel("host", port)
        await arrives_late(relay)
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
        writer.close()
        await relay.record.wait_closed()


async def test_the_rest_comes_when_the_program_has_left(patience) -> None:
    patience(attempt=0.01)
    async with rig("MATCH,DIRECT", host=f"{DEAD}|{ALIVE}") as relay:
        with silence(0) as first:
            port = first.getsockname()[1]
            _reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(b"\5\1\0" + b"\5\1\0\3\4host" + port.to_bytes(2))
            await relay.record.wait_decided()
            set_reset(writer)
            writer.close()
            await relay.record.wait_closed()
            await arrives_late(relay)
        assert relay.relay.live == 0


async def test_a_host_without_ipv6_never_waits_for_it(patience) -> None:
    """Link-local, of no link: as where there is no route."""
    patience()
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"fe80::9 {ALIVE}") as relay:
        await ping(relay, port)
    async with served(echo) as port, rig("MATCH,DIRECT", host=f"fe80::9|{ALIVE}") as relay:
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(ping(relay, port), arrives_late(relay))


async def test_an_upstreams_addresses_that_come_later(patience) -> None:
    patience(attempt=0.01)
    async with served(FakeSocks5(then=echo)) as port:
        upstream = Upstream("up", UpstreamKind.SOCKS5, "proxy", port)
        async with rig("MATCH,up", upstreams=[upstream], proxy=f"{DEAD}|{ALIVE}") as relay:
            async with asyncio.timeout(DEADLINE):
                (_reader, writer), _ = await asyncio.gather(
                    relay.tunnel("some.example", 80), arrives_late(relay)
                )
            writer.close()


def test_families_by_turns() -> None:
    four, six = socket.AF_INET, socket.AF_INET6
    targets = [(six, "::1"), (six, "::2"), (six, "::3"), (four, "127.0.0.1")]
    assert by_turns(targets) == [targets[0], targets[3], *targets[1:3]]
    assert by_turns([]) == []
