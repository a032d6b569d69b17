"""A Plan put into force in this network namespace, and taken back.

The order keeps the machine online whatever happens in between: routes and rules mean nothing until
packets are marked, so they come first and go last; the table that marks them is one transaction,
and the kernel removes it when this process dies. What is left behind then (routes, rules) does
nothing, and the next `Force` or `clean_up` removes it.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum

from byway_helper.contract import Mode, Plan
from byway_helper.netfilter import Netfilter, NetfilterError
from byway_helper.render import GUARD, TABLE, Network, render, render_guard, update
from byway_helper.routes import First, Routes
from byway_helper.sockets import SocketSet, make


class Step(Enum):
    """What has just been done; a process may die after any of them."""

    CLEANED = "cleaned"
    SOCKETS = "sockets made"
    ROUTES = "routes made"
    TABLE = "table made"
    TABLE_GONE = "table gone"
    ROUTES_GONE = "routes gone"


# Made first, for a table that is not there cannot be deleted.
_NO_GUARD = f"table inet {GUARD}\ndelete table inet {GUARD}\n"

Reached = Callable[[Step], None]


def _on(_: Step) -> None:
    pass


class Force:
    """One plan in force. Blocks for some milliseconds, with 10,000 networks for some hundred: for
    a thread of its own. Every method raises OSError (NetfilterError is one)."""

    def __init__(
        self, plan: Plan, workers: int, *, guarded: bool = False, reached: Reached = _on
    ) -> None:
        """All of it, or nothing and the error. `guarded`: with the kill switch, which stays when
        this process dies and goes with `end` only."""
        assert plan.mode is not Mode.NAMESPACE  # noqa: S101 - own namespaces need no undoing
        _check_free()
        self._plan = plan
        self._reached = reached
        self._guarded = guarded
        self._routes = Routes()
        self._first: First | None = None
        self._netfilter: Netfilter | None = None
        self._sockets: SocketSet | None = None
        try:
            self._netfilter = Netfilter()
            self._make(workers)
        except BaseException:
            with contextlib.suppress(OSError):
                self.end(keep_guard=False)
            raise

    def _make(self, workers: int) -> None:
        assert self._netfilter is not None  # noqa: S101 - just made
        self._routes.undivert(self._plan)
        self._reached(Step.CLEANED)
        self._sockets = made = make(self._plan, workers)
        self._reached(Step.SOCKETS)
        self._routes.divert(self._plan)
        self._first = First(self._plan)
        self._reached(Step.ROUTES)
        self._netfilter.run(self._guard() + render(self._plan, made.ports))
        self._reached(Step.TABLE)

    def _guard(self) -> str:
        """The kill switch anew, as it should be: others' `nft flush ruleset` takes it away."""
        return _NO_GUARD + (render_guard(self._plan) if self._guarded else "")

    def take_sockets(self) -> SocketSet:
        """The sockets, which are the caller's from here on: the sooner its copies are closed, the
        sooner programs notice that an engine is gone."""
        made, self._sockets = self._sockets, None
        assert made is not None  # noqa: S101 - made once, taken once
        return made

    def update(self, bypass: Iterable[Network]) -> None:
        """Other networks to be left alone, for connections from now on."""
        assert self._netfilter is not None  # noqa: S101 - in force
        self._plan = replace(self._plan, bypass=tuple(bypass))
        self._netfilter.run(self._guard() + update(bypass))

    def end(self, *, keep_guard: bool) -> None:
        """Take everything back; with `keep_guard` the kill switch, if it is there, refuses from
        now on what was taken until now."""
        try:
            if self._netfilter is not None:
                self._netfilter.run(self._guard() if keep_guard else _NO_GUARD)
        finally:
            if self._netfilter is not None:
                self._netfilter.close()  # and the table, which is its, goes
                self._netfilter = None
                self._reached(Step.TABLE_GONE)
            if self._sockets is not None:
                self._sockets.close()
                self._sockets = None
            if self._first is not None:
                self._first.close()
                self._first = None
            try:
                self._routes.undivert(self._plan)
                self._reached(Step.ROUTES_GONE)
            finally:
                self._routes.close()


def _check_free() -> None:
    with Netfilter() as netfilter:
        if netfilter.is_anothers(TABLE):
            raise OSError(errno.EBUSY, "another program has the machine's traffic already")


def clean_up(plan: Plan, *, keep_guard: bool = False) -> None:
    """Remove what dead processes may have left: the kill switch, routes and rules. OSError where
    one lives that has something in force."""
    _check_free()
    if not keep_guard:
        with contextlib.suppress(NetfilterError), Netfilter() as netfilter:
            netfilter.run(_NO_GUARD)
    routes = Routes()
    try:
        routes.undivert(plan)
    finally:
        routes.close()


def guard_stands() -> bool:
    """Whether a kill switch is there, ours or one that a dead process has left."""
    with Netfilter() as netfilter:
        try:
            netfilter.check(f"delete table inet {GUARD}\n")
        except NetfilterError:
            return False
    return True
