"""Questions for names that have fake addresses, put to a forwarder whose server sees the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.support.dns_server import DnsServer, dns_server, fixed, query
from tests.support.loops import until

from byway_core.dns.choice import Choice
from byway_core.dns.fake_answers import FakeAnswers
from byway_core.dns.fake_choice import FakeChoice
from byway_core.dns.fake_pool import FakePool
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts_file import HostsFile
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.server_resolver import ServerResolver
from byway_core.dns.servers import AsAsked, FixedServers, ServerList
from byway_core.model.fake_addresses import FAKE_IPV4, FAKE_IPV6
from byway_core.model.profile import Nameserver
from byway_core.protocols.dns_message import (
    AAAA,
    ANY,
    HTTPS,
    PTR,
    SVCB,
    A,
    Answer,
    Rcode,
    parse_answer,
)
from byway_core.rules.compile import compile_rules
from byway_core.rules.parse import parse_rule

RULES = ("DOMAIN-SUFFIX,office.test,office", "DOMAIN,no.test,REJECT", "MATCH,DIRECT")
NAME, OTHER = "www.office.test", "www.direct.test"
SERVER = "192.0.2.77"
TXT, CHAOS = 16, 3


class Room:
    def __init__(self, loop: asyncio.AbstractEventLoop, server: DnsServer, hosts: Path) -> None:
        self.loop = loop
        self.server = server
        self.names = KnownNames()
        self.answers = FakeAnswers(self.names.fakes)
        choice = Choice(FixedServers([Nameserver(ip_address(server.host), server.port)]))
        profile = {"nas.office.test": (ip_address("10.0.0.5"),)}
        local = LocalAnswers(profile, HostsFile(hosts), self.answers)
        self.forwarder = DnsForwarder(loop, choice, local, self.names)
        rules = compile_rules([parse_rule(rule) for rule in RULES])
        self.answers.choice = FakeChoice(rules, choice)
        self.answers.pool = FakePool(range(256), None, self.names.fakes.learn)
        self.names.fakes.refused = range(256)

    def ask(self, name: str, qtype: int = A, *, over_tcp: bool = False, edns: int = 0) -> Answer:
        message = query(name, qtype, edns=edns)
        answers: list[bytes] = []
        take = self.forwarder.answer_tcp if over_tcp else self.forwarder.answer
        take(message, answers.append, (SERVER, 53))
        until(self.loop, lambda: answers)
        answer = parse_answer(answers[0])
        assert (answer.name, answer.qtype, answer.id) == (name, qtype, 0x1234)
        return answer

    def address(self, name: str, qtype: int = A) -> str:
        answer = self.ask(name, qtype)
        assert (answer.rcode, len(answer.addresses), answer.ttl) == (Rcode.NOERROR, 1, 1)
        return answer.addresses[0]


@pytest.fixture
def room(plain_loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Room]:
    hosts = tmp_path / "hosts"
    hosts.write_text("10.0.0.9 box.office.test\n")
    with dns_server(fixed("192.0.2.1", "2001:db8::1")) as server:
        room = Room(plain_loop, server, hosts)
        yield room
        room.forwarder.close()


def test_both_families_stand_for_the_name_and_nobody_is_asked(room: Room) -> None:
    four, six = room.address(NAME), room.address(NAME, AAAA)
    assert ip_address(four) in FAKE_IPV4
    assert ip_address(six) in FAKE_IPV6
    assert room.names.fake(four) == room.names.fake(six) == NAME
    assert set(room.ask(NAME, ANY).addresses) == {four, six}
    assert room.ask(NAME, over_tcp=True).addresses == (four,)
    assert room.ask(NAME, edns=1232).addresses == (four,)
    assert room.address("WWW.office.test".lower()) == four
    assert room.address("no.test") != four
    assert room.server.asked == []
    assert room.names.names(four) == (), "it is no name's real address"


@pytest.mark.parametrize("qtype", [HTTPS, SVCB])
def test_no_hint_of_the_real_ones(room: Room, qtype: int) -> None:
    answer = room.ask(NAME, qtype)
    assert (answer.rcode, answer.addresses) == (Rcode.NOERROR, ())
    assert room.server.asked == []


def test_what_goes_directly_is_real(room: Room) -> None:
    assert room.ask(OTHER).addresses == ("192.0.2.1",)
    assert room.ask(OTHER).addresses == ("192.0.2.1",)
    assert room.server.names() == [OTHER]
    assert room.names.names("192.0.2.1") == (OTHER,)


def test_what_is_in_hosts_is_real(room: Room) -> None:
    assert room.ask("nas.office.test").addresses == ("10.0.0.5",)
    assert room.ask("box.office.test").addresses == ("10.0.0.9",)
    assert room.server.asked == []


def test_other_questions_are_asked(room: Room) -> None:
    room.ask(NAME, TXT)
    assert room.server.names() == [NAME]


def test_reverse(room: Room) -> None:
    four = ip_address(room.address(NAME))
    six = ip_address(room.address(NAME, AAAA))
    answers: list[bytes] = []
    for address in four, six:
        room.forwarder.answer(query(address.reverse_pointer, PTR), answers.append)
    for answer in answers:
        assert answer.endswith(b"\0\x0c\0\1\0\0\0\1\0\x11\3www\6office\4test\0")
    other = ip_address(str(FAKE_IPV4[0 if str(four) != "198.18.0.0" else 1]))
    assert room.ask(other.reverse_pointer, PTR).rcode == Rcode.NXDOMAIN
    assert room.server.asked == []
    room.ask("198.198.in-addr.arpa", PTR)
    room.ask("0.18.198.in-addr.arpa", PTR)
    room.ask("1.0.20.198.in-addr.arpa", PTR)
    assert len(room.server.asked) == 3


def test_byway_itself_is_told_the_real_ones(room: Room) -> None:
    fake = room.address(NAME)
    found: list[object] = []
    resolver = ServerResolver(room.forwarder, {}, room.loop.call_later)
    for _ in range(2):
        resolver.lookup(NAME, lambda addresses, error: found.append((dict(addresses), error)))
        until(room.loop, lambda: found)
        addresses, error = found.pop()  # type: ignore[misc]
        assert set(addresses.values()) == {"192.0.2.1", "2001:db8::1"}
        assert error == ""
        # And a program that asks with the very same bytes is not told them.
        assert room.address(NAME) == fake
    assert len(room.server.asked) == 2, "the second time from the cache"


class FromSystem(AsAsked):
    """Each question goes to the server that it was for; the system's is the test's."""

    def __init__(self, server: DnsServer) -> None:
        super().__init__()
        nameserver = Nameserver(ip_address(server.host), server.port)
        self._servers = FixedServers([nameserver]).current()

    def current(self) -> ServerList:
        return self._servers


def test_a_server_that_is_known_by_a_fake_address_is_never_sent_anything(room: Room) -> None:
    """`dig @dns.office.test`: that its name is no address out there, the program does not know."""
    fake = room.address("dns.office.test")
    room.forwarder.configure(Choice(FromSystem(room.server)), {})
    answers: list[bytes] = []
    room.forwarder.answer(query(OTHER), answers.append, (fake, 53))
    until(room.loop, lambda: answers)
    assert parse_answer(answers[0]).addresses == ("192.0.2.1",)
    assert room.server.names() == [OTHER]


def test_where_there_is_none_left_nobody_is_asked_either(room: Room) -> None:
    room.answers.pool = None
    assert room.ask(NAME).rcode == Rcode.SERVFAIL
    assert room.server.asked == []


def test_what_was_given_out_is_known_when_no_more_are(room: Room) -> None:
    four = ip_address(room.address(NAME))
    room.answers.choice = None
    assert room.ask(NAME).addresses == ("192.0.2.1",)
    assert room.names.fake(str(four)) == NAME
    assert room.ask(four.reverse_pointer, PTR).rcode == Rcode.NOERROR
    assert room.server.names() == [NAME]
