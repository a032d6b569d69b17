"""Real programs ask for names under `byway run`, whose servers are asked over TLS and HTTPS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from tests.support.byway import Byway, upstream
from tests.support.dns_server import DnsServer, dns_server, fixed
from tests.support.processes import free_port, loopback_address
from tests.support.runs import Inside, inside
from tests.support.servers import CREDENTIALS, microsocks
from tests.support.unbound import NAME, Unbound, unbound


@dataclass
class Place:
    run: Inside
    byway: Byway
    server: Unbound
    corp: DnsServer


@pytest.fixture(scope="module", params=["tls", "https", "tls by socks", "tls by group of socks"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """`dns.byway.test` for the world, a server of its own for corp.test, a dead one for dead.test.
    That to be reached by the upstream is known to the upstream alone."""
    with ExitStack() as stack:
        server = stack.enter_context(unbound())
        corp = stack.enter_context(dns_server(fixed("127.9.9.9")))
        socks = stack.enter_context(microsocks(CREDENTIALS, hosts={NAME: server.host}))
        scheme = request.param.split()[0]
        port = server.tls if scheme == "tls" else server.https
        by_group = "group" in request.param
        where = f'via = "{"either" if by_group else "office"}"'
        if "socks" not in request.param:
            where = f'address = "{server.host}"'
        dead = loopback_address()
        more = f"""
[general]
workers = 2
[dns]
servers = [{{ server = "{scheme}://{NAME}:{port}", {where} }}]
rules = ["DOMAIN-SUFFIX,corp.test,corp", "DOMAIN-SUFFIX,dead.test,dead"]
[[dns.resolver]]
name = "corp"
servers = ["{corp.host}:{corp.port}"]
[[dns.resolver]]
name = "dead"
servers = ["tls://{dead}:{free_port(dead)}"]
"""
        account = (CREDENTIALS.username, CREDENTIALS.password)
        more += upstream("office", "socks5", socks.host, socks.port, account)
        if by_group:  # of which the first is not there
            more += upstream("away", "socks5", dead, free_port(dead), None)
            more += '[[group]]\nname = "either"\ntype = "fallback"\nmembers = ["away", "office"]\n'
        byway = Byway(tmp_path_factory.mktemp("dns"))
        profile = byway.profile("MATCH,REJECT", more=more)
        trust = {"SSL_CERT_FILE": str(server.authority)}
        run = stack.enter_context(inside(byway, profile, env=trust))
        yield Place(run, byway, server, corp)


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_dig(place: Place, transport: str) -> None:
    for _ in range(2):
        done = place.run("dig", "+short", "+tries=1", "+time=15", transport, "web.byway.test")
        assert (done.status, done.out) == (0, "192.0.2.1\n"), (done, place.run.said())
    done = place.run("dig", "+tries=1", "+time=15", transport, "many.byway.test")
    assert done.out.count("198.51.100.") == place.server.many
    done = place.run("dig", "+tries=1", "+time=15", transport, "none.byway.test")
    assert "status: NXDOMAIN" in done.out


def test_drill(place: Place) -> None:
    done = place.run("drill", "AAAA", "web.byway.test", "@192.0.2.53")
    assert "2001:db8::1" in done.out, done


def test_getent(place: Place) -> None:
    done = place.run("getent", "ahosts", "web.byway.test")
    assert {line.split()[0] for line in done.out.splitlines()} == {"192.0.2.1", "2001:db8::1"}


def test_a_rule_sends_a_name_to_its_resolver(place: Place) -> None:
    done = place.run("getent", "ahostsv4", "www.corp.test")
    assert done.out.split()[0] == "127.9.9.9"
    assert "www.corp.test" in place.corp.names()
    assert "www.corp.test" not in place.server.questions()
    place.run("getent", "ahostsv4", "web.byway.test")
    assert "web.byway.test" not in place.corp.names()


def test_a_resolver_that_fails_is_an_error_that_is_seen(place: Place) -> None:
    done = place.run("dig", "+tries=1", "+time=15", "www.dead.test")
    assert "status: SERVFAIL" in done.out
    done = place.run("dig", "+tries=1", "+time=15", "mail.dead.test")
    assert "status: SERVFAIL" in done.out
    asked = [*place.server.questions(), *place.corp.names()]
    assert not [name for name in asked if name.endswith("dead.test")], "nobody else is asked"
    assert place.run.said().count("does not answer: Connection refused") == 1
    (problem,) = place.byway.status(place.run.pid)["problems"]
    assert problem.startswith("the DNS server tls://127.")
    assert f"  problem     {problem}\n" in place.byway("status").stdout
    assert json.loads(place.byway("status", "--json").stdout)[0]["problems"] == [problem]
