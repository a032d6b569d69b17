"""The two ends of the bench against each other, on loopback and without a proxy."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bench.origin import ANSWER_CLOSE, ANSWER_STREAM, TRAILER
from bench.route import ask

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0


@dataclass(frozen=True, slots=True)
class Ports:
    socks: int
    web: int
    echo: int


@pytest.fixture(scope="module")
def origin() -> Iterator[Ports]:
    command = [sys.executable, "-m", "bench.origin", "0", "0", "--echo", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _ready, *ports = process.stdout.readline().split()
        yield Ports(*map(int, ports))
        process.kill()


def run_load(
    origin: Ports, *arguments: str, via: bool = False, port: int | None = None
) -> dict[str, object]:
    """The load's last words; `port` is the web server's where none is given."""
    route = ["--target", f"127.0.0.1:{port or origin.web}"]
    if via:
        route += ["--via", f"127.0.0.1:{origin.socks}"]
    command = [sys.executable, "-m", "bench.load", *arguments, *route]
    done = subprocess.run(
        command, cwd=ROOT, input="\n", capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    words: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    assert words["mark"] == "end"
    return words


@pytest.mark.parametrize("via", [False, True], ids=["plain", "socks5"])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param("conn --warm 0.05 --seconds 0.2 --at-a-time 8", id="conn"),
        pytest.param("ttfb --warm 0.05 --seconds 0.1", id="ttfb"),
        pytest.param("bulk --warm 0.05 --seconds 0.1 --streams 3 --direction down", id="down"),
        pytest.param("bulk --warm 0.05 --seconds 0.1 --streams 3 --direction up", id="up"),
        pytest.param("idle --count 20", id="idle"),
        pytest.param("verify --size 3000001", id="verify"),
    ],
)
def test_every_load_does_work_and_finds_no_error(origin: Ports, arguments: str, via: bool) -> None:
    words = run_load(origin, *arguments.split(), via=via)
    assert words["errors"] == {}
    assert words["done"]


def test_echoes_of_datagrams(origin: Ports) -> None:
    options = ("udp", "--warm", "0.05", "--seconds", "0.2", "--count", "7")
    words = run_load(origin, *options, port=origin.echo)
    assert words["errors"] == {}
    assert words["done"]


def test_an_association(origin: Ports) -> None:
    wrapped = b"\0\0\0\1\xcb\0\x71\1\0\x50data"
    with (
        socket.create_connection(("127.0.0.1", origin.socks), DEADLINE) as control,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
    ):
        control.sendall(b"\5\1\0")
        assert control.recv(2, socket.MSG_WAITALL) == b"\5\0"
        control.sendall(b"\5\3\0\1" + bytes(6))
        reply = control.recv(10, socket.MSG_WAITALL)
        assert reply[:8] == b"\5\0\0\1\x7f\0\0\1"
        sock.settimeout(DEADLINE)
        sock.connect(("127.0.0.1", int.from_bytes(reply[8:])))
        sock.send(b"without a header")
        sock.send(wrapped)
        assert sock.recv(100) == wrapped


def test_a_refusing_port_is_an_error_and_no_work() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        words = run_load(
            Ports(0, port, 0), *["conn", "--warm", "0", "--seconds", "0.1", "--at-a-time", "2"]
        )
    assert words["done"] == 0
    errors = words["errors"]
    assert isinstance(errors, dict)
    assert list(errors) == [os.strerror(111)]


GREETING = b"\x05\x02\x00\x02"
TO_A_NAME = b"\x05\x01\x00\x03\x04name\x00\x50"
TO_AN_ADDRESS = b"\x05\x01\x00\x01\xcb\x00\x71\x01\x00\x50"
TO_AN_ADDRESS6 = b"\x05\x01\x00\x04" + bytes(16) + b"\x00\x50"
REPLIES = b"\x05\x00" + b"\x05\x00\x00\x01" + bytes(6)


def talk(port: int, pieces: list[bytes]) -> bytes:
    """Sends all pieces; returns all that comes until the FIN."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            sock.sendall(piece)
        answer = b""
        while data := sock.recv(65536):
            answer += data
    return answer


@pytest.mark.parametrize(
    "request_", [TO_A_NAME, TO_AN_ADDRESS, TO_AN_ADDRESS6], ids=["name", "IPv4", "IPv6"]
)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "byte by byte"])
def test_the_handshake_in_any_pieces(origin: Ports, request_: bytes, whole: bool) -> None:
    conversation = GREETING + request_ + ask("/close")
    pieces = [conversation] if whole else [bytes([byte]) for byte in conversation]
    assert talk(origin.socks, pieces) == REPLIES + ANSWER_CLOSE


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(b"\x05\x01\x02", id="no method of ours"),
        pytest.param(GREETING + b"\x05\x02\x00\x01" + bytes(6), id="bind"),
        pytest.param(GREETING + b"\x05\x01\x00\x09" + bytes(6), id="unknown address type"),
        pytest.param(b"GET /nowhere HTTP/1.1\r\n\r\n", id="unknown path"),
        pytest.param(b"\r\n\r\n", id="no path"),
    ],
)
def test_nonsense_ends_the_connection(origin: Ports, nonsense: bytes) -> None:
    try:
        answer = talk(origin.socks, [nonsense])
    except ConnectionResetError:
        return  # it was closed with bytes unread
    assert ANSWER_CLOSE not in answer


def test_the_sink_counts_what_came_with_the_request(origin: Ports) -> None:
    body = hashlib.sha256(b"").digest() * 10
    with socket.create_connection(("127.0.0.1", origin.web), DEADLINE) as sock:
        sock.sendall(ask("/up") + body)
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while data := sock.recv(65536):
            answer += data
    assert answer == ANSWER_STREAM + TRAILER.pack(len(body))
