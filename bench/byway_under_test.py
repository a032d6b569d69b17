"""Byway's engine on inherited transparent listeners, as the bench starts it in a namespace.

What the privileged side does for a user is done here first, as root: one pair of transparent
listeners for each worker. Then all privileges go, as an engine has none: the limits that the kernel
sets to ordinary users (pipe-user-pages-soft, for one) hold in the measurement too.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

# Not in the socket module of every supported Python; <linux/in.h> and <linux/in6.h>.
IP_TRANSPARENT = 19
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


def make_listeners_and_drop_privileges(options: argparse.Namespace) -> None:
    """Replaces this process by itself with the listeners inherited and no capability left."""
    numbers = []
    for _ in range(options.workers):
        for family in (socket.AF_INET, socket.AF_INET6):
            sock = listener(family, options.port)
            sock.set_inheritable(True)
            numbers.append(str(sock.detach()))
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    again = [sys.executable, "-m", "bench.byway_under_test", "--profile", str(options.profile)]
    # S606: no shell is the point here.
    os.execvp(drop[0], [*drop, *again, "--listeners", ",".join(numbers)])  # noqa: S606


def run(profile: Path, listeners: list[list[socket.socket]]) -> None:
    """Serves until SIGTERM: `listeners` has one list (IPv4, IPv6) for each worker."""
    from byway_core.__main__ import load_asyncio_without_tls

    load_asyncio_without_tls()  # as the command does
    from byway_core.api import Engine, Identity, Kind
    from byway_core.cli.hosting import hosted, run_hosting
    from byway_core.cli.profile import opened
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
            engine.intercept(Interception(tcp=tcp, gates=()))
            await interrupted.wait()
        return 0

    run_hosting(serve)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.byway_under_test")
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--listeners", default="", help="inherited descriptors, two for a worker")
    options = parser.parse_args()
    if not options.listeners:
        make_listeners_and_drop_privileges(options)
    socks = [socket.socket(fileno=int(number)) for number in options.listeners.split(",")]
    run(options.profile, [socks[i : i + 2] for i in range(0, len(socks), 2)])


if __name__ == "__main__":
    main()
