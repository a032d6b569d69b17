"""Echoes: each of so many sockets has one datagram under way, as fast as they come back."""

from __future__ import annotations

import argparse
import select
import socket
import struct
import time

from bench.route import Address, Route, percentile, say

# What is not back by then is lost, which here means that somebody had no room for it.
LOST = 0.25
# A game's or a call's datagram; QUIC's and WireGuard's are longer, and cost more for all alike.
PAYLOAD = 200
_NUMBER = struct.Struct("!Q")


class Flow:
    """One socket. `number` is in the datagram that is under way since `sent`."""

    __slots__ = ("number", "sent", "sock")

    def __init__(self, target: Address) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.sock.connect(target)
        self.number = 0
        self.sent = 0.0

    def send(self, now: float) -> None:
        self.number += 1
        self.sent = now
        self.sock.send(_NUMBER.pack(self.number) * (PAYLOAD // _NUMBER.size))


class EchoLoad:
    def __init__(self, target: Address, count: int) -> None:
        self.poll = select.epoll()
        self.flows: dict[int, Flow] = {}
        self.took: list[float] = []
        self.errors: dict[str, int] = {}
        for _ in range(count):
            flow = Flow(target)
            self.flows[flow.sock.fileno()] = flow
            self.poll.register(flow.sock.fileno(), select.EPOLLIN)

    def run(self, seconds: float) -> None:
        now = time.perf_counter()
        end = now + seconds
        due = now + LOST
        while now < end:
            for fd, _events in self.poll.poll(due - now if due > now else 0):
                self.turn(self.flows[fd])
            now = time.perf_counter()
            if now >= due:
                self.look_for_lost(now)
                due = now + LOST

    def begin(self) -> None:
        for flow in self.flows.values():
            flow.send(time.perf_counter())

    def turn(self, flow: Flow) -> None:
        try:
            data = flow.sock.recv(65536)
        except OSError as error:
            self.wrong(error.strerror or "failed")
            return
        now = time.perf_counter()
        if data == _NUMBER.pack(flow.number) * (PAYLOAD // _NUMBER.size):
            self.took.append(now - flow.sent)
            flow.send(now)
        elif len(data) != PAYLOAD or _NUMBER.unpack_from(data)[0] > flow.number:
            self.wrong("wrong answer")  # else one that was given up for lost

    def look_for_lost(self, now: float) -> None:
        for flow in self.flows.values():
            if now - flow.sent > LOST:
                self.wrong("lost")
                flow.send(now)

    def wrong(self, what: str) -> None:
        self.errors[what] = self.errors.get(what, 0) + 1


def run_udp(route: Route, options: argparse.Namespace) -> None:
    """Datagrams have no local port to go through: they are intercepted."""
    load = EchoLoad(route.target, options.count)
    load.begin()
    load.run(options.warm)
    load.took.clear()
    load.errors.clear()
    say("begin")
    started = time.perf_counter()
    load.run(options.seconds)
    seconds = time.perf_counter() - started
    took = load.took
    done = len(took)
    say("stop", done=done, seconds=seconds)
    took.sort()
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    say("end", done=done, seconds=seconds, p50=p50, p99=p99, errors=load.errors)
