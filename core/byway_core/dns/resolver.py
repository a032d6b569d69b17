"""The addresses of names that Byway itself must reach: upstreams, and direct destinations that a
proxy client gave by name.

Asked of libc in threads, so that /etc/hosts, nsswitch and a VPN's resolver count as they do for
every program of this machine. It must not know who asks, or what for.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping

from byway_core.dns.hosts import Addresses, Found, known
from byway_core.model.sentence import say
from byway_core.ports import Arrived, Resolved

# libc does not tell TTLs. A minute is what browsers assume for the same reason.
KEEP_FOUND = 60.0
# Long enough for the connections of one page, short enough not to outlive a fixed network.
KEEP_MISSING = 5.0
# A program in trouble can ask for ever new names; the oldest answers go first.
CACHE_SIZE = 1024
# glibc waits 5 s for each server, twice. A client of ours has given up well before 15 s.
PATIENCE = 15.0
# Lookups at once. One that hangs holds a thread for up to half a minute; four leave room beside it.
THREADS = 4
# Different names waiting for a thread. More than this means that nothing is answered at all.
WAITING = 256


class SystemResolver:
    """libc's getaddrinfo with a cache. Implements `ports.Resolver`; belongs to one loop.

    The threads are daemons and nobody joins them: a lookup that hangs in libc must not hold up
    the end of the program.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hosts: Mapping[str, Addresses],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hosts`: normalised name -> addresses, answered without asking anyone. `patience` and
        `clock` are in seconds."""
        self._loop = loop
        self._patience = patience
        self._clock = clock
        self._hosts = hosts
        # name -> (when it is stale, addresses, error)
        self._cache: dict[str, tuple[float, Found, str]] = {}
        self._waiting: dict[str, list[Resolved]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        # Names on their way to or in a thread, also those that nobody waits for any more.
        self._asked: set[str] = set()
        self._names: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._threads = 0
        self._closed = False

    def lookup(self, host: str, done: Resolved) -> None:
        """See `ports.Resolver.lookup`. Literals, hosts and what is cached are answered at once.

        The error is a sentence without a full stop that names the host."""
        found = known(host, self._hosts)
        if found:
            done(found, "")
            return
        cached = self._cache.get(host)
        if cached is not None and cached[0] > self._clock():
            done(cached[1], cached[2])
            return
        waiting = self._waiting.get(host)
        if waiting is not None:
            waiting.append(done)
        elif self._closed or len(self._asked) >= WAITING:
            done(
                (),
                say(
                    "the name {host} could not be looked up: too many lookups are waiting",
                    host=host,
                ),
            )
        else:
            self._ask(host, done)

    def lookup_in_parts(self, host: str, arrived: Arrived) -> None:
        """See `ports.Resolver.lookup_in_parts`. getaddrinfo() waits for both families itself."""
        self.lookup(host, lambda found, error: arrived(found, error, True))

    def close(self) -> None:
        """Whoever still waits is told so; threads end by themselves."""
        self._closed = True
        for host in list(self._waiting):
            self._settle(
                host, (), say("the name {host} was not looked up: Byway is stopping", host=host)
            )
        for _ in range(self._threads):
            self._names.put(None)

    def _ask(self, host: str, done: Resolved) -> None:
        self._waiting[host] = [done]
        self._timers[host] = self._loop.call_later(self._patience, self._give_up, host)
        if host in self._asked:
            return
        self._asked.add(host)
        if self._threads < THREADS and self._threads < len(self._asked):
            self._threads += 1
            threading.Thread(target=self._work, name="byway-lookup", daemon=True).start()
        self._names.put(host)

    def _work(self) -> None:
        """In a thread of its own."""
        while (host := self._names.get()) is not None:
            found, error = _look_up(host)
            try:
                self._loop.call_soon_threadsafe(self._arrived, host, found, error)
            except RuntimeError:  # the loop is closed, and with it everybody who asked
                return

    def _arrived(self, host: str, found: Found, error: str) -> None:
        """Also for a name that was given up on: the answer serves the next who asks."""
        self._asked.discard(host)
        keep = KEEP_FOUND if found else KEEP_MISSING
        self._cache.pop(host, None)
        self._cache[host] = (self._clock() + keep, found, error)
        if len(self._cache) > CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        self._settle(host, found, error)

    def _give_up(self, host: str) -> None:
        seconds = f"{self._patience:g} s"
        self._settle(
            host,
            (),
            say(
                "the name {host} could not be looked up within {seconds}",
                host=host,
                seconds=seconds,
            ),
        )

    def _settle(self, host: str, found: Found, error: str) -> None:
        timer = self._timers.pop(host, None)
        if timer is not None:
            timer.cancel()
        for done in self._waiting.pop(host, ()):
            done(found, error)


def _look_up(host: str) -> tuple[Found, str]:
    """Blocks. Every failure is a sentence."""
    try:
        # Bytes: for text, CPython loads its IDNA tables (2 MB) even where all is ASCII.
        name = host.encode("ascii")
    except UnicodeEncodeError:
        return (), say("the name {host} is not a valid host name", host=host)
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return (), _words(host, error)
    except (OSError, ValueError) as error:  # ValueError: a NUL within the name
        what = getattr(error, "strerror", None) or error
        return (), say("the name {host} could not be looked up: {error}", host=host, error=what)
    found = dict.fromkeys((family, str(address[0])) for family, _, _, _, address in answers)
    return tuple(found), ""


def _words(host: str, error: socket.gaierror) -> str:
    match error.errno:
        case socket.EAI_NONAME:
            return say("the name {host} does not exist", host=host)
        case socket.EAI_NODATA:
            return say("the name {host} has no address", host=host)
        case socket.EAI_AGAIN:
            what: str = say("no DNS server gave an answer")
        case socket.EAI_FAIL:
            what = say("the DNS server failed")
        case socket.EAI_SYSTEM:
            what = say("the system refused")
        case socket.EAI_MEMORY:
            what = say("out of memory")
        case _:
            what = error.strerror or str(error)
    return say("the name {host} could not be looked up: {error}", host=host, error=what)
