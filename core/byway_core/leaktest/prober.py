"""An ordinary program, as the stage runs it: looks names up, connects, sends datagrams, and says on
its standard output what came of each. It knows of no proxy, and where each thing goes it does not
see: that is what the packets are for.

Started with the destinations' file; a line of JSON for each trial.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from byway_core.leaktest.quic_client import first_datagram
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


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one trial. `via` is the upstream that passed it on, "" for none, None where
    nothing came back; `error` says why not; `address` is the one that was tried, "" for names."""

    target: int
    trial: str
    via: str | None
    error: str = ""
    address: str = ""


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    targets = [Target(**each) for each in given["targets"]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Names first, as programs do, and all of them: a name that is known later is no excuse.
        for made in _names, _ways:
            waiting = [
                pool.submit(_tried, number, trial, address, call)
                for number, target in enumerate(targets)
                for trial, address, call in made(target)
            ]
            for each in waiting:
                print(json.dumps(asdict(each.result())), flush=True)


# A trial's name, the address that it is about, and what it does.
_Trial = tuple[str, str, Callable[[], str]]


def _tried(number: int, trial: str, address: str, call: Callable[[], str]) -> Said:
    try:
        return Said(number, trial, call(), address=address)
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        return Said(number, trial, None, why, address)


def _names(target: Target) -> Iterator[_Trial]:
    if target.host:
        yield "name", "", partial(_look_up, target)
        yield "name-elsewhere", "", partial(_ask_other, target.host)


def _ways(target: Target) -> Iterator[_Trial]:
    quic = first_datagram(target.host)
    for number, family in (4, socket.AF_INET), (6, socket.AF_INET6):
        address = told(target, family)
        yield f"tcp{number}", address, partial(_connect, target.label, (address, target.port))
        yield f"udp{number}", address, partial(_send, (address, DATAGRAM_PORT), b"byway")
        yield (
            f"quic{number}",
            address,
            partial(_send, (address, QUIC_PORT), quic),
        )


def told(target: Target, family: socket.AddressFamily) -> str:
    """Where a program goes that knows a name: to what it is told, which may be another address."""
    if target.host:
        with contextlib.suppress(OSError):
            return str(socket.getaddrinfo(target.host, target.port, family)[0][4][0])
    return target.four if family == socket.AF_INET else target.six


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
        sock.sendall(request(label))
        with sock.makefile("rb") as answer:
            return _via(answer.read().partition(b"\r\n\r\n")[2])


def request(label: str) -> bytes:
    """What a connection begins with."""
    return f"GET / HTTP/1.0\r\nHost: {label}\r\n\r\n".encode()


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
