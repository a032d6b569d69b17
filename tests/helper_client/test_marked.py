"""The engine's end of a channel, and helpers that are late, short of descriptors, or gone."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from byway_core.helper_client import marked
from byway_core.helper_client.marked import MarkedSockets

Serve = Callable[[socket.socket], None]


@pytest.fixture
def channel() -> Iterator[Callable[[Serve], MarkedSockets]]:
    """Sockets from a helper that does what `serve` does."""
    started: list[tuple[threading.Thread, MarkedSockets]] = []

    def make(serve: Serve) -> MarkedSockets:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def run() -> None:
            with theirs:
                serve(theirs)

        thread = threading.Thread(target=run)
        thread.start()
        sockets = MarkedSockets(ours)
        started.append((thread, sockets))
        return sockets

    yield make
    for thread, sockets in started:
        sockets.close()
        thread.join()


def give(channel: socket.socket, request: bytes) -> None:
    family = {4: socket.AF_INET, 6: socket.AF_INET6}[request[0]]
    kind = {1: socket.SOCK_STREAM, 2: socket.SOCK_DGRAM}[request[1]]
    made = [socket.socket(family, kind) for _ in range(request[2])]
    try:
        socket.send_fds(channel, [b"!"], [each.fileno() for each in made])
    finally:
        for each in made:
            each.close()


def test_each_kind_is_what_it_should_be(channel: Callable[[Serve], MarkedSockets]) -> None:
    def serve(theirs: socket.socket) -> None:
        while request := theirs.recv(8):
            give(theirs, request)

    sockets = channel(serve)
    for family in socket.AF_INET, socket.AF_INET6:
        with sockets.stream(family) as tcp, sockets.udp(family) as udp:
            assert (tcp.family, tcp.type) == (family, socket.SOCK_STREAM)
            assert (udp.family, udp.type) == (family, socket.SOCK_DGRAM)
            assert not tcp.getblocking()
            assert not udp.getblocking()


def test_a_late_answer_is_nobodys(
    channel: Callable[[Serve], MarkedSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a time-out the channel is not asked again: what comes then would be the answer to
    something else. And nobody waits a second time."""
    monkeypatch.setattr(marked, "WAIT_SECONDS", 0.01)
    go = threading.Event()

    def serve(theirs: socket.socket) -> None:
        request = theirs.recv(8)
        go.wait(10)
        with contextlib.suppress(OSError):  # nobody is there any more
            give(theirs, request)

    sockets = channel(serve)
    for ask in (sockets.tcp, sockets.udp, sockets.tcp):
        with pytest.raises(OSError, match="no sockets any more") as caught:
            ask(socket.AF_INET)
        assert caught.value.errno == errno.ENOTCONN
        go.set()


def test_a_helper_that_is_gone(channel: Callable[[Serve], MarkedSockets]) -> None:
    sockets = channel(lambda theirs: None)
    for _ in range(2):
        with pytest.raises(OSError, match="no sockets any more"):
            sockets.tcp(socket.AF_INET)


def test_no_descriptors_left(channel: Callable[[Serve], MarkedSockets]) -> None:
    """The kernel leaves out what is over the limit; the channel itself is well."""

    def serve(theirs: socket.socket) -> None:
        theirs.recv(8)
        theirs.send(b"!")
        give(theirs, theirs.recv(8))
        theirs.recv(8)

    sockets = channel(serve)
    with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        sockets.udp(socket.AF_INET)
    sockets.udp(socket.AF_INET).close()
