from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.support.loops import until

from byway_core.dns import resolver as module
from byway_core.dns.resolver import SystemResolver
from byway_core.ports import Resolver

Answer = tuple[list[tuple[socket.AddressFamily, str]], str]


class Asked:
    """Collects what a resolver says, in order."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def __call__(self, found: Sequence[tuple[socket.AddressFamily, str]], error: str) -> None:
        self.answers.append((list(found), error))


class Libc:
    """Stands where libc's resolver stands: the network's answers are not a test's to choose."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[bytes] = []
        self.gate = threading.Event()
        self.gate.set()
        self.answers: dict[bytes, object] = {}
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, name: bytes, port: None, **_: object) -> object:
        self.calls.append(name)
        assert self.gate.wait(30)
        answer = self.answers.get(name, socket.gaierror(socket.EAI_NONAME, "no"))
        if isinstance(answer, Exception):
            raise answer
        return [
            (
                socket.AF_INET6 if ":" in text else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (text, 0),
            )
            for text in answer  # type: ignore[attr-defined]
        ]


@pytest.fixture
def libc(monkeypatch: pytest.MonkeyPatch) -> Iterator[Libc]:
    libc = Libc(monkeypatch)
    yield libc
    libc.gate.set()


def ask(loop: asyncio.AbstractEventLoop, resolver: SystemResolver, host: str) -> Answer:
    asked = Asked()
    resolver.lookup(host, asked)
    until(loop, lambda: asked.answers)
    assert len(asked.answers) == 1
    return asked.answers[0]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("192.0.2.7", (socket.AF_INET, "192.0.2.7")),
        ("2001:db8::7", (socket.AF_INET6, "2001:db8::7")),
        ("fe80::1%lo", (socket.AF_INET6, "fe80::1%lo")),
        ("nas.lan", (socket.AF_INET, "10.0.0.5")),
    ],
)
def test_known_without_asking(
    plain_loop: asyncio.AbstractEventLoop, host: str, found: tuple[socket.AddressFamily, str]
) -> None:
    port: Resolver = SystemResolver(plain_loop, {"nas.lan": (ip_address("10.0.0.5"),)})
    asked = Asked()
    port.lookup(host, asked)
    assert asked.answers == [([found], "")], "at once"


def test_localhost_by_the_real_libc(any_loop: asyncio.AbstractEventLoop) -> None:
    resolver = SystemResolver(any_loop, {})
    found, error = ask(any_loop, resolver, "localhost")
    assert error == ""
    assert {address for _, address in found} <= {"127.0.0.1", "::1"}
    assert found
    resolver.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "the name a.example does not exist"),
        (socket.gaierror(socket.EAI_NODATA, "x"), "the name a.example has no address"),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            "the name a.example could not be looked up: no DNS server gave an answer",
        ),
        (
            socket.gaierror(-99, "strange"),
            "the name a.example could not be looked up: strange",
        ),
        (OSError("odd"), "the name a.example could not be looked up: odd"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_failures_are_sentences(
    plain_loop: asyncio.AbstractEventLoop, libc: Libc, answer: Exception, error: str
) -> None:
    libc.answers[b"a.example"] = answer
    resolver = SystemResolver(plain_loop, {})
    assert ask(plain_loop, resolver, "a.example") == ([], error)
    resolver.close()


@pytest.mark.parametrize("host", ["bad\0name", "münchen", "a" * 70, ""])
def test_names_that_libc_would_not_take(plain_loop: asyncio.AbstractEventLoop, host: str) -> None:
    resolver = SystemResolver(plain_loop, {})
    found, error = ask(plain_loop, resolver, host)
    if host:  # the empty name is libc's own loopback
        assert found == []
        assert error.startswith(f"the name {host} ")
    resolver.close()


def test_order_and_doubles(plain_loop: asyncio.AbstractEventLoop, libc: Libc) -> None:
    libc.answers[b"a.example"] = ["2001:db8::1", "192.0.2.1", "2001:db8::1"]
    resolver = SystemResolver(plain_loop, {})
    found, _ = ask(plain_loop, resolver, "a.example")
    assert found == [(socket.AF_INET6, "2001:db8::1"), (socket.AF_INET, "192.0.2.1")]
    resolver.close()


def test_one_lookup_for_many_who_ask(any_loop: asyncio.AbstractEventLoop, libc: Libc) -> None:
    libc.gate.clear()
    libc.answers[b"a.example"] = ["192.0.2.1"]
    resolver = SystemResolver(any_loop, {})
    asked = Asked()
    for _ in range(20):
        resolver.lookup("a.example", asked)
    assert asked.answers == []
    libc.gate.set()
    until(any_loop, lambda: len(asked.answers) == 20)
    resolver.lookup("a.example", asked)
    assert len(asked.answers) == 21, "from the cache, at once"
    assert libc.calls == [b"a.example"]
    resolver.close()


def test_an_answer_grows_stale(plain_loop: asyncio.AbstractEventLoop, libc: Libc) -> None:
    libc.answers[b"a.example"] = ["192.0.2.1"]
    now = 1000.0
    resolver = SystemResolver(plain_loop, {}, clock=lambda: now)

    def both() -> list[bytes]:
        libc.calls.clear()
        ask(plain_loop, resolver, "a.example")
        ask(plain_loop, resolver, "b.example")
        return libc.calls

    assert both() == [b"a.example", b"b.example"]
    assert both() == []
    now += module.KEEP_MISSING
    assert both() == [b"b.example"]
    now += module.KEEP_FOUND - module.KEEP_MISSING
    assert both() == [b"a.example", b"b.example"]
    resolver.close()


def test_the_cache_is_bounded(
    plain_loop: asyncio.AbstractEventLoop, libc: Libc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CACHE_SIZE", 3)
    resolver = SystemResolver(plain_loop, {})
    for number in range(6):
        ask(plain_loop, resolver, f"n{number}.example")
    ask(plain_loop, resolver, "n5.example")
    ask(plain_loop, resolver, "n0.example")
    assert libc.calls.count(b"n5.example") == 1
    assert libc.calls.count(b"n0.example") == 2
    resolver.close()


def test_a_hanging_libc_is_given_up_on_once(
    any_loop: asyncio.AbstractEventLoop, libc: Libc
) -> None:
    libc.gate.clear()
    libc.answers[b"a.example"] = ["192.0.2.1"]
    resolver = SystemResolver(any_loop, {}, patience=0.05)
    asked = Asked()
    resolver.lookup("a.example", asked)
    until(any_loop, lambda: asked.answers)
    assert asked.answers == [([], "the name a.example could not be looked up within 0.05 s")]
    resolver.lookup("a.example", asked)
    until(any_loop, lambda: len(asked.answers) == 2)
    assert libc.calls == [b"a.example"], "a name that is in a thread is not asked for again"
    libc.gate.set()
    late = Asked()

    def answered() -> bool:
        resolver.lookup("a.example", late)
        return ([(socket.AF_INET, "192.0.2.1")], "") in late.answers

    until(any_loop, answered)
    assert len(asked.answers) == 2, "the late answer is not told to those who were given up on"
    resolver.close()


def test_too_many_names_fail_at_once(
    plain_loop: asyncio.AbstractEventLoop, libc: Libc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 5)
    libc.gate.clear()
    resolver = SystemResolver(plain_loop, {})
    asked = Asked()
    for number in range(7):
        resolver.lookup(f"n{number}.example", asked)
    assert [error for _, error in asked.answers] == [
        f"the name n{number}.example could not be looked up: too many lookups are waiting"
        for number in (5, 6)
    ]
    resolver.close()
    assert len(asked.answers) == 7, "and the others are told when it is closed"
    assert asked.answers[-1][1].endswith("Byway is stopping")


def test_a_hanging_lookup_does_not_hold_up_the_exit() -> None:
    script = """
import asyncio, socket, threading
from byway_core.dns.resolver import SystemResolver
started = threading.Event()
def hang(*_, **__):
    started.set()
    threading.Event().wait()
socket.getaddrinfo = hang
loop = asyncio.new_event_loop()
resolver = SystemResolver(loop, {})
resolver.lookup("a.example", lambda found, error: print(error))
started.wait(10)
resolver.close()
loop.close()
"""
    core = Path(module.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(core)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.stdout == "the name a.example was not looked up: Byway is stopping\n"
    assert (done.returncode, done.stderr) == (0, "")
