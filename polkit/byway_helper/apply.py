"""A Plan put into force in this network namespace, and taken back.

The order keeps the machine online whatever happens in between: routes and rules mean nothing until
packets are marked, so they come first and go last; the table that marks them is one transaction,
and the kernel removes it when this process dies. What is left behind then (routes, rules) does
nothing, and the next `Force` or `clean_up` removes it.
"""

import contextlib
import errno
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum

from byway_helper.contract import Family, Mode, Network, Plan, Ports
from byway_helper.netfilter import Netfilter
from byway_helper.render import GUARD, PROBE, TABLE, render, render_guard, update
from byway_helper.routes import First, Routes
from byway_helper.sockets import SocketSet, end_sender, make
from byway_iptables import children


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


class Nftables:
    """The rules of one plan. Every method raises OSError."""

    def __init__(self) -> None:
        self._netfilter = Netfilter()
        self._guard = _NO_GUARD

    def put(self, plan: Plan, ports: Mapping[Family, Ports], *, guarded: bool) -> None:
        self._guard = _NO_GUARD + (render_guard(plan) if guarded else "")
        self._netfilter.run(self._guard + render(plan, ports))
        children.clear(keep_guard=False)  # of a time when there was no nftables

    def update(self, plan: Plan, _: Mapping[Family, Ports], *, guarded: bool) -> None:
        """And the kill switch anew: others' `nft flush ruleset` takes it away."""
        self._guard = _NO_GUARD + (render_guard(plan) if guarded else "")
        self._netfilter.run(self._guard + update(plan.bypass))

    def look(self) -> None:
        """Nothing: what is ours is nobody else's to change."""

    def end(self, *, keep_guard: bool) -> None:
        with self._netfilter:  # its end is that of the table, which it owns
            self._netfilter.run(self._guard if keep_guard else _NO_GUARD)


def _said_of(commands: str) -> str:
    """What nftables has against these commands; empty where it would take them."""
    try:
        with Netfilter() as netfilter:
            netfilter.run(commands, only_ask=True)
    except OSError as error:
        return str(error) or "no"
    return ""


def no_nftables() -> str:
    """Why this machine cannot do with nftables what it shall; empty if it can."""
    return _said_of(PROBE).partition("\n")[0]


class Force:
    """One plan in force. Blocks for some milliseconds, with 10,000 networks for some hundred (with
    iptables for seconds): for a thread of its own. Every method raises OSError."""

    def __init__(
        self,
        plan: Plan,
        workers: int,
        *,
        guarded: bool = False,
        reached: Callable[[Step], object] = lambda _: None,
    ) -> None:
        """All of it, or nothing and the error. `guarded`: with the kill switch, which stays when
        this process dies and goes with `end` only. `reached` is told of each step."""
        assert plan.mode is not Mode.NAMESPACE  # noqa: S101 - own namespaces need no undoing
        _check_free()
        self._plan = plan
        self._guarded = guarded
        self._reached = reached
        self.why = no_nftables()  # … and so it is iptables
        self._routes = Routes()
        self._rules = children.Iptables(self.why) if self.why else Nftables()
        self._first: First | None = None
        self._sockets: SocketSet | None = None
        self._senders: list[socket.socket] = []
        try:
            self._make(workers)
        except BaseException:
            with contextlib.suppress(OSError):
                self.end(keep_guard=False)
            raise

    def _make(self, workers: int) -> None:
        self._routes.undivert()
        self._reached(Step.CLEANED)
        self._sockets = made = make(self._plan, workers)
        self._ports = made.ports
        self._reached(Step.SOCKETS)
        self._routes.divert(self._plan)
        self._first = First(self._plan, self._rules.look)
        self._reached(Step.ROUTES)
        self._rules.put(self._plan, made.ports, guarded=self._guarded)
        self._reached(Step.TABLE)

    def take_sockets(self) -> SocketSet:
        """The sockets, which are the caller's from here on: the sooner its copies are closed, the
        sooner programs notice that an engine is gone."""
        made, self._sockets = self._sockets, None
        assert made is not None  # noqa: S101 - made once, taken once
        self._senders = [sender.dup() for sender in made.answers]
        return made

    def update(self, bypass: Iterable[Network]) -> None:
        """Other networks to be left alone, for connections from now on."""
        self._plan = replace(self._plan, bypass=tuple(bypass))
        self._rules.update(self._plan, self._ports, guarded=self._guarded)

    def end(self, *, keep_guard: bool) -> None:
        """Take everything back; with `keep_guard` the kill switch, if it is there, refuses from
        now on what was taken until now."""
        while self._senders:  # before the rules go that restrain them
            end_sender(self._senders.pop())
        try:
            self._rules.end(keep_guard=keep_guard)
        finally:
            self._reached(Step.TABLE_GONE)
            if self._sockets is not None:
                self._sockets.close()
                self._sockets = None
            if self._first is not None:
                self._first.close()
                self._first = None
            try:
                self._routes.undivert()
                self._reached(Step.ROUTES_GONE)
            finally:
                self._routes.close()


def _check_free() -> None:
    if "not permitted" in _said_of(f"delete table inet {TABLE}\n"):  # it belongs to its owner
        raise OSError(errno.EBUSY, "another program has the machine's traffic already")


def clean_up(plan: Plan, *, keep_guard: bool = False) -> None:
    """Remove what dead processes may have left: the kill switch, routes and rules. OSError where
    one lives that has something in force."""
    _check_free()
    if not keep_guard:
        with contextlib.suppress(OSError), Netfilter() as netfilter:
            netfilter.run(_NO_GUARD)
    routes = Routes()
    try:
        children.clear(keep_guard=keep_guard)
        routes.undivert()
    finally:
        routes.close()


def guard_stands() -> bool:
    """Whether a kill switch is there, ours or one that a dead process has left."""
    return not _said_of(f"delete table inet {GUARD}\n") or children.guard_stands()
