"""A second opinion on DNS messages: dnsmasq answers our queries, and believes our replies."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from tests.support.dns_server import dns_server
from tests.support.origins import Origin
from tests.support.processes import free_port, loopback_address, program, running, scratch

from byway_core.protocols.dns_message import (
    AAAA,
    A,
    Deframer,
    Rcode,
    build_query,
    fitted,
    framed,
    parse_answer,
    parse_query,
    reply,
)

DEADLINE = 20.0
MANY = [f"10.1.{at // 250}.{at % 250 + 1}" for at in range(300)]


@contextmanager
def dnsmasq(*options: str) -> Iterator[Origin]:
    host = loopback_address()
    port = free_port(host)
    argv = [program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv"]
    argv += ["--no-hosts", "--bind-interfaces", f"--listen-address={host}", f"--port={port}"]
    argv += ["--pid-file=", "--log-facility=-", f"--user={pwd.getpwuid(os.geteuid()).pw_name}"]
    with (
        scratch("dnsmasq") as directory,
        running([*argv, *options], (host, port), directory),
    ):
        yield Origin(host, port)


@pytest.fixture(scope="module")
def server() -> Iterator[Origin]:
    with dnsmasq(
        "--host-record=real.example,192.0.2.7,2001:db8::7,77",
        "--cname=alias.example,second.example",
        "--cname=second.example,real.example",
        "--local=/example/",
        "--max-ttl=1000",
        *(f"--host-record=many.example,{address}" for address in MANY),
    ) as running_server:
        yield running_server


def asked_udp(server: Origin, query: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(DEADLINE)
        client.connect((server.host, server.port))
        client.send(query)
        return client.recv(65536)


def asked_tcp(server: Origin, query: bytes) -> bytes:
    deframer = Deframer()
    with socket.create_connection((server.host, server.port), DEADLINE) as client:
        client.sendall(framed(query))
        while True:
            messages = deframer.feed(client.recv(100))
            if messages:
                return messages[0]


@pytest.mark.parametrize("asked", [asked_udp, asked_tcp])
@pytest.mark.parametrize("name", ["real.example", "alias.example", "REAL.Example"])
@pytest.mark.parametrize(("qtype", "address"), [(A, "192.0.2.7"), (AAAA, "2001:db8::7")])
def test_addresses(
    asked: Callable[[Origin, bytes], bytes], name: str, qtype: int, address: str, server: Origin
) -> None:
    answer = parse_answer(asked(server, build_query(4711, name, qtype)))
    assert answer.addresses == (address,)
    assert (answer.id, answer.rcode, answer.name) == (4711, 0, name.lower())
    assert answer.ttl in (0, 77)


def test_no_such_name(server: Origin) -> None:
    answer = parse_answer(asked_udp(server, build_query(1, "nothing.example", A)))
    assert (answer.rcode, answer.addresses) == (Rcode.NXDOMAIN, ())


def test_truncated_over_udp_and_whole_over_tcp(server: Origin) -> None:
    query = build_query(1, "many.example", A)
    over_udp = asked_udp(server, query)
    assert parse_answer(over_udp).truncated
    assert len(over_udp) <= 1232
    answer = parse_answer(asked_tcp(server, query))
    assert not answer.truncated
    assert set(answer.addresses) == set(MANY)


@pytest.mark.parametrize("count", [0, 1, 3, 60], ids=str)
@pytest.mark.parametrize("rcode", [Rcode.NOERROR, Rcode.NXDOMAIN])
def test_dnsmasq_believes_our_replies(count: int, rcode: Rcode) -> None:
    """It asks us, reads what we wrote (over TCP where we cut it), and writes it anew."""
    addresses = [ip_address(text).packed for text in MANY[:count]] if rcode == 0 else []

    def script(asked: bytes, over_tcp: bool) -> list[bytes]:
        question = parse_query(asked)
        answer = reply(asked, question, rcode, addresses, ttl=33)
        return [answer if over_tcp else fitted(answer, asked, question)]

    with (
        dns_server(script) as ours,
        dnsmasq(f"--server={ours.host}#{ours.port}") as server,
    ):
        answer = parse_answer(asked_tcp(server, build_query(9, "Any.Example", A)))
    assert (answer.rcode, answer.name) == (rcode, "any.example")
    assert set(answer.addresses) == {str(ip_address(packed)) for packed in addresses}
    assert answer.ttl == (33 if addresses else 0)
