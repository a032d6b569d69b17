from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

import pytest
from tests.support.dns_server import DnsServer, dns_server, fixed, query, response, silent
from tests.support.loops import until

from byway_core.dns import forwarder as forwarder_module
from byway_core.dns import session as module
from byway_core.dns.choice import Choice
from byway_core.dns.forwarder import DnsForwarder
from byway_core.dns.known_names import KnownNames
from byway_core.dns.local_answers import LocalAnswers
from byway_core.dns.servers import FixedServers
from byway_core.model.profile import Nameserver

HOSTS = {"nas.lan": (ip_address("10.0.0.5"),)}


def framed(*messages: bytes) -> bytes:
    return b"".join(struct.pack(">H", len(message)) + message for message in messages)


class Line:
    """A client's connection to port 53, the other end of which the forwarder serves."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, server: DnsServer, *, buffers: int = 0
    ) -> None:
        self.loop = loop
        self.forwarder = DnsForwarder(
            loop,
            Choice(FixedServers([Nameserver(ip_address(server.host), server.port)], timeout=60)),
            LocalAnswers(HOSTS),
            KnownNames(),
        )
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.buffers = buffers
        self.got = bytearray()
        self.ended = ""
        self.client = self.connect()

    def connect(self) -> socket.socket:
        client = socket.socket()
        if self.buffers:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffers)
        client.connect(self.listener.getsockname())
        client.setblocking(False)
        accepted, _ = self.listener.accept()
        if self.buffers:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.buffers)
        accepted.setblocking(False)
        self.forwarder.serve_tcp(accepted)
        return client

    def read(self) -> bytearray:
        """What has arrived by now; notes the end."""
        try:
            while True:
                data = self.client.recv(65536)
                if not data:
                    self.ended = "closed"
                    break
                self.got += data
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.ended = "reset"
        return self.got

    def messages(self) -> list[bytes]:
        data, found = bytes(self.read()), []
        while len(data) >= 2 and len(data) >= 2 + (length := data[0] << 8 | data[1]):
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
        return found

    def expect(self, *messages: bytes) -> None:
        until(self.loop, lambda: len(self.messages()) >= len(messages) or self.ended)
        assert sorted(self.messages()) == sorted(messages)

    def expect_end(self) -> None:
        def ended() -> bool:
            self.read()
            return bool(self.ended)

        until(self.loop, ended)

    def close(self) -> None:
        self.forwarder.close()
        self.client.close()
        self.listener.close()


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with dns_server(fixed("192.0.2.1")) as server:
        yield server


@pytest.fixture
def line(plain_loop: asyncio.AbstractEventLoop, server: DnsServer) -> Iterator[Line]:
    line = Line(plain_loop, server)
    yield line
    line.close()


def test_one_question_on_either_loop(
    any_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    line = Line(any_loop, server)
    asked = query("web.example")
    line.client.send(framed(asked))
    line.expect(response(asked, "192.0.2.1"))
    line.client.close()
    until(any_loop, lambda: len(line.forwarder.poller) == 0)
    line.close()


ASKED = [query(f"n{number}.example", id_=number) for number in range(3)]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([framed(*ASKED)], id="whole"),
        pytest.param([framed(*ASKED)[n : n + 1] for n in range(len(framed(*ASKED)))], id="bytes"),
        pytest.param([framed(*ASKED), b"\0"], id="trailing data"),
    ],
)
def test_pipelined_questions(line: Line, pieces: list[bytes]) -> None:
    line.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        line.client.send(piece)
        line.loop.run_until_complete(asyncio.sleep(0))
    line.expect(*[response(asked, "192.0.2.1") for asked in ASKED])


def test_answers_come_as_they_are_ready(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    gate = threading.Event()

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        if b"slow" in asked:
            assert gate.wait(20)
        return [response(asked, "192.0.2.1")]

    server.script = script
    line = Line(plain_loop, server)
    slow, fast = query("slow.example", id_=1), query("fast.example", id_=2)
    line.client.send(framed(slow, fast))
    line.expect(response(fast, "192.0.2.1"))
    gate.set()
    line.expect(response(fast, "192.0.2.1"), response(slow, "192.0.2.1"))
    line.close()


def test_after_a_half_close_what_was_asked_is_answered(line: Line) -> None:
    line.client.send(framed(*ASKED))
    line.client.shutdown(socket.SHUT_WR)
    line.expect_end()
    line.expect(*[response(asked, "192.0.2.1") for asked in ASKED])
    assert line.ended == "closed"


def test_a_thousand_local_answers_to_one_segment(line: Line) -> None:
    asked = [query("nas.lan", id_=number) for number in range(1000)]
    line.client.setblocking(True)
    line.client.sendall(framed(*asked))
    line.client.setblocking(False)
    line.expect(*[forwarded_locally(number) for number in range(1000)])


def forwarded_locally(number: int) -> bytes:
    return response(query("nas.lan", id_=number), "10.0.0.5")


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"\0\0", id="an empty message"),
        pytest.param(b"\0\5hello", id="too short"),
        pytest.param(b"\0\x0c" + bytes(12) + b"\0\1x", id="noise after a message"),
    ],
)
def test_noise_ends_it(line: Line, noise: bytes) -> None:
    line.client.send(noise)
    line.expect_end()


def test_another_protocol_is_answered_with_an_error(line: Line) -> None:
    line.client.send(b"GET / HTTP/1.1\r\n" + b"x" * 20_000)  # "GE": 18,245 bytes, no query
    until(line.loop, line.messages)
    assert line.messages() == [b"T \xa9\x04" + bytes(8)], "NOTIMP"


def test_a_reset_is_no_error(line: Line) -> None:
    line.client.send(framed(query("web.example")))
    line.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.client.close()
    until(line.loop, lambda: len(line.forwarder.poller) == 0)


def test_a_client_that_hangs_up_while_it_waits(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-close, then a reset: epoll tells of it again and again until the socket is gone."""
    gate = threading.Event()

    def script(asked: bytes, over_tcp: bool) -> Iterable[bytes]:
        assert gate.wait(20)
        return [response(asked, "192.0.2.1")]

    server.script = script
    line = Line(plain_loop, server)
    line.client.send(framed(query("web.example")))
    line.client.shutdown(socket.SHUT_WR)
    until(plain_loop, lambda: server.asked)
    line.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.client.close()
    until(plain_loop, lambda: len(line.forwarder.poller) == 1)
    gate.set()
    until(plain_loop, lambda: len(line.forwarder.poller) == 0)
    line.close()


def test_silence_ends_it(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.2)
    line = Line(plain_loop, server)
    line.client.send(framed(query("web.example"))[:5])
    line.expect_end()
    assert line.ended == "closed"
    assert line.messages() == []
    line.close()


def test_waiting_for_an_answer_is_not_silence(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    monkeypatch.setattr("byway_core.dns.exchange.LONGEST", 0.6)
    server.script = lambda asked, over_tcp: [response(asked, id_=0)]
    line = Line(plain_loop, server)
    line.client.send(framed(query("web.example")))
    until(plain_loop, line.messages)
    assert line.messages()[0][3] & 15 == 2, "SERVFAIL, not a closed connection"
    line.close()


def test_a_client_that_does_not_read_is_not_read_either(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer
) -> None:
    server.script = fixed(*[f"192.0.{n // 250}.{n % 250}" for n in range(1000)])
    line = Line(plain_loop, server, buffers=8192)
    asked = [query("big.example", id_=number) for number in range(300)]
    unsent = framed(*asked)

    def feed() -> bool:
        """As much as goes; true when nothing more does."""
        nonlocal unsent
        before = len(server.asked)
        for _ in range(20):
            with contextlib.suppress(BlockingIOError):
                unsent = unsent[line.client.send(unsent) :]
            line.loop.run_until_complete(asyncio.sleep(0.002))
        return len(server.asked) == before

    while not feed():
        pass
    assert len(server.asked) < 100, "5 MB of answers were not fetched for nobody"

    def read_all() -> bool:
        nonlocal unsent
        with contextlib.suppress(BlockingIOError):
            unsent = unsent[line.client.send(unsent) :]
        return len(line.read()) >= len(asked) * 16_000

    until(plain_loop, read_all)
    assert len(line.messages()) == len(asked)
    line.close()


def test_connections_are_bounded(
    plain_loop: asyncio.AbstractEventLoop, server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarder_module, "SESSIONS", 1)
    server.script = silent
    line = Line(plain_loop, server)
    first = line.client
    line.client = line.connect()
    line.expect_end()
    first.close()
    until(plain_loop, lambda: len(line.forwarder.poller) == 0)
    line.client.close()
    line.client = line.connect()
    line.ended = ""
    line.client.send(framed(query("nas.lan")))
    line.expect(response(query("nas.lan"), "10.0.0.5"))
    line.close()
