"""Learning the name of a flow of datagrams, and what it may cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support import client_hello as hello
from tests.support import quic_client as quic
from tests.support.datagrams import Place, echo, place, until
from tests.support.gates import Program

from byway_core.model.flow import Flow, HostSource
from byway_core.model.upstream import Upstream, UpstreamKind
from byway_core.relay import course, first_datagrams
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule

RULES = ("DOMAIN,far.test,REJECT", "MATCH,DIRECT")


def halves(name: str) -> list[bytes]:
    """A hello in two datagrams; the name is in the second."""
    message = hello.chrome(name.encode())
    assert name.encode() not in message[:1100]
    return quic.packets(quic.crypto(0, message[:1100]), quic.crypto(1100, message[1100:]))


def whole(name: str) -> bytes:
    (datagram,) = quic.flight(name)
    return datagram


@pytest.fixture
def never_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held stays held, unless its name is told: what goes on was not waited for."""
    monkeypatch.setattr(first_datagrams, "SNIFF_SECONDS", 3600.0)


@pytest.fixture
def soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_datagrams, "SNIFF_SECONDS", 0.02)


def quic_port(monkeypatch: pytest.MonkeyPatch, server: tuple[str, int]) -> None:
    monkeypatch.setattr(course, "_QUIC_PORT", server[1])


def named(flow: Flow) -> tuple[str, HostSource]:
    return flow.host, flow.host_source


async def held(here: Place, count: int = 1) -> None:
    await until(lambda: len(here.datagrams.unnamed.held) == count)


@pytest.mark.usefixtures("never_over")
@pytest.mark.parametrize("name", ["near.test", "far.test"])
async def test_a_name_in_the_first_datagram_decides(name: str) -> None:
    async with place(*RULES) as here, echo() as (server, _):
        first = whole(name)
        if name == "near.test":
            assert await here.ask(first, server) == first
            assert await here.ask(b"and more", server) == b"and more"
        else:
            here.program.send(first, server)
            assert (await here.record.wait_closed()).reason == "refused by the rules"
            assert here.gate.refused == [(here.program.name, server)]
        (flow,) = here.record.flows
        assert named(flow) == (name, HostSource.QUIC)


@pytest.mark.usefixtures("never_over")
async def test_what_is_held_goes_on_in_order() -> None:
    async with place(*RULES) as here, echo() as (server, seen):
        one, two = halves("near.test")
        here.program.send(one, server)
        await held(here)
        assert here.record.flows == []
        assert seen.seen == []
        here.program.send(two, server)
        here.program.send(b"early data", server)
        for datagram in (one, two, b"early data"):
            assert await until(here.program.got) == (datagram, server)
        (flow,) = here.record.flows
        assert named(flow) == ("near.test", HostSource.QUIC)
        assert flow.up == len(one + two + b"early data")
        assert here.datagrams.unnamed.held == {}


@pytest.mark.usefixtures("never_over")
async def test_a_held_flow_can_be_refused() -> None:
    async with place(*RULES) as here, echo() as (server, seen):
        for datagram in halves("far.test"):
            here.program.send(datagram, server)
        assert named(await here.record.wait_closed()) == ("far.test", HostSource.QUIC)
        assert here.gate.refused == [(here.program.name, server)]
        assert seen.seen == []


@pytest.mark.usefixtures("never_over")
async def test_a_service_by_the_sniffed_name() -> None:
    async with echo() as (server, _):
        service = Upstream("echo", UpstreamKind.SERVICE, *server)
        async with place("DOMAIN,far.test,echo", "MATCH,REJECT", upstreams=[service]) as here:
            elsewhere = ("192.0.2.1", 443)
            one, two = halves("far.test")
            here.program.send(one, elsewhere)
            here.program.send(two, elsewhere)
            for datagram in (one, two):
                assert await until(here.program.got) == (datagram, elsewhere)
            assert str(here.record.flows[0].decision.action) == "echo"


@pytest.mark.usefixtures("never_over")
@pytest.mark.parametrize(
    ("said", "taken", "source"),
    [
        ("b.test", "b.test", HostSource.QUIC),
        ("far.test", "far.test", HostSource.QUIC),
        # Neither: the provider's, before an encrypted hello, say. What was asked last it is.
        ("provider.test", "b.test", HostSource.DNS),
    ],
)
async def test_the_sniffed_name_chooses_among_those_of_the_address(said, taken, source) -> None:
    async with place(*RULES) as here, echo() as (server, _):
        here.rig.memory.remember("127.0.0.1", "far.test", 60)
        here.rig.memory.remember("127.0.0.1", "b.test", 60)
        message = hello.message([hello.encrypted_hello(), hello.sni(said.encode())])
        here.program.send(quic.initial(quic.crypto(0, message)), server)
        assert named(await here.record.wait_decided()) == (taken, source)


@pytest.mark.usefixtures("never_over")
async def test_a_single_name_from_dns_beats_what_the_packets_say() -> None:
    async with place(*RULES) as here, echo() as (server, _):
        here.rig.memory.remember("127.0.0.1", "near.test", 60)
        first = whole("far.test")
        assert await here.ask(first, server) == first
        assert named(here.record.flows[0]) == ("near.test", HostSource.DNS)


@pytest.mark.usefixtures("never_over")
@pytest.mark.parametrize(
    ("rules", "names"),
    [
        (["MATCH,DIRECT"], []),
        (["DST-PORT,1-65535,DIRECT", "DOMAIN,far.test,REJECT"], []),
        (RULES, ["near.test"]),
        (RULES, ["near.test", "nearer.test"]),
    ],
    ids=["no-rule", "an-earlier-rule", "known", "known-alike"],
)
async def test_what_no_name_can_change_is_not_waited_for(rules, names) -> None:
    async with place(*rules) as here, echo() as (server, _):
        for name in names:
            here.rig.memory.remember("127.0.0.1", name, 60)
        first = halves("far.test")[0]
        assert await here.ask(first, server) == first


@pytest.mark.usefixtures("never_over")
@pytest.mark.parametrize(
    "first",
    [
        b"\x01\0\0\0" + bytes(144),
        b"\x16\xfe\xfd" + bytes(60),
        quic.initial(quic.crypto(0, hello.message([]))),
    ],
    ids=["wireguard", "dtls", "quic-without-a-name"],
)
async def test_what_has_no_name_goes_by_its_address_at_once(
    first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place(*RULES) as here, echo() as (server, _):
        quic_port(monkeypatch, server)
        assert await here.ask(first, server) == first
        assert named(here.record.flows[0]) == ("", HostSource.NONE)


@pytest.mark.usefixtures("never_over")
@pytest.mark.parametrize(
    "first",
    [quic.short(), quic.handshake(), b"\xc0\xba\xba\xba\xba" + bytes(1195)],
    ids=["later", "handshake", "other-version"],
)
async def test_quic_that_cannot_be_read_is_sent_to_tcp(
    first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place(*RULES) as here, echo() as (server, _):
        assert await here.ask(first, server) == first  # on other ports it may have no TCP
        quic_port(monkeypatch, server)
        for count, names in enumerate(([], ["far.test", "near.test"]), 1):
            for name in names:
                here.rig.memory.remember("127.0.0.1", name, 60)
            program = Program(here.gate)
            program.send(first, server)
            assert "over TCP it is told" in (await here.record.wait_closed(count)).reason
            program.sock.close()


@pytest.mark.usefixtures("soon_over")
async def test_a_hello_that_never_ends_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with place(*RULES) as here, echo() as (server, _):
        first = halves("far.test")[0]
        assert await here.ask(first, server) == first
        assert named(here.record.flows[0]) == ("", HostSource.NONE)
        assert here.datagrams.unnamed.held == {}
        # So long a wait would fail this test: there is none now. What needs none is read.
        monkeypatch.setattr(first_datagrams, "SNIFF_SECONDS", 3600.0)
        other = Program(here.gate)
        assert await here.ask(first, server, other) == first
        third = Program(here.gate)
        third.send(whole("far.test"), server)
        assert named(await here.record.wait_closed()) == ("far.test", HostSource.QUIC)
        other.sock.close()
        third.sock.close()


@pytest.mark.usefixtures("soon_over")
async def test_on_quics_own_port_such_a_hello_is_sent_to_tcp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with place(*RULES) as here, echo() as (server, seen):
        quic_port(monkeypatch, server)
        here.program.send(halves("far.test")[0], server)
        assert "over TCP it is told" in (await here.record.wait_closed()).reason
        assert here.gate.refused == [(here.program.name, server)]
        assert seen.seen == []


@pytest.mark.usefixtures("never_over")
async def test_only_so_many_flows_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_datagrams, "MOST_HELD", 2)
    async with place(*RULES) as here, echo() as (server, _):
        programs = [Program(here.gate) for _ in range(3)]
        one, two = halves("near.test")
        for count, program in enumerate(programs[:2], 1):
            program.send(one, server)
            await held(here, count)
        assert await here.ask(one, server, programs[2]) == one
        for program in programs[:2]:
            program.send(two, server)
            for datagram in (one, two):
                assert await until(program.got) == (datagram, server)
        for program in programs:
            program.sock.close()


@pytest.mark.usefixtures("never_over")
async def test_rules_that_change_meanwhile_decide() -> None:
    async with place(*RULES) as here, echo() as (server, _):
        one, two = halves("far.test")
        here.program.send(one, server)
        await held(here)
        relay = here.rig.relay
        relay.routing = replace(relay.routing, rules=compile_rules([parse_rule("MATCH,DIRECT")]))
        here.program.send(two, server)
        for datagram in (one, two):
            assert await until(here.program.got) == (datagram, server)


@pytest.mark.usefixtures("never_over")
async def test_the_end_while_one_is_held() -> None:
    async with place(*RULES) as here, echo() as (server, seen):
        here.program.send(halves("near.test")[0], server)
        await held(here)
        (first,) = here.datagrams.unnamed.held.values()
        here.datagrams.close()
        assert first.queue is None
        assert here.datagrams.unnamed.held == {}
        assert (here.record.flows, here.record.ended, seen.seen) == ([], [], [])


@pytest.mark.usefixtures("never_over")
async def test_what_leads_nowhere_takes_no_more_of_what_was_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first datagram that is sent on may end the flow: its upstream's port is gone, say."""
    async with place(*RULES) as here, echo() as (server, _):
        sent = []

        def ends(exchange, payload: bytes) -> None:
            sent.append(payload)
            exchange.end("gone")

        monkeypatch.setattr("byway_core.relay.exchange.Straight.forward", ends)
        one, two = halves("near.test")
        here.program.send(one, server)
        here.program.send(two, server)
        assert (await here.record.wait_closed()).reason == "gone"
        assert sent == [one]
