"""Small servers on loopback to connect to, each a context manager; every one runs in threads of
its own and leaves no socket and no thread behind.

    echo            gives back what it gets        http_origin   tells what request it saw, as JSON
    greeter         speaks first, then echoes      tls_origin    the same over TLS
    silent          accepts, and never answers     resetting     accepts, and resets
    closed_port     nobody listens there           certificate_authority   for tls_origin
    visited         counts who comes
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import loopback_address, program, scratch

_LINGER_ZERO = struct.pack("ii", 1, 0)

Serve = Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True)
class Origin:
    host: str
    port: int


class _Threads:
    """A listener and its connections, each in a thread; `close` ends and joins them all."""

    def __init__(self, listener: socket.socket, serve: Serve) -> None:
        self._listener = listener
        self._serve = serve
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._closing = False
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._closing:
                    connection.close()
                    return
                # Kept beside it, because TLS takes the descriptor out of a socket it wraps.
                handle = connection.dup()
                thread = threading.Thread(target=self._run, args=(connection, handle), daemon=True)
                self._connections[handle] = thread
                thread.start()

    def _run(self, connection: socket.socket, handle: socket.socket) -> None:
        try:
            self._serve(connection)
        except OSError:
            pass  # a peer that went away: the test looks at its own side
        finally:
            connection.close()
            with self._lock:
                del self._connections[handle]
                handle.close()

    def close(self) -> None:
        with self._lock:
            self._closing = True
            threads = list(self._connections.values())
            for handle in self._connections:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for thread in threads:
            thread.join()


@contextmanager
def serving(serve: Serve, host: str | None = None, port: int = 0) -> Iterator[Origin]:
    """`serve` for every connection, at an address of its own or at `host`. It need not close."""
    host = host or loopback_address()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
        port = listener.getsockname()[1]
        threads = _Threads(listener, serve)
        try:
            yield Origin(host, port)
        finally:
            threads.close()


def _echo(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def echo(host: str | None = None, port: int = 0) -> AbstractContextManager[Origin]:
    return serving(_echo, host, port)


def greeter(
    greeting: bytes, host: str | None = None, port: int = 0
) -> AbstractContextManager[Origin]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(greeting)
        _echo(connection)

    return serving(serve, host, port)


def _silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def silent(host: str | None = None, port: int = 0) -> AbstractContextManager[Origin]:
    return serving(_silent, host, port)


def _reset(connection: socket.socket) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)


def resetting(host: str | None = None, port: int = 0) -> AbstractContextManager[Origin]:
    """Resets a connection once the first byte has come."""
    return serving(_reset, host, port)


class Visited:
    """Where nobody should have come: `visits` counts who did."""

    def __init__(self) -> None:
        self.visits = 0
        self.host = ""
        self.port = 0

    def serve(self, connection: socket.socket) -> None:
        self.visits += 1
        _silent(connection)


@contextmanager
def visited(host: str | None = None, port: int = 0) -> Iterator[Visited]:
    made = Visited()
    with serving(made.serve, host, port) as origin:
        made.host, made.port = origin.host, origin.port
        yield made


@contextmanager
def closed_port(host: str | None = None) -> Iterator[Origin]:
    """Bound, so that nobody else gets it, but not listening: connections are refused."""
    host = host or loopback_address()
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as holder:
        holder.bind((host, 0))
        yield Origin(host, holder.getsockname()[1])


def _http(connection: socket.socket) -> None:
    """Answers every request with a JSON object of what came."""
    sni = getattr(connection, "sni_seen", "")
    with connection.makefile("rb") as stream:
        while line := stream.readline().decode("latin-1").strip():
            if line.count(" ") != 2:
                return  # no HTTP: the client sees its connection closed
            method, target, version = line.split(" ")
            fields: list[list[str]] = []
            while field := stream.readline().decode("latin-1").rstrip("\r\n"):
                name, _, value = field.partition(":")
                fields.append([name, value.strip()])
            values = {name.lower(): value for name, value in fields}
            body = stream.read(int(values.get("content-length", "0")))
            seen = {
                "method": method,
                "target": target,
                "version": version,
                "fields": fields,
                "body": body.decode("latin-1"),
                "sni": sni,
            }
            closing = values.get("connection", "").lower() == "close"
            _answer(connection, json.dumps(seen).encode(), closing)
            if closing:
                return


def _answer(connection: socket.socket, body: bytes, closing: bool) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    head += "Connection: close\r\n\r\n" if closing else "\r\n"
    connection.sendall(head.encode() + body)


def http_origin(host: str | None = None, port: int = 0) -> AbstractContextManager[Origin]:
    return serving(_http, host, port)


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """`certificate` is a PEM file to trust; `issue` makes a chain file and a key file."""

    directory: Path

    @property
    def certificate(self) -> Path:
        return self.directory / "ca.pem"

    def issue(self, *names: str) -> tuple[Path, Path]:
        stem = names[0].replace("*", "_").replace(":", "_")
        chain, key = self.directory / f"{stem}.pem", self.directory / f"{stem}.key"
        kinds = (
            "IP" if name.replace(".", "").isdigit() or ":" in name else "DNS" for name in names
        )
        subject = ",".join(f"{kind}:{name}" for kind, name in zip(kinds, names, strict=True))
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"),
            *("-days", "30", "-subj", "/CN=" + names[0], "-addext", "subjectAltName=" + subject),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-CA", self.certificate, "-CAkey", self.directory / "ca.key"),
            *("-out", chain, "-keyout", key),
        )
        return chain, key


def _alternative_name(name: str) -> str:
    is_address = ":" in name or name.replace(".", "").isdigit()
    return f"IP:{name}" if is_address else f"DNS:{name}"


def _openssl(*arguments: str | Path) -> None:
    subprocess.run([program("openssl"), *arguments], check=True, capture_output=True)


@contextmanager
def certificate_authority() -> Iterator[CertificateAuthority]:
    with scratch("ca") as directory:
        authority = CertificateAuthority(directory)
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"),
            *("-days", "30", "-subj", "/CN=Test CA"),
            *("-addext", "keyUsage=critical,keyCertSign"),
            *("-out", authority.certificate, "-keyout", directory / "ca.key"),
        )
        yield authority


class _SeenSni(ssl.SSLSocket):
    """A TLS connection that remembers which name its client asked for."""

    sni_seen: str = ""


def tls_origin(
    authority: CertificateAuthority, *names: str, host: str | None = None, port: int = 0
) -> AbstractContextManager[Origin]:
    """`http_origin` over TLS, with a certificate for `names`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslsocket_class = _SeenSni
    context.load_cert_chain(*authority.issue(*names))

    def remember(connection: ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        assert isinstance(connection, _SeenSni)
        connection.sni_seen = name or ""

    context.sni_callback = remember  # type: ignore[assignment]  # typeshed's is narrower

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as stream:
            _http(stream)

    return serving(serve, host, port)
