"""Datagrams of a program in its own namespace: by the rules, answered as if by whom it asked."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.byway import Byway, upstream
from tests.support.datagrams import echo
from tests.support.runs import Inside, inside
from tests.support.servers import CREDENTIALS, microsocks, sing_box
from tests.support.udp_socks5 import UdpSocks5

# Every address is one that nobody has (RFC 5737, RFC 3849): what comes back comes by the rules.
RULES = (
    "IP-CIDR,203.0.113.1/32,carrying",
    "IP-CIDR6,2001:db8::1/128,carrying",
    "IP-CIDR,203.0.113.2/32,echo",
    "IP-CIDR,203.0.113.3/32,nothing",
    "IP-CIDR,203.0.113.4/32,locked",
    "IP-CIDR,203.0.113.6/32,either",
    "MATCH,REJECT",
)
ASK = """
import errno, json, socket, sys
host, port, *payloads = sys.argv[1:]
got = []
with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(10)
    for payload in payloads:
        sock.sendto(payload.encode(), (host, int(port)))
        said, source = sock.recvfrom(65536)
        got.append([said.decode(), *source[:2]])
    # Connected, it hears that nobody takes what it sends.
    sock.connect((host, int(port)))
    try:
        sock.send(b"last")
        got.append(sock.recv(65536).decode())
    except OSError as error:
        got.append(errno.errorcode.get(error.errno, type(error).__name__))
print(json.dumps(got))
"""


@contextmanager
def background() -> Iterator[tuple[UdpSocks5, tuple[str, int]]]:
    """A SOCKS5 server for datagrams, and an echo, on a loop of their own."""
    ready: Future[tuple[UdpSocks5, tuple[str, int]]] = Future()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        async with UdpSocks5().running() as server, echo() as (there, _):
            ready.set_result((server, there))
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield ready.result(10)
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Inside]:
    with (
        background() as (server, there),
        microsocks() as nothing,
        sing_box(CREDENTIALS) as locked,
    ):
        more = "[general]\nworkers = 1\n" + "".join(
            (
                upstream("carrying", "socks5", server.address, server.port, None),
                upstream("echo", "service", *there, None),
                upstream("nothing", "socks5", nothing.host, nothing.port, None),
                upstream("locked", "socks5", locked.host, locked.port, None),
            )
        )
        more += '[[group]]\nname = "either"\ntype = "fallback"\n'
        more += 'members = ["nothing", "locked", "carrying"]\n'
        byway = Byway(tmp_path)
        with inside(byway, byway.profile(*RULES, more=more)) as made:
            yield made


def ask(run: Inside, host: str, port: int, *payloads: str) -> list[object]:
    done = run.python(ASK, host, str(port), *payloads)
    assert done.status == 0, done.err
    return json.loads(done.out)


def test_datagrams_go_by_the_first_member_of_a_group_that_carries_them(run: Inside) -> None:
    """The two before it turn it down, of which the program hears nothing."""
    assert ask(run, "203.0.113.6", 4000, "x") == [["x", "203.0.113.6", 4000], "last"]
    (flow,) = (each for each in run.connections("--all") if each["address"] == "203.0.113.6")
    assert (flow["action"], flow["member"], flow["up"]) == ("either", "carrying", 5)


def test_datagrams_go_by_the_rules(run: Inside) -> None:
    large = "y" * 20_000
    for host in ("203.0.113.1", "2001:db8::1", "203.0.113.2"):
        expected = [["x", host, 4000], [large, host, 4000], "last"]
        assert ask(run, host, 4000, "x", large) == expected
    for host in ("203.0.113.3", "203.0.113.4", "203.0.113.5", "2001:db8::5"):
        assert ask(run, host, 443) == ["ECONNREFUSED"]
    flows = {flow["address"]: flow for flow in run.connections("--all")}
    reasons = {address: flow["reason"] for address, flow in flows.items()}
    assert {address: flow["action"] for address, flow in flows.items()} == {
        "203.0.113.1": "carrying",
        "2001:db8::1": "carrying",
        "203.0.113.2": "echo",
        "203.0.113.3": "nothing",
        "203.0.113.4": "locked",
        "203.0.113.5": "REJECT",
        "2001:db8::5": "REJECT",
    }
    assert "does not carry datagrams: command not supported" in reasons["203.0.113.3"]
    assert "wants a username and password" in reasons["203.0.113.4"]
    assert reasons["203.0.113.5"] == "refused by the rules"
    assert flows["203.0.113.1"]["program"]
