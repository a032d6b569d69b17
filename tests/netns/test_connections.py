"""TCP: everything that is not local comes to the engine, with its destination."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

import pytest

DIAL = """
import json, socket, sys
for address, port in json.loads(sys.argv[1]):
    with socket.create_connection((address, port), timeout=20) as sock:
        print(sock.makefile().readline(), end="")
"""

ANYWHERE = [
    pytest.param("198.51.100.7", 443, "192.0.0.8", id="ipv4"),
    pytest.param("10.1.2.3", 22, "192.0.0.8", id="ipv4 private"),
    pytest.param("192.168.1.1", 53, "192.0.0.8", id="ipv4 private, tcp 53"),
    pytest.param("169.254.169.254", 80, "192.0.0.8", id="ipv4 link-local"),
    pytest.param("100.64.0.9", 65535, "192.0.0.8", id="ipv4 cgnat, last port"),
    pytest.param("2001:db8::7", 443, "fd5b:6177:79e1::8", id="ipv6"),
    pytest.param("fd00::1", 1, "fd5b:6177:79e1::8", id="ipv6 private, first port"),
    pytest.param("127.0.0.1", 5432, "127.0.0.1", id="host's loopback"),
    pytest.param("127.0.0.53", 53, "127.0.0.1", id="host's resolver stub, tcp"),
    pytest.param("::1", 6010, "::1", id="host's ipv6 loopback"),
]


@pytest.mark.parametrize(("address", "port", "source"), ANYWHERE)
def test_destination_is_known(script, address, port, source):
    run = script(DIAL.replace("sys.argv[1]", repr(json.dumps([(address, port)]))))
    status, output = run.result()
    assert status == 0
    assert json.loads(output) == {"address": address, "port": port, "source": source, "worker": 0}


def test_workers_share_one_port(script):
    """SO_REUSEPORT: the kernel spreads connections by hash; of 200 each of four gets some."""
    targets = json.dumps([("198.51.100.7", 80), ("2001:db8::7", 80)] * 100)
    run = script(DIAL.replace("sys.argv[1]", repr(targets)), options=("--workers", "4"))
    status, output = run.result()
    assert status == 0
    lines = [json.loads(line) for line in output.splitlines()]
    assert len(lines) == 200
    for family in (".", ":"):
        shares = Counter(line["worker"] for line in lines if family in line["address"])
        assert sorted(shares) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("family", "bound", "dialled"),
    [
        pytest.param("AF_INET", "127.0.0.1", "127.0.0.1", id="ipv4"),
        pytest.param("AF_INET", "0.0.0.0", "127.9.9.9", id="ipv4 wildcard"),
        pytest.param("AF_INET6", "::1", "::1", id="ipv6"),
        pytest.param("AF_INET6", "::", "::1", id="ipv6 wildcard"),
        pytest.param("AF_INET6", "::", "127.0.0.1", id="dual stack"),
        pytest.param("AF_INET", "0.0.0.0", "192.0.0.8", id="own address"),
    ],
)
def test_a_listener_inside_wins(script, family, bound, dialled):
    """… on loopback and on the namespace's own addresses, before and after it was intercepted."""
    code = f"""
import socket, threading
listener = socket.create_server(({bound!r}, 0), family=socket.{family},
                                dualstack_ipv6={bound == "::"})
port = listener.getsockname()[1]
def serve():
    for _ in range(50):
        accepted, _ = listener.accept()
        with accepted:
            accepted.sendall(accepted.recv(100) + b" inside\\n")
thread = threading.Thread(target=serve)
thread.start()
for number in range(50):
    with socket.create_connection(({dialled!r}, port), timeout=20) as sock:
        sock.sendall(str(number).encode())
        assert sock.makefile().readline() == f"{{number}} inside\\n", number
thread.join()
"""
    assert script(code).result() == (0, "")


def test_nobody_on_own_address_is_refused(script):
    """The namespace's own addresses are nobody else's: no interception, the kernel refuses."""
    code = """
import errno, socket
for address in "192.0.0.8", "fd5b:6177:79e1::8":
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
        assert sock.connect_ex((address, 9)) == errno.ECONNREFUSED, address
"""
    assert script(code).result() == (0, "")


def test_dead_engine_means_prompt_refusal(script):
    code = """
import errno, socket, sys, time
print("ready", flush=True)
sys.stdin.readline()
for address in "198.51.100.7", "2001:db8::7", "10.0.0.1", "127.0.0.1", "::1":
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
        sock.settimeout(10)
        began = time.monotonic()
        assert sock.connect_ex((address, 80)) == errno.ECONNREFUSED, address
        assert time.monotonic() - began < 1, address
"""
    run = script(code, stdin=subprocess.PIPE)
    run.event("Started")
    assert run.process.stdout.readline() == "ready\n"
    run.command("deaf")
    run.event("deaf")
    run.process.stdin.write("\n")
    run.process.stdin.flush()
    assert run.result() == (0, "")


def test_own_listener_survives_a_dead_engine(script):
    code = """
import socket, sys
print("ready", flush=True)
sys.stdin.readline()
with socket.create_server(("127.0.0.1", 0)) as listener:
    with socket.create_connection(listener.getsockname()) as sock:
        accepted, _ = listener.accept()
        accepted.sendall(b"inside")
        accepted.close()
        assert sock.recv(100) == b"inside"
"""
    run = script(code, stdin=subprocess.PIPE)
    run.event("Started")
    assert run.process.stdout.readline() == "ready\n"
    run.command("deaf")
    run.event("deaf")
    run.process.stdin.write("\n")
    run.process.stdin.flush()
    assert run.result() == (0, "")


def test_a_lot_both_ways_arrives_whole(script):
    """Segments between program and engine are as big as loopback's: bulk costs few packets."""
    code = """
import socket
with socket.create_connection(("198.51.100.7", 80)) as sock:
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) > 16000
"""
    assert script(code).result() == (0, "")
