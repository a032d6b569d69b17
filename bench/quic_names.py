"""`python -m bench.quic_names`: what the name in a QUIC client's first datagrams costs.

aioquic makes the datagrams: a hello in one, in two (post-quantum size), version 2; beside them what
is no QUIC. Processor time from the first datagram to the verdict, with a new sniffer each time; the
best of some rounds counts, for all else is other programs' work in the same caches. And once, in a
process of its own: what `cryptography` adds when the first of them comes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection

from byway_core.sniff.first_bytes import Verdict
from byway_core.sniff.quic_hello import QuicSniffer

NAME = "www.example.com"
V1, V2 = 0x00000001, 0x6B3343CF

_FIRST = """
import time
from byway_core.sniff.quic_hello import QuicSniffer
def kib():
    return int(open("/proc/self/statm").read().split()[1]) * 4
before, start = kib(), time.perf_counter()
import byway_core.protocols.quic_initial
print(f"{(time.perf_counter() - start) * 1e3:.0f} ms, {(kib() - before) / 1024:.0f} MiB")
"""


def flight(version: int = V1, *, large: bool = False) -> list[bytes]:
    """A client's datagrams before its first answer."""
    configuration = QuicConfiguration(
        server_name=NAME,
        alpn_protocols=["h3"],
        original_version=version,
        supported_versions=[version],
        quantum_readiness_test=large,
    )
    connection = QuicConnection(configuration=configuration)
    connection.connect(("192.0.2.1", 443), now=0.0)
    return [datagram for datagram, _ in connection.datagrams_to_send(now=0.0)]


def sniffed(datagrams: Sequence[bytes]) -> str:
    sniffer = QuicSniffer()
    for datagram in datagrams:
        if sniffer.look(datagram) is not Verdict.MORE:
            break
    return sniffer.host


def microseconds(datagrams: Sequence[bytes], name: str, rounds: int, times: int) -> float:
    """For one verdict, which must be this name ("" for none)."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            found = sniffed(datagrams)
        best = min(best, (time.process_time() - start) / times)
        assert found == name
    return best * 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quic_names", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=3000, help="verdicts a round")
    options = parser.parse_args(arguments)
    cases = {
        "version 1, one datagram": (flight(), NAME),
        "version 2, one datagram": (flight(V2), NAME),
        "post-quantum size, two datagrams": (flight(large=True)[:2], NAME),
        "no QUIC (first byte 0x01)": ([b"\x01" * 148], ""),
        "a packet of a later connection": ([b"\x41" * 148], ""),
    }
    for title, (datagrams, name) in cases.items():
        cost = microseconds(datagrams, name, options.rounds, options.times)
        print(f"{title:35}{cost:6.1f} µs")
    first = subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, check=True)
    print(f"{'the first one adds once':35}{first.stdout.decode():>10}", end="")


if __name__ == "__main__":
    main()
