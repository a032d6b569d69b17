"""Programs of other names that connect, and wait: real processes with real sockets."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from byway_core.intercept.datagrams import Endpoint

# Opens what it is told in a line (family, kind, how, address, port), and says the local port.
_PROGRAM = """
import socket, struct, sys
kept = []
for line in sys.stdin:
    if line == "reset\\n":
        for sock in kept:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
        continue
    family, kind, how, address, port = line.split()
    sock = socket.socket(getattr(socket, family), getattr(socket, kind))
    if how == "send":
        sock.sendto(b"x", (address, int(port)))
    else:
        sock.connect((address, int(port)))
    if how.startswith("say:"):
        sock.send(bytes.fromhex(how[4:]))
    kept.append(sock)
    print(sock.getsockname()[1], flush=True)
"""


@dataclass
class Connector:
    """A running program. `path` is what it executes."""

    process: subprocess.Popen[str]
    path: Path

    def opens(
        self, far: Endpoint, *, family: str = "AF_INET", kind: str = "SOCK_STREAM", how: str = ""
    ) -> int:
        """Open a socket; its port. `how`: "connect", "send" a datagram without connecting, or
        "say:" and hexadecimal bytes once it is connected."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(family, kind, how or "connect", *far, file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def resets(self) -> None:
        """All its connections."""
        assert self.process.stdin is not None
        print("reset", file=self.process.stdin, flush=True)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


def copied_python(folder: Path, name: str) -> Path:
    """An interpreter that is a program of its own by path and name."""
    target = folder / name
    shutil.copy(Path(sys.executable).resolve(), target)
    target.chmod(0o755)
    return target


@contextlib.contextmanager
def connector(path: Path | str, before: Sequence[str] = ()) -> Iterator[Connector]:
    """`path`: an interpreter; `before`: what is put before the command (setpriv)."""
    command = [*before, str(path), "-IS", "-c", _PROGRAM]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    )
    made = Connector(process, Path(path))
    try:
        yield made
    finally:
        made.end()


@contextlib.contextmanager
def listening(address: str = "127.0.0.1") -> Iterator[Endpoint]:
    """A place to connect to, where nobody accepts."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family, backlog=4096) as sock:
        yield sock.getsockname()[:2]
