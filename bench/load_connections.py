"""Many short connections: as many as can be had at a time, one after the other, or held idle."""

from __future__ import annotations

import argparse
import os
import select
import socket
import sys
import time

from bench.origin import ANSWER_CLOSE, ANSWER_HOLD
from bench.route import STUCK, Route, ask, connect, exchange, percentile, say, step

_IN, _OUT = select.EPOLLIN, select.EPOLLOUT
_HUP, _ERR, _RDHUP = select.EPOLLHUP, select.EPOLLERR, select.EPOLLRDHUP
_EDGE = _IN | _OUT | _RDHUP | select.EPOLLET
_TCP = socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC


class Slot:
    """One of the connections that are under way at a time."""

    __slots__ = ("fd", "got", "sock", "stage", "started")

    def __init__(self, sock: socket.socket, started: float) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.stage = -1
        self.got = b""
        self.started = started


class ConnectionLoad:
    """Keeps `at_a_time` connections under way: connect, ask, read the answer and the FIN, again."""

    def __init__(self, route: Route, at_a_time: int) -> None:
        self.hop = route.first_hop
        self.script = [*route.handshake(), step(ask("/close"), ANSWER_CLOSE)]
        self.at_a_time = at_a_time
        self.poll = select.epoll()
        self.slots: dict[int, Slot] = {}
        self.took: list[float] = []
        self.errors: dict[str, int] = {}

    def open(self) -> None:
        sock = socket.socket(socket.AF_INET, _TCP)
        sock.connect_ex(self.hop)
        slot = Slot(sock, time.perf_counter())
        self.slots[slot.fd] = slot
        self.poll.register(slot.fd, _EDGE)

    def close(self, slot: Slot, error: str) -> None:
        if error:
            self.errors[error] = self.errors.get(error, 0) + 1
        else:
            self.took.append(time.perf_counter() - slot.started)
        del self.slots[slot.fd]
        slot.sock.close()

    def turn(self, slot: Slot, events: int) -> str | None:
        """None: not over yet; "": over and right; else what went wrong."""
        script = self.script
        if slot.stage < 0:
            if events & (_ERR | _HUP):
                return os.strerror(slot.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            slot.stage = 0
            slot.sock.send(script[0].send)
            return None
        if not events & _IN:
            return os.strerror(slot.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        data = slot.sock.recv(4096)
        slot.got += data
        wanted = script[slot.stage]
        if len(slot.got) < wanted.length:
            return None if data else "short answer"
        if not wanted.fulfilled(slot.got):
            return "wrong answer"
        if slot.stage + 1 < len(script):
            slot.stage += 1
            slot.got = b""
            slot.sock.send(script[slot.stage].send)
            return None
        return "" if events & _RDHUP or not data else None

    def run(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while len(self.slots) < self.at_a_time:
            self.open()
        slots = self.slots
        while (left := end - time.perf_counter()) > 0:
            for fd, events in self.poll.poll(left):
                slot = slots[fd]
                try:
                    outcome = self.turn(slot, events)
                except BlockingIOError:
                    continue
                except OSError as error:
                    outcome = os.strerror(error.errno or 0)
                if outcome is not None:
                    self.close(slot, outcome)
                    self.open()

    def finish(self) -> None:
        now = time.perf_counter()
        stuck = sum(1 for slot in self.slots.values() if now - slot.started > STUCK)
        if stuck:
            self.errors["stuck"] = stuck
        for slot in self.slots.values():
            slot.sock.close()


def run_conn(route: Route, options: argparse.Namespace) -> None:
    load = ConnectionLoad(route, options.at_a_time)
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
    load.finish()
    took.sort()
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    say("end", done=done, seconds=seconds, p50=p50, p99=p99, errors=load.errors)


def run_ttfb(route: Route, options: argparse.Namespace) -> None:
    """From before connect() to the answer's first byte, one connection after the other."""
    took: list[float] = []
    request = ask("/close")

    def once() -> None:
        started = time.perf_counter()
        with socket.socket() as sock:
            sock.connect(route.first_hop)
            for each in route.handshake():
                exchange(sock, each)
            sock.send(request)
            first = sock.recv(4096)
            took.append(time.perf_counter() - started)
            while data := sock.recv(4096):
                first += data
        if first != ANSWER_CLOSE:
            raise ConnectionError("wrong answer")

    end = time.perf_counter() + options.warm
    while time.perf_counter() < end:
        once()
    took.clear()
    say("begin")
    started = time.perf_counter()
    while (now := time.perf_counter()) < started + options.seconds:
        once()
    say("stop", done=len(took), seconds=now - started)
    took.sort()
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    say("end", done=len(took), seconds=now - started, p50=p50, p99=p99, errors={})


def run_idle(route: Route, options: argparse.Namespace) -> None:
    """Opens connections that each have worked once, holds them, then works each once more."""
    request = ask("/hold")
    socks = [connect(route, request, ANSWER_HOLD) for _ in range(options.count)]
    say("begin", done=len(socks))
    sys.stdin.readline()
    dead = 0
    for sock in socks:
        try:
            exchange(sock, step(request, ANSWER_HOLD))
        except OSError:
            dead += 1
        sock.close()
    say("end", done=len(socks) - dead, errors={"dead after the wait": dead} if dead else {})
