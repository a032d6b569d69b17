"""`python -m bench.names`: questions for names, Byway beside mihomo's DNS server, and flat memory.

dnsperf asks for 1,000 names that are in both caches, in turns of a few seconds, each peer in a
network namespace where questions are intercepted: by TPROXY for Byway (`byway run`), by a redirect
for mihomo. Then a million names that are asked once, with Byway's memory after each tenth. dnsmasq
stands behind both. Needs Debian's dnsperf and dnsmasq-base; no network, and root only to go before
other programs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.__main__ import alone
from bench.footprint import family, memory, processor_seconds
from bench.peers import Mihomo
from bench.topology import Topology

CACHED = 1000
# Any address: under `byway run` the question is taken wherever it goes.
ANYWHERE = "192.0.2.53"
# Questions on their way: two hundred programs that ask at once would be many for a desktop.
OUTSTANDING = 64
TENTHS = 10
# What a million names may add to the memory after the first tenth, which fills all tables: a dict
# that is made anew, without the holes of what it has forgotten, is there twice for a moment.
FLAT = 1.2

_RATE = re.compile(r"Queries per second:\s+([\d.]+)")
_COUNTS = re.compile(r"Queries (completed|lost):\s+(\d+)|(NOERROR) (\d+)")


@dataclass(frozen=True, slots=True)
class Turn:
    """Answered questions a second, and the processor time that each took, in microseconds."""

    rate: float
    cost: float


class Shell(ABC):
    """Runs what it is told, where questions for names are intercepted for the peer."""

    name: str

    def __init__(self, argv: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True)

    @abstractmethod
    def pids(self) -> list[int]:
        """The peer's, without those of what it runs."""

    def run(self, command: str) -> str:
        """Its output, once it has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(f"({command}) 2>&1; echo; echo end", file=self.process.stdin, flush=True)
        lines = []
        for line in iter(self.process.stdout.readline, "end\n"):
            if not line:
                raise RuntimeError(f"{self.name} has ended")
            lines.append(line)
        return "".join(lines)

    def load(self, questions: Path, *arguments: str) -> str:
        asking = f"dnsperf -s {ANYWHERE} -d {questions} -c 8 -q {OUTSTANDING}"
        return self.run(" ".join([asking, *arguments]))

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Byway(Shell):
    name = "byway"

    def __init__(self, folder: Path, resolver: int) -> None:
        profile = folder / "profile.toml"
        profile.write_text(
            'version = 1\nrules = ["MATCH,REJECT"]\n[general]\nworkers = 1\n'
            f'[dns]\nservers = ["127.0.0.1:{resolver}"]\n'
        )
        arguments = ["run", "--profile", str(profile), "--", "sh"]
        super().__init__([sys.executable, "-m", "byway_core", *arguments])

    def pids(self) -> list[int]:
        return [self.process.pid]


class MihomoServer(Shell):
    """Its DNS server, without rules about names, which it then would apply to each. Questions are
    redirected to it, as its users do that; in a namespace of its own, with a dnsmasq of its own."""

    name = "mihomo"
    _PORT, _RESOLVER = 1053, 1054

    def __init__(self, folder: Path) -> None:
        config = {
            "mode": "rule",
            "log-level": "error",
            "geo-auto-update": False,
            "dns": {
                "enable": True,
                "listen": f"127.0.0.1:{self._PORT}",
                "ipv6": True,
                "use-hosts": False,
                "use-system-hosts": False,
                "enhanced-mode": "normal",
                "nameserver": [f"udp://127.0.0.1:{self._RESOLVER}"],
            },
            "rules": ["MATCH,DIRECT"],
        }
        path = folder / "mihomo.yaml"
        path.write_text(json.dumps(config))
        super().__init__(["unshare", "-Urn", "--pid", "--fork", "--kill-child", "sh"])
        self.run("ip link set lo up; ip addr add 192.0.0.8/32 dev lo; ip route add default dev lo")
        self.run(
            "nft 'add table ip b; add chain ip b o { type nat hook output priority -100; }; "
            f"add rule ip b o udp dport 53 redirect to :{self._PORT}'"
        )
        self.run(f"{' '.join(dnsmasq(folder, self._RESOLVER))} >/dev/null 2>&1 &")
        binary = Mihomo(Topology("", "", ""), folder).binary()
        self.run(f"{binary} -d {folder} -f {path} >/dev/null &")

    def pids(self) -> list[int]:
        mine = family(self.process.pid)
        return [pid for pid in mine if Path(f"/proc/{pid}/comm").read_text() == "mihomo\n"]


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def dnsmasq(folder: Path, port: int) -> list[str]:
    """What to run: a resolver that knows 16 million names below bench.test, each with an address
    of its own."""
    path = folder / f"dnsmasq-{port}.conf"
    path.write_text(
        f"port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\n"
        f"pid-file=\nsynth-domain=bench.test,10.0.0.0/8,n\nlocal-ttl=3600\n"
    )
    binary = shutil.which("dnsmasq", path="/usr/sbin:/usr/bin") or "dnsmasq"
    return [binary, "-d", "-C", str(path)]  # -d: as whom it was started, and in the foreground


@contextlib.contextmanager
def resolver(folder: Path) -> Iterator[int]:
    """dnsmasq for Byway; its port."""
    port = _free_port()
    with subprocess.Popen(dnsmasq(folder, port), stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.kill()


def names(folder: Path, first: int, count: int) -> Path:
    path = folder / f"names-{first}-{count}.txt"
    with path.open("w") as file:
        for number in range(first, first + count):
            one, two, three = number.to_bytes(3)
            file.write(f"n10-{one}-{two}-{three}.bench.test A\n")
    return path


def counted(output: str) -> dict[str, int]:
    """How many questions were answered, and how many were lost; RuntimeError where another answer
    came than an address."""
    found = {a or b: int(c or d) for a, c, b, d in _COUNTS.findall(output)}
    if "completed" not in found or found["completed"] != found.get("NOERROR", 0):
        raise RuntimeError(f"dnsperf said: {output[-500:]}")
    return found


def turn(peer: Shell, questions: Path, seconds: float) -> Turn:
    before = processor_seconds(peer.pids())
    output = peer.load(questions, "-l", f"{seconds:g}")
    spent = processor_seconds(peer.pids()) - before
    done = counted(output)
    rate = _RATE.search(output)
    if rate is None or done["lost"]:
        raise RuntimeError(f"{peer.name} lost {done['lost']} questions")
    return Turn(float(rate[1]), spent / done["completed"] * 1e6)


def warmed(peer: Shell, questions: Path) -> None:
    """Asked until all are answered: a peer may need a moment to start."""
    deadline = time.monotonic() + 20
    while counted(peer.load(questions, "-n", "1", "-t", "2"))["lost"]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{peer.name} does not answer")


def side_by_side(folder: Path, port: int, rounds: int, seconds: float) -> None:
    """Prints both peers' medians, and the median of the rounds' own ratios."""
    questions = names(folder, 0, CACHED)
    peers: list[Shell] = [MihomoServer(folder), Byway(folder, port)]
    turns: dict[str, list[Turn]] = {peer.name: [] for peer in peers}
    try:
        for peer in peers:
            warmed(peer, questions)
        for number in range(rounds):
            for peer in peers if number % 2 else reversed(peers):
                turns[peer.name].append(turn(peer, questions, seconds))
    finally:
        for peer in peers:
            peer.stop()
    for name, found in turns.items():
        rate = statistics.median(each.rate for each in found)
        cost = statistics.median(each.cost for each in found)
        print(f"{name:<8}{rate:9,.0f} cached names a second, {cost:5.1f} us of processor for each")
    pairs = list(zip(turns["byway"], turns["mihomo"], strict=True))
    rate = statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)
    cost = statistics.median(ours.cost / theirs.cost for ours, theirs in pairs)
    print(f"byway / mihomo: {rate:.2f} of the rate, {cost:.2f} of the processor time")


def flat(folder: Path, port: int, count: int) -> bool:
    """Prints the memory after each tenth of so many names; whether it stays as it is."""
    byway = Byway(folder, port)
    sizes = []
    try:
        for tenth in range(TENTHS):
            questions = names(folder, tenth * count // TENTHS, count // TENTHS)
            started = time.monotonic()
            done = counted(byway.load(questions, "-n", "1", "-t", "12"))
            questions.unlink()
            sizes.append(memory(byway.pids()).own / 1e6)
            seconds = time.monotonic() - started
            print(
                f"{(tenth + 1) * count // TENTHS:9,} names: {sizes[-1]:6.1f} MB, "
                f"{done['completed'] / seconds:6,.0f} new ones a second, {done['lost']} lost"
            )
    finally:
        byway.stop()
    return max(sizes) <= sizes[0] * FLAT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.names", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--names", type=int, default=1_000_000, help="asked once; 0: none")
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory(prefix="byway-bench-") as text:
        folder = Path(text)
        with resolver(folder) as port:
            side_by_side(folder, port, options.rounds, options.seconds)
            is_flat = not options.names or flat(folder, port, options.names)
    return 0 if is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
