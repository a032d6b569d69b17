"""An ordinary program, as the stage runs it: looks names up, connects, sends datagrams, and says on
its standard output what came of each. It knows of no proxy, and where each thing goes it does not
see: that is what the packets are for.

Started with the destinations' file; a line of JSON for each trial.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from byway_core.leaktest.targets import QUIC_PORT, Target
from byway_core.protocols.dns_message import A, build_query

# A refusal comes at once; this is for what is lost.
_PATIENCE = 2.0
# Trials at one time: most of it is waiting.
_AT_ONCE = 16
# Any server for names but the system's: what a program with a resolver of its own asks.
OTHER_RESOLVER = "192.0.2.53"
# A call, a game: any port that is nobody's.
DATAGRAM_PORT = 3478
# The first byte and the version of a QUIC Initial (RFC 9000 17.2.2); no server is meant to read it.
_QUIC = bytes((0xC3, 0, 0, 0, 1, 8)) + bytes(1194)


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one trial. `via` is the upstream that passed it on, "" for none, None where
    nothing came back; `error` says why not."""

    target: int
    trial: str
    via: str | None
    error: str = ""


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    targets = [Target(**each) for each in given["targets"]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Names first, as programs do, and all of them: a name that is known later is no excuse.
        for made in _names, _ways:
            waiting = [
                pool.submit(_tried, number, trial, call)
                for number, target in enumerate(targets)
                for trial, call in made(target)
            ]
            for each in waiting:
                print(json.dumps(asdict(each.result())), flush=True)


def _tried(number: int, trial: str, call: Callable[[], str]) -> Said:
    try:
        return Said(number, trial, call())
    except OSError as error:
        return Said(number, trial, None, error.strerror or str(error) or type(error).__name__)


def _names(target: Target) -> Iterator[tuple[str, Callable[[], str]]]:
    if target.host:
        yield "name", partial(_look_up, target)
        yield "name-elsewhere", partial(_ask_other, target.host)


def _ways(target: Target) -> Iterator[tuple[str, Callable[[], str]]]:
    for number, address in (4, target.four), (6, target.six):
        yield f"tcp{number}", partial(_connect, target.label, (address, target.port))
        yield f"udp{number}", partial(_send, (address, DATAGRAM_PORT), b"byway")
        yield f"quic{number}", partial(_send, (address, QUIC_PORT), _QUIC)


def _look_up(target: Target) -> str:
    """By the system's library, as nearly all programs do."""
    found = {info[4][0] for info in socket.getaddrinfo(target.host, target.port)}
    if not found:
        raise OSError("no address")
    return ""


def _ask_other(host: str) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(_PATIENCE)
        sock.connect((OTHER_RESOLVER, 53))
        sock.send(build_query(7, host, A))
        sock.recv(2048)
    return ""


def _connect(label: str, place: tuple[str, int]) -> str:
    with socket.create_connection(place, _PATIENCE) as sock:
        sock.settimeout(_PATIENCE)
        sock.sendall(f"GET / HTTP/1.0\r\nHost: {label}\r\n\r\n".encode())
        with sock.makefile("rb") as answer:
            return _via(answer.read().partition(b"\r\n\r\n")[2])


def _send(place: tuple[str, int], data: bytes) -> str:
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(_PATIENCE)
        sock.connect(place)
        sock.send(data)
        return _via(sock.recv(2048))


def _via(said: bytes) -> str:
    if not said:
        raise OSError("closed without an answer")
    read: dict[str, Any] = json.loads(said)
    return str(read["via"])


if __name__ == "__main__":
    main()
