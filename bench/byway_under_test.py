"""Byway's engine on inherited transparent listeners, as the bench starts it in a namespace.

What the privileged side does for a user is done here first, as root: one pair of transparent
listeners for each worker, a receiver and a raw sender for datagrams. Then all privileges go, as an
engine has none: the limits that the kernel sets to ordinary users (pipe-user-pages-soft, for one)
hold in the measurement too.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from byway_helper.contract import Family
from byway_helper.sockets import udp_sender

# Not in the socket module of every supported Python; <linux/in.h> and <linux/in6.h>.
IP_TRANSPARENT = 19
IP_RECVORIGDSTADDR = 20
IPV6_TRANSPARENT = 75


def listener(family: socket.AddressFamily, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
        sock.bind(("::1", port))
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        sock.bind(("127.0.0.1", port))
    sock.listen(4096)
    return sock


def receiver(port: int) -> socket.socket:
    """IPv4 alone: nobody sends datagrams by the other family here."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    sock.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
    sock.setsockopt(socket.IPPROTO_IP, IP_RECVORIGDSTADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind(("127.0.0.1", port))
    return sock


def inherited(sock: socket.socket) -> str:
    sock.set_inheritable(True)
    return str(sock.detach())


def make_sockets_and_drop_privileges(options: argparse.Namespace) -> None:
    """Replaces this process by itself with the sockets inherited and no capability left."""
    listeners = [
        inherited(listener(family, options.port))
        for _ in range(options.workers)
        for family in (socket.AF_INET, socket.AF_INET6)
    ]
    gate = [inherited(receiver(options.port)), inherited(udp_sender(Family.IPV4, 0))]
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    again = [sys.executable, "-m", "bench.byway_under_test", "--profile", str(options.profile)]
    # S606: no shell is the point here.
    os.execvp(drop[0], [*drop, *again, "--listeners", ",".join(listeners), "--gate", *gate])  # noqa: S606


def run(profile: Path, listeners: list[list[socket.socket]], gate: list[socket.socket]) -> None:
    """Serves until SIGTERM: `listeners` has one list (IPv4, IPv6) for each worker, `gate` a
    receiver and a raw sender."""
    from byway_core.__main__ import load_asyncio_without_tls

    load_asyncio_without_tls()  # as the command does
    from byway_core.api import Engine, Identity, Kind
    from byway_core.cli.hosting import hosted, run_hosting
    from byway_core.cli.profile import opened
    from byway_core.intercept.datagrams import Gate
    from byway_core.intercept.interception import Interception
    from byway_core.relay.selector import RelaySelector

    found = opened(str(profile))
    if found is None:
        sys.exit(1)
    identity = Identity(Kind.SERVE, str(profile))
    engine = Engine(found.value, found.passwords, identity, workers=len(listeners))

    async def serve(selector: RelaySelector) -> int:
        async with hosted(engine, selector) as interrupted:
            if found.value.general.mixed_port is not None:
                engine.open_mixed_port(found.value.general.mixed_port)
            tcp = tuple(tuple(each) for each in listeners)
            engine.intercept(Interception(tcp=tcp, gates=(Gate(*gate),)))
            await interrupted.wait()
        return 0

    run_hosting(serve)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.byway_under_test")
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--listeners", default="", help="inherited descriptors, two for a worker")
    parser.add_argument("--gate", nargs=2, type=int, help="inherited descriptors of a gate")
    options = parser.parse_args()
    if not options.listeners:
        make_sockets_and_drop_privileges(options)
    socks = [socket.socket(fileno=int(number)) for number in options.listeners.split(",")]
    gate = [socket.socket(fileno=number) for number in options.gate]
    run(options.profile, [socks[i : i + 2] for i in range(0, len(socks), 2)], gate)


if __name__ == "__main__":
    main()
