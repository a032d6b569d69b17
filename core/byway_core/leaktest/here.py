"""The real machine, as it is, under the `byway up` that is in force: the same destinations, and
which way each leaves.

Nobody out there has these addresses, so nothing comes back. Which way it went is told by the
engine, which has a connection of each trial or has been passed by; and, where packets may be read
(as root), by what leaves over any interface.

    trials ── sockets, each known by its port ──► engine's connections    by which rule, which way
                                              └─► packets                  straight, names in clear
"""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from byway_core.api.client import ControlClient
from byway_core.leaktest.internet import Seen, read_packet
from byway_core.leaktest.prober import DATAGRAM_PORT, Said, request, told
from byway_core.leaktest.quic_client import first_datagram
from byway_core.leaktest.rehearsal import Rehearsed
from byway_core.leaktest.targets import QUIC_PORT, Target, targets_for
from byway_core.leaktest.verdict import datagram_way, judged
from byway_core.model.decision import Network, Verdict
from byway_core.model.flow import FlowSnapshot
from byway_core.model.profile import Profile
from byway_core.rules.compile import compile_rules

# For the engine to have decided about all: it waits 0.3 s for first bytes, and longer for a busy
# machine to be found out about. What it does not know by then, it was never given.
_PATIENCE = 3.0
_OFTEN = 0.05
_ETH_P_ALL = 0x0003
_OUTGOING = 4  # linux/if_packet.h
_AT_ONCE = 16
# Of its ledger: all of ours, and what other programs do meanwhile.
_LAST = 5000
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


@dataclass(slots=True)
class _Attempt:
    """`number` is its target's."""

    number: int
    trial: str
    sock: socket.socket
    network: Network
    address: str
    port: int
    words: bytes
    flow: FlowSnapshot | None = None
    error: str = ""

    def is_of(self, flow: FlowSnapshot) -> bool:
        return (flow.network, flow.source_port, flow.address, flow.port) == (
            self.network,
            self.sock.getsockname()[1],
            self.address,
            self.port,
        )


@dataclass(slots=True)
class _Packets:
    """Those that leave, where they may be read; `sock` is None where they may not."""

    sock: socket.socket | None
    seen: set[Seen] = field(default_factory=set)

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.sock is not None:
                data, origin = self.sock.recvfrom(2048)
                found = read_packet(data) if origin[2] == _OUTGOING and origin[0] != "lo" else None
                if found is not None:
                    self.seen.add(found)


def observe(engine: ControlClient, profile: Profile) -> tuple[Rehearsed, bool]:
    """What leaves by which way, and whether packets were read: else names are not judged. Takes
    seconds; what ControlClient raises."""
    targets, left_out = targets_for(profile.rules)
    with contextlib.ExitStack() as opened:
        packets = _Packets(_wire(opened))
        attempts = list(_attempts(targets, opened))
        _wait(engine, attempts, packets)
        said = [each for each in map(_said, attempts) if each is not None]
        packets.seen.update(_passed_by(attempts))
    if packets.sock is not None:
        said += [Said(number, "name", "") for number, each in enumerate(targets) if each.host]
    tried = {(each.target, each.trial) for each in said}
    ways = {each.name: datagram_way(each) for each in profile.upstreams}
    trials = judged(compile_rules(profile.rules), targets, ways, said, packets.seen)
    of_target = {target: number for number, target in enumerate(targets)}
    kept = [
        trial
        for trial in trials
        if (of_target[trial.target], f"{trial.kind}{trial.family}" if trial.family else "name")
        in tried
    ]
    return Rehearsed(kept, left_out), packets.sock is not None


def _wire(opened: contextlib.ExitStack) -> socket.socket | None:
    try:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
    except OSError:  # not root, or a sandbox that has no such sockets (EAFNOSUPPORT)
        return None
    opened.enter_context(sock)
    sock.setblocking(False)
    return sock


def _attempts(targets: Sequence[Target], opened: contextlib.ExitStack) -> Iterator[_Attempt]:
    """All that this machine has a way to, under way. A datagram that tells no name is nothing to
    try a name's rules with, unless its address stands for it."""
    both = [(each, family) for each in targets for family in _FAMILIES.values()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # names that nobody answers for take seconds each
        addresses = dict(zip(both, pool.map(told, *zip(*both, strict=True)), strict=True))
    for number, target in enumerate(targets):
        quic = first_datagram(target.host)
        for six, family in _FAMILIES.items():
            address = addresses[target, family]
            trials = [
                (f"tcp{six}", Network.TCP, target.port, request(target.label)),
                (f"quic{six}", Network.UDP, QUIC_PORT, quic),
            ]
            if not target.host or address not in (target.four, target.six):
                trials.append((f"udp{six}", Network.UDP, DATAGRAM_PORT, b"byway"))
            for trial, network, port, words in trials:
                kind = socket.SOCK_STREAM if network is Network.TCP else socket.SOCK_DGRAM
                sock = opened.enter_context(socket.socket(family, kind | socket.SOCK_NONBLOCK))
                code = sock.connect_ex((address, port))
                if code in (0, errno.EINPROGRESS):
                    yield _Attempt(number, trial, sock, network, address, port, words)
                elif code not in _NO_WAY:
                    attempt = _Attempt(number, trial, sock, network, address, port, b"")
                    attempt.error = errno.errorcode.get(code, str(code))
                    yield attempt


def _wait(engine: ControlClient, attempts: Sequence[_Attempt], packets: _Packets) -> None:
    """Until the engine has decided about all, or does not know of some."""
    end = time.monotonic() + _PATIENCE
    while True:
        for attempt in attempts:
            _go_on(attempt)
        packets.read()
        known = {(flow.network, flow.source_port): flow for flow in engine.connections(limit=_LAST)}
        for attempt in attempts:
            with contextlib.suppress(OSError):
                flow = known.get((attempt.network, attempt.sock.getsockname()[1]))
                if flow is not None and flow.action and attempt.is_of(flow):
                    attempt.flow = flow
        if time.monotonic() > end or all(each.flow for each in attempts):
            packets.read()
            return
        time.sleep(_OFTEN)  # another program's ledger


def _go_on(attempt: _Attempt) -> None:
    """Say what is to be said, as soon as there is a connection; hear of a refusal."""
    try:
        if attempt.words:
            attempt.sock.send(attempt.words)
            attempt.words = b""
        elif not attempt.error:
            attempt.sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        pass
    except OSError as error:
        if error.errno not in (errno.ENOTCONN, errno.EPIPE):
            attempt.error = error.strerror or str(error)


def _said(attempt: _Attempt) -> Said | None:
    """What came of it, as the engine has it; None where nobody can say."""
    flow = attempt.flow
    if flow is None:
        via = None if attempt.error else ""
        return Said(attempt.number, attempt.trial, via, attempt.error, attempt.address)
    if flow.action == Verdict.DIRECT.value:
        via = ""
    elif flow.action == Verdict.REJECT.value or (flow.network is Network.UDP and flow.reason):
        via = None
    else:
        via = flow.action
    return Said(attempt.number, attempt.trial, via, flow.reason if via is None else "",
                attempt.address)  # fmt: skip


def _passed_by(attempts: Iterable[_Attempt]) -> Iterator[Seen]:
    """Those that the engine does not know, and nobody has refused: they left."""
    for each in attempts:
        if each.flow is None and not each.error:
            yield Seen(each.network.value, each.address, each.port)
