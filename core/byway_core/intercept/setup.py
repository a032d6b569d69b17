"""The child that makes a namespace intercept: links, sockets, rules, resolv.conf; then it is gone.

It has every power over the namespaces and over nothing else. It is a process of its own so that
nftables' library does not stay in the launcher's memory for the life of the program. The table it
loads has no owner and outlives it: nobody who could remove it is ever in the namespace.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from byway_core.intercept import names, wire
from byway_core.intercept.checkpoints import Checkpoint, Point
from byway_core.intercept.diagnosis import open_socket
from byway_core.intercept.features import missing_modules
from byway_core.intercept.kernel import call_process
from byway_core.intercept.links import ADDRESS4, ADDRESS6, INTERFACE, RESOLVER, Links
from byway_core.intercept.obstacles import Stage
from byway_core.intercept.own_table import render_own
from byway_core.intercept.wire import Kind, Message
from byway_core.plan.own_namespace import plan_own_namespace
from byway_helper import sockets
from byway_helper.contract import Family, Plan
from byway_helper.netfilter import LibraryMissingError, Netfilter, NetfilterError
from byway_helper.routes import LOOPBACK

_SYSCTL = Path("/proc/sys/net")


class ObstacleError(Exception):
    """The set-up cannot go on: a Stage, an errno or 0, and a detail."""

    def __init__(self, stage: Stage, code: int, detail: str = "") -> None:
        super().__init__(stage, code, detail)
        self.message = Message(Kind.OBSTACLE, stage.value, code, detail)


def set_up(channel: socket.socket, workers: int, first_port: str, checkpoint: Checkpoint) -> None:
    """Do it all and send the sockets over `channel`. Raises ObstacleError.

    `first_port` is the host's ip_unprivileged_port_start, which the namespace takes over.
    """
    plan = plan_own_namespace(ipv6=_has_ipv6())
    notices = [] if Family.IPV6 in plan.families else [_NO_IPV6]
    _tune(plan, first_port)
    _connect(plan)
    checkpoint(Point.LINKS_UP)
    with _at(Stage.SOCKETS):
        made = sockets.make(plan, workers)
    checkpoint(Point.SOCKETS_MADE)
    _load_rules(render_own(plan, made.ports))
    checkpoint(Point.RULES_LOADED)
    try:
        notices += names.cover(RESOLVER)
    except names.NamesError as error:
        raise ObstacleError(Stage.NAMES, error.errno or 0, str(error.filename)) from error
    _send(channel, made, notices)
    checkpoint(Point.SOCKETS_SENT)


_NO_IPV6 = "this kernel has IPv6 switched off: the program has IPv4 only"


def _has_ipv6() -> bool:
    """False with ipv6.disable=1 (no such address family) or without the module at all."""
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC).close()
    except OSError:
        return False
    return (_SYSCTL / "ipv6").exists()


def _tune(plan: Plan, first_port: str) -> None:
    """What programs expect to find as on the host. None of it is needed: refusals are ignored."""
    values = {
        "ipv4/ip_unprivileged_port_start": first_port,
        # ping without privileges, as distributions have it; 0 is the caller's group in here.
        "ipv4/ping_group_range": "0 0",
    }
    if Family.IPV6 in plan.families:
        # The host's choice, which new namespaces may inherit, is about the host's links.
        values["ipv6/conf/all/disable_ipv6"] = "0"
        values["ipv6/conf/default/disable_ipv6"] = "0"
    for name, value in values.items():
        with contextlib.suppress(OSError):
            (_SYSCTL / name).write_text(value)


def _connect(plan: Plan) -> None:
    routes = Links()
    with contextlib.closing(routes):
        with _at(Stage.LOOPBACK):
            routes.raise_link(LOOPBACK)
        with _at(Stage.ADDRESSES):
            link = routes.add_link(INTERFACE) or LOOPBACK
            for address in (ADDRESS4, ADDRESS6):
                if Family(address.version) in plan.families:
                    routes.add_address(link, address)
                    routes.add_default(link, address)
            routes.divert(plan)


def _load_rules(rules: str) -> None:
    try:
        with Netfilter() as netfilter:
            try:
                netfilter.run(rules)
            except NetfilterError as error:
                missing = missing_modules(netfilter)
                if missing:
                    raise ObstacleError(Stage.MODULES, 0, " ".join(missing)) from error
                raise
    except LibraryMissingError as error:
        raise ObstacleError(Stage.LIBRARY, 0, str(error)) from error
    except NetfilterError as error:
        raise ObstacleError(Stage.RULES, 0, str(error)) from error


def _send(channel: socket.socket, made: sockets.SocketSet, notices: list[str]) -> None:
    for number, listeners in enumerate(made.tcp):
        passed = [listener.fileno() for listener in listeners]
        wire.send(channel, Message(Kind.LISTENERS, number, descriptors=passed))
    diagnoses = _diagnoses(len(made.tcp))
    passed = [each.fileno() for each in diagnoses]
    wire.send(channel, Message(Kind.DIAGNOSES, descriptors=passed))
    passed = [each.fileno() for each in (*made.udp, *made.answers)]
    wire.send(channel, Message(Kind.DATAGRAMS, text="\n".join(notices), descriptors=passed))


def _diagnoses(workers: int) -> list[socket.socket]:
    """None where the kernel cannot be asked: the engine finds that out for itself and says so."""
    try:
        return [open_socket() for _ in range(workers)]
    except OSError:
        return []


@contextlib.contextmanager
def _at(stage: Stage) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ObstacleError(stage, error.errno or 0) from error


def run_forked(
    channel: socket.socket, workers: int, first_port: str, checkpoint: Checkpoint
) -> NoReturn:
    """The child's whole life: exits with 0, or with 1 after an OBSTACLE was sent."""
    call_process("byway-setup")
    try:
        set_up(channel, workers, first_port, checkpoint)
    except ObstacleError as obstacle:
        wire.send(channel, obstacle.message)
        raise SystemExit(1) from obstacle
    raise SystemExit(0)
