"""Tests of upstreams, some at once, each in a thread and with a time limit; no Qt."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from byway_core.api.upstream_table import password_of
from byway_core.model.errors import SecretError
from byway_core.model.upstream import Upstream
from byway_gui.aside import aside
from byway_gui.probe import LIMIT, Failure, Outcome, Target, probe

_log = logging.getLogger(__name__)

# At once: enough that a dozen dead servers are told within seconds, and no burst that a router
# takes for an attack.
_AT_ONCE = 6
# What is left to a thread beside its own limits: libc's look-up of a name has none that can be set.
_GRACE = 0.5

Then = Callable[[Outcome], None]


class Prober:
    """`way(upstream)` is where a test's connection to that server goes now, see `Outcome`."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, way: Callable[[Upstream], str] = lambda upstream: ""
    ) -> None:
        self._loop = loop
        self._way = way
        self._waiting: deque[Callable[[], None]] = deque()
        self._running = 0

    def test(self, upstream: Upstream, folder: Path, target: Target, then: Then) -> None:
        """On the loop `then` with the outcome. `folder` is the profile's, for its password."""
        self._waiting.append(partial(self._start, upstream, folder, target, then))
        self._next()

    @property
    def is_busy(self) -> bool:
        return self._running > 0

    def close(self) -> None:
        """Nothing that waits is begun any more."""
        self._waiting.clear()

    def _next(self) -> None:
        while self._waiting and self._running < _AT_ONCE:
            self._running += 1
            self._waiting.popleft()()

    def _start(self, upstream: Upstream, folder: Path, target: Target, then: Then) -> None:
        """First the password, for as long as its keyring's user takes; then the test, in time."""

        def got(password: str | SecretError | None) -> None:
            if isinstance(password, SecretError):
                self._finish(then, Outcome(Failure.SECRET, detail=str(password)))
                return
            way = self._way(upstream)
            finish = partial(self._finish, then)
            once = _Once(lambda outcome: finish(replace(outcome, way=way)))
            self._loop.call_later(LIMIT + _GRACE, once, Outcome(Failure.TIMEOUT))
            aside(self._loop, lambda: probe(upstream, password, target), once, "byway-test")

        aside(self._loop, lambda: _password(upstream, folder), got, "byway-password")

    def _finish(self, then: Then, outcome: Outcome) -> None:
        self._running -= 1
        self._next()
        then(outcome)


class _Once:
    """Hands on the first outcome, and no other."""

    def __init__(self, then: Then) -> None:
        self._then: Then | None = then

    def __call__(self, outcome: Outcome) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(outcome)


def _password(upstream: Upstream, folder: Path) -> str | SecretError | None:
    try:
        return password_of(upstream, folder)
    except SecretError as error:
        return error
    except Exception as error:  # a keyring's backend, which can be anything
        _log.exception("the password could not be fetched")
        return SecretError(str(error))
