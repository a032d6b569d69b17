"""The little network: three namespaces in a row, and the rules that intercept in the middle one.

    client 10.91.1.2 ── 10.91.1.1 proxy 10.91.2.1 ── 10.91.2.2 server
                                                     203.0.113.N   what the rules send upstream
                                                     198.51.100.N  what the rules let go directly

All these addresses are the origin's; only the rule list tells them apart. Each peer has its own N:
connections that it closed stay in TIME_WAIT for a minute, and where nobody intercepts any more the
kernel's router drops what meets one of those (a packet that early demux gave a socket is not
forwarded). Without interception the proxy's namespace is a plain router, which is the ceiling.
Everything is undone at exit, also what an earlier run left behind when it was killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bench.far import DEVICE

ROOT = Path(__file__).resolve().parent.parent

# What the rules send upstream, by the list's last rule.
UPSTREAM_NET = "203.0.113.0/24"
# One target there and one in 198.51.100.0/24, which the rules let go, for each peer.
TARGETS = 9
PROXY = "10.91.2.1"
SERVER = "10.91.2.2"
SOCKS_PORT = 1080
WEB_PORT = 80

_PREFIX = "byway-bench-"
_MARK = 0x1000000
_TABLE = 7364

# 60,000 ports last for seconds of closed connections; both ends of one that is reused must see that
# the first is over, which timestamps allow (tcp_tw_reuse).
_SYSCTLS = (
    "net.ipv4.ip_local_port_range=2048 65000",
    "net.ipv4.tcp_tw_reuse=1",
    "net.ipv4.ip_forward=1",
    "net.core.somaxconn=4096",
    # A host's BBR would be inherited, and its pacing timers measured. Reno is what every kernel
    # allows in a namespace; without loss it differs from cubic in nothing.
    "net.ipv4.tcp_congestion_control=reno",
    "net.ipv4.tcp_max_syn_backlog=4096",
)


class Interception(Enum):
    TPROXY = "tproxy"
    REDIRECT = "redirect"


def _call(*command: str, text: str | None = None) -> str:
    """Runs a command to its end; RuntimeError with its own words when it fails."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def upstream_target(number: int) -> str:
    return f"203.0.113.{number}"


def direct_target(number: int) -> str:
    return f"198.51.100.{number}"


def echo_port(number: int) -> int:
    """Where this peer's targets send datagrams back. mihomo and sing-box leave a transparent socket
    of that port for each flow, and the kernel goes through all sockets of a port for each datagram
    that nobody is connected for: at one port, each peer would pay for the others'."""
    return 7000 + number


@dataclass(frozen=True, slots=True)
class Topology:
    """The names of the three namespaces."""

    client: str
    proxy: str
    server: str

    def names(self) -> tuple[str, str, str]:
        return self.client, self.proxy, self.server

    def inside(self, namespace: str, command: Sequence[str]) -> list[str]:
        """`command` as it runs in a namespace, under one process id from the start, and dying
        with us even when we are killed."""
        wrap = ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", namespace]
        return [*wrap, *command]

    def intercept(self, number: int, kind: Interception, port: int) -> None:
        """From now on, what the client sends to either target of this number comes to the port."""
        self._nft(_rules(number, kind, port))

    def release(self, number: int) -> None:
        """What the client sends to the targets of this number is routed again."""
        self._nft(_no_rules(number))

    def _nft(self, text: str) -> None:
        _call("ip", "netns", "exec", self.proxy, "nft", "-f", "-", text=text)

    def offload(self, *, on: bool) -> None:
        """Whether new connections hand the devices segments of up to 64 KiB, as network cards take
        them, or single packets of 1,500 bytes."""
        for namespace, device in (
            (self.client, "proxy"),
            (self.proxy, "client"),
            (self.proxy, "server"),
            (self.server, "proxy"),
        ):
            segments = "65535" if on else "1"
            _call("ip", "-n", namespace, "link", "set", device, "gso_max_segs", segments)

    @contextlib.contextmanager
    def far_away(self, delay: float) -> Iterator[None]:
        """Meanwhile, packets between the proxy and the upstream take `delay` seconds each way."""
        command = [sys.executable, "-m", "bench.far", self.proxy, self.server, str(delay)]
        wrapped = ["setpriv", "--pdeathsig", "KILL", *command]
        with subprocess.Popen(wrapped, cwd=ROOT, stdout=subprocess.PIPE, text=True) as carrier:
            try:
                assert carrier.stdout is not None
                if carrier.stdout.readline().strip() != "ready":
                    raise RuntimeError("no TUN device can be had")
                for name, here, there in (
                    (self.proxy, PROXY, SERVER),
                    (self.server, SERVER, PROXY),
                ):
                    _call("ip", "-n", name, "link", "set", DEVICE, "up")
                    route = [f"{there}/32", "dev", DEVICE, "src", here]
                    _call("ip", "-n", name, "route", "add", *route)
                yield
            finally:
                carrier.kill()  # its devices go with it, and the routes with them


def _no_rules(number: int) -> str:
    table = f"table ip byway_bench_{number}"
    return f"{table}\ndelete {table}\n"


def _rules(number: int, kind: Interception, port: int) -> str:
    """Ends in a drop: without a listener `tproxy` lets the packet pass, and a peer that is down
    would be measured as a fast one."""
    chain, verdict = {
        Interception.TPROXY: (
            "type filter hook prerouting priority filter + 20; policy accept;",
            f"tproxy to 127.0.0.1:{port} meta mark set {_MARK} accept",
        ),
        Interception.REDIRECT: (
            "type nat hook prerouting priority dstnat; policy accept;",
            f"redirect to :{port}",
        ),
    }[kind]
    targets = f"{upstream_target(number)}, {direct_target(number)}"
    protocols = "{ tcp, udp }" if kind is Interception.TPROXY else "tcp"
    match = f'iifname "client" ip daddr {{ {targets} }} meta l4proto {protocols}'
    rules = "\n".join([chain, f"{match} {verdict}", f"{match} drop"])
    return f"{_no_rules(number)}table ip byway_bench_{number} {{\nchain pre {{\n{rules}\n}}\n}}\n"


def _remove(namespace: str) -> None:
    """Ends what still runs inside, all of it ours, and the namespace with its devices."""
    for pid in _call("ip", "netns", "pids", namespace).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    _call("ip", "netns", "delete", namespace)


def _remove_leftovers() -> None:
    """Namespaces of runs that were killed: their names carry the process id of the run."""
    for line in _call("ip", "netns", "list").splitlines():
        name = line.split()[0] if line.strip() else ""
        owner = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and not Path("/proc", owner).exists():
            _remove(name)


def _join(one: str, one_name: str, other: str, other_name: str) -> None:
    """A veth pair; each end is named after what lies behind it."""
    peer = ["peer", "name", one_name, "netns", other]
    _call("ip", "-n", one, "link", "add", other_name, "type", "veth", *peer)


def _address(namespace: str, device: str, *addresses: str) -> None:
    for address in addresses:
        _call("ip", "-n", namespace, "address", "add", address, "dev", device)
    _call("ip", "-n", namespace, "link", "set", device, "up")


def _lay(topology: Topology) -> None:
    client, proxy, server = topology.names()
    for name in topology.names():
        _call("ip", "netns", "add", name)
        _call("ip", "netns", "exec", name, "sysctl", "-q", *_SYSCTLS)
        _address(name, "lo")
    _join(client, "client", proxy, "proxy")
    _join(server, "server", proxy, "proxy")
    _address(client, "proxy", "10.91.1.2/24")
    _address(proxy, "client", "10.91.1.1/24")
    _address(proxy, "server", f"{PROXY}/24")
    _address(server, "proxy", f"{SERVER}/24")
    targets = [
        target(n) for n in range(1, TARGETS + 1) for target in (upstream_target, direct_target)
    ]
    _address(server, "lo", *(f"{target}/32" for target in targets))
    _call("ip", "-n", client, "route", "add", "default", "via", "10.91.1.1")
    _call("ip", "-n", server, "route", "add", "default", "via", PROXY)
    _call("ip", "-n", proxy, "route", "add", "default", "via", SERVER)
    table = ["table", str(_TABLE)]
    _call("ip", "-n", proxy, "route", "add", "local", "default", "dev", "lo", *table)
    _call("ip", "-n", proxy, "rule", "add", "fwmark", str(_MARK), "lookup", str(_TABLE))


@contextlib.contextmanager
def laid_out() -> Iterator[Topology]:
    """The network, for as long as the context lasts. RuntimeError where the machine refuses."""
    _remove_leftovers()
    prefix = f"{_PREFIX}{os.getpid()}-"
    topology = Topology(f"{prefix}client", f"{prefix}proxy", f"{prefix}server")
    try:
        _lay(topology)
        yield topology
    finally:
        present = _call("ip", "netns", "list")
        for name in topology.names():
            if name in present:
                _remove(name)
