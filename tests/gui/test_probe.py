"""Tests of upstreams against real servers, and against what is none."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.loops import any_loop, until  # noqa: F401
from tests.support.origins import (
    Origin,
    certificate_authority,
    closed_port,
    echo,
    greeter,
    http_origin,
    resetting,
    serving,
    silent,
    tls_origin,
)
from tests.support.servers import (
    ABSENT,
    CREDENTIALS,
    PROXIES,
    SERVERS,
    WRONG,
    Credentials,
    ProxyServer,
)

from byway_core.api.profiles import read_profile
from byway_core.model.upstream import Secret, SecretSource, Upstream, UpstreamKind
from byway_gui import probe as module
from byway_gui.presenters.standing import Mode, Phase, Reach, Standing
from byway_gui.presenters.upstream_tests import outcome_sentence, read_target, way_of_test
from byway_gui.probe import Failure, Outcome, Target, probe
from byway_gui.prober import Prober

SOCKS4, SOCKS4A, SOCKS5, HTTP = PROXIES
SERVICE = UpstreamKind.SERVICE


class Case(NamedTuple):
    server: str
    kind: UpstreamKind
    account: bool = False

    def __str__(self) -> str:
        return f"{self.server}-{self.kind.value}" + ("-account" if self.account else "")


CASES = [
    Case("dante", SOCKS4),
    Case("dante", SOCKS5),
    Case("dante", SOCKS5, True),
    Case("microsocks", SOCKS5),
    Case("microsocks", SOCKS5, True),
    Case("sing-box", SOCKS4A),
    Case("squid", HTTP),
    Case("squid", HTTP, True),
    Case("tinyproxy", HTTP),
    Case("tinyproxy", HTTP, True),
]
ACCOUNTS = [case for case in CASES if case.account]
NAME = "origin.test"


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with http_origin() as origin:
        yield origin


@pytest.fixture(scope="module")
def servers(origin: Origin) -> Iterator[dict[tuple[str, bool], ProxyServer]]:
    with ExitStack() as stack:
        yield {
            (name, account): stack.enter_context(
                SERVERS[name](CREDENTIALS if account else None, {NAME: origin.host})
            )
            for name, account in sorted({(case.server, case.account) for case in CASES})
            if name not in ABSENT
        }


Servers = dict[tuple[str, bool], ProxyServer]


def upstream(case: Case, servers: Servers, credentials: Credentials = CREDENTIALS) -> Upstream:
    server = servers[case.server, case.account]
    user = credentials.username if case.account else None
    return Upstream("office", case.kind, server.host, server.port, user)


def outcome_of(
    case: Case, servers: Servers, target: Target, credentials: Credentials = CREDENTIALS
) -> Outcome:
    password = credentials.password if case.account else None
    return probe(upstream(case, servers), password, target)


def at(place: Origin, kind: UpstreamKind = SOCKS5) -> Upstream:
    return Upstream("office", kind, place.host, place.port)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_server_that_works(case: Case, servers: Servers, origin: Origin) -> None:
    # The name is one that only the proxy knows; SOCKS4 carries none.
    host = origin.host if case.kind is SOCKS4 else NAME
    outcome = outcome_of(case, servers, Target(host, origin.port))
    assert outcome.failure is None, outcome
    assert outcome.connected is not None
    assert outcome.answered is not None
    assert 0 < outcome.connected < module.LIMIT
    assert 0 < outcome.answered < module.LIMIT


@pytest.mark.parametrize("case", ACCOUNTS, ids=str)
def test_a_wrong_password(case: Case, servers: Servers, origin: Origin) -> None:
    outcome = outcome_of(case, servers, Target(origin.host, origin.port), WRONG)
    assert outcome.failure is Failure.PASSWORD
    assert outcome.connected is not None


@pytest.mark.parametrize("case", ACCOUNTS, ids=str)
def test_no_password_where_one_is_wanted(case: Case, servers: Servers, origin: Origin) -> None:
    server = servers[case.server, True]
    nobody = Upstream("office", case.kind, server.host, server.port)
    outcome = probe(nobody, None, Target(origin.host, origin.port))
    assert outcome.failure is Failure.PASSWORD
    sentence = outcome_sentence(nobody, outcome, Target("example.com", 443))
    assert sentence == "It wants a user name and a password."


@pytest.mark.parametrize("case", [case for case in CASES if case.server != "sing-box"], ids=str)
def test_a_target_that_cannot_be_reached(case: Case, servers: Servers) -> None:
    with closed_port() as nobody:
        outcome = outcome_of(case, servers, Target(nobody.host, nobody.port))
    assert outcome.failure is Failure.TARGET
    assert outcome.detail


def test_a_server_that_hangs_up_on_such_a_target(servers: Servers) -> None:
    with closed_port() as nobody:
        case = Case("sing-box", SOCKS4A)
        assert (
            outcome_of(case, servers, Target(nobody.host, nobody.port)).failure is Failure.HUNG_UP
        )


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        (Case("microsocks", HTTP), Failure.FOREIGN),
        (Case("microsocks", SOCKS4A), Failure.HUNG_UP),
        (Case("squid", SOCKS5), Failure.MUTE),
        (Case("tinyproxy", SOCKS4A), Failure.MUTE),
    ],
    ids=str,
)
def test_another_kind_of_server(
    case: Case,
    failure: Failure,
    servers: Servers,
    origin: Origin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LIMIT", 0.5)
    outcome = outcome_of(case, servers, Target(origin.host, origin.port))
    assert outcome.failure is failure
    assert outcome.connected is not None


@pytest.mark.parametrize("kind", PROXIES)
def test_no_proxy_at_all(kind: UpstreamKind, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("127.0.0.1", 9)
    with closed_port() as nobody:
        assert probe(at(nobody, kind), None, target) == Outcome(Failure.REFUSED)
    with resetting() as place:
        assert probe(at(place, kind), None, target).failure is Failure.HUNG_UP
    with echo() as place:
        assert probe(at(place, kind), None, target).failure is Failure.FOREIGN
    monkeypatch.setattr(module, "LIMIT", 0.3)
    with silent() as place:
        assert probe(at(place, kind), None, target).failure is Failure.MUTE


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("HTTP/1.1 407 Proxy Authentication Required", Failure.PASSWORD),
        ("HTTP/1.1 403 Forbidden", Failure.FORBIDDEN),
        ("HTTP/1.1 405 Method Not Allowed", Failure.FOREIGN),
        ("HTTP/1.0 400", Failure.FOREIGN),
        ("HTTP/1.1 502 Bad Gateway", Failure.TARGET),
        ("HTTP/1.1 200", Failure.TARGET_CLOSED),
        ("HTTP/1.1 nonsense", Failure.FOREIGN),
        ("SSH-2.0-OpenSSH_9.2", Failure.FOREIGN),
        ("HTTP/1.1 200 OK\r\n" + "x: y\r\n" * 200, Failure.FOREIGN),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_web_proxy_answers(answer: str, failure: Failure) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(f"{answer}\r\n\r\n".encode())

    with serving(serve) as place:
        outcome = probe(at(place, HTTP), None, Target("example.com", 80))
    assert outcome.failure is failure


def test_a_name_that_nobody_knows() -> None:
    nowhere = Upstream("office", SOCKS5, "no-such-host.invalid", 1080)
    assert probe(nowhere, None, Target("example.com", 443)) == Outcome(Failure.UNKNOWN_NAME)


def test_a_server_that_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue is full, and the kernel leaves us waiting."""
    monkeypatch.setattr(module, "LIMIT", 0.3)
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        host, port = listener.getsockname()
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        outcome = probe(Upstream("office", SOCKS5, host, port), None, Target("example.com", 443))
    assert outcome == Outcome(Failure.TIMEOUT)


@pytest.mark.parametrize("case", [Case("dante", SOCKS4)], ids=str)
def test_socks4_passes_no_names_on(case: Case, servers: Servers) -> None:
    target = Target("no-such-host.invalid", 80)
    assert outcome_of(case, servers, target).failure is Failure.TARGET_NAME


def test_a_service_is_only_connected_to(origin: Origin) -> None:
    outcome = probe(at(origin, SERVICE), None, Target("no-such-host.invalid", 1))
    assert (outcome.failure, outcome.answered) == (None, None)
    assert outcome.connected is not None


def test_a_password_that_pysocks_cannot_send(servers: Servers, origin: Origin) -> None:
    case = Case("microsocks", SOCKS5, True)
    long = Credentials("alice", "x" * 128)
    target = Target(origin.host, origin.port)
    assert outcome_of(case, servers, target, long).failure is Failure.LONG_PASSWORD


@pytest.mark.parametrize("case", [Case("microsocks", SOCKS5), Case("tinyproxy", HTTP)], ids=str)
def test_a_target_that_says_nothing(
    case: Case, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 0.5)
    with silent() as place:
        outcome = outcome_of(case, servers, Target(place.host, place.port))
    assert outcome.failure is Failure.TARGET_MUTE


@pytest.mark.parametrize("case", [Case("microsocks", SOCKS5), Case("tinyproxy", HTTP)], ids=str)
def test_a_target_that_hangs_up(case: Case, servers: Servers) -> None:
    with resetting() as place:
        outcome = outcome_of(case, servers, Target(place.host, place.port))
    assert outcome.failure is Failure.TARGET_CLOSED


@pytest.mark.parametrize("case", [Case("microsocks", SOCKS5), Case("squid", HTTP)], ids=str)
def test_a_tls_target(case: Case, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a certificate that this machine does not trust: it has answered all the same. The
    tests may not have port 443."""
    with certificate_authority() as authority, tls_origin(authority, NAME) as place:
        monkeypatch.setattr(module, "_HTTPS", place.port)
        outcome = outcome_of(case, servers, Target(place.host, place.port))
        assert outcome.failure is None, outcome
    with greeter(b"220 mail.test ESMTP\r\n") as place:
        monkeypatch.setattr(module, "_HTTPS", place.port)
        assert outcome_of(case, servers, Target(place.host, place.port)).failure is None
    with resetting() as place:
        monkeypatch.setattr(module, "_HTTPS", place.port)
        outcome = outcome_of(case, servers, Target(place.host, place.port))
        assert outcome.failure is Failure.TARGET_CLOSED


# -- on the loop


@pytest.fixture
def loop(any_loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:  # noqa: F811
    return any_loop


def test_many_at_once_are_told_on_the_loop(
    loop: asyncio.AbstractEventLoop, servers: Servers, origin: Origin, tmp_path: Path
) -> None:
    prober, got = Prober(loop), list[Outcome]()
    (tmp_path / "password").write_text(CREDENTIALS.password + "\n")
    case = Case("microsocks", SOCKS5, True)
    server = servers["microsocks", True]
    secret = Secret(SecretSource.FILE, "password")
    upstream = Upstream("office", case.kind, server.host, server.port, "alice", secret)
    threads: set[threading.Thread] = set()

    def take(outcome: Outcome) -> None:
        threads.add(threading.current_thread())
        got.append(outcome)

    for _ in range(20):
        prober.test(upstream, tmp_path, Target(origin.host, origin.port), take)
    until(loop, lambda: len(got) == 20)
    assert {outcome.failure for outcome in got} == {None}
    assert threads == {threading.main_thread()}


def test_a_password_that_cannot_be_had(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    prober, got = Prober(loop), list[Outcome]()
    secret = Secret(SecretSource.FILE, "nowhere")
    upstream = Upstream("office", SOCKS5, "127.0.0.1", 1, "alice", secret)
    prober.test(upstream, tmp_path, Target("example.com", 443), got.append)
    until(loop, lambda: got)
    assert got[0].failure is Failure.SECRET
    sentence = outcome_sentence(upstream, got[0], Target("example.com", 443))
    assert "No such file" in sentence


def test_what_waits_is_not_begun_after_the_end(
    loop: asyncio.AbstractEventLoop, origin: Origin, tmp_path: Path
) -> None:
    prober, got = Prober(loop), list[Outcome]()
    for _ in range(20):
        prober.test(at(origin, SERVICE), tmp_path, Target("example.com", 443), got.append)
    prober.close()
    until(loop, lambda: len(got) == 6)
    assert not prober.is_busy


@pytest.mark.parametrize("failure", Failure)
@pytest.mark.parametrize("kind", UpstreamKind)
def test_every_failure_has_its_sentence(failure: Failure, kind: UpstreamKind) -> None:
    upstream = Upstream("office", kind, "2001:db8::1", 1080)
    outcome = Outcome(failure, 0.01, detail="because")
    sentence = outcome_sentence(upstream, outcome, Target("example.com", 443))
    assert sentence[0].isupper()
    assert sentence.endswith((".", "?"))
    assert "{" not in sentence


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Outcome(connected=0.0123, answered=0.0871), "12 ms to the proxy, 87 ms through it"),
        (Outcome(connected=0.0004, answered=1.5), "under 1 ms to the proxy, 1500 ms through it"),
        (Outcome(connected=0.02), "20 ms to the server"),
    ],
)
def test_latencies(outcome: Outcome, sentence: str) -> None:
    upstream = Upstream("office", SOCKS5, "proxy.example.net", 1080)
    assert outcome_sentence(upstream, outcome, Target("example.com", 443)) == sentence


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("example.com:443", Target("example.com", 443)),
        (" [2001:db8::1]:80 ", Target("2001:db8::1", 80)),
        ("münchen.example:1", Target("münchen.example", 1)),
        ("example.com", None),
        ("example.com:0", None),
        ("example.com:65536", None),
        ("2001:db8::1:80", None),
        ("https://example.com:443", None),
        ("a..b:80", None),
        ("x" * 64 + ".test:80", None),
        ("", None),
    ],
)
def test_targets(text: str, target: Target | None) -> None:
    assert read_target(text) == target


# -- while Byway has this computer's traffic ---------------------------------------------------

WHOLE = Standing(Phase.ON, Reach.MACHINE)
SERVER = Upstream("office", UpstreamKind.SOCKS5, "proxy.example.net", 1080)


@pytest.mark.parametrize(
    ("standing", "server", "way"),
    [
        (WHOLE, "proxy.example.net", "other"),
        (WHOLE, "192.0.2.1", "DIRECT"),
        (WHOLE, "198.51.100.1", "REJECT"),
        (WHOLE, "127.0.0.1", ""),
        (WHOLE, "203.0.113.9", ""),
        (WHOLE.but(mode=Mode.DIRECT), "proxy.example.net", "DIRECT"),
        (WHOLE.but(mode=Mode.THROUGH, through="office"), "proxy.example.net", "office"),
        (WHOLE.but(reach=Reach.PORT), "proxy.example.net", ""),
        (WHOLE.but(phase=Phase.OFF), "proxy.example.net", ""),
    ],
)
def test_where_byway_sends_a_test(
    standing: Standing, server: str, way: str, tmp_path: Path
) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(
        'version = 1\nrules = ["DOMAIN,proxy.example.net,other", "IP-CIDR,192.0.2.0/24,DIRECT",'
        ' "MATCH,REJECT"]\n[machine]\nbypass = ["203.0.113.0/24"]\n'
        '[[upstream]]\nname = "other"\ntype = "http"\nserver = "192.0.2.2"\nport = 1\n'
    )
    assert way_of_test(standing, read_profile(file).value, replace(SERVER, server=server)) == way
    assert way_of_test(standing, None, SERVER) == ""


@pytest.mark.parametrize(
    ("way", "failure", "sentence"),
    [
        ("", None, "2 ms to the proxy, 30 ms through it"),
        ("DIRECT", None, "30 ms through the proxy"),
        (
            "other",
            None,
            "30 ms through the proxy. Byway has every program's traffic, and sent this test's "
            "connections to proxy.example.net:1080 through other.",
        ),
        (
            "REJECT",
            Failure.REFUSED,
            "Refused: nothing listens at proxy.example.net:1080. Byway has every program's "
            "traffic, and its rules refuse this test's connections to proxy.example.net:1080.",
        ),
    ],
)
def test_what_is_said_of_it(way: str, failure: Failure | None, sentence: str) -> None:
    outcome = Outcome(failure, 0.002, None if failure else 0.03, way=way)
    assert outcome_sentence(SERVER, outcome, Target("example.com", 443)) == sentence


def test_the_way_is_that_of_its_beginning(qt_loop: asyncio.AbstractEventLoop) -> None:
    ways = ["first", "second"]
    got: list[Outcome] = []
    with closed_port() as nobody:
        upstream = Upstream("nobody", UpstreamKind.SOCKS5, nobody.host, nobody.port)
        prober = Prober(qt_loop, lambda asked: ways.pop(0) if asked == upstream else "")
        prober.test(upstream, Path(), Target("example.com", 443), got.append)
        until(qt_loop, lambda: got)
    assert [(each.failure, each.way) for each in got] == [(Failure.REFUSED, "first")]
