from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.support.dns_server import (
    DnsServer,
    dns_server,
    fixed,
    query,
    record,
    response,
    silent,
    wire_name,
)
from tests.support.loops import until

from byway_core.dns import forwarder as module
from byway_core.dns.choice import Choice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.hosts_file import HostsFile
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.servers import AsAsked, FixedServers, ServerList
from byway_core.model.profile import Nameserver
from byway_core.protocols.dns_message import parse_answer

# What a try takes where a server stays silent on purpose; elsewhere a busy machine must not matter.
SOON = 0.4
PATIENT = 60.0


class Room:
    """A forwarder in front of test servers, and what it answered."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *servers: DnsServer | int, timeout: float = PATIENT
    ) -> None:
        self.loop = loop
        self.memory = KnownNames()
        self.hosts = {"nas.lan": (ip_address("10.0.0.5"), ip_address("2001:db8::5"))}
        self.forwarder = DnsForwarder(
            loop, self.at(*servers, timeout=timeout), LocalAnswers(self.hosts), self.memory
        )

    @staticmethod
    def at(*servers: DnsServer | int, timeout: float = PATIENT) -> Choice:
        fixed_servers = FixedServers(
            [
                Nameserver(ip_address("127.0.0.1"), server)
                if isinstance(server, int)
                else Nameserver(ip_address(server.host), server.port)
                for server in servers
            ],
            timeout=timeout,
        )
        return Choice(fixed_servers)

    def ask(self, message: bytes, *, over_tcp: bool = False) -> bytes:
        answers: list[bytes] = []
        take = self.forwarder.answer_tcp if over_tcp else self.forwarder.answer
        take(message, answers.append)
        until(self.loop, lambda: answers)
        assert len(answers) == 1
        return answers[0]

    def names(self, address: str) -> list[str]:
        return list(self.memory.names(address))


@pytest.fixture
def room(plain_loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., Room]]:
    with contextlib.ExitStack() as stack:

        def make(*servers: DnsServer | int, timeout: float = PATIENT) -> Room:
            made = Room(plain_loop, *servers, timeout=timeout)
            stack.callback(made.forwarder.close)
            return made

        yield make


def unused_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@pytest.mark.parametrize("over_tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_question_is_answered_and_remembered(
    any_loop: asyncio.AbstractEventLoop, over_tcp: bool, host: str
) -> None:
    with dns_server(fixed("192.0.2.1", "192.0.2.2", "2001:db8::1"), host) as server:
        room = Room(any_loop, server)
        asked = query("Web.Example.COM", id_=0xBEEF, edns=1232)
        answer = room.ask(asked, over_tcp=over_tcp)
        assert answer == response(asked, "192.0.2.1", "192.0.2.2")
        assert room.names("192.0.2.1") == room.names("192.0.2.2") == ["web.example.com"]
        room.ask(query("web.example.com", 28), over_tcp=over_tcp)
        assert room.names("2001:db8::1") == ["web.example.com"]
        seen, way = server.asked[0]
        assert seen[2:] == asked[2:], "the query goes on as it was, EDNS and all"
        assert way is over_tcp
        room.forwarder.close()


def test_it_is_remembered_before_it_is_answered(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(server)
        seen: list[list[str]] = []
        here.forwarder.answer(
            query("web.example"), lambda message: seen.append(here.names("192.0.2.1"))
        )
        until(here.loop, lambda: seen)
        assert seen == [["web.example"]]


def test_aliases_are_remembered_under_the_name_that_was_asked(room: Callable[..., Room]) -> None:
    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        bare = response(asked)
        tail = record(b"\xc0\x0c", "edge.cdn.example") + record(
            wire_name("edge.cdn.example"), "192.0.2.9"
        )
        return [bare[:6] + b"\0\2" + bare[8:] + tail]

    with dns_server(script) as server:
        here = room(server)
        here.ask(query("www.shop.example"))
        assert here.names("192.0.2.9") == ["www.shop.example"]


def test_ids_and_ports_are_fresh_for_every_question(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(server)
        for number in range(20):
            asked = query(f"n{number}.example", id_=7)
            assert here.ask(asked)[:2] == asked[:2], "the client's own id comes back"
        assert len({message[:2] for message, _ in server.asked}) > 15
        assert len({port for _, port in server.sources}) > 15
        assert len(here.forwarder.poller) == 0, "no socket is left behind"


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(
            lambda asked: response(asked, "203.0.113.6", id_=int.from_bytes(asked[:2]) ^ 1),
            id="wrong id",
        ),
        pytest.param(
            lambda asked: response(asked, "203.0.113.6", name="other.example"), id="wrong question"
        ),
        pytest.param(lambda asked: asked, id="the query itself"),
        pytest.param(lambda asked: b"", id="empty"),
        pytest.param(lambda asked: asked[:2] + b"\x81\x80" + bytes(3), id="short"),
        pytest.param(
            lambda asked: asked[:2] + b"\x81\x80" + bytes(8), id="no question, but no error either"
        ),
    ],
)
def test_forgeries_are_passed_over(
    room: Callable[..., Room], forge: Callable[[bytes], bytes]
) -> None:
    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        return [forge(asked)] * 10 + [response(asked, "192.0.2.1")]

    with dns_server(script) as server:
        here = room(server)
        asked = query("web.example")
        assert here.ask(asked) == response(asked, "192.0.2.1")
        assert here.names("203.0.113.6") == []
        assert len(server.asked) == 1


def test_an_answer_from_elsewhere_never_arrives(room: Callable[..., Room]) -> None:
    """Right in all but its source: the kernel keeps it from the connected socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
        forger.bind(("127.0.0.1", 0))

        def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
            forger.sendto(response(asked, "203.0.113.6"), server.sources[-1])
            return [response(asked, "192.0.2.1")]

        with dns_server(script) as server:
            here = room(server)
            asked = query("web.example")
            assert here.ask(asked) == response(asked, "192.0.2.1")


def test_the_case_of_the_echo_does_not_matter_its_type_does(room: Callable[..., Room]) -> None:
    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        lower = response(asked, "192.0.2.1", name="web.example")
        other = bytearray(lower)
        other[12 + len(wire_name("web.example")) + 1] ^= 0x20  # 65 (HTTPS) and 97 are "A" and "a"
        return [bytes(other), lower]

    with dns_server(script) as server:
        here = room(server)
        assert here.ask(query("WEB.example", 65))[-4:] == ip_address("192.0.2.1").packed


@pytest.mark.parametrize("over_tcp", [False, True], ids=["udp", "tcp"])
def test_a_refusing_server_costs_no_time(room: Callable[..., Room], over_tcp: bool) -> None:
    """ICMP's, or RST's, word is taken at once."""
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(unused_port(), server)
        asked = query("web.example")
        assert here.ask(asked, over_tcp=over_tcp) == response(asked, "192.0.2.1")


@pytest.mark.parametrize("rcode", [2, 4, 5], ids=["SERVFAIL", "NOTIMP", "REFUSED"])
def test_a_server_that_cannot_is_followed_by_the_next(
    room: Callable[..., Room], rcode: int
) -> None:
    with dns_server(fixed(rcode=rcode)) as unable, dns_server(fixed("192.0.2.1")) as able:
        here = room(unable, able)
        asked = query("web.example")
        assert here.ask(asked) == response(asked, "192.0.2.1")
        assert (len(unable.asked), len(able.asked)) == (1, 1)


def test_when_all_cannot_the_clients_hears_it_in_their_words(room: Callable[..., Room]) -> None:
    with dns_server(fixed(rcode=5)) as one, dns_server(fixed(rcode=2)) as two:
        here = room(one, two)
        asked = query("web.example")
        assert here.ask(asked) == response(asked, rcode=2)
        assert (len(one.asked), len(two.asked)) == (1, 1), "nobody is asked twice after a no"
        assert here.forwarder.failures == 1


@pytest.mark.parametrize("rcode", [1, 3], ids=["FORMERR", "NXDOMAIN"])
def test_other_errors_are_the_answer(room: Callable[..., Room], rcode: int) -> None:
    with dns_server(fixed(rcode=rcode)) as server, dns_server(fixed("192.0.2.1")) as never:
        here = room(server, never)
        asked = query("web.example")
        assert here.ask(asked) == response(asked, rcode=rcode)
        assert never.asked == []


def test_an_error_without_its_question_counts(room: Callable[..., Room]) -> None:
    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        return [asked[:2] + b"\x81\x81" + bytes(8)]

    with dns_server(script) as server:
        here = room(server)
        assert here.ask(query("web.example", edns=512)) == b"\x12\x34\x81\x81" + bytes(8)


def test_a_malformed_answer_is_none(room: Callable[..., Room]) -> None:
    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        return [response(asked, "192.0.2.1")[:-2]]

    with dns_server(script) as broken, dns_server(fixed("192.0.2.2")) as sound:
        here = room(broken, sound)
        asked = query("web.example")
        assert here.ask(asked) == response(asked, "192.0.2.2")
        assert here.names("192.0.2.1") == []


@pytest.mark.parametrize("over_tcp", [False, True], ids=["udp", "tcp"])
def test_a_silent_server_is_passed_over_and_then_asked_last(
    any_loop: asyncio.AbstractEventLoop, over_tcp: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with dns_server(silent) as dead, dns_server(fixed("192.0.2.1")) as alive:
        if over_tcp:
            dead.script = lambda asked, tcp: [response(asked, id_=0)]  # keeps the connection
        room = Room(any_loop, dead, alive, timeout=SOON)
        with caplog.at_level(logging.WARNING):
            for number in range(5):
                asked = query(f"n{number}.example")
                assert room.ask(asked, over_tcp=over_tcp) == response(asked, "192.0.2.1")
        assert len(dead.asked) == 1
        assert len(alive.asked) == 5
        assert [entry.getMessage() for entry in caplog.records] == [
            f"the DNS server 127.0.0.1:{dead.port} does not answer: no answer within {SOON} s"
        ]
        room.forwarder.close()


def test_a_late_answer_still_counts(room: Callable[..., Room]) -> None:
    """The first server answers only once the second has been asked, which stays silent."""
    first: list[bytes] = []

    def slow(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        first.append(asked)
        return []

    def second(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        one._udp.sendto(response(first[0], "192.0.2.1"), one.sources[0])
        return []

    with dns_server(slow) as one, dns_server(second) as two:
        here = room(one, two, timeout=SOON)
        assert here.ask(query("web.example")) == response(query("web.example"), "192.0.2.1")
        assert len(two.asked) == 1


def test_one_lost_packet(room: Callable[..., Room]) -> None:
    asked_before: set[bytes] = set()

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        if asked in asked_before:
            return [response(asked, "192.0.2.1")]
        asked_before.add(asked)
        return []

    with dns_server(script) as server:
        here = room(server, timeout=SOON)
        assert here.ask(query("web.example")) == response(query("web.example"), "192.0.2.1")
        assert server.sources[0] == server.sources[1], "asked again from the same socket"


def test_total_silence_is_an_error_in_the_end(
    any_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byway_core.dns.exchange.LONGEST", 0.5)
    with dns_server(silent) as one, dns_server(silent) as two:
        room = Room(any_loop, one, two, timeout=0.1)
        answer = room.ask(query("web.example", edns=1232))
        assert answer[2:4] == b"\x81\x82", "SERVFAIL"
        assert len(one.asked) <= 2, "each server, twice at most"
        assert len(two.asked) <= 2
        assert len(room.forwarder.poller) == 0
        room.forwarder.close()


def test_no_server_at_all_fails_at_once(room: Callable[..., Room]) -> None:
    here = room()
    answers: list[bytes] = []
    here.forwarder.answer(query("web.example"), answers.append)
    assert answers[0][3] & 15 == 2


def test_truncation_is_the_clients_to_see(room: Callable[..., Room]) -> None:
    addresses = [f"192.0.2.{n}" for n in range(200)]

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        return [response(asked, *addresses) if over_tcp else response(asked, truncated=True)]

    with dns_server(script) as server:
        here = room(server)
        asked = query("big.example")
        assert here.ask(asked) == response(asked, truncated=True)
        assert here.ask(asked, over_tcp=True) == response(asked, *addresses)
        assert here.names("192.0.2.199") == ["big.example"]


def test_an_answer_longer_than_the_client_takes_is_cut(room: Callable[..., Room]) -> None:
    with dns_server(fixed(*[f"192.0.2.{n}" for n in range(60)])) as server:
        here = room(server)
        answer = here.ask(query("big.example"))
        assert len(answer) <= 512
        assert answer[2] & 0x02, "marked as truncated"
        assert here.names("192.0.2.59") == ["big.example"]


@pytest.mark.parametrize("over_tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize(
    ("qtype", "addresses"), [(1, ["10.0.0.5"]), (28, ["2001:db8::5"]), (65, []), (12, [])]
)
def test_hosts_are_answered_here(
    room: Callable[..., Room], qtype: int, addresses: list[str], over_tcp: bool
) -> None:
    with dns_server(silent) as server:
        here = room(server)
        answer = here.ask(query("NAS.lan", qtype), over_tcp=over_tcp)
        assert answer[3] & 15 == 0
        assert answer[6:8] == len(addresses).to_bytes(2)
        for address in addresses:
            assert answer.endswith(ip_address(address).packed)
        assert here.names("10.0.0.5") == here.names("2001:db8::5") == ["nas.lan"]
        assert server.asked == []


def test_the_canary_does_not_exist(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(server)
        assert here.ask(query("use-application-dns.net"))[3] & 15 == 3
        assert server.asked == []


def test_a_new_profile_brings_new_servers(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as old, dns_server(fixed("192.0.2.2")) as new:
        here = room(old)
        assert here.ask(query("a.example")).endswith(ip_address("192.0.2.1").packed)
        here.forwarder.configure(here.at(new), {"a.example": (ip_address("192.0.2.3"),)})
        assert here.ask(query("a.example")).endswith(ip_address("192.0.2.3").packed)
        assert here.ask(query("b.example")).endswith(ip_address("192.0.2.2").packed)
        assert here.ask(query("nas.lan")).endswith(ip_address("192.0.2.2").packed)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"\x12\x34\x01\x00", b"", id="no header"),
        pytest.param(response(query("a.example")), b"", id="an answer"),
        pytest.param(
            b"\x12\x34\x28\x00" + bytes(8), b"\x12\x34\xa8\x04" + bytes(8), id="an update"
        ),
        pytest.param(
            query("a.example")[:-3], b"\x12\x34\x81\x01" + bytes(8), id="a question cut short"
        ),
        pytest.param(
            query("a.example")[:4] + b"\0\2" + query("a.example")[6:],
            b"\x12\x34\x81\x01" + bytes(8),
            id="two questions",
        ),
    ],
)
def test_no_standard_query(room: Callable[..., Room], message: bytes, answer: bytes) -> None:
    here = room()
    answers: list[bytes] = []
    here.forwarder.answer(message, answers.append)
    assert answers == [answer]


def test_equal_questions_are_asked_once(room: Callable[..., Room]) -> None:
    held: list[bytes] = []

    def hold(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        held.append(asked)
        return []

    with dns_server(hold) as server:
        here = room(server)
        answers: dict[int, list[bytes]] = {id_: [] for id_ in range(1, 6)}
        for id_ in answers:
            here.forwarder.answer(query("web.example", id_=id_), answers[id_].append)
        until(here.loop, lambda: held)
        server._udp.sendto(response(held[0], "192.0.2.1"), server.sources[0])
        until(here.loop, lambda: all(answers.values()))
        assert len(server.asked) == 1
        for id_, mine in answers.items():
            assert mine == [response(query("web.example", id_=id_), "192.0.2.1")]


def test_too_many_questions_fail_at_once(
    room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT", 4)
    with dns_server(silent) as server:
        here = room(server)
        answers: list[bytes] = []
        for number in range(6):
            here.forwarder.answer(query(f"n{number}.example"), answers.append)
        assert [answer[3] & 15 for answer in answers] == [2, 2]
        here.forwarder.close()
        assert answers[2:] == [b""] * 4, "closing leaves nobody waiting"


def test_sockets_are_bounded_and_the_oldest_gives_way(
    room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SOCKETS", 3)
    with dns_server(silent) as dead, dns_server(fixed("192.0.2.1")) as alive:
        here = room(dead, alive, timeout=SOON)
        answers: list[bytes] = []
        for number in range(4):
            here.forwarder.answer(query(f"n{number}.example"), answers.append)
        assert [answer[3] & 15 for answer in answers] == [2], "there was no socket for it"
        assert len(here.forwarder.poller) == 3
        until(here.loop, lambda: len(answers) == 4)
        assert all(answer.endswith(ip_address("192.0.2.1").packed) for answer in answers[1:])


def test_a_machine_without_descriptors(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(family: socket.AddressFamily) -> socket.socket:
        raise OSError(24, "Too many open files")

    here = room()
    forwarder = DnsForwarder(here.loop, here.at(53), LocalAnswers({}), here.memory, udp=none_left)
    answers: list[bytes] = []
    forwarder.answer(query("web.example"), answers.append)
    assert answers[0][3] & 15 == 2
    assert caplog.records == [], "which is no fault of the server's"
    forwarder.close()


def test_an_idle_forwarder_has_no_timer(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(server)
        here.ask(query("web.example"))
        until(here.loop, lambda: here.forwarder._timer is None)


@pytest.mark.parametrize("over_tcp", [False, True])
def test_each_question_goes_to_the_server_it_was_for(
    room: Callable[..., Room], over_tcp: bool
) -> None:
    """The same one to two servers at once is two; a program that asks neither has a third."""
    with (
        dns_server(fixed("192.0.2.1")) as first,
        dns_server(fixed("192.0.2.2")) as second,
        dns_server(fixed("192.0.2.3")) as profiles,
    ):
        here = room(profiles)
        take = here.forwarder.answer_tcp if over_tcp else here.forwarder.answer
        for servers, addresses in (
            (Choice(AsAsked()), ("192.0.2.1", "192.0.2.2")),
            (here.at(profiles), ("192.0.2.3", "192.0.2.3")),
        ):
            here.forwarder.configure(servers, {})
            got: list[list[bytes]] = [[], []]
            asked = query("web.example")
            for answers, server in zip(got, (first, second), strict=True):
                take(asked, answers.append, (server.host, server.port))
            until(here.loop, lambda got=got: all(got))
            assert got == [[response(asked, address)] for address in addresses]


@dataclass
class Moving:
    """What resolv.conf says while networks come and go."""

    list: ServerList

    def current(self) -> ServerList:
        return self.list


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def ttls(message: bytes) -> int:
    return parse_answer(message).ttl


def timed(room: Room) -> Clock:
    clock = Clock()
    room.forwarder._clock = clock
    return clock


@pytest.mark.parametrize("over_tcp", [False, True], ids=["udp", "tcp"])
def test_what_was_answered_is_given_again_with_what_is_left(
    room: Callable[..., Room], over_tcp: bool
) -> None:
    with dns_server(fixed("192.0.2.1", ttl=60)) as server:
        here = room(server)
        clock = timed(here)
        here.ask(query("web.example"))
        clock.now += 20.5
        asked = query("Web.Example", id_=7)
        assert here.ask(asked, over_tcp=over_tcp) == response(asked, "192.0.2.1", ttl=39)
        assert len(server.asked) == 1
        clock.now += 40
        assert ttls(here.ask(query("web.example"))) == 60
        assert len(server.asked) == 2
        assert here.forwarder.from_cache == 1


def test_a_failure_is_not_asked_for_at_once_again(room: Callable[..., Room]) -> None:
    with dns_server(fixed(rcode=2)) as server:
        here = room(server)
        clock = timed(here)
        asked = query("web.example")
        for _ in range(3):
            assert here.ask(asked) == response(asked, rcode=2)
        assert len(server.asked) == 1
        clock.now += 5
        server.script = fixed("192.0.2.1")
        assert here.ask(asked) == response(asked, "192.0.2.1")


def test_a_long_answer_is_cut_for_who_takes_less(room: Callable[..., Room]) -> None:
    addresses = [f"192.0.2.{number}" for number in range(60)]
    with dns_server(fixed(*addresses)) as server:
        here = room(server)
        for _ in range(2):
            long = here.ask(query("web.example", edns=4096))
            assert len(parse_answer(long).addresses) == 60
        short = here.ask(query("web.example"))
        assert len(short) <= 512
        assert short[2] & 0x02
        assert len(here.ask(query("web.example"), over_tcp=True)) > 900
        assert len(server.asked) == 1


def test_a_name_from_the_cache_is_the_newest_of_its_address(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1", ttl=600)) as server:
        here = room(server)
        clock = timed(here)
        learned: list[object] = []
        here.memory.known._on_learn = learned.extend
        here.ask(query("one.example"))
        here.ask(query("two.example"))
        here.ask(query("two.example"))
        assert len(learned) == 2, "the memory knows already"
        here.ask(query("one.example"))
        assert here.names("192.0.2.1") == ["one.example", "two.example"]
        assert learned[2:] == [("192.0.2.1", "one.example", 600)]
        clock.now += 61
        here.ask(query("one.example"))
        assert learned[3:] == [("192.0.2.1", "one.example", 539)]
        assert len(server.asked) == 2


def test_each_server_has_answers_of_its_own(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as one, dns_server(fixed("192.0.2.2")) as two:
        here = room(one)
        timed(here)
        here.forwarder.configure(Choice(AsAsked()), {})
        asked = query("web.example")
        for _ in range(2):
            for server, address in ((one, "192.0.2.1"), (two, "192.0.2.2")):
                answers: list[bytes] = []
                here.forwarder.answer(asked, answers.append, (server.host, server.port))
                until(here.loop, lambda answers=answers: answers)
                assert answers == [response(asked, address)]
        assert len(one.asked) == len(two.asked) == 1


def test_another_network_has_other_answers(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as one, dns_server(fixed("192.0.2.2")) as two:
        here = room(one)
        clock = timed(here)
        here.ask(query("web.example"))
        moving = Moving(here.at(one).default.current())
        here.forwarder.configure(Choice(moving), {})
        here.ask(query("web.example"))
        moving.list = here.at(two).default.current()
        clock.now += 1
        asked = query("web.example")
        assert here.ask(asked) == response(asked, "192.0.2.2")


def test_an_answer_for_one_subnet_is_not_kept(room: Callable[..., Room]) -> None:
    with dns_server(fixed("192.0.2.1")) as server:
        here = room(server)
        subnet = b"\0\x08\0\7\0\1\x18\0\xc0\0\2"
        asked = query("web.example", edns=1232)[:-2] + len(subnet).to_bytes(2) + subnet
        here.ask(asked)
        here.ask(asked)
        assert len(server.asked) == 2


def test_what_a_server_of_a_programs_own_says_is_hearsay(
    room: Callable[..., Room], tmp_path: Path
) -> None:
    """Also from the cache; the system's servers are believed."""
    with dns_server(fixed("192.0.2.1")) as chosen, dns_server(fixed("192.0.2.2")) as systems:
        here = room(chosen)
        path = tmp_path / "resolv.conf"
        path.write_text(f"nameserver {systems.host}\n")
        servers = AsAsked(path, tmp_path / "none")
        here.forwarder.configure(Choice(servers), {})
        servers.current()
        servers._endpoints = frozenset({(systems.host, systems.port)})  # resolv.conf has no ports
        for _ in range(2):
            for server in (chosen, systems):
                answers: list[bytes] = []
                asked = query("bank.example")
                here.forwarder.answer(asked, answers.append, (server.host, server.port))
                until(here.loop, lambda answers=answers: answers)
        assert here.names("192.0.2.1") == []
        assert list(here.memory.hearsay("192.0.2.1")) == ["bank.example"]
        assert here.names("192.0.2.2") == ["bank.example"]
        assert list(here.memory.hearsay("192.0.2.2")) == []
        assert here.forwarder.from_cache == 2


def test_the_systems_hosts_file_counts_where_the_system_is_asked(
    room: Callable[..., Room], tmp_path: Path
) -> None:
    path = tmp_path / "hosts"
    path.write_text("192.0.2.7 web.example nas\n")
    with dns_server(fixed("192.0.2.1")) as profiles:
        here = room(profiles)
        system = Moving(ServerList(()))
        local = LocalAnswers({}, HostsFile(path))
        own = here.at(profiles).default
        for choice, name, address in (
            (Choice(system), "web.example", "192.0.2.7"),
            (Choice(own, system), "web.example", "192.0.2.1"),
            (Choice(own, system), "nas", "192.0.2.7"),
        ):
            forwarder = DnsForwarder(here.loop, choice, local, here.memory)
            answers: list[bytes] = []
            forwarder.answer(query(name), answers.append)
            until(here.loop, lambda answers=answers: answers)
            assert parse_answer(answers[0]).addresses == (address,)
            assert name in here.names(address)
            forwarder.close()


def test_what_was_asked_under_another_profile_is_learned_but_not_kept(
    room: Callable[..., Room],
) -> None:
    held: list[bytes] = []

    def hold(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        held.append(asked)
        return []

    with dns_server(hold) as old, dns_server(fixed("192.0.2.2")) as new:
        here = room(old)
        timed(here)
        asked, answers = query("web.example"), list[bytes]()
        here.forwarder.answer(asked, answers.append)
        until(here.loop, lambda: held)
        here.forwarder.configure(here.at(new), {})
        assert here.ask(asked) == response(asked, "192.0.2.2"), "it does not wait for the old one"
        old._udp.sendto(response(held[0], "192.0.2.1"), old.sources[0])
        until(here.loop, lambda: answers)
        assert answers == [response(asked, "192.0.2.1")]
        assert here.names("192.0.2.1") == ["web.example"], "its program connects there"
        assert here.ask(asked) == response(asked, "192.0.2.2")
        assert len(new.asked) == 1
