"""A curl without any proxy setting, through every upstream kind at every real server.

All servers know the tests' names by an /etc/hosts of their own, which has other addresses than the
program is told: whatever reaches the origin was asked for by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from tests.support.byway import Byway, hosts, upstream
from tests.support.origins import Origin, Visited, closed_port, http_origin, resetting, visited
from tests.support.processes import loopback_address
from tests.support.runs import Done, Flow, Inside, inside
from tests.support.servers import (
    ABSENT,
    CREDENTIALS,
    PROXIES,
    SERVERS,
    WRONG,
    Credentials,
    ProxyServer,
)

from byway_core.model.upstream import UpstreamKind

SOCKS4, SOCKS4A, SOCKS5, HTTP = PROXIES
# A refusal is a matter of milliseconds; this leaves room for a busy machine, and for no timeout.
PROMPT = 2.5


class Case(NamedTuple):
    server: str
    kind: UpstreamKind
    account: bool = False

    def __str__(self) -> str:
        return f"{self.server.lower()}-{self.kind.value}" + ("-account" if self.account else "")


PLAIN = [
    *(Case("dante", kind) for kind in (SOCKS4, SOCKS5)),
    *(Case("ssh-D", kind) for kind in (SOCKS4, SOCKS4A, SOCKS5)),
    *(Case("sing-box", kind) for kind in PROXIES),
    *(Case("mihomo", kind) for kind in PROXIES),
    Case("microsocks", SOCKS5),
    Case("squid", HTTP),
    Case("tinyproxy", HTTP),
]
ACCOUNT = [
    *(Case(name, SOCKS5, True) for name in ("dante", "microsocks", "mihomo", "sing-box")),
    *(Case(name, HTTP, True) for name in ("mihomo", "sing-box", "squid", "tinyproxy")),
]
ALL = PLAIN + ACCOUNT
THERE = [case for case in ALL if case.server not in ABSENT]
IPV6 = [case for case in PLAIN if case.kind in (SOCKS5, HTTP)]
# mihomo says yes to all, tries for 3 s, and hangs up.
UNREACHABLE = [case for case in PLAIN if case.server != "mihomo"]
# Where several go to one address, the program's port tells them apart: each case has ten.
SOURCE_PORTS = {case: f"{20_000 + 10 * at}-{20_009 + 10 * at}" for at, case in enumerate(PLAIN)}
# What the profile says, what the server is, and what the user reads then.
MIXED_UP = [
    (SOCKS4A, "microsocks", "answered like a SOCKS5 server"),
    (SOCKS4A, "dante", "understands SOCKS4 but not 4a"),
    (HTTP, "microsocks", "answered like a SOCKS5 server"),
    (HTTP, "dante", "without an answer: is it an HTTP proxy"),
    (HTTP, "ssh-D", "without an answer: is it an HTTP proxy"),
]


@dataclass
class Place:
    """The servers, the origins, and a program's namespace under rules that lead to all of them."""

    run: Inside
    origin: Origin
    origin6: Origin
    decoy: Visited
    nobody: Origin
    servers: dict[tuple[str, bool], ProxyServer] = field(default_factory=dict)

    def curl(self, host: str, port: int, case: Case | None) -> Done:
        options = ["--silent", "--show-error", "--max-time", "20"]
        if case is not None:
            options += ["--local-port", SOURCE_PORTS[case]]
        return self.run("curl", *options, f"http://{shown(host)}:{port}/")

    def fetched(self, host: str, port: int, case: Case | None = None) -> Flow:
        """The flow of a curl that got what the origin tells. `case`: by its source port."""
        done = self.curl(host, port, case)
        assert done.status == 0, (done.err, self.run.connections("--all")[-1:])
        assert ["Host", f"{shown(host)}:{port}"] in json.loads(done.out)["fields"]
        return self.flow(host, port)

    def refused(self, host: str, port: int, case: Case | None = None) -> Flow:
        """The flow of a curl that got nothing, promptly."""
        done = self.curl(host, port, case)
        assert done.status in (7, 52, 56), done  # refused; empty answer; reset
        assert done.seconds < PROMPT, done
        return self.flow(host, port)

    def flow(self, host: str, port: int) -> Flow:
        """The last to there."""
        return self.run.flows(
            lambda flow: host in (flow["host"], flow["address"]) and flow["port"] == port
        )[-1]


def shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        origin = stack.enter_context(http_origin())
        origin6 = stack.enter_context(http_origin("::1"))
        decoy = stack.enter_context(visited(loopback_address(), origin.port))
        nobody = stack.enter_context(closed_port())
        names = {f"{case}.test": origin.host for case in ALL}
        servers = {
            (name, account): stack.enter_context(
                SERVERS[name](CREDENTIALS if account else None, names)
            )
            for name, account in dict.fromkeys((case.server, case.account) for case in THERE)
        }
        rules, tables, told = profile_parts(servers, decoy.host)
        for case in THERE:
            if case.kind is SOCKS4:  # takes no names: the program's address goes to the server
                own = stack.enter_context(http_origin(port=origin.port))
                told[f"{case}.test"] = own.host
        rules += [
            f"SRC-PORT,{ports},{case}" for case, ports in SOURCE_PORTS.items() if case in THERE
        ]
        gone = stack.enter_context(closed_port())
        angry = stack.enter_context(resetting())
        for kind in UpstreamKind:
            for what, server in (("dead", gone), ("resetting", angry)):
                name = f"{kind.value}-{what}"
                rules.append(f"DOMAIN,{name}.test,{name}")
                told[f"{name}.test"] = decoy.host
                tables.append(upstream(name, kind.value, server.host, server.port, None))
        for kind, server_name, _ in MIXED_UP:
            if server_name in ABSENT:
                continue
            name = f"{kind.value}-to-{server_name.lower()}"
            server_ = servers[server_name, False]
            rules.append(f"DOMAIN,{name}.test,{name}")
            told[f"{name}.test"] = decoy.host
            tables.append(upstream(name, kind.value, server_.host, server_.port, None))
        byway = Byway(tmp_path_factory.mktemp("upstreams"))
        more = "[general]\nworkers = 1\n" + hosts(told) + "".join(tables)
        file = byway.profile(*rules, "MATCH,REJECT", more=more)
        run = stack.enter_context(inside(byway, file))
        yield Place(run, origin, origin6, decoy, nobody, servers)


def profile_parts(
    servers: dict[tuple[str, bool], ProxyServer], decoy: str
) -> tuple[list[str], list[str], dict[str, str]]:
    """Rules, upstreams, and what the program is told of names."""
    rules: list[str] = []
    tables: list[str] = []
    told: dict[str, str] = {}
    for case in THERE:
        server = servers[case.server, case.account]
        accounts: dict[str, Credentials | None] = {"": None}
        if case.account:
            accounts = {"": CREDENTIALS, "-wrong": WRONG, "-none": None}
        for suffix, account in accounts.items():
            name = f"{case}{suffix}"
            rules.append(f"DOMAIN-SUFFIX,{name}.test,{name}")
            given = (account.username, account.password) if account else None
            tables.append(upstream(name, case.kind.value, server.host, server.port, given))
            told[f"{name}.test"] = decoy if suffix else loopback_address()
    return rules, tables, told


@pytest.mark.parametrize("case", ALL, ids=str)
def test_by_name(place: Place, case: Case) -> None:
    name = f"{case}.test"
    flow = place.fetched(name, place.origin.port)
    assert (flow["host"], flow["host_source"]) == (name, "dns")
    assert (flow["action"], flow["rule"]) == (str(case), f"DOMAIN-SUFFIX,{name},{case}")
    assert flow["reason"] == ""
    assert flow["up"] > 50
    assert flow["down"] > 100


@pytest.mark.parametrize("case", [case for case in ALL if case.kind is SOCKS5], ids=str)
def test_many_connections(place: Place, case: Case) -> None:
    """Enough for Byway to find out whether the server takes handshakes in fewer round trips, and
    to use what it has found; the tests below meet both kinds."""
    url = f"http://{case}.test:{place.origin.port}/[1-30]"
    curl = ("curl", "--silent", "--show-error", "--parallel", "--max-time", "20")
    for _ in range(2):
        done = place.run(*curl, "--parallel-max", "6", "-H", "Connection: close", url)
        assert done.status == 0, done.err
        assert done.out.count('"method": "GET"') == 30
    flows = place.run.flows(lambda flow: flow["host"] == f"{case}.test")
    assert {flow["reason"] for flow in flows} == {""}


@pytest.mark.parametrize("case", PLAIN, ids=str)
def test_by_ipv4_address(place: Place, case: Case) -> None:
    flow = place.fetched(place.origin.host, place.origin.port, case)
    assert (flow["address"], flow["host"], flow["action"]) == (place.origin.host, "", str(case))


@pytest.mark.parametrize("case", IPV6, ids=str)
def test_by_ipv6_address(place: Place, case: Case) -> None:
    flow = place.fetched("::1", place.origin6.port, case)
    assert (flow["address"], flow["host"], flow["action"]) == ("::1", "", str(case))


@pytest.mark.parametrize("case", [Case("sing-box", SOCKS4), Case("sing-box", SOCKS4A)], ids=str)
def test_socks4_cannot_carry_ipv6(place: Place, case: Case) -> None:
    flow = place.refused("::1", place.origin6.port, case)
    assert flow["reason"].startswith(f"via upstream {case} (127.")
    assert "SOCKS4 cannot" in flow["reason"]


@pytest.mark.parametrize("case", ACCOUNT, ids=str)
@pytest.mark.parametrize("given", ["wrong", "none"])
def test_without_the_right_credentials(place: Place, case: Case, given: str) -> None:
    name = f"{case}-{given}"
    flow = place.refused(f"{name}.test", place.origin.port)
    assert flow["action"] == name
    assert flow["reason"].startswith(f"via upstream {name} (127.")
    words = "authentication refused" if given == "wrong" else "wants a username and password"
    if (given, case.server, case.kind) == ("wrong", "mihomo", HTTP):
        words = "password is wrong"  # it says 403, which may mean something else
    assert words in flow["reason"]
    assert place.decoy.visits == 0


@pytest.mark.parametrize("case", UNREACHABLE, ids=str)
def test_unreachable_target(place: Place, case: Case) -> None:
    flow = place.refused(place.nobody.host, place.nobody.port, case)
    assert flow["action"] == str(case)
    if case == Case("sing-box", HTTP):  # says yes first, and hangs up when it could not connect
        assert flow["reason"] == "" or "reset the connection" in flow["reason"]
    else:
        assert flow["reason"].startswith(f"via upstream {case} (127.")


@pytest.mark.parametrize("kind", list(UpstreamKind), ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("what", "words"),
    [("dead", "refused the connection"), ("resetting", "reset the connection")],
)
def test_bad_server(place: Place, kind: UpstreamKind, what: str, words: str) -> None:
    name = f"{kind.value}-{what}"
    flow = place.refused(f"{name}.test", place.origin.port)
    assert f"upstream {name} (127." in flow["reason"]
    assert words in flow["reason"]
    assert place.decoy.visits == 0


@pytest.mark.parametrize(
    ("kind", "server", "words"),
    MIXED_UP,
    ids=[f"{each[0].value}-to-{each[1]}" for each in MIXED_UP],
)
def test_wrong_kind_of_server(place: Place, kind: UpstreamKind, server: str, words: str) -> None:
    flow = place.refused(f"{kind.value}-to-{server.lower()}.test", place.origin.port)
    assert words in flow["reason"]
    assert place.decoy.visits == 0
