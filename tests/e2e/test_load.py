"""What breaks relays: a stalled reader, ten thousand connections, no descriptors, big transfers."""

from __future__ import annotations

import hashlib
import os
import resource
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.byway import DEADLINE, Byway, exactly, process_status, until

pytestmark = pytest.mark.alone

BLOCK = os.urandom(1 << 20)
GIGABYTE = 1 << 30


@pytest.fixture
def byway(tmp_path: Path) -> Byway:
    return Byway(tmp_path)


class Peer:
    """A server that sends and receives so many bytes on its one connection, in threads."""

    def __init__(self, send: int, receive: int) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.sent = 0
        self.received = hashlib.sha256()
        self._send, self._receive = send, receive
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        sock, _ = self.listening.accept()
        with sock:
            sending = threading.Thread(target=self._push, args=(sock,))
            sending.start()
            take(sock, self._receive, self.received)
            sending.join()

    def _push(self, sock: socket.socket) -> None:
        while self.sent < self._send:
            sock.sendall(BLOCK)
            self.sent += len(BLOCK)
        sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()
        self.listening.close()


def take(sock: socket.socket, size: int, digest: hashlib._Hash) -> None:
    """Receive so many bytes."""
    buffer = memoryview(bytearray(1 << 18))
    while size:
        count = sock.recv_into(buffer, min(size, len(buffer)))
        if not count:
            raise ConnectionError(f"ended {size} bytes early")
        digest.update(buffer[:count])
        size -= count


def digest_of_blocks(size: int) -> bytes:
    digest = hashlib.sha256()
    for _ in range(size // len(BLOCK)):
        digest.update(BLOCK)
    return digest.digest()


def test_a_gigabyte_each_way_at_once_is_whole(byway: Byway) -> None:
    peer = Peer(send=GIGABYTE, receive=GIGABYTE)
    with byway.serving("MATCH,DIRECT") as serving, serving.connect("127.0.0.1", peer.port) as sock:
        sock.settimeout(DEADLINE)

        def push() -> None:
            for _ in range(GIGABYTE // len(BLOCK)):
                sock.sendall(BLOCK)
            sock.shutdown(socket.SHUT_WR)

        pushing = threading.Thread(target=push)
        pushing.start()
        got = hashlib.sha256()
        take(sock, GIGABYTE, got)
        pushing.join()
        peer.close()
        right = digest_of_blocks(GIGABYTE)
        assert (got.digest(), peer.received.digest()) == (right, right)


def test_a_stalled_reader_stops_the_sender_and_costs_no_memory(byway: Byway) -> None:
    peer = Peer(send=GIGABYTE, receive=0)
    with byway.serving("MATCH,DIRECT") as serving, serving.connect("127.0.0.1", peer.port) as sock:
        before = process_status(serving.pid, "VmRSS")

        def stalled() -> bool:
            # Blocked: two looks apart by a second's quarter see the same count.
            seen = peer.sent
            threading.Event().wait(0.25)
            return peer.sent == seen

        until(stalled, "the sender is held back")
        # What the kernel's buffers of four sockets and a pipe can hold, and far from a gigabyte.
        assert peer.sent < 100 * (1 << 20)
        assert process_status(serving.pid, "VmRSS") - before < 4096
        sock.settimeout(DEADLINE)
        got = hashlib.sha256()
        take(sock, GIGABYTE, got)
        assert got.digest() == digest_of_blocks(GIGABYTE)
        assert process_status(serving.pid, "VmRSS") - before < 4096
        peer.close()


ECHO_SERVER = """
import select, socket, sys, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(listening.getsockname()[1], flush=True)
poll, clients = select.epoll(), {}
poll.register(listening, select.EPOLLIN)
while True:
    for fd, _ in poll.poll():
        if fd == listening.fileno():
            client, _ = listening.accept()
            clients[client.fileno()] = client
            poll.register(client, select.EPOLLIN)
        else:
            data = clients[fd].recv(65536)
            if data:
                clients[fd].sendall(data)
            else:
                clients.pop(fd).close()
"""


@pytest.fixture
def echo_port() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", ECHO_SERVER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.terminate()


@pytest.fixture
def all_descriptors() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def says(sock: socket.socket, data: bytes) -> bool:
    sock.sendall(data)
    return exactly(sock, len(data)) == data


@pytest.mark.usefixtures("all_descriptors")
def test_ten_thousand_idle_connections(byway: Byway, echo_port: int) -> None:
    # Each of the two relays holds half of them, with two descriptors each; this process and the
    # echo server hold all. A user's hard limit may be lower than that.
    count = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200)
    socks: list[socket.socket] = []
    with byway.serving("MATCH,DIRECT", general="workers = 2") as serving:
        before = sum(process_status(pid, "VmRSS") for pid in serving.pids)
        try:
            for _ in range(count):
                socks.append(serving.connect("127.0.0.1", echo_port))
            assert all(says(sock, b"still here") for sock in socks[:: count // 100])
            assert serving.status()["live"] == count
            grown = sum(process_status(pid, "VmRSS") for pid in serving.pids) - before
            assert grown / count < 8, f"{grown / count:.1f} kB a connection"
        finally:
            for sock in socks:
                sock.close()
        until(lambda: serving.status()["live"] == 0, "all have ended")


def test_descriptors_running_out(byway: Byway, echo_port: int) -> None:
    with byway.serving("MATCH,DIRECT", most_descriptors=164) as serving:
        waiting = [socket.create_connection(("127.0.0.1", serving.port)) for _ in range(120)]
        served: list[socket.socket] = []
        poll = select.poll()
        by_fd = {sock.fileno(): sock for sock in waiting}
        request = b"\5\1\0" + b"\5\1\0\1\x7f\0\0\1" + echo_port.to_bytes(2, "big")
        for sock in waiting:
            sock.settimeout(DEADLINE)
            sock.sendall(request)
            poll.register(sock, select.POLLIN)
        while len(served) < len(waiting):
            ready = poll.poll(DEADLINE * 1000)
            assert ready, f"after {len(served)} nothing moves any more"
            for fd, _ in ready:
                sock = by_fd[fd]
                assert exactly(sock, 12)[3] == 0
                assert says(sock, b"served")
                served.append(sock)
                poll.unregister(sock)
                sock.close()
        assert serving.log().count("no more can be") == 1
        assert "Traceback" not in serving.log()
