"""`python -m bench`: peers side by side, round after round, and the verdicts."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from bench import measures, report
from bench.byway_peer import Byway
from bench.measures import MEASURES, Findings, Pace, Step
from bench.peers import Mihomo, Peer, Redsocks, Router, SingBox, UnavailableError
from bench.results import FIGURES, Record, verdict
from bench.stage import MeasureError, Stage, staged
from bench.topology import Topology, laid_out

PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (Byway, Mihomo, SingBox, Redsocks, Router)
}
DEFAULT_PEERS = "byway,mihomo,sing-box,no proxy"
DEFAULT_OUTPUT = Path(__file__).with_name("RESULTS.md")

# A measure during which other programs took more of the machine than this is taken again…
DISTURBED = 0.05
# … but not for ever: the quietest of so many counts.
TRIES = 3

METHOD = """client, proxy and server in three network namespaces joined by veth; nft TPROXY in the
proxy's prerouting, the same rule for every peer; a list of 99 rules of which the last one decides;
HTTP and TLS sniffing on; one SOCKS5 upstream that answers in the place of every destination.
The peers run side by side and are measured in turn, in windows of less than a second after a
warm-up, another one first each time (memory and round trips: one peer at a time); every answer and
every stream's length is checked; each peer first returns 32 MiB of random bytes unharmed on each
way. More in docs/internals/measuring.md."""


def options_from(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Compares Byway with mihomo and sing-box on this machine.",
        epilog="By themselves, in the .venv: python -m bench.names, bench.server_first, "
        "bench.quic_names, bench.connections_page, bench.desktop_start.",
    )
    parser.add_argument("--quick", action="store_true", help="2 short rounds: a first impression")
    parser.add_argument("--rounds", type=int, help="how many rounds (5; 2 with --quick)")
    parser.add_argument("--only", default=",".join(MEASURES), help=f"of {','.join(MEASURES)}")
    parser.add_argument("--peers", default=DEFAULT_PEERS, help=f"of {','.join(PEERS)}")
    parser.add_argument("--mixed", action="store_true", help="enter by the local SOCKS5 port")
    parser.add_argument("--lean-peers", action="store_true", help="mihomo, sing-box: no sniffing")
    parser.add_argument("--output", type=Path, help=f"where to write ({DEFAULT_OUTPUT.name})")
    parser.add_argument("--json", type=Path, help="every round's values, for further reading")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    options.peers = options.peers.split(",")
    for known, asked in ((MEASURES, options.only), (PEERS, options.peers)):
        for name in asked:
            if name not in known:
                parser.error(f"{name!r} is none of {', '.join(known)}")
    if options.mixed:
        options.only = [name for name in options.only if name not in measures.INTERCEPTED_ONLY]
    return options


class Comparison:
    """Runs every measure against every peer; failures are recorded, not fatal."""

    def __init__(self, stage: Stage, peers: Sequence[Peer], pace: Pace) -> None:
        self.stage = stage
        self.peers = list(peers)
        self.pace = pace
        self.record = Record()

    def verify(self) -> None:
        """Peers that do not do the job right are not measured at all."""
        for peer in list(self.peers):
            try:
                with running(peer):
                    measures.verify(self.stage, peer, self.pace)
            except (MeasureError, RuntimeError, OSError) as error:
                self.record.failures.append(f"{peer.name} left out: {error}")
                self.peers.remove(peer)

    def round(self, number: int, names: Sequence[str]) -> None:
        """Each measure with all peers; those that can run side by side take turns in windows."""
        for name in names:
            peers = [peer for peer in self.peers if name not in peer.cannot]
            say(f"round {number + 1}: {name}")
            if name in measures.ALONE:
                for peer in in_turn(peers, number):
                    self._windows([peer], name, range(number, number + 1))
            else:
                first = number * self.pace.windows
                self._windows(peers, name, range(first, first + self.pace.windows))

    def _windows(self, peers: Sequence[Peer], name: str, windows: range) -> None:
        """Starts these peers, measures one after the other in each window, and ends them."""
        with contextlib.ExitStack() as side_by_side:
            started = []
            for peer in peers:
                try:
                    side_by_side.enter_context(running(peer))
                    started.append(peer)
                except (RuntimeError, OSError) as error:
                    self.record.failures.append(f"{peer.name}, {name}: {error}")
            for step in MEASURES[name]:
                for window in windows:
                    for peer in in_turn(started, window):
                        self._measure(window, name, step, peer)

    def _measure(self, window: int, name: str, step: Step, peer: Peer) -> None:
        try:
            found = self._quietest(step, peer)
        except (MeasureError, RuntimeError, OSError) as error:
            self.record.failures.append(f"{peer.name}, {name}, window {window + 1}: {error}")
            return
        self.record.add(peer.name, window, found.figures)
        self.record.add_errors(peer.name, name, found.errors)
        self.record.others.append(found.others)
        if name == "conn":
            self.record.add_shares(peer.name, found.shares)

    def _quietest(self, step: Step, peer: Peer) -> Findings:
        """Measures again while somebody else keeps the machine busy."""
        tries: list[Findings] = []
        while len(tries) < TRIES:
            tries.append(step(self.stage, peer, self.pace))
            if tries[-1].others < DISTURBED:
                break
        return min(tries, key=lambda found: found.others)


def in_turn(peers: Sequence[Peer], number: int) -> list[Peer]:
    """Each time with another one first."""
    first = number % len(peers) if peers else 0
    return [*peers[first:], *peers[:first]]


@contextlib.contextmanager
def running(peer: Peer) -> Iterator[None]:
    try:
        peer.start()
        yield
    finally:
        peer.stop()


def say(text: str, *, lasting: bool = False) -> None:
    """Progress: on the terminal's own line, and into a file only what is `lasting`."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="\n" if lasting else "", file=sys.stderr, flush=True)
    elif lasting:
        print(text, file=sys.stderr, flush=True)


def available(topology: Topology, folder: Path, options: argparse.Namespace) -> dict[Peer, str]:
    """The peers that can run here with their versions; says why another one cannot."""
    found: dict[Peer, str] = {}
    for name in options.peers:
        peer = PEERS[name](topology, folder / name.replace(" ", "-"), lean=options.lean_peers)
        try:
            if options.mixed and not peer.mixed:
                raise UnavailableError("has no local SOCKS5 port")
            found[peer] = peer.version()
        except UnavailableError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two comparisons at once would measure each other: the second one waits. Everything that is
    started from here on goes before other programs, so that they disturb less."""
    with (Path(tempfile.gettempdir()) / "byway-bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another bench is running here; waiting for its end", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(PermissionError):  # a container may forbid it
            os.nice(-10)
        yield


def compare(options: argparse.Namespace) -> int:
    """Prints and writes the results; 1 when a promise was not kept or a peer failed."""
    rounds = options.rounds or (2 if options.quick else 5)
    pace = measures.QUICK if options.quick else measures.FULL
    done = 0
    with (
        alone(),
        tempfile.TemporaryDirectory(prefix="byway-bench-") as folder,
        laid_out() as topology,
        staged(topology, mixed=options.mixed) as stage,
    ):
        peers = available(topology, Path(folder), options)
        comparison = Comparison(stage, list(peers), pace)
        comparison.verify()
        try:
            for number in range(rounds if comparison.peers else 0):
                comparison.round(number, options.only)
                done = number + 1
                say(f"{done} of {rounds} rounds are done", lasting=True)
        except KeyboardInterrupt:
            if not done:
                raise
            say(f"interrupted: this is what {done} whole rounds say", lasting=True)
    say("")
    versions = {peer.name: version for peer, version in peers.items()}
    return tell(comparison.record, versions, done, options)


def tell(record: Record, versions: dict[str, str], rounds: int, options: argparse.Namespace) -> int:
    print(report.as_text(report.table(record, list(versions), spread=False)))
    if record.shares:
        print()
        print(report.as_text(report.shares_table(record, list(versions))))
    for line in (report.quiet_text(record), *report.errors_text(record)):
        print(line)
    command = " ".join(["./dev bench", *sys.argv[1:]])
    partial = options.quick or options.mixed or options.lean_peers
    output = options.output or (None if partial else DEFAULT_OUTPUT)
    if output:
        document = report.as_document(
            record, versions, rounds=rounds, command=command, method=METHOD
        )
        output.write_text(document)
    if options.json:
        options.json.write_text(json.dumps({"values": record.values, "shares": record.shares}))
    missed = any(verdict(record, figure).kept is False for figure in FIGURES)
    return 1 if missed or record.failures else 0


def what_is_missing() -> str:
    if os.geteuid() != 0:
        return "the bench makes network namespaces and nft rules: run it as root (sudo ./dev bench)"
    tools = [tool for tool in ("ip", "nft", "setpriv", "sysctl") if shutil.which(tool) is None]
    return f"these programs are missing: {', '.join(tools)}" if tools else ""


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_from(sys.argv[1:] if arguments is None else arguments)
    missing = what_is_missing()
    if missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return compare(options)
    except KeyboardInterrupt:
        print("\nbench: interrupted; everything is undone", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
