"""UDP comes to the engine and is answered from where it was sent, or refused by the kernel."""

from __future__ import annotations

import json

import pytest

NAMESERVERS = [
    pytest.param("192.0.0.53", "192.0.0.8", id="resolv.conf's"),
    pytest.param("198.51.100.53", "192.0.0.8", id="public"),
    pytest.param("192.168.1.1", "192.0.0.8", id="router"),
    pytest.param("127.0.0.53", "127.0.0.1", id="resolved's stub"),
    pytest.param("127.0.0.1", "127.0.0.1", id="loopback"),
    pytest.param("2001:db8::53", "fd5b:6177:79e1::8", id="ipv6"),
    pytest.param("::1", "::1", id="ipv6 loopback"),
]

# An unconnected socket sees where an answer comes from; a connected one gets only what comes from
# where it asked.
ASK = """
import socket, sys
family = socket.AF_INET6 if ":" in {server!r} else socket.AF_INET
for connected in False, True:
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        if connected:
            sock.connect(({server!r}, 53))
            sock.send({question!r})
        else:
            sock.sendto({question!r}, ({server!r}, 53))
        payload, source = sock.recvfrom(70000)
        assert source[:2] == ({server!r}, 53), source
        {then}
"""


@pytest.mark.parametrize(("server", "source"), NAMESERVERS)
def test_question_and_answer(script, server, source):
    run = script(ASK.format(server=server, question=b"?", then="print(payload.decode())"))
    status, output = run.result()
    assert status == 0
    expected = {"address": server, "port": 53, "source": source}
    assert [json.loads(line) for line in output.splitlines()] == [expected, expected]


@pytest.mark.parametrize(
    ("server", "size"),
    [
        pytest.param("198.51.100.53", 0, id="ipv4 empty"),
        pytest.param("198.51.100.53", 1, id="ipv4 odd"),
        pytest.param("198.51.100.53", 4096, id="ipv4"),
        pytest.param("198.51.100.53", 65_507, id="ipv4 greatest"),
        pytest.param("127.0.0.53", 65_507, id="ipv4 loopback, greatest"),
        pytest.param("2001:db8::53", 1, id="ipv6 odd"),
        pytest.param("2001:db8::53", 65_487, id="ipv6 as great as one packet"),
        pytest.param("2001:db8::53", 65_527, id="ipv6 greatest"),
        pytest.param("::1", 65_527, id="ipv6 loopback, greatest"),
    ],
)
def test_answers_of_any_size(script, server, size):
    then = f"assert payload == bytes({size}), len(payload)"
    run = script(ASK.format(server=server, question=f"size {size}".encode(), then=then))
    assert run.result() == (0, "")


def test_libc_resolves(script):
    """By the resolv.conf that is laid over the host's; and IPv4 comes first (RFC 6724)."""
    code = """
import socket
found = socket.getaddrinfo("www.byway-test.example", 443, type=socket.SOCK_STREAM)
assert [address[4][0] for address in found] == ["198.51.100.7", "2001:db8::7"], found
"""
    assert script(code).result() == (0, "")


def test_a_resolver_inside_wins(script, person):
    """A program's own server on port 53 is asked, not the engine. A user may not listen there, and
    then the engine is."""
    code = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    try:
        server.bind(("127.0.0.53", 53))
    except PermissionError:
        print("may not")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        client.sendto(b"?", ("127.0.0.53", 53))
        if server.getsockname()[1]:
            _, source = server.recvfrom(100)
            server.sendto(b"inside", source)
        print(client.recv(100).decode())
"""
    status, output = script(code).result()
    assert status == 0
    first, *rest = output.splitlines()
    assert (first == "inside") if person == "root" else (first == "may not" and len(rest) == 1)


@pytest.mark.parametrize("port", [1, 443, 65_535])
@pytest.mark.parametrize(
    ("address", "source"),
    [
        pytest.param("198.51.100.7", "192.0.0.8", id="public"),
        pytest.param("10.0.0.1", "192.0.0.8", id="private"),
        pytest.param("2001:db8::7", "fd5b:6177:79e1::8", id="ipv6"),
    ],
)
def test_all_datagrams_are_answered_from_there(script, address, source, port):
    code = ASK.format(server=address, question=b"?", then="print(payload.decode())")
    status, output = script(code.replace(", 53)", f", {port})")).result()
    assert status == 0
    expected = {"address": address, "port": port, "source": source}
    assert [json.loads(line) for line in output.splitlines()] == [expected, expected]


def test_what_is_refused_is_so_at_once(script):
    """As a router would: on the engine's word the kernel makes an ICMP message of it."""
    code = """
import socket
for address in "198.51.100.7", "10.0.0.1", "2001:db8::7":
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(20)
        sock.connect((address, 443))
        for _ in range(3):
            sock.send(b"refuse")
            try:
                sock.recv(10)
            except ConnectionRefusedError:
                continue
            raise AssertionError(address)
        sock.send(b"?")  # others are not
        assert sock.recv(1000)
"""
    assert script(code).result() == (0, "")


def test_datagrams_inside_stay_inside(script):
    code = """
import socket
for address in "127.0.0.1", "::1", "192.0.0.8", "fd5b:6177:79e1::8":
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as server:
        server.bind((address, 0))
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.sendto(b"x", server.getsockname())
            server.settimeout(20)
            assert server.recv(10) == b"x"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.connect(("127.0.0.1", 9))  # nobody there, and nobody outside is asked
    client.send(b"x")
    try:
        client.settimeout(20)
        client.recv(10)
    except ConnectionRefusedError:
        print("refused")
"""
    assert script(code).result() == (0, "refused\n")


def test_ping_does_not_hang(script):
    """Echo requests are refused as filtered (the errors that ping asks for by RECVERR); loopback
    answers, without privileges."""
    code = """
import socket, struct, time
def ping(family, protocol, kind, address, level, recverr):
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as sock:
        sock.settimeout(20)
        sock.setsockopt(level, recverr, 1)
        sock.sendto(struct.pack("!BBHHH", kind, 0, 0, 0, 1), (address, 0))
        return sock.recv(100)[0]
four = socket.AF_INET, socket.IPPROTO_ICMP, 8
six = socket.AF_INET6, socket.IPPROTO_ICMPV6, 128
errors4, errors6 = (socket.IPPROTO_IP, 11), (socket.IPPROTO_IPV6, 25)
assert ping(*four, "127.0.0.1", *errors4) == 0
assert ping(*six, "::1", *errors6) == 129
began = time.monotonic()
for arguments in (*four, "198.51.100.7", *errors4), (*six, "2001:db8::7", *errors6):
    try:
        ping(*arguments)
    except PermissionError:  # EPERM of the call, or EACCES of the ICMPv6 message
        continue
    raise AssertionError(arguments)
assert time.monotonic() - began < 5
"""
    assert script(code).result() == (0, "")
