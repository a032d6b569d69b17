"""The far end: a SOCKS5 server that is itself the web server it is asked for.

One process and one epoll loop. A SOCKS5 server that dialled a second server would spend more of the
machine than the proxy that is measured; this one answers in the place of every destination, so
what remains between two peers' figures is the peers. It reads each message whole, split or
coalesced, and refuses what is not well-formed: a peer that cuts corners shows up as errors.

Knows nothing of the peers. What the client asks for by path:

    /close      a short answer, then FIN                /echo   every byte back, until FIN
    /hold       a short answer, then the next request   /down   bytes until the client says stop
    /up         bytes until FIN, then their number

To UDP ASSOCIATE it names a port of its own, where datagrams come back as they came; so they do at
the endpoints that `--echo` names.

Run as `python -m bench.origin PORT... [--echo ADDRESS:PORT...]`; prints "ready" and its ports (0
takes any) once it listens.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import select
import socket
import struct
from collections.abc import Callable

from bench.origin_datagrams import Echo

BODY = b"x" * 128
ANSWER_CLOSE = (
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
)
ANSWER_HOLD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
ANSWER_STREAM = b"HTTP/1.1 200 OK\r\n\r\n"
TRAILER = struct.Struct("!Q")

# What one send or discard moves at most: large enough that Python's share of a call vanishes, small
# enough that eight streams take turns.
BLOCK = 1 << 18
# A request longer than this is no request of ours.
MAX_REQUEST = 4096

_METHOD_NONE = b"\x05\x00"
_SUCCEEDED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
_ASSOCIATED = b"\x05\x00\x00\x01"
_ADDRESS_LENGTH = {1: 4, 4: 16}  # RFC 1928 section 5; 3 is a name with its length in front

_DONTWAIT = socket.MSG_DONTWAIT
_EPOLLIN, _EPOLLOUT = select.EPOLLIN, select.EPOLLOUT


class Session:
    """One connection; `step` is its state: what to do with the bytes that have arrived."""

    __slots__ = ("count", "data", "fd", "poll", "relay_port", "sock", "step", "writable")

    def __init__(self, sock: socket.socket, poll: select.epoll, relay_port: int) -> None:
        self.sock = sock
        self.relay_port = relay_port
        self.fd = sock.fileno()
        self.poll = poll
        self.data = b""
        self.count = 0
        # The plain function, not a bound method: that would be a cycle, and the collector is off.
        self.step: Callable[[Session], bool] = Session.first
        self.writable = False

    def turn(self) -> bool:
        """Moves on as far as the kernel's buffers allow; False when the connection is over."""
        if self.writable:
            return self.step(self)
        try:
            data = self.sock.recv(MAX_REQUEST, _DONTWAIT)
        except BlockingIOError:
            return True
        if not data:
            return False
        self.data = self.data + data if self.data else data
        return self.step(self)

    def first(self) -> bool:
        self.step = Session.greeting if self.data[0] == 5 else Session.request
        return self.step(self)

    def greeting(self) -> bool:
        data = self.data
        if len(data) < 2 or len(data) < 2 + data[1]:
            return True
        if 0 not in data[2 : 2 + data[1]]:
            return False
        self.data = data[2 + data[1] :]
        self.sock.send(_METHOD_NONE)
        self.step = Session.connect
        return self.connect() if self.data else True

    def connect(self) -> bool:
        data = self.data
        if len(data) < 5:
            return True
        if data[:3] not in (b"\x05\x01\x00", b"\x05\x03\x00"):
            return False
        end = 4 + (1 + data[4] if data[3] == 3 else _ADDRESS_LENGTH[data[3]]) + 2
        if len(data) < end:
            return True
        self.data = data[end:]
        if data[1] == 3:
            host, _port = self.sock.getsockname()
            here = socket.inet_aton(host) + self.relay_port.to_bytes(2)
            self.sock.send(_ASSOCIATED + here)
            self.step = Session.associated
            return not self.data
        self.sock.send(_SUCCEEDED)
        # Asked for itself it is what it is, like any SOCKS server; else the web server behind it.
        own_port = self.sock.getsockname()[1].to_bytes(2)
        self.step = Session.greeting if data[end - 2 : end] == own_port else Session.request
        return self.step(self) if self.data else True

    def associated(self) -> bool:
        """Until the client hangs up; it has nothing to say here."""
        return False

    def request(self) -> bool:
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if not found:
            return len(self.data) < MAX_REQUEST
        self.data = rest
        path = head.split(b" ", 2)[1]
        if path == b"/close":
            self.sock.send(ANSWER_CLOSE)
            return False
        if path == b"/hold":
            self.sock.send(ANSWER_HOLD)
            return True
        self.sock.send(ANSWER_STREAM)
        return self.stream(path)

    def stream(self, path: bytes) -> bool:
        """The long-lived answers change how events are taken, so they leave `turn` behind."""
        self.sock.setblocking(False)
        self.writable = True
        self.step = _STREAMS[path]
        if path == b"/down":
            self.poll.modify(self.fd, _EPOLLIN | _EPOLLOUT)
        self.count = len(self.data) if path == b"/up" else 0
        return self.step(self)

    def sink(self) -> bool:
        try:
            # MSG_TRUNC lets TCP drop the bytes unread (tcp(7)): the sink costs next to nothing.
            count = self.sock.recv_into(_scratch, BLOCK, socket.MSG_TRUNC)
        except BlockingIOError:
            return True
        self.count += count
        if not count:
            self.sock.send(TRAILER.pack(self.count))
        return count > 0

    def source(self) -> bool:
        try:
            if self.sock.recv(1):
                self.sock.setblocking(True)
                self.sock.sendall(TRAILER.pack(self.count))
            return False
        except BlockingIOError:
            pass
        with contextlib.suppress(BlockingIOError):
            self.count += os.sendfile(self.fd, _file, 0, BLOCK)
        return True

    def echo(self) -> bool:
        if not self.data:
            try:
                self.data = self.sock.recv(BLOCK)
            except BlockingIOError:
                return True
            if not self.data:
                return False
        with contextlib.suppress(BlockingIOError):
            self.data = self.data[self.sock.send(self.data) :]
        self.poll.modify(self.fd, _EPOLLOUT if self.data else _EPOLLIN)
        return True


_STREAMS = {b"/up": Session.sink, b"/down": Session.source, b"/echo": Session.echo}
_scratch = bytearray(BLOCK)
_file = os.memfd_create("block")
os.write(_file, bytes(range(256)) * (BLOCK // 256))


def listen(port: int) -> socket.socket:
    listener = socket.create_server(("0.0.0.0", port), backlog=4096)
    listener.setblocking(False)
    return listener


def serve(listeners: list[socket.socket], relay: Echo, echoes: list[Echo]) -> None:
    poll = select.epoll()
    for listener in listeners:
        poll.register(listener.fileno(), select.EPOLLIN)
    datagrams = {echo.fd: echo for echo in (relay, *echoes)}
    for fd in datagrams:
        poll.register(fd, select.EPOLLIN)
    accepting = {listener.fileno(): listener for listener in listeners}
    sessions: dict[int, Session] = {}
    while True:
        for fd, _events in poll.poll():
            session = sessions.get(fd)
            if session is None:
                if fd in datagrams:
                    datagrams[fd].turn()
                else:
                    accept(accepting[fd], sessions, poll, relay.port)
                continue
            try:
                alive = session.turn()
            except (OSError, LookupError):
                alive = False
            if not alive:
                session.sock.close()
                del sessions[fd]


def accept(
    listener: socket.socket, sessions: dict[int, Session], poll: select.epoll, relay_port: int
) -> None:
    """Takes what waits, up to a batch, so that sessions are not starved."""
    for _ in range(16):
        try:
            sock, _peer = listener.accept()
        except BlockingIOError:
            return
        session = Session(sock, poll, relay_port)
        sessions[session.fd] = session
        poll.register(session.fd, _EPOLLIN)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.origin")
    parser.add_argument("port", type=int, nargs="+")
    parser.add_argument("--echo", nargs="*", default=[])
    options = parser.parse_args()
    listeners = [listen(port) for port in options.port]
    ports = [listener.getsockname()[1] for listener in listeners]
    relay = Echo("0.0.0.0", 0, wrapped=True)  # every address that a client may come by
    ends = [each.rpartition(":") for each in options.echo]
    echoes = [Echo(address, int(port), wrapped=False) for address, _, port in ends]
    gc.disable()
    print("ready", *ports, *(echo.port for echo in echoes), flush=True)
    serve(listeners, relay, echoes)


if __name__ == "__main__":
    main()
