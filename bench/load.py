"""The near end: opens connections and moves bytes as a program without any proxy setting would.

One process, one thread, system calls as few as wrk's. Every answer is compared with what the origin
must have sent, and every stream's length with the origin's own count: what is not right is counted
as an error, never as work done. Knows nothing of the peers; prints one JSON object a line, of which
"begin" and "end" mark the measured window for whoever watches the proxy's processes meanwhile.

    python -m bench.load conn   --target 203.0.113.1:80 --at-a-time 64 --warm 1 --seconds 5
    python -m bench.load ttfb   …                                one connection after the other
    python -m bench.load bulk   … --streams 8 --direction down   bytes a second
    python -m bench.load idle   … --count 2000                   holds until a line on stdin
    python -m bench.load udp    … --count 16                     echoes, one a socket at a time
    python -m bench.load verify … --size 33554432                an echo, compared by hash

`--via HOST:PORT` goes through a SOCKS5 port instead of relying on interception.
"""

from __future__ import annotations

import argparse
import gc

from bench.load_connections import run_conn, run_idle, run_ttfb
from bench.load_datagrams import run_udp
from bench.load_streams import run_bulk, run_verify
from bench.route import Address, Route

_RUNS = {
    "conn": run_conn,
    "ttfb": run_ttfb,
    "bulk": run_bulk,
    "idle": run_idle,
    "udp": run_udp,
    "verify": run_verify,
}


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("run", choices=_RUNS)
    parser.add_argument("--target", type=_address, required=True)
    parser.add_argument("--via", type=_address)
    parser.add_argument("--warm", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--at-a-time", type=int, default=64)
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--direction", choices=("up", "down"), default="down")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--size", type=int, default=1 << 25)
    options = parser.parse_args()
    gc.disable()
    _RUNS[options.run](Route(options.target, options.via), options)


if __name__ == "__main__":
    main()
