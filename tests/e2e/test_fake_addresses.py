"""Real programs under `byway run` with fake addresses.

proxied.test is known to microsocks alone, refused.test to nobody; the DNS server has one address
for whatever it is asked, and tells what that was. How either.test goes depends on the port.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.byway import Byway, upstream
from tests.support.dns_server import DnsServer, dns_server, fixed
from tests.support.origins import Origin, greeter, http_origin
from tests.support.runs import Inside, inside, running
from tests.support.servers import microsocks

from byway_core.relay.intercepted import SNIFF_SECONDS

CURL = ("curl", "--silent", "--show-error", "--max-time", "20")
DIG = ("dig", "+short", "+tries=1", "+time=15")
# What a name's first connection is asked of by itself.
FIRST_LINE = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); "
GREETED = FIRST_LINE + "print(s.recv(99).decode())"
FAKE_BEGINNING = "198.19."


@dataclass
class Place:
    byway: Byway
    profile: Path
    dns: DnsServer
    web: Origin  # www.proxied.test
    mail: Origin  # mail.proxied.test, which speaks first
    plain: Origin  # direct.test, either.test


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        enter = stack.enter_context
        web, plain = enter(http_origin()), enter(http_origin())
        mail = enter(greeter(b"220 ready"))
        known = {"www.proxied.test": web.host, "mail.proxied.test": mail.host}
        socks = enter(microsocks(hosts=known))
        dns = enter(dns_server(fixed(plain.host)))
        more = f"""
[general]
workers = 2
[dns]
servers = ["{dns.host}:{dns.port}"]
fake_addresses = true
real_names = ["real.proxied.test"]
{upstream("socks", "socks5", socks.host, socks.port, None)}"""
        byway = Byway(tmp_path)
        profile = byway.profile(
            "DOMAIN-SUFFIX,refused.test,REJECT",
            "DOMAIN-SUFFIX,proxied.test,socks",
            "AND,((DOMAIN,either.test),(DST-PORT,1)),socks",
            "MATCH,DIRECT",
            more=more,
        )
        yield Place(byway, profile, dns, web, mail, plain)


def fake_of(run: Inside, name: str, kind: str = "A") -> str:
    done = run(*DIG, kind, name)
    (address,) = done.out.split()
    return address


def test_programs_go_by_name_and_nobody_is_asked_for_it(place: Place) -> None:
    with inside(place.byway, place.profile) as run:
        done = run(*CURL, f"http://www.proxied.test:{place.web.port}/")
        assert '"method": "GET"' in done.out, done
        for family in "-4", "-6":
            done = run(*CURL, family, f"http://www.proxied.test:{place.web.port}/")
            assert '"method": "GET"' in done.out, done
        done = run(*CURL, "http://refused.test/")
        assert done.status != 0
        flow = run.flow(host="www.proxied.test")
        assert (flow["host_source"], flow["action"]) == ("fake", "socks")
        assert run.flow(host="refused.test")["reason"] == "refused by the rules"
        assert fake_of(run, "www.proxied.test").startswith(FAKE_BEGINNING)
        assert run(*DIG, "HTTPS", "www.proxied.test").out == ""
        assert place.dns.asked == []
        done = run(*CURL, f"http://direct.test:{place.plain.port}/")
        assert '"method": "GET"' in done.out, done
        done = run(*DIG, "direct.test", "real.proxied.test")
        assert done.out.split() == [place.plain.host] * 2
        assert set(place.dns.names()) == {"direct.test", "real.proxied.test"}


def test_a_name_that_goes_directly_after_all(place: Place) -> None:
    with inside(place.byway, place.profile) as run:
        assert fake_of(run, "either.test").startswith(FAKE_BEGINNING)
        done = run(*CURL, f"http://either.test:{place.plain.port}/")
        assert '"method": "GET"' in done.out, done
        assert run.flow(host="either.test", action="DIRECT")["host_source"] == "fake"
        # Byway runs outside, and asks as the profile says.
        assert set(place.dns.names()) == {"either.test"}


def test_who_speaks_first_is_heard_at_once(place: Place) -> None:
    with inside(place.byway, place.profile) as run:
        done = run.python(
            "import time; t = time.monotonic(); " + GREETED + "; print(time.monotonic() - t)",
            "mail.proxied.test",
            str(place.mail.port),
        )
        said, seconds = done.out.splitlines()
        assert said == "220 ready"
        assert float(seconds) < SNIFF_SECONDS


def test_reverse_names(place: Place) -> None:
    with inside(place.byway, place.profile) as run:
        for kind in "A", "AAAA":
            address = fake_of(run, "www.proxied.test", kind)
            assert run(*DIG, "-x", address).out == "www.proxied.test.\n"
        assert run(*DIG, "-x", "198.19.255.254").out == ""
        assert "status: NXDOMAIN" in run("dig", "-x", "198.19.255.254").out
        assert place.dns.asked == []


def test_a_restart_knows_them_and_refuses_others(place: Place) -> None:
    """Killed without a word, too."""
    with running(place.byway, place.profile, "sh", "-c", "dig +short www.proxied.test; cat") as run:
        address = run.line()
        assert address.startswith(FAKE_BEGINNING)
        run.process.kill()
    log = place.byway.folder / "state/byway/fake-addresses/run-1.log"
    assert log.read_text() == f"{address} www.proxied.test\n"
    log.write_text(log.read_text() + "198.19.0.1 torn.proxied.te")
    with inside(place.byway, place.profile) as run:
        # To the address itself: nothing is looked up.
        assert run.python(GREETED, address, str(place.mail.port)).status != 0
        assert run.flow(address=address)["host"] == "www.proxied.test"
        assert run(*CURL, f"http://{address}:{place.web.port}/").status == 0
        assert fake_of(run, "www.proxied.test") == address
        assert run(*CURL, "http://198.19.0.1/").status != 0
        assert "stands for none" in run.flow(address="198.19.0.1")["reason"]


def test_several_at_a_time(place: Place) -> None:
    with inside(place.byway, place.profile) as one, inside(place.byway, place.profile) as other:
        names = [f"n{number}.proxied.test" for number in range(20)]
        given = [fake for run in (one, other) for fake in run(*DIG, *names).out.split()]
        assert len(set(given)) == 40
        for run in one, other:
            assert place.byway.status(run.pid)["fake_addresses"] == 20
        assert "addresses   fake, 20 names have one" in place.byway("status").stdout


def test_explain(place: Place) -> None:
    def told(host: str) -> str:
        words = ("explain", "--profile", str(place.profile), "--json", host, "443")
        return str(json.loads(place.byway(*words).stdout)["names"])

    server = f"{place.dns.host}:{place.dns.port}"
    assert told("www.proxied.test") == (
        f"nobody: programs get fake ones. Where Byway itself needs them, of {server}"
    )
    assert told("direct.test") == f"{server}; no fake ones, for all that goes there goes directly"
    assert told("real.proxied.test") == f"{server}; no fake ones, for dns.real_names has it"
