"""`python -m bench.server_first`: how long a server that speaks first is kept from its client.

SSH, SMTP, MySQL: the client says nothing, so whoever waits for its first bytes to learn a name
waits in vain. Measured from connect() to the greeting's first byte, at ports that no peer has seen
before, then once more at the same ones; and by the local SOCKS5 port with a name, where there is
nothing to be learned. Root, as the comparison needs; the peers are that one's, and beside them a
mihomo that sniffs on all ports, as sing-box and Byway do: in the comparison it looks at 80 and 443.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.__main__ import alone, in_turn, running
from bench.byway_peer import Byway
from bench.footprint import machine_seconds
from bench.peers import Mihomo, Peer, Router, SingBox, UnavailableError
from bench.topology import ROOT, SOCKS_PORT, Topology, direct_target, laid_out, upstream_target

GREETING = b"SSH-2.0-greeting\r\n"
FIRST_PORT = 2200
# A name that the rules send upstream: see `rules`.
NAME = "www.site1.example"
WAYS = ("direct", "upstream", "known name")
_PATIENCE = 10.0
# What a connection may take by itself, in milliseconds, on a machine that others use.
_BUSY = 20.0


class MihomoOnAllPorts(Mihomo):
    name = "mihomo, all ports"
    number = 6

    def command(self) -> list[str]:
        command = super().command()
        path = Path(command[-1])
        config = json.loads(path.read_text())
        for protocol in config["sniffer"]["sniff"].values():
            protocol["ports"] = ["1-65535"]
        path.write_text(json.dumps(config))
        return command


PEERS: tuple[type[Peer], ...] = (Byway, Mihomo, MihomoOnAllPorts, SingBox, Router)


# -- the far end, and the near one: processes of their own in the namespaces


def greet(ports: Sequence[int]) -> None:
    """Serves for ever: greets at these ports, and as a SOCKS5 server in the place of whatever it is
    asked for."""
    for port in (SOCKS_PORT, *ports):
        listener = socket.create_server(("0.0.0.0", port), backlog=64)
        serve = _greet_by_socks if port == SOCKS_PORT else _greet
        threading.Thread(target=_accept, args=(listener, serve), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


def _accept(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # two small messages in a row
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


def _greet(sock: socket.socket) -> None:
    with sock, contextlib.suppress(OSError):
        sock.sendall(GREETING)
        sock.recv(1)  # until the client leaves


def _greet_by_socks(sock: socket.socket) -> None:
    with sock, contextlib.suppress(OSError, LookupError):
        data = b""
        while len(data) < 2 or len(data) < 2 + data[1]:
            data += _some(sock)
        sock.sendall(b"\5\0")
        data = data[2 + data[1] :]
        while len(data) < 5 or len(data) < {1: 10, 3: 7 + data[4], 4: 22}[data[3]]:
            data += _some(sock)
        sock.sendall(b"\5\0\0\1" + bytes(6))
        _greet(sock)


def _some(sock: socket.socket) -> bytes:
    data = sock.recv(4096)
    if not data:
        raise OSError("ended")
    return data


def visit(ports: Sequence[int], host: str, via: int) -> None:
    """Prints the milliseconds to the greeting, for each port; `via` a local SOCKS5 port, or 0."""
    took = []
    for port in ports:
        began = time.perf_counter()
        with socket.create_connection(
            ("127.0.0.1", via) if via else (host, port), _PATIENCE
        ) as sock:
            if via:
                name = bytes((len(host),)) + host.encode()
                sock.sendall(b"\5\1\0")
                assert sock.recv(2) == b"\5\0"
                sock.sendall(b"\5\1\0\3" + name + port.to_bytes(2))
                assert sock.recv(10)[:2] == b"\5\0"
            assert sock.recv(64).startswith(GREETING[:7])
        took.append((time.perf_counter() - began) * 1e3)
    print(json.dumps(took))


# -- the comparison


@contextlib.contextmanager
def greeters(topology: Topology, ports: Sequence[int]) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.server_first", "--greet", *map(str, ports)]
    inside = topology.inside(topology.server, command)
    with subprocess.Popen(inside, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()


def visited(topology: Topology, peer: Peer, way: str, ports: Sequence[int]) -> list[float]:
    number = peer.number
    host = {"direct": direct_target, "upstream": upstream_target}.get(way, lambda _: NAME)(number)
    via = peer.mixed_port if way == "known name" else 0
    command = [sys.executable, "-m", "bench.server_first", "--visit", host, "--via", str(via)]
    namespace = topology.proxy if via else topology.client
    done = subprocess.run(
        topology.inside(namespace, [*command, "--ports", *map(str, ports)]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE * len(ports) + 10,
    )
    if done.returncode:
        raise RuntimeError(f"{peer.name}, {way}: {done.stderr.strip()[-300:]}")
    return [float(each) for each in json.loads(done.stdout)]


Times = dict[tuple[str, str], tuple[list[float], list[float]]]


def measured(topology: Topology, peers: Sequence[Peer], ports: Sequence[int], rounds: int) -> Times:
    """(peer, way) -> milliseconds at new ports, and at those again."""
    times: Times = {}
    for number in range(rounds):
        for peer in in_turn(peers, number):
            with running(peer):  # fresh: it has learned nothing
                for way in WAYS:
                    if way == "known name" and not peer.mixed:
                        continue
                    new, again = times.setdefault((peer.name, way), ([], []))
                    new += visited(topology, peer, way, ports)
                    again += visited(topology, peer, way, ports)
    return times


def available(topology: Topology, folder: Path) -> list[Peer]:
    """Says which versions run, and which peer cannot."""
    found: list[Peer] = []
    for kind in PEERS:
        peer = kind(topology, folder / kind.__name__)
        try:
            print(f"{peer.name}: {peer.version()}")
            found.append(peer)
        except UnavailableError as error:
            print(f"{peer.name} is left out: {error}", file=sys.stderr)
    return found


def tell(times: Times, peers: Sequence[Peer], ports: int) -> bool:
    """Prints the table; whether the promises are kept: nothing where a name is known, nothing the
    second time, 0.3 s the first time."""
    print("| median ms to the greeting | " + " | ".join(peer.name for peer in peers) + " |")
    print("|---|" + "---:|" * len(peers))
    kept = True
    for way in WAYS:
        for which, when in enumerate((f"{ports} new ports", "the same again")):
            cells = []
            for peer in peers:
                found = times.get((peer.name, way))
                cells.append(f"{statistics.median(found[which]):.1f}" if found else "-")
            print(f"| {way}, {when} | " + " | ".join(cells) + " |")
            ours = statistics.median(times["byway", way][which])
            waits = which == 0 and way != "known name"
            kept &= ours < _BUSY + (300.0 if waits else 0.0)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.server_first", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=8, help="ports in each round")
    parser.add_argument("--greet", type=int, nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--visit", help=argparse.SUPPRESS)
    parser.add_argument("--via", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--ports", type=int, nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.greet:
        greet(options.greet)
    if options.visit:
        visit(options.ports, options.visit, options.via)
        return 0
    if os.geteuid() != 0:
        print("bench: network namespaces and nft rules take root", file=sys.stderr)
        return 2
    ports = range(FIRST_PORT, FIRST_PORT + options.count)
    with (
        alone(),
        tempfile.TemporaryDirectory(prefix="byway-bench-") as name,
        laid_out() as topology,
        greeters(topology, ports),
    ):
        peers = available(topology, Path(name))
        before = machine_seconds()
        times = measured(topology, peers, ports, options.rounds)
        busy, total = (n - t for n, t in zip(machine_seconds(), before, strict=True))
    kept = tell(times, peers, options.count)
    print(f"The machine was busy for {busy / total:.0%} of that time.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
